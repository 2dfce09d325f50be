"""Lines in, lines out: one JSON object a line, ASCII only, in both directions.

ASCII is not a matter of taste: with nothing outside it, no code page, byte order mark or console
setting on either side can change what was meant. So a line that holds anything else is refused
rather than guessed at, because it may be a password that a code page has already bent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_LINE = 32 * 1024 * 1024
_CHUNK = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_SLACK = 4  # a byte order mark and a carriage return do not count


@dataclass(frozen=True, slots=True)
class TooLong:
    """Stands for a line that was skipped because it is longer than `LONGEST_LINE` bytes."""


def read_lines(
    read: Callable[[int], bytes], *, longest: int = LONGEST_LINE
) -> Iterator[bytes | TooLong]:
    r"""Yield each line without its end, until the stream ends.

    One byte order mark at the very start is dropped (Windows PowerShell may send it before
    anything else), `\r\n` counts as `\n`, empty lines are skipped. A last line without an end is
    half a message of a client that died: it is not yielded.

    Args:
        read: Returns up to so many bytes as soon as there are some, b"" at the end.
        longest: Most bytes of one line.
    """
    line = bytearray()
    is_start, is_too_long = True, False
    while chunk := read(_CHUNK):
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            line += end
            body = _bare(line, is_start=is_start)
            if is_too_long or len(body) > longest:
                yield TooLong()
            elif body:
                yield body
            line.clear()
            is_start, is_too_long = False, False
        line += rest
        if len(line) > longest + _SLACK:
            is_too_long = True
            line.clear()


def _bare(line: bytearray, *, is_start: bool) -> bytes:
    body = bytes(line).removesuffix(b"\r")
    return body.removeprefix(_BOM) if is_start else body


def read_object(line: bytes) -> dict[str, Any]:
    """Return the JSON object in a line.

    Raises:
        ValueError: It is not ASCII, not JSON, not an object, or nested too deeply.
    """
    if not line.isascii():
        raise ValueError("line is not ASCII")
    try:
        value = json.loads(line.decode("ascii"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("line is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line is not JSON: {error.msg} at {error.pos}") from None
    if not isinstance(value, dict):
        raise ValueError("line is not a JSON object")  # noqa: TRY004 - the caller knows one error
    return value


def _refuse_constant(word: str) -> object:
    raise ValueError(f"line holds {word}, which is not JSON")


def to_text(value: object) -> str:
    """Return a value as JSON of ASCII characters; NaN and infinities are a bug and raise."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def has_half_character(value: object) -> bool:
    """Whether any text in a JSON value holds a lone surrogate: half a character.

    Such a text cannot be written as UTF-8, so it would fail far from here, in the middle of a
    request to the server.
    """
    open_values = [value]
    while open_values:
        match open_values.pop():
            case str(text) if _HALF_CHARACTER.search(text):
                return True
            case dict(members):
                open_values += [*members.keys(), *members.values()]
            case list(items):
                open_values += items
            case _:
                pass
    return False
