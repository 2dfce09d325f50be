"""What is to be done next in a run: one list that all workers take from.

Fresh jobs come in the plan's order, after their intents were written down in groups. A job whose
answer left a question is parked until its time has come, and no worker waits for it meanwhile.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from itertools import count, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hostscan_automation.clock import Clock
    from hostscan_automation.runs.task import Task

_SLICE_S = 0.1
_MOMENT_S = 0.1
_OTHERS_S = 0.05
_NEVER = float("inf")


class _Parked:
    """Tasks in the order in which their time comes."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Task]] = []
        self._order = count()

    def __bool__(self) -> bool:
        return bool(self._heap)

    @property
    def due(self) -> float:
        """When the first of them is due."""
        return self._heap[0][0] if self._heap else _NEVER

    def put(self, task: Task, due: float) -> None:
        heapq.heappush(self._heap, (due, next(self._order), task))

    def take(self) -> Task:
        return heapq.heappop(self._heap)[2]

    def take_until(self, moment: float) -> list[Task]:
        taken = []
        while self._heap and self.due <= moment:
            taken.append(self.take())
        return taken


class Worklist:
    """The tasks of a run.

    Args:
        fresh: Tasks that were never sent, in the plan's order.
        claim: Writes down the intents of so many fresh tasks, before any of them is handed out.
        group: How many are claimed at a time.
        patience: So many troubled answers in a row hold back what is fresh until it is known what
            became of those: a server in trouble is not sent the whole plan.
    """

    def __init__(
        self,
        fresh: Iterable[Task],
        claim: Callable[[Sequence[Task]], None],
        *,
        group: int,
        patience: int,
    ) -> None:
        self._fresh = iter(fresh)
        self._claim = claim
        self._group = group
        self._patience = patience
        self._changed = threading.Condition()
        self._ready: deque[Task] = deque()
        self._to_look = _Parked()
        self._to_send = _Parked()
        self._unsent: list[Task] = []
        self._in_flight = 0
        self._is_looking = False
        self._troubles = 0
        self._is_claiming = False
        self._is_exhausted = False
        self._is_closed = False

    def next(
        self, clock: Clock, over: threading.Event, is_over: Callable[[], bool]
    ) -> Task | list[Task] | None:
        """Return a task to send, tasks to look at together, or None when nothing is left to do.

        One worker at a time looks: what comes up meanwhile shares the next look.

        Args:
            clock: Waits for what is parked.
            over: Ends the wait.
            is_over: Says whether nothing more is to be begun.

        Raises:
            JournalError: Intents could not be written down.
        """
        while not is_over():
            self._refill()
            turn = self._turn(clock.monotonic())
            if not isinstance(turn, float):
                return turn
            clock.wait(over, min(turn, _SLICE_S))
        self.close()
        return None

    def answered(self, *, is_trouble: bool | None) -> None:
        """Take note of an answer; None: it says nothing of how the server is."""
        with self._changed:
            self._in_flight -= 1
            if is_trouble is not None:
                self._note(is_trouble=is_trouble)

    def park_for_look(self, task: Task, due: float) -> None:
        """Have a task looked at when its time has come."""
        with self._changed:
            self._to_look.put(task, due)
            self._changed.notify_all()

    def park_for_send(self, task: Task, due: float) -> None:
        """Have a task sent again when its time has come."""
        with self._changed:
            self._to_send.put(task, due)
            self._changed.notify_all()

    def put_back(self, task: Task) -> None:
        """Take back a task that was handed out to be sent and was not."""
        with self._changed:
            self._in_flight -= 1
            self._unsent.append(task)
            self._changed.notify_all()

    def looked(self, *, is_trouble: bool | None) -> None:
        """Take note of the end of a look; False: it told that all is well with a lost cancel."""
        with self._changed:
            self._is_looking = False
            if is_trouble is not None:
                self._note(is_trouble=is_trouble)
            self._changed.notify_all()

    def close(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def leftovers(self) -> list[Task]:
        """Take out every task that was claimed, is not in flight, and has no outcome."""
        with self._changed:
            parked = [*self._to_send.take_until(_NEVER), *self._to_look.take_until(_NEVER)]
            left = [*self._unsent, *self._ready, *parked]
            self._unsent.clear()
            self._ready.clear()
            return left

    def _note(self, *, is_trouble: bool) -> None:
        self._troubles = self._troubles + 1 if is_trouble else 0
        if not is_trouble:
            self._changed.notify_all()

    def _refill(self) -> None:
        with self._changed:
            if self._is_closed or self._is_claiming or self._is_exhausted or self._is_held:
                return
            if len(self._ready) > self._group // 2:
                return
            batch = list(islice(self._fresh, self._group))
            self._is_exhausted = len(batch) < self._group
            self._is_claiming = bool(batch)
        if batch:
            self._claim_group(batch)

    def _claim_group(self, batch: Sequence[Task]) -> None:
        is_claimed = False
        try:
            self._claim(batch)
            is_claimed = True
        finally:
            with self._changed:
                self._is_claiming = False
                if is_claimed:
                    self._ready.extend(batch)
                self._changed.notify_all()

    @property
    def _is_held(self) -> bool:
        is_open = bool(self._in_flight or self._is_looking or self._to_look or self._to_send)
        return is_open and self._troubles >= self._patience

    def _turn(self, now: float) -> Task | list[Task] | float | None:
        with self._changed:
            if self._is_closed:
                return None
            if self._look_due <= now:
                self._is_looking = True
                return self._to_look.take_until(now + _MOMENT_S)
            if self._to_send.due <= now:
                return self._out(self._to_send.take())
            if self._ready and not self._is_held:
                return self._out(self._ready.popleft())
            return self._pause(now)

    @property
    def _look_due(self) -> float:
        return _NEVER if self._is_looking else self._to_look.due

    def _out(self, task: Task) -> Task:
        self._in_flight += 1
        return task

    def _pause(self, now: float) -> float | None:
        """Return for how long there is nothing to do; None if nothing will ever come."""
        due = min(self._look_due, self._to_send.due)
        if due < _NEVER:
            return due - now
        is_more_to_come = self._ready or not self._is_exhausted or self._is_claiming
        if is_more_to_come or self._is_looking:
            self._changed.wait(_OTHERS_S)  # others decide what is next: no matter of the clock
            return 0.0
        return None
