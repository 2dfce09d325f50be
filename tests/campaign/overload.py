"""A server that turns away what comes too fast, at a rate nobody knows and that changes."""

from __future__ import annotations

import time

from tests.campaign.ground import ground
from tests.campaign.judge import judge
from tests.campaign.tally import Tally


def rate_limited(rates: tuple[int, ...], *, seed: int, jobs: int = 1500) -> Tally:
    """Change the server's rate in mid-run; the run settles below it and is not turned away much."""
    tally = Tally(f"rate limit {' then '.join(map(str, rates))}/s")
    with ground(jobs, seed=seed) as field:
        field.server.misbehave(f"rate-limit={rates[0]}", "latency=5")
        process = field.start("run", "--yes", "--output", "json", field.playbook)
        for rate in rates:
            field.server.misbehave(f"rate-limit={rate}", "latency=5")
            share = jobs * (rates.index(rate) + 1) / len(rates)
            while process.poll() is None and len(field.server.cancels()) < share:
                time.sleep(0.05)
        ended = tally.ended(field.end(process, 240))
        tally.expect(ended.code == 0, f"ended with {ended}")
        if ended.report:
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        refused = len(field.server.requests("DELETE", status=429))
        tally.expect(refused <= jobs / 5, f"{refused} cancels turned away, {jobs} jobs")
        tally.left(field)
    return tally


def slower_tenfold(*, seed: int) -> Tally:
    """Let the server become ten times as slow in mid-run."""
    tally = Tally("server slows tenfold")
    with ground(600, seed=seed, faults=["latency=20"]) as field:
        process = field.start("run", "--yes", "--output", "json", field.playbook)
        while process.poll() is None and len(field.server.cancels()) < 200:
            time.sleep(0.02)
        field.server.misbehave("latency=200")
        tally.faults += 1
        ended = tally.ended(field.end(process))
        tally.expect(ended.code == 0, f"ended with {ended}")
        if ended.report:
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        tally.left(field)
    return tally
