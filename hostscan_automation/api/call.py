"""One request and its reply, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.api.endpoints import Effect

JSON_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Call:
    """A request before it is signed.

    Attributes:
        target: Path and query, as they go over the wire.
        headers: Headers of this call beyond those that every call has.
    """

    method: str
    target: str
    effect: Effect
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def path(self) -> str:
        """The path without the query, for messages."""
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply.

    Attributes:
        headers: Names are compared without case.
        body: Decompressed.
    """

    status: int
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of the status

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; "" where none was sent."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, tolerant of a byte order mark and of bytes that are no UTF-8."""
        return self.body.decode("utf-8-sig", errors="replace")
