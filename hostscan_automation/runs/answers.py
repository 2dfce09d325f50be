"""Read the answer to a cancel: what is decided by it, and what has to be asked next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.errors import (
    ApiError,
    CertificateError,
    ForbiddenError,
    NotFoundError,
    NotReachedError,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    UnreadableReplyError,
)
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.task import Question

if TYPE_CHECKING:
    from hostscan_automation.errors import HostscanError

_TOO_MANY_REQUESTS = 429
_BAD_REQUEST = 400
_TIMED_OUT = 408
_LONGEST_TEXT = 500


def read_answer(error: HostscanError) -> Outcome | Question | None:  # noqa: PLR0911 - one line for each answer
    """Return the outcome that an answer decides, or the question it leaves.

    None means that the session is lost: nothing was done, and nothing more can be.
    """
    match error:
        case NotFoundError():
            return Outcome.GONE
        case RateLimitedError():
            is_refusal = error.status == _TOO_MANY_REQUESTS
            return Question.BUSY if is_refusal else Question.UNAVAILABLE
        case ForbiddenError() | CertificateError():
            return Outcome.FAILED
        case UnreadableReplyError() if 300 <= error.status < 400:  # noqa: PLR2004 - a redirect, not followed
            return Outcome.FAILED
        case UnreadableReplyError() | ServerError() | ReplyLostError():
            return Question.LOST
        case ApiError():
            return _rejection(error.status)
        case NotReachedError():
            return Question.UNREACHED
        case _:
            return None


def _rejection(status: int) -> Question:
    if status == _TIMED_OUT:  # said by something in between, which may have passed the request on
        return Question.LOST
    return Question.REFUSED if status == _BAD_REQUEST else Question.REJECTED


def answer_text(error: HostscanError) -> str:
    """Return the answer for a person: the server's own text where there is one."""
    problem = error.problem if isinstance(error, ApiError) else None
    said = [part for part in (problem.title, problem.detail) if part] if problem else []
    text = f"{getattr(error, 'status', '')} {': '.join(said)}".strip() if said else error.message
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} ..."
