"""Sign-in calls that go wrong in every way: how often the server refused, over several runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hostscan_automation.simulator import Trouble
from tests.campaign.account_watch import LOCK_AFTER, account_is_safe, side_by_side, told, use
from tests.campaign.ground import RUN, ground
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hostscan_automation.simulator.signin_trouble import SignInCall
    from tests.campaign.account_watch import Story

WRONG_PASSWORD = "not-this-one-0123456789"
WRONG_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_STEPS: tuple[SignInCall, ...] = ("password", "code")
_LONGEST_S = 240.0


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(spoilt_once, seed=seed)
    yield partial(spoilt_for_good, seed=seed)
    yield partial(wrong_and_unheard, seed=seed)
    yield partial(several_at_once, seed=seed)
    yield partial(no_factor_where_one_is_needed, seed=seed)


def spoilt_once(*, seed: int, jobs: int = 20, troubles: Iterable[Trouble] = Trouble) -> Tally:
    """Spoil one call of each step in each way: the next run, if not this one, does its work."""
    stories: dict[str, Story] = {
        f"{step}: {trouble.value}": partial(_spoilt_once, step, trouble, seed, jobs)
        for step in _STEPS
        for trouble in troubles
    }
    return side_by_side(Tally("sign-in call spoilt once, each way"), stories)


def _spoilt_once(step: SignInCall, trouble: Trouble, seed: int, jobs: int, tally: Tally) -> None:
    with ground(jobs, seed=seed, account="admin", lock_after=LOCK_AFTER) as field:
        field.server.trouble_sign_in(step, trouble)
        ended = told(field, tally, field.play(_LONGEST_S), 0, 4, 5)
        if ended.code:
            ended = told(field, tally, field.play(_LONGEST_S), 0, 4)
        if ended.code:  # it was told that the password is wrong, and believes it
            tally.expect(trouble is Trouble.REFUSED, f"the second run ended with {ended}")
            again = field.run(*RUN, "--retry-sign-in", field.playbook)
            told(field, tally, again, 0)
        account_is_safe(field, tally, field.server.accounts.admin)


def spoilt_for_good(*, seed: int, runs: int = 2) -> Tally:
    """Spoil all calls of a step, run after run, with the right secrets."""
    stories: dict[str, Story] = {
        f"{step}: {trouble.value}": partial(_spoilt_for_good, step, trouble, seed, runs)
        for step in _STEPS
        for trouble in Trouble
        if (step, trouble) != ("code", Trouble.NO_COOKIE)  # there is none to lose
    }
    return side_by_side(Tally("sign-in calls spoilt for good"), stories, at_once=12)


def _spoilt_for_good(
    step: SignInCall, trouble: Trouble, seed: int, runs: int, tally: Tally
) -> None:
    with ground(10, seed=seed, account="admin", lock_after=LOCK_AFTER) as field:
        field.server.trouble_sign_in(step, trouble, lasting=True)
        for _ in range(runs):
            told(field, tally, field.play(_LONGEST_S), 4, 5)
        tally.overreached += len(field.server.requests("DELETE"))
        tally.jobs += len(field.planned)
        account_is_safe(field, tally, field.server.accounts.admin)


def wrong_and_unheard(*, seed: int, runs: int = 3) -> Tally:
    """Use wrong secrets, and lose or spoil the server's refusals, run after run."""
    kinds = {"password": {"HOSTSCAN_PASSWORD": WRONG_PASSWORD}}
    kinds["code"] = {"HOSTSCAN_TOTP_SECRET": WRONG_SECRET}
    stories: dict[str, Story] = {
        f"{step}: {trouble.value}": partial(
            _wrong_and_unheard, step, trouble, kinds[step], seed, runs
        )
        for step in _STEPS
        for trouble in (Trouble.LOST, Trouble.CUT, Trouble.EMPTY, Trouble.GARBAGE)
    }
    return side_by_side(Tally("wrong secrets, refusals lost"), stories)


def _wrong_and_unheard(
    step: SignInCall,
    trouble: Trouble,
    wrong: dict[str, str],
    seed: int,
    runs: int,
    tally: Tally,
) -> None:
    with ground(10, seed=seed, account="admin", lock_after=LOCK_AFTER) as field:
        use(field, **wrong)
        field.server.trouble_sign_in(step, trouble, lasting=True)
        account = field.server.accounts.admin
        for _ in range(runs):
            before = account.refused_passwords, account.refused_codes
            told(field, tally, field.play(_LONGEST_S), 4, 5)
            more = account.refused_passwords - before[0], account.refused_codes - before[1]
            tally.expect(more[0] <= 1, f"{more[0]} passwords were refused in one run")
            tally.expect(more[1] <= 2, f"{more[1]} codes were refused in one run")
        tally.overreached += len(field.server.requests("DELETE"))
        tally.jobs += len(field.planned)
        account_is_safe(field, tally, account, passwords=2, codes=2)


def several_at_once(*, seed: int, processes: int = 3) -> Tally:
    """Start several processes with one account at the same moment, with right and wrong secrets."""
    start = partial(_several_at_once, processes, seed)
    stories: dict[str, Story] = {
        "right": partial(start, {}, (0, 0)),
        "wrong password": partial(start, {"HOSTSCAN_PASSWORD": WRONG_PASSWORD}, (1, 0)),
        "wrong TOTP secret": partial(start, {"HOSTSCAN_TOTP_SECRET": WRONG_SECRET}, (0, 2)),
        "no second factor": partial(
            start, {"HOSTSCAN_TOTP_SECRET": "", "HOSTSCAN_NO_MFA": "1"}, (0, 2)
        ),
        "one given code": partial(
            start, {"HOSTSCAN_TOTP_SECRET": "", "HOSTSCAN_MFA_CODE": "000000"}, (0, 1)
        ),
    }
    return side_by_side(Tally(f"{processes} sign-ins at once, one account"), stories)


def _several_at_once(
    processes: int, seed: int, values: dict[str, str], allowed: tuple[int, int], tally: Tally
) -> None:
    codes = (4,) if values else (0,)
    with ground(10, seed=seed, account="admin", lock_after=LOCK_AFTER) as field:
        use(field, **values)
        for _ in range(2):  # and once more: nothing that was refused is sent again
            started = [field.start("plan", field.playbook) for _ in range(processes)]
            for process in started:
                told(field, tally, field.end(process, _LONGEST_S), *codes)
            tally.faults += 1
        tally.overreached += len(field.server.requests("DELETE"))
        tally.jobs += len(field.planned)
        passwords, refused = allowed
        account = field.server.accounts.admin
        account_is_safe(field, tally, account, passwords=passwords, codes=refused)


def no_factor_where_one_is_needed(
    *, seed: int, runs: int = 4, kinds: Sequence[str] = ("NO_MFA=1", "MFA_CODE=000000")
) -> Tally:
    """Send `NA` for an account that wants a code, or an old code, by an unattended timer."""
    stories: dict[str, Story] = {
        kind: partial(_unattended, dict([f"HOSTSCAN_{kind}".split("=")]), seed, runs)
        for kind in kinds
    }
    return side_by_side(Tally("second factor missing, by a timer"), stories)


def _unattended(values: dict[str, str], seed: int, runs: int, tally: Tally) -> None:
    with ground(10, seed=seed, account="admin", lock_after=LOCK_AFTER) as field:
        use(field, HOSTSCAN_TOTP_SECRET="", **values)
        for _ in range(runs):
            told(field, tally, field.play(), 4)
            field.server.advance(20 * 60)  # a timer: what was used in this step is long forgotten
            tally.faults += 1
        tally.overreached += len(field.server.requests("DELETE"))
        tally.jobs += len(field.planned)
        account_is_safe(field, tally, field.server.accounts.admin, codes=1)
