"""Show how far long work is: a bar on a terminal, a line now and then everywhere else.

Nothing is shown of what takes less than a second, and nothing ever goes to stdout.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from hostscan_automation.reports.wording import duration_text

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bar

    from hostscan_automation.cli.render import Screen
    from hostscan_automation.clock import Clock

SHOWN_AFTER_S = 1.0
_FIRST_PAUSE_S = 10.0
_LONGEST_PAUSE_S = 60.0
_BETWEEN_DRAWINGS_S = 0.1


class _Stage:
    """What is known of the stage that is under way."""

    def __init__(self, name: str, total: int | None, began: float) -> None:
        self.name = name
        self.total = total
        self.began = began
        self.done = 0
        self.failed = 0

    def text(self, now: float) -> str:
        """Return how far it is: `120 of 400, 2 failed, 18.5/s, 15 s left`."""
        parts = [self._count()]
        rate = self.done / max(now - self.began, 1e-9)
        if self.done:
            parts.append(f"{rate:,.1f}/s")
        if self.total and 0 < self.done < self.total:
            parts.append(f"{duration_text((self.total - self.done) / rate)} left")
        return ", ".join(parts)

    def closing_text(self, now: float) -> str:
        """Return what it came to: `400 of 400, 2 failed, took 21 s`."""
        return f"{self._count()}, took {duration_text(now - self.began)}"

    def _count(self) -> str:
        total = "" if self.total is None else f" of {self.total:,}"
        failed = f", {self.failed:,} failed" if self.failed else ""
        return f"{self.done:,}{total}{failed}"


class LineProgress:
    """Writes a line after a second, then ever more rarely: for logs, and for people who wait.

    Args:
        screen: Where to write.
        clock: Tells the time.
    """

    def __init__(self, screen: Screen, clock: Clock) -> None:
        self._screen = screen
        self._clock = clock
        self._stage: _Stage | None = None
        self._next_line = 0.0
        self._pause_s = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage; the one before it ends."""
        self.end()
        now = self._clock.monotonic()
        self._stage = _Stage(name, total, now)
        self._next_line = now + SHOWN_AFTER_S
        self._pause_s = 0.0

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """Count, and write a line if it is time for one."""
        if self._stage is None:
            return
        self._stage.done += done
        self._stage.failed += failed
        now = self._clock.monotonic()
        if now >= self._next_line:
            self._pause_s = min(max(_FIRST_PAUSE_S, 2 * self._pause_s), _LONGEST_PAUSE_S)
            self._next_line = now + self._pause_s
            self._write(f"{self._stage.name}: {self._stage.text(now)}")

    def note(self, text: str) -> None:
        """Write a line at once."""
        self._write(text)

    def end(self) -> None:
        """End the stage, with a last line where it had one before."""
        if self._stage is not None and self._pause_s:
            now = self._clock.monotonic()
            self._write(f"{self._stage.name}: {self._stage.closing_text(now)}")
        self._stage = None

    def _write(self, text: str) -> None:
        self._screen.line(text)
        self._screen.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()


class BarProgress:
    """Draws a bar that moves, after a second, and takes it away when the stage ends.

    Args:
        screen: A terminal.
        clock: Tells the time.
        delay_s: Seconds before anything is shown.
    """

    def __init__(self, screen: Screen, clock: Clock, delay_s: float = SHOWN_AFTER_S) -> None:
        self._screen = screen
        self._clock = clock
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self._stage: _Stage | None = None
        self._bar: Bar | None = None
        self._timer: threading.Timer | None = None
        self._next_drawing = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage; the one before it ends."""
        self.end()
        self._stage = _Stage(name, total, self._clock.monotonic())
        # a stage whose first step takes long must show as well: nobody would call `advance`
        self._timer = threading.Timer(self._delay_s, self._show, [self._stage])
        self._timer.daemon = True
        self._timer.start()

    def advance(self, done: int = 1, failed: int = 0) -> None:
        """Count, and move the bar if it is time for that."""
        if self._stage is None:
            return
        self._stage.done += done
        self._stage.failed += failed
        now = self._clock.monotonic()
        if now >= self._next_drawing:
            self._next_drawing = now + _BETWEEN_DRAWINGS_S
            with self._lock:
                self._move(self._stage, now)

    def note(self, text: str) -> None:
        """Write a line above the bar."""
        self._screen.line(text)

    def end(self) -> None:
        """End the stage and take the bar away."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            bar, self._bar, self._stage = self._bar, None, None
        if bar is not None:
            bar.stop()

    def _show(self, stage: _Stage) -> None:
        with self._lock:
            if stage is self._stage:
                self._bar = self._make_bar()
                self._bar.add_task(stage.name, total=stage.total, far="")
                self._move(stage, self._clock.monotonic())
                self._bar.start()

    def _move(self, stage: _Stage, now: float) -> None:
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=stage.done, far=stage.text(now))

    def _make_bar(self) -> Bar:
        from rich.progress import BarColumn, Progress, TextColumn

        return Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[far]}", markup=False),
            console=self._screen.console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()


def progress_on(screen: Screen, clock: Clock) -> BarProgress | LineProgress:
    """Return the progress that suits a stream."""
    kind = BarProgress if screen.can_redraw else LineProgress
    return kind(screen, clock)
