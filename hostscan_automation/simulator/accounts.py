"""Who may sign in, and with what: accounts, the two steps, tokens and API keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import string
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hostscan_automation.simulator.totp import matching_step

if TYPE_CHECKING:
    from collections.abc import Callable

LOCKED_AFTER = 5
LOCKED_FOR_S = 300.0
PRE_2FA_TTL_S = 300.0
_ROLE_CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"


@dataclass(slots=True)
class Account:
    """One account and how its sign-ins went.

    Attributes:
        totp_secret: Base32, or None for an account whose second factor is "not required".
        is_application: Whether the password is an API key, good as a bearer too.
    """

    login: str
    password: str
    role: str = "Admin"
    totp_secret: str | None = None
    is_application: bool = False
    used_steps: set[int] = field(default_factory=set)
    refused_in_a_row: int = 0
    locked_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token is good for.

    Attributes:
        kind: `pre-2fa`, `access` or `api-key`.
        cookie: The cookie that the second step must bring.
    """

    kind: str
    account: Account
    expires: float
    cookie: str = ""


class Accounts:
    """The accounts of one server, and every token it gave out."""

    def __init__(self, seed: int, now: Callable[[], float], token_ttl_s: float) -> None:
        chance = random.Random(f"accounts:{seed}")  # noqa: S311 - a test server's passwords
        self._now = now
        self._token_ttl_s = token_ttl_s
        self._key = chance.randbytes(32)
        self._count = 0
        self._lock = threading.RLock()
        self._passes: dict[str, Pass] = {}
        self.admin = Account(r"LAB\scan-admin", _word(chance), totp_secret=_secret(chance))
        self.without_mfa = Account(r"LAB\no-mfa", _word(chance))
        self.reader = Account(r"LAB\reader", _word(chance), role="User")
        self.application = Account(
            "hostscan-nightly", _word(chance, 40), role="App", is_application=True
        )
        self._accounts = {
            account.login.casefold(): account
            for account in (self.admin, self.without_mfa, self.reader, self.application)
        }

    def add(self, account: Account) -> Account:
        """Let one more account sign in."""
        with self._lock:
            self._accounts[account.login.casefold()] = account
        return account

    def first_step(self, login: str, password: str) -> Pass | None:
        """Check login and password; return the pass to give out, or None."""
        with self._lock:
            account = self._accounts.get(login.casefold())
            if account is None or self.is_locked(account):
                return None
            if not hmac.compare_digest(account.password.encode(), password.encode()):
                self._refuse(account)
                return None
            account.refused_in_a_row = 0
            if account.is_application:
                return Pass("access", account, self._now() + self._token_ttl_s)
            return Pass("pre-2fa", account, self._now() + PRE_2FA_TTL_S, cookie=self._opaque())

    def second_step(self, first: Pass, code: str) -> Pass | None:
        """Check a one-time code, each good once; return the access pass, or None."""
        with self._lock:
            account = first.account
            if self.is_locked(account):
                return None
            if account.totp_secret is not None:
                step = matching_step(account.totp_secret, code, self._now())
                if step is None or step in account.used_steps:
                    self._refuse(account)
                    return None
                account.used_steps.add(step)
            account.refused_in_a_row = 0
            return Pass("access", account, self._now() + self._token_ttl_s)

    def renewed(self, current: Pass) -> Pass:
        """Return a fresh pass for one that is still good."""
        return Pass("access", current.account, self._now() + self._token_ttl_s)

    def is_locked(self, account: Account) -> bool:
        """Say whether too many refused sign-ins locked the account."""
        return account.locked_until > self._now()

    def token(self, given: Pass) -> str:
        """Give out a JSON Web Token for a pass."""
        now = self._now()
        claims: dict[str, object] = {
            "iss": "NPS",
            "aud": "NPS",
            "name": given.account.login,
            "jti": self._opaque(),
            "nbf": int(now),
            "iat": int(now),
            "exp": int(given.expires) if given.expires - now >= 1 else given.expires,
        }
        if given.kind == "access":
            claims |= {"role": given.account.role, _ROLE_CLAIM: given.account.role}
        head = _base64({"alg": "HS256", "typ": "JWT"})
        signed = f"{head}.{_base64(claims)}"
        mac = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        token = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        with self._lock:
            self._passes[token] = given
        return token

    def pass_of(self, token: str) -> Pass | None:
        """Return what a token is good for, or None where it is none or has expired."""
        with self._lock:
            if hmac.compare_digest(token.encode(), self.application.password.encode()):
                return Pass("api-key", self.application, float("inf"))
            given = self._passes.get(token)
        return given if given and given.expires > self._now() else None

    def expire_all(self) -> None:
        """Make every token given out so far worthless."""
        with self._lock:
            self._passes.clear()

    def _refuse(self, account: Account) -> None:
        account.refused_in_a_row += 1
        if account.refused_in_a_row >= LOCKED_AFTER:
            account.locked_until = self._now() + LOCKED_FOR_S

    def _opaque(self) -> str:
        with self._lock:
            self._count += 1
            return hashlib.sha256(self._key + str(self._count).encode()).hexdigest()


def _base64(value: object) -> str:
    text = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _word(chance: random.Random, length: int = 20) -> str:
    return "".join(chance.choice(string.ascii_letters + string.digits) for _ in range(length))


def _secret(chance: random.Random) -> str:
    return base64.b32encode(chance.randbytes(20)).decode()
