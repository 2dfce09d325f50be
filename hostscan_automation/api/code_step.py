"""The second step of a sign-in: a one-time code, each sent once and at most two refused.

A code whose reply was lost may have been refused, and counts like one that was.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, NoReturn

from hostscan_automation.api.call import JSON_HEADERS, Call
from hostscan_automation.api.endpoints import SIGN_IN_2FA, SIGN_IN_2FA_OLD, Effect
from hostscan_automation.api.password_step import is_refused
from hostscan_automation.api.replies import refusal, server_words
from hostscan_automation.api.signin_methods import AskCode, GivenCode, NoMfa, Totp, clean_code
from hostscan_automation.api.tokens import token_of
from hostscan_automation.errors import (
    CertificateError,
    CodeRefusedError,
    JournalError,
    NotReachedError,
    ReplyLostError,
    SessionExpiredError,
    SignInError,
)

if TYPE_CHECKING:
    from hostscan_automation.api.call import Reply
    from hostscan_automation.api.codes import CodeGenerator
    from hostscan_automation.api.ledger import Account, SignInLedger
    from hostscan_automation.api.server_time import ServerTime
    from hostscan_automation.api.signin_methods import SecondFactor
    from hostscan_automation.api.tokens import OnSecret
    from hostscan_automation.api.transport import Transport
    from hostscan_automation.clock import Clock

_log = logging.getLogger("hostscan.api")

_SPELLINGS = (SIGN_IN_2FA.template, SIGN_IN_2FA_OLD.template)
_UNKNOWN_PATH = frozenset({404, 405})
_REFUSED_AT_MOST = 2
_CONNECTED_AT_MOST = 4
_WAITS_FOR_A_FREE_CODE = 12
_ASKED_AT_MOST = 3
_MOMENT_S = 3.0
_STEP_S = 30
_AGAIN = (
    "Compare the secret with the server's, and the clocks; then try once more with --retry-sign-in."
)


class CodeStep:
    """Sends one-time codes. None goes out twice, from this machine, whoever uses it."""

    def __init__(  # noqa: PLR0913 - the parts of one sign-in
        self,
        transport: Transport,
        account: Account,
        factor: SecondFactor,
        *,
        second_step: str | None,
        ledger: SignInLedger,
        clock: Clock,
        server_time: ServerTime,
        retry_sign_in: bool,
        on_secret: OnSecret,
    ) -> None:
        self._transport = transport
        self._account = account
        self._factor = factor
        self._paths = [second_step] if second_step else list(_SPELLINGS)
        self._ledger = ledger
        self._clock = clock
        self._time = server_time
        self._is_count_ignored = retry_sign_in
        self._on_secret = on_secret
        self._generator = factor.generator if isinstance(factor, Totp) else None
        self._secret = _secret_of(factor)
        self._refused = 0
        self._unheard = 0
        self._is_code_spent = False

    @property
    def has_another_code(self) -> bool:
        """Whether a code can still be had after one that was lost or refused."""
        match self._factor:
            case GivenCode():
                return False
            case NoMfa():
                return not self._refused and self._unheard < _REFUSED_AT_MOST
            case _:
                return self._in_vain < _REFUSED_AT_MOST

    @property
    def _in_vain(self) -> int:
        return self._refused + self._unheard

    def check(self) -> None:
        """Raise where no code may be sent any more, before the password is sent in vain.

        Raises:
            CodeRefusedError: Two codes were refused, or might have been.
            SessionExpiredError: The one code that was given has served.
        """
        if self._in_vain >= _REFUSED_AT_MOST:
            raise CodeRefusedError(
                f"{self._in_vain} one-time codes of {self._account.login!r} were refused, or had no"
                " reply: no more are sent in this run",
                hint=_AGAIN,
            )
        if self._is_code_spent and isinstance(self._factor, GivenCode):
            raise SessionExpiredError(
                "session ended, and a one-time code that was given serves one sign-in only",
                hint="Start again with a new code, or give the TOTP secret for long runs.",
            )
        self._check_earlier_refusals()

    def _check_earlier_refusals(self) -> None:
        """Raise where this machine has had enough refusals, in this run or in others."""
        if self._secret is None or self._is_count_ignored:
            return
        refused = self._ledger.refused_codes(self._account, self._secret)
        unheard = self._ledger.unheard(self._account, self._secret.hex(), self._time.now())
        match self._factor:
            case GivenCode() if refused:
                raise _used_before()
            case NoMfa() if refused or unheard >= _REFUSED_AT_MOST:
                raise CodeRefusedError(
                    f"sign-in of {self._account.login!r} without a second factor was refused by"
                    f" {self._account.server!r} before: it was not tried again",
                    hint=f"Does the account need one by now? {_AGAIN}",
                )
            case Totp() if refused + unheard >= _REFUSED_AT_MOST:
                raise CodeRefusedError(
                    f"last {refused + unheard} one-time codes of {self._account.login!r} were"
                    f" refused by {self._account.server!r}, or had no reply, and the secret has not"
                    " changed: none was sent",
                    hint=_AGAIN,
                )

    def code(self) -> str:
        """Return a code that nobody has used; it is taken for one use now.

        Raises:
            CodeRefusedError: The code that was given was used on this machine before.
            SignInError: No code was to be had.
        """
        match self._factor:
            case NoMfa(answer=answer):
                return answer
            case GivenCode(code=given):
                return self._given(clean_code(given.get_secret_value()))
            case AskCode():
                return self._asked(self._factor)
            case Totp():
                return self._computed(self._factor.generator)

    def token(self, code: str, pre_token: str) -> str:
        """Send a code once and return the access token.

        Raises:
            CodeRefusedError: It was refused.
            ReplyLostError: The code is spent, and nobody knows how.
            SignInError: The server does not know this step.
            ApiError: The server failed; the code is spent.
        """
        # from the last look at the ledger to the note of what came of it, nobody else sends one
        with self._ledger.turn(self._account):
            self._check_earlier_refusals()
            return self._token(code, pre_token)

    def _token(self, code: str, pre_token: str) -> str:
        if isinstance(self._factor, GivenCode):
            self._note(is_accepted=False)  # whatever comes of it, it has served
        try:
            reply = self._sent(code, pre_token)
        except ReplyLostError:
            self._miss_reply()
            raise
        if is_refused(reply):
            self._refuse(reply, code)
        if reply.status in _UNKNOWN_PATH:
            raise SignInError(
                f"server {self._account.server!r} does not know the second step of the sign-in"
                f" ({reply.path} was answered with {reply.status})",
                hint="Is this the address of the server itself, and not of a proxy?",
            )
        if not reply.is_success:
            raise refusal(reply, self._time.now())
        token = token_of(reply)
        self._on_secret(token)
        if not isinstance(self._factor, GivenCode):
            self._note(is_accepted=True)
        self._is_count_ignored = False
        return token

    def _sent(self, code: str, pre_token: str) -> Reply:
        self._is_code_spent = True
        body = json.dumps(code).encode("ascii")
        reply = self._reached(body, pre_token)
        if reply.status in _UNKNOWN_PATH and len(self._paths) > 1:
            # Nobody looked at the code: the path is not known here.
            _log.info("%s does not know %s", self._account.server, self._paths.pop(0))
            reply = self._reached(body, pre_token)
        return reply

    def _reached(self, body: bytes, pre_token: str) -> Reply:
        call = Call("POST", self._paths[0], Effect.CHANGE, body, JSON_HEADERS)
        for attempt in range(1, _CONNECTED_AT_MOST):
            try:
                return self._transport.exchange(call, pre_token)
            except CertificateError:
                raise
            except NotReachedError:  # it surely never left, so the code was not sent
                self._clock.sleep(0.5 * attempt)
        return self._transport.exchange(call, pre_token)

    def _note(self, *, is_accepted: bool) -> None:
        if self._secret is not None:
            self._ledger.note_code(self._account, self._secret, is_accepted=is_accepted)

    def _miss_reply(self) -> None:
        self._unheard += 1
        if self._secret is None:
            return
        try:
            self._ledger.note_unheard(self._account, self._secret.hex(), self._time.now())
        except JournalError as error:
            _log.warning("the code without a reply could not be counted: %s", error.message)

    def _refuse(self, reply: Reply, code: str) -> NoReturn:
        self._refused += 1
        try:
            self._note(is_accepted=False)
        except JournalError as error:
            _log.warning("the refused code could not be counted: %s", error.message)
        words = server_words(reply).replace(code, "***")
        raise CodeRefusedError(
            f"one-time code of {self._account.login!r} was refused by {self._account.server!r}"
            f" with {reply.status}{words}",
            hint=_AGAIN,
        )

    def _given(self, code: str) -> str:
        if not self._claims(code):
            raise _used_before()
        return code

    def _asked(self, factor: AskCode) -> str:
        for _ in range(_ASKED_AT_MOST):
            answer = factor.ask()
            if not answer.strip():
                raise SignInError("no one-time code was given", hint="Nothing was sent.")
            code = clean_code(answer)
            if self._claims(code):
                return code
            _log.warning("that code was used already; wait for the next one")
        raise SignInError("no one-time code was given that had not been used already")

    def _claims(self, code: str) -> bool:
        self._on_secret(code)
        step = int(self._time.now().timestamp() // _STEP_S)
        return self._ledger.claim_code(self._account.server, code, step)

    def _computed(self, generator: CodeGenerator) -> str:
        for _ in range(_WAITS_FOR_A_FREE_CODE):
            code = generator.at(self._time.now())
            if code.is_usable and self._claims(code.text):
                return code.text
            # a person who waits for longer than a moment wants to know for what
            level = logging.WARNING if code.next_in_s > _MOMENT_S else logging.INFO
            _log.log(level, "waiting %.0f s for the next one-time code", code.next_in_s)
            self._clock.sleep(code.next_in_s)
        raise SignInError(
            "no unused one-time code was to be had",
            hint="Do many programs sign in with this account at the same time?",
        )


def _secret_of(factor: SecondFactor) -> bytes | None:
    """Return what refusals are counted for: they hold until it changes. None for a person."""
    match factor:
        case Totp():
            return factor.generator.fingerprint
        case GivenCode(code=code):
            return b"given " + clean_code(code.get_secret_value()).encode()
        case NoMfa(answer=answer):
            return b"none " + answer.encode()
        case AskCode():
            return None


def _used_before() -> CodeRefusedError:
    return CodeRefusedError(
        "one-time code was used on this machine before: it was not sent again",
        hint="Wait for the next code.",
    )
