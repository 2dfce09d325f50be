"""Know the characters PowerShell takes for quotes, dashes and blanks, and quote text for it."""

from __future__ import annotations

import re

DOUBLE_QUOTES = '"\u201c\u201d\u201e'
SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
DASHES = "-\u2013\u2014\u2015"
# U+0085 and every Unicode separator count as a blank; the line feed ends a line.
BLANKS = (
    " \t\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

_PLAIN = "\"'- \t\v\f"
_TYPOGRAPHIC = frozenset(DOUBLE_QUOTES + SINGLE_QUOTES + DASHES + BLANKS) - frozenset(_PLAIN)
_ANY_SINGLE_QUOTE = re.compile(f"[{SINGLE_QUOTES}]")


def is_typographic(character: str) -> bool:
    """Say whether PowerShell reads this character as a plain quote, dash or blank."""
    return character in _TYPOGRAPHIC


def describe(character: str) -> str:
    """Return a character as a message can show it: itself, or its number where it is not seen."""
    if "!" <= character <= "~":
        return repr(character)
    return f"U+{ord(character):04X}"


def single_quoted(text: str) -> str:
    """Return the text as a PowerShell string that stands for exactly this text.

    The four curly single quotes end such a string too, so all five are doubled.
    """
    return "'" + _ANY_SINGLE_QUOTE.sub(lambda quote: quote.group() * 2, text) + "'"
