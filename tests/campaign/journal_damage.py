"""Journals that are damaged in every way: a clear error, and the truth about what is known."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from tests.campaign.account_watch import side_by_side
from tests.campaign.endings import wait_for_cancels
from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.judge import untruth
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.campaign.account_watch import Story
    from tests.campaign.ground import Ended, Ground

    Damage = Callable[[Path, random.Random], None]

_PAGE = 4096
_WAL_HEAD, _FRAME_HEAD = 32, 24
_SETTLED_S = 1.8
"""After that a cancel that was accepted has been carried out."""


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(damaged_in_every_way, seed=seed)


def damaged_in_every_way(
    *, seed: int, rounds: int = 2, jobs: int = 200, ways: Iterable[str] | None = None
) -> Tally:
    """Kill a run, damage its journal in one way, and ask every command that reads it."""
    stories: dict[str, Story] = {
        f"{name}, {number}": partial(_damaged, DAMAGES[name], f"{name}:{number}", seed, jobs)
        for name in ways or DAMAGES
        for number in range(rounds)
    }
    return side_by_side(Tally("journal damaged, each way"), stories, at_once=3)


def _damaged(damage: Damage, chance: str, seed: int, jobs: int, tally: Tally) -> None:
    draw = random.Random(chance)
    with ground(jobs, seed=seed, faults=["latency=20"]) as field:
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, draw.randint(20, jobs * 3 // 4))
        process.kill()
        tally.ended(field.end(process))
        time.sleep(_SETTLED_S)
        damage(field.state / "journal.sqlite3", draw)
        tally.faults += 1
        for command in (
            ("runs", "list"),
            ("runs", "show", "--output", "json"),
            RESUME,
            (*RUN, field.playbook),
            ("runs", "show", "--output", "json"),
        ):
            ended = tally.ended(field.run(*command))
            tally.expect(ended.code in {0, 3, 8}, f"{command[0]}: {ended}")
            tally.expect(ended.code != 3 or "hint:" in ended.err, f"no way out: {ended}")
            _check_told(field, tally, ended)
        tally.jobs += len(field.planned)
        by_job = field.server.cancels_by_job()
        tally.doubled += sum(times > 1 for times in by_job.values())
        tally.overreached += len(by_job.keys() - field.planned)
        tally.left(field)


def _check_told(field: Ground, tally: Tally, ended: Ended) -> None:
    """Every job is told as it is; where it is not, the damage is said beside it."""
    if ended.report is None:
        return
    cancels = field.server.cancels_by_job()
    for job in ended.report["jobs"]:
        job_id = UUID(job["job_id"])
        wrong = untruth(job["outcome"], field.server.status_of(job_id), cancels[job_id])
        is_open = job["outcome"] is None  # nothing is said of it but that it is open
        if wrong and not is_open and "damaged" not in ended.err:
            tally.untrue += 1
            tally.findings.append(f"untrue: {job_id}: {wrong}")


def _wal(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}-wal")


def _shm(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}-shm")


def _cut(at: Callable[[int, random.Random], int], *, wal: bool) -> Damage:
    def damage(journal: Path, chance: random.Random) -> None:
        file = _wal(journal) if wal else journal
        data = file.read_bytes() if file.exists() else b""
        if data:
            file.write_bytes(data[: at(len(data), chance)])

    return damage


def _overwrite(content: Callable[[int, random.Random], bytes], *, wal: bool) -> Damage:
    def damage(journal: Path, chance: random.Random) -> None:
        file = _wal(journal) if wal else journal
        data = bytearray(file.read_bytes()) if file.exists() else bytearray()
        if data:
            at = chance.randrange(max(1, len(data) // _PAGE)) * _PAGE
            size = len(data[at : at + _PAGE])
            data[at : at + size] = content(size, chance)
            file.write_bytes(data)

    return damage


def _flip(journal: Path, chance: random.Random) -> None:
    data = bytearray(journal.read_bytes())
    for _ in range(20):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    journal.write_bytes(data)


def _no_header(journal: Path, _: random.Random) -> None:
    data = bytearray(journal.read_bytes())
    data[:100] = bytes(100)
    journal.write_bytes(data)


def _folder_in_its_place(journal: Path, _: random.Random) -> None:
    for file in (journal, _wal(journal), _shm(journal)):
        file.unlink(missing_ok=True)
    journal.mkdir(mode=0o700)


def _newer(journal: Path, _: random.Random) -> None:
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("PRAGMA user_version=99")


def _of_somebody_else(journal: Path, _: random.Random) -> None:
    _folder_in_its_place(journal, _)
    journal.rmdir()
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("CREATE TABLE other (one)")
    journal.chmod(0o600)


def _gone(*names: str) -> Damage:
    def damage(journal: Path, _: random.Random) -> None:
        for name in names:
            journal.with_name(journal.name + name).unlink(missing_ok=True)

    return damage


def _both(*damages: Damage) -> Damage:
    def damage(journal: Path, chance: random.Random) -> None:
        for one in damages:
            one(journal, chance)

    return damage


def _text(journal: Path, _: random.Random) -> None:
    _gone("-wal", "-shm")(journal, _)
    journal.write_text("this is no journal\n" * 500, encoding="utf-8")


def _copied_without_its_log(journal: Path, _: random.Random) -> None:
    kept = journal.with_name("kept")
    shutil.copy(journal, kept)
    _gone("", "-wal", "-shm")(journal, _)
    kept.rename(journal)


DAMAGES: dict[str, Damage] = {
    "cut in its header": _cut(lambda _, chance: chance.randrange(1, 100), wal=False),
    "cut at a page": _cut(lambda size, chance: chance.randrange(size // _PAGE) * _PAGE, wal=False),
    "cut in a page": _cut(lambda size, chance: chance.randrange(100, size), wal=False),
    "empty": _cut(lambda *_: 0, wal=False),
    "log cut in its header": _cut(lambda _, chance: chance.randrange(1, _WAL_HEAD), wal=True),
    "log cut at a frame": _cut(
        lambda size, chance: (
            _WAL_HEAD + chance.randrange(size // (_PAGE + _FRAME_HEAD)) * (_PAGE + _FRAME_HEAD)
        ),
        wal=True,
    ),
    "log cut in a frame": _cut(lambda size, chance: chance.randrange(_WAL_HEAD, size), wal=True),
    "log empty": _cut(lambda *_: 0, wal=True),
    "zeroed page": _overwrite(lambda size, _: bytes(size), wal=False),
    "zeroed page of the log": _overwrite(lambda size, _: bytes(size), wal=True),
    "random page": _overwrite(lambda size, chance: chance.randbytes(size), wal=False),
    "random page of the log": _overwrite(lambda size, chance: chance.randbytes(size), wal=True),
    "bits flipped": _flip,
    "header gone": _no_header,
    "folder in its place": _folder_in_its_place,
    "newer layout": _newer,
    "of another program": _of_somebody_else,
    "text": _text,
    "index gone": _gone("-shm"),
    "log cut and index gone": _both(_cut(lambda size, _: size * 3 // 4, wal=True), _gone("-shm")),
    "log gone": _gone("-wal"),
    "log and index gone": _gone("-wal", "-shm"),
    "copied without its log": _copied_without_its_log,
    "gone": _gone("", "-wal", "-shm"),
}
