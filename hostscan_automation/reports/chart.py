"""The geometry of the outcome bar: how wide each piece is, so that even one in 5,000 is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BAR_WIDTH = 1000.0
NARROWEST = 8.0
GAP = 2.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of the bar, in units of its drawing.

    Attributes:
        name: What it stands for; also the name of its colour.
    """

    name: str
    count: int
    x: float
    width: float


def segments(counts: Mapping[str, int]) -> tuple[Segment, ...]:
    """Return the pieces from left to right; together they fill the bar, none is too thin to see."""
    shown = {name: count for name, count in counts.items() if count > 0}
    total = sum(shown.values())
    free = BAR_WIDTH - GAP * (len(shown) - 1) - NARROWEST * len(shown)
    pieces: list[Segment] = []
    x = 0.0
    for name, count in shown.items():
        width = NARROWEST + free * count / total
        pieces.append(Segment(name, count, round(x, 2), round(width, 2)))
        x += width + GAP
    return tuple(pieces)
