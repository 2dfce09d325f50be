"""A process that carries out a plan against a server in a file, to be killed at any moment.

    python killed_run.py STATE_FOLDER SERVER_FILE JOBS

Every cancel that "arrives" is one line in the server's file: it survives the process.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from hostscan_automation.clock import SystemClock
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.execution import execute
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.means import Means
from hostscan_automation.runs.rows import NewRun
from tests.unit.runs.fakes import QUICK, FakeServer, Reply, make_plan, scan_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hostscan_automation.jobs.job import ScanJob


class ServerInAFile:
    """Cancels at once, and remembers in a file what it was sent."""

    def __init__(self, file: Path, jobs: int, latency_s: float = 0.0) -> None:
        self._file = file
        self._jobs = jobs
        self._latency_s = latency_s

    def sent(self) -> list[UUID]:
        if not self._file.exists():
            return []
        return [UUID(line) for line in self._file.read_text(encoding="ascii").split()]

    def iter_jobs(self, within_s: float | None = None) -> Iterator[ScanJob]:
        cancelled = set(self.sent())
        for number in range(self._jobs):
            job = scan_job(number)
            yield replace(job, status=JobStatus.CANCELLED) if job.id in cancelled else job

    def job(self, job_id: UUID) -> ScanJob:
        return next(job for job in self.iter_jobs() if job.id == job_id)

    def server_now(self) -> datetime:
        return SystemClock().now().replace(microsecond=0)

    def cancel_job(self, job_id: UUID) -> Reply:
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, f"{job_id}\n".encode())
        os.close(handle)
        time.sleep(self._latency_s)
        return Reply()


def main(folder: str, file: str, jobs: int) -> None:
    server = ServerInAFile(Path(file), jobs, latency_s=0.002)
    clock = SystemClock()
    plan = make_plan(FakeServer.with_jobs(jobs), execute=replace(QUICK, workers=8))
    plan = replace(plan, made_at=server.server_now())
    journal = Journal(Path(folder), clock=clock, chance=lambda: 0.5)
    print("ready", flush=True)
    execute(NewRun(plan), Means(server, server, clock=clock), journal)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
