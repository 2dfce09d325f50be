"""The server's own count of what it was asked: the judge in every test."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire, and what was done with it.

    Attributes:
        path: Raw path, as sent, without the query.
        status: Status of the reply, or None where none was sent.
        fault: Name of the fault that struck, or None.
        carried_out: Whether a change was really made (or a read really answered).
        authorization: What kind of credential came with it, never its value.
        body: JSON value or text; for sign-in calls the names of the fields only.
        job_id: The job the request was about, if it was about one.
    """

    time: str
    method: str
    path: str
    query: str
    status: int | None
    fault: str | None
    carried_out: bool
    content_type: str | None
    authorization: str
    body: Any
    account: str | None = None
    job_id: UUID | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the request as one line of the log holds it."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "job_id": None if self.job_id is None else str(self.job_id)}


class RequestLog:
    """Every request in the order in which it was answered; safe for many connections."""

    def __init__(self, file: Path | None = None) -> None:
        self._entries: list[Request] = []
        self._lock = threading.Lock()
        self._stream = file.open("a", encoding="utf-8", newline="\n") if file else None

    def add(self, entry: Request) -> None:
        """Keep one request, and write it out at once where there is a file."""
        with self._lock:
            self._entries.append(entry)
            if self._stream:
                self._stream.write(json.dumps(entry.to_json()) + "\n")
                self._stream.flush()

    def entries(self, keep: Callable[[Request], bool] = lambda _: True) -> list[Request]:
        """Return the requests to keep, in order."""
        with self._lock:
            return [entry for entry in self._entries if keep(entry)]

    def clear(self) -> None:
        """Forget what was counted so far; the file keeps its lines."""
        with self._lock:
            self._entries.clear()

    def close(self) -> None:
        """Close the file."""
        if self._stream:
            self._stream.close()
