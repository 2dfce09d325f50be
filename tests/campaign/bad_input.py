"""Input that somebody damaged: it is read, or it ends in an error of this program, and soon.

Each door has a process of its own, watched from outside: for its time, its memory, its tracebacks.
To throw at one door again, or one input that was found:

    python -m tests.campaign.bad_input "playbook loader" --seed 1 --inputs 20000
    python -m tests.campaign.bad_input "playbook loader" --file FILE
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tests.campaign.bombs import BOMBS
from tests.campaign.command_doors import COMMAND_DOORS
from tests.campaign.damage import BYTES, damaged_bytes, damaged_values
from tests.campaign.file_doors import FILE_DOORS
from tests.campaign.own_doors import OWN_DOORS, scratch
from tests.campaign.reply_doors import REPLY_DOORS
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.campaign.doors import Door

DOORS = (*FILE_DOORS, *REPLY_DOORS, *OWN_DOORS, *COMMAND_DOORS)
_SHARES = {"bombs": 0.0, "damaged": 0.9, "generated": 0.015, "guided": 0.085}
WAYS = tuple(_SHARES)
INPUTS = 5_100_000
"""So many are thrown in a whole campaign, over all doors and ways."""

_FEWEST = 2_000
_GENEROSITY = 3  # doors that are quick leave their time to the others
MOST_MEMORY_MB = 500
_MOST_WORK_S = 5.0
_LONGEST_S = 45.0
_HANG_S = 60.0
_DAMAGED_AS_JSON = 0.8
MOST_FINDINGS = 10
_SIDE_BY_SIDE = 2


@dataclass
class Thrown:
    """What came of throwing at one door.

    Attributes:
        read: How many of the inputs were taken, and not refused.
        longest_s: The most seconds of work that one of them took.
        memory_mb: The most this process had in use.
        skipped: Why nothing was thrown.
    """

    inputs: int = 0
    read: int = 0
    longest_s: float = 0.0
    memory_mb: float = 0.0
    findings: list[str] = field(default_factory=list)
    skipped: str = ""


def door_named(name: str) -> Door:
    """Return a door by its name."""
    return next(door for door in DOORS if door.name == name)


def thrown_at(name: str, way: str, *, seed: int, inputs: int, until: float, rest: int = 1) -> Tally:
    """Throw at one door, in processes side by side, and return what they found.

    Args:
        rest: So many doors, with this one, share the time that is left.
    """
    tally = Tally(f"{way} input: {name}")
    left_s = until - time.monotonic()
    seconds = max(1.0, min(left_s, _GENEROSITY * left_s / rest))
    limits = ["--inputs", str(-(-inputs // _SIDE_BY_SIDE)), "--seconds", f"{seconds:.0f}"]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        seeds = [seed + 1000 * turn for turn in range(1 if way == "bombs" else _SIDE_BY_SIDE)]
        for thrown in threads.map(partial(_in_a_process, name, way, limits), seeds):
            _take_in(tally, thrown)
    return tally


def _take_in(tally: Tally, thrown: Thrown) -> None:
    tally.runs += 1
    tally.faults += thrown.inputs
    tally.longest_s = max(tally.longest_s, thrown.longest_s)
    tally.memory_mb = max(tally.memory_mb, thrown.memory_mb)
    tally.skipped = tally.skipped or thrown.skipped
    tally.hung += sum("hung" in finding for finding in thrown.findings)
    tally.findings += thrown.findings
    tally.expect(thrown.memory_mb < MOST_MEMORY_MB, f"{thrown.memory_mb:.0f} MB in use")


def _in_a_process(name: str, way: str, limits: list[str], seed: int) -> Thrown:
    module = "tests.campaign.guided" if way == "guided" else "tests.campaign.bad_input"
    command = [sys.executable, "-m", module, name, "--way", way, "--seed", str(seed), *limits]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return Thrown(**json.loads(ended.stdout.splitlines()[-1]))
    except (ValueError, IndexError, TypeError):
        what = "hung or was ended" if ended.returncode else "said nothing"
        again = " ".join(command)
        return Thrown(
            findings=[f"{what} (exit {ended.returncode}); again: {again}: {ended.stderr[-1500:]}"]
        )


def throw(
    door: Door, inputs: Iterable[bytes], *, until: float = float("inf"), at_once: int = 200
) -> Thrown:
    """Throw inputs at a door, in this process; so many at once may take a minute."""
    thrown = Thrown()
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        path = Path(folder, "input")
        for data in inputs:
            if not thrown.inputs % at_once:
                if time.monotonic() > until or len(thrown.findings) >= MOST_FINDINGS:
                    break
                faulthandler.dump_traceback_later(_HANG_S, exit=True, file=2)
            knock(door, data, path, thrown)
        faulthandler.cancel_dump_traceback_later()
    thrown.memory_mb = memory_mb()
    return thrown


def memory_mb() -> float:
    """Return the most memory that this process ever had in use."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def knock(door: Door, data: bytes, path: Path, thrown: Thrown) -> None:
    """Throw one input, and note whatever is wrong with how it ended."""
    began, began_work = time.monotonic(), time.process_time()
    thrown.inputs += 1
    try:
        door.knock(data, path)
        thrown.read += 1
    except door.allowed as error:
        str(error)
    except Exception as error:  # noqa: BLE001 - what this is about
        _found(door, data, f"{type(error).__name__}: {error!s:.300}", thrown)
    took_s, worked_s = time.monotonic() - began, time.process_time() - began_work
    thrown.longest_s = max(thrown.longest_s, worked_s)
    if worked_s > _MOST_WORK_S or took_s > _LONGEST_S:
        _found(door, data, f"hung: {worked_s:.1f} s of work in {took_s:.1f} s", thrown)


def _found(door: Door, data: bytes, what: str, thrown: Thrown) -> None:
    kept = Path(tempfile.gettempdir(), f"campaign-{sha256(data).hexdigest()[:12]}.input")
    kept.write_bytes(data)
    again = f'python -m tests.campaign.bad_input "{door.name}" --file {kept}'
    thrown.findings.append(f"{what} for {data!r:.200}; again: {again}")


def damaged(door: Door, seed: int, inputs: int) -> Iterator[bytes]:
    """Yield what usually comes in by a door, and then damaged in every way."""
    chance = random.Random(f"{door.name}:{seed}")
    examples = [bytes(example) for example in door.examples()]
    values = [json.dumps(door.parse(one), default=str) for one in examples if door.is_json]
    words = (*BYTES, *door.words)
    yield from examples[:inputs]
    for _ in range(inputs - len(examples)):
        if values and chance.random() < _DAMAGED_AS_JSON:
            yield damaged_values(json.loads(chance.choice(values)), words, chance)
        else:
            yield damaged_bytes(chance.choice(examples), words, chance)


def _main() -> int:
    options = options_of_a_door(__doc__)
    door = door_named(options.door)
    limit_this_process()
    until = time.monotonic() + options.seconds
    if options.file:
        thrown = throw(door, [options.file.read_bytes()])
    elif options.way == "bombs":
        thrown = throw(door, BOMBS[door.name](), until=until, at_once=1)
    elif options.way == "generated":
        from tests.campaign.generated import generated  # noqa: PLC0415 - only this way needs it

        thrown = generated(door, seed=options.seed, inputs=options.inputs, until=until)
    else:
        thrown = throw(door, damaged(door, options.seed, options.inputs), until=until)
    print(json.dumps(asdict(thrown)))
    return 1 if thrown.findings else 0


def limit_this_process() -> None:
    """Let what takes too much memory fail here, and not take the machine."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MOST_MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    refuse_warnings()
    logging.getLogger("hostscan").addHandler(logging.NullHandler())
    logging.getLogger("hostscan").propagate = False


def refuse_warnings() -> None:
    """Let every warning be an error: what a library prints there is a traceback, too."""
    warnings.simplefilter("error")


def options_of_a_door(doc: str | None) -> argparse.Namespace:
    """Read which door, and how much."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("door", choices=[door.name for door in DOORS], metavar="DOOR")
    parser.add_argument("--way", choices=WAYS, default="damaged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--file", type=Path, help="throw this one input")
    return parser.parse_args()


def scenarios(seed: int, until: float, inputs: int) -> Iterator[partial[Tally]]:
    """Yield every way and door; of the time that is left, none takes more than its share."""
    whole = sum(door.share for door in DOORS)
    turns = [(way, door) for way in WAYS for door in DOORS if way != "bombs" or door.name in BOMBS]
    for rest, (way, door) in zip(range(len(turns), 0, -1), turns, strict=True):
        own = max(_FEWEST, round(inputs * _SHARES[way] * door.share / whole))
        yield partial(thrown_at, door.name, way, seed=seed, inputs=own, until=until, rest=rest)


if __name__ == "__main__":
    sys.exit(_main())
