"""Render a run in any of the formats a report can have."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from hostscan_automation.errors import ReportError
from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports.data import json_text, run_report
from hostscan_automation.reports.markdown import report_markdown
from hostscan_automation.reports.page import report_html
from hostscan_automation.reports.spreadsheet import report_csv

if TYPE_CHECKING:
    from hostscan_automation.runs.record import RunRecord


_ENDINGS = {
    ".json": ReportFormat.JSON,
    ".csv": ReportFormat.CSV,
    ".md": ReportFormat.MARKDOWN,
    ".markdown": ReportFormat.MARKDOWN,
    ".html": ReportFormat.HTML,
    ".htm": ReportFormat.HTML,
}


def format_of(path: str) -> ReportFormat:
    """Return the format that a file's ending means.

    Raises:
        ReportError: The ending means none.
    """
    ending = PurePath(path).suffix.lower()
    if ending not in _ENDINGS:
        raise ReportError(
            f"report {path!r} has no ending that names a format",
            hint=f"Endings: {', '.join(_ENDINGS)}",
        )
    return _ENDINGS[ending]


def render(record: RunRecord, format: ReportFormat) -> str:  # noqa: A002 - the word people use
    """Return the report on a run as text; its lines end as the format demands."""
    match format:
        case ReportFormat.JSON:
            return f"{json_text(run_report(record))}\n"
        case ReportFormat.CSV:
            return report_csv(record)
        case ReportFormat.MARKDOWN:
            return report_markdown(record)
        case ReportFormat.HTML:
            return report_html(record)


def encoded(text: str, format: ReportFormat) -> bytes:  # noqa: A002 - the word people use
    """Return the bytes of a report's file: UTF-8, for CSV with the mark that Excel looks for."""
    return text.encode("utf-8-sig" if format is ReportFormat.CSV else "utf-8")
