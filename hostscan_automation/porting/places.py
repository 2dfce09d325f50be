"""Keep the places of an example's text: where in the file as the person has it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in the file as the person has it: line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """One example's PowerShell text, with the way back to its place in the file.

    Attributes:
        first_line: Line of the file in which the text begins.
        indents: Columns cut off the left of each line (an indented fence).
    """

    text: str
    first_line: int = 1
    indents: tuple[int, ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
        object.__setattr__(self, "_starts", tuple(accumulate(lengths, initial=0)))

    def place(self, offset: int) -> Place:
        """Return where in the file a character of the text stands."""
        index = bisect_right(self._starts, offset) - 1
        indent = self.indents[index] if self.indents else 0
        return Place(self.first_line + index, offset - self._starts[index] + indent + 1)
