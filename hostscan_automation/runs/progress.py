"""Tell somebody how far the work is; who listens decides what it looks like."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listens to long work. It is called from one thread only: the one that asked for the work."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin `listing`, `details`, `cancelling` or `confirming`; a total of None is unknown."""
        ...

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """Count so many more as done, and so many of them as failed."""
        ...

    def note(self, text: str) -> None:
        """Tell something that a person should know while it happens."""
        ...

    def end(self) -> None:
        """End the stage."""
        ...


class SilentProgress:
    """Tells nobody."""

    def stage(self, name: str, total: int | None) -> None:
        """Ignore it."""

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Ignore it."""

    def end(self) -> None:
        """Ignore it."""
