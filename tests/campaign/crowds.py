"""Several processes at the same moment, and clocks that jump while a plan is made and used."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign.account_watch import LOCK_AFTER, account_is_safe, told
from tests.campaign.endings import judged, wait_for_cancels
from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.judge import Witness
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.campaign.ground import Ended, Ground

_APPLY = ("apply", "plan.json", "--yes", "--output", "json")
_CLOCK = "tests.campaign.jumping"


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(resuming_at_once, seed=seed)
    yield partial(applying_at_once, seed=seed)
    yield partial(jumping_from_plan_to_report, seed=seed)


def resuming_at_once(*, seed: int, runs: int = 4, jobs: int = 200) -> Tally:
    """After a kill, start `resume` twice and `run` once at the same moment."""
    tally = Tally("resume, resume and run at once")
    chance = random.Random(f"resuming:{seed}")
    for number in range(runs):
        with ground(jobs, seed=seed * 1000 + number, faults=["latency=30"]) as field:
            process = field.start(*RUN, field.playbook)
            wait_for_cancels(field, process, chance.randint(1, jobs // 2))
            process.kill()
            tally.ended(field.end(process))
            witness = Witness()
            witness.look(field.server, field.state)
            _all_at_once(field, tally, (RESUME, RESUME, (*RUN, field.playbook)))
            twice = [one for one, times in field.server.cancels_by_job().items() if times > 1]
            tally.doubled += len(twice)
            tally.expect(not twice, f"{len(twice)} jobs were cancelled twice")
            tally.overreached += len(field.server.cancels_by_job().keys() - field.planned)
            tally.jobs += len(field.planned)
            told_all = tally.ended(field.run("runs", "list", "--output", "json"))
            tally.expect(told_all.code == 0, f"runs list: {told_all}")
            active = [one for one in field.planned if field.server.status_of(one) == "Queued"]
            tally.expect(not active, f"{len(active)} jobs are still active")
            tally.left(field)
    return tally


def applying_at_once(*, seed: int, runs: int = 4, jobs: int = 150) -> Tally:
    """Start two `apply` of the same saved plan at the same moment: it is used once."""
    tally = Tally("apply and apply at once, one plan")
    for number in range(runs):
        with ground(jobs, seed=seed * 1000 + number, faults=["latency=30"]) as field:
            tally.ended(field.run("plan", field.playbook, "--save", "plan.json"))
            ended = _all_at_once(field, tally, (_APPLY, _APPLY))
            won = [one for one in ended if one.report]
            tally.expect(len(won) == 1, f"{len(won)} of two have used the plan")
            if won:
                judged(tally, field, won[0], field.state)
            tally.left(field)
    return tally


def jumping_from_plan_to_report(*, seed: int, runs: int = 2) -> Tally:
    """Let the machine's clock jump by up to hours while somebody signs in, plans and applies."""
    tally = Tally("machine's clock jumps, sign-in and saved plan")
    for number in range(runs):
        with ground(60, seed=seed * 1000 + number, account="admin", lock_after=LOCK_AFTER) as field:
            planned = field.run("plan", field.playbook, "--save", "plan.json", module=_CLOCK)
            told(field, tally, planned, 0)
            told(field, tally, field.run(*_APPLY, module=_CLOCK), 0)
            told(field, tally, field.run(*_APPLY, module=_CLOCK), 7)
            field.server.advance(2 * 3600)
            old = tally.ended(field.run("plan", field.playbook, "--save", "old.json"))
            tally.expect(old.code == 0, f"plan: {old}")
            field.server.advance(2 * 3600)  # the plan is old by the server's clock
            told(field, tally, field.run("apply", "old.json", "--yes", module=_CLOCK), 7)
            tally.faults += 5
            account_is_safe(field, tally, field.server.accounts.admin)
    return tally


def _all_at_once(
    field: Ground, tally: Tally, commands: Sequence[tuple[object, ...]]
) -> list[Ended]:
    processes = [field.start(*command) for command in commands]
    ended = [tally.ended(field.end(process)) for process in processes]
    tally.faults += 1
    for one in ended:
        tally.expect(one.code in {0, 7}, f"ended with {one}")
    return ended
