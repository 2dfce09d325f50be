"""Cancels a second as shipped: plan, journal on, TLS, then the same server for others."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hostscan_automation.api.client import HostScanClient
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.signin_methods import BearerSignIn
from hostscan_automation.clock import SystemClock
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runner import Runner, Work, make_plan, work_of_filter
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.means import Means
from hostscan_automation.runs.progress import SilentProgress

if TYPE_CHECKING:
    from hostscan_automation.runs.record import RunRecord

WORKERS = 64
TOKEN = "x" * 40


@dataclass
class Stopwatch(SilentProgress):
    """Measures the stage in which cancels are sent."""

    seconds: float = 0.0
    _began: float = 0.0
    _is_on: bool = False

    def stage(self, name: str, total: int | None) -> None:
        self._is_on = name == "cancelling"
        self._began = time.perf_counter()

    def end(self) -> None:
        if self._is_on:
            self.seconds += time.perf_counter() - self._began
            self._is_on = False


def as_shipped(url: str, authority: Path, state: Path, count: int) -> float:
    """Cancel every queued job of the list, and return how many a second."""
    stopwatch = Stopwatch()
    with (
        HostScanClient(
            url,
            BearerSignIn(TOKEN),  # type: ignore[arg-type]
            connection=ConnectionOptions(ca_bundle=authority),
            ledger=SignInLedger(state),
        ) as client,
        Journal(state, clock=SystemClock(), chance=random.random) as journal,
    ):
        plan = make_plan(client, _work())
        record = Runner(client, journal, Means(client, client, progress=stopwatch)).run(plan)
    _check(record, count)
    return count / stopwatch.seconds


def _work() -> Work:
    options = ExecuteOptions(workers=WORKERS, rate=None, confirm_s=0)
    work = work_of_filter("benchmark", compile_filter({"status": "Queued"}), execute=options)
    everything = Limits(max_jobs=1_000_000, max_percent=100)
    return Work(work.playbook, work.selection, everything, work.execute)


def _check(record: RunRecord, count: int) -> None:
    if record.outcomes != {Outcome.ACCEPTED: count}:
        raise AssertionError(f"unexpected outcomes: {record.outcomes}")


def as_most_scripts(url: str, authority: Path, count: int) -> float:
    """The same with a Session and a ThreadPoolExecutor, in a process of its own."""
    module = "tests.benchmarks.baseline"
    command = [sys.executable, "-m", module, url, str(authority), str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ceiling(url: str) -> float | None:
    """What the server gives a load generator written in C, where there is one."""
    program = shutil.which("wrk")
    if program is None:
        return None
    script = "wrk.method = 'DELETE'"
    folder = Path(__file__).parent
    path = folder / "delete.lua"
    path.write_text(script, encoding="utf-8")
    try:
        command = [
            program,
            "-t1",
            f"-c{WORKERS}",
            "-d3s",
            "-s",
            str(path),
            f"{url}/api/v1/HostScanJob/x",
        ]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    finally:
        path.unlink()
    return float(out.split("Requests/sec:")[1].split()[0])
