"""The first step of a sign-in: login and password, a refused one never twice."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, NoReturn

from hostscan_automation.api.call import JSON_HEADERS, Call, Reply
from hostscan_automation.api.endpoints import SIGN_IN
from hostscan_automation.api.replies import refusal, server_words
from hostscan_automation.api.tokens import token_of
from hostscan_automation.errors import (
    CertificateError,
    JournalError,
    NotReachedError,
    PasswordRefusedError,
    RateLimitedError,
    ReplyLostError,
)

if TYPE_CHECKING:
    from pydantic import SecretStr

    from hostscan_automation.api.ledger import Account, SignInLedger
    from hostscan_automation.api.server_time import ServerTime
    from hostscan_automation.api.tokens import OnSecret
    from hostscan_automation.api.transport import Transport
    from hostscan_automation.clock import Clock
    from hostscan_automation.errors import HostscanError

_log = logging.getLogger("hostscan.api")

_REFUSED_STATUSES = frozenset({400, 401, 403, 423})
_STATUSES_OF_PROXIES = frozenset({400, 403})
_SENT_AT_MOST = 5
_SENT_TO_STRANGERS = 3
_UNHEARD_AT_MOST = 2
_LONGEST_WAIT_S = 60.0
_BUSY = 429
_SERVER_FAILED = 500
_AGAIN = "Correct the password, or try the same one once more with --retry-sign-in."


class PasswordStep:
    """Sends login and password, for a pre-2FA token or, for an application, for the token.

    Attributes:
        account: Whom it signs in.
    """

    def __init__(  # noqa: PLR0913 - the parts of one sign-in
        self,
        transport: Transport,
        account: Account,
        password: SecretStr,
        *,
        ledger: SignInLedger,
        clock: Clock,
        server_time: ServerTime,
        retry_sign_in: bool,
        on_secret: OnSecret,
    ) -> None:
        self.account = account
        self._transport = transport
        self._password = password
        self._ledger = ledger
        self._clock = clock
        self._time = server_time
        self._is_marker_ignored = retry_sign_in
        self._on_secret = on_secret
        self._was_accepted = False
        self._refusal: tuple[str, str] | None = None

    def token(self) -> str:
        """Send login and password and return the token of the reply.

        Raises:
            PasswordRefusedError: They are refused now, or were before, or may have been.
            NotReachedError: The server was not reached.
            ReplyLostError: The first reply of all was lost; it may have been a refusal.
            ApiError: The server failed, or it is another server.
        """
        if self._refusal is not None:
            raise PasswordRefusedError(self._refusal[0], hint=self._refusal[1])
        # from the look at the marker to the note of what came of it, nobody else sends this one
        with self._ledger.turn(self.account):
            if not self._was_accepted:
                self._look_at_marker()
            return self._token()

    def _token(self) -> str:
        try:
            reply = self._sent()
        except ReplyLostError:
            self._miss_reply()
            raise
        if is_refused(reply):
            self._refuse(reply)
        if not reply.is_success:
            raise refusal(reply, self._time.now())
        token = token_of(reply)
        self._on_secret(token)
        if not self._was_accepted:
            self._ledger.note_password(self.account, self._secret, is_accepted=True)
            self._was_accepted = True
        return token

    @property
    def _secret(self) -> str:
        return self._password.get_secret_value()

    def _look_at_marker(self) -> None:
        if self._is_marker_ignored:
            return
        if self._ledger.is_password_refused(self.account, self._secret):
            raise PasswordRefusedError(
                f"password of {self.account.login!r} was refused by {self.account.server!r} before"
                " and has not changed: it was not sent again",
                hint=_AGAIN,
            )
        unheard = self._ledger.unheard(self.account, self._secret, self._time.now())
        if unheard >= _UNHEARD_AT_MOST:
            raise PasswordRefusedError(
                f"password of {self.account.login!r} was sent to {self.account.server!r}"
                f" {unheard} times of late and had no reply: it may have been refused, and was not"
                " sent again",
                hint=f"Look whether the server is well. {_AGAIN}",
            )

    def _sent(self) -> Reply:
        body = json.dumps({"Login": self.account.login, "Password": self._secret}).encode("ascii")
        call = Call(SIGN_IN.method, SIGN_IN.template, SIGN_IN.effect, body, JSON_HEADERS)
        self._transport.forget_cookies()
        for sent in range(1, _SENT_AT_MOST):
            outcome = self._outcome(call, sent)
            if isinstance(outcome, Reply):
                return outcome
            self._clock.sleep(_wait_s(outcome, sent))
        outcome = self._outcome(call, _SENT_AT_MOST)
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    def _outcome(self, call: Call, sent: int) -> Reply | HostscanError:
        """Return the reply, or the failure after which the step may be sent again."""
        try:
            reply = self._transport.exchange(call)
        except CertificateError:
            raise
        except NotReachedError as error:
            if not self._transport.was_heard and sent >= _SENT_TO_STRANGERS:
                raise
            return error
        except ReplyLostError as error:
            if not self._was_accepted:
                raise  # it may have been a refusal, and there must not be a second one
            return error
        if reply.status == _BUSY or reply.status >= _SERVER_FAILED:
            return refusal(reply, self._time.now())
        return reply

    def _miss_reply(self) -> None:
        try:
            self._ledger.note_unheard(self.account, self._secret, self._time.now())
        except JournalError as error:
            _log.warning("the password without a reply could not be noted: %s", error.message)

    def _refuse(self, reply: Reply) -> NoReturn:
        words = server_words(reply).replace(self._secret, "***")
        message = (
            f"login {self.account.login!r} was refused by {self.account.server!r}"
            f" with {reply.status}{words}"
        )
        hint = f"Wrong password, or the account is locked or disabled. {_AGAIN}"
        self._refusal = (message, hint)
        try:
            self._ledger.note_password(self.account, self._secret, is_accepted=False)
        except JournalError as error:
            _log.warning("the refused password could not be noted: %s", error.message)
        raise PasswordRefusedError(message, hint=hint)


def is_refused(reply: Reply) -> bool:
    """Say whether the server looked at what was sent and refused it.

    A page with a 400 or 403 comes from a proxy in between, which has not looked.
    """
    is_page = reply.media_type == "text/html" and reply.status in _STATUSES_OF_PROXIES
    return reply.status in _REFUSED_STATUSES and not is_page


def _wait_s(error: HostscanError, sent: int) -> float:
    """Return how long to wait before the step is sent again; raise where that is too long."""
    wait_s = 0.5 * 2.0 ** (sent - 1)
    if isinstance(error, RateLimitedError) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    if wait_s > _LONGEST_WAIT_S:
        raise error
    return wait_s
