"""Read replies: what the server said no to, and what is not a reply of this server at all."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from hostscan_automation.api.server_time import parse_http_date
from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    Problem,
    RateLimitedError,
    ServerError,
    UnreadableReplyError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hostscan_automation.api.call import Reply

_READABLE_WORDS = 160
_LOOKED_AT = 4096
_STANDARD_MEMBERS = ("type", "title", "status", "detail", "instance")
_MARKUP = re.compile(
    r"<(script|style|head)\b.*?</\1\s*>|<[^>]*>|<[^>]*$", re.DOTALL | re.IGNORECASE
)


def json_of(reply: Reply) -> Any:
    """Return the body as JSON.

    Raises:
        UnreadableReplyError: It is none, it is cut, or it is nested deeper than anybody reads.
    """
    try:
        return json.loads(reply.body.decode("utf-8-sig"))
    except RecursionError:
        raise unreadable(reply, "is nested too deeply") from None
    except ValueError:
        raise unreadable(reply, "is no JSON") from None


def unreadable(reply: Reply, what: str) -> UnreadableReplyError:
    """Return the error for a reply that is not what its page says, with its first words."""
    words = first_words(reply.text)
    shown = f": {words!r}" if words else " and empty" if not reply.body else ""
    return UnreadableReplyError(
        f"reply to {reply.method} {reply.path} (status {reply.status}) {what}{shown}",
        status=reply.status,
        method=reply.method,
        path=reply.path,
        problem=problem_of(reply),
        hint="Is this the address of the server itself, and not of a proxy or a login page?",
    )


def refusal(reply: Reply, now: datetime) -> ApiError:
    """Return the typed error for a reply whose status is no success.

    `now` is the server's time, for a `Retry-After` that is a date.
    """
    problem = problem_of(reply)
    if 300 <= reply.status < 400 or reply.status < 200:  # noqa: PLR2004 - classes of statuses
        return _redirect(reply)
    error = _class_for(reply.status)(
        f"{reply.method} {reply.path} was answered with {reply.status}{server_words(reply)}",
        status=reply.status,
        method=reply.method,
        path=reply.path,
        problem=problem,
        hint=_HINTS.get(reply.status),
    )
    if isinstance(error, RateLimitedError):
        error.retry_after_s = retry_after_s(reply.headers.get("Retry-After"), now)
    return error


_HINTS = {
    401: "The server does not accept this session.",
    403: "The account needs the role Admin or App, and its second factor.",
    429: "The server asks for fewer requests: lower the rate.",
    503: "The server is busy or starting; try again later.",
}


def _class_for(status: int) -> type[ApiError]:
    by_status: dict[int, type[ApiError]] = {
        403: ForbiddenError,
        404: NotFoundError,
        429: RateLimitedError,
        503: RateLimitedError,
    }
    return by_status.get(status, ServerError if status >= 500 else ApiError)  # noqa: PLR2004


def _redirect(reply: Reply) -> UnreadableReplyError:
    target = first_words(reply.headers.get("Location", ""))
    return UnreadableReplyError(
        f"{reply.method} {reply.path} was answered with {reply.status}, to look at {target!r}",
        status=reply.status,
        method=reply.method,
        path=reply.path,
        hint="No redirect is followed. If that is the server, give its address instead.",
    )


def server_words(reply: Reply) -> str:
    """Return what the server said, as `: words`, or nothing where it said nothing."""
    problem = problem_of(reply)
    if problem is None:
        said = first_words(reply.text)
    else:
        parts = (problem.title, problem.detail, *_field_errors(problem))
        said = first_words(": ".join(part for part in parts if part))
    return f": {said}" if said else ""


def _field_errors(problem: Problem) -> Iterator[str]:
    """Yield what the server found wrong with single fields (live servers send `errors`)."""
    errors = problem.further.get("errors")
    for name, texts in errors.items() if isinstance(errors, dict) else ():
        yield f"{name} {' '.join(map(str, texts)) if isinstance(texts, list) else texts}"


def problem_of(reply: Reply) -> Problem | None:
    """Return the body as ProblemDetails, all further members kept; None if it is none.

    Some proxies change the media type, so any JSON object with a member of the standard counts.
    """
    if not (reply.media_type.endswith("json") or reply.body.lstrip()[:1] == b"{"):
        return None
    try:
        data = json.loads(reply.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not any(name in data for name in _STANDARD_MEMBERS):
        return None
    return _problem(data)


def _problem(data: dict[str, Any]) -> Problem:
    def text(name: str) -> str | None:
        value = data.get(name)
        return value if isinstance(value, str) else None

    status = data.get("status")
    return Problem(
        type=text("type"),
        title=text("title"),
        status=status if isinstance(status, int) and not isinstance(status, bool) else None,
        detail=text("detail"),
        instance=text("instance"),
        further={name: data[name] for name in data if name not in _STANDARD_MEMBERS},
    )


def first_words(text: str) -> str:
    """Return the first readable words of a text: no markup, no control characters, one line."""
    plain = _MARKUP.sub(" ", text[:_LOOKED_AT])
    seen = "".join(sign if _is_readable(sign) else " " for sign in plain)
    words = " ".join(seen.split())
    return words if len(words) <= _READABLE_WORDS else f"{words[:_READABLE_WORDS].rstrip()} ..."


def _is_readable(sign: str) -> bool:
    # C: control, format (right-to-left marks), surrogates, unassigned; a terminal must not see them
    return sign == "�" or not unicodedata.category(sign).startswith("C")


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return how long a `Retry-After` asks to wait, in seconds; None where it says nothing.

    Args:
        header: Seconds, or an HTTP date.
        now: The server's time.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    moment = parse_http_date(text) if text else None
    return None if moment is None else max(0.0, (moment - now).total_seconds())
