"""What the server counted of one account's sign-ins, and stories that are played side by side."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.campaign.judge import judge
from tests.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hostscan_automation.simulator import Account
    from tests.campaign.ground import Ended, Ground

    Story = Callable[[Tally], None]

LOCK_AFTER = 3
"""Accounts are locked by the third refusal in a row: fewer than servers usually forgive."""
_AT_ONCE = 8


def side_by_side(tally: Tally, stories: Mapping[str, Story], *, at_once: int = _AT_ONCE) -> Tally:
    """Play stories that mostly wait (for the next one-time code) at the same time."""

    def play(name: str) -> Tally:
        part = Tally(name)
        stories[name](part)
        return part

    with ThreadPoolExecutor(at_once) as threads:
        for part in threads.map(play, stories):
            tally.take_in(part)
    return tally


def use(field: Ground, **values: str) -> None:
    """Change variables of the environment for the processes that follow."""
    field.environment.update(values)


def told(field: Ground, tally: Tally, ended: Ended, *codes: int, is_last: bool = True) -> Ended:
    """Count how a process ended, and hold its report, where there is one, against the server."""
    tally.ended(ended)
    tally.expect(ended.code in codes, f"ended with {ended}")
    if ended.report:
        verdict = judge(field.server, ended.report, planned=field.planned, state=field.state)
        verdict.jobs *= is_last
        tally.judged(verdict)
        tally.uncertain += ended.report["outcomes"]["uncertain"] * is_last
    return ended


def account_is_safe(
    field: Ground, tally: Tally, account: Account, *, passwords: int = 0, codes: int = 0
) -> None:
    """Hold what the server counted against what is allowed.

    Args:
        field: Where it was played.
        tally: Gets what is wrong.
        account: Whose sign-ins were watched.
        passwords: How many of them may have been refused in all.
        codes: How many one-time codes may have been refused in all.
    """
    for what, refused, allowed in (
        ("passwords", account.refused_passwords, passwords),
        ("codes", account.refused_codes, codes),
    ):
        tally.expect(refused <= allowed, f"{refused} {what} were refused, {allowed} are allowed")
    tally.expect(not account.locks, "the account was locked")
    sent = Counter(code for code in field.server.codes if code != "NA")  # which is no code
    twice = [code for code, times in sent.items() if times > 1]
    tally.expect(not twice, f"{len(twice)} codes were sent twice")
    strangers = field.server.cancels_by_job().keys() - field.planned
    tally.overreached += len(strangers)
    tally.left(field)
