"""The judge: what the report says, what the journal says and what the server knows, job by job."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hostscan_automation.simulator import Simulator

ENDED = {"Complete", "Failed", "Cancelled", "CompletedWithErrors", "CompletedNotRun"}
UNTOUCHED = {"protected", "drifted", "not_attempted"}
OPEN = {None, "not_attempted", "uncertain"}
"""Outcomes in the journal after which a cancel may still be sent, by `resume`."""


@dataclass(frozen=True)
class Row:
    """One job as the journal has it."""

    outcome: str | None
    attempts: int


@dataclass
class Verdict:
    """What is wrong, each with the job it is wrong about; empty lists are the aim.

    Attributes:
        lost: Planned jobs that the report or the journal does not tell of exactly once.
        untrue: Jobs of which report or journal tell something else than the server.
        doubled: Jobs that were cancelled twice, or again after their result was journalled.
        overreached: Changes at the server that are not a cancel of a planned job.
    """

    jobs: int = 0
    lost: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    overreached: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong, in words."""
        named = ("lost", "untrue", "doubled", "overreached")
        return [f"{name}: {text}" for name in named for text in getattr(self, name)]


@dataclass
class Witness:
    """What the journal had settled after each crash, and how often the server was asked by then."""

    asked: dict[UUID, int] = field(default_factory=dict)
    unannounced: list[str] = field(default_factory=list)

    def look(self, server: Simulator, state: Path) -> None:
        """Look at the journal and the server while no process runs."""
        asked = asked_by_job(server)
        rows = journal_rows(state)
        for job_id, row in rows.items():
            if row.outcome not in OPEN:
                self.asked.setdefault(job_id, asked[job_id])
        self.unannounced += [
            f"{job_id} was asked for before its intent was in the journal"
            for job_id in asked
            if job_id not in rows or not rows[job_id].attempts
        ]


def asked_by_job(server: Simulator, *, ignoring: int | None = None) -> Counter[UUID]:
    """Return how many cancels of each job arrived whole, carried out or not, but for one status."""
    requests = server.requests("DELETE", path="/HostScanJob/")
    whole = (request for request in requests if request.fault != "mid-request")
    counted = (request for request in whole if not ignoring or request.status != ignoring)
    return Counter(UUID(request.path.rpartition("/")[2]) for request in counted)


def journal_rows(state: Path) -> dict[UUID, Row]:
    """Return the jobs of the latest run as they stand on the disk.

    A copy is read: a reader must not tidy up what a crash left.
    """
    with tempfile.TemporaryDirectory() as name:
        for path in state.glob("journal.sqlite3*"):
            shutil.copy(path, name)
        copy = Path(name, "journal.sqlite3")
        if not copy.exists():
            return {}
        with closing(sqlite3.connect(copy)) as journal:
            if not journal.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return {}
            assert journal.execute("PRAGMA quick_check").fetchone() == ("ok",)
            rows = journal.execute(
                "SELECT job_id, outcome, attempts FROM job"
                " WHERE run = (SELECT max(number) FROM run)"
            ).fetchall()
    return {UUID(bytes=row[0]): Row(row[1], row[2]) for row in rows}


def judge(
    server: Simulator,
    report: Mapping[str, Any],
    *,
    planned: set[UUID],
    state: Path | None = None,
    witness: Witness | None = None,
    seen: Callable[[UUID], Iterable[str | None]] | None = None,
) -> Verdict:
    """Compare report, journal and server, job by job.

    Args:
        planned: The jobs that were to be cancelled, as whoever made the server knows them.
        state: The state folder with the journal; None where it cannot be read any more.
        witness: What was settled after each crash.
        seen: Gives every status that a job had while the program ran, where jobs move by
            themselves; by default that is what they are now.
    """
    verdict = Verdict(jobs=len(planned))
    told = [job for job in report["jobs"] if job["outcome"] not in {None, "protected"}]
    verdict.lost += _not_told_once(planned, told)
    verdict.overreached += _overreach(server, planned)
    asked, carried_out = asked_by_job(server), server.cancels_by_job()
    looked_at = asked_by_job(server, ignoring=401)  # nobody looks at the job of an ended session
    for job in told:
        job_id = UUID(job["job_id"])
        statuses = seen(job_id) if seen else (server.status_of(job_id),)
        wrong = [untruth(job["outcome"], status, carried_out[job_id]) for status in statuses]
        if all(wrong):
            verdict.untrue.append(f"{job_id}: {next(iter(wrong), 'it never was there')}")
        if job["attempts"] < looked_at[job_id]:
            text = f"{job_id}: {job['attempts']} attempts told, {looked_at[job_id]} arrived"
            verdict.untrue.append(text)
    verdict.doubled += [f"{one}: {n} times" for one, n in carried_out.items() if n > 1]
    if state is not None:
        verdict.lost += _unlike_the_journal(told, journal_rows(state))
    if witness is not None:
        verdict.doubled += _asked_again(witness, asked)
        verdict.untrue += witness.unannounced
    return verdict


def untruth(outcome: str | None, status: str | None, cancels: int) -> str | None:
    """Return what is wrong with an outcome, given the true status and the cancels carried out."""
    is_active = status is not None and status not in ENDED
    true: dict[str | None, bool] = {
        "cancelled": status == "Cancelled" and cancels > 0,
        "accepted": cancels > 0,
        "already_finished": status in ENDED and not (status == "Cancelled" and cancels),
        "gone": status is None,
        "refused": is_active and not cancels,
        "failed": is_active and not cancels,
        "uncertain": True,
        **dict.fromkeys(UNTOUCHED, not cancels),
    }
    if true.get(outcome):
        return None
    return f"told as {outcome}, is {status} after {cancels} cancels"


def _not_told_once(planned: set[UUID], told: list[dict[str, Any]]) -> Iterator[str]:
    counts = Counter(UUID(job["job_id"]) for job in told)
    for job_id in planned | counts.keys():
        if counts[job_id] != (job_id in planned):
            yield f"{job_id} is told {counts[job_id]} times"


def _overreach(server: Simulator, planned: set[UUID]) -> Iterator[str]:
    if server.truncations:
        yield f"all tables wiped {server.truncations} times"
    ids = {str(one) for one in planned}
    for request in server.requests():
        if request.method == "GET":
            if request.path.endswith(("/Start", "/Stop")):
                yield f"{request.method} {request.path}"
        elif request.method == "DELETE":
            if request.path.rpartition("/")[2].lower() not in ids:
                yield f"{request.method} {request.path}"
        elif not request.path.startswith("/sig"):
            yield f"{request.method} {request.path}"


def _unlike_the_journal(told: list[dict[str, Any]], rows: Mapping[UUID, Row]) -> Iterator[str]:
    for job in told:
        row = rows.get(UUID(job["job_id"]))
        if row is None or row.outcome != job["outcome"]:
            yield f"{job['job_id']} is {job['outcome']} in the report, {row} in the journal"


def _asked_again(witness: Witness, asked: Counter[UUID]) -> Iterator[str]:
    for job_id, before in witness.asked.items():
        if asked[job_id] > before:
            yield f"{job_id} was asked for again after its result was journalled"
