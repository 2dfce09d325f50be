"""Tell a call how far the work below is, and not more often than an eye can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostscan_automation.clock import Clock
    from hostscan_automation.powershell.calls import Call

TOLD_EVERY_S = 0.25


class CallProgress:
    """A `runs.progress.Progress` that ends as `Write-Progress`; notes become warnings."""

    def __init__(self, call: Call, clock: Clock) -> None:
        self._call = call
        self._clock = clock
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._failed = 0
        self._next_at = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        self._name, self._total, self._done, self._failed = name, total, 0, 0
        self._next_at = self._clock.monotonic() + TOLD_EVERY_S

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """Count, and tell if it is time for that."""
        self._done += done
        self._failed += failed
        now = self._clock.monotonic()
        if now >= self._next_at:
            self._next_at = now + TOLD_EVERY_S
            self._call.progress(self._name.capitalize(), self._done, self._total, self._status())

    def note(self, text: str) -> None:
        """Tell the person at once."""
        self._call.warn(text)

    def end(self) -> None:
        """End the stage; the shell takes its bar away by itself."""

    def _status(self) -> str:
        of = "" if self._total is None else f" of {self._total}"
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._done}{of}{failed}"
