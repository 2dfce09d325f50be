"""Turn runs and jobs into rows of the journal, and back."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hostscan_automation.clock import utc_text
from hostscan_automation.errors import JournalError, PlanRefusedError
from hostscan_automation.jobs.kinds import check_kinds
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import CancelPlan, Disposition
from hostscan_automation.runs.record import JobRecord, RunRecord, RunState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hostscan_automation.jobs.plan import PlannedJob


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run before it begins.

    Attributes:
        playbook_file: The file as the person named it, or None.
        reports: What reports were asked for, as plain data: `{"format": ..., "path": ...}`.
        reason: What the person gave as `--reason`.
        versions: `hostscan`, `python`, `server`: as far as they are known.
        is_single_use: Whether the plan is refused when any run began with it before.
    """

    plan: CancelPlan
    playbook_file: str | None = None
    reports: tuple[Mapping[str, str], ...] = ()
    reason: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    is_single_use: bool = False


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in few words: what a list of runs shows.

    Attributes:
        planned: How many jobs it was to cancel.
        outcomes: How many jobs had which outcome, so far.
        owner_pid: The process that worked on it last.
        owner_host: The machine of that process.
    """

    run_id: str
    state: RunState
    server: str
    account: str
    playbook_name: str
    playbook_file: str | None
    planned: int
    reports: tuple[Mapping[str, str], ...]
    reason: str | None
    owner_pid: int
    owner_host: str
    started_at: datetime
    finished_at: datetime | None
    ended_by: str | None
    outcomes: Mapping[Outcome, int]


RUN_COLUMNS = (
    "number, run_id, state, server, account, playbook_name, playbook_file, planned, reports,"
    " reason, owner_pid, owner_host, started_at, finished_at, ended_by, outcomes"
)
JOB_COLUMNS = (
    "position, job_id, intent, attempts, outcome, status_after, detail, http_status, trace_id,"
    " took_s"
)
INTENT = (
    "UPDATE job SET intent = 1, attempts = attempts + 1, outcome = NULL, detail = NULL,"
    " intended_at = ? WHERE run = ? AND position = ?"
)
RESULT = (
    "UPDATE job SET intent = ?, attempts = ?, outcome = ?, status_after = ?, detail = ?,"
    " http_status = ?, trace_id = ?, took_s = ?, decided_at = ? WHERE run = ? AND position = ?"
)
DAMAGE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading a row raises where its values are not those that were written."""

_END = "UPDATE run SET state = ?, finished_at = ?, ended_by = ?, outcomes = ? WHERE number = ?"


def update_jobs(connection: sqlite3.Connection, sql: str, rows: Sequence[Any]) -> None:
    """Carry out one of the updates above for each row.

    Raises:
        DatabaseError: A row of the journal was not found: the file is damaged.
    """
    if rows and connection.executemany(sql, rows).rowcount != len(rows):
        raise sqlite3.DatabaseError("a job of this run is missing in it")


def end_run(connection: sqlite3.Connection, number: int, run: RunRecord) -> None:
    """Write the end of a run."""
    outcomes = {outcome.value: count for outcome, count in run.outcomes.items()}
    finished_at = None if run.finished_at is None else utc_text(run.finished_at)
    row = (run.state.value, finished_at, run.ended_by, json.dumps(outcomes), number)
    connection.execute(_END, row)


def noted(moment: datetime) -> datetime:
    """Return a time as the journal keeps it: to the millisecond."""
    return datetime.fromisoformat(utc_text(moment))


def owner() -> dict[str, Any]:
    """Return the columns that say which process works on a run."""
    return {"owner_pid": os.getpid(), "owner_host": socket.gethostname()}


def own_run(connection: sqlite3.Connection, number: int) -> None:
    """Write down that this process works on a run that had ended or whose process died."""
    connection.execute(
        "UPDATE run SET state = :state, finished_at = NULL, ended_by = NULL,"
        " owner_pid = :owner_pid, owner_host = :owner_host WHERE number = :number",
        {"state": RunState.OPEN.value, "number": number, **owner()},
    )


def new_run_row(run: NewRun, run_id: str, started_at: datetime) -> dict[str, Any]:
    """Return the columns of a run that begins."""
    return {
        **owner(),
        "run_id": run_id,
        "state": RunState.OPEN.value,
        "server": run.plan.server,
        "account": run.plan.account,
        "playbook_name": run.plan.playbook.name,
        "playbook_file": run.playbook_file,
        "plan_digest": run.plan.digest,
        "planned": len(run.plan.to_cancel),
        "plan": json.dumps(run.plan.to_json(), separators=(",", ":")),
        "reports": json.dumps([dict(report) for report in run.reports]),
        "reason": run.reason,
        "versions": json.dumps(dict(run.versions)),
        "started_at": utc_text(started_at),
    }


def summary_of(row: Sequence[Any], outcomes: Mapping[str, int]) -> RunSummary:
    """Read a row of `RUN_COLUMNS`.

    Raises:
        ValueError: The row is damaged.
        TypeError: The row is damaged.
    """
    summary = RunSummary(
        run_id=row[1],
        state=RunState(row[2]),
        server=row[3],
        account=row[4],
        playbook_name=row[5],
        playbook_file=row[6],
        planned=row[7],
        reports=tuple(_texts(report) for report in json.loads(row[8])),
        reason=row[9],
        owner_pid=row[10],
        owner_host=row[11],
        started_at=_moment(row[12]),
        finished_at=None if row[13] is None else _moment(row[13]),
        ended_by=row[14],
        outcomes={Outcome(name): int(count) for name, count in outcomes.items()},
    )
    check_kinds([summary])
    return summary


def read_plan(text: str, run_id: str) -> CancelPlan:
    """Read a plan back.

    Raises:
        JournalError: It is not the one that was written.
    """
    try:
        return CancelPlan.from_json(json.loads(text))
    except (PlanRefusedError, ValueError, TypeError, RecursionError) as error:
        raise _damage(f"plan of run {run_id!r}", error) from None


def fresh_record(job: PlannedJob) -> JobRecord:
    """Return the record of a job before anything was done about it."""
    is_protected = job.disposition is Disposition.PROTECTED
    return JobRecord(
        job_id=job.job_id,
        step=job.step,
        disposition=job.disposition,
        status_before=job.status,
        hosts=job.hosts,
        collateral_hosts=job.collateral_hosts,
        failure_reasons=job.failure_reasons,
        outcome=Outcome.PROTECTED if is_protected else None,
        detail=job.protected_by if is_protected else None,
    )


def known_record(job: PlannedJob, row: Sequence[Any]) -> JobRecord:
    """Return the record of a job as its row of `JOB_COLUMNS` tells it.

    Raises:
        ValueError: The row is damaged.
    """
    if row[1] != job.job_id.bytes:
        raise ValueError(f"row {row[0]} is not that of job {job.job_id}")
    for value, kind in zip(row[2:], _JOB_TYPES, strict=True):
        if not isinstance(value, kind):
            raise ValueError(f"row {row[0]} of job {job.job_id} holds a {type(value).__name__}")  # noqa: TRY004 - damage
    return replace(
        fresh_record(job),
        attempts=row[3],
        outcome=None if row[4] is None else Outcome(row[4]),
        status_after=row[5],
        detail=row[6],
        http_status=row[7],
        trace_id=row[8],
        took_s=row[9],
    )


_TEXT = (str, type(None))
_JOB_TYPES: tuple[type | tuple[type, ...], ...] = (
    int,
    int,
    _TEXT,
    _TEXT,
    _TEXT,
    (int, type(None)),
    _TEXT,
    (float, type(None)),
)


def run_record(head: sqlite3.Row, plan: CancelPlan, jobs: tuple[JobRecord, ...]) -> RunRecord:
    """Return a run from its row (all columns), its plan and its jobs.

    Raises:
        JournalError: The row is damaged.
    """
    try:
        record = RunRecord(
            run_id=head["run_id"],
            plan=plan,
            state=RunState(head["state"]),
            started_at=_moment(head["started_at"]),
            finished_at=None if head["finished_at"] is None else _moment(head["finished_at"]),
            jobs=jobs,
            reason=head["reason"],
            ended_by=head["ended_by"],
            versions=_texts(json.loads(head["versions"])),
        )
        check_kinds([record])
    except DAMAGE as error:
        raise _damage(f"run {head['run_id']!r}", error) from None
    return record


def _damage(what: str, error: Exception) -> JournalError:
    return JournalError(
        f"{what} in the journal is damaged: {error}",
        hint="Keep the journal, and look at the server for the state of its jobs.",
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time has no zone")
    return moment.astimezone(UTC)


def _texts(data: object) -> dict[str, str]:
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise TypeError("something else where texts by name were written")
    return data
