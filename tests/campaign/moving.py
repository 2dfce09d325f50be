"""A server whose jobs move while a plan is made and carried out, and plans that must not be.

What nobody can notice: a change between the last reading of a job and the arrival of its cancel.
Such a cancel is counted (`in the gap`). It is overreach where the job did not match the plan at the
last reading either, and where that reading is older than the minute for which one may be acted on.
"""

from __future__ import annotations

import copy
import json
import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hostscan_automation.cli.saved_plans import read_plan
from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.simulator.scanjobs import ENDED, Part, named_host
from tests.campaign.ground import RUN, ground
from tests.campaign.history import History
from tests.campaign.judge import judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from hostscan_automation.simulator import Request, Simulator
    from hostscan_automation.simulator.scanjobs import Job
    from tests.campaign.ground import Ended, Ground

_APPLY = ("apply", "--yes", "--output", "json")
_READING_S = 0.7
"""So long a list may be on its way, with rows that are as new as the moment they are written."""

_RACE_S = 1.0
"""A list that one worker reads is not known to another whose cancel is leaving."""

_HOLDS_S = 60.0 + _READING_S + _RACE_S


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this kind."""
    for number in range(3):
        yield partial(applied, seed=seed * 100 + number)
    yield partial(run, "unlimited", ["latency=40"], seed=seed)
    yield partial(run, "unlimited", ["latency=20", "lost-reply=0.2"], seed=seed)
    yield partial(run, 3, ["latency=5"], seed=seed, jobs=270)
    yield partial(edited_plans, seed=seed)
    yield partial(plans_for_another_time_or_place, seed=seed)


def applied(*, seed: int, jobs: int = 300) -> Tally:
    """Plan on a moving server, wait a moment, and apply the plan, while everything moves."""
    tally = Tally("moving server, plan and apply")
    with ground(jobs, seed=seed, faults=["latency=20"]) as field:
        with _moving(field, random.Random(f"apply:{seed}")) as history:
            began = time.time()
            saved = tally.ended(field.run("plan", field.playbook, "--save", "plan.json"))
            tally.expect(saved.code == 0, f"ended with {saved}")
            plan = json.loads((field.folder / "plan.json").read_text(encoding="utf-8"))
            planned = _hosts_of(plan["jobs"])
            strangers = [
                one
                for one, hosts in planned.items()
                if not history.was_meant(one, hosts, began, time.time()) or not _fits(hosts)
            ]
            tally.overreached += len(strangers)
            tally.expect(not strangers, f"planned, and never matched: {strangers}")
            began = time.time()
            ended = tally.ended(field.run(*_APPLY, "plan.json"))
        field.planned = set(planned)
        _judge(tally, field, ended, history, began)
    return tally


def run(
    rate: object, faults: Sequence[str], *, seed: int, jobs: int = 300, confirm: str = "30s"
) -> Tally:
    """Run a playbook in one go while everything moves."""
    pace = "at full speed" if rate == "unlimited" else f"at {rate}/s"
    tally = Tally(f"moving server, run {pace}, {', '.join(faults)}")
    with ground(jobs, seed=seed, faults=faults) as field:
        field.write_playbook(rate=rate, confirm=confirm)
        may_come_back = not any("lost" in fault for fault in faults)
        chance = random.Random(f"run:{rate}:{seed}")
        with _moving(field, chance, may_come_back=may_come_back) as history:
            began = time.time()
            ended = tally.ended(field.run(*RUN, field.playbook, timeout_s=200))
        field.planned &= _hosts_of((ended.report or {"jobs": ()})["jobs"]).keys()
        _judge(tally, field, ended, history, began)
    return tally


def edited_plans(*, seed: int, edits: int = 400) -> Tally:
    """Edit one thing in a saved plan, again and again: each is refused, and nothing is sent."""
    tally = Tally("plans edited by hand")
    chance = random.Random(f"edits:{seed}")
    with ground(12, seed=seed) as field:
        saved = tally.ended(field.run("plan", field.playbook, "--save", "plan.json"))
        tally.expect(saved.code == 0, f"ended with {saved}")
        plan = json.loads((field.folder / "plan.json").read_text(encoding="utf-8"))
        for number in range(edits):
            changed = _edited(plan, chance)
            path = field.folder / "edited.json"
            path.write_text(json.dumps(changed), encoding="utf-8")
            tally.faults += 1
            wrong = _taken(path) if number % 40 else _applied(field, path, tally)
            tally.overreached += bool(wrong)
            tally.expect(not wrong, f"{wrong}: {_difference(plan, changed)}")
        tally.expect(not field.server.requests("DELETE"), "cancels were sent")
        tally.left(field)
    return tally


def plans_for_another_time_or_place(*, seed: int) -> Tally:
    """Apply plans that are used, old, another account's, or another server's: nothing is sent."""
    tally = Tally("plans used, old, of another account or server")
    with ground(12, seed=seed) as field, ground(12, seed=seed) as other:
        tally.ended(field.run("plan", field.playbook, "--save", "plan.json"))
        _refused(tally, field, "server", HOSTSCAN_SERVER=other.server.url)
        admin = field.server.environment
        app = ("HOSTSCAN_APP", "HOSTSCAN_API_KEY")
        _refused(tally, field, "account", **{**dict.fromkeys(app, ""), **admin})
        ended = tally.ended(field.run(*_APPLY, "plan.json"))
        tally.expect(ended.code == 0, f"ended with {ended}")
        sent = len(field.server.requests("DELETE"))
        _refused(tally, field, "used")
        tally.ended(field.run("plan", field.playbook, "--save", "plan.json"))
        field.server.advance(3700)
        _refused(tally, field, "valid")
        more = len(field.server.requests("DELETE")) - sent + len(other.server.requests("DELETE"))
        tally.overreached += more
        tally.expect(not more, f"{more} cancels for plans that do not hold")
        tally.left(field)
    return tally


def _refused(tally: Tally, field: Ground, word: str, **environment: str) -> None:
    """Apply the saved plan in other circumstances: it must be refused, with the reason."""
    usual = field.environment
    field.environment = {name: value for name, value in {**usual, **environment}.items() if value}
    ended = tally.ended(field.run(*_APPLY, "plan.json"))
    field.environment = usual
    tally.faults += 1
    tally.expect(ended.code == 7 and word in ended.err, f"{word}: {ended}")


# the server moves


@contextmanager
def _moving(
    field: Ground, chance: random.Random, *, may_come_back: bool = True
) -> Iterator[History]:
    """Let jobs move until the end of the block."""
    history = History(field.server)
    over = threading.Event()
    ids = sorted(field.planned)
    numbers = count()

    def move() -> None:
        while not over.wait(chance.uniform(0, 0.04)):
            job = history.first[chance.choice(ids)]
            _move(field.server, job, chance, may_come_back=may_come_back, number=next(numbers))

    thread = threading.Thread(target=move, daemon=True)
    thread.start()
    try:
        yield history
    finally:
        over.set()
        thread.join(10)


def _move(
    server: Simulator, first: Job, chance: random.Random, *, may_come_back: bool, number: int
) -> None:
    """Let one thing happen to a job: what has ended or is gone comes back, where that may be."""
    with server.jobs.lock:
        job, now = server.jobs.get(first.id), server.now()
        if job is None or job.has_ended(now):
            if may_come_back:
                server.jobs.put(first)
            return
        if job.cancels_accepted:
            return  # a cancel that was taken is not undone before it shows
        if chance.random() < 0.15:
            server.jobs.remove(job.id)
        elif chance.random() < 0.3:
            host = named_host(chance.choice((f"prod-{number}", f"lab-new-{number}", "dc01")))
            server.jobs.put(replace(job, parts=(Part(host),)))
        elif chance.random() < 0.3:
            server.jobs.put(replace(job, course=(*first.course, (now, "Running"))))
        else:
            server.jobs.finish(job.id, chance.choice(sorted(ENDED)))


# what came of it


@dataclass(frozen=True)
class Reading:
    """A list that the program read: its rows are as old as its beginning at the most."""

    begin: float

    @property
    def end(self) -> float:
        """When the last row was written."""
        return self.begin + _READING_S


def _judge(tally: Tally, field: Ground, ended: Ended, history: History, began: float) -> None:
    tally.expect(ended.code in {0, 8}, f"ended with {ended}")
    if ended.report is None:
        tally.findings.append(f"no report: {ended}")
        return
    time.sleep(1.6)  # a cancel that was carried out at the very end shows by then
    tally.uncertain += ended.report["outcomes"]["uncertain"]
    end = time.time()
    verdict = judge(
        field.server,
        ended.report,
        planned=field.planned,
        state=field.state,
        seen=lambda job_id: history.statuses(job_id, began, end),
    )
    readings = [
        Reading(_at(one))
        for one in field.server.requests("GET", path="/HostScanJob")
        if _at(one) >= began - 0.01
    ]
    planned, gap = _hosts_of(ended.report["jobs"]), 0
    for one in field.server.requests("DELETE"):
        job_id, moment = UUID(one.path.rpartition("/")[2]), _at(one)
        meant = partial(history.was_meant, job_id, planned.get(job_id, []))
        if not is_backed(meant, moment, readings):
            verdict.overreached.append(f"{job_id} did not match when it was read last")
        gap += not meant(moment - 0.01, moment)
    tally.scenario += f" ({gap} in the gap)"
    tally.faults += sum(len(versions) - 1 for versions in history.versions())
    tally.judged(verdict)
    tally.left(field)


def is_backed(
    meant: Callable[[float, float], bool], moment: float, readings: Sequence[Reading]
) -> bool:
    """Say whether a job was meant at the last reading that the sender of its cancel can know."""
    known = [one for one in readings if one.begin <= moment]
    sure = [one for one in known if one.begin <= moment - _RACE_S][-1:]
    last = [*sure, *(one for one in known if one.begin > moment - _RACE_S)]
    return any(moment - one.begin <= _HOLDS_S and meant(one.begin - 0.05, one.end) for one in last)


def _at(request: Request) -> float:
    return datetime.fromisoformat(request.time).timestamp()


def _hosts_of(jobs: Sequence[Mapping[str, Any]]) -> dict[UUID, list[str]]:
    """Return the hosts of the jobs that a plan or a report means to cancel, as it tells them."""
    return {
        UUID(job["job_id"]): list(job["hosts"])
        for job in jobs
        if job.get("disposition", "cancel") == "cancel" and job.get("outcome") != "protected"
    }


def _fits(hosts: Sequence[str]) -> bool:
    """Say whether the playbook means a job on these hosts."""
    return all(name.startswith("lab-") for name in hosts)


# a plan is edited


def _edited(plan: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a plan with one of its values changed, taken out, or put in twice."""
    changed = copy.deepcopy(plan)
    places = list(_places(changed))
    while changed == plan:
        holder, key = chance.choice(places)
        what = chance.randrange(4)
        if what == 0:
            del holder[key]
        elif what == 1 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        else:
            holder[key] = _other(holder[key], chance)
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a JSON value: what holds it, and its name or number in there."""
    names = value.keys() if isinstance(value, dict) else range(len(value))
    for name in list(names):
        yield value, name
        if isinstance(value[name], dict | list):
            yield from _places(value[name])


def _other(value: Any, chance: random.Random) -> Any:
    match value:
        case bool() | None:
            return chance.choice([True, 0, "true"])
        case int() | float():
            return chance.choice([value + 1, -value, value * 1000, str(value)])
        case str():
            return chance.choice([value.swapcase(), f"{value} ", value[:-1], value[::-1], None])
        case _:
            return chance.choice([None, [], {}, "", 1])


def _taken(path: Path) -> str | None:
    """Read an edited plan as the program does; return what is wrong where it is not refused."""
    try:
        read_plan(path)
    except PlanRefusedError:
        return None
    except Exception as error:  # noqa: BLE001 - what this is about
        return f"{type(error).__name__}: {error}"
    return "an edited plan was taken"


def _applied(field: Ground, path: Path, tally: Tally) -> str | None:
    """Apply an edited plan as a person does; return what is wrong where it is not refused."""
    ended = tally.ended(field.run(*_APPLY, path))
    return None if ended.code == 7 else str(ended)


def _difference(plan: dict[str, Any], changed: dict[str, Any]) -> str:
    names = [name for name in plan if plan[name] != changed.get(name)]
    return f"edited in {', '.join(names) or 'something new'}"
