"""What no door of this program ever calls, however it is written."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from hostscan_automation.errors import PlanRefusedError

_FORBIDDEN = "truncatealltables"
_PLAIN = re.compile(r"[A-Za-z0-9/?=&_.-]*")
_FIRST_LETTERS = re.compile(r"t[^a-z]*r[^a-z]*u[^a-z]*n", re.IGNORECASE)
_DECODED_AT_MOST = 12
_UNICODE_ESCAPE = re.compile(rb"%u([0-9a-f]{4})", re.IGNORECASE)


def refuse_forbidden_quickly(target: str) -> None:
    """Do the same for a target about to be sent; most are seen to be harmless at one glance."""
    if not _PLAIN.fullmatch(target) or _FIRST_LETTERS.search(target):
        refuse_forbidden(target)


def refuse_forbidden(*texts: str) -> None:
    """Refuse `TruncateAllTables`, which wipes every host scan table of the server.

    Looked at is what servers and proxies may make of a text: percent-decoded as often as it takes
    (IIS's `%uXXXX` too), without case, compatibility letters folded, and only its letters, so that
    no dot, slash, semicolon, blank or control character in between hides the word.

    Raises:
        PlanRefusedError: The word is in it; no switch lifts that.
    """
    for text in texts:
        if any(_FORBIDDEN in _letters(form) for form in _decoded(text)):
            raise PlanRefusedError(
                "TruncateAllTables is never called: it wipes every host scan table",
                hint="This program has no switch for it.",
            )


def _decoded(text: str) -> list[str]:
    forms = [text]
    while len(forms) <= _DECODED_AT_MOST:
        octets = _UNICODE_ESCAPE.sub(_utf8, forms[-1].encode("utf-8", "surrogatepass"))
        decoded = unquote_to_bytes(octets).decode("utf-8", "replace")
        if decoded == forms[-1]:
            return forms
        forms.append(decoded)
    raise PlanRefusedError("address is percent-encoded over and over: it was not called")


def _utf8(match: re.Match[bytes]) -> bytes:
    return chr(int(match[1], 16)).encode("utf-8", "surrogatepass")


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isascii() and sign.isalpha())
