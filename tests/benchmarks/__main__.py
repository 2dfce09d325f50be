"""Measure speed and memory side by side in one run: `python -m tests.benchmarks`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hostscan_automation.porting.targets import Target
from tests.benchmarks import cancelling, listing, porting, target

LATENCY_MS = 20
ROUNDS = 3
JOBS = 12_000


def main() -> int:
    """Run every benchmark and print its figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            program = target.build(folder)
        except target.TargetMissingError as missing:
            print(f"skipped: the measuring server {missing}")
            return 0
        _cancelling(program, folder)
        _listing(program)
    _porting()
    _starting()
    return 0


def _cancelling(program: Path, folder: Path) -> None:
    print(f"\nCancels a second: {LATENCY_MS} ms server time, TLS, {cancelling.WORKERS} workers")
    rounds = []
    with target.serving(program, folder, latency_ms=LATENCY_MS, jobs=JOBS, queued_every=1) as (
        url,
        authority,
    ):
        for number in range(ROUNDS):
            ours = cancelling.as_shipped(url, authority, folder / f"state-{number}", JOBS)
            pool = cancelling.as_most_scripts(url, authority, JOBS // 4)
            top = cancelling.ceiling(url) or cancelling.WORKERS * 1000 / LATENCY_MS
            rounds.append((ours, pool, top))
            print(f"  as shipped {ours:7,.0f}   pool {pool:7,.0f}   ceiling {top:7,.0f}")
    ratio = statistics.median(ours / pool for ours, pool, _ in rounds)
    share = statistics.median(ours / top for ours, _, top in rounds)
    print(f"  median: {ratio:.1f} times the pool, {100 * share:.0f} % of the ceiling")


def _listing(program: Path) -> None:
    print("\nListing jobs: peak memory of the whole program")
    for jobs in (1_000, 200_000):
        measured = listing.measure(program, jobs)
        print(f"  {jobs:9,} jobs  {measured.peak_mib:6.1f} MiB  {measured.seconds:5.1f} s")


def _porting() -> None:
    print("\nPorting the largest published example: median of 5")
    for kind in (Target.PYTHON, Target.POWERSHELL, Target.JSON):
        measured = [porting.measure(kind) for _ in range(5)]
        size = measured[0][0] / 1000
        ms = 1000 * statistics.median(seconds for _, seconds in measured)
        print(f"  {size:.0f} kB to {kind:10} {ms:5.0f} ms")


def _starting() -> None:
    print("\nStarting: median of 15, wall time")
    bare = _median_ms([sys.executable, "-c", "pass"])
    ours = _median_ms([sys.executable, "-m", "hostscan_automation", "--help"])
    print(f"  python -c pass {bare:5.0f} ms   hostscan --help {ours:5.0f} ms")


def _median_ms(command: list[str]) -> float:
    times = []
    for _ in range(15):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
