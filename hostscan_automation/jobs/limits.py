"""How much one run may cancel, and how it goes about it: the numbers and their defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_MAX_JOBS = 200
DEFAULT_MAX_PERCENT = 50.0
PERCENT_LOOKED_AT_ABOVE = 20
TYPE_THE_NUMBER_ABOVE = 25


@dataclass(frozen=True, slots=True)
class Limits:
    """The most one run (and each of its steps) may cancel; 0 means none at all.

    Attributes:
        max_percent: Percent of the jobs that could be cancelled; looked at only above
            `PERCENT_LOOKED_AT_ABOVE` jobs.
    """

    max_jobs: int = DEFAULT_MAX_JOBS
    max_percent: float = DEFAULT_MAX_PERCENT

    def lowered_to(
        self, *, max_jobs: int | None = None, max_percent: float | None = None
    ) -> Limits:
        """Return these limits, lowered where a value given is lower; nothing raises them."""
        return replace(
            self,
            max_jobs=self.max_jobs if max_jobs is None else min(self.max_jobs, max_jobs),
            max_percent=(
                self.max_percent if max_percent is None else min(self.max_percent, max_percent)
            ),
        )

    def exceeded_by(self, planned: int, cancellable: int) -> Iterator[str]:
        """Yield a sentence for each limit that so many planned of so many jobs exceed."""
        if planned > self.max_jobs:
            what = "1 job is" if planned == 1 else f"{planned} jobs are"
            yield f"{what} more than max_jobs {self.max_jobs}"
        if planned <= PERCENT_LOOKED_AT_ABOVE or not cancellable:
            return
        percent = 100 * planned / cancellable
        if percent > self.max_percent:
            yield (
                f"{planned} of {cancellable} jobs that could be cancelled"
                f" ({percent:.0f} %) are more than max_percent {self.max_percent:g}"
            )


@dataclass(frozen=True, slots=True)
class LimitOverrides:
    """Limits as far as somebody gave them; None where not."""

    max_jobs: int | None = None
    max_percent: float | None = None


def effective_limits(
    playbook: LimitOverrides | None = None,
    profile: LimitOverrides | None = None,
    flags: LimitOverrides | None = None,
    defaults: Limits | None = None,
) -> Limits:
    """Return the limits that hold for a run.

    A limit of the profile stands in for the default, and nothing raises it. Where the profile says
    nothing, the playbook's value stands in for the default, higher or lower. Flags only lower.
    """
    asked, ceiling = playbook or LimitOverrides(), profile or LimitOverrides()
    flags, defaults = flags or LimitOverrides(), defaults or Limits()
    limits = _replaced(_replaced(defaults, asked), ceiling)
    for lower in (asked, flags):
        limits = limits.lowered_to(max_jobs=lower.max_jobs, max_percent=lower.max_percent)
    return limits


def _replaced(limits: Limits, by: LimitOverrides) -> Limits:
    return Limits(
        limits.max_jobs if by.max_jobs is None else by.max_jobs,
        limits.max_percent if by.max_percent is None else by.max_percent,
    )


@dataclass(frozen=True, slots=True)
class ExecuteOptions:
    """How a plan is carried out.

    Attributes:
        rate: Requests that change something, a second; None is unlimited.
        confirm_s: Seconds to wait at most until cancelled jobs show Cancelled; 0 does not look.
        deadline_s: Seconds the whole run may take.
        canary: How many jobs go first and must be confirmed before the rest; 0 is none.
        stop_after_failures: So many failed or uncertain in a row stop the run.
    """

    workers: int = 8
    rate: float | None = 20.0
    confirm_s: float = 120.0
    deadline_s: float = 3600.0
    canary: int = 0
    stop_after_failures: int = 10
