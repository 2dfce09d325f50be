from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import Simulator, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.simulator.conftest import Wire

_TOKEN = "/api/v1/UserToken"


def test_each_trouble_meets_one_call_and_then_all_is_well(
    server: Simulator, stranger: Wire
) -> None:
    server.trouble_sign_in("password", Trouble.FAILED, Trouble.BUSY)
    account = server.accounts.admin

    answers = [stranger.first_step(account) for _ in range(3)]

    assert [answer.status for answer in answers] == [500, 503, 200]
    assert answers[1].headers["Retry-After"] == "1"
    assert [one.fault for one in server.log] == ["password: 500", "password: 503", None]


def test_a_lasting_trouble_stays_until_it_is_taken_away(server: Simulator, admin: Wire) -> None:
    server.trouble_sign_in("renewal", Trouble.GARBAGE, Trouble.REFUSED, lasting=True)

    answers = [admin.get(_TOKEN) for _ in range(3)]
    server.trouble_sign_in("renewal")

    assert [(one.status, one.body[:4]) for one in answers[:1]] == [(200, b'"ok"')]
    assert [one.status for one in answers[1:]] == [401, 401]
    assert admin.get(_TOKEN).status == 200


@pytest.mark.parametrize("trouble", [Trouble.FAILED, Trouble.BUSY, Trouble.REFUSED, Trouble.PAGE])
def test_a_code_that_met_trouble_before_it_was_looked_at_is_not_used_up(
    server: Simulator, stranger: Wire, trouble: Trouble
) -> None:
    account = server.accounts.admin
    stranger.first_step(account)
    server.trouble_sign_in("code", trouble)
    code = stranger.code(account)

    stranger.ask("POST", "/signin2fa", code)

    assert stranger.second_step(code).status == 200
    assert server.codes == (code, code)


@pytest.mark.parametrize("trouble", [Trouble.EMPTY, Trouble.TRUNCATED, Trouble.GARBAGE])
def test_a_code_whose_reply_was_spoilt_is_used_up(
    server: Simulator, stranger: Wire, trouble: Trouble
) -> None:
    account = server.accounts.admin
    stranger.first_step(account)
    server.trouble_sign_in("code", trouble)
    code = stranger.code(account)

    spoilt = stranger.ask("POST", "/signin2fa", code)

    assert spoilt.status == 200
    assert spoilt.body.decode() not in {f'"{token}"' for token in server.tokens}
    assert stranger.second_step(code).status == 401
    assert account.refused_codes == 1


@pytest.mark.parametrize("trouble", [Trouble.LOST, Trouble.CUT, Trouble.RESET])
def test_a_connection_can_end_instead_of_a_whole_reply(
    server: Simulator, stranger: Wire, trouble: Trouble
) -> None:
    server.trouble_sign_in("password", trouble)

    with pytest.raises((http.client.HTTPException, OSError)):
        stranger.first_step(server.accounts.admin)


def test_a_refusal_can_be_lost_and_counts_all_the_same(server: Simulator, stranger: Wire) -> None:
    account = server.accounts.admin
    server.trouble_sign_in("password", Trouble.LOST)

    with pytest.raises((http.client.HTTPException, OSError)):
        stranger.ask("POST", "/signinBody", {"Login": account.login, "Password": "wrong"})

    assert account.refused_passwords == 1
    assert [one.status for one in server.log] == [None]


def test_without_its_cookie_the_second_step_is_refused_and_its_code_not_looked_at(
    server: Simulator, stranger: Wire
) -> None:
    server.trouble_sign_in("password", Trouble.NO_COOKIE)
    account = server.accounts.admin

    assert stranger.first_step(account).status == 200
    assert stranger.second_step(stranger.code(account)).status == 401
    assert account.refused_codes == 0


def test_an_account_is_locked_after_as_many_refusals_as_were_set(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(lock_after=3)
    account, wire = server.accounts.admin, connect(server)

    for _ in range(2):
        wire.ask("POST", "/signinBody", {"Login": account.login, "Password": "wrong"})
    assert wire.first_step(account).status == 200
    wire.second_step("000000")

    assert (account.refused_passwords, account.refused_codes, account.locks) == (2, 1, 1)
    assert wire.first_step(account).status == 401
