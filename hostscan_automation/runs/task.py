"""One job on its way through a run: what was sent for it, and what has to be asked next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from hostscan_automation.runs.runlog import Result

if TYPE_CHECKING:
    from uuid import UUID

    from hostscan_automation.jobs.outcome import Outcome
    from hostscan_automation.jobs.plan import PlannedJob


class Question(Enum):
    """What the last answer to a cancel leaves open.

    Attributes:
        BUSY: 429: nothing was done, it may be sent again.
        UNREACHED: It never left, it may be sent again.
        UNAVAILABLE: 503: it may be sent again once a read shows that the job still stands.
        LOST: The reply was lost, or was another 5xx, or no reply of this server: the same, and the
            read has to come late enough for a cancel that was carried out to show.
        REFUSED: 400: has the job ended, or does the server not want to?
        REJECTED: Another 4xx: the same.
    """

    BUSY = auto()
    UNREACHED = auto()
    UNAVAILABLE = auto()
    LOST = auto()
    REFUSED = auto()
    REJECTED = auto()

    @property
    def needs_a_look(self) -> bool:
        """Whether the job's state has to be read before anything else."""
        return self not in {Question.BUSY, Question.UNREACHED}

    @property
    def may_have_acted(self) -> bool:
        """Whether nobody can tell, without a look, whether the cancel was carried out."""
        return self in {Question.UNAVAILABLE, Question.LOST}


@dataclass(slots=True, eq=False)
class Task:
    """One job that is to be cancelled.

    Attributes:
        position: Its place in the plan.
        attempts: How many cancels left for it.
        is_in_doubt: Whether one of them may have been carried out without its reply being seen.
        question: What the last answer left open, or None.
        cause: The last answer, for a person.
        settled_at: From when on, by the monotonic clock, a read tells whether a lost cancel acted.
        tries: How often each question came up for it.
        unread: How many looks in a row did not tell its state.
    """

    position: int
    job_id: UUID
    attempts: int = 0
    is_in_doubt: bool = False
    question: Question | None = None
    cause: str | None = None
    http_status: int | None = None
    trace_id: str | None = None
    took_s: float | None = None
    settled_at: float = 0.0
    busy: int = 0
    unreached: int = 0
    troubles: int = 0
    unread: int = 0

    @classmethod
    def of(cls, position: int, job: PlannedJob, attempts: int = 0) -> Task:
        """Return the task of a planned job."""
        return cls(position, job.job_id, attempts)

    def result(
        self, outcome: Outcome, detail: str | None = None, status_after: str | None = None
    ) -> Result:
        """Return what to write down of it."""
        return Result(
            outcome=outcome,
            detail=detail,
            status_after=status_after,
            http_status=self.http_status,
            attempts=self.attempts,
            trace_id=self.trace_id,
            took_s=self.took_s,
        )
