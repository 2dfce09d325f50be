"""On which line of a TOML file a key stands: the parser of the standard library does not tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = re.compile(r"^\s*\[\[?(?P<name>[^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""[\w."' -]+""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class KeyLines:
    """Lines by path; good for messages to people, no second parser.

    A key inside an inline table or of the second element of an array of tables is found at the
    nearest line that is known above it.
    """

    lines: Mapping[tuple[str, ...], int]

    @classmethod
    def of(cls, text: str) -> KeyLines:
        """Note the line of every table header and every key."""
        lines: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.split("\n"), start=1):
            # no expression below may look at a line twice: one of blanks would take for ever
            start = line[:_LONGEST_KEY].strip()
            key, equals, _ = start.partition("=")
            if header := _HEADER.match(start):
                table = _parts(header["name"])
                lines.setdefault(table, number)
            elif equals and _KEY.fullmatch(key):
                lines.setdefault(table + _parts(key), number)
        return cls(lines)

    def line(self, path: tuple[str, ...]) -> int | None:
        """Return the 1-based line of that path, or of the nearest one above it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def _parts(name: str) -> tuple[str, ...]:
    return tuple("".join(part) for part in _PART.findall(name))
