"""Take inventory: stream the whole list into a plan, and read the details it asks for.

Either the inventory is whole, or an error is raised and nothing is planned.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TypeVar

from hostscan_automation.errors import NotFoundError, ReplyLostError
from hostscan_automation.runs.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.runs.ports import JobReader
    from hostscan_automation.runs.progress import Progress
    from hostscan_automation.runs.stop import Stop

DETAIL_READERS = 8
_TOLD_EVERY = 100
_LISTS_AT_MOST = 5
_SLOW_LISTS_AT_MOST = 2


class Builder(Protocol):
    """What takes in the jobs: `jobs.planning.PlanBuilder`. It is fed by one thread at a time."""

    def add(self, job: ScanJob) -> None:
        """Take in one job of the list."""
        ...

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The jobs whose detail has to be read."""
        ...

    def add_detail(self, detail: ScanJob) -> None:
        """Take in the detail of a pending job."""
        ...

    def drop(self, job_id: UUID) -> None:
        """Leave out a pending job that the server does not know any more."""
        ...


def take_inventory(
    reader: JobReader,
    builder: Builder,
    *,
    progress: Progress,
    stop: Stop | None = None,
    readers: int = DETAIL_READERS,
) -> None:
    """Feed the builder every job of the list, then every detail it asks for.

    A job that has vanished between list and detail is left out, and said: the server does not know
    it any more, so it cannot be meant. Every other fault ends the inventory.

    Args:
        reader: Reads list and details, each with its own repetitions.
        builder: Takes them in.
        progress: Hears of the stages `listing` and `details`.
        stop: Ends it early.
        readers: How many details are read at a time.

    Raises:
        KeyboardInterrupt: Somebody asked to stop; nothing was changed.
        HostscanError: The list or a detail could not be read, so the inventory is incomplete.
    """
    _take_list(reader, builder, progress, stop)
    if builder.pending:
        _Details(reader, builder, stop).read(progress, readers)


_B = TypeVar("_B", bound=Builder)


def take_fresh_inventory(
    reader: JobReader,
    begin: Callable[[], _B],
    *,
    progress: Progress,
    stop: Stop | None = None,
) -> _B:
    """Take inventory with a new builder; a list that breaks off is read again from its start.

    One that drips or falls silent is read again once: that takes long. What was taken in of a
    broken list is thrown away with its builder: an inventory is never put together from two lists.

    Args:
        reader: Reads list and details, each with its own repetitions.
        begin: Makes a builder that has taken in nothing yet.
        progress: Hears of the stages `listing` and `details`.
        stop: Ends it early.

    Raises:
        KeyboardInterrupt: Somebody asked to stop; nothing was changed.
        HostscanError: The list or a detail could not be read, so the inventory is incomplete.
    """
    builder = _whole_list(reader, begin, progress, stop)
    if builder.pending:
        _Details(reader, builder, stop).read(progress, DETAIL_READERS)
    return builder


def _whole_list(
    reader: JobReader, begin: Callable[[], _B], progress: Progress, stop: Stop | None
) -> _B:
    lists = slow = 0
    while True:
        builder = begin()
        try:
            _take_list(reader, builder, progress, stop)
        except ReplyLostError as error:
            lists, slow = lists + 1, slow + error.is_slow
            if lists == _LISTS_AT_MOST or slow == _SLOW_LISTS_AT_MOST:
                raise
            _give_up_if_asked(stop)
            progress.note("the list broke off; it is read again from its start")
        else:
            return builder


def _take_list(reader: JobReader, builder: Builder, progress: Progress, stop: Stop | None) -> None:
    progress.stage("listing", None)
    try:
        untold = 0
        for job in reader.iter_jobs():
            builder.add(job)
            untold += 1
            if untold == _TOLD_EVERY:
                progress.advance(untold)
                untold = 0
                _give_up_if_asked(stop)
        progress.advance(untold)
    finally:
        progress.end()


def _give_up_if_asked(stop: Stop | None) -> None:
    if stop is not None:
        stop.raise_if_requested()


class _Details:
    """The details that the plan needs, read by several threads and taken in one after the other."""

    def __init__(self, reader: JobReader, builder: Builder, stop: Stop | None) -> None:
        self._reader = reader
        self._builder = builder
        self._stop = stop
        self._lock = threading.Lock()
        self._ids: Iterator[UUID] = iter(builder.pending)
        self._ended = False
        self._done = 0
        self._vanished = 0

    def read(self, progress: Progress, readers: int) -> None:
        total = len(self._builder.pending)
        progress.stage("details", total)
        crew = Crew("detail", min(readers, total), self._work, self._end)
        told = 0

        def tick() -> bool:
            nonlocal told
            done = self._done
            progress.advance(done - told)
            told = done
            if self._stop is not None and self._stop.is_requested:
                self._end()
            return True

        try:
            crew.start()
            crew.watch(tick)
        finally:
            progress.end()
        _give_up_if_asked(self._stop)
        if self._vanished:
            progress.note(f"{self._vanished} jobs vanished while they were read; they are left out")

    def _work(self) -> None:
        while (job_id := self._next()) is not None:
            try:
                detail = self._reader.job(job_id)
            except NotFoundError:
                self._take(job_id, None)
            else:
                self._take(job_id, detail)

    def _next(self) -> UUID | None:
        with self._lock:
            return None if self._ended else next(self._ids, None)

    def _take(self, job_id: UUID, detail: ScanJob | None) -> None:
        with self._lock:
            if detail is None:
                self._vanished += 1
                self._builder.drop(job_id)
            else:
                self._builder.add_detail(detail)
            self._done += 1

    def _end(self) -> None:
        self._ended = True
