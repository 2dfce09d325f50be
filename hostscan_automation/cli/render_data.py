"""Write data for programs: JSON, JSON lines, CSV or YAML, to the stream that carries nothing else.

Lists are written as they come: 200,000 jobs need no more memory than one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hostscan_automation.reports.data import (
    JOB_COLUMNS,
    JOBS_SCHEMA,
    RUNS_SCHEMA,
    job_data,
    json_text,
    plan_text,
    run_report,
    run_row,
)
from hostscan_automation.reports.spreadsheet import csv_text, report_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from hostscan_automation.cli.render import Screen
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.runs.record import RunRecord

    Row = Mapping[str, Any]


# the stream makes of it the line end that its system wants
_LINE_END = "\n"


class OutputFormat(StrEnum):
    """What `--output` can be; a table is for people, the others for programs."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under a name, as one document.

    Attributes:
        columns: What CSV has at its top even if no row follows; () takes those of the first row.
    """

    schema: str
    name: str
    rows: Iterable[Row]
    columns: Sequence[str] = ()


def write_jobs(screen: Screen, jobs: Iterable[ScanJob], form: OutputFormat) -> int:
    """Write jobs as `hostscan/jobs/1` while they come in, and return how many there were."""
    return write_list(screen, Listing(JOBS_SCHEMA, "jobs", map(job_data, jobs), JOB_COLUMNS), form)


def write_runs(screen: Screen, records: Iterable[RunRecord], form: OutputFormat) -> None:
    """Write runs as `hostscan/runs/1`."""
    write_list(screen, Listing(RUNS_SCHEMA, "runs", map(run_row, records)), form)


def write_report(screen: Screen, record: RunRecord, form: OutputFormat) -> None:
    """Write a run as `hostscan/run-report/1`; where the form has only rows, its jobs."""
    if form is OutputFormat.CSV:
        screen.write(report_csv(record, line_end=_LINE_END))
    else:
        write_document(screen, run_report(record), "jobs", form)


def write_plan(screen: Screen, plan: CancelPlan, form: OutputFormat) -> None:
    """Write a plan as `hostscan/plan/1`; where the form has only rows, its jobs."""
    if form is OutputFormat.JSON:
        screen.write(f"{plan_text(plan)}\n")
    else:
        write_document(screen, plan.to_json(), "jobs", form)


def write_document(screen: Screen, document: Row, rows: str, form: OutputFormat) -> None:
    """Write one document; JSON lines and CSV have only the rows it holds under that name."""
    match form:
        case OutputFormat.JSON:
            screen.write(f"{json_text(document)}\n")
        case OutputFormat.YAML:
            screen.write(_yaml(document))
        case _:
            write_list(screen, Listing(str(document["schema"]), rows, document[rows]), form)


def write_list(screen: Screen, listing: Listing, form: OutputFormat) -> int:
    """Write rows one by one, and return how many there were."""
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in listing.rows:
            count += 1
            yield row

    for piece in _PIECES[form](listing, counted()):
        screen.write(piece)
    return count


def _json_pieces(listing: Listing, rows: Iterator[Row]) -> Iterator[str]:
    yield f'{{"schema": {json_text(listing.schema)}, "{listing.name}": ['
    separator = "\n"
    for row in rows:
        yield f"{separator}{json_text(row, indent=None)}"
        separator = ",\n"
    yield "\n]}\n"


def _json_lines(_: Listing, rows: Iterator[Row]) -> Iterator[str]:
    for row in rows:
        yield f"{json_text(row, indent=None)}\n"


def _yaml_pieces(listing: Listing, rows: Iterator[Row]) -> Iterator[str]:
    yield f"schema: {listing.schema}\n"
    is_empty = True
    for row in rows:
        if is_empty:
            yield f"{listing.name}:\n"
        is_empty = False
        yield _yaml([row])
    if is_empty:
        yield f"{listing.name}: []\n"


def _csv_pieces(listing: Listing, rows: Iterator[Row]) -> Iterator[str]:
    columns = listing.columns
    if columns:
        yield _csv_line(columns)
    for row in rows:
        if not columns:
            columns = tuple(row)
            yield _csv_line(columns)
        yield _csv_line(_flat(row[column]) for column in columns)


def _csv_line(cells: Iterable[object]) -> str:
    return csv_text([cells], line_end=_LINE_END)


_PIECES: dict[OutputFormat, Callable[[Listing, Iterator[Row]], Iterator[str]]] = {
    OutputFormat.JSON: _json_pieces,
    OutputFormat.JSONL: _json_lines,
    OutputFormat.YAML: _yaml_pieces,
    OutputFormat.CSV: _csv_pieces,
}


def _flat(value: Any) -> object:
    """Return what fits into a cell: of a host its name, of a mapping `key=value`."""
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(str(_flat(item)) for item in value)
        case {"host_scan_host_id": _}:
            return _host_text(value)
        case dict():
            return ", ".join(f"{key}={_flat(item)}" for key, item in value.items())
        case _:
            return value


def _host_text(host: Row) -> str:
    known = (host[key] for key in ("name", "dns_name", "ip", "host_id"))
    return next((str(value) for value in known if value), "(unnamed host)")


def _yaml(value: object) -> str:
    import yaml

    # by way of JSON, which takes out the half characters that a reader of YAML refuses
    text: str = yaml.safe_dump(
        json.loads(json_text(value)), sort_keys=False, allow_unicode=False, width=120
    )
    return text
