"""Build a call to an address that somebody else wrote: within one server, and never forbidden."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.call import Call
from hostscan_automation.api.endpoints import SIGN_IN, SIGN_IN_2FA, SIGN_IN_2FA_OLD, effect_of
from hostscan_automation.api.guard import refuse_forbidden
from hostscan_automation.api.replies import json_of
from hostscan_automation.errors import PlanRefusedError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.api.call import Reply

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SAFE_IN_PATH = "/:@!$&'()*+,;=~%-._"
_SAFE_IN_QUERY = f"{_SAFE_IN_PATH}?"
_OWN_HEADERS = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "x-http-method-override",
        "x-original-url",
        "x-rewrite-url",
    }
)
_SESSION_HEADERS = frozenset({"authorization", "cookie"})
_SIGN_IN_PATHS = frozenset(e.template.casefold() for e in (SIGN_IN, SIGN_IN_2FA, SIGN_IN_2FA_OLD))


def build_call(
    server: ServerAddress,
    method: str,
    address: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Call:
    """Return the call for a method and an address, with its effect from the table.

    Args:
        server: The one server it may go to.
        method: HTTP method, in any case.
        address: A path that begins with `/`, or a whole URL of that server.
        query: Parameters to add; a list gives the name several times, None is left out.
        body: The bytes to send.
        headers: Headers beyond those that every call has.

    Raises:
        ValueError: Method, address or a header is not well formed.
        PlanRefusedError: It is an address of another server, or one that is never called.
    """
    method = method.upper()
    if not _TOKEN.fullmatch(method):
        raise ValueError(f"method is none: {method[:20]!r}")
    sent = _headers(headers or {})
    target = _target(server, address)
    if query:
        target += ("&" if "?" in target else "?") + _encoded(query)
    refuse_forbidden(method, target, *sent.values())
    path = target.partition("?")[0]
    return Call(method, target, effect_of(method, unquote(path).rstrip("/")), body, sent)


def json_body(value: Any) -> bytes | None:
    """Return a body as it is sent: bytes as they are, None as none, anything else as JSON."""
    if value is None or isinstance(value, bytes):
        return value
    return json.dumps(value, allow_nan=False).encode("ascii")


def refuse_session_headers(call: Call) -> None:
    """Refuse what the session itself decides: its token, its cookies, its sign-in.

    Raises:
        ValueError: The call brings one of them.
    """
    for name in call.headers:
        if name.casefold() in _SESSION_HEADERS:
            raise ValueError(f"header {name!r} belongs to the session")
    if unquote(call.path).rstrip("/").casefold() in _SIGN_IN_PATHS:
        raise ValueError(f"{call.path!r} is a step of the sign-in, which the client does itself")


def value_of(reply: Reply) -> Any:
    """Return a reply as a value: JSON where it is JSON, text where it is text, None if empty."""
    if not reply.body.strip():
        return None
    if reply.media_type.endswith("json"):
        return json_of(reply)
    return reply.text


def _target(server: ServerAddress, address: str) -> str:
    if any(sign < " " or sign in "\x7f\\" for sign in address) or address != address.strip():
        raise ValueError("address holds blanks at its ends, backslashes or control characters")
    if not address.startswith("/"):
        address = _local_part(server, address)
    if address.startswith("//"):
        raise PlanRefusedError(f"address names another server: {address[:200]!r}")
    path, mark, query = address.partition("#")[0].partition("?")
    if any(segment in {".", ".."} for segment in re.split(r"[/\\]", unquote(unquote(path)))):
        raise ValueError(f"address holds dot segments: {address[:200]!r}")
    return quote(path, safe=_SAFE_IN_PATH) + mark + quote(query, safe=_SAFE_IN_QUERY)


def _local_part(server: ServerAddress, address: str) -> str:
    """Return path and query of a whole URL, once it is sure that it is one of this server."""
    try:
        parts = urlsplit(address)
        origin = ServerAddress.parse(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, SettingsError):
        raise ValueError(f"address is neither a path nor a URL: {address[:200]!r}") from None
    if origin != server:
        raise PlanRefusedError(
            f"address is not one of {server.url!r}: {origin.url!r}",
            hint="A session is for one server; nothing of it goes to another.",
        )
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _encoded(query: Mapping[str, Any]) -> str:
    pairs = [
        (name, str(item).lower() if isinstance(item, bool) else item)
        for name, value in query.items()
        for item in (value if isinstance(value, (list, tuple)) else [value])
        if item is not None
    ]
    return urlencode(pairs)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or name.casefold() in _OWN_HEADERS:
            raise ValueError(f"header {name[:40]!r} cannot be set here")
        if not value.isprintable() or not value.isascii():
            raise ValueError(f"value of header {name!r} holds characters that no header may have")
    return dict(headers)
