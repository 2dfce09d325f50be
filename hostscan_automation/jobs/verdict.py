"""Reckon with three values, and with what is not known yet.

A clause is true, false or undecided. Before the detail of a job is read, a clause on one of its
details can still become any of the three: so a clause is answered by the *set* of verdicts it can
still have, and the sets are combined exactly. A set of one is a decision; a larger one says that
reading the detail may change the answer. Sets are small integers, because millions are combined.
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TRUE = 1
FALSE = 2
UNDECIDED = 4
ANYTHING = TRUE | FALSE | UNDECIDED

_SINGLE = (TRUE, FALSE, UNDECIDED)
_WORDS = {TRUE: "true", FALSE: "false", UNDECIDED: "undecided"}


def _and(one: int, other: int) -> int:
    if FALSE in (one, other):
        return FALSE
    return UNDECIDED if UNDECIDED in (one, other) else TRUE


def _not(verdict: int) -> int:
    return {TRUE: FALSE, FALSE: TRUE, UNDECIDED: UNDECIDED}[verdict]


def _or(one: int, other: int) -> int:
    return _not(_and(_not(one), _not(other)))


def _members(possible: int) -> list[int]:
    return [verdict for verdict in _SINGLE if possible & verdict]


def _union(verdicts: Iterable[int]) -> int:
    return reduce(int.__or__, verdicts, 0)


def _table(combine: Callable[[int, int], int]) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(
            _union(combine(a, b) for a, b in product(_members(one), _members(other)))
            for other in range(ANYTHING + 1)
        )
        for one in range(ANYTHING + 1)
    )


BOTH = _table(_and)
"""`BOTH[one][other]`: what "one and other" can be."""

EITHER = _table(_or)
"""`EITHER[one][other]`: what "one or other" can be."""

OPPOSITE = tuple(_union(_not(v) for v in _members(possible)) for possible in range(ANYTHING + 1))
"""`OPPOSITE[one]`: what "not one" can be."""


def is_open(possible: int) -> bool:
    """Whether more than one verdict is still possible."""
    return possible & (possible - 1) != 0


def verdict_text(possible: int) -> str:
    """Return `true`, `false`, `undecided`, or `not known yet` for an open set."""
    return _WORDS.get(possible, "not known yet")
