"""The process is killed at random moments, and the run goes on, again and again."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.judge import Witness, journal_rows, judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    import subprocess

    from tests.campaign.ground import Ended, Ground

_POLL_S = 0.004


def killed_again_and_again(
    *, seed: int, kills: int, jobs: int = 2000, until: float = float("inf"), latency_ms: int = 15
) -> Tally:
    """Kill runs until so many kills are done or the time is over, each run then ends in peace.

    Args:
        seed: Of ids and moments.
        kills: How many in all.
        jobs: Of each run.
        until: By the monotonic clock.
        latency_ms: Of the server, so that cancels are in flight when the kill comes.
    """
    tally = Tally("kill -9, resume")
    chance = random.Random(f"kills:{seed}")
    number = 0
    while tally.faults < kills and time.monotonic() < until:
        number += 1
        with ground(jobs, seed=seed * 1000 + number) as field:
            _one_run(field, tally, chance, kills, until, latency_ms)
    return tally


def _one_run(
    field: Ground, tally: Tally, chance: random.Random, kills: int, until: float, latency_ms: int
) -> None:
    field.server.misbehave(f"latency={latency_ms}")
    witness = Witness()
    finished: Ended | None = None
    while tally.faults < kills and time.monotonic() < until:
        process = field.start(*_next_command(field))
        is_killed = _kill_at_some_moment(field, process, chance, len(field.planned))
        finished = tally.ended(field.end(process))
        if not is_killed:
            break
        tally.faults += 1
        witness.look(field.server, field.state)
        finished = None
    if finished is None:
        finished = tally.ended(field.run(*_next_command(field)))
    report = _report(field, tally, finished)
    tally.expect(finished.code in {0, 8}, f"ended with {finished}")
    if report is not None:
        tally.judged(
            judge(field.server, report, planned=field.planned, state=field.state, witness=witness)
        )
    tally.leaked += len(field.leaks())
    tally.findings += [f"leaked: {leak}" for leak in field.leaks()]


def _next_command(field: Ground) -> tuple[object, ...]:
    return RESUME if journal_rows(field.state) else (*RUN, field.playbook)


def _report(field: Ground, tally: Tally, finished: Ended) -> dict[str, Any] | None:
    """Return the report: as printed, or from the journal where the kill came after the end."""
    report = finished.report
    if report is None:
        report = tally.ended(field.run("runs", "show", "--output", "json")).report
    tally.expect(report, f"no report: {finished}")
    return report


def _kill_at_some_moment(
    field: Ground, process: subprocess.Popen[bytes], chance: random.Random, jobs: int
) -> bool:
    """Kill the process: by the clock, or when more cancels have arrived. False if it ended."""
    wait_s = chance.uniform(0.05, 1.5)
    by_clock = chance.random() < 0.3
    due = time.monotonic() + (wait_s if by_clock else 60)
    more = len(field.server.requests("DELETE")) + chance.randint(1, max(2, jobs // 15))
    extra_s = chance.choice((0.0, chance.uniform(0, 0.02), chance.uniform(0, 1.5)))
    while process.poll() is None:
        if time.monotonic() >= due:
            break
        if len(field.server.log) >= more and len(field.server.requests("DELETE")) >= more:
            due = min(due, time.monotonic() + extra_s)
        time.sleep(_POLL_S)
    if process.poll() is not None:
        return False
    process.kill()
    return True
