"""Faults of the network and of what stands between: each at several shares, and all together."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hostscan_automation.simulator.faults import FAULT_NAMES, WAITS
from tests.campaign.ground import RUN, ground
from tests.campaign.judge import judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hostscan_automation.simulator import Request
    from tests.campaign.ground import Ended, Ground

REQUESTS = (
    "refuse",
    "mid-request",
    "reset",
    "lost-reply",
    "cut",
    "error-500",
    "error-502",
    "error-504",
    "html",
    "page",
    "empty-502",
    "empty",
    "truncated",
    "endless",
    "wrong-type",
    "duplicate",
    "redirect",
    "slow",
)
BODIES = frozenset({"empty", "truncated", "endless", "wrong-type", "duplicate"})
BUSY = ("too-many", "unavailable")
JOBS = ("vanish", "finish", "never-cancelled")
ALONE = (*REQUESTS, *BUSY, *JOBS)
SHARES = (0.01, 0.1, 0.5)
DEADLINE_S = 25
_MARGIN_S = 140
"""What a run may take beyond its deadline: its start, a minute for the server's version where that
does not end, half a minute for what is in flight, and its last look."""

_NOTHING_SENT = frozenset({3, 4, 5, 7})
_SHOWS_AFTER_S = 1.6
"""So long after a cancel was carried out it shows at the latest."""


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this kind."""
    for name, share in itertools.product((*REQUESTS, *JOBS), SHARES):
        yield partial(fault_alone, name, share, seed=seed)
    for name, wait, share in itertools.product(BUSY, WAITS, SHARES):
        yield partial(busy, name, wait, share, seed=seed)
    for name in (*REQUESTS, *BUSY):
        yield partial(from_the_start, name, 0.1, seed=seed)
    for share in SHARES:
        yield partial(all_mixed, share, seed=seed)
    yield partial(late, 3000, seed=seed)


def fault_alone(name: str, share: float, *, seed: int, jobs: int = 120) -> Tally:
    """Run with one fault striking a share of the requests (or jobs)."""
    faults = [f"{name}={share}"]
    if name in BODIES:
        faults.append("lost-reply=0.2")  # a cancel has no body; the looks after these have
    return _under(f"{name} {100 * share:.0f} %", faults, seed=seed, jobs=jobs)


def busy(name: str, wait: str, share: float, *, seed: int, jobs: int = 120) -> Tally:
    """Run against a busy server that asks to wait in one of the ways there are."""
    title = f"{name} {100 * share:.0f} %, Retry-After: {wait}"
    return _under(title, [f"{name}={share}", f"retry-after={wait}"], seed=seed, jobs=jobs)


def all_mixed(share: float, *, seed: int, jobs: int = 120) -> Tally:
    """Run with every fault at once."""
    faults = [f"{name}={share}" for name in ALONE]
    return _under(f"all mixed, {100 * share:.0f} % each", faults, seed=seed, jobs=jobs)


def late(latency_ms: int, *, seed: int) -> Tally:
    """Run against a server that takes its time for every request."""
    return _under(f"latency {latency_ms} ms", [f"latency={latency_ms}"], seed=seed, jobs=40)


def from_the_start(name: str, share: float, *, seed: int, jobs: int = 60) -> Tally:
    """Run with one fault from the first request on: it may well be refused, with nothing sent."""
    tally = Tally(f"{name} {100 * share:.0f} % from the start")
    with _ground(jobs, seed) as (field, stranger):
        field.server.misbehave(f"{name}={share}", stranger.fault)
        ended = tally.ended(field.play(DEADLINE_S + 2 * _MARGIN_S))
        if ended.report or field.server.requests("DELETE"):
            _judge(tally, field, ended)
        else:
            tally.jobs += jobs
            tally.expect(ended.code in _NOTHING_SENT, f"ended with {ended}")
        stranger.told(tally)
        tally.left(field)
    return tally


def _under(title: str, faults: list[str], *, seed: int, jobs: int) -> Tally:
    """Plan in peace, act under faults: a plan under faults may well be refused, and proves less."""
    tally = Tally(title)
    with _ground(jobs, seed) as (field, stranger):
        process = field.start(*RUN, field.playbook)
        while not _has_listed(field.server.requests("GET")) and process.poll() is None:
            time.sleep(0.002)
        field.server.misbehave(*faults, stranger.fault)
        _judge(tally, field, tally.ended(field.end(process, DEADLINE_S + _MARGIN_S)))
        stranger.told(tally)
        tally.left(field)
    return tally


def _judge(tally: Tally, field: Ground, ended: Ended) -> None:
    field.server.misbehave()
    tally.expect(ended.code in {0, 8}, f"ended with {ended}")
    if ended.report is None:
        tally.findings.append(f"no report: {ended}")
        return
    tally.uncertain += ended.report["outcomes"]["uncertain"]
    time.sleep(_SHOWS_AFTER_S)
    tally.judged(judge(field.server, ended.report, planned=field.planned, state=field.state))


@contextmanager
def _ground(jobs: int, seed: int) -> Iterator[tuple[Ground, Stranger]]:
    with ground(jobs, seed=seed) as field, stranger() as other:
        field.write_playbook(deadline=f"{DEADLINE_S}s", confirm="10s")
        yield field, other


def _has_listed(requests: Sequence[Request]) -> bool:
    return any(request.path.endswith("/HostScanJob") for request in requests)


@dataclass
class Stranger:
    """Another server on this machine, to which redirects lead: nothing must come to it."""

    port: int
    connections: int = 0

    @property
    def fault(self) -> str:
        """The fault that lets redirects lead here."""
        return f"redirect-port={self.port}"

    def told(self, tally: Tally) -> None:
        """Note what came here."""
        tally.overreached += self.connections
        tally.expect(not self.connections, f"{self.connections} connections to another server")


@contextmanager
def stranger() -> Iterator[Stranger]:
    """Give another server that counts who comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Stranger(listener.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                made.connections += 1
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


assert set(FAULT_NAMES).issuperset(ALONE)
