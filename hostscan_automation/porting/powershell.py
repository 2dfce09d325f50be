"""The documented PowerShell statements as Python calls, to carry an example over line by line.

    session = WebRequestSession()
    login = {"Login": name, "Password": password}
    token = invoke_rest_method(f"{server}/signinBody", method="POST", web_session=session,
        body=convert_to_json(login), content_type="application/json")

Names and defaults are PowerShell 7's, and so is what a call returns: JSON as dictionaries, lists
and numbers, ISO dates as `datetime`, other text as text, an empty reply as "". Four things are
stricter, because they end badly in PowerShell: no redirect is followed, plain http reaches this
machine only, a web session stays with one server, and `TruncateAllTables` is never called. XML, and
what is almost JSON (quotes in the wrong form, comments), comes as its text.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.call import Call, Reply
from hostscan_automation.api.endpoints import Effect
from hostscan_automation.api.guard import refuse_forbidden
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.replies import refusal
from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.transport import Transport
from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WebRequestSession", "convert_from_json", "convert_to_json", "invoke_rest_method"]

_FORM = "application/x-www-form-urlencoded"
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
# Line ends of Unicode, which ConvertTo-Json escapes.
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
_NOT_ESCAPED = "/%:@!$&'()*+,;=~-._"
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}")
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:?\d\d)?", re.ASCII)

Body: TypeAlias = "str | bytes | int | Mapping[str, Any] | None"


class WebRequestSession:
    """What `New-Object Microsoft.PowerShell.Commands.WebRequestSession` is: kept from call to call.

    It keeps the cookies and, as PowerShell does, every header that a call was given: a later call
    without headers sends the `Authorization` of an earlier one.

    Attributes:
        connection: Whom to trust, and how long to wait.
    """

    def __init__(self, connection: ConnectionOptions | None = None) -> None:
        self.connection = connection or ConnectionOptions()
        self._headers: dict[str, str] = {}
        self._clock = SystemClock()
        self._transport: Transport | None = None

    def exchange(self, address: ServerAddress, call: Call) -> Reply:
        """Send a call and return its reply, whatever its status.

        Raises:
            SettingsError: The session belongs to another server.
        """
        transport = self._transport
        if transport is None:
            transport = Transport(address, self.connection, ServerTime(self._clock))
            self._transport = transport
        if transport.address != address:
            raise SettingsError(
                f"web session belongs to {transport.address.url!r}, not to {address.url!r}",
                hint="Use one session for each server: this one holds cookies and a token.",
            )
        return transport.exchange(call)

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._transport is not None:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def headers_with(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers kept so far, these among them, which are kept from now on.

        Raises:
            SettingsError: A value could not be sent as one line.
        """
        for name, value in headers.items():
            if not f"{name}{value}".isprintable():
                raise SettingsError(f"header {name!r} holds a character that no header can hold")
            for kept in [one for one in self._headers if one.lower() == name.lower()]:
                del self._headers[kept]
        self._headers.update(headers)
        return dict(self._headers)

    def now(self) -> datetime:
        """Return the time that a `Retry-After` date is compared with."""
        return self._clock.now()


def invoke_rest_method(
    uri: str,
    *,
    method: str = "GET",
    body: Body = None,
    headers: Mapping[str, str] | None = None,
    web_session: WebRequestSession | None = None,
    content_type: str | None = None,
) -> Any:
    """Send one request, once, as `Invoke-RestMethod` would, and return its reply as an object.

    Args:
        uri: Whole address; blanks and letters beyond ASCII are escaped.
        method: Any case.
        body: Text goes as it is, in UTF-8 unless `content_type` names a charset; a mapping goes as
            a form, or into the query of a GET.
        headers: Kept by the session for its later calls.
        web_session: Keeps cookies and headers. Its `connection` tells whom to trust.
        content_type: Without it a POST is sent as a form, whatever its body is.

    Raises:
        ApiError: The server said no, or answered with a redirect.
        NotReachedError: Nothing was sent.
        ReplyLostError: It may have been carried out.
        PlanRefusedError: It would wipe every host scan table.
        SettingsError: The address is none to send a password to.
    """
    if web_session is None:
        with WebRequestSession() as once:
            return _invoke(uri, method.upper(), body, headers or {}, once, content_type)
    return _invoke(uri, method.upper(), body, headers or {}, web_session, content_type)


def _invoke(
    uri: str,
    method: str,
    body: Body,
    headers: Mapping[str, str],
    session: WebRequestSession,
    content_type: str | None,
) -> Any:
    if isinstance(body, dict) and method == "GET":
        uri, body = _with_query(uri, body), None
    address, target = _address(uri)
    sent = dict(session.headers_with(headers))
    data = _encoded(body, content_type)
    if method == "POST":
        content_type, data = content_type or _FORM, data or b""
    if content_type is not None:
        sent["Content-Type"] = content_type
    call = Call(method, target, Effect.CHANGE, body=data, headers=sent)
    reply = session.exchange(address, call)
    if not reply.is_success:
        raise refusal(reply, session.now())
    return convert_from_json(reply.text, or_text=True)


def convert_to_json(input_object: Any, *, depth: int = 2, compress: bool = False) -> str:
    """Return an object as JSON text, as `ConvertTo-Json` does.

    Raises:
        ValueError: It is nested deeper than `depth`. PowerShell writes the name of a type there.
    """
    plain = _plain(input_object, depth)
    layout: dict[str, Any] = {"separators": (",", ":")} if compress else {"indent": 2}
    return json.dumps(plain, ensure_ascii=False, **layout).translate(_LINE_ENDS)


def convert_from_json(text: str, *, or_text: bool = False) -> Any:
    """Return what JSON text says; ISO dates become `datetime`.

    A date without a zone stays without one; of seven digits of a second's fraction six are kept.

    Args:
        text: The JSON.
        or_text: Return text that is no JSON as it is, as `Invoke-RestMethod` does.

    Raises:
        ValueError: It is no JSON, or holds keys that PowerShell cannot tell apart.
    """
    try:
        return _with_dates(json.loads(text, object_pairs_hook=_object))
    except (ValueError, RecursionError):
        if or_text:
            return text
        raise


def _address(uri: str) -> tuple[ServerAddress, str]:
    refuse_forbidden(uri)
    parts = urlsplit(uri)
    if found := _PLACEHOLDER.search(parts.path):
        raise SettingsError(
            f"address still holds the placeholder {found.group()!r}", hint="Put the value there."
        )
    path = quote(parts.path or "/", safe=_NOT_ESCAPED)
    if any(segment in {".", ".."} for segment in path.lower().replace("%2e", ".").split("/")):
        raise SettingsError("address holds a dot segment", hint="Write the path that is meant.")
    query = quote(parts.query, safe=_NOT_ESCAPED + "?[]")
    has_query = "?" in uri.partition("#")[0]
    address = ServerAddress.parse(f"{parts.scheme}://{parts.netloc}")
    return address, f"{path}?{query}" if has_query else path


def _with_query(uri: str, fields: Mapping[str, Any]) -> str:
    separator = "&" if urlsplit(uri).query else "?"
    return f"{uri}{separator}{urlencode(fields)}" if fields else uri


def _encoded(body: Body, content_type: str | None) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str | int):
        charset = _CHARSET.search(content_type or "")
        return _in_charset(str(body), charset[1] if charset else "utf-8")
    return urlencode(body).encode("ascii")


def _in_charset(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset)
    except (LookupError, UnicodeError):
        failure = SettingsError(f"body cannot be sent in the charset {charset!r}")
    # Outside of the handler: the exception holds the body, and a chained one would carry it along.
    raise failure


def _plain(value: Any, depth: int) -> Any:
    if isinstance(value, dict | list | tuple) and depth < 0:
        raise ValueError("object is nested deeper than depth")
    match value:
        case dict():
            return {str(key): _plain(one, depth - 1) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one, depth - 1) for one in value]
        case datetime() | date():
            return value.isoformat().replace("+00:00", "Z")
        case UUID():
            return str(value)
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case _:
            return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if "" in found or len({name.lower() for name in found}) != len(found):
        raise ValueError("keys of an object are empty, or differ by case only")
    return found


def _with_dates(value: Any) -> Any:
    match value:
        case dict():
            return {key: _with_dates(one) for key, one in value.items()}
        case list():
            return [_with_dates(one) for one in value]
        case str():
            found = _DATE.fullmatch(value)
            return value if found is None else _date(found) or value
        case _:
            return value


def _date(found: re.Match[str]) -> datetime | None:
    seconds, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(seconds)
        moment = moment.replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))
        return moment if zone is None else moment.replace(tzinfo=_zone(zone))
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
