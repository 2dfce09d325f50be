"""The server is away, its name cannot be resolved, or somebody else answers in its place."""

from __future__ import annotations

import hashlib
import ssl
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign.endings import judged, wait_for_cancels
from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.campaign.ground import Ground

_FOR_GOOD_S = 3600.0
_PERIOD_S = 2.0


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this kind."""
    yield partial(gone_for_a_while, 3.0, seed=seed)
    for share in (0.01, 0.1, 0.5):
        yield partial(on_and_off, share, seed=seed)
    for away_s in (3.0, _FOR_GOOD_S):
        yield partial(nameless, away_s, seed=seed)
    for trust in ("bundle", "fingerprint"):
        yield partial(another_certificate, trust, seed=seed)


def gone_for_a_while(away_s: float, *, seed: int) -> Tally:
    """Take the server away in mid-run and bring it back."""
    tally = Tally(f"server away for {away_s:g} s in mid-run")
    with ground(300, seed=seed, faults=["latency=20"]) as field:
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, 40)
        field.server.stop()
        tally.faults += 1
        time.sleep(away_s)
        field.server.start()
        ended = tally.ended(field.end(process))
        tally.expect(ended.code == 0, f"ended with {ended}")
        judged(tally, field, ended, field.state)
        tally.left(field)
    return tally


def on_and_off(share: float, *, seed: int) -> Tally:
    """Let nobody listen for a share of the time: connections are dropped, and new ones refused."""
    tally = Tally(f"connect refused {100 * share:.0f} % of the time")
    with ground(200, seed=seed, faults=["latency=100"]) as field:
        field.write_playbook(deadline="45s", workers=4)
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, 1)
        while process.poll() is None and len(field.server.log) < 2000:
            field.server.stop()
            time.sleep(_PERIOD_S * share)
            field.server.start()
            tally.faults += 1
            time.sleep(_PERIOD_S * (1 - share))
        ended = tally.ended(field.end(process))
        tally.expect(ended.code in {0, 8}, f"ended with {ended}")
        judged(tally, field, ended, field.state)
        tally.left(field)
    return tally


def nameless(away_s: float, *, seed: int) -> Tally:
    """Let the name server go away in mid-run, while connections break and have to be made anew."""
    how_long = "for good" if away_s == _FOR_GOOD_S else f"for {away_s:g} s"
    tally = Tally(f"name server gone {how_long} in mid-run")
    with ground(200, seed=seed, faults=["latency=20"]) as field:
        field.write_playbook(deadline="45s", stop_after_failures=10)
        field.environment = {
            **field.environment,
            "HOSTSCAN_SERVER": field.server.url.replace("127.0.0.1", "localhost"),
            "CAMPAIGN_NAMES": "20",
            "CAMPAIGN_NAMELESS_S": f"{away_s}",
        }
        process = field.start(*RUN, field.playbook, module="tests.campaign.nameless")
        wait_for_cancels(field, process, 1)
        field.server.misbehave("latency=20", "reset=0.2")
        ended = tally.ended(field.end(process))
        field.server.misbehave()
        wanted = {8} if away_s == _FOR_GOOD_S else {0, 8}
        tally.expect(ended.code in wanted, f"ended with {ended}")
        if away_s == _FOR_GOOD_S:
            is_told = "name cannot be resolved" in ended.out
            tally.expect(is_told, f"the report does not tell of names: {ended}")
        judged(tally, field, ended, field.state)
        tally.left(field)
    return tally


def another_certificate(trust: str, *, seed: int, jobs: int = 200, confirm: str = "30s") -> Tally:
    """Let another certificate be shown after a reconnect: nothing is sent to whoever shows it."""
    tally = Tally(f"another certificate in mid-run, trusted by {trust}")
    with ground(jobs, seed=seed, faults=["latency=40"], tls=True) as field:
        field.write_playbook(stop_after_failures=10, confirm=confirm)
        _trust(field, trust)
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, jobs * 3 // 10)
        field.server.stop()
        heard = len(field.server.log)
        field.server.start()
        tally.faults += 1
        ended = tally.ended(field.end(process))
        tally.overreached += len(field.server.log) - heard
        tally.expect(len(field.server.log) == heard, "requests came after the certificate changed")
        tally.expect(ended.code == 8, f"ended with {ended}")
        tally.expect("certificate" in ended.out + ended.err, f"not told: {ended}")
        is_resumable = bool(ended.report and ended.report["outcomes"]["not_attempted"])
        judged(tally, field, ended, field.state, is_last=not is_resumable)
        if is_resumable:  # else every job had its turn before the breaker opened
            _trust(field, trust)
            field.server.misbehave()
            resumed = tally.ended(field.run(*RESUME))
            tally.expect(resumed.code == 8, f"what failed was tried again: {resumed}")
            judged(tally, field, resumed, field.state)
        tally.left(field)
    return tally


def _trust(field: Ground, trust: str) -> None:
    """Let the program trust the server's present certificate, as somebody would who looked."""
    bundle = field.server.ca_bundle
    assert bundle is not None
    kept = {
        name: value for name, value in field.environment.items() if name != "HOSTSCAN_CA_BUNDLE"
    }
    if trust == "bundle":
        field.environment = {**kept, "HOSTSCAN_CA_BUNDLE": str(bundle)}
        return
    der = ssl.PEM_cert_to_DER_cert(bundle.read_text(encoding="ascii"))
    field.environment = {**kept, "HOSTSCAN_FINGERPRINT": hashlib.sha256(der).hexdigest()}
