"""Replies as the documented server gives them: JSON, ProblemDetails, tokens, nothing."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

JSON_TYPE = "application/json; charset=utf-8"
PROBLEM_TYPE = "application/problem+json; charset=utf-8"
PROXY_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    b"<body><h1>502 Bad Gateway</h1><p>The proxy could not reach the server.</p></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply.

    Attributes:
        body: Bytes, or pieces of bytes that are sent chunk by chunk.
        carried_out: Whether the request did what it asks for.
        job_id: The job it was about, for the log.
    """

    status: int
    body: bytes | Iterable[bytes] = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    carried_out: bool = True
    job_id: UUID | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def json_reply(value: object, status: int = 200, *, job_id: UUID | None = None) -> Reply:
    """Return a JSON reply."""
    return Reply(status, json.dumps(value).encode(), JSON_TYPE, job_id=job_id)


def problem(
    status: int,
    detail: str | None = None,
    *,
    errors: dict[str, list[str]] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    job_id: UUID | None = None,
) -> Reply:
    """Return an error as ProblemDetails with a trace id; nothing was carried out."""
    members: dict[str, Any] = {
        "type": f"https://httpstatuses.example/{status}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "traceId": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00",
    }
    if detail:
        members["detail"] = detail
    if errors:
        members["errors"] = errors
    body = json.dumps(members).encode()
    return Reply(status, body, PROBLEM_TYPE, headers, carried_out=False, job_id=job_id)
