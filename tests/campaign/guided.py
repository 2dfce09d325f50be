"""Input that atheris makes: it sees which lines an input reaches, and goes on from there.

    python -m tests.campaign.guided "playbook loader" --seed 1 --inputs 20000

Atheris is no dependency: `pip install atheris` gets it, where it has a wheel for the machine.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.campaign.bad_input import Thrown
    from tests.campaign.doors import Door

_LONGEST_INPUT = 8192


def main() -> int:
    """Throw at one door and print what came of it; say so where there is no atheris."""
    try:
        import atheris  # noqa: PLC0415
    except ImportError:
        print(json.dumps({"skipped": "atheris is not installed: pip install atheris"}))
        return 0
    with atheris.instrument_imports(include=["hostscan_automation"], enable_loader_override=False):
        from tests.campaign import bad_input, own_doors  # noqa: PLC0415

    options = bad_input.options_of_a_door(__doc__)
    door = bad_input.door_named(options.door)
    thrown = bad_input.Thrown()
    folder = own_doors.scratch() / "guided"
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for number, example in enumerate(door.examples()):
        (corpus / str(number)).write_bytes(example)
    (folder / "words").write_text(_dictionary(door), encoding="ascii")
    bad_input.refuse_warnings()

    def one(data: bytes) -> None:
        bad_input.knock(door, data, folder / "input", thrown)
        is_enough = thrown.inputs >= options.inputs or time.monotonic() > until
        if is_enough or len(thrown.findings) >= bad_input.MOST_FINDINGS:
            _end(thrown)  # libFuzzer itself would end without a word of ours

    until = time.monotonic() + options.seconds
    arguments = {
        "seed": options.seed,
        "max_len": _LONGEST_INPUT,
        "timeout": 60,
        "rss_limit_mb": bad_input.MOST_MEMORY_MB,
        "dict": folder / "words",
        "verbosity": 0,
    }
    flags = [f"-{name}={value}" for name, value in arguments.items()]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], one)
    atheris.Fuzz()
    return 0


def _end(thrown: Thrown) -> None:
    from tests.campaign.bad_input import memory_mb  # noqa: PLC0415

    thrown.memory_mb = memory_mb()
    print(json.dumps(asdict(thrown)), flush=True)
    os._exit(1 if thrown.findings else 0)


def _dictionary(door: Door) -> str:
    from tests.campaign.damage import BYTES  # noqa: PLC0415 - after instrumentation, as all of it

    words = (*BYTES, *door.words)
    escaped = ("".join(rf"\x{byte:02x}" for byte in word[:60]) for word in words)
    return "".join(f'"{word}"\n' for word in escaped)


if __name__ == "__main__":
    sys.exit(main())
