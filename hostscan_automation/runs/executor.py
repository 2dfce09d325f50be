"""Cancel the jobs of a plan: worker threads over one list, each cancel journalled before it leaves.

What may be sent again, and when:

    429                    again, when the server has had its pause
    503                    again, once a read shows that the job still stands
    lost reply, other 5xx  the same, but the read comes late enough for a cancel that was carried
                           out to show
    never left             again
    400, other 4xx         never; a read tells whether the job had ended
    404                    never: the job is gone
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import (
    HostscanError,
    JournalError,
    NotReachedError,
    RateLimitedError,
    SignInError,
)
from hostscan_automation.jobs.drift import status_text
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.answers import answer_text, read_answer
from hostscan_automation.runs.crew import OVERDUE_S, Crew
from hostscan_automation.runs.looks import Watched, ended_as, ended_text
from hostscan_automation.runs.pacing import LONGEST_RETRY_AFTER_S
from hostscan_automation.runs.task import Question, Task
from hostscan_automation.runs.worklist import Worklist

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.runs.breaker import Breaker
    from hostscan_automation.runs.freshness import Freshness
    from hostscan_automation.runs.means import Means
    from hostscan_automation.runs.pacing import Pacer
    from hostscan_automation.runs.runlog import RunLog

SETTLED_AFTER_S = 5.0
"""So long after a lost reply a cancel that was carried out shows in the list."""

_FIRST_LOOK_S = 1.0
_SHORTEST_LOOK_S = 1.0
_MOST_BUSY = 16
_MOST_TROUBLES = 4
_MOST_UNREAD = 3
_UNREACHED_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_LONGEST_WAIT_S = 8.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a run may go.

    Attributes:
        workers: How many cancels are in flight at the most.
        deadline: When the run ends, by the monotonic clock.
        deadline_s: The same as a person gave it.
    """

    workers: int
    deadline: float
    deadline_s: float


class Executor:
    """Carries out cancels and keeps to the rules of what may be sent again.

    Attributes:
        ended_by: Why it ended before its time, for a person, or None.
    """

    def __init__(
        self,
        means: Means,
        log: RunLog,
        bounds: Bounds,
        *,
        pacer: Pacer,
        breaker: Breaker,
        freshness: Freshness,
    ) -> None:
        self._means = means
        self._clock = means.clock
        self._log = log
        self._pacer = pacer
        self._breaker = breaker
        self._freshness = freshness
        self._bounds = bounds
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._done = 0
        self._failed = 0
        self._told = (0, 0)
        self._watched: dict[UUID, Watched] = {}
        self.ended_by: str | None = None

    def run(self, fresh: Iterable[Task], doubtful: Iterable[Task] = ()) -> None:
        """Cancel the jobs and return when each has an outcome, or nothing more may be done.

        Args:
            fresh: Never sent before, in the order in which they are to be sent.
            doubtful: Sent by a process that died: looked at first.
        """
        self._worklist = Worklist(
            fresh, self._claim, group=self._bounds.workers, patience=self._breaker.limit
        )
        for task in doubtful:
            self._ask(task, Question.LOST, 0.0)
        self._crew = Crew("cancel", self._bounds.workers, self._work, self._worklist.close)
        self._crew.grow()  # one at first; each good answer brings one more: the slow start
        try:
            if not self._crew.watch(self._tick):
                self.end(self._means.stop.reason or self._late)
        finally:
            self._worklist.close()
            self._wind_up()

    def take_watched(self) -> dict[UUID, Watched]:
        """Return the jobs whose state is still to be seen, by id, and forget them."""
        with self._lock:
            watched, self._watched = self._watched, {}
            return watched

    def end(self, reason: str) -> None:
        """Send nothing more; the first who says why is believed."""
        with self._lock:
            self.ended_by = self.ended_by or reason
        self._over.set()
        self._worklist.close()

    def _claim(self, tasks: Sequence[Task]) -> None:
        self._log.intend([task.position for task in tasks])

    def _tick(self) -> bool:
        """Do the housekeeping of the run; False when nothing more is to be waited for."""
        self._means.stop.relay()
        self._is_over()  # wakes those who wait for their turn
        try:
            self._log.flush()
        except JournalError as error:
            self.end(error.message)
        done, failed = self._done, self._failed
        told_done, told_failed = self._told
        if done > told_done:
            self._means.progress.advance(done - told_done, failed - told_failed)
            self._told = done, failed
        is_overdue = self._clock.monotonic() >= self._bounds.deadline + OVERDUE_S
        return not is_overdue and not self._means.stop.is_at_once

    @property
    def _late(self) -> str:
        return f"the deadline of {self._bounds.deadline_s:g} s passed"

    def _is_over(self) -> bool:
        stop = self._means.stop
        if stop.is_requested:
            self.end(stop.reason or "interrupted")
        elif self._clock.monotonic() >= self._bounds.deadline:
            self.end(self._late)
        return self.ended_by is not None

    def _work(self) -> None:
        try:
            while turn := self._worklist.next(self._clock, self._over, self._is_over):
                if isinstance(turn, Task):
                    self._send(turn)
                else:
                    self._look(turn)
        except JournalError as error:
            self.end(error.message)

    def _send(self, task: Task) -> None:
        if not self._may_send(task):
            self._worklist.put_back(task)
            return
        if not self._is_still_meant(task):
            return
        begun = self._clock.monotonic()
        task.attempts += 1
        try:
            reply = self._means.canceller.cancel_job(task.job_id)
        except HostscanError as error:
            task.took_s = self._clock.monotonic() - begun
            self._learn(task, error)
        else:
            task.took_s = self._clock.monotonic() - begun
            task.http_status = reply.status
            self._good()
            self._decide(task, Outcome.ACCEPTED, watch=Watched(task.position))
            self._worklist.answered(is_trouble=False)

    def _may_send(self, task: Task) -> bool:
        if task.question is not None:
            try:
                self._log.intend([task.position])
            except JournalError:
                self._worklist.put_back(task)
                raise
        if self._pacer.wait_for_turn(self._bounds.deadline, self._over):
            return not self._is_over()
        if not self._is_over():  # the turn comes after the deadline
            self.end(f"the deadline of {self._bounds.deadline_s:g} s leaves no time for the rest")
        return False

    def _is_still_meant(self, task: Task) -> bool:
        """Whether a job may be cancelled by what the server last told of it; if not, say why."""
        try:
            found = self._freshness.why_not(task.position, is_ours=_may_have_acted(task))
        except HostscanError as error:
            self.end(f"the server could not be read again: {error.message}")
            self._worklist.put_back(task)
            return False
        if found is None:
            return True
        self._decide(task, found.outcome, found.detail, status_after=found.status_after)
        self._worklist.answered(is_trouble=None)
        return False

    def _good(self) -> None:
        self._pacer.good()
        if not self._crew.is_full:
            self._crew.grow()

    def _learn(self, task: Task, error: HostscanError) -> None:
        """Take in an answer that was not a yes."""
        task.http_status = getattr(error, "status", task.http_status)
        task.trace_id = getattr(error, "trace_id", None) or task.trace_id
        task.cause = answer_text(error)
        if isinstance(error, NotReachedError):
            task.attempts -= 1
        answer = read_answer(error)
        if answer is None:
            self.end(f"sign-in was lost: {error.message}")
            self._worklist.put_back(task)
            return
        self._tell_pace(error, answer)
        if isinstance(answer, Outcome):
            self._decide(task, answer, None if answer is Outcome.GONE else task.cause)
            self._worklist.answered(is_trouble=isinstance(error, NotReachedError))
            return
        self._ask(task, answer, getattr(error, "retry_after_s", None) or 0.0)
        self._worklist.answered(is_trouble=_TROUBLE.get(answer, False))

    def _tell_pace(self, error: HostscanError, answer: Outcome | Question) -> None:
        if isinstance(error, RateLimitedError):
            self._pacer.busy(error.retry_after_s)
        elif answer is not Question.LOST and not isinstance(error, NotReachedError):
            self._good()

    def _ask(self, task: Task, question: Question, retry_after_s: float) -> None:
        """Park a task until what its answer left open can be told."""
        task.question = question
        now = self._clock.monotonic()
        match question:
            case Question.BUSY:
                task.busy += 1
                self._again(task, now, task.busy <= _MOST_BUSY)
            case Question.UNREACHED:
                task.unreached += 1
                tries = task.unreached
                wait_s = self._jittered(_UNREACHED_S[min(tries, len(_UNREACHED_S)) - 1])
                self._again(task, now + wait_s, tries <= len(_UNREACHED_S))
            case Question.UNAVAILABLE:
                task.busy += 1
                asked_s = min(retry_after_s, LONGEST_RETRY_AFTER_S)
                wait_s = max(asked_s, min(_LONGEST_WAIT_S, 0.5 * 2**task.busy))
                self._worklist.park_for_look(task, now + self._jittered(wait_s))
            case Question.LOST:
                task.troubles += 1
                task.is_in_doubt = True
                task.settled_at = now + SETTLED_AFTER_S
                self._worklist.park_for_look(task, now + _FIRST_LOOK_S)
            case Question.REFUSED | Question.REJECTED:
                self._worklist.park_for_look(task, now)

    def _again(self, task: Task, due: float, may_try: bool) -> None:  # noqa: FBT001 - the one condition
        if may_try:
            self._worklist.park_for_send(task, due)
        else:
            self._decide(task, Outcome.FAILED, f"given up after many tries: {task.cause}")

    def _jittered(self, seconds: float) -> float:
        return seconds * (1 + self._means.chance() / 4)

    def _look(self, tasks: Sequence[Task]) -> None:
        """Read the list once for all these tasks, and decide what becomes of each."""
        begun = self._clock.monotonic()
        is_well = False
        try:
            seen = self._freshness.look(max(_SHORTEST_LOOK_S, self._bounds.deadline - begun))
        except HostscanError as error:
            if isinstance(error, SignInError):
                self.end(f"sign-in was lost: {error.message}")
            for task in tasks:
                self._unread(task, error.message)
        else:
            verdicts = [self._judge(task, seen.get(task.job_id), begun) for task in tasks]
            is_well = any(verdicts)
        finally:
            self._worklist.looked(is_trouble=False if is_well else None)

    def _judge(self, task: Task, job: ScanJob | None, begun: float) -> bool:
        """Decide or park a task that was looked at; say whether all is well with it."""
        if job is None:
            self._decide(task, Outcome.GONE, "it is not in the list any more")
            return True
        is_ours = _may_have_acted(task)
        outcome = ended_as(job, is_ours=is_ours)
        if outcome is not None:
            text = ended_text(job, is_ours=is_ours)
            self._decide(task, outcome, text, status_after=status_text(job))
            return True
        if job.is_active:
            self._stands(task, job, begun)
        else:
            self._unread(task, f"its status {status_text(job)!r} does not tell")
        return False

    def _stands(self, task: Task, job: ScanJob, begun: float) -> None:
        task.unread = 0
        status = status_text(job)
        if task.question in _REFUSALS:
            outcome = _REFUSALS[task.question]
            self._decide(task, outcome, task.cause, status_after=status)
        elif task.question is Question.LOST and begun < task.settled_at:
            self._worklist.park_for_look(task, task.settled_at)
        elif task.troubles > _MOST_TROUBLES or task.busy > _MOST_BUSY:
            text = f"given up after many tries, it still stands: {task.cause}"
            self._decide(task, Outcome.FAILED, text, status_after=status)
        else:
            self._send_again(task, job, begun)

    def _send_again(self, task: Task, job: ScanJob, due: float) -> None:
        """Have a job that stands cancelled once more, where it is still meant."""
        try:
            found = self._freshness.decide(task.position, job, is_ours=True)
        except HostscanError as error:
            self._unread(task, error.message)
            return
        if found is None:
            self._worklist.park_for_send(task, due)
        else:
            text = f"{found.detail}; it was not sent again"
            self._decide(task, found.outcome, text, status_after=found.status_after)

    def _unread(self, task: Task, why: str) -> None:
        task.unread += 1
        if task.unread < _MOST_UNREAD and self.ended_by is None:
            wait_s = self._jittered(_FIRST_LOOK_S * 2**task.unread)
            self._worklist.park_for_look(task, self._clock.monotonic() + wait_s)
            return
        outcome = Outcome.UNCERTAIN if _may_have_acted(task) else Outcome.FAILED
        self._decide(task, outcome, f"{task.cause}; its state could not be read: {why}")

    def _decide(
        self,
        task: Task,
        outcome: Outcome,
        detail: str | None = None,
        *,
        status_after: str | None = None,
        watch: Watched | None = None,
    ) -> None:
        """Write down what became of a job, and keep an eye on it where that may still change."""
        self._log.settle(task.position, task.result(outcome, detail, status_after))
        if watch is None and _may_have_acted(task) and outcome in _MAY_STILL_SHOW:
            watch = Watched(task.position)
        with self._lock:
            if watch is not None:
                self._watched[task.job_id] = watch
            self._done += 1
            self._failed += outcome.counts_for_breaker
            is_open = self._breaker.count(outcome)
        if is_open:
            self.end(f"{self._breaker.limit} cancels in a row failed or are uncertain")

    def _wind_up(self) -> None:
        """Say of everything that was claimed and not decided what is known of it."""
        for task in self._worklist.leftovers():
            if _may_have_acted(task):
                self._leave(task, Outcome.UNCERTAIN, Watched(task.position))
            elif task.question in _REFUSALS:
                refused = task.result(_REFUSALS[task.question], task.cause)
                self._leave(
                    task, Outcome.FAILED, Watched(task.position, is_ours=False, if_active=refused)
                )
            else:
                self._log.release(task.position, task.attempts)

    def _leave(self, task: Task, outcome: Outcome, watch: Watched) -> None:
        text = f"{task.cause or 'a cancel may have been sent'}; its state was not read any more"
        self._log.settle(task.position, task.result(outcome, text))
        with self._lock:
            self._watched[task.job_id] = watch


_REFUSALS = {Question.REFUSED: Outcome.REFUSED, Question.REJECTED: Outcome.FAILED}
_TROUBLE = {
    Question.LOST: True,
    Question.UNREACHED: True,
    Question.BUSY: None,
    Question.UNAVAILABLE: None,
}
_MAY_STILL_SHOW = frozenset({Outcome.REFUSED, Outcome.FAILED, Outcome.UNCERTAIN, Outcome.DRIFTED})


def _may_have_acted(task: Task) -> bool:
    is_open = task.question is not None and task.question.may_have_acted
    return task.is_in_doubt or is_open
