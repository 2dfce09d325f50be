"""The one list of what can become of a job in a run."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one matched job.

    Attributes:
        CANCELLED: A later read showed it Cancelled.
        ACCEPTED: The server said 202, and nothing more was seen in time.
        ALREADY_FINISHED: It had ended by itself.
        GONE: The server does not know it any more.
        REFUSED: 400, and it is still active; the server's text is in the detail.
        FAILED: The cancel did not happen, and the cause is known.
        UNCERTAIN: The reply was lost and the state could not be read.
        PROTECTED: A protect clause holds it: never sent.
        DRIFTED: It no longer matches, or its hosts changed since the plan: never sent.
        NOT_ATTEMPTED: The run ended before its turn.
    """

    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    ALREADY_FINISHED = "already_finished"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    PROTECTED = "protected"
    DRIFTED = "drifted"
    NOT_ATTEMPTED = "not_attempted"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do about such a job."""
        return self in _DONE

    @property
    def counts_for_breaker(self) -> bool:
        """Whether such an outcome, in a row, stops the run."""
        return self in {Outcome.FAILED, Outcome.UNCERTAIN}


_DONE = frozenset(
    {
        Outcome.CANCELLED,
        Outcome.ALREADY_FINISHED,
        Outcome.GONE,
        Outcome.DRIFTED,
        Outcome.PROTECTED,
    }
)
