"""The process is killed at its tender moments: sign-in, confirming, reports, a saved plan."""

from __future__ import annotations

import json
import random
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign.account_watch import LOCK_AFTER, account_is_safe, told
from tests.campaign.endings import finish, wait_for_cancels
from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.judge import Witness
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.campaign.ground import Ground

_FORMATS = ("json", "csv", "markdown", "html")
_LONGEST_S = 240.0
_IN_FLIGHT_S = 0.5
"""After that, what a killed process sent has arrived."""


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(while_signing_in, seed=seed)
    yield partial(while_confirming, seed=seed)
    yield partial(while_writing_reports, seed=seed)
    yield partial(while_applying, seed=seed)


def while_signing_in(*, seed: int, kills: int = 12) -> Tally:
    """Kill the process again and again while it signs in, then let it: no code goes out twice."""
    tally = Tally("kill -9 while signing in")
    chance = random.Random(f"sign-in:{seed}")
    with ground(
        30, seed=seed, account="admin", faults=["latency=250"], lock_after=LOCK_AFTER
    ) as field:
        for _ in range(kills):
            sent = len(field.server.log)
            process = field.start(*RUN, field.playbook)
            _wait(process, partial(_has_more, field, sent), chance.uniform(0, 0.6))
            _kill(field, process, tally)
        told(field, tally, field.play(_LONGEST_S), 0)
        account_is_safe(field, tally, field.server.accounts.admin)
    return tally


def while_confirming(*, seed: int, runs: int = 4, jobs: int = 300) -> Tally:
    """Kill the process when all cancels are out and the server takes its time for them."""
    tally = Tally("kill -9 while confirming")
    chance = random.Random(f"confirm:{seed}")
    for number in range(runs):
        with ground(jobs, seed=seed * 1000 + number, cancel_delay_s=(2.0, 5.0)) as field:
            process = field.start(*RUN, field.playbook)
            wait_for_cancels(field, process, jobs)
            _wait(process, lambda: True, chance.uniform(0, 3))
            _kill(field, process, tally)
            witness = Witness()
            witness.look(field.server, field.state)
            finish(tally, field, witness)
    return tally


def while_writing_reports(*, seed: int, runs: int = 8, jobs: int = 1000) -> Tally:
    """Kill the process while its reports are written: what has the report's name is whole."""
    tally = Tally("kill -9 while writing reports")
    chance = random.Random(f"reports:{seed}")
    reports = [f"--report={form}:reports/out.{form}" for form in _FORMATS]
    for number in range(runs):
        with ground(jobs, seed=seed * 1000 + number, cancel_delay_s=(0.0, 0.1)) as field:
            process = field.start(*RUN, *reports, field.playbook)
            folder = field.folder / "reports"
            _wait(process, folder.exists, chance.uniform(0, 0.25))
            _kill(field, process, tally)
            written = list(folder.glob("out.*"))
            tally.expect(all(map(_is_whole, written)), f"half a report: {written}")
            finish(tally, field, None)
    return tally


def while_applying(*, seed: int, runs: int = 4, jobs: int = 200) -> Tally:
    """Kill `apply`: the plan is used from its first cancel on, and `resume` ends the work."""
    tally = Tally("kill -9 while applying a saved plan")
    chance = random.Random(f"apply:{seed}")
    for number in range(runs):
        with ground(jobs, seed=seed * 1000 + number, faults=["latency=15"]) as field:
            tally.ended(field.run("plan", field.playbook, "--save", "plan.json"))
            process = field.start("apply", "plan.json", "--yes", "--output", "json")
            wait_for_cancels(field, process, chance.randint(1, jobs // 2))
            _kill(field, process, tally)
            time.sleep(_IN_FLIGHT_S)
            witness = Witness()
            witness.look(field.server, field.state)
            asked = len(field.server.requests("DELETE"))
            again = tally.ended(field.run("apply", "plan.json", "--yes", "--output", "json"))
            tally.expect(again.code == 7, f"a used plan: {again}")
            tally.overreached += len(field.server.requests("DELETE")) - asked
            told(field, tally, field.run(*RESUME), 0, is_last=False)
            finish(tally, field, witness)
    return tally


def _has_more(field: Ground, sent: int) -> bool:
    return len(field.server.log) > sent


def _wait(process: subprocess.Popen[bytes], is_there: Callable[[], bool], more_s: float) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until and not is_there():
        time.sleep(0.001)
    until = time.monotonic() + more_s
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.001)


def _kill(field: Ground, process: subprocess.Popen[bytes], tally: Tally) -> None:
    tally.faults += process.poll() is None
    process.kill()
    tally.ended(field.end(process))


def _is_whole(path: Path) -> bool:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        return bool(text) and "jobs" in json.loads(text)
    return text.rstrip().endswith("</html>") if path.suffix == ".html" else text.endswith("\n")
