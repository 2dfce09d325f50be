"""Play the campaign: `python -m tests.campaign [--minutes N] [--seed S] [--only NAME]`.

Scenarios mostly wait, so some are played side by side (`--at-once`).

Ends with a table of figures and exit code 0 where nothing was found, else 1. The same seed gives
the same jobs, faults and moments, as far as processes and threads let it.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign import (
    accounts_in_change,
    bad_input,
    crashes,
    crowds,
    disks,
    endings,
    hostile_text,
    journal_damage,
    kills,
    moving,
    network,
    outages,
    overload,
    secrets,
    secrets_powershell,
    sign_in_troubles,
    sign_ins,
)
from tests.campaign.tally import Tally, table
from tests.interrupts import hear_interrupts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Scenario = partial[Tally]

KILLS = 200
ALONE = frozenset({"bad_input", "overload"})
"""What measures rates or memory, or has a watchdog for this whole process."""


def main() -> int:
    """Play what was asked for and print the figures."""
    options = _options()
    hear_interrupts()
    stage = Stage(options.minutes)
    wanted = [
        one for one in _scenarios(options.seed, stage.until) if (options.only or "") in _name(one)
    ]
    together = [one for one in wanted if _module(one) not in ALONE]
    tallies = [
        *stage.play(together, at_once=options.at_once),
        *stage.play([one for one in wanted if one not in together], at_once=1),
    ]
    print(f"\nSeed {options.seed}, {stage.elapsed_s / 60:.1f} minutes\n")
    print(table(tallies))
    found = sum(len(tally.findings) for tally in tallies)
    print(f"\n{found} findings in {len(tallies)} scenarios")
    return 1 if found or not tallies else 0


class Stage:
    """Where scenarios are played, side by side, until the time is over."""

    def __init__(self, minutes: float) -> None:
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self.until = self._began + 60 * minutes

    @property
    def elapsed_s(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._began

    def play(self, scenarios: Sequence[Scenario], *, at_once: int) -> list[Tally]:
        """Play scenarios, so many at a time; return what they found, in the order given."""
        if not scenarios:
            return []
        with ThreadPoolExecutor(at_once) as threads:
            tallies = list(threads.map(self._play, scenarios))
        return [tally for tally in tallies if tally is not None]

    def _play(self, scenario: Scenario) -> Tally | None:
        name = _name(scenario)
        if time.monotonic() >= self.until:
            print(f"time is over: {name} was not played", flush=True)
            return None
        tally = _played(scenario, name)
        lines = [f"{self.elapsed_s:6.0f} s  {' · '.join(tally.cells)}{tally.aside}"]
        lines += (f"          ! {finding}" for finding in tally.findings[:10])
        with self._lock:
            print("\n".join(lines), flush=True)
        return tally


def _played(scenario: Scenario, name: str) -> Tally:
    try:
        return scenario().closed()
    except Exception as error:  # noqa: BLE001 - one scenario that breaks must not hide the others
        return Tally(name, findings=[f"the scenario broke: {type(error).__name__}: {error}"])


def _scenarios(seed: int, until: float) -> Iterator[Scenario]:
    # The long ones may take a share of the time that is there.
    half = time.monotonic() + (until - time.monotonic()) / 2
    yield partial(crashes.killed_again_and_again, seed=seed, kills=KILLS, until=half)
    yield from _endings(seed)
    yield from network.scenarios(seed)
    yield from outages.scenarios(seed)
    yield from moving.scenarios(seed)
    yield from _sign_ins(seed)
    yield from overload.scenarios(seed)
    yield partial(hostile_text.every_form, seed=seed)
    yield partial(hostile_text.whole_program, seed=seed)
    yield from bad_input.scenarios(seed, until, bad_input.INPUTS)


def _endings(seed: int) -> Iterator[Scenario]:
    interrupt, end = signal.SIGINT, signal.SIGTERM
    yield partial(endings.signalled, "SIGINT once", [interrupt], seed=seed, runs=5)
    yield partial(endings.signalled, "SIGINT twice", [interrupt, interrupt], seed=seed, runs=5)
    yield partial(endings.signalled, "SIGTERM", [end], seed=seed, runs=5)
    yield partial(endings.full_disk, seed=seed, runs=8)
    yield partial(endings.no_state_folder, seed=seed)
    yield partial(endings.two_at_once, seed=seed, runs=5)
    yield partial(endings.damaged_journal, seed=seed, runs=12)
    yield partial(endings.jumping_clock, seed=seed, runs=3)
    for room in (kills, disks, crowds, journal_damage):
        yield from room.scenarios(seed)


def _sign_ins(seed: int) -> Iterator[Scenario]:
    yield partial(sign_ins.short_tokens, seed=seed)
    yield partial(sign_ins.wrong_password, seed=seed)
    yield partial(sign_ins.wrong_totp_secret, seed=seed)
    yield partial(sign_ins.sign_in_fails, seed=seed)
    yield partial(sign_ins.clock_off, 300, seed=seed)
    yield partial(sign_ins.clock_off, -300, seed=seed)
    yield partial(sign_ins.two_in_one_step, seed=seed)
    yield partial(sign_ins.role_missing, seed=seed)
    for room in (sign_in_troubles, accounts_in_change, secrets, secrets_powershell):
        yield from room.scenarios(seed)


def _name(scenario: Scenario) -> str:
    given = " ".join(str(one) for one in scenario.args if isinstance(one, str | int | float))
    return f"{_module(scenario)}.{scenario.func.__name__} {given}".strip()


def _module(scenario: Scenario) -> str:
    return scenario.func.__module__.rpartition(".")[2]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long at most (30)")
    parser.add_argument("--seed", type=int, default=1, help="of ids, faults and moments (1)")
    parser.add_argument("--only", metavar="NAME", help="scenarios with this in their name")
    parser.add_argument("--at-once", type=int, default=2, help="scenarios side by side (2)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
