"""The journal: what every run meant to do, was about to do, and did.

It never deletes a run by itself. A run of a hundred jobs takes some 100 kB; who wants it smaller
moves the file away and keeps it.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from hostscan_automation.clock import utc_text
from hostscan_automation.errors import JournalError, PlanRefusedError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.record import RunRecord, RunState
from hostscan_automation.runs.rows import (
    DAMAGE,
    JOB_COLUMNS,
    RUN_COLUMNS,
    fresh_record,
    known_record,
    new_run_row,
    noted,
    read_plan,
    run_record,
    summary_of,
)
from hostscan_automation.runs.runlog import RunLog
from hostscan_automation.runs.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hostscan_automation.clock import Clock
    from hostscan_automation.jobs.plan import CancelPlan, PlannedJob
    from hostscan_automation.runs.record import JobRecord
    from hostscan_automation.runs.rows import NewRun, RunSummary

_LOG = logging.getLogger("hostscan.runs")
_DAMAGED_ROW = "the journal is damaged here: look at the server for the state of this job"
_TO_BE_TRIED = frozenset({Outcome.NOT_ATTEMPTED, Outcome.UNCERTAIN})


class Journal:
    """All runs of this account on this machine.

    Args:
        folder: The state folder; the journal is its file `journal.sqlite3`.
        chance: Gives a number from 0 to 1; makes names of runs different.
    """

    def __init__(self, folder: Path, *, clock: Clock, chance: Callable[[], float]) -> None:
        self._store = Store(folder)
        self._clock = clock
        self._chance = chance

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """The state folder."""
        return self._store.folder

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def begin(self, run: NewRun) -> RunLog:
        """Write down a new run with every job of its plan, before anything is sent.

        Raises:
            PlanRefusedError: The plan is for a single use, and was used.
            JournalError: The run is not on disk: it must not begin.
        """
        started_at = noted(self._clock.now())
        row = new_run_row(run, self._new_run_id(), started_at)
        records = tuple(fresh_record(job) for job in run.plan.jobs)
        with self._store.writing() as connection:
            if run.is_single_use:
                _refuse_used(connection, row["plan_digest"])
            number = _insert_run(connection, row)
            connection.executemany(
                "INSERT INTO job (run, position, job_id, outcome, detail) VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        position,
                        job.job_id.bytes,
                        job.outcome and job.outcome.value,
                        job.detail,
                    )
                    for position, job in enumerate(records)
                ),
            )
        record = RunRecord(
            run_id=row["run_id"],
            plan=run.plan,
            state=RunState.OPEN,
            started_at=started_at,
            finished_at=None,
            jobs=records,
            reason=run.reason,
            versions=dict(run.versions),
        )
        return RunLog(self._store, self._clock, number, record)

    def reopen(self, run_id: str) -> RunLog:
        """Open a run that is not finished: whoever does must hold the lock of its server.

        Nothing is written before `RunLog.take_over`. Jobs that were not attempted, or whose state
        could not be read, are open again.

        Raises:
            PlanRefusedError: The run is finished.
            JournalError: There is no such run, or its record is damaged.
        """
        head = self._head(run_id)
        if head["state"] == RunState.FINISHED:
            raise PlanRefusedError(
                f"run {run_id!r} is finished: there is nothing to resume",
                hint=f"See it with: hostscan runs show {run_id}",
            )
        plan = read_plan(head["plan"], run_id)
        rows = self._job_rows(head["number"])
        known = _whole(run_id, plan, rows)
        intended = [
            position
            for position, (row, job) in enumerate(zip(rows, known, strict=True))
            if row[2] or job.outcome is Outcome.UNCERTAIN
        ]
        record = replace(
            run_record(head, plan, tuple(map(_opened, known))),
            state=RunState.OPEN,
            finished_at=None,
            ended_by=None,
        )
        return RunLog(self._store, self._clock, head["number"], record, intended)

    def record(self, run_id: str) -> RunRecord:
        """Return a whole run.

        A job whose row cannot be read has no outcome, and its detail says so.

        Raises:
            JournalError: There is no such run, or its plan is damaged.
        """
        head = self._head(run_id)
        plan = read_plan(head["plan"], run_id)
        jobs = self._known_jobs(head["number"], plan)
        return run_record(head, plan, jobs)

    def runs(self) -> list[RunSummary]:
        """Return all runs that can be read, the latest first; damage is said as a warning."""
        if not self._store.exists:
            return []
        with self._store.reading() as connection:
            rows = reversed(_readable(connection, _RUN_ROWS))
            summaries = [_summary(connection, row) for row in rows]
        return [summary for summary in summaries if summary is not None]

    def latest_unfinished(self, server: str | None = None) -> RunSummary | None:
        """Return the run that `resume` means: the latest one that is not finished.

        It may still be at work in another process: only the lock of its server tells.
        """
        return next(
            (
                run
                for run in self.runs()
                if run.state is not RunState.FINISHED and server in (None, run.server)
            ),
            None,
        )

    def plan_used(self, digest: str) -> str | None:
        """Return the name of the first run that began with a plan of this digest, or None."""
        if not self._store.exists:
            return None
        with self._store.reading() as connection:
            return _user_of(connection, digest)

    def asked_since(self, server: str, since: datetime) -> dict[UUID, datetime]:
        """Return for which jobs a cancel was asked since then whose end nobody has seen, and when.

        Raises:
            JournalError: It cannot be read.
        """
        if not self._store.exists:
            return {}
        with self._store.reading() as connection:
            rows = connection.execute(_ASKED_SINCE, (server, utc_text(since))).fetchall()
            try:
                return {
                    UUID(bytes=job_id): datetime.fromisoformat(at).astimezone(UTC)
                    for job_id, at in rows
                }
            except DAMAGE:
                raise sqlite3.DatabaseError("a job of it cannot be read") from None

    def _new_run_id(self) -> str:
        drawn = int(self._chance() * 16**6) % 16**6
        return f"{self._clock.now():%Y%m%d-%H%M%S}-{drawn:06x}"

    def _head(self, run_id: str) -> sqlite3.Row:
        if self._store.exists:
            with self._store.reading() as connection, closing(connection.cursor()) as cursor:
                cursor.row_factory = sqlite3.Row
                cursor.execute("SELECT * FROM run WHERE run_id = ?", (run_id,))
                row: sqlite3.Row | None = cursor.fetchone()
                if row is not None:
                    return row
        raise JournalError(
            f"run {run_id!r} is not in the journal {str(self._store.path)!r}",
            hint="`hostscan runs list` shows all runs.",
        )

    def _job_rows(self, number: int) -> list[Any]:
        with self._store.reading() as connection:
            return connection.execute(_JOB_ROWS, (number,)).fetchall()

    def _known_jobs(self, number: int, plan: CancelPlan) -> tuple[JobRecord, ...]:
        with self._store.reading() as connection:
            rows = {row[0]: row for row in _readable(connection, _JOB_ROWS, number)}
        jobs = tuple(_known_job(job, rows.get(position)) for position, job in enumerate(plan.jobs))
        if unreadable := sum(job.detail is _DAMAGED_ROW for job in jobs):
            _LOG.warning("journal is damaged: %d jobs of this run cannot be read", unreadable)
        return jobs


_JOB_ROWS = f"SELECT {JOB_COLUMNS} FROM job WHERE run = ? ORDER BY position"  # noqa: S608 - no input in it
_RUN_ROWS = f"SELECT {RUN_COLUMNS} FROM run ORDER BY number"  # noqa: S608 - no input in it
_ASKED_SINCE = (
    "SELECT job_id, max(intended_at) FROM job"
    " WHERE run IN (SELECT number FROM run WHERE server = ?) AND intended_at > ?"
    " AND (intent = 1 OR outcome IN ('accepted', 'uncertain')) GROUP BY job_id"
)


def _known_job(job: PlannedJob, row: Sequence[Any] | None) -> JobRecord:
    try:
        if row is not None:
            return known_record(job, row)
    except ValueError:
        pass
    return replace(fresh_record(job), detail=_DAMAGED_ROW)


def _summary(connection: sqlite3.Connection, row: Sequence[Any]) -> RunSummary | None:
    try:
        return summary_of(row, _outcomes(connection, row))
    except DAMAGE:
        _LOG.warning("journal is damaged: its run number %s cannot be read", row[0])
        return None


def _insert_run(connection: sqlite3.Connection, row: dict[str, Any]) -> int:
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    cursor = connection.execute(f"INSERT INTO run ({names}) VALUES ({places})", row)  # noqa: S608 - names of ours
    if cursor.lastrowid is None:  # cannot be, after an insert
        raise sqlite3.DatabaseError("no number for the run")
    return cursor.lastrowid


def _refuse_used(connection: sqlite3.Connection, digest: str) -> None:
    if used_by := _user_of(connection, digest):
        raise PlanRefusedError(
            f"plan was used already, by run {used_by!r}",
            hint="A plan is carried out once. Make a new one, or resume that run if it is"
            " unfinished.",
        )


def _user_of(connection: sqlite3.Connection, digest: str) -> str | None:
    row = connection.execute(
        "SELECT run_id FROM run WHERE plan_digest = ? ORDER BY number LIMIT 1", (digest,)
    ).fetchone()
    return None if row is None else str(row[0])


def _whole(run_id: str, plan: CancelPlan, rows: Sequence[Any]) -> list[JobRecord]:
    """Return all jobs of a run.

    Raises:
        JournalError: One is missing or damaged.
    """
    try:
        return [known_record(job, row) for job, row in zip(plan.jobs, rows, strict=True)]
    except ValueError as error:
        raise JournalError(
            f"jobs of run {run_id!r} in the journal are damaged: {error}",
            hint="It cannot be resumed. `hostscan runs show` tells what is known; plan again for"
            " what is still active on the server.",
        ) from None


def _opened(job: JobRecord) -> JobRecord:
    if job.outcome in _TO_BE_TRIED:
        return replace(job, outcome=None, detail=None)
    return job


def _outcomes(connection: sqlite3.Connection, row: Sequence[Any]) -> dict[str, int]:
    """Return how many jobs of a run had which outcome: noted at its end, counted before it."""
    number, state, noted = row[0], row[2], row[15]
    if noted and state != RunState.OPEN:
        return dict(json.loads(noted))
    counted, _ = _until_damage(
        connection,
        "SELECT outcome, count(*) FROM job WHERE run = ? AND outcome IS NOT NULL GROUP BY outcome",
        (number,),
    )
    return dict(counted)


def _readable(connection: sqlite3.Connection, sql: str, *values: Any) -> list[Any]:
    """Return the rows that can be read: up to the damage, and from the other end down to it."""
    rows, damage = _until_damage(connection, sql, values)
    if damage is None:
        return rows
    _LOG.warning("journal is damaged: %s; telling what is still readable", damage)
    rest, _ = _until_damage(connection, f"{sql} DESC", values)
    known = {row[0] for row in rows}
    return rows + [row for row in reversed(rest) if row[0] not in known]


def _until_damage(
    connection: sqlite3.Connection, sql: str, values: Sequence[Any]
) -> tuple[list[Any], sqlite3.DatabaseError | None]:
    rows: list[Any] = []
    try:
        rows.extend(connection.execute(sql, values))
    except sqlite3.DatabaseError as damage:
        return rows, damage
    return rows, None
