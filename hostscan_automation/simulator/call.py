"""One request, read: path, query, credential, cookies, body."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came over the wire.

    Attributes:
        path: Raw path, without the query.
        segments: The path's parts as the server routes them: decoded, dots removed.
        headers: By lower-case name.
    """

    method: str
    path: str
    query: str
    segments: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_api(self) -> bool:
        """Whether the path is under /api/."""
        return bool(self.segments) and self.segments[0].casefold() == "api"

    @property
    def content_type(self) -> str:
        """The media type of the body in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().casefold()

    @property
    def bearer(self) -> str | None:
        """The bearer token, or None."""
        kind, _, token = self.headers.get("authorization", "").strip().partition(" ")
        return token.strip() or None if kind.casefold() == "bearer" else None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that came with the request."""
        pairs = (pair.partition("=") for pair in self.headers.get("cookie", "").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def text(self) -> str:
        """The body as text, in the character set it names or in UTF-8.

        Raises:
            ValueError: The body is not text in that character set.
        """
        try:
            codec = codecs.lookup(self._charset() or "utf-8").name
        except LookupError as error:
            raise ValueError(str(error)) from None
        return self.body.decode("utf-8-sig" if codec == "utf-8" else codec)

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError where it is none."""
        return json.loads(self.text)

    def _charset(self) -> str:
        for parameter in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().casefold() == "charset":
                return value.strip().strip('"')
        return ""


def read_call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Read a request; a target in absolute form, as sent to proxies, loses its server."""
    if target[:4].casefold() == "http" and "://" in target:
        target = "/" + target.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("#")[0].partition("?")
    return Call(method, path, query, _segments(path), headers, body)


def _segments(path: str) -> tuple[str, ...]:
    """Split a path as Kestrel does: decoded (a slash stays encoded), dot segments removed."""
    parts: list[str] = []
    raw_parts = path.split("/")[1:]
    for raw in raw_parts[:-1] if raw_parts and raw_parts[-1] == "" else raw_parts:
        part = unquote(raw.replace("%2F", "%252F").replace("%2f", "%252f"))
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    return tuple(parts)
