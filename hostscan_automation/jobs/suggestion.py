"""Guess which word a person meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SHOWN = 60


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the choice nearest to a word, or nothing."""
    by_folded = {choice.casefold(): str(choice) for choice in choices}
    nearest = difflib.get_close_matches(str(word)[:_LONGEST_SHOWN].casefold(), by_folded, n=1)
    return f" (did you mean {by_folded[nearest[0]]!r}?)" if nearest else ""


def shown(value: object) -> str:
    """Return a value as it is quoted in a message: short, and on one line."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
