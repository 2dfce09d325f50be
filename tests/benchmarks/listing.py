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


# Linux counts what a child was before it became another program, so a small process starts it.
_LAUNCHER = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(child.pid, 0)
sys.stderr.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")
"""


def _run(environment: Mapping[str, str], output: Path, jobs: int) -> Listing:
    program = [sys.executable, "-m", "hostscan_automation"]
    command = [*program, "jobs", "list", "--output", "jsonl"]
    started = time.perf_counter()
    with output.open("wb") as stream:
        done = subprocess.run(
            [sys.executable, "-S", "-c", _LAUNCHER, *command],
            env=dict(environment),
            stdout=stream,
            stderr=subprocess.PIPE,
            check=True,
            text=True,
        )
    took = time.perf_counter() - started
    code, peak_kib = done.stderr.split()[-2:]
    with output.open("rb") as stream:
        listed = sum(1 for _ in stream)
    if code != "0" or listed != jobs:
        raise AssertionError(f"listed {listed} of {jobs} jobs, exit code {code}")
    return Listing(jobs, int(peak_kib) / 1024, took)
