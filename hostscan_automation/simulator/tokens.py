"""The tokens one server gave out: JSON Web Tokens, and what each is good for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.simulator.accounts import Account

_ROLE_CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
_NAME_CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"
_TIDY_EVERY = 500
_REMEMBERED_S = 3600.0
_LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token is good for.

    Attributes:
        kind: `pre-2fa`, `access` or `api-key`.
        session: What the cookie of the second step must hold.
    """

    kind: str
    account: Account
    expires: float
    session: str = ""


class Tokens:
    """Gives out tokens and knows them again; whatever it did not give out is worth nothing.

    Attributes:
        issued: The latest that were given out, good or not any more.
    """

    def __init__(self, seed: int, now: Callable[[], float]) -> None:
        self._key = hashlib.sha256(f"tokens:{seed}".encode()).digest()
        self._now = now
        self._numbers = itertools.count(1)
        self._passes: dict[str, Pass] = {}
        self.issued: deque[tuple[str, Pass]] = deque(maxlen=_LISTED)
        self._lock = threading.Lock()

    def issue(self, kind: str, account: Account, ttl_s: float) -> tuple[str, Pass]:
        """Return a new token and what it is good for."""
        number = next(self._numbers)
        given = Pass(kind, account, self._now() + ttl_s, session=self._opaque(number))
        token = self._signed(self._claims(given, number))
        with self._lock:
            self._passes[token] = given
            self.issued.append((token, given))
        if number % _TIDY_EVERY == 0:
            self._tidy()
        return token, given

    def find(self, token: str) -> Pass | None:
        """Return what a token was given out for, expired or not; None where it never was."""
        return self._passes.get(token)

    def is_good(self, given: Pass) -> bool:
        """Say whether a pass has not expired."""
        return given.expires > self._now()

    def expire_all(self) -> None:
        """Make every token given out so far worthless."""
        with self._lock:
            self._passes.clear()

    def _claims(self, given: Pass, number: int) -> dict[str, object]:
        now, account = self._now(), given.account
        claims: dict[str, object] = {
            "iss": "NPS",
            "aud": "NPS",
            "sub": account.login,
            "name": account.login,
            _NAME_CLAIM: account.login,
            "jti": self._opaque(-number),
            "nbf": int(now),
            "iat": int(now),
            "exp": int(given.expires),
        }
        if given.kind == "access" and account.tells_role:
            claims |= {"role": account.role, _ROLE_CLAIM: account.role}
        return claims

    def _signed(self, claims: dict[str, object]) -> str:
        text = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
        return f"{text}.{_base64(hmac.new(self._key, text.encode(), hashlib.sha256).digest())}"

    def _opaque(self, number: int) -> str:
        return hmac.new(self._key, str(number).encode(), hashlib.sha256).hexdigest()[:32]

    def _tidy(self) -> None:
        """Forget tokens that expired long ago."""
        limit = self._now() - _REMEMBERED_S
        with self._lock:
            self._passes = {
                token: given for token, given in self._passes.items() if given.expires > limit
            }


def _encoded(value: object) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
