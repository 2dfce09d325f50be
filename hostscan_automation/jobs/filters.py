"""A filter: a clause tree that was read from what a person wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import FilterError, Finding
from hostscan_automation.jobs.filter_reader import Fault, FilterReader, ReadValues
from hostscan_automation.jobs.flow import flow_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.sight import Sight


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs are meant."""

    clause: Clause

    def possible(self, job: ScanJob, sight: Sight) -> int:
        """Return the set of verdicts this filter can have for a job."""
        return self.clause.possible(job, sight)

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data that `compile_filter` reads back, everything filled in."""
        return self.clause.to_data()

    @property
    def text(self) -> str:
        """The filter on one line, as a person would write it."""
        return flow_text(self.to_data())


def compile_filter(
    data: Any,
    *,
    variables: Mapping[str, Any] | None = None,
    read_values: ReadValues | None = None,
    path: str = "",
    source: str = "filter",
) -> Filter:
    """Return the filter that plain data describes.

    Args:
        data: A mapping, as YAML, TOML or JSON gives it.
        variables: What `{var: name}` stands for.
        read_values: Reads the files of `in_file`; without it, files are faults.
        path: Where the data stands in its document; goes before the path of each finding.
        source: What a person calls the document: a file, `--where`, `profile nps01`.

    Raises:
        FilterError: With everything that is wrong in it.
    """
    reader = filter_reader(variables, read_values)
    clause = reader.job_clause(data)
    if clause is None:
        raise FilterError(source, findings(reader.faults, path))
    return Filter(clause)


def filter_reader(
    variables: Mapping[str, Any] | None = None, read_values: ReadValues | None = None
) -> FilterReader:
    """Return a reader of filters, with what it may fill in."""
    reader = FilterReader(variables or {})
    if read_values is not None:
        reader.read_values = read_values
    return reader


def findings(faults: Iterable[Fault], path: str = "") -> tuple[Finding, ...]:
    """Return faults as findings, their places written with dots."""
    before = (path,) if path else ()
    return tuple(
        Finding(fault.message, ".".join(map(str, (*before, *fault.place)))) for fault in faults
    )
