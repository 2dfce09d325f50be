"""Accounts that change while a run is under way, and sessions that cannot be renewed."""

from __future__ import annotations

import base64
import random
import time
from functools import partial
from typing import TYPE_CHECKING

from hostscan_automation.simulator import Totp, Trouble
from tests.campaign.account_watch import LOCK_AFTER, account_is_safe, side_by_side, told, use
from tests.campaign.endings import wait_for_cancels
from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.campaign.account_watch import Story
    from tests.campaign.ground import Ground

_LONGEST_S = 240.0
_STEP_S = 30
_FIRST_MOMENT_S, _MOMENTS_FOR_S = 25.5, 6.0
_CLOCK = "tests.campaign.shifted"


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(renewals_refused, seed=seed)
    yield partial(changed_in_mid_run, seed=seed)
    for offset_s in (300, -300):
        yield partial(machine_clock_off, offset_s, seed=seed)
    yield partial(edges_of_the_step, seed=seed)
    yield partial(no_second_factor, seed=seed)


def renewals_refused(*, seed: int) -> Tally:
    """Let tokens live shortly, and refuse or spoil every renewal: the run signs in instead."""
    stories: dict[str, Story] = {
        f"{account}: {trouble.value}": partial(_renewals_refused, account, trouble, seed)
        for account in ("without_mfa", "admin")
        for trouble in (Trouble.REFUSED, Trouble.FAILED, Trouble.GARBAGE, Trouble.LOST)
    }
    return side_by_side(Tally("renewals refused"), stories, at_once=4)


def _renewals_refused(account: str, trouble: Trouble, seed: int, tally: Tally) -> None:
    needs_code = account == "admin"
    ttl_s, jobs = (12, 60) if needs_code else (3, 200)
    faults = [f"token-ttl={ttl_s}", "latency=150"]
    with ground(jobs, seed=seed, account=account, faults=faults, lock_after=LOCK_AFTER) as field:
        field.write_playbook(workers=4)
        field.server.trouble_sign_in("renewal", trouble, lasting=True)
        told(field, tally, field.play(_LONGEST_S), 0)
        account_is_safe(field, tally, getattr(field.server.accounts, account))


def changed_in_mid_run(*, seed: int, jobs: int = 150) -> Tally:
    """Change the account under a run: the rest is not attempted, the account not locked."""
    stories: dict[str, Story] = {
        "password changed": partial(_changed, "admin", _new_password, (1, 0), seed, jobs),
        "account locked": partial(_changed, "admin", _lock, (1, 0), seed, jobs),
        "factor demanded": partial(_changed, "without_mfa", _demand, (0, 1), seed, jobs),
        "key changed": partial(_changed, "application", _new_password, (1, 0), seed, jobs),
    }
    return side_by_side(Tally("account changed in mid-run"), stories, at_once=4)


def _changed(
    name: str,
    change: Callable[[Ground, str], dict[str, str]],
    allowed: tuple[int, int],
    seed: int,
    jobs: int,
    tally: Tally,
) -> None:
    with ground(
        jobs, seed=seed, account=name, faults=["latency=60"], lock_after=LOCK_AFTER
    ) as field:
        process = field.start(*RUN, field.playbook)
        wait_for_cancels(field, process, jobs // 3)
        values = change(field, name)
        field.server.expire_tokens()
        tally.faults += 1
        told(field, tally, field.end(process, _LONGEST_S), 8, is_last=False)
        for _ in range(2):  # a timer goes on with the old secrets: not one of them is sent
            told(field, tally, field.run(*RESUME, timeout_s=_LONGEST_S), 4)
        account = getattr(field.server.accounts, name)
        account.locked_until = 0.0  # somebody looked after it
        use(field, **values)
        again = field.run(*RESUME, "--retry-sign-in", timeout_s=_LONGEST_S)
        told(field, tally, again, 0)
        passwords, codes = allowed
        account_is_safe(field, tally, account, passwords=passwords, codes=codes)


def _new_password(field: Ground, name: str) -> dict[str, str]:
    account = getattr(field.server.accounts, name)
    account.password = "changed-" + account.password
    variable = "HOSTSCAN_API_KEY" if account.is_application else "HOSTSCAN_PASSWORD"
    return {variable: account.password}


def _lock(field: Ground, name: str) -> dict[str, str]:
    getattr(field.server.accounts, name).locked_until = float("inf")
    return {}


def _demand(field: Ground, name: str) -> dict[str, str]:
    secret = base64.b32encode(random.Random(1).randbytes(20)).decode()
    getattr(field.server.accounts, name).totp = Totp(secret)
    return {"HOSTSCAN_NO_MFA": "0", "HOSTSCAN_TOTP_SECRET": secret}


def machine_clock_off(offset_s: int, *, seed: int) -> Tally:
    """Let the clock of this machine be off."""
    tally = Tally(f"machine's clock off by {offset_s:+} s")
    with ground(30, seed=seed, account="admin", lock_after=LOCK_AFTER) as field:
        use(field, CAMPAIGN_CLOCK_S=str(offset_s))
        told(field, tally, field.play(_LONGEST_S, module=_CLOCK), 0)
        tally.faults += 1
        account_is_safe(field, tally, field.server.accounts.admin)
    return tally


def edges_of_the_step(*, seed: int, moments: int = 8) -> Tally:
    """Sign in at all moments around the end of a code's time, replies slow and fast."""
    stories: dict[str, Story] = {
        f"{second:.2f} s, latency {latency_ms} ms": partial(_at_the_edge, second, latency_ms, seed)
        for latency_ms in (0, 1500)
        for second in (_FIRST_MOMENT_S + _MOMENTS_FOR_S * n / moments for n in range(moments))
    }
    return side_by_side(Tally("codes at the edge of their time"), stories)


def _at_the_edge(second: float, latency_ms: int, seed: int, tally: Tally) -> None:
    with ground(
        10, seed=seed, account="admin", faults=[f"latency={latency_ms}"], lock_after=LOCK_AFTER
    ) as field:
        field.server.advance((second - time.time()) % _STEP_S)
        told(field, tally, field.play(_LONGEST_S), 0)
        tally.faults += 1
        account_is_safe(field, tally, field.server.accounts.admin)


def no_second_factor(*, seed: int) -> Tally:
    """Use an account whose second factor is not required."""
    tally = Tally("MFA not required")
    with ground(50, seed=seed, account="without_mfa", lock_after=LOCK_AFTER) as field:
        told(field, tally, field.play(), 0)
        account_is_safe(field, tally, field.server.accounts.without_mfa)
    return tally
