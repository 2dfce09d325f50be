"""The server's own count of what it was asked: the judge in every test."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TextIO

from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from uuid import UUID

    from hostscan_automation.simulator.call import Call

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_MOST_HEADER_SETS = 1000
_LOGGED = (
    "time",
    "method",
    "path",
    "query",
    "status",
    "fault",
    "carried_out",
    "content_type",
    "body",
    "authorization",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire, and what was done with it.

    Attributes:
        time: By the machine's clock, not by the server's (which may be off).
        path: Raw path, as sent, without the query.
        status: Status of the reply, or None where none was sent.
        fault: Name of the fault that struck, or None.
        carried_out: Whether a change was really made (or a read really answered).
        authorization: What kind of credential came with it, never its value.
        body: JSON value or text; for sign-in calls the names of the fields only.
        account: Login of the one who asked, or None.
        job_id: The job the request was about, if it was about one.
        headers: By lower-case name, without those that hold secrets.
    """

    time: str
    method: str
    path: str
    query: str
    status: int | None
    fault: str | None
    carried_out: bool
    content_type: str | None
    body: Any
    authorization: str
    account: str | None = None
    job_id: UUID | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the request as one line of the log holds it."""
        return {name: getattr(self, name) for name in _LOGGED}


_FIELDS = frozenset(each.name for each in fields(Request))


class RequestLog:
    """Every request in the order in which it was answered; safe for many connections."""

    def __init__(self, file: Path | None = None) -> None:
        self._entries: list[Request] = []
        self._headers: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._lock = threading.Lock()
        self._file = file
        self._stream: TextIO | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Request]:
        with self._lock:
            return iter(list(self._entries))

    def open(self) -> None:
        """Write what comes from now on to the file, too, behind what it holds.

        Raises:
            SettingsError: The file cannot be written.
        """
        if self._file is None:
            return
        try:
            self._stream = self._file.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingsError(
                f"log file {str(self._file)!r} cannot be written: {reason}"
            ) from None

    def add(self, entry: Request) -> None:
        """Keep one request, and write it out at once where there is a file."""
        line = json.dumps(entry.to_json()) + "\n" if self._stream else ""
        with self._lock:
            self._entries.append(entry)
            if self._stream:
                self._stream.write(line)
                self._stream.flush()

    def find(self, **wanted: object) -> list[Request]:
        """Return the requests whose fields have these values, in order.

        Raises:
            TypeError: A name is not a field of `Request`.
        """
        if not wanted.keys() <= _FIELDS:
            unknown = sorted(wanted.keys() - _FIELDS)
            raise TypeError(f"a request has no field {unknown[0]!r}")
        conditions = wanted.items()
        return [entry for entry in self if all(getattr(entry, k) == v for k, v in conditions)]

    def clear(self) -> None:
        """Forget what was counted so far; the file keeps its lines."""
        with self._lock:
            self._entries.clear()

    def close(self) -> None:
        """Close the file; what comes later is counted and not written."""
        with self._lock:
            if self._stream:
                self._stream.close()
                self._stream = None

    def open_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers that hold no secret; equal ones are kept once."""
        items = tuple(item for item in headers.items() if item[0] not in _SECRET_HEADERS)
        kept = self._headers.get(items)
        if kept is None:
            kept = MappingProxyType(dict(items))
            if len(self._headers) < _MOST_HEADER_SETS:
                self._headers[items] = kept
        return kept


def loggable_body(call: Call, *, is_sign_in: bool) -> Any:
    """Return a body as the log may hold it: of a sign-in only the names of its fields."""
    if is_sign_in:
        return _field_names(call)
    if not call.body:
        return None
    try:
        return call.json
    except ValueError:
        return call.body.decode("utf-8", "replace")


def _field_names(call: Call) -> list[str]:
    try:
        text = call.text
        value = json.loads(text)
    except ValueError:
        is_form = call.segments[-1:] == ("signin",)
        pairs = call.body.decode("utf-8", "replace").split("&") if is_form else ()
        return sorted(pair.partition("=")[0] for pair in pairs if "=" in pair)
    return sorted(str(name) for name in value) if isinstance(value, dict) else []
