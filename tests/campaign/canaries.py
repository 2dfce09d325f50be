"""The secrets of one scenario, and the search for them in every spelling that could be written."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from hostscan_automation.simulator import Simulator

# A token begins with `{"`, in base64 once, twice, and in hexadecimal digits.
_TOKEN = re.compile(rb"eyJ[\w-]{8,}\.[\w-]{8,}|ZXlK[\w+/-]{12,}|65794a(?:[0-9a-f]{2}){12,}")
_CODE = re.compile(rb"(?<![\w.\-])\d{6}(?![\w.\-])")
_COOKIE = re.compile(rb"[0-9a-f]{32}")
_PART = 16
_STEPS_BACK, _STEPS_ON = 10, 2
_LOST_AT_THE_EDGE = (0, 2, 3)


@dataclass(frozen=True)
class Canaries:
    """What must be found nowhere outside of memory.

    Attributes:
        lasting: Passwords, keys and TOTP secrets, by what they are.
        codes: One-time codes that were sent, and all of the last minutes.
        cookies: What stood in the cookies.
    """

    lasting: Mapping[str, str]
    codes: Collection[str]
    cookies: Collection[str]

    @classmethod
    def of(cls, server: Simulator) -> Canaries:
        """Return every secret of a server's accounts, and all that it saw and gave out."""
        accounts = server.accounts
        named = {
            "admin": accounts.admin,
            "without_mfa": accounts.without_mfa,
            "reader": accounts.reader,
            "application": accounts.application,
        }
        lasting = {f"password of {name}": one.password for name, one in named.items()}
        for name, one in named.items():
            if one.totp_secret:
                lasting[f"TOTP secret of {name}"] = one.totp_secret
                lasting[f"TOTP key of {name}"] = base64.b32decode(one.totp_secret).hex()
        codes = {code for code in server.codes if code.isdecimal()}
        for one in named.values():
            if one.totp:  # of late, whether sent or not
                step = one.totp.step_at(server.now())
                codes |= set(map(one.totp.code, range(step - _STEPS_BACK, step + _STEPS_ON)))
        cookies = {one for one in server.tokens if _COOKIE.fullmatch(one.encode())}
        return cls(lasting, codes, cookies)

    def found_in(self, data: bytes) -> set[str]:
        """Return what was found in the content of a file, by what it is; UTF-16 included."""
        return self._found(data) | (
            self._found(data.replace(b"\0", b"")) if b"\0" in data else set()
        )

    def _found(self, data: bytes) -> set[str]:
        bare = data.replace(b"\\", b"")
        found = {
            name
            for name, secret in self.lasting.items()
            if any(spelling in data for spelling in spellings(secret))
            or secret.replace("\\", "").encode() in bare  # texts come within texts
        }
        if _TOKEN.search(data):
            found.add("token")
        if self.codes and any(one.decode() in self.codes for one in _CODE.findall(data)):
            found.add("one-time code")
        if self.cookies and any(one.decode() in self.cookies for one in _COOKIE.findall(data)):
            found.add("cookie")
        return found


def spellings(secret: str) -> Iterator[bytes]:
    """Yield a secret as it could be written: plain, escaped, encoded."""
    plain = secret.encode()
    yield plain
    yield plain[:_PART]  # of an odd one, however the rest is escaped
    for text in (json.dumps(secret), repr(secret), ascii(secret)):
        yield text[1:-1].encode()
        yield json.dumps(text)[1:-1].strip("\"'\\").encode()
    for text in (quote(secret, safe=""), quote_plus(secret), html.escape(secret)):
        yield text.encode()
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for offset, lost in enumerate(_LOST_AT_THE_EDGE):
        encoded = base64.b64encode(b"\0" * offset + plain).rstrip(b"=")[lost:-1]
        yield encoded
        yield encoded.replace(b"+", b"-").replace(b"/", b"_")
