r"""Make texts of strangers harmless wherever people read them: terminal, file, page.

A host name or an error text comes from somebody else. Escape sequences, line breaks, marks that
turn the direction of writing and characters that no encoding can carry are shown as what they are
(`\x1b`, `\u202e`) instead of being carried out. What a person can read stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Control, format (bidirectional marks, zero width), surrogate, line and paragraph separator.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters that show as nothing at all: two different names could look the same.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
# Marks that stand on the letter before them: no language needs more, and a pile covers its lines.
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

_FORMULA = re.compile(r"""(?:^|(?<=;))(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20])""")


def plain(text: str) -> str:
    """Return the text on one line, with every character that acts shown instead of sent."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(text))


def shortened(text: str, length: int) -> str:
    """Return the text made plain, cut to `length` characters with `...` where it is longer."""
    # escapes grow the text: it is cut before, so that a megabyte costs nothing, and after
    harmless = plain(text[: length + 1])
    return harmless if len(harmless) <= length else f"{harmless[: length - 3]}..."


def defused(text: str) -> str:
    """Return the text so that no spreadsheet runs it, made plain.

    An apostrophe goes before everything that could begin a formula: at the start of a cell, and
    after a semicolon, which is what separates cells where the comma is the decimal sign.
    """
    return _FORMULA.sub("'", plain(text))


def _harmless(text: str) -> Iterator[str]:
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in _MARKS else 0
        is_unsafe = category in _UNSAFE or letter in _INVISIBLE or marks > _MOST_MARKS
        yield _shown(letter) if is_unsafe else letter


def _shown(letter: str) -> str:
    number = ord(letter)
    if letter in _NAMED:
        return _NAMED[letter]
    if number <= 0xFF:  # noqa: PLR2004 - two hexadecimal digits
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004
