"""Replies as the documented server gives them: JSON, tokens, ProblemDetails, nothing."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

JSON_TYPE = "application/json; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"
PROBLEM_TYPE = "application/problem+json; charset=utf-8"
VALIDATION = "One or more validation errors occurred."

# Where RFC 9110 describes each status: what ASP.NET Core puts into `type`.
_SECTIONS = {
    400: "15.5.1",
    401: "15.5.2",
    403: "15.5.4",
    404: "15.5.5",
    405: "15.5.6",
    411: "15.5.12",
    413: "15.5.14",
    414: "15.5.15",
    415: "15.5.16",
    500: "15.6.1",
    501: "15.6.2",
    503: "15.6.4",
}
_TRACE = secrets.token_hex(12)
_NUMBERS = itertools.count(1)


class Delivery(Enum):
    """How a reply goes out."""

    WHOLE = "whole"
    CUT = "cut"  # broken off in the middle
    ENDLESS = "endless"  # never finished
    LOST = "lost"  # not sent, connection closed
    RESET = "reset"  # not sent, connection reset


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply.

    Attributes:
        body: Bytes, or pieces of bytes that go out chunk by chunk.
        carried_out: Whether the request did what it asks for.
        job_id: The job it was about, for the log.
        fault: Name of the fault that made or changed this reply, for the log.
    """

    status: int
    body: bytes | Iterable[bytes] = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    carried_out: bool = True
    job_id: UUID | None = None
    delivery: Delivery = Delivery.WHOLE
    fault: str | None = None

    def whole_body(self) -> bytes:
        """Return the body in one piece."""
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)


class RefusedError(Exception):
    """A request ends here, with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(value: object, status: int = 200, *, job_id: UUID | None = None) -> Reply:
    """Return a JSON reply."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return Reply(status, body, JSON_TYPE, job_id=job_id)


def problem(
    status: int,
    detail: str | None = None,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    job_id: UUID | None = None,
) -> Reply:
    """Return an error as ProblemDetails with a trace id; nothing was carried out."""
    members: dict[str, Any] = {
        "type": f"https://tools.ietf.org/html/rfc9110#section-{_SECTIONS.get(status, '15')}",
        "title": VALIDATION if errors else HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        members["detail"] = detail
    if errors:
        members["errors"] = errors
    members["traceId"] = f"00-{_TRACE}{next(_NUMBERS):08x}-{secrets.token_hex(8)}-00"
    body = json.dumps(members, separators=(",", ":")).encode()
    return Reply(status, body, PROBLEM_TYPE, headers, carried_out=False, job_id=job_id)


def refused(status: int, detail: str | None = None, *, job_id: UUID | None = None) -> RefusedError:
    """Return an error to raise: the request ends with ProblemDetails."""
    return RefusedError(problem(status, detail, job_id=job_id))


def invalid(field: str, text: str) -> RefusedError:
    """Return an error to raise: a value in path, query or body is not valid (400)."""
    return RefusedError(problem(400, errors={field: [f"The value '{text}' is not valid."]}))
