"""Telling of runs, from the journal on this machine: no server is asked."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import JournalError, ReportError
from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.powershell.acting import open_journal
from hostscan_automation.powershell.faults import NOT_FOUND, Fault
from hostscan_automation.powershell.objects import run_object, stop_result
from hostscan_automation.reports.formats import encoded, render
from hostscan_automation.reports.places import ReportPlace
from hostscan_automation.reports.writing import write_reports

if TYPE_CHECKING:
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.powershell.parameters import ExportReport, ListRuns, ShowRun
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.record import RunRecord


def list_runs(call: Call, given: ListRuns, desk: Desk) -> dict[str, Any]:
    """List the latest runs, the latest first; one that is damaged is an error of its own."""
    with open_journal(desk) as journal:
        for summary in journal.runs()[: given.last]:
            call.raise_if_stopped()
            try:
                call.emit(run_object(journal.record(summary.run_id)))
            except JournalError as error:
                call.fail_item(error, target=summary.run_id)
    return {}


def show_run(call: Call, given: ShowRun, desk: Desk) -> dict[str, Any]:
    """Tell a run job by job."""
    with open_journal(desk) as journal:
        record = _record(journal, given.run_id)
    for job in record.jobs:
        call.emit(stop_result(job, record.run_id))
    return {"run": run_object(record)}


def export_report(_call: Call, given: ExportReport, desk: Desk) -> dict[str, Any]:
    """Write a report on a run, or on some of its jobs."""
    with open_journal(desk) as journal:
        record = _record(journal, given.run_id)
    if given.job_ids:
        wanted = set(given.job_ids)
        record = replace(record, jobs=tuple(job for job in record.jobs if job.job_id in wanted))
    place = ReportPlace(ReportFormat(given.format), Path(given.path), record.run_id)
    path = _replaced(record, place) if given.replace else _new(record, place)
    return {"path": str(path)}


def _record(journal: Journal, run_id: str) -> RunRecord:
    if all(summary.run_id != run_id for summary in journal.runs()):
        raise Fault(
            NOT_FOUND,
            f"run {run_id!r} is not in the journal",
            target=run_id,
            advice="Get-HostScanRun shows the runs of this machine.",
        )
    return journal.record(run_id)


def _new(record: RunRecord, place: ReportPlace) -> Path:
    (written,) = write_reports(record, [place])
    if written.error is not None:
        raise _unwritable(written.path, written.error)
    return written.path


def _replaced(record: RunRecord, place: ReportPlace) -> Path:
    draft = place.path.with_name(f".{place.path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(encoded(render(record, place.format), place.format))
        draft.replace(place.path)
    except OSError as error:
        raise _unwritable(place.path, error.strerror or type(error).__name__) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return place.path


def _unwritable(path: Path, reason: str) -> ReportError:
    return ReportError(f"report {str(path)!r} cannot be written: {reason}")
