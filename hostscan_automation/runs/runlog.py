"""Write down one run while it happens: the intent before the wire, the result after.

An intent is durable when `intend` returns. Results gather in memory and go to the disk with the
next intents, or when `flush` is called, which whoever watches over the run does some ten times a
second. What a crash can lose is therefore a result, never an intent; and a job whose intent stands
without a result is looked at again by `resume`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hostscan_automation.clock import utc_text
from hostscan_automation.errors import JournalError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import INTENT, RESULT, end_run, noted, own_run, update_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hostscan_automation.clock import Clock
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.runs.record import JobRecord, RunRecord
    from hostscan_automation.runs.store import Store

_LOST_IN_FLIGHT = "a cancel may have been sent; the run ended before its reply was known"


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a job after something was done, or seen, about it.

    Attributes:
        attempts: How many cancels left this machine for it, earlier runs of the same plan included.
    """

    outcome: Outcome
    detail: str | None = None
    status_after: str | None = None
    http_status: int | None = None
    attempts: int = 0
    trace_id: str | None = None
    took_s: float | None = None

    def after(self, job: JobRecord) -> Result:
        """Return the same, seen rather than answered: what was sent and answered stays known."""
        return replace(
            self,
            http_status=job.http_status,
            attempts=job.attempts,
            trace_id=job.trace_id,
            took_s=job.took_s,
        )


class RunLog:
    """One run in the journal, open for writing. Made by `Journal.begin` and `Journal.reopen`.

    Attributes:
        record: The run as it stands in memory, always whole, also where the disk has failed.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        number: int,
        record: RunRecord,
        intended: Iterable[int] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._number = number
        self._head = record
        self._jobs = list(record.jobs)
        self._intended = {position: self._jobs[position].attempts for position in intended}
        self._unwritten: set[int] = set()
        self._lock = threading.Lock()  # over what is in memory: nobody waits long for it
        self._disk = threading.Lock()  # over the order of what goes to the disk
        self._is_over = False

    @property
    def run_id(self) -> str:
        """The name of the run."""
        return self._head.run_id

    @property
    def plan(self) -> CancelPlan:
        """The plan that the run carries out."""
        return self._head.plan

    @property
    def record(self) -> RunRecord:
        """The run as it stands now."""
        with self._lock:
            return replace(self._head, jobs=tuple(self._jobs))

    def job(self, position: int) -> JobRecord:
        """Return what is known of the job at that position of the plan."""
        return self._jobs[position]

    def open_positions(self) -> list[int]:
        """Return the jobs that were to be cancelled and have no outcome, in the plan's order."""
        return [
            position
            for position, job in enumerate(self._jobs)
            if job.disposition is Disposition.CANCEL and job.outcome is None
        ]

    def is_intended(self, position: int) -> bool:
        """Whether a cancel may have been sent for a job without its result being known."""
        return position in self._intended

    def take_over(self) -> None:
        """Write down that this process works on the run now.

        Raises:
            JournalError: It is not on disk.
        """
        with self._store.writing() as connection:
            own_run(connection, self._number)

    def intend(self, positions: Sequence[int]) -> None:
        """Write down that one more cancel of each of these jobs is about to be sent.

        Raises:
            JournalError: It is not durable: nothing must be sent.
        """
        with self._disk:
            if self._is_over:
                raise JournalError(f"run {self.run_id!r} is over: nothing more is sent")
            self._write(positions)
            with self._lock:
                for position in positions:
                    known = self._intended.get(position, self._jobs[position].attempts)
                    self._intended[position] = known + 1

    def settle(self, position: int, result: Result) -> None:
        """Take down what became of a job; it is on disk after the next `flush`."""
        with self._lock:
            if self._is_over:
                return  # somebody stopped at once: what they were told stands
            self._settle(position, result)

    def release(self, position: int, attempts: int) -> None:
        """Take back an intent: nothing was sent that could still have an effect.

        Args:
            position: The job's.
            attempts: How many cancels did leave for it, each of them answered with a no.
        """
        with self._lock:
            if self._is_over:
                return
            self._jobs[position] = replace(self._jobs[position], attempts=attempts)
            self._intended.pop(position, None)
            self._unwritten.add(position)

    def flush(self) -> None:
        """Make all results durable.

        Raises:
            JournalError: They are not; they are kept, and tried again with the next call.
        """
        with self._disk:
            if self._unwritten:
                self._write()

    def finish(self, ended_by: str | None) -> RunRecord:
        """End the run and return it, every job with its outcome.

        Args:
            ended_by: Why it ended before its time, or None. What was not attempted then stays open
                for `resume`.

        Raises:
            JournalError: The end is not on disk; `record` holds it all the same.
        """
        with self._disk:
            with self._lock:
                self._is_over = True
                self._end(ended_by)
            self._write(is_end=True)
            return self._head

    def _end(self, ended_by: str | None) -> None:
        for position, job in enumerate(self._jobs):
            if job.outcome is None and job.disposition is Disposition.CANCEL:
                self._leave_open(position, ended_by)
        self._head = replace(
            self._head,
            state=RunState.INTERRUPTED if ended_by else RunState.FINISHED,
            finished_at=noted(self._clock.now()),
            ended_by=ended_by,
            jobs=tuple(self._jobs),
        )

    def _settle(self, position: int, result: Result) -> None:
        self._jobs[position] = replace(
            self._jobs[position],
            outcome=result.outcome,
            detail=result.detail,
            status_after=result.status_after,
            http_status=result.http_status,
            attempts=result.attempts,
            trace_id=result.trace_id,
            took_s=result.took_s,
        )
        self._intended.pop(position, None)
        self._unwritten.add(position)

    def _leave_open(self, position: int, ended_by: str | None) -> None:
        job = self._jobs[position]
        is_lost = position in self._intended
        outcome = Outcome.UNCERTAIN if is_lost else Outcome.NOT_ATTEMPTED
        detail = _LOST_IN_FLIGHT if is_lost else ended_by
        attempts = self._intended.get(position, job.attempts)
        self._jobs[position] = replace(job, outcome=outcome, detail=detail, attempts=attempts)
        self._unwritten.add(position)

    def _write(self, intents: Sequence[int] = (), *, is_end: bool = False) -> None:
        """Write all results, and what else there is, in one transaction."""
        now = utc_text(self._clock.now())
        with self._lock:
            taken, self._unwritten = self._unwritten, set()
            rows = [self._row(position, now) for position in sorted(taken)]
        try:
            with self._store.writing() as connection:
                update_jobs(connection, RESULT, rows)
                update_jobs(connection, INTENT, [(now, self._number, one) for one in intents])
                if is_end:
                    end_run(connection, self._number, self._head)
        except BaseException:
            with self._lock:
                self._unwritten |= taken
            raise

    def _row(self, position: int, now: str) -> tuple[Any, ...]:
        job = self._jobs[position]
        return (
            int(position in self._intended),
            job.attempts,
            None if job.outcome is None else job.outcome.value,
            job.status_after,
            job.detail,
            job.http_status,
            job.trace_id,
            job.took_s,
            now,
            self._number,
            position,
        )
