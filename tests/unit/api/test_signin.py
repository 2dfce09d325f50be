"""What goes over the wire when somebody signs in, and what never does."""

from __future__ import annotations

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from pydantic import SecretStr

from hostscan_automation.api import ledger as ledger_module
from hostscan_automation.api.client import HostScanClient
from hostscan_automation.api.ledger import Account, SignInLedger
from hostscan_automation.api.signin_methods import (
    ApplicationSignIn,
    AskCode,
    BearerSignIn,
    GivenCode,
    NoMfa,
    PasswordSignIn,
    SignInMethod,
    Totp,
)
from hostscan_automation.errors import (
    CertificateError,
    CodeRefusedError,
    ForbiddenError,
    JournalError,
    NotReachedError,
    PasswordRefusedError,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    SessionExpiredError,
    SettingsError,
    SignInError,
    UnreadableReplyError,
)
from tests.unit.api.account_server import (
    LOGIN,
    PASSWORD,
    SECRET,
    START,
    FakeClock,
    FakeNps,
    make_jwt,
)
from tests.unit.api.wire_server import reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Door:
    """Makes clients of one machine: they share its ledger and its clock."""

    def __init__(self, nps: FakeNps, ledger: SignInLedger, clock: FakeClock) -> None:
        self.nps = nps
        self.ledger = ledger
        self.clock = clock
        self.opened: list[HostScanClient] = []

    def client(self, method: SignInMethod, *, retry_sign_in: bool = False) -> HostScanClient:
        client = HostScanClient(
            self.nps.wire.url,
            method,
            ledger=self.ledger,
            clock=self.clock,
            retry_sign_in=retry_sign_in,
        )
        self.opened.append(client)
        return client

    def totp(self, password: str = PASSWORD, *, retry_sign_in: bool = False) -> HostScanClient:
        method = PasswordSignIn(LOGIN, SecretStr(password), Totp(SecretStr(LONG_SECRET)))
        return self.client(method, retry_sign_in=retry_sign_in)


@pytest.fixture
def door(nps: FakeNps, ledger: SignInLedger, clock: FakeClock) -> Iterator[Door]:
    door = Door(nps, ledger, clock)
    yield door
    for client in door.opened:
        client.close()


def test_sign_in_sends_the_documented_two_steps(door: Door) -> None:
    door.totp().sign_in()

    first, second = door.nps.wire.received
    assert (first.method, first.target) == ("POST", "/signinBody")
    assert json.loads(first.body) == {"Login": LOGIN, "Password": PASSWORD}
    assert first.headers["content-type"] == "application/json"
    assert "authorization" not in first.headers
    assert (second.method, second.target) == ("POST", "/signin2fa")
    assert second.token.startswith("pre-token-")
    assert second.headers["cookie"] == "container=crumbs"


def test_the_code_goes_as_a_json_string_that_keeps_its_zeros(door: Door) -> None:
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), GivenCode(SecretStr("012 345")))

    door.client(method).sign_in()

    assert door.nps.wire.received[1].body == b'"012345"'


def test_a_code_by_time_is_the_one_of_the_servers_time(door: Door) -> None:
    door.nps.clock_is_ahead_s = 300

    door.totp().sign_in()

    expected = pyotp.TOTP(LONG_SECRET).at(START + timedelta(seconds=300))
    assert door.nps.codes == [expected]


def test_a_clock_that_is_off_is_said(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    door.nps.clock_is_ahead_s = -300
    client = door.totp()

    client.sign_in()

    assert client.clock_offset_s == pytest.approx(-299.5, abs=1)
    assert "differ by 300 s" in caplog.text


def test_a_code_about_to_end_is_not_used(door: Door) -> None:
    door.clock.moment = START.replace(second=28, microsecond=500_000)

    door.totp().sign_in()

    assert door.nps.codes == [pyotp.TOTP(LONG_SECRET).at(START.replace(second=30))]


def test_the_older_spelling_gets_the_same_code_once_and_is_remembered(door: Door) -> None:
    door.nps.second_path = "/sigin2fa"
    client = door.totp()
    client.sign_in()
    code = door.nps.wire.received[1].body

    assert door.nps.wire.paths() == ["POST /signinBody", "POST /signin2fa", "POST /sigin2fa"]
    assert door.nps.wire.received[2].body == code

    door.nps.valid.clear()
    client.jobs()
    assert door.nps.wire.count("/signin2fa") == 1


def test_a_path_that_was_set_is_the_only_one_tried(door: Door) -> None:
    door.nps.second_path = "/sigin2fa"
    factor = Totp(SecretStr(LONG_SECRET))
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), factor, second_step="/sigin2fa")

    door.client(method).sign_in()

    assert door.nps.wire.paths() == ["POST /signinBody", "POST /sigin2fa"]


def test_neither_spelling_known_is_an_error_after_two_requests(door: Door) -> None:
    door.nps.second_path = "/nowhere"

    with pytest.raises(SignInError, match="second step"):
        door.totp().sign_in()

    assert len(door.nps.wire.received) == 3


def test_a_refused_password_is_sent_once_and_not_by_the_next_run_either(door: Door) -> None:
    client = door.totp("wrong")
    for _ in range(2):
        with pytest.raises(PasswordRefusedError):
            client.sign_in()
    with pytest.raises(PasswordRefusedError, match="was not sent again"):
        door.totp("wrong").sign_in()

    assert door.nps.passwords == ["wrong"]


def test_a_changed_password_is_tried(door: Door) -> None:
    with pytest.raises(PasswordRefusedError):
        door.totp("wrong").sign_in()

    door.totp().sign_in()

    assert door.nps.passwords == ["wrong", PASSWORD]


def test_retry_sign_in_tries_a_refused_password_once_more(door: Door) -> None:
    with pytest.raises(PasswordRefusedError):
        door.totp("wrong").sign_in()
    door.nps.password = "wrong"

    door.totp("wrong", retry_sign_in=True).sign_in()
    door.clock.advance(60)
    door.totp("wrong").sign_in()

    assert door.nps.passwords == ["wrong"] * 3


def test_at_most_two_codes_are_refused_in_a_run(door: Door) -> None:
    door.nps.is_code_right = lambda code: False
    client = door.totp()
    for _ in range(3):
        with pytest.raises(CodeRefusedError):
            client.sign_in()

    assert len(door.nps.codes) == 2
    assert len(set(door.nps.codes)) == 2


def test_a_secret_refused_twice_is_not_tried_by_the_next_run(door: Door) -> None:
    door.nps.is_code_right = lambda code: False
    with pytest.raises(CodeRefusedError):
        door.totp().sign_in()
    sent = len(door.nps.wire.received)
    with pytest.raises(CodeRefusedError, match="none was sent"):
        door.totp().sign_in()
    assert len(door.nps.wire.received) == sent
    assert len(door.nps.codes) == 2

    door.nps.is_code_right = lambda code: True
    door.totp(retry_sign_in=True).sign_in()
    door.clock.advance(60)
    door.totp().sign_in()


def test_one_refused_code_is_followed_by_the_next_one(door: Door) -> None:
    door.nps.is_code_right = lambda code: len(door.nps.codes) > 1

    door.totp().sign_in()

    assert len(set(door.nps.codes)) == 2


def test_a_code_whose_reply_was_lost_is_never_sent_again(door: Door) -> None:
    door.nps.before["/signin2fa"] = [None]

    door.totp().sign_in()

    bodies = [r.body for r in door.nps.wire.received if r.path == "/signin2fa"]
    assert len(bodies) == len(set(bodies)) == 2


def test_a_code_that_met_a_server_error_is_never_sent_again(door: Door) -> None:
    door.nps.before["/signin2fa"] = [reply(500), reply(503, Retry_After="7")]

    door.totp().sign_in()

    bodies = [r.body for r in door.nps.wire.received if r.path == "/signin2fa"]
    assert len(bodies) == len(set(bodies)) == 3


def test_server_errors_at_the_password_are_waited_out(door: Door) -> None:
    door.nps.before["/signinBody"] = [reply(500), reply(503, Retry_After="9"), reply(500)]

    door.totp().sign_in()

    assert door.nps.wire.count("/signinBody") == 4
    assert 9.0 in door.clock.slept


def test_server_errors_without_end_are_given_up(door: Door) -> None:
    door.nps.before["/signinBody"] = [reply(500)] * 20

    with pytest.raises(ServerError):
        door.totp().sign_in()

    assert door.nps.wire.count("/signinBody") == 5


def test_a_first_reply_that_was_lost_may_have_been_a_refusal(door: Door) -> None:
    door.nps.before["/signinBody"] = [None]

    with pytest.raises(ReplyLostError):
        door.totp().sign_in()

    assert door.nps.wire.count("/signinBody") == 1


def test_a_password_known_to_be_right_is_sent_again_after_a_lost_reply(door: Door) -> None:
    client = door.totp()
    client.sign_in()
    door.nps.valid.clear()
    door.nps.before["/signinBody"] = [None]

    client.jobs()

    assert door.nps.wire.count("/signinBody") == 4  # lost, right, and once more after the wait


def test_two_runs_in_one_time_step_use_two_codes(door: Door) -> None:
    door.totp().sign_in()
    door.totp().sign_in()

    assert len(set(door.nps.codes)) == 2
    assert door.clock.slept
    assert max(door.clock.slept) <= 30


def test_a_given_code_serves_one_sign_in(door: Door) -> None:
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), GivenCode(SecretStr("123456")))
    client = door.client(method)
    client.jobs()
    door.nps.valid.clear()

    with pytest.raises(SessionExpiredError, match="one sign-in only"):
        client.jobs()
    with pytest.raises(CodeRefusedError, match="used on this machine before"):
        door.client(method).sign_in()

    assert door.nps.codes == ["123456"]


def test_a_given_code_that_was_refused_is_not_sent_again(door: Door) -> None:
    door.nps.is_code_right = lambda code: False
    client = door.client(PasswordSignIn(LOGIN, SecretStr(PASSWORD), GivenCode(SecretStr("123456"))))
    with pytest.raises(CodeRefusedError):
        client.sign_in()
    with pytest.raises(SignInError):
        client.sign_in()

    assert door.nps.codes == ["123456"]


def test_codes_are_asked_for_again_after_a_refusal_but_not_for_ever(door: Door) -> None:
    door.nps.is_code_right = lambda code: False
    answers = iter(["111111", "222222", "333333"])
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), AskCode(lambda: next(answers)))

    with pytest.raises(CodeRefusedError):
        door.client(method).sign_in()

    assert door.nps.codes == ["111111", "222222"]


def test_a_code_typed_twice_is_asked_for_again(door: Door) -> None:
    answers = iter(["111111", "111111", "222222"])
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), AskCode(lambda: next(answers)))
    client = door.client(method)
    client.jobs()
    door.nps.valid.clear()

    client.jobs()

    assert door.nps.codes == ["111111", "222222"]


def test_no_answer_to_the_question_for_a_code_sends_none(door: Door) -> None:
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), AskCode(lambda: " "))

    with pytest.raises(SignInError, match="no one-time code was given"):
        door.client(method).sign_in()

    assert door.nps.codes == []


def test_an_answer_that_took_long_renews_the_first_step(door: Door) -> None:
    def ask() -> str:
        door.clock.advance(90)
        return "111111"

    door.client(PasswordSignIn(LOGIN, SecretStr(PASSWORD), AskCode(ask))).sign_in()

    assert door.nps.wire.paths() == ["POST /signinBody", "POST /signinBody", "POST /signin2fa"]


def test_without_mfa_the_second_step_is_made_all_the_same(door: Door) -> None:
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), NoMfa())
    client = door.client(method)
    client.jobs()
    door.nps.valid.clear()
    client.jobs()

    assert door.nps.codes == ["NA", "NA"]


def test_an_application_signs_in_with_its_key_alone(door: Door) -> None:
    token = make_jwt(START + timedelta(minutes=15), role="App")
    door.nps.valid.add(token)
    door.nps.before["/signinBody"] = [reply(200, token)]
    client = door.client(ApplicationSignIn("nightly", SecretStr("key-" + "k" * 30)))

    assert client.jobs() == []

    assert door.nps.wire.paths() == ["POST /signinBody", "GET /api/v1/HostScanJob"]
    assert json.loads(door.nps.wire.received[0].body)["Login"] == "nightly"
    assert client.has_role("Admin", "App") is True
    assert client.account == "nightly"


def test_a_ready_token_is_sent_as_it_is(door: Door) -> None:
    door.nps.valid.add("api-key-" + "a" * 30)
    client = door.client(BearerSignIn(SecretStr("api-key-" + "a" * 30)))

    client.jobs()

    assert [r.token for r in door.nps.wire.received] == ["api-key-" + "a" * 30]
    assert client.account == "token"
    assert client.roles is None
    assert client.has_role("Admin") is None


def test_a_ready_token_that_is_refused_is_said_after_one_request(door: Door) -> None:
    client = door.client(BearerSignIn(SecretStr("api-key-" + "a" * 30)))

    with pytest.raises(SessionExpiredError, match="token that was given"):
        client.jobs()

    assert len(door.nps.wire.received) == 1


def test_tokens_come_as_plain_text_too(door: Door) -> None:
    token = make_jwt(START + timedelta(minutes=15), role=["Admin", "App"])
    door.nps.before["/signin2fa"] = [
        reply(200, token.encode() + b"\r\n", Content_Type="text/plain")
    ]
    client = door.totp()

    client.sign_in()

    assert client.roles == ("Admin", "App")


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Please <b>sign in</b></body></html>",
        b'"too short"',
        b'"An error has occurred on the server"',
        b"",
    ],
)
def test_a_page_or_an_error_text_with_status_200_is_no_token(door: Door, body: bytes) -> None:
    door.nps.before["/signinBody"] = [reply(200, body, Content_Type="text/html")]

    with pytest.raises(UnreadableReplyError, match="is no token"):
        door.totp().sign_in()

    assert len(door.nps.wire.received) == 1


def test_a_token_in_an_unexpected_wrapping_is_not_shown(door: Door) -> None:
    token = make_jwt(START + timedelta(minutes=15))
    door.nps.before["/signinBody"] = [reply(200, {"token": token})]

    with pytest.raises(UnreadableReplyError) as caught:
        door.totp().sign_in()

    assert token[:30] not in str(caught.value)


@pytest.mark.parametrize("path", ["/signinBody", "/signin2fa"])
def test_sign_in_follows_no_redirect(door: Door, path: str) -> None:
    door.nps.before[path] = [reply(307, Location="https://elsewhere.example/signinBody")]

    with pytest.raises(UnreadableReplyError, match="307"):
        door.totp().sign_in()

    assert door.nps.wire.received[-1].path == path


def test_no_secret_stands_in_any_message(door: Door) -> None:
    door.nps.before["/signinBody"] = [reply(401, {"title": f"{PASSWORD} is wrong"})]

    with pytest.raises(PasswordRefusedError) as caught:
        door.totp().sign_in()

    assert PASSWORD not in str(caught.value)
    assert "***" in str(caught.value)
    assert PASSWORD not in repr(door.opened[0].__dict__)
    assert PASSWORD not in repr(PasswordSignIn(LOGIN, PASSWORD, Totp(LONG_SECRET)))  # type: ignore[arg-type]


def test_nobody_there_is_said_soon(door: Door, method: PasswordSignIn) -> None:
    client = door.client(method)
    door.nps.wire.stop()

    with pytest.raises(NotReachedError, match="connection refused"):
        client.sign_in()

    assert sum(door.clock.slept) < 5


def test_a_second_step_that_was_not_reached_sends_its_code_later(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door.totp()
    transport = client._transport
    exchange, failures = transport.exchange, [NotReachedError("away")]

    def sometimes(call: object, token: str | None = None) -> object:
        if getattr(call, "path", "") == "/signin2fa" and failures:
            raise failures.pop()
        return exchange(call, token)  # type: ignore[arg-type]

    monkeypatch.setattr(transport, "exchange", sometimes)
    client.sign_in()

    assert len(door.nps.codes) == 1


def test_an_empty_secret_is_an_error_before_anything_is_sent() -> None:
    with pytest.raises(SettingsError):
        PasswordSignIn(LOGIN, SecretStr(" "), NoMfa())
    with pytest.raises(SettingsError):
        PasswordSignIn("", SecretStr(PASSWORD), NoMfa())
    with pytest.raises(SettingsError):
        ApplicationSignIn("app", SecretStr(""))
    with pytest.raises(SettingsError):
        GivenCode(SecretStr("é"))
    with pytest.raises(SettingsError):
        BearerSignIn(SecretStr("Bearer abc"))


def test_a_damaged_ledger_stops_before_the_password_is_sent(door: Door, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "sign-in.json").write_text("{", encoding="utf-8")

    with pytest.raises(Exception, match="damaged"):
        door.totp().sign_in()

    assert door.nps.wire.received == []


def test_a_short_secret_of_eighty_bits_signs_in(door: Door, method: PasswordSignIn) -> None:
    assert isinstance(method.second_factor, Totp)
    door.client(method).sign_in()

    assert len(door.nps.codes[0]) == 6
    assert SECRET not in str(door.nps.wire.received)
    assert door.ledger.refused_codes(Account(door.nps.wire.url, LOGIN), b"") == 0


def test_a_long_retry_after_at_the_password_is_not_waited_for(door: Door) -> None:
    door.nps.before["/signinBody"] = [reply(429, Retry_After="3600")]

    with pytest.raises(RateLimitedError) as caught:
        door.totp().sign_in()

    assert caught.value.retry_after_s == 3600
    assert door.clock.slept == []


def test_a_long_retry_after_at_the_code_is_not_waited_for(door: Door) -> None:
    door.nps.before["/signin2fa"] = [reply(503, Retry_After="3600")]

    with pytest.raises(RateLimitedError):
        door.totp().sign_in()

    assert door.nps.wire.count("/signin2fa") == 1


def test_codes_that_are_lost_again_and_again_end(door: Door) -> None:
    door.nps.before["/signin2fa"] = [None] * 20

    with pytest.raises(ReplyLostError):
        door.totp().sign_in()

    bodies = [r.body for r in door.nps.wire.received if r.path == "/signin2fa"]
    assert len(bodies) == len(set(bodies)) == 2


def test_a_given_code_whose_reply_was_lost_is_not_sent_again(door: Door) -> None:
    door.nps.before["/signin2fa"] = [None]
    client = door.client(PasswordSignIn(LOGIN, SecretStr(PASSWORD), GivenCode(SecretStr("123456"))))

    with pytest.raises(ReplyLostError):
        client.sign_in()
    with pytest.raises(SessionExpiredError):
        client.sign_in()

    assert door.nps.wire.count("/signin2fa") == 1


def test_where_every_code_is_taken_nothing_is_sent(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.ledger, "claim_code", lambda *_: False)
    asking = PasswordSignIn(LOGIN, SecretStr(PASSWORD), AskCode(lambda: "123456"))

    with pytest.raises(SignInError, match="no unused one-time code"):
        door.totp().sign_in()
    with pytest.raises(SignInError, match="had not been used already"):
        door.client(asking).sign_in()

    assert door.nps.codes == []


def test_a_ledger_that_cannot_be_written_does_not_hide_a_refusal(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise JournalError("disk full")

    monkeypatch.setattr(door.ledger, "note_password", full)
    with pytest.raises(PasswordRefusedError):
        door.totp("wrong").sign_in()
    monkeypatch.undo()

    monkeypatch.setattr(door.ledger, "note_code", full)
    door.nps.is_code_right = lambda code: False
    with pytest.raises(CodeRefusedError):
        door.totp().sign_in()

    assert len(door.nps.codes) == 2
    assert caplog.text.count("disk full") == 3


def test_another_certificate_in_mid_sign_in_ends_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door.totp()
    transport = client._transport
    exchange = transport.exchange
    changes_at = ["/signinBody"]

    def changed(call: object, token: str | None = None) -> object:
        if getattr(call, "path", "") == changes_at[0]:
            raise CertificateError("is pinned")
        return exchange(call, token)  # type: ignore[arg-type]

    monkeypatch.setattr(transport, "exchange", changed)
    for path in ("/signinBody", "/signin2fa"):
        changes_at[0] = path
        with pytest.raises(CertificateError):
            client.sign_in()
    assert door.nps.wire.count("/signin2fa") == 0


def test_a_server_that_goes_away_for_good_in_mid_sign_in_ends_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door.totp()
    transport = client._transport
    exchange = transport.exchange

    def away(call: object, token: str | None = None) -> object:
        if getattr(call, "path", "") == "/signin2fa":
            raise NotReachedError("away")
        return exchange(call, token)  # type: ignore[arg-type]

    monkeypatch.setattr(transport, "exchange", away)
    with pytest.raises(NotReachedError):
        client.sign_in()
    assert sum(door.clock.slept) < 10


@pytest.mark.parametrize("path", ["/signinBody", "/signin2fa"])
def test_the_page_of_a_proxy_is_no_verdict_on_a_secret(door: Door, path: str) -> None:
    page = reply(403, b"<html>Blocked by policy</html>", Content_Type="text/html")
    door.nps.before[path] = [page]

    with pytest.raises(ForbiddenError, match="Blocked by policy"):
        door.totp().sign_in()
    door.clock.advance(60)
    door.totp().sign_in()


def test_two_codes_without_a_reply_are_the_last_for_a_while(door: Door) -> None:
    door.nps.before["/signin2fa"] = [None] * 20
    with pytest.raises(ReplyLostError):
        door.totp().sign_in()
    sent = len(door.nps.wire.received)
    with pytest.raises(CodeRefusedError, match="had no reply"):
        door.totp().sign_in()
    assert len(door.nps.wire.received) == sent

    door.nps.before.clear()
    door.clock.advance(12 * 3600)
    door.totp().sign_in()


def test_a_code_that_was_accepted_makes_earlier_silence_void(door: Door) -> None:
    for _ in range(3):
        door.nps.before["/signin2fa"] = [None]
        door.totp().sign_in()
        door.clock.advance(60)

    assert len(door.nps.codes) == 3


def test_a_password_without_a_reply_is_sent_by_two_runs_and_not_by_a_third(door: Door) -> None:
    for _ in range(2):
        door.nps.before["/signinBody"] = [None]
        with pytest.raises(ReplyLostError):
            door.totp().sign_in()
    with pytest.raises(PasswordRefusedError, match="had no reply"):
        door.totp().sign_in()
    assert door.nps.wire.count("/signinBody") == 2

    door.totp(retry_sign_in=True).sign_in()
    door.clock.advance(60)
    door.totp().sign_in()


def test_without_mfa_a_refused_answer_is_not_sent_by_the_next_run(door: Door) -> None:
    door.nps.is_code_right = lambda code: code != "NA"
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), NoMfa())
    with pytest.raises(CodeRefusedError):
        door.client(method).sign_in()
    sent = len(door.nps.wire.received)
    with pytest.raises(CodeRefusedError, match="without a second factor"):
        door.client(method).sign_in()

    assert len(door.nps.wire.received) == sent


@pytest.mark.parametrize("is_right", [True, False])
def test_a_given_code_is_never_sent_again_however_late(door: Door, is_right: bool) -> None:
    door.nps.is_code_right = lambda code: is_right
    method = PasswordSignIn(LOGIN, SecretStr(PASSWORD), GivenCode(SecretStr("123456")))
    for _ in range(3):
        with contextlib.suppress(CodeRefusedError):
            door.client(method).sign_in()
        door.clock.advance(3600)

    assert door.nps.codes == ["123456"]
    assert door.nps.wire.count("/signinBody") == 1


def test_runs_at_once_send_a_wrong_password_once_in_all(door: Door) -> None:
    clients = [door.totp("wrong") for _ in range(4)]

    def try_it(client: HostScanClient) -> None:
        with pytest.raises(PasswordRefusedError):
            client.sign_in()

    with ThreadPoolExecutor(len(clients)) as threads:
        list(threads.map(try_it, clients))

    assert door.nps.passwords == ["wrong"]


def test_runs_at_once_send_two_wrong_codes_in_all(door: Door) -> None:
    door.nps.is_code_right = lambda code: False
    clients = [door.totp() for _ in range(4)]

    def try_it(client: HostScanClient) -> None:
        with pytest.raises(CodeRefusedError):
            client.sign_in()

    with ThreadPoolExecutor(len(clients)) as threads:
        list(threads.map(try_it, clients))

    assert len(set(door.nps.codes)) == len(door.nps.codes) == 2


def test_a_sign_in_waits_for_the_one_under_way(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "_TURN_WAIT_S", 0.01)
    account = Account(door.nps.wire.url, LOGIN.upper())
    with door.ledger.turn(account), pytest.raises(JournalError, match="another process"):
        door.totp().sign_in()
    assert door.nps.wire.received == []

    door.totp().sign_in()


def test_every_code_and_token_is_told_so_that_no_log_shows_it(
    nps: FakeNps, method: PasswordSignIn, ledger: SignInLedger, clock: FakeClock
) -> None:
    told: list[str] = []
    with HostScanClient(
        nps.wire.url, method, ledger=ledger, clock=clock, on_secret=told.append
    ) as client:
        client.sign_in()
        clock.advance(700)
        client.jobs()

    assert told[:2] == ["pre-token-" + "x" * 30, nps.codes[0]]
    assert set(told[2:]) == nps.valid
    assert len(nps.valid) == 2
