"""Read what is protected: filters that are understood the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import FilterError
from hostscan_automation.jobs.clauses import AllOf, AnyOf, ExistsClause, HostClause, Not
from hostscan_automation.jobs.filter_reader import Fault
from hostscan_automation.jobs.filters import Filter, filter_reader, findings
from hostscan_automation.jobs.selection import Protection
from hostscan_automation.jobs.suggestion import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.filter_reader import FilterReader, Place, ReadValues

_BY_ABSENCE = (
    "takes protection away where a value is missing: write exists: true instead of exists: false"
)


def compile_protection(
    data: Any,
    *,
    origin: str,
    variables: Mapping[str, Any] | None = None,
    read_values: ReadValues | None = None,
    path: str = "protect",
) -> tuple[Protection, ...]:
    """Return the protections that a list of filters describes.

    Args:
        data: A list of mappings, as YAML or TOML gives it.
        origin: Where it stands, for people: `playbook`, `profile nps01`.
        variables: What `{var: name}` stands for.
        read_values: Reads the files of `in_file`; without it, files are faults.
        path: Where the list stands in its document; goes before the path of each finding.

    Raises:
        FilterError: With everything that is wrong in it.
    """
    reader = filter_reader(variables, read_values)
    protections = read_protections(reader, data, origin)
    if reader.faults:
        raise FilterError(origin, findings(reader.faults, path))
    return protections


def read_protections(
    reader: FilterReader, data: Any, origin: str, place: Place = ()
) -> tuple[Protection, ...]:
    """Return the protections in a list of filters; the reader collects what is wrong."""
    if not isinstance(data, list):
        reader.faults.append(Fault(place, f"must be a list of filters, not {shown(data)}"))
        return ()
    found = [_protection(reader, one, origin, (*place, n)) for n, one in enumerate(data)]
    return tuple(one for one in found if one is not None)


def _protection(reader: FilterReader, data: Any, origin: str, place: Place) -> Protection | None:
    clause = reader.job_clause(data, place)
    if clause is None:
        return None
    if _rests_on_absence(clause, is_asserted=True):
        reader.faults.append(Fault(place, _BY_ABSENCE))
        return None
    return Protection(origin, Filter(clause))


def _rests_on_absence(clause: Clause, *, is_asserted: bool) -> bool:
    """Whether a missing value could make this clause false."""
    match clause:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return any(_rests_on_absence(part, is_asserted=is_asserted) for part in parts)
        case Not(part=part) | HostClause(quantifier="no_host", part=part):
            return _rests_on_absence(part, is_asserted=not is_asserted)
        case HostClause(part=part):
            return _rests_on_absence(part, is_asserted=is_asserted)
        case ExistsClause(expected=False):
            return not is_asserted
        case _:
            return False
