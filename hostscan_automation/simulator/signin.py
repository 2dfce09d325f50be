"""Signing in: password, one-time code, renewal, and what a bearer may do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from hostscan_automation.simulator.replies import (
    JSON_TYPE,
    TEXT_TYPE,
    RefusedError,
    Reply,
    problem,
    refused,
)
from hostscan_automation.simulator.signin_trouble import SignInTrouble
from hostscan_automation.simulator.tokens import Pass

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.simulator.accounts import Accounts
    from hostscan_automation.simulator.call import Call
    from hostscan_automation.simulator.config import SimulatorConfig
    from hostscan_automation.simulator.tokens import Tokens

COOKIE = "NPS.TwoFactor"
PRE_2FA_TTL_S = 300.0
ROLES = frozenset({"Admin", "App"})


class SignIn:
    """Answers the sign-in calls of one server and knows who comes with a token.

    Attributes:
        trouble: What goes wrong at these calls.
        codes: Every one-time code that arrived, looked at or not.
    """

    def __init__(
        self,
        config: SimulatorConfig,
        accounts: Accounts,
        tokens: Tokens,
        token_ttl_s: Callable[[], float],
    ) -> None:
        self._config = config
        self._accounts = accounts
        self._tokens = tokens
        self._token_ttl_s = token_ttl_s
        self.trouble = SignInTrouble()
        self.codes: list[str] = []

    def by_json(self, call: Call) -> Reply:
        """`POST /signinBody`: JSON Login and Password; a pre-2FA token and a cookie."""
        return self.trouble.meet("password", lambda: self._by_json(call))

    def _by_json(self, call: Call) -> Reply:
        self._check_content_type(call)
        try:
            value = call.json
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise refused(400, "The body is not a JSON object with Login and Password.")
        return self._first_step({str(name): item for name, item in value.items()})

    def by_form(self, call: Call) -> Reply:
        """`POST /signin`: the same from form fields."""
        try:
            form = parse_qs(call.text, keep_blank_values=True)
        except ValueError:
            raise refused(400, "The body is not a form.") from None
        return self._first_step({name: values[0] for name, values in form.items()})

    def second_step(self, call: Call) -> Reply:
        """`POST /signin2fa`: the one-time code, in the session of the first step."""
        self.codes.append(_code(call))
        return self.trouble.meet("code", lambda: self._second_step(call))

    def _second_step(self, call: Call) -> Reply:
        self._check_content_type(call)
        given = self.pass_of(call)
        if given is None:
            raise unauthorized("The token of the first step is missing, unknown or expired.")
        if given.account.is_application:  # it needs no second step, and takes no harm from it
            return self._access(given)
        if given.kind != "pre-2fa":
            raise refused(403, "This token has been through the second step.")
        if not self._config.lenient_cookie and call.cookies.get(COOKIE) != given.session:
            raise unauthorized("The cookie of the first step is missing.")
        code = _code(call)
        if not code:
            body = problem(400, errors={"": ["A non-empty request body is required."]})
            raise RefusedError(body)
        if not self._accounts.check_code(given.account, code):
            raise unauthorized("The one-time code is wrong, or it was used before.")
        return self._access(given)

    def renew(self, _call: Call, given: Pass) -> Reply:
        """`GET /api/v1/UserToken`: a new access token for one that is still good."""
        return self.trouble.meet("renewal", lambda: self._renewal(given))

    def _renewal(self, given: Pass) -> Reply:
        token, _ = self._tokens.issue("access", given.account, self._token_ttl_s())
        return self._token_reply(token)

    def pass_of(self, call: Call) -> Pass | None:
        """Return what the call's token is good for now, or None."""
        if call.bearer is None:
            return None
        given = self._tokens.find(call.bearer)
        if given is not None:
            return given if self._tokens.is_good(given) else None
        application = self._accounts.by_api_key(call.bearer)
        return None if application is None else Pass("api-key", application, float("inf"))

    def authorize(self, call: Call, *, with_role: bool) -> Pass:
        """Return the caller's pass.

        Raises:
            RefusedError: No good token (401), no second factor or no role for it (403).
        """
        given = self.pass_of(call)
        if given is None:
            raise unauthorized("The token is missing, unknown or expired.")
        if given.kind == "pre-2fa":
            raise refused(403, "The second factor is missing.")
        if with_role and given.account.role not in ROLES:
            raise refused(403, f"The role {given.account.role} does not allow it.")
        return given

    def credential(self, call: Call) -> str:
        """Return what kind of credential came with a call, for the log; never its value."""
        if "authorization" not in call.headers:
            return "none"
        if call.bearer is None:
            return "other"
        given = self.pass_of(call)
        if given is not None:
            return f"bearer:{given.kind}"
        return "bearer:unknown" if self._tokens.find(call.bearer) is None else "bearer:expired"

    def _first_step(self, fields: dict[str, object]) -> Reply:
        lower = {name.casefold(): value for name, value in fields.items()}
        login, password = lower.get("login"), lower.get("password")
        if not isinstance(login, str) or not isinstance(password, str):
            texts = {"Login": login, "Password": password}
            missing = [name for name, value in texts.items() if not isinstance(value, str)]
            errors = {name: [f"The {name} field is required."] for name in missing}
            raise RefusedError(problem(400, errors=errors))
        account = self._accounts.check_password(login, password)
        if account is None:
            raise unauthorized("The login or the password is wrong, or the account is locked.")
        if account.is_application:
            return self._access(Pass("access", account, 0.0))
        token, given = self._tokens.issue("pre-2fa", account, PRE_2FA_TTL_S)
        secure = "; Secure" if self._config.tls else ""
        cookie = f"{COOKIE}={given.session}; Path=/; HttpOnly; SameSite=Strict{secure}"
        return self._token_reply(token, (("Set-Cookie", cookie),))

    def _access(self, given: Pass) -> Reply:
        self._accounts.signed_in(given.account)
        token, _ = self._tokens.issue("access", given.account, self._token_ttl_s())
        return self._token_reply(token)

    def _token_reply(self, token: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        if self._config.token_as_text:
            return Reply(200, token.encode(), TEXT_TYPE, headers)
        return Reply(200, json.dumps(token).encode(), JSON_TYPE, headers)

    def _check_content_type(self, call: Call) -> None:
        if self._config.strict_content_type and "json" not in call.content_type:
            raise refused(415, f"The content type {call.content_type!r} is not supported.")


def unauthorized(detail: str) -> RefusedError:
    """Return a 401 to raise."""
    return RefusedError(problem(401, detail, headers=(("WWW-Authenticate", "Bearer"),)))


def _code(call: Call) -> str:
    """Return the one-time code of a body: a JSON string, or the bare text of whatever type.

    A bare code with a leading zero is no JSON, so the text decides, not the type.
    """
    try:
        text = call.text.strip()
    except ValueError:
        return ""
    if text[:1] != '"':
        return text
    try:
        return str(json.loads(text)).strip()
    except ValueError:
        return text
