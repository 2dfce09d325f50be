"""Sign-in faults: how often the account is asked for, counted at the server, over several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.campaign.ground import ground
from tests.campaign.judge import judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from tests.campaign.ground import Ground


def short_tokens(*, seed: int, jobs: int = 600) -> Tally:
    """Let tokens live for two seconds under 32 workers."""
    tally = Tally("token for 2 s, 32 workers")
    with ground(jobs, seed=seed, account="admin", faults=["token-ttl=2", "latency=60"]) as field:
        field.write_playbook(workers=32, rate=80)
        ended = tally.ended(field.play())
        tally.expect(ended.code == 0, f"ended with {ended}")
        if ended.report:
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        count = len(field.server.requests(path="signin"))
        tally.expect(count == 2, f"{count} sign-in calls")
        tally.faults += len(field.server.requests(path="UserToken"))
        tally.left(field)
    return tally


def wrong_password(*, seed: int, runs: int = 4) -> Tally:
    """Use a wrong password, run after run: it is sent once in all."""
    tally = Tally("wrong password, again and again")
    with ground(20, seed=seed, account="admin") as field:
        _with(field, HOSTSCAN_PASSWORD="not-this-one-0123456789")
        for _ in range(runs):
            ended = tally.ended(field.play())
            tally.faults += 1
            tally.expect(ended.code == 4, f"ended with {ended}")
        _nothing_sent(field, tally, sign_ins=1)
    return tally


def wrong_totp_secret(*, seed: int, runs: int = 1) -> Tally:
    """Use a TOTP secret that is not the account's: at most two codes are refused in a run."""
    tally = Tally("wrong TOTP secret")
    with ground(20, seed=seed, account="admin") as field:
        _with(field, HOSTSCAN_TOTP_SECRET="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        for _ in range(runs):
            ended = tally.ended(field.play())
            tally.faults += 1
            tally.expect(ended.code == 4, f"ended with {ended}")
        refused = [
            one for one in field.server.requests(path="2fa") if one.status in {400, 401, 403}
        ]
        tally.expect(len(refused) <= 2 * runs, f"{len(refused)} codes were refused")
        tally.expect(not field.server.accounts.admin.locked_until, "the account is locked")
        tally.overreached += len(field.server.requests("DELETE"))
        tally.jobs += len(field.planned)
        tally.left(field)
    return tally


def sign_in_fails(*, seed: int) -> Tally:
    """Let the first sign-in calls end in a 500."""
    tally = Tally("sign-in answers 500")
    with ground(20, seed=seed, account="admin", faults=["sign-in-500=1"]) as field:
        ended = tally.ended(field.play())
        tally.expect(ended.code in {0, 4, 5}, f"ended with {ended}")
        if ended.report:
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        tally.left(field)
    return tally


def clock_off(skew_s: int, *, seed: int) -> Tally:
    """Let the server's clock be off."""
    tally = Tally(f"server's clock off by {skew_s:+} s")
    with ground(50, seed=seed, account="admin", faults=[f"skew={skew_s}"]) as field:
        ended = tally.ended(field.play())
        tally.faults += 1
        tally.expect(ended.code == 0, f"ended with {ended}")
        if ended.report:
            tally.judged(
                judge(field.server, ended.report, planned=field.planned, state=field.state)
            )
        refused = [one for one in field.server.requests(path="2fa") if one.status != 200]
        tally.expect(len(refused) <= 1, f"{len(refused)} codes were refused")
        tally.left(field)
    return tally


def two_in_one_step(*, seed: int) -> Tally:
    """Start two runs in the step of one code: no code is sent twice."""
    tally = Tally("two sign-ins in one step")
    with ground(20, seed=seed, account="admin") as field:
        processes = [field.start("plan", field.playbook, "--output", "json") for _ in range(2)]
        for process in processes:
            ended = tally.ended(field.end(process))
            tally.expect(ended.code == 0, f"ended with {ended}")
        tally.faults += 1
        refused = [one for one in field.server.requests(path="2fa") if one.status != 200]
        tally.expect(not refused, f"{len(refused)} codes were refused")
        tally.jobs += len(field.planned)
        tally.left(field)
    return tally


def role_missing(*, seed: int) -> Tally:
    """Use an account without the role."""
    tally = Tally("role missing")
    with ground(20, seed=seed, account="admin") as field:
        reader = field.server.accounts.reader
        _with(
            field,
            HOSTSCAN_LOGIN=reader.login,
            HOSTSCAN_PASSWORD=reader.password,
            HOSTSCAN_TOTP_SECRET=reader.totp_secret or "",
        )
        ended = tally.ended(field.play())
        tally.faults += 1
        tally.expect(ended.code == 7, f"ended with {ended}")
        _nothing_sent(field, tally, sign_ins=2)
    return tally


def _with(field: Ground, **values: str) -> None:
    field.environment = {**field.environment, **values}


def _nothing_sent(field: Ground, tally: Tally, *, sign_ins: int) -> None:
    count = len(field.server.requests(path="signin"))
    tally.expect(count == sign_ins, f"{count} sign-in calls, {sign_ins} are allowed")
    tally.overreached += len(field.server.requests("DELETE"))
    tally.jobs += len(field.planned)
    tally.left(field)
