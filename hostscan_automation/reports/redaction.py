"""Keep the secrets in use, and everything that looks like a token, out of what people read."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SHORTEST_SECRET = 4
# a bearer that begins with a dollar sign is a variable of a script
_TOKENS = re.compile(r"eyJ[\w-]{8,2000}\.[\w-]+(?:\.[\w-]*)?|(?<=Bearer )[^\s$]\S*", re.ASCII)
_BACKSLASHES = r"\\{1,32}"
_VARIABLE = re.compile(r"HOSTSCAN_\w*(?:PASSWORD|SECRET|CODE|TOKEN|KEY)\w*", re.IGNORECASE)


@dataclass(slots=True)
class Redaction:
    """Takes the secrets in use, and everything that looks like a token, out of a text."""

    secrets: set[str] = field(default_factory=set)
    _pattern: re.Pattern[str] | None = None
    _known: int = 0

    @classmethod
    def of_environment(cls, environ: Mapping[str, str]) -> Redaction:
        """Return one that knows what the variables of this program hold, whether it is used or not.

        A bug may strike before anybody has chosen which of them are.
        """
        redaction = cls()
        redaction.learn(value for name, value in environ.items() if _VARIABLE.fullmatch(name))
        return redaction

    def learn(self, secrets: Iterable[str]) -> None:
        """Add secrets; what looks like a token is taken out anyway."""
        more = {
            secret
            for secret in secrets
            if len(secret) >= _SHORTEST_SECRET and not _TOKENS.fullmatch(secret)
        }
        # a new set: another thread may be going through the old one
        self.secrets = self.secrets | more

    def clean(self, text: str) -> str:
        """Return the text without any of them, in whatever form they came along."""
        if self._known != len(self.secrets):
            longest_first = sorted(self.secrets, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_in_any_form, longest_first)))
            self._known = len(self.secrets)
        if self._pattern is not None:
            text = self._pattern.sub("[secret]", text)
        return _TOKENS.sub("[token]", text)


def _in_any_form(secret: str) -> str:
    """Return a pattern of a secret in plain text, JSON, a Python text, HTML, or a URL.

    Texts come within texts, so a character may have any number of backslashes before it.
    """
    in_url = quote(secret, safe="", errors="surrogatepass")
    return f"{''.join(map(_character, secret))}|{re.escape(in_url)}"


def _character(sign: str) -> str:
    if sign == "\\":
        return _BACKSLASHES
    if sign.isascii() and sign.isalnum():
        return sign
    forms = [f"(?:{_BACKSLASHES})?{re.escape(sign)}", re.escape(html.escape(sign)), *_escapes(sign)]
    return f"(?:{'|'.join(forms)})"


def _escapes(sign: str) -> Iterator[str]:
    """Yield patterns of a character by its number: one escape, a pair of them, or its bytes."""
    for text in sorted({json.dumps(sign)[1:-1], ascii(sign)[1:-1], f"\\u{ord(sign):04x}"} - {sign}):
        yield "".join(_BACKSLASHES + re.escape(part) for part in text.split("\\") if part)
    if not sign.isascii():
        written = sign.encode("utf-8", "surrogatepass")
        yield "".join(f"{_BACKSLASHES}x{byte:02x}" for byte in written)
