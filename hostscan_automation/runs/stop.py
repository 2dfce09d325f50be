"""Ask a run to stop: once for "finish what is in flight", twice for "at once"."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# SIGBREAK is Ctrl+Break and exists on Windows only, SIGHUP (the terminal went away) elsewhere only
_SIGNALS = {
    "SIGINT": "interrupted by Ctrl+C",
    "SIGBREAK": "interrupted by Ctrl+Break",
    "SIGTERM": "ended by the signal SIGTERM",
    "SIGHUP": "ended because the terminal was closed",
}


class Stop:
    """The wish that a run end before its time.

    Attributes:
        event: Set once the wish is known; those who wait for something else wait for it, too.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self._wishes: list[str] = []

    @property
    def is_requested(self) -> bool:
        """Whether anybody asked: nothing new is to be begun."""
        return bool(self._wishes)

    @property
    def is_at_once(self) -> bool:
        """Whether somebody asked twice: what is in flight is not waited for."""
        return len(self._wishes) > 1

    @property
    def reason(self) -> str | None:
        """Who asked first, for a person."""
        return self._wishes[0] if self._wishes else None

    def request(self, reason: str = "interrupted") -> None:
        """Ask the run to stop; a second time: at once."""
        self._wishes.append(reason)
        self.event.set()

    def relay(self) -> None:
        """Wake those who wait, after a signal; whoever watches over a run calls it often."""
        if self._wishes:
            self.event.set()

    def raise_if_requested(self) -> None:
        """Give up work that has changed nothing yet.

        Raises:
            KeyboardInterrupt: Somebody asked to stop.
        """
        if self._wishes:
            raise KeyboardInterrupt(self.reason)

    @contextmanager
    def listening(self) -> Iterator[Stop]:
        """Take Ctrl+C, Ctrl+Break and a polite kill as the wish to stop, while the block lasts.

        Only the main thread may listen to signals; elsewhere the caller uses `request`.
        """
        before: dict[int, Any] = {}
        try:
            if threading.current_thread() is threading.main_thread():
                before.update(self._listen())
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _listen(self) -> Iterator[tuple[int, Any]]:
        for name, reason in _SIGNALS.items():
            number = getattr(signal, name, None)
            # who started this with nohup wants it to survive the terminal
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                yield number, signal.signal(number, self._handler(reason))

    def _handler(self, reason: str) -> Any:
        # Nothing here may take a lock: the thread that is interrupted could be holding it.
        return lambda _number, _frame: self._wishes.append(reason)
