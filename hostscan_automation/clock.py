"""Tell the time, and wait: behind a Protocol, so that tests own the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading


class Clock(Protocol):
    """What the program needs to know of time."""

    def now(self) -> datetime:
        """Return the current time of this machine, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring and for deadlines."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds; zero or less returns at once."""
        ...

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for the event for that many seconds at most; say whether it is set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current time of this machine, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        if seconds > 0:
            time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for the event for that many seconds at most; say whether it is set."""
        return event.wait(max(0.0, seconds))


def utc_text(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC with a trailing `Z`, milliseconds kept."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
