"""Stop a run whose cancels keep failing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostscan_automation.jobs.outcome import Outcome


class Breaker:
    """Counts `failed` and `uncertain` in a row; every other outcome begins a new row.

    Args:
        limit: So many in a row open it; less than one counts as one.
    """

    def __init__(self, limit: int) -> None:
        self.limit = max(1, limit)
        self._in_a_row = 0
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether the run is to send nothing more; it never closes again."""
        return self._is_open

    def count(self, outcome: Outcome) -> bool:
        """Count one outcome, and return whether the breaker is open now."""
        self._in_a_row = self._in_a_row + 1 if outcome.counts_for_breaker else 0
        self._is_open = self._is_open or self._in_a_row >= self.limit
        return self._is_open
