"""Ids from the door inwards: every one is a UUID before anything is built with it.

`DELETE .../HostScanJob/TruncateAllTables` stands beside `DELETE .../HostScanJob/{id}`. An id that
stayed text could reach it; a UUID cannot.
"""

from __future__ import annotations

import re
from uuid import UUID

_FORM = re.compile(
    r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})\}?",
    re.ASCII | re.IGNORECASE,
)
_NIL = UUID(int=0)


def read_id(value: UUID | str, name: str = "job id") -> UUID:
    """Return a UUID; text is read in its usual forms (with or without dashes or braces).

    Args:
        value: The id as a person or a file gave it.
        name: What to call it in the error.

    Raises:
        TypeError: It is neither a UUID nor text.
        ValueError: It is no UUID, or the one of zeros only, which no record has.
    """
    uuid = value if isinstance(value, UUID) else _parsed(value, name)
    if uuid == _NIL:
        raise ValueError(f"{name} consists of zeros only")
    return uuid


def _parsed(value: object, name: str) -> UUID:
    if not isinstance(value, str):
        raise TypeError(f"{name} is neither a UUID nor text: {type(value).__name__}")
    match = _FORM.fullmatch(value.strip())
    if match is None or value.strip().startswith("{") != value.strip().endswith("}"):
        raise ValueError(f"{name} is no UUID: {value[:80]!r}")
    return UUID(match[1])
