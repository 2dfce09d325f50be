"""Explain a decision on one job: clause by clause, with the value that each of them saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.clock import utc_text
from hostscan_automation.jobs.clauses import (
    AllOf,
    AnyOf,
    ExistsClause,
    HostClause,
    Not,
    ValueClause,
)
from hostscan_automation.jobs.drift import status_text
from hostscan_automation.jobs.duration import age_text
from hostscan_automation.jobs.fields import UNREADABLE, FieldType
from hostscan_automation.jobs.guards import NotEnded, NotScheduled, clause_text
from hostscan_automation.jobs.sight import Sights
from hostscan_automation.jobs.times import TimeClause
from hostscan_automation.jobs.verdict import FALSE, verdict_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.fields import Field
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.selection import JobDecision, Selection
    from hostscan_automation.jobs.sight import Sight


@dataclass(frozen=True, slots=True)
class ClauseExplanation:
    """One clause, what it came to, and why.

    Attributes:
        depth: How deep it stands in the filter; 0 is the top.
        verdict: `true`, `false`, `undecided` or `not known yet` (the detail was not read).
        saw: The value it looked at, or "" for a clause made of others.
    """

    depth: int
    clause: str
    verdict: str
    saw: str = ""


@dataclass(frozen=True, slots=True)
class PartExplanation:
    """A step, or something that protects, with all its clauses.

    Attributes:
        name: `step 'stuck in the queue' (cancel)`, or where a protection stands.
    """

    name: str
    verdict: str
    clauses: tuple[ClauseExplanation, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decided about one job.

    Attributes:
        conclusion: One sentence.
    """

    job_id: UUID
    conclusion: str
    steps: tuple[PartExplanation, ...]
    protect: tuple[PartExplanation, ...]


def explain(selection: Selection, job: ScanJob, now: datetime) -> Explanation:
    """Explain what a selection makes of one job, by the server's time.

    Every step and every protection is shown, also those that a decision did not need any more.
    """
    sight = Sights.at(now).of(job.has_detail)
    steps = tuple(
        PartExplanation(
            f"step {step.name!r} ({step.action.value})",
            verdict_text(step.weigh(job, sight)[0]),
            tuple(line for clause in step.demands for line in _lines(clause, job, sight, 0)),
        )
        for step in selection.steps
    )
    protect = tuple(
        PartExplanation(
            one.origin,
            verdict_text(one.filter.possible(job, sight)),
            tuple(_lines(one.filter.clause, job, sight, 0)),
        )
        for one in selection.protect
    )
    decision = selection.decide(job, now)
    conclusion = _conclusion(decision, _first_failures(selection, job, sight))
    return Explanation(job.id, conclusion, steps, protect)


def _first_failures(selection: Selection, job: ScanJob, sight: Sight) -> str:
    """Return for each step that does not fit the first demand that does not hold."""
    found = []
    for step in selection.steps:
        failed = (one for one in step.demands if one.possible(job, sight) == FALSE)
        if (first := next(failed, None)) is not None:
            saw = _saw(first, job, sight)
            besides = f", not {saw}" if saw else ""
            found.append(f"step {step.name!r} wants {clause_text(first)}{besides}")
    return "; ".join(found)


def _conclusion(decision: JobDecision, failures: str) -> str:
    if decision.needs_detail:
        return "Its detail is needed to decide."
    if decision.undecided is not None:
        reason = decision.undecided
        return f"Not selected: step {reason.step!r} lacks {reason.field}, for {reason.clause}."
    if decision.step is None:
        return f"Not selected: {failures}."
    if decision.protected_by is not None:
        return f"Selected by step {decision.step.name!r}, but protected by {decision.protected_by}."
    return f"Selected by step {decision.step.name!r} ({decision.step.action.value})."


def _lines(clause: Clause, subject: Any, sight: Sight, depth: int) -> Iterator[ClauseExplanation]:
    verdict = verdict_text(clause.possible(subject, sight))
    match clause:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            heading = "all of:" if isinstance(clause, AllOf) else "any of:"
            yield ClauseExplanation(depth, heading, verdict)
            for part in parts:
                yield from _lines(part, subject, sight, depth + 1)
        case Not(part=part):
            yield ClauseExplanation(depth, "not:", verdict)
            yield from _lines(part, subject, sight, depth + 1)
        case HostClause():
            yield from _host_lines(clause, subject, sight, depth)
        case _:
            yield ClauseExplanation(
                depth, clause_text(clause), verdict, _saw(clause, subject, sight)
            )


def _host_lines(
    clause: HostClause, job: ScanJob, sight: Sight, depth: int
) -> Iterator[ClauseExplanation]:
    verdict = verdict_text(clause.possible(job, sight))
    saw = "" if job.hosts else "the server lists no hosts for this job"
    yield ClauseExplanation(depth, f"{clause.quantifier}:", verdict, saw)
    for host in job.hosts or ():
        one = verdict_text(clause.part.possible(host, sight))
        yield ClauseExplanation(depth + 1, f"host {host.label}:", one)
        yield from _lines(clause.part, host, sight, depth + 2)


def _saw(clause: Clause, subject: Any, sight: Sight) -> str:
    match clause:
        case ValueClause(asked=asked) | ExistsClause(asked=asked) | TimeClause(asked=asked):
            if asked.needs_detail and sight.unread is not None:
                return "not read yet"
            return _value(asked, subject, sight)
        case NotEnded() | NotScheduled():
            return status_text(subject)
        case _:
            return ""


def _value(asked: Field, subject: Any, sight: Sight) -> str:
    value = asked.read(subject)
    if asked.type is FieldType.TIME:
        return _times(value or (), sight)
    if asked.or_else is None:
        return _one(value)
    return f"{_one(value)} / {_one(asked.or_else(subject))}"


def _one(value: Any) -> str:
    if value is None:
        return "missing"
    return "unreadable" if value is UNREADABLE else str(value)


def _times(times: tuple[datetime | None, ...], sight: Sight) -> str:
    return ", ".join(_time(time, sight) for time in times) or "missing"


def _time(moment: datetime | None, sight: Sight) -> str:
    if moment is None:
        return "missing"
    ahead = ", too far in the future to be believed" if sight.is_ahead(moment) else ""
    return f"{utc_text(moment)} ({age_text(moment, sight.now)}{ahead})"
