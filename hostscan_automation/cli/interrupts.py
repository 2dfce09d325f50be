"""A request to end the process, from Ctrl+C, Ctrl+Break or another program, ends the command.

That is right as long as nothing has been sent that changes anything. While a run acts, it listens
itself, and finishes what is in flight (see `runs/stop.py`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, NoReturn

from typing_extensions import override

from hostscan_automation.runs.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

_FIRST = "stopping: what is in flight is finished first (once more to stop at once)"
_SECOND = "stopping at once: 'hostscan resume' goes on later"

# Ctrl+C raises KeyboardInterrupt by itself; SIGBREAK (Ctrl+Break) exists on Windows only.
_OTHERS = ("SIGTERM", "SIGBREAK")


@contextlib.contextmanager
def ending_by_signal() -> Iterator[None]:
    """Have the other signals act like Ctrl+C; only the main thread of a process can listen."""
    before = {number: signal.signal(number, _interrupt) for number in _numbers(_OTHERS)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _numbers(names: Iterable[str]) -> list[int]:
    """Return the signals of those names that exist here; none outside of the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return []
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


class SpokenStop(Stop):
    """The wish to stop a run, answered at once, so that nobody asks a second time for nothing."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    @override
    @contextlib.contextmanager
    def listening(self) -> Iterator[Stop]:
        with super().listening():
            for number in _numbers(("SIGINT", *_OTHERS)):
                handler = signal.getsignal(number)
                if callable(handler):
                    signal.signal(number, self._spoken(handler))
            yield self

    def _spoken(self, handler: Callable[..., Any]) -> Callable[..., None]:
        def handle(*arguments: object) -> None:
            handler(*arguments)
            self._say(_SECOND if self.is_at_once else _FIRST)

        return handle

    def _say(self, text: str) -> None:
        # past the stream's own buffer: the signal may have interrupted a write to it
        with contextlib.suppress(OSError, ValueError):
            os.write(self._stream.fileno(), f"\n{text}\n".encode("ascii"))
