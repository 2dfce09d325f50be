from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.tokens import AccessToken, TokenSource, is_token
from hostscan_automation.errors import HostscanError, PasswordRefusedError, SessionExpiredError
from tests.unit.api.account_server import START, FakeClock, make_jwt

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
ROLE = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
NAME = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"


class Desk:
    """Hands out tokens, and counts how often it was asked."""

    def __init__(self, clock: FakeClock, lifetime_s: float | None = 900.0) -> None:
        self.clock = clock
        self.lifetime_s = lifetime_s
        self.sign_ins = 0
        self.renewals = 0
        self.refuses_to_renew = False
        self.refusal: HostscanError | None = None
        self.waits: threading.Event | None = None
        self.source = TokenSource(self.sign_in, self.renew, clock, ServerTime(clock))

    def sign_in(self) -> AccessToken:
        if self.waits is not None:
            self.waits.wait(30)
        self.sign_ins += 1
        if self.refusal is not None:
            raise self.refusal
        return self.token()

    def renew(self, token: AccessToken) -> AccessToken:
        if self.waits is not None:
            self.waits.wait(30)
        self.renewals += 1
        if self.refuses_to_renew:
            raise HostscanError("not now")
        return self.token()

    def token(self) -> AccessToken:
        number = self.sign_ins * 1000 + self.renewals
        if self.lifetime_s is None:
            return AccessToken.read(f"opaque-token-{number:010}", self.clock.now())
        ends = self.clock.now() + timedelta(seconds=self.lifetime_s)
        text = make_jwt(ends, lifetime_s=self.lifetime_s, number=number)
        return AccessToken.read(text, self.clock.now())


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"role": "Admin"}, ("Admin",)),
        ({ROLE: ["Admin", "App"], "role": "Admin"}, ("Admin", "App")),
        ({"roles": ["App"]}, ("App",)),
        ({"role": []}, ()),
        ({"role": 5}, ("5",)),
        ({"role": None}, None),
        ({}, None),
    ],
)
def test_roles_are_read_wherever_they_stand(
    claims: dict[str, Any], roles: tuple[str, ...] | None
) -> None:
    assert AccessToken.read(make_jwt(START, **claims), START).roles == roles


def test_a_token_tells_its_end_and_its_name() -> None:
    claims: dict[str, Any] = {NAME: "LAB\\x"}
    token = AccessToken.read(make_jwt(START + timedelta(minutes=15), **claims), START)

    assert token.expires_at == START + timedelta(minutes=15)
    assert token.lifetime_s == 900
    assert token.name == "LAB\\x"
    assert token.text not in repr(token)


@pytest.mark.parametrize(
    "text",
    [
        "opaque-token-0123456789",
        "a.b.c",
        "aaaa.!!!!.cccc",
        "x." + "W10" + ".y",
        make_jwt(None, exp="soon"),
        make_jwt(None, exp=True),
        make_jwt(None, exp=1e300),
        make_jwt(None, exp=None),
        "x.\u00e9\u00e9\u00e9\u00e9.y",
    ],
)
def test_a_token_that_tells_nothing_is_fine(text: str) -> None:
    token = AccessToken.read(text, START)

    assert (token.expires_at, token.lifetime_s, token.roles) == (None, None, None)


@given(st.text())
def test_no_text_breaks_the_reading_of_a_token(text: str) -> None:
    AccessToken.read(text, START)
    AccessToken.read(f"x.{text}.y", START)


@pytest.mark.parametrize(
    "text", ["x" * 19, "x y" * 20, "<" * 30, "\u00e9" * 30, '"' * 30, "\n" * 30]
)
def test_what_does_not_look_like_a_token(text: str) -> None:
    assert not is_token(text)


def test_a_token_is_kept_until_seven_of_fifteen_minutes_remain(clock: FakeClock) -> None:
    desk = Desk(clock)
    first = desk.source.current()
    clock.advance(479)
    assert desk.source.current() is first

    clock.advance(2)
    assert desk.source.current() is not first
    assert (desk.sign_ins, desk.renewals) == (1, 1)


@pytest.mark.parametrize(("lifetime_s", "kept_s"), [(2.0, 1.0), (60.0, 31.0), (3600.0, 3170.0)])
def test_short_tokens_are_renewed_in_proportion(
    clock: FakeClock, lifetime_s: float, kept_s: float
) -> None:
    desk = Desk(clock, lifetime_s)
    desk.source.current()
    clock.advance(kept_s)
    desk.source.current()
    assert desk.renewals == 0

    clock.advance(lifetime_s * 0.1)
    desk.source.current()
    assert desk.renewals == 1


def test_an_opaque_token_is_kept(clock: FakeClock) -> None:
    desk = Desk(clock, None)
    first = desk.source.current()
    clock.advance(100_000)

    assert desk.source.current() is first


def test_a_refused_renewal_keeps_the_token_while_it_holds(clock: FakeClock) -> None:
    desk = Desk(clock)
    first = desk.source.current()
    desk.refuses_to_renew = True
    clock.advance(500)
    for _ in range(10):
        assert desk.source.current() is first
    assert desk.renewals == 1

    clock.advance(110)
    assert desk.source.current() is first
    assert desk.renewals == 2
    clock.advance(300)
    assert desk.source.current() is not first
    assert desk.sign_ins == 2


def test_a_token_that_has_ended_is_followed_by_a_new_sign_in(clock: FakeClock) -> None:
    desk = Desk(clock)
    desk.source.prove(desk.source.current())
    clock.advance(901)
    desk.source.current()

    assert (desk.sign_ins, desk.renewals) == (2, 0)


def test_a_refused_token_is_replaced_by_signing_in(clock: FakeClock) -> None:
    desk = Desk(clock)
    first = desk.source.current()
    second = desk.source.replacement(first)

    assert second is not first
    assert desk.source.replacement(first) is second
    assert (desk.sign_ins, desk.renewals) == (2, 0)


def test_sign_ins_that_lead_nowhere_are_given_up(clock: FakeClock) -> None:
    desk = Desk(clock)
    token = desk.source.current()
    token = desk.source.replacement(token)

    with pytest.raises(SessionExpiredError, match="it has just given"):
        desk.source.replacement(token)
    assert desk.sign_ins == 2

    desk.source.prove(token)
    assert desk.source.replacement(token) is not token


def test_a_token_that_came_with_its_end_behind_it_is_used_all_the_same(clock: FakeClock) -> None:
    desk = Desk(clock, -50.0)
    first = desk.source.current()

    assert desk.source.current() is first
    assert desk.sign_ins == 1


def together(desk: Desk, do: Callable[[], _T]) -> list[_T]:
    """Do it on 32 threads, and let the desk answer when all of them are waiting for it."""
    desk.waits = threading.Event()
    barrier = threading.Barrier(32, action=threading.Timer(0.15, desk.waits.set).start)

    def start(_: int) -> _T:
        barrier.wait(30)
        return do()

    with ThreadPoolExecutor(32) as pool:
        return list(pool.map(start, range(32)))


def test_one_signs_in_while_the_others_wait(clock: FakeClock) -> None:
    desk = Desk(clock)
    tokens = together(desk, desk.source.current)

    assert len({id(token) for token in tokens}) == 1
    assert desk.sign_ins == 1


def test_one_renews_while_the_others_wait(clock: FakeClock) -> None:
    desk = Desk(clock)
    first = desk.source.current()
    clock.advance(500)
    tokens = together(desk, desk.source.current)

    assert {id(token) for token in tokens} == {id(desk.source.known)}
    assert tokens[0] is not first
    assert desk.renewals == 1


def test_all_that_waited_share_one_refusal(clock: FakeClock) -> None:
    desk = Desk(clock)
    desk.refusal = PasswordRefusedError("no")

    def attempt() -> str:
        with pytest.raises(PasswordRefusedError) as caught:
            desk.source.current()
        return str(caught.value)

    assert set(together(desk, attempt)) == {"no"}
    assert desk.sign_ins == 1


def test_who_waits_for_somebody_that_is_interrupted_goes_on_itself(clock: FakeClock) -> None:
    desk = Desk(clock)
    entered, released = threading.Event(), threading.Event()

    def interrupted() -> AccessToken:
        entered.set()
        released.wait(30)
        desk.source._sign_in = desk.sign_in
        raise KeyboardInterrupt

    desk.source._sign_in = interrupted
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.source.current)
        entered.wait(30)
        second = pool.submit(desk.source.current)
        threading.Timer(0.05, released.set).start()
        assert second.result(5) is desk.source.known
        with pytest.raises(KeyboardInterrupt):
            first.result(5)


def test_who_was_refused_does_not_take_the_refused_token_from_a_renewal(
    clock: FakeClock,
) -> None:
    desk = Desk(clock)
    first = desk.source.current()
    desk.source.prove(first)
    clock.advance(500)
    desk.refuses_to_renew = True
    desk.waits = threading.Event()

    with ThreadPoolExecutor(2) as pool:
        renewing = pool.submit(desk.source.current)
        while desk.source._flight is None:
            pass
        replacing = pool.submit(desk.source.replacement, first)
        threading.Timer(0.05, desk.waits.set).start()
        assert renewing.result(5) is first
        assert replacing.result(5) is not first
