"""Write plain data as a person would write it in a playbook, on one line."""

from __future__ import annotations

import re
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./:\-]*")
_MANY = 6
_SHOWN_OF_MANY = 3


def flow_text(data: Any) -> str:
    """Return a clause as one line; long lists are shortened to their length.

    The outermost braces are left out: `status: [Queued, Pending]`.
    """
    text = _flow(data)
    return text[1:-1] if isinstance(data, dict) else text


def _flow(data: Any) -> str:
    match data:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in data.items()) + "}"
        case list():
            return f"[{_items(data)}]"
        case bool():
            return "true" if data else "false"
        case str():
            return data if _BARE.fullmatch(data) and not data.endswith(":") else _quoted(data)
        case _:
            return str(data)


def _items(values: list[Any]) -> str:
    if len(values) < _MANY or isinstance(values[0], dict):
        return ", ".join(map(_flow, values))
    return ", ".join(map(_flow, values[:_SHOWN_OF_MANY])) + f", ... {len(values)} in all"


def _quoted(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return "'" + printable.replace("'", "''") + "'"
