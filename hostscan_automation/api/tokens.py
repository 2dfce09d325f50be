"""The session's token: what it says of itself, and one renewal at a time for all threads."""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hostscan_automation.api.replies import unreadable
from hostscan_automation.errors import HostscanError, SessionExpiredError

if TYPE_CHECKING:
    from hostscan_automation.api.call import Reply
    from hostscan_automation.api.server_time import ServerTime
    from hostscan_automation.clock import Clock

_log = logging.getLogger("hostscan.api")

OnSecret = Callable[[str], object]
"""Told of every code and token that comes up."""

_SHORTEST_TOKEN = 20
_RENEWED_WITH_S_LEFT = 7 * 60.0
_RENEWED_WITH_SHARE_LEFT = 7 / 15
_SIGN_INS_WITHOUT_USE = 2

_CLAIMS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/"
_NAMES = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_ROLE_CLAIMS = (f"{_CLAIMS}role", "role", "roles")
_NAME_CLAIMS = ("unique_name", f"{_NAMES}name", "name", "preferred_username", "sub")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, and what it says of itself where it is a JWT; its signature is not looked at.

    Attributes:
        expires_at: None where it does not say.
        lifetime_s: From its making to its end, or from its arrival where it does not say.
        roles: None where it names none at all, which is not the same as having none.
    """

    text: str = field(repr=False)
    expires_at: datetime | None = None
    lifetime_s: float | None = None
    roles: tuple[str, ...] | None = None
    name: str | None = None

    @classmethod
    def read(cls, text: str, now: datetime) -> AccessToken:
        """Read what a token says of itself; an opaque one says nothing."""
        claims = _claims(text)
        expires_at = _moment(claims.get("exp"))
        made_at = _moment(claims.get("iat")) or _moment(claims.get("nbf")) or now
        lifetime_s = None
        if expires_at is not None:
            lifetime_s = max(0.0, (expires_at - min(made_at, now)).total_seconds())
        return cls(text, expires_at, lifetime_s, _roles(claims), _name(claims))


def token_of(reply: Reply) -> str:
    """Return the token in a sign-in's reply: plain text or a JSON string.

    Raises:
        UnreadableReplyError: What came back with a status of success does not look like a token.
    """
    text = reply.text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not is_token(text):
        raise unreadable(_masked(reply), "is no token")
    return text


def heed_not(secret: str) -> None:
    """Do nothing about a secret: nobody writes logs here."""


def is_token(text: str) -> bool:
    """Say whether a text looks like a token: long enough, without blanks, quotes or markup."""
    return (
        len(text) >= _SHORTEST_TOKEN
        and text.isascii()
        and text.isprintable()
        and not any(sign in text for sign in " \"'<>\\")
    )


def _masked(reply: Reply) -> Reply:
    # a token in an unexpected wrapping must not end up in a message
    body = re.sub(rb"[^\s<>\"']{%d,}" % _SHORTEST_TOKEN, b"***", reply.body)
    return replace(reply, body=body)


def _claims(text: str) -> dict[str, Any]:
    parts = text.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _roles(claims: dict[str, Any]) -> tuple[str, ...] | None:
    found = [claims[name] for name in _ROLE_CLAIMS if claims.get(name) is not None]
    if not found:
        return None
    flat = [role for item in found for role in (item if isinstance(item, list) else [item])]
    return tuple(dict.fromkeys(str(role) for role in flat))


def _name(claims: dict[str, Any]) -> str | None:
    for name in _NAME_CLAIMS:
        if isinstance(claims.get(name), str) and claims[name]:
            return str(claims[name])
    return None


@dataclass(slots=True)
class _Flight:
    """One renewal under way, and who waits for it."""

    done: threading.Event = field(default_factory=threading.Event)
    token: AccessToken | None = None
    error: HostscanError | None = None


class TokenSource:
    """Gives the token that holds now, to any number of threads.

    A token is renewed in good time, and else got by signing in again. Whoever comes while that is
    under way waits for its result, and shares its failure too: a refused sign-in is not repeated
    by every thread that waited for it.

    Args:
        sign_in: Signs in and returns a new token; or says why it cannot any more.
        renew: Gets a new token with one that still holds.
    """

    def __init__(
        self,
        sign_in: Callable[[], AccessToken],
        renew: Callable[[AccessToken], AccessToken],
        clock: Clock,
        server_time: ServerTime,
    ) -> None:
        self._sign_in = sign_in
        self._renew = renew
        self._clock = clock
        self._time = server_time
        self._lock = threading.Lock()
        self._flight: _Flight | None = None
        self._token: AccessToken | None = None
        self._due_at = 0.0
        self._sign_ins_without_use = 0
        self._proven: AccessToken | None = None

    @property
    def known(self) -> AccessToken | None:
        """The token at hand, if there is one, however old."""
        return self._token

    def current(self) -> AccessToken:
        """Return a token that should hold now; sign in or renew where that is needed."""
        token = self._token
        if token is not None and self._clock.monotonic() < self._due_at:
            return token
        return self._share(refused=None)

    def replacement(self, refused: AccessToken) -> AccessToken:
        """Return another token than the one that the server refused with a 401."""
        return self._share(refused=refused)

    def prove(self, token: AccessToken) -> None:
        """Take note that the server accepted a token."""
        self._proven = token
        self._sign_ins_without_use = 0

    def has_held(self, token: AccessToken) -> bool:
        """Say whether a token was good for a while: accepted, replaced since, or at its end."""
        is_current = token is self._token
        return not is_current or token is self._proven or self._left_s(token) <= 0

    def _share(self, refused: AccessToken | None) -> AccessToken:
        while True:
            with self._lock:
                token = self._token
                if token is not None and self._is_good(token, refused):
                    return token
                flight = self._flight
                if flight is None:
                    flight = self._flight = _Flight()
                    break
            flight.done.wait()
            if flight.error is not None:
                raise flight.error
            if flight.token is not None and flight.token is not refused:
                return flight.token
        return self._lead(flight, refused)

    def _is_good(self, token: AccessToken, refused: AccessToken | None) -> bool:
        if refused is not None:
            return token is not refused
        return self._clock.monotonic() < self._due_at

    def _lead(self, flight: _Flight, refused: AccessToken | None) -> AccessToken:
        try:
            flight.token = self._obtain(refused)
        except HostscanError as error:
            flight.error = error
            raise
        else:
            return flight.token
        finally:
            with self._lock:
                self._flight = None
            flight.done.set()

    def _obtain(self, refused: AccessToken | None) -> AccessToken:
        token = self._token
        if token is not None and token is not refused and self._left_s(token) > 0:
            try:
                token = self._renew(token)
            except HostscanError as error:
                _log.info("the session was not renewed yet: %s", error.message)
            else:
                _log.info("the session was renewed")
            return self._adopt(token)
        if self._sign_ins_without_use >= _SIGN_INS_WITHOUT_USE:
            raise SessionExpiredError(
                "the server refuses the sessions it has just given",
                hint="Does something between here and the server remove the Authorization header?",
            )
        token = self._adopt(self._sign_in())
        self._sign_ins_without_use += 1
        return token

    def _left_s(self, token: AccessToken) -> float:
        if token.expires_at is None:
            return float("inf")
        return (token.expires_at - self._time.now()).total_seconds()

    def _adopt(self, token: AccessToken) -> AccessToken:
        left_s = self._left_s(token)
        kept_s = min(_RENEWED_WITH_S_LEFT, (token.lifetime_s or 0.0) * _RENEWED_WITH_SHARE_LEFT)
        # A token that says it has ended already is believed only when the server says so too.
        good_for_s = max(left_s - kept_s, left_s / 4) if left_s > 0 else float("inf")
        self._due_at = self._clock.monotonic() + good_for_s
        self._token = token
        return token
