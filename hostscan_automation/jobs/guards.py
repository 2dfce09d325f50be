"""What every cancel step demands besides its filter: the job has not ended, and is not Scheduled.

A Scheduled job is somebody's plan and not a scan in the way: it is selected only where a clause
names that status outright (bare or in a list, not by `ne`, a pattern or `all_jobs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.clauses import AllOf, AnyOf, ValueClause, all_of, any_of
from hostscan_automation.jobs.fields import JOB_FIELDS
from hostscan_automation.jobs.flow import flow_text
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.jobs.verdict import FALSE, TRUE, UNDECIDED

if TYPE_CHECKING:
    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.sight import Sight


@dataclass(frozen=True, slots=True)
class NotEnded:
    """True of a job that could be cancelled, undecided where its status says nothing."""

    needs_detail: bool = False

    def possible(self, subject: ScanJob, sight: Sight) -> int:  # noqa: ARG002 - a status has no age
        """Return what it is."""
        if subject.is_active:
            return TRUE
        return FALSE if subject.is_terminal else UNDECIDED

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"status": {"not_in": [status.value for status in JobStatus if status.is_terminal]}}


@dataclass(frozen=True, slots=True)
class NotScheduled:
    """True of a job whose status is known and not Scheduled."""

    needs_detail: bool = False

    def possible(self, subject: ScanJob, sight: Sight) -> int:  # noqa: ARG002 - a status has no age
        """Return what it is."""
        if subject.status is None or subject.status is JobStatus.UNKNOWN:
            return UNDECIDED
        return FALSE if subject.status is JobStatus.SCHEDULED else TRUE

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"status": {"ne": JobStatus.SCHEDULED.value}}


def clause_text(clause: Clause) -> str:
    """Return a clause on one line, as a person would write it, or as it is told to one."""
    match clause:
        case NotEnded():
            return "(has not ended: part of every cancel step)"
        case NotScheduled():
            return "(is not Scheduled: no clause names that status)"
        case _:
            return flow_text(clause.to_data())


def demands(clause: Clause, *, is_cancel: bool) -> tuple[Clause, ...]:
    """Return what has to hold, one after the other: what the list alone can answer comes first."""
    if not is_cancel:
        return _in_turn(clause)
    return (NotEnded(), *_in_turn(_without_scheduled(clause)))


def _in_turn(clause: Clause) -> tuple[Clause, ...]:
    return tuple(sorted(_flat(clause), key=lambda part: part.needs_detail))


def _flat(clause: Clause) -> tuple[Clause, ...]:
    if isinstance(clause, AllOf):
        return tuple(one for part in clause.parts for one in _flat(part))
    return (clause,)


def _without_scheduled(clause: Clause) -> Clause:
    """Return the same clause, closed to Scheduled jobs wherever it does not name that status."""
    match clause:
        case AllOf(parts=parts):
            return _guarded_parts(parts)
        case AnyOf(parts=parts) if any(_names_scheduled(part) for part in parts):
            return any_of(_without_scheduled(part) for part in parts)
        case _ if _names_scheduled(clause):
            return clause
        case _:
            return all_of([NotScheduled(), clause])


def _guarded_parts(parts: tuple[Clause, ...]) -> Clause:
    naming = [part for part in parts if _names_scheduled(part)]
    if not naming:
        return all_of([NotScheduled(), *parts])
    guarded = {id(part): _without_scheduled(part) for part in naming}
    if any(guarded[id(part)] == part for part in naming):  # one of them lets in only what it names
        return all_of(parts)
    first = naming[0]
    return all_of(guarded[id(part)] if part is first else part for part in parts)


def _names_scheduled(clause: Clause) -> bool:
    match clause:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return any(_names_scheduled(part) for part in parts)
        case ValueClause(asked=asked, operator=None):
            return asked is JOB_FIELDS["status"] and clause.passes(JobStatus.SCHEDULED)
        case _:
            return False
