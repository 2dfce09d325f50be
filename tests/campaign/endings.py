"""Runs that are ended, crowded out, or whose disk fails: signals, no room, damage."""

from __future__ import annotations

import random
import resource
import signal
import time
from typing import TYPE_CHECKING, Any

from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.judge import Witness, judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.campaign.ground import Ended, Ground

_GAP_S = 0.15
ENDINGS = {0, 130, -signal.SIGINT}
"""Of a run that is interrupted. A second Ctrl+C may meet an interpreter that is going down already:
it dies of the signal then, which every shell tells as 130."""


def signalled(
    name: str, signals: Sequence[signal.Signals], *, seed: int, runs: int, jobs: int = 300
) -> Tally:
    """End runs by signals at random moments; the report is true, and resume ends the rest."""
    tally = Tally(name)
    chance = random.Random(f"{name}:{seed}")
    for number in range(runs):
        with ground(jobs, seed=seed * 1000 + number, faults=["latency=40"]) as field:
            witness = Witness()
            process = field.start(*RUN, field.playbook)
            wait_for_cancels(field, process, chance.randint(1, max(2, jobs * 2 // 3)))
            for one in signals:
                process.send_signal(one)
                tally.faults += 1
                time.sleep(_GAP_S)
            ended = tally.ended(field.end(process))
            tally.expect(ended.code in ENDINGS, f"ended with {ended}")
            if ended.report or len(signals) == 1:  # at once may be before the report
                judged(tally, field, ended, None, is_last=False)
            witness.look(field.server, field.state)
            finish(tally, field, witness)
    return tally


def full_disk(*, seed: int, runs: int) -> Tally:
    """Let no file grow beyond some size in mid-run; then give room, and resume."""
    tally = Tally("full disk, then room")
    chance = random.Random(f"disk:{seed}")
    for number in range(runs):
        with ground(400, seed=seed * 1000 + number, faults=["latency=10"]) as field:
            room = chance.randint(0, 600_000)

            def limit(room: int = room) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

            play_without_room(tally, field, preexec_fn=limit)
            finish(tally, field, None)
    return tally


def play_without_room(tally: Tally, field: Ground, **more: Any) -> None:
    """Play while the disk has too little room: refused before anything was sent, or told truly."""
    ended = tally.ended(field.play(**more))
    tally.faults += 1
    sent = len(field.server.requests("DELETE"))
    tally.expect(sent or ended.code in {0, 3}, f"nothing sent, and {ended}")
    tally.expect(not sent or ended.code in {0, 8}, f"{sent} sent, and {ended}")
    if ended.report:
        judged(tally, field, ended, None, is_last=False)


def no_state_folder(*, seed: int) -> Tally:
    """Give a state folder that cannot be made: nothing must be sent."""
    tally = Tally("state folder that cannot be written")
    with ground(50, seed=seed) as field:
        field.state.write_text("in the way", encoding="utf-8")
        field.state.chmod(0o600)
        tally.faults += 1
        ended = tally.ended(field.play())
        tally.jobs += 50
        tally.expect(ended.code == 3, f"ended with {ended}")
        tally.overreached += len(field.server.requests("DELETE"))
        tally.left(field)
    return tally


def two_at_once(*, seed: int, runs: int) -> Tally:
    """Start two processes at the same moment: one runs, the other says who does."""
    tally = Tally("two processes at once")
    for number in range(runs):
        with ground(200, seed=seed * 1000 + number, faults=["latency=40"]) as field:
            processes = [field.start(*RUN, field.playbook) for _ in range(2)]
            both = [tally.ended(field.end(process)) for process in processes]
            tally.faults += 1
            won = [ended for ended in both if ended.code == 0 and ended.report]
            tally.expect(won, f"neither won: {both[0]} and {both[1]}")
            lost = [ended for ended in both if ended.code == 7]
            tally.expect(len(won) + len(lost) == 2, f"{both[0]} and {both[1]}")
            first = max(won, key=lambda ended: len(ended.report["jobs"]))  # type: ignore[index]
            judged(tally, field, first, None)
            tally.left(field)
    return tally


def damaged_journal(*, seed: int, runs: int) -> Tally:
    """Kill a run, damage its journal, resume: an error or the truth, and never a wrong cancel."""
    tally = Tally("damaged journal")
    chance = random.Random(f"damage:{seed}")
    for number in range(runs):
        with ground(300, seed=seed * 1000 + number, faults=["latency=20"]) as field:
            process = field.start(*RUN, field.playbook)
            wait_for_cancels(field, process, chance.randint(20, 200))
            process.kill()
            tally.ended(field.end(process))
            _damage(field.state, chance)
            tally.faults += 1
            for command in (RESUME, ("runs", "list"), ("runs", "show", "--output", "json")):
                ended = tally.ended(field.run(*command))
                tally.expect(ended.code in {0, 3, 8}, f"{command[0]}: {ended}")
            tally.jobs += len(field.planned)
            twice = [one for one, times in field.server.cancels_by_job().items() if times > 1]
            tally.doubled += len(twice)
            strangers = field.server.cancels_by_job().keys() - field.planned
            tally.overreached += len(strangers)
            tally.left(field)
    return tally


def jumping_clock(*, seed: int, runs: int) -> Tally:
    """Let the machine's clock jump back and forth by up to hours while the run goes on."""
    tally = Tally("machine's clock jumps")
    for number in range(runs):
        with ground(200, seed=seed * 1000 + number, faults=["latency=20"]) as field:
            ended = tally.ended(field.play(module="tests.campaign.jumping"))
            tally.faults += 1
            tally.expect(ended.code == 0, f"ended with {ended}")
            judged(tally, field, ended, field.state)
            tally.left(field)
    return tally


def wait_for_cancels(field: Ground, process: object, number: int) -> None:
    """Wait until so many cancels arrived, or the process ended."""
    until = time.monotonic() + 60
    while len(field.server.requests("DELETE")) < number and time.monotonic() < until:
        if process.poll() is not None:  # type: ignore[attr-defined]
            return
        time.sleep(0.005)


def judged(
    tally: Tally, field: Ground, ended: Ended, state: Path | None, *, is_last: bool = True
) -> None:
    """Hold the report of a process against the server."""
    if ended.report is None:
        tally.findings.append(f"no report: {ended}")
        return
    tally.uncertain += ended.report["outcomes"]["uncertain"]
    verdict = judge(field.server, ended.report, planned=field.planned, state=state)
    verdict.jobs *= is_last
    tally.judged(verdict)


def finish(tally: Tally, field: Ground, witness: Witness | None) -> None:
    """Resume until nothing is left (or run, where it never began), and judge the whole."""
    field.server.misbehave()
    ended = tally.ended(field.run(*RESUME))
    if ended.report is None:
        began = "nothing-to-resume" in ended.out and (field.state / "journal.sqlite3").exists()
        shown = field.run("runs", "show", "--output", "json") if began else ended
        ended = tally.ended(shown if shown.report else field.play())
    tally.expect(ended.code == 0, f"ended with {ended}")
    if ended.report is None:
        tally.findings.append(f"no report: {ended}")
        return
    tally.judged(
        judge(
            field.server,
            ended.report,
            planned=field.planned,
            state=field.state,
            witness=witness,
        )
    )
    tally.left(field)


def _damage(state: Path, chance: random.Random) -> None:
    """Cut the file short, or fill one of its pages with zeros, or one of its log's."""
    file = state / chance.choice(("journal.sqlite3", "journal.sqlite3-wal"))
    data = bytearray(file.read_bytes()) if file.exists() else bytearray()
    if len(data) < 8192:
        file = state / "journal.sqlite3"
        data = bytearray(file.read_bytes())
    if chance.random() < 0.5:
        del data[chance.randrange(len(data)) :]
    else:
        at = chance.randrange(max(1, len(data) // 4096)) * 4096
        data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    file.write_bytes(data)
