"""A server that turns away what comes too fast, at a rate nobody knows and that changes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign.endings import judged, wait_for_cancels
from tests.campaign.ground import RUN, ground
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hostscan_automation.simulator import Request
    from tests.campaign.ground import Ground

SETTLED_AFTER_S = 13.0
"""A rate that nobody announced is found, or found again, at the next try of the full rate."""

_PHASE_S = SETTLED_AFTER_S + 22.5
"""Then two whole rounds are looked at: a refusal, the second for which the server asks to wait, and
ten good seconds."""

_LEAST_OF_RATE = 0.8
_MOST_REFUSED = 0.1
_LATENCY = "latency=5"


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this kind."""
    yield partial(rate_limited, (60, 25, 90), seed=seed)
    yield partial(stray_refusals, "too-many", 0.1, seed=seed)
    yield partial(stray_refusals, "unavailable", 0.1, seed=seed)
    yield partial(slower_tenfold, seed=seed)


@dataclass(frozen=True)
class Phase:
    """Some time in which the server took so many requests a second.

    Attributes:
        begin: Seconds since 1970, when the run had had time to settle.
    """

    rate: int
    begin: float
    end: float

    def taken_a_second(self, cancels: Sequence[Request]) -> float:
        """Return how many cancels a second were taken in it."""
        taken = [one for one in cancels if one.carried_out and self.begin <= _at(one) < self.end]
        return len(taken) / (self.end - self.begin)


def rate_limited(rates: tuple[int, ...], *, seed: int) -> Tally:
    """Change the server's rate in mid-run; the run settles below it and is not turned away much."""
    tally = Tally(f"rate limit {', '.join(map(str, rates))}/s")
    jobs = round(_PHASE_S * sum(rates))
    with ground(jobs, seed=seed, faults=[_LATENCY]) as field:
        field.write_playbook(workers=32)
        process = field.start(*RUN, field.playbook)
        phases = []
        for rate in rates:
            field.server.misbehave(f"rate-limit={rate}", _LATENCY)
            wait_for_cancels(field, process, 1)
            began = time.time()
            while process.poll() is None and time.time() < began + _PHASE_S:
                time.sleep(0.05)
            phases.append(Phase(rate, began + SETTLED_AFTER_S, began + _PHASE_S))
        field.server.misbehave(_LATENCY)
        ended = tally.ended(field.end(process, 240))
        tally.expect(ended.code == 0, f"ended with {ended}")
        judged(tally, field, ended, field.state)
        _measure(tally, field, phases)
        tally.left(field)
    return tally


def stray_refusals(name: str, share: float, *, seed: int, jobs: int = 1500) -> Tally:
    """Refuse a share of the requests whatever their rate is: that must not stop the run."""
    tally = Tally(f"{name} {100 * share:.0f} % at any rate")
    with ground(jobs, seed=seed, faults=[_LATENCY]) as field:
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, 10)
        field.server.misbehave(f"{name}={share}", "retry-after=none", _LATENCY)
        ended = tally.ended(field.end(process, 240))
        tally.expect(ended.code == 0, f"ended with {ended}")
        judged(tally, field, ended, field.state)
        tally.scenario += f": {jobs / ended.took_s:.0f}/s"
        tally.left(field)
    return tally


def slower_tenfold(*, seed: int) -> Tally:
    """Let the server become ten times as slow in mid-run."""
    tally = Tally("server slows tenfold")
    with ground(600, seed=seed, faults=["latency=20"]) as field:
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, 200)
        field.server.misbehave("latency=200")
        tally.faults += 1
        ended = tally.ended(field.end(process))
        tally.expect(ended.code == 0, f"ended with {ended}")
        judged(tally, field, ended, field.state)
        tally.left(field)
    return tally


def _measure(tally: Tally, field: Ground, phases: Sequence[Phase]) -> None:
    """Hold what was taken in each phase against its rate, and what was refused against all."""
    cancels = field.server.requests("DELETE")
    settled = [phase.taken_a_second(cancels) for phase in phases]
    refused = sum(one.status == 429 for one in cancels) / len(cancels)
    tally.scenario += f": {', '.join(f'{rate:.0f}' for rate in settled)}/s"
    tally.scenario += f", {100 * refused:.1f} % refused"
    for phase, rate in zip(phases, settled, strict=True):
        least = _LEAST_OF_RATE * phase.rate
        tally.expect(rate >= least, f"settled at {rate:.1f}/s where {phase.rate}/s were possible")
    tally.expect(refused <= _MOST_REFUSED, f"{100 * refused:.1f} % of the cancels were refused")


def _at(request: Request) -> float:
    return datetime.fromisoformat(request.time).timestamp()
