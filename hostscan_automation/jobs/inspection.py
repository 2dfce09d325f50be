"""Look into a filter: which value left it undecided, and which hosts it named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hostscan_automation.jobs.clauses import (
    AllOf,
    AnyOf,
    ExistsClause,
    HostClause,
    Not,
    ValueClause,
)
from hostscan_automation.jobs.guards import clause_text
from hostscan_automation.jobs.times import TimeClause
from hostscan_automation.jobs.verdict import TRUE, UNDECIDED

if TYPE_CHECKING:
    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.sight import Sight


class Missing(NamedTuple):
    """The innermost clause that could not be decided, and the field it lacked."""

    clause: str
    field: str


def missing(clause: Clause, subject: Any, sight: Sight) -> Missing:
    """Return the first reason why a clause is undecided of a job (or host), depth first."""
    match clause:
        case AllOf() | AnyOf():
            return missing(_first_undecided(clause.ordered, subject, sight), subject, sight)
        case Not(part=part):
            inner = missing(part, subject, sight)
            return Missing(f"not: {{{inner.clause}}}", inner.field)
        case HostClause():
            return _missing_of_host(clause, subject, sight)
        case ValueClause(asked=asked) if asked.or_else is not None and asked.read(subject):
            return Missing(clause_text(clause), "dns_name")
        case ValueClause() | ExistsClause() | TimeClause():
            return Missing(clause_text(clause), clause.asked.name)
        case _:
            return Missing(clause_text(clause), "status")


def _first_undecided(parts: tuple[Clause, ...], subject: Any, sight: Sight) -> Clause:
    return next(part for part in parts if part.possible(subject, sight) == UNDECIDED)


def _missing_of_host(clause: HostClause, job: ScanJob, sight: Sight) -> Missing:
    for host in job.hosts or ():
        if clause.part.possible(host, sight) == UNDECIDED:
            inner = missing(clause.part, host, sight)
            return Missing(f"{clause.quantifier}: {{{inner.clause}}}", inner.field)
    return Missing(clause_text(clause), "hosts")


def collateral_hosts(clause: Clause, job: ScanJob, sight: Sight) -> tuple[str, ...]:
    """Return the hosts of a job that no host clause of its filter named.

    A filter without any host clause means whole jobs: then no host is collateral.
    """
    naming = _naming(clause, is_asserted=True)
    if not naming:
        return ()
    return tuple(
        host.label
        for host in job.hosts or ()
        if not any(part.possible(host, sight) == TRUE for part in naming)
    )


def _naming(clause: Clause, *, is_asserted: bool) -> list[Clause]:
    """Return the clauses on hosts that say which hosts are meant, not which are to be spared."""
    match clause:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return [found for part in parts for found in _naming(part, is_asserted=is_asserted)]
        case Not(part=part):
            return _naming(part, is_asserted=not is_asserted)
        case HostClause(quantifier=quantifier, part=part):
            return _naming_part(part, is_asserted=is_asserted is not (quantifier == "no_host"))
        case _:
            return []


def _naming_part(part: Clause, *, is_asserted: bool) -> list[Clause]:
    if is_asserted:
        return [part]
    return [part.part] if isinstance(part, Not) else []
