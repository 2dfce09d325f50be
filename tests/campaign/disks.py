"""Disks that are full or cannot be written: true ones, where this machine lets them be mounted."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign.endings import finish, judged, play_without_room, wait_for_cancels
from tests.campaign.ground import RESUME, ground
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOT_PLAYED = " (not played: nothing can be mounted here)"


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(full_disk, seed=seed)
    yield partial(read_only, seed=seed)
    yield partial(full_in_mid_run, seed=seed)


def full_disk(*, seed: int, runs: int = 6, jobs: int = 400) -> Tally:
    """Put the state folder on a small disk that is nearly full; later give room, and resume."""
    tally = Tally("full disk (ENOSPC), then room")
    chance = random.Random(f"enospc:{seed}")
    for number in range(runs):
        with (
            ground(jobs, seed=seed * 1000 + number, faults=["latency=10"]) as field,
            disk(field.state, size_kb=1024) as is_mounted,
        ):
            if not is_mounted:
                tally.scenario += _NOT_PLAYED
                return tally
            filler = field.state / "filler"
            filler.write_bytes(bytes(1024 * chance.randint(300, 1000)))
            filler.chmod(0o600)
            play_without_room(tally, field)
            filler.unlink()
            finish(tally, field, None)
    return tally


def read_only(*, seed: int, jobs: int = 50) -> Tally:
    """Give a state folder on a disk that cannot be written: nothing is sent, runs can be read."""
    tally = Tally("state folder on a read-only disk")
    with ground(jobs, seed=seed) as field, disk(field.state, size_kb=4096) as is_mounted:
        if not is_mounted:
            tally.scenario += _NOT_PLAYED
            return tally
        judged(tally, field, tally.ended(field.play()), field.state)
        before = len(field.server.requests("DELETE"))
        _remount(field.state, "ro")
        for command, code in (
            (("run", "--yes", field.playbook), 3),
            (RESUME, 3),
            (("runs", "list"), 0),
            (("runs", "show", "--output", "json"), 0),
        ):
            ended = tally.ended(field.run(*command))
            tally.faults += 1
            tally.expect(ended.code == code, f"{command[0]}: {ended}")
            if ended.report:
                judged(tally, field, ended, field.state, is_last=False)
        tally.overreached += len(field.server.requests("DELETE")) - before
        _remount(field.state, "rw")
        tally.left(field)
    return tally


def full_in_mid_run(*, seed: int, runs: int = 4, jobs: int = 300) -> Tally:
    """Let somebody else fill the disk in mid-run; then give room, and resume."""
    tally = Tally("disk filled in mid-run, then room")
    for number in range(runs):
        with (
            ground(jobs, seed=seed * 1000 + number, faults=["latency=30"]) as field,
            disk(field.state, size_kb=4096) as is_mounted,
        ):
            if not is_mounted:
                tally.scenario += _NOT_PLAYED
                return tally
            process = field.start("run", "--yes", "--output", "json", field.playbook)
            wait_for_cancels(field, process, 1 + jobs * number // runs)
            filler = _fill(field.state)
            tally.faults += 1
            ended = tally.ended(field.end(process))
            tally.expect(ended.code in {0, 8}, f"ended with {ended}")
            if ended.report:
                judged(tally, field, ended, None, is_last=False)
            filler.unlink()
            finish(tally, field, None)
    return tally


def _fill(folder: Path) -> Path:
    """Take all the room that is left on a disk."""
    filler = folder / "filler"
    filler.touch(mode=0o600)
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    return filler


@contextmanager
def disk(folder: Path, *, size_kb: int) -> Iterator[bool]:
    """Mount a disk of this size on a folder, private; give False where that is not allowed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = f"size={size_kb}k,mode=0700"
    is_mounted = _mount("-t", "tmpfs", "-o", options, "campaign", str(folder))
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def _remount(folder: Path, how: str) -> None:
    _mount("-o", f"remount,{how}", str(folder))


def _mount(*arguments: str) -> bool:
    if shutil.which("mount") is None:
        return False
    return not subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode
