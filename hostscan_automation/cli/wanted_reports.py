"""The reports that a playbook and the flag `--report` ask for: where they go, and writing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.errors import ReportError
from hostscan_automation.playbook.model import ReportFormat, ReportRequest
from hostscan_automation.reports.places import find_places
from hostscan_automation.reports.writing import ReportWritten, write_reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hostscan_automation.playbook.model import Playbook
    from hostscan_automation.runs.record import RunRecord

_NO_RUN_YET = "check"


def wanted_reports(playbook: Playbook | None, flags: Iterable[str]) -> tuple[ReportRequest, ...]:
    """Return all reports that are wanted, with absolute paths.

    Those of a playbook start from its folder, those of flags from the current one.

    Raises:
        UsageError: A flag is not of the form FORMAT:PATH.
    """
    of_playbook = (
        [_anchored(report, playbook.folder) for report in playbook.reports] if playbook else []
    )
    return (*of_playbook, *(_anchored(_read(text), Path()) for text in flags))


def reports_of_data(data: Iterable[Mapping[str, str]]) -> tuple[ReportRequest, ...]:
    """Return the reports that a run in the journal was to have."""
    return tuple(ReportRequest(ReportFormat(one["format"]), one["path"]) for one in data)


def check_places(reports: Iterable[ReportRequest], name: str) -> None:
    """Look whether every report can be written, before anybody is asked.

    Raises:
        ReportError: One cannot.
    """
    find_places(reports, base=Path(), name=name, run_id=_NO_RUN_YET)


def write_wanted(record: RunRecord, reports: Iterable[ReportRequest]) -> tuple[ReportWritten, ...]:
    """Write the reports on a run; one that cannot be written stops nothing."""
    return tuple(_written(record, report) for report in reports)


def _written(record: RunRecord, report: ReportRequest) -> ReportWritten:
    name = record.plan.playbook.name
    try:
        places = find_places([report], base=Path(), name=name, run_id=record.run_id)
    except ReportError as error:
        return ReportWritten(report.format, Path(report.path), error.message)
    return write_reports(record, places)[0]


def _read(text: str) -> ReportRequest:
    try:
        return ReportRequest.from_text(text)
    except ValueError as error:
        raise click.UsageError(f"--report {text!r}: {error}") from None


def _anchored(report: ReportRequest, folder: Path) -> ReportRequest:
    # a brace in the name of a folder is no placeholder
    start = str(folder.absolute()).replace("{", "{{").replace("}", "}}")
    return ReportRequest(report.format, str(Path(start) / report.path))
