"""Worker threads that all do the same work, watched over by the thread that wants it done.

Workers share one claim of the work, so nothing is handed from thread to thread. They are daemons:
a person who stops at once is not kept waiting by a reply that does not come.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_S = 0.1
OVERDUE_S = 30.0
"""So long after the time is up a reply is still waited for; one that never ends is left behind."""


class Crew:
    """Up to `size` threads that run `work` until it returns.

    Args:
        work: What each of them does; it returns when there is nothing left to do.
        on_fault: Called in the thread of the first worker that raised, so that the others end.

    Attributes:
        fault: What the first worker raised that did, or None.
    """

    def __init__(
        self, name: str, size: int, work: Callable[[], None], on_fault: Callable[[], None]
    ) -> None:
        self._name = name
        self._size = max(1, size)
        self._work = work
        self._on_fault = on_fault
        self._lock = threading.Lock()
        self._started = 0
        self._running = 0
        self._done = threading.Event()
        self.fault: BaseException | None = None

    @property
    def is_full(self) -> bool:
        """Whether all workers were started."""
        return self._started >= self._size

    def grow(self) -> None:
        """Start one more worker, unless all are there."""
        with self._lock:
            if self.is_full:
                return
            self._started += 1
            self._running += 1
            name = f"{self._name}-{self._started}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def start(self) -> None:
        """Start all workers."""
        while not self.is_full:
            self.grow()

    def watch(self, tick: Callable[[], bool]) -> bool:
        """Wait until all workers have ended, and let `tick` do the housekeeping meanwhile.

        The wait is cut into pieces because Windows delivers no Ctrl+C to a thread that waits
        without an end.

        Args:
            tick: Called about ten times a second; False abandons the workers.

        Returns:
            Whether all workers ended.

        Raises:
            BaseException: Whatever a worker raised first.
        """
        while not self._done.wait(TICK_S):
            if not tick():
                return False
        tick()
        if self.fault is not None:
            raise self.fault
        return True

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as fault:  # noqa: BLE001 - raised again where somebody can see it
            self._blame(fault)
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    self._done.set()

    def _blame(self, fault: BaseException) -> None:
        with self._lock:
            is_first = self.fault is None
            self.fault = self.fault or fault
        if is_first:
            self._on_fault()
