"""Get a token: sign in with what was given, within limits that no account is ever locked by.

Whatever happens, one run sends at most one password that is refused and two codes that are, and no
code twice. The one exception is a 404 or 405 at the second step: nobody looked at the code there,
so the same one goes once to the older spelling of the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from hostscan_automation.api.call import Call
from hostscan_automation.api.code_step import CodeStep
from hostscan_automation.api.endpoints import USER_TOKEN
from hostscan_automation.api.ledger import Account
from hostscan_automation.api.password_step import PasswordStep
from hostscan_automation.api.replies import refusal
from hostscan_automation.api.signin_methods import ApplicationSignIn, BearerSignIn, PasswordSignIn
from hostscan_automation.api.tokens import AccessToken, token_of
from hostscan_automation.errors import (
    CodeRefusedError,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    SessionExpiredError,
)

if TYPE_CHECKING:
    from hostscan_automation.api.ledger import SignInLedger
    from hostscan_automation.api.server_time import ServerTime
    from hostscan_automation.api.signin_methods import SignInMethod
    from hostscan_automation.api.tokens import OnSecret
    from hostscan_automation.api.transport import Transport
    from hostscan_automation.clock import Clock

_SECOND_STEPS_AT_MOST = 4
_FIRST_STEP_IS_OLD_AFTER_S = 5.0
_LONGEST_WAIT_S = 60.0


class SignIn(Protocol):
    """One way to get a token."""

    def token(self) -> str:
        """Sign in and return a new token, or raise what stands in the way."""
        ...


class TwoStepSignIn:
    """Password, then code."""

    def __init__(self, password: PasswordStep, code: CodeStep, clock: Clock) -> None:
        self._password = password
        self._code = code
        self._clock = clock

    def token(self) -> str:
        """Sign in; where a code was refused or its reply lost, once more with another code."""
        for _ in range(_SECOND_STEPS_AT_MOST - 1):
            pre_token, code = self._ready()
            try:
                return self._code.token(code, pre_token)
            except (CodeRefusedError, ReplyLostError, ServerError, RateLimitedError) as error:
                if not self._code.has_another_code or not self._waits(error):
                    raise
        pre_token, code = self._ready()
        return self._code.token(code, pre_token)

    def _ready(self) -> tuple[str, str]:
        self._code.check()
        pre_token = self._password.token()
        since = self._clock.monotonic()
        code = self._code.code()
        if self._clock.monotonic() - since > _FIRST_STEP_IS_OLD_AFTER_S:
            # a code had to be waited or asked for; what the first step gave may have ended
            pre_token = self._password.token()
        return pre_token, code

    def _waits(self, error: Exception) -> bool:
        wait_s = getattr(error, "retry_after_s", None) or 0.0
        if wait_s > _LONGEST_WAIT_S:
            return False
        self._clock.sleep(wait_s)
        return True


class ReadyToken:
    """A token that was given: it cannot be got again."""

    def __init__(self, token: str) -> None:
        self._token: str | None = token

    def token(self) -> str:
        """Return the token, once."""
        token, self._token = self._token, None
        if token is None:
            raise SessionExpiredError(
                "token that was given is refused by the server, or has ended",
                hint="Give a new one, or sign in with a login or as an application.",
            )
        return token


def account_of(method: SignInMethod, server: str) -> Account:
    """Return whom a method signs in; a ready token tells that itself, if anything does."""
    match method:
        case PasswordSignIn(login=login):
            return Account(server, login)
        case ApplicationSignIn(name=name):
            return Account(server, name)
        case BearerSignIn():
            return Account(server, "")


def build_sign_in(  # noqa: PLR0913 - the parts of one sign-in
    method: SignInMethod,
    transport: Transport,
    *,
    ledger: SignInLedger,
    clock: Clock,
    server_time: ServerTime,
    retry_sign_in: bool,
    on_secret: OnSecret,
) -> SignIn:
    """Return the way to get tokens by a method."""
    account = account_of(method, transport.address.url)
    parts: dict[str, Any] = {
        "ledger": ledger,
        "clock": clock,
        "server_time": server_time,
        "retry_sign_in": retry_sign_in,
        "on_secret": on_secret,
    }
    match method:
        case BearerSignIn(token=token):
            return ReadyToken(token.get_secret_value())
        case ApplicationSignIn(api_key=api_key):
            return PasswordStep(transport, account, api_key, **parts)
        case PasswordSignIn(password=password, second_factor=factor, second_step=path):
            first = PasswordStep(transport, account, password, **parts)
            second = CodeStep(transport, account, factor, second_step=path, **parts)
            return TwoStepSignIn(first, second, clock)


def renewed(
    token: AccessToken, transport: Transport, server_time: ServerTime, on_secret: OnSecret
) -> AccessToken:
    """Return a new token for one that still holds (`GET /api/v1/UserToken`).

    Raises:
        HostscanError: There is none; the old one may go on holding.
    """
    call = Call(USER_TOKEN.method, USER_TOKEN.template, USER_TOKEN.effect)
    reply = transport.exchange(call, token.text)
    if not reply.is_success:
        raise refusal(reply, server_time.now())
    text = token_of(reply)
    on_secret(text)
    return AccessToken.read(text, server_time.now())
