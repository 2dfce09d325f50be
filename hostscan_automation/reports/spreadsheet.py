"""The report as CSV: one row for each matched job, for people who work in a spreadsheet."""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import TYPE_CHECKING

from hostscan_automation.reports.plain import defused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hostscan_automation.runs.record import JobRecord, RunRecord

COLUMNS = (
    "run_id",
    "step",
    "job_id",
    "action",
    "outcome",
    "status_before",
    "status_after",
    "detail",
    "http_status",
    "attempts",
    "took_s",
    "trace_id",
    "hosts",
    "collateral_hosts",
    "failure_reasons",
)


def report_csv(record: RunRecord, *, line_end: str = "\r\n") -> str:
    """Return the report as CSV with a heading; no cell is a formula to any spreadsheet."""
    rows = (_row(record.run_id, job) for job in record.jobs)
    return csv_text(chain([COLUMNS], rows), line_end=line_end)


def csv_text(rows: Iterable[Iterable[object]], *, line_end: str = "\r\n") -> str:
    """Return rows as CSV; texts are made harmless, None is an empty cell."""
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator=line_end).writerows(
        [_cell(value) for value in row] for row in rows
    )
    return page.getvalue()


def _cell(value: object) -> object:
    return defused(value) if isinstance(value, str) else value


def _row(run_id: str, job: JobRecord) -> tuple[object, ...]:
    return (
        run_id,
        job.step,
        str(job.job_id),
        job.disposition.value,
        job.outcome.value if job.outcome else None,
        job.status_before,
        job.status_after,
        job.detail,
        job.http_status,
        job.attempts,
        None if job.took_s is None else round(job.took_s, 3),
        job.trace_id,
        ", ".join(job.hosts),
        ", ".join(job.collateral_hosts),
        ", ".join(job.failure_reasons),
    )
