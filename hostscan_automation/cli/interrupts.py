"""A request to end the process, from Ctrl+C, Ctrl+Break or another program, ends the command.

That is right as long as nothing has been sent that changes anything. While a run acts, it listens
itself, and finishes what is in flight (see `runs/stop.py`).
"""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ctrl+C raises KeyboardInterrupt by itself; SIGBREAK (Ctrl+Break) exists on Windows only.
_NAMES = ("SIGTERM", "SIGBREAK")


@contextlib.contextmanager
def ending_by_signal() -> Iterator[None]:
    """Have the other signals act like Ctrl+C; only the main thread of a process can listen."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
