"""Read the server's words for the state of a job and for why a host failed."""

from __future__ import annotations

from enum import StrEnum


class JobStatus(StrEnum):
    """`ActionStatus` as the documentation names it."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETE = "Complete"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    COMPLETED_WITH_ERRORS = "CompletedWithErrors"
    COMPLETED_NOT_RUN = "CompletedNotRun"
    PAUSED = "Paused"
    SCHEDULED = "Scheduled"
    UNKNOWN = "Unknown"
    PENDING = "Pending"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing will happen to such a job any more."""
        return self in _TERMINAL

    @property
    def is_active(self) -> bool:
        """Whether such a job could be cancelled; a status that says nothing is not active."""
        return self not in _TERMINAL and self is not JobStatus.UNKNOWN


_TERMINAL = frozenset(
    {
        JobStatus.COMPLETE,
        JobStatus.FAILED,
        JobStatus.CANCELLED,
        JobStatus.COMPLETED_WITH_ERRORS,
        JobStatus.COMPLETED_NOT_RUN,
    }
)

# Numbers seen on live servers (0 to 4) and by the order of the page (5 to 8). The numbers of
# Unknown and Pending are not published: they are read from the description.
_STATUS_BY_NUMBER = (
    JobStatus.QUEUED,
    JobStatus.RUNNING,
    JobStatus.COMPLETE,
    JobStatus.FAILED,
    JobStatus.CANCELLED,
    JobStatus.COMPLETED_WITH_ERRORS,
    JobStatus.COMPLETED_NOT_RUN,
    JobStatus.PAUSED,
    JobStatus.SCHEDULED,
)

_FAILURE_REASONS = (
    "NoError",
    "UnknownError",
    "SystemError",
    "ActionServiceUnavailable",
    "ActionTimeout",
    "AccessDenied",
    "UserAlreadyMemberofGroup",
    "UserNotMemberofGroup",
    "InvalidGroupName",
    "InvalidUserName",
    "InvalidHostName",
    "FailedToConnect",
)
FAILURE_REASONS = frozenset(_FAILURE_REASONS)


def _folded(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


_STATUS_BY_NAME = {_folded(status.value): status for status in JobStatus}
_REASON_BY_NAME = {_folded(reason): reason for reason in _FAILURE_REASONS}


def status_named(word: str | None) -> JobStatus | None:
    """Return the status a word stands for ("Completed With Errors." too), or None."""
    return _STATUS_BY_NAME.get(_folded(word)) if word else None


def read_status(value: object, description: str | None) -> JobStatus | None:
    """Return the status that number (or name) and description agree on.

    A number that is not known is decided by the description; where number and description name
    two different states, nobody knows, and the answer is None.
    """
    described = status_named(description)
    declared = _declared_status(value)
    if declared is not None and described is not None and declared is not described:
        return None
    return declared or described


def _declared_status(value: object) -> JobStatus | None:
    if isinstance(value, str) and not value.strip().isdigit():
        return status_named(value)
    number = _number(value)
    if number is not None and 0 <= number < len(_STATUS_BY_NUMBER):
        return _STATUS_BY_NUMBER[number]
    return None


def read_failure_reason(value: object) -> str | None:
    """Return the documented name of a failure reason; an undocumented word stays as it is."""
    if isinstance(value, str) and not value.strip().isdigit():
        return _REASON_BY_NAME.get(_folded(value), value)
    number = _number(value)
    if number is None:
        return None
    return _FAILURE_REASONS[number] if 0 <= number < len(_FAILURE_REASONS) else str(number)


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.strip()
        return int(digits) if digits.isascii() and 0 < len(digits) < 10 else None  # noqa: PLR2004 - int32
    return value if isinstance(value, int) else None
