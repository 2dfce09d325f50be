from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.simulator import Account, Simulator, Totp

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.simulator.conftest import ManualClock, Wire

_LIST = "/api/v1/HostScanJob"
_ROLE_CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"


def claims(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))  # type: ignore[no-any-return]


def test_password_and_code_give_a_token_that_lists_jobs(server: Simulator, stranger: Wire) -> None:
    stranger.first_step(server.accounts.admin)
    answer = stranger.second_step(stranger.code(server.accounts.admin))

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert len(stranger.get(_LIST).json) == 20


def test_an_access_token_names_account_roles_and_a_life_of_a_quarter_of_an_hour(
    server: Simulator, admin: Wire
) -> None:
    assert admin.token is not None
    told = claims(admin.token)

    assert told["role"] == told[_ROLE_CLAIM] == "Admin"
    assert told["name"] == server.accounts.without_mfa.login
    assert told["exp"] - server.now() == 900


def test_a_token_of_the_first_step_names_no_role(server: Simulator, stranger: Wire) -> None:
    assert (
        not {"role", _ROLE_CLAIM} & claims(stranger.first_step(server.accounts.admin).json).keys()
    )


def test_tokens_can_come_as_plain_text(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(token_as_text=True)
    account = server.accounts.admin

    answer = connect(server).ask(
        "POST", "/signinBody", {"Login": account.login, "Password": account.password}
    )

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body.count(b".") == 2
    assert b'"' not in answer.body


def test_login_and_field_names_are_compared_without_case(server: Simulator, stranger: Wire) -> None:
    account = server.accounts.admin

    answer = stranger.ask(
        "POST", "/SignInBody", {"login": account.login.upper(), "PASSWORD": account.password}
    )

    assert answer.status == 200


def test_a_form_signs_in_as_well(server: Simulator, stranger: Wire) -> None:
    account = server.accounts.admin
    form = f"login=LAB%5Cscan-admin&password={account.password}".encode()

    answer = stranger.ask("POST", "/signin", form, "application/x-www-form-urlencoded")

    assert answer.status == 200
    assert claims(answer.json)["name"] == r"LAB\scan-admin"


def test_a_wrong_password_is_a_problem_with_a_trace_id(server: Simulator, stranger: Wire) -> None:
    answer = stranger.ask(
        "POST", "/signinBody", {"Login": server.accounts.admin.login, "Password": "wrong"}
    )

    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.json["status"] == 401
    assert answer.json["traceId"].startswith("00-")


@pytest.mark.parametrize("login", ["nobody", ""])
def test_an_unknown_login_is_refused_in_the_same_words(
    server: Simulator, stranger: Wire, login: str
) -> None:
    wrong = {"Login": server.accounts.admin.login, "Password": "wrong"}
    known = stranger.ask("POST", "/signinBody", wrong)
    unknown = stranger.ask("POST", "/signinBody", {**wrong, "Login": login})

    assert (unknown.status, unknown.json["detail"]) == (known.status, known.json["detail"])


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"Login": "x"}, ["Password"]),
        ({}, ["Login", "Password"]),
        ({"Login": 5, "Password": None}, ["Login", "Password"]),
    ],
)
def test_missing_fields_are_named(stranger: Wire, body: object, errors: list[str]) -> None:
    answer = stranger.ask("POST", "/signinBody", body)

    assert answer.status == 400
    assert list(answer.json["errors"]) == errors


@pytest.mark.parametrize("body", [b"", b"Login=x&Password=y", b"[]", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_json_object_is_a_bad_request(stranger: Wire, body: bytes) -> None:
    assert stranger.ask("POST", "/signinBody", body).status == 400


def test_a_form_that_is_no_text_is_a_bad_request(stranger: Wire) -> None:
    assert stranger.ask("POST", "/signin", b"login=\xff", None).status == 400


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("application/json", "utf-8"),
        ("application/json; charset=utf-8", "utf-8-sig"),
        ('application/json; x=1; charset="iso-8859-1"', "latin-1"),
        ("application/x-www-form-urlencoded", "utf-8"),
    ],
)
def test_a_password_is_read_in_the_character_set_it_was_sent_in(
    server: Simulator, stranger: Wire, content_type: str, charset: str
) -> None:
    account = server.accounts.add(Account("zoë", 'pässwörd"\\'))
    body = json.dumps(
        {"Login": account.login, "Password": account.password}, ensure_ascii=False
    ).encode(charset)

    assert stranger.ask("POST", "/signinBody", body, content_type).status == 200


def test_a_character_set_that_does_not_exist_is_a_bad_request(stranger: Wire) -> None:
    assert stranger.ask("POST", "/signinBody", b"{}", "application/json; charset=x").status == 400


def test_five_wrong_passwords_lock_the_account_for_a_while(
    server: Simulator, stranger: Wire
) -> None:
    account = server.accounts.admin
    for _ in range(5):
        stranger.ask("POST", "/signinBody", {"Login": account.login, "Password": "wrong"})

    assert stranger.first_step(account).status == 401
    server.advance(301)
    assert stranger.first_step(account).status == 200


def test_wrong_codes_lock_the_account_though_each_password_was_right(
    server: Simulator, stranger: Wire
) -> None:
    account = server.accounts.admin
    for _ in range(5):
        assert stranger.first_step(account).status == 200
        assert stranger.second_step("0").status == 401

    assert server.accounts.is_locked(account)
    assert stranger.second_step(stranger.code(account)).status == 401


def test_a_whole_sign_in_forgives_what_was_refused_before(
    server: Simulator, stranger: Wire
) -> None:
    account = server.accounts.admin
    for step in range(3):
        for _ in range(4):
            stranger.ask("POST", "/signinBody", {"Login": account.login, "Password": "wrong"})
        stranger.first_step(account)
        assert stranger.second_step(stranger.code(account)).status == 200
        server.advance(30 * (step + 1))


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", None])
@pytest.mark.parametrize("form", ['"{}"', "{}", ' "{}"\r\n', "\ufeff{}"])
def test_a_code_may_be_json_or_bare_and_of_any_content_type(
    server: Simulator, stranger: Wire, form: str, content_type: str | None
) -> None:
    stranger.first_step(server.accounts.admin)
    body = form.format(stranger.code(server.accounts.admin)).encode()

    assert stranger.ask("POST", "/signin2fa", body, content_type).status == 200


def test_a_code_with_a_leading_zero_may_come_without_quotes(
    server: Simulator, stranger: Wire
) -> None:
    account = server.accounts.admin
    while not stranger.code(account).startswith("0"):
        server.advance(30)
    stranger.first_step(account)

    assert stranger.ask("POST", "/signin2fa", stranger.code(account).encode()).status == 200


@pytest.mark.parametrize(("step", "status"), [(-2, 401), (-1, 200), (1, 200), (2, 401)])
def test_a_code_is_good_one_step_around_now(
    server: Simulator, stranger: Wire, step: int, status: int
) -> None:
    stranger.first_step(server.accounts.admin)

    assert stranger.second_step(stranger.code(server.accounts.admin, step)).status == status


def test_a_code_is_good_once(server: Simulator, stranger: Wire) -> None:
    account = server.accounts.admin
    statuses = []
    for _ in range(2):
        stranger.first_step(account)
        statuses.append(stranger.second_step(stranger.code(account)).status)

    assert statuses == [200, 401]


@pytest.mark.parametrize("body", [b"", b"  ", b'""', b"\xff"])
def test_an_empty_code_is_a_bad_request(server: Simulator, stranger: Wire, body: bytes) -> None:
    stranger.first_step(server.accounts.admin)

    assert stranger.ask("POST", "/signin2fa", body).status == 400


def test_a_code_that_only_begins_like_json_is_wrong(server: Simulator, stranger: Wire) -> None:
    stranger.first_step(server.accounts.admin)

    assert stranger.ask("POST", "/signin2fa", b'"12').status == 401


def test_the_second_step_wants_the_cookie_of_the_first(server: Simulator, stranger: Wire) -> None:
    account = server.accounts.admin
    stranger.first_step(account)
    cookies, stranger.cookies = stranger.cookies, {}
    refused = stranger.second_step(stranger.code(account))
    stranger.cookies = cookies

    assert refused.status == 401
    assert stranger.second_step(stranger.code(account)).status == 200, "the code was not used up"


def test_a_cookie_of_another_session_does_not_do(server: Simulator, stranger: Wire) -> None:
    stranger.first_step(server.accounts.admin)
    old = dict(stranger.cookies)
    stranger.first_step(server.accounts.admin)
    stranger.cookies = old

    assert stranger.second_step(stranger.code(server.accounts.admin)).status == 401


def test_a_lenient_server_wants_no_cookie(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(lenient_cookie=True)
    wire = connect(server)
    wire.first_step(server.accounts.admin)
    wire.cookies = {}

    assert wire.second_step(wire.code(server.accounts.admin)).status == 200


@pytest.mark.parametrize("tls", [False, True])
def test_the_cookie_is_secure_over_tls_only(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire], tls: bool
) -> None:
    server = start(tls=tls)
    answer = connect(server).first_step(server.accounts.admin)

    assert ("Secure" in answer.headers["Set-Cookie"]) is tls


@pytest.mark.parametrize("code", ["NA", "0", "000000", "anything"])
def test_an_account_without_second_factor_may_send_any_code(
    server: Simulator, stranger: Wire, code: str
) -> None:
    stranger.first_step(server.accounts.without_mfa)

    assert stranger.second_step(code).status == 200


@pytest.mark.parametrize("path", ["/signin2fa", "/sigin2fa", "/SIGNIN2FA"])
def test_both_spellings_of_the_second_step_are_known(
    server: Simulator, stranger: Wire, path: str
) -> None:
    stranger.first_step(server.accounts.without_mfa)

    assert stranger.second_step("NA", path).status == 200


def test_a_server_can_know_one_spelling_only(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    wire = connect(start(sign_in_2fa_paths=("/sigin2fa",)))
    wire.first_step(wire.server.accounts.without_mfa)

    assert wire.second_step("NA", "/signin2fa").status == 404
    assert wire.second_step("NA", "/sigin2fa").status == 200


@pytest.mark.parametrize("path", ["/signinBody", "/signin", "/signin2fa"])
def test_signing_in_is_a_post(stranger: Wire, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"


def test_a_strict_server_wants_json(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    wire = connect(start(strict_content_type=True))

    assert wire.ask("POST", "/signinBody", b"{}", None).status == 415
    assert wire.ask("POST", "/signin2fa", b"1", "text/plain").status == 415


@pytest.mark.parametrize("token", [None, "x.y.z", "\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_the_second_step_wants_the_token_of_the_first(
    server: Simulator, stranger: Wire, token: str | None
) -> None:
    stranger.first_step(server.accounts.without_mfa)
    stranger.token = token

    assert stranger.second_step("NA").status == 401


def test_a_token_cannot_take_the_second_step_twice(admin: Wire) -> None:
    assert admin.second_step("NA").status == 403


def test_a_token_without_second_factor_is_forbidden_everything(
    server: Simulator, stranger: Wire
) -> None:
    stranger.first_step(server.accounts.admin)

    assert [stranger.get(path).status for path in (_LIST, "/api/v1/UserToken")] == [403, 403]


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic eDp5"}]
)
def test_without_a_token_the_api_asks_for_one(stranger: Wire, header: dict[str, str]) -> None:
    answer = stranger.ask("GET", _LIST, headers=header)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_expires(server: Simulator, admin: Wire) -> None:
    server.advance(899)
    before = admin.get(_LIST).status
    server.advance(2)

    assert (before, admin.get(_LIST).status) == (200, 401)
    assert server.requests()[-1].authorization == "bearer:expired"


def test_a_token_is_renewed_while_it_is_good(server: Simulator, admin: Wire) -> None:
    server.advance(800)
    admin.token = admin.get("/api/v1/UserToken").json
    server.advance(800)

    assert admin.get(_LIST).status == 200


def test_an_expired_token_is_not_renewed(server: Simulator, admin: Wire) -> None:
    server.advance(901)

    assert admin.get("/api/v1/UserToken").status == 401


def test_all_tokens_can_be_made_worthless(server: Simulator, admin: Wire) -> None:
    server.expire_tokens()

    assert admin.get(_LIST).status == 401


def test_tokens_that_expired_long_ago_are_forgotten(server: Simulator, admin: Wire) -> None:
    server.advance(10_000)
    for _ in range(500):
        server.service.tokens.issue("access", server.accounts.admin, 900)
    admin.get(_LIST)

    assert server.requests()[-1].authorization == "bearer:unknown"


def test_an_application_needs_no_second_step_and_takes_no_harm_from_it(
    server: Simulator, stranger: Wire
) -> None:
    answer = stranger.first_step(server.accounts.application)

    assert claims(answer.json)["role"] == "App"
    assert "Set-Cookie" not in answer.headers
    assert stranger.get(_LIST).status == 200
    assert stranger.second_step("0").status == 200


def test_an_api_key_is_a_bearer(server: Simulator, stranger: Wire) -> None:
    stranger.token = server.accounts.application.password

    assert stranger.get(_LIST).status == 200
    assert server.requests()[-1].authorization == "bearer:api-key"
    assert server.requests()[-1].account == "hostscan-nightly"


def test_a_role_that_lacks_is_forbidden_host_scan_jobs(server: Simulator, stranger: Wire) -> None:
    stranger.sign_in(server.accounts.reader)

    assert stranger.get(_LIST).status == 403
    assert stranger.get("/api/v1/UserToken").status == 200


def test_an_account_can_have_tokens_that_name_no_role(server: Simulator, stranger: Wire) -> None:
    account = server.accounts.add(Account("quiet", "secret-word", tells_role=False))
    stranger.sign_in(account)

    assert stranger.token is not None
    assert "role" not in claims(stranger.token)
    assert stranger.get(_LIST).status == 200


def test_an_account_can_have_other_one_time_codes(server: Simulator, stranger: Wire) -> None:
    totp = Totp("JBSWY3DPEHPK3PXP", digits=8, period_s=60, algorithm="sha256")
    account = server.accounts.add(Account("other", "secret-word", totp=totp))

    assert stranger.sign_in(account).get(_LIST).status == 200


def test_accounts_are_the_same_for_the_same_seed_and_show_no_secret(
    start: Callable[..., Simulator], clock: ManualClock
) -> None:
    first, second, other = (start(seed=seed).accounts.admin for seed in (7, 7, 8))

    assert (first.password, first.totp_secret) == (second.password, second.totp_secret)
    assert first.password != other.password
    assert first.password not in repr(first)
    assert str(first.totp_secret) not in repr(first)
