"""Peak memory and time of listing jobs, by the program as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import target

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Listing:
    """One listing of so many jobs."""

    jobs: int
    peak_mib: float
    seconds: float


def measure(program: Path, jobs: int) -> Listing:
    """List so many jobs, with a filter, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with target.serving(program, folder, latency_ms=0, jobs=jobs) as (url, authority):
            environment = {
                **os.environ,
                "HOSTSCAN_SERVER": url,
                "HOSTSCAN_TOKEN": "x" * 40,
                "HOSTSCAN_CA_BUNDLE": str(authority),
                "HOSTSCAN_STATE_DIR": str(folder / "state"),
                "HOSTSCAN_CONFIG": str(folder / "config.toml"),
            }
            return _run(environment, folder / "out.jsonl", jobs)


def _run(environment: Mapping[str, str], output: Path, jobs: int) -> Listing:
    command = [sys.executable, "-m", "hostscan_automation", "jobs", "list", "--output", "jsonl"]
    started = time.perf_counter()
    with output.open("wb") as stream:
        child = subprocess.Popen(command, env=dict(environment), stdout=stream)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - started
    with output.open("rb") as stream:
        listed = sum(1 for _ in stream)
    if child.returncode or listed != jobs:
        raise AssertionError(f"listed {listed} of {jobs} jobs, exit code {child.returncode}")
    return Listing(jobs, usage.ru_maxrss / 1024, took)
