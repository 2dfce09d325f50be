"""Take in the cookies of a reply: those that can be read, and not without end.

The jar of the standard library prints a traceback as a warning where it cannot read a header, and
keeps whatever a server sends. So it is given only attributes that it can read.
"""

from __future__ import annotations

import re
from http.cookiejar import http2time  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final

from requests.cookies import MockRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests import PreparedRequest
    from requests.cookies import RequestsCookieJar

LONGEST_COOKIE: Final = 4096
MOST_COOKIES: Final = 50
"""What browsers take of one server."""

_SECONDS = re.compile(r"-?[0-9]{1,9}")


def keep_cookies(jar: RequestsCookieJar, request: PreparedRequest, given: Iterable[str]) -> None:
    """Take the `Set-Cookie` headers of a reply into the jar; the oldest of too many are dropped."""
    texts = [_readable(text) for text in given if len(text) <= LONGEST_COOKIE]
    reply: Any = _Reply(texts)
    sent: Any = MockRequest(request)
    jar.extract_cookies(reply, sent)
    while len(jar) > MOST_COOKIES:
        oldest = next(iter(jar))
        jar.clear(oldest.domain, oldest.path, oldest.name)


class _Reply:
    """As much of a reply as a jar looks at."""

    def __init__(self, cookies: list[str]) -> None:
        self._cookies = cookies

    def info(self) -> _Reply:
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self._cookies if name == "Set-Cookie" else default


def _readable(text: str) -> str:
    cookie, *attributes = text.split(";")
    return ";".join([cookie, *(one for one in attributes if _is_readable(one))])


def _is_readable(attribute: str) -> bool:
    name, _, value = attribute.partition("=")
    match name.strip().casefold():
        case "max-age":
            return _SECONDS.fullmatch(value.strip()) is not None
        case "expires":
            return _is_date(value.strip().strip('"'))
        case _:
            return True


def _is_date(text: str) -> bool:
    try:
        return http2time(text) is not None
    except (ValueError, OverflowError):
        return False
