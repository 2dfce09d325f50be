"""One-time codes by time (TOTP): reading secrets as people have them, computing codes by pyotp."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pyotp
from typing_extensions import override

from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_BASE32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014"
_SHORTEST_BITS = 80
_LAST_SECONDS_NOT_USED = 2.0
_ALGORITHMS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
_HINT = (
    "Give the secret as the server showed it when the second factor was set up: letters A to Z and"
    " digits 2 to 7, or the whole otpauth:// address."
)


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code and the time step it belongs to.

    Attributes:
        step: Number of the time step; a code is used once, and so is its step.
        next_in_s: Seconds until the next one begins.
    """

    text: str = field(repr=False)
    step: int
    next_in_s: float

    @property
    def is_usable(self) -> bool:
        """Whether it will still hold when it arrives."""
        return self.next_in_s >= _LAST_SECONDS_NOT_USED


@dataclass(frozen=True, slots=True)
class CodeGenerator:
    """Computes the codes of one secret."""

    key: bytes = field(repr=False)
    digits: int = 6
    period_s: int = 30
    algorithm: str = "SHA1"

    @classmethod
    def parse(cls, text: str) -> CodeGenerator:
        """Read a secret: base32 in any spelling people use, or an `otpauth://totp/` address.

        Raises:
            SettingsError: It cannot be read; the message names the position, never the secret.
        """
        text = text.strip()
        return _from_uri(text) if text.lower().startswith("otpauth:") else cls(_key(text))

    @property
    def fingerprint(self) -> bytes:
        """What tells this secret from others, and nothing of it."""
        return hashlib.sha256(b"hostscan:" + self.key).digest()

    def at(self, moment: datetime) -> OneTimeCode:
        """Return the code that holds at a moment of the server's time."""
        seconds = moment.timestamp()
        step = int(seconds // self.period_s)
        return OneTimeCode(self._code(step), step, (step + 1) * self.period_s - seconds)

    def _code(self, step: int) -> str:
        return _Otp(self.key, self.digits, _ALGORITHMS[self.algorithm]).generate_otp(step)


class _Otp(pyotp.OTP):
    """A code by pyotp from a key that is known already.

    Newer pyotp refuses secrets under 112 bits, and servers do hand out such of 80 bits.
    """

    def __init__(self, key: bytes, digits: int, digest: Any) -> None:
        self._key = key
        super().__init__("", digits=digits, digest=digest)

    @override
    def byte_secret(self) -> bytes:
        return self._key


def _from_uri(text: str) -> CodeGenerator:
    try:
        parts = urlsplit(text)
        values = {name.lower(): items[-1] for name, items in parse_qs(parts.query).items()}
    except ValueError:
        raise _unreadable("the otpauth:// address cannot be read") from None
    if parts.netloc.lower() != "totp":
        raise _unreadable("the otpauth:// address is not of the kind totp (codes by time)")
    if "secret" not in values:
        raise _unreadable("the otpauth:// address has no secret in it")
    algorithm = re.sub(r"^HMAC|[-_]", "", values.get("algorithm", "SHA1").upper())
    if algorithm not in _ALGORITHMS:
        raise _unreadable("the algorithm in the otpauth:// address is none of SHA1, SHA256, SHA512")
    return CodeGenerator(
        key=_key(values["secret"]),
        digits=_number(values, "digits", 6, range(6, 11)),
        period_s=_number(values, "period", 30, range(5, 3601)),
        algorithm=algorithm,
    )


def _number(values: dict[str, str], name: str, default: int, allowed: range) -> int:
    text = values.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) <= len("3600") and int(text) in allowed:
        return int(text)
    raise _unreadable(
        f"{name} in the otpauth:// address is not between {allowed[0]} and {allowed[-1]}"
    )


def _key(text: str) -> bytes:
    letters = "".join(_letters(text.rstrip("= \t")))
    if len(letters) * 5 < _SHORTEST_BITS:
        raise _unreadable(
            f"it has {len(letters) * 5} bits, and no server takes less than {_SHORTEST_BITS}"
        )
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        # Whole bytes never give this many letters: one was lost or doubled in copying. A code
        # from such a secret would be refused, and refused codes lock accounts.
        raise _unreadable(f"no secret has {len(letters)} letters, so some are missing") from None


def _letters(text: str) -> Iterator[str]:
    for position, sign in enumerate(text, start=1):
        if sign.isspace() or sign in _DASHES:
            continue
        letter = sign.upper()
        if letter not in _BASE32:
            raise _unreadable(f"character {position} is not one of A to Z and 2 to 7")
        yield letter


def _unreadable(why: str) -> SettingsError:
    return SettingsError(f"TOTP secret cannot be read: {why}", hint=_HINT)
