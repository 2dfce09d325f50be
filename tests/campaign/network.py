"""Faults of the network and of what stands between: each at several shares, and all together."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import TYPE_CHECKING

from hostscan_automation.simulator import Faults
from tests.campaign.ground import ground
from tests.campaign.judge import judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hostscan_automation.simulator import Request

ALONE = (
    "refuse",
    "reset",
    "lost-reply",
    "cut",
    "busy",
    "html",
    "truncated",
    "redirect",
    "vanish",
    "finish",
    "never-cancelled",
)
SHARES = (0.01, 0.1, 0.5)
DEADLINE_S = 45
_MARGIN_S = 75
"""What a run may take beyond its deadline: its start, its list, and its last look."""


def fault_alone(name: str, share: float, *, seed: int, jobs: int = 200) -> Tally:
    """Run with one fault striking a share of the requests (or jobs)."""
    return _under(f"{name} {100 * share:.0f} %", [f"{name}={share}"], seed=seed, jobs=jobs)


def all_mixed(share: float, *, seed: int, jobs: int = 200) -> Tally:
    """Run with every fault at once."""
    faults = [f"{name}={share}" for name in ALONE]
    return _under(f"all mixed, {100 * share:.0f} % each", faults, seed=seed, jobs=jobs)


def endless_replies(share: float, *, seed: int) -> Tally:
    """Run against replies that never end."""
    return _under(f"endless {100 * share:.0f} %", [f"endless={share}"], seed=seed, jobs=100)


def slow(latency_ms: int, *, seed: int) -> Tally:
    """Run against a server that takes its time for every request."""
    return _under(f"latency {latency_ms} ms", [f"latency={latency_ms}"], seed=seed, jobs=40)


def gone_for_a_while(*, seed: int, away_s: float = 3.0) -> Tally:
    """Take the server away in mid-run and bring it back."""
    tally = Tally(f"server away for {away_s:g} s in mid-run")
    with ground(300, seed=seed, faults=["latency=20"]) as field:
        process = field.start("run", "--yes", "--output", "json", field.playbook)
        while len(field.server.requests("DELETE")) < 40 and process.poll() is None:
            time.sleep(0.01)
        field.server.stop()
        tally.faults += 1
        time.sleep(away_s)
        field.server.start()
        ended = tally.ended(field.end(process, DEADLINE_S + _MARGIN_S))
        tally.expect(ended.code == 0, f"ended with {ended}")
        if ended.report:
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        tally.left(field)
    return tally


def every_fault_alone(*, seed: int) -> Iterator[Tally]:
    """Yield each fault at each share."""
    for name in ALONE:
        for share in SHARES:
            yield fault_alone(name, share, seed=seed)


def _under(title: str, faults: list[str], *, seed: int, jobs: int) -> Tally:
    """Plan in peace, act under faults: a plan under faults may well be refused, and proves less."""
    tally = Tally(title)
    with ground(jobs, seed=seed) as field:
        field.write_playbook(deadline=f"{DEADLINE_S}s", confirm="10s")
        process = field.start("run", "--yes", "--output", "json", field.playbook)
        while not _has_listed(field.server.requests("GET")) and process.poll() is None:
            time.sleep(0.002)
        field.server.misbehave(*faults)
        ended = tally.ended(field.end(process, DEADLINE_S + _MARGIN_S))
        field.server.misbehave()
        tally.expect(ended.code in {0, 8}, f"ended with {ended}")
        if ended.report is None:
            tally.findings.append(f"no report: {ended}")
        else:
            tally.uncertain += ended.report["outcomes"]["uncertain"]
            time.sleep(1.6)  # a cancel that was carried out at the very end shows by then
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        tally.left(field)
    return tally


def _has_listed(requests: Sequence[Request]) -> bool:
    return any(request.path.endswith("/HostScanJob") for request in requests)


KNOWN = {each.metadata["name"] for each in fields(Faults)}
assert KNOWN.issuperset(ALONE)
