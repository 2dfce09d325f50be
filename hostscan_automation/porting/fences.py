"""Cut a page into prose and fenced code, with the line that each begins in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import ExampleError, Finding
from hostscan_automation.porting.places import Snippet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Any indentation: a fence may stand in a list.
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s`]*)")
POWERSHELL_FENCE = re.compile(
    r"^[ \t]*(?:`{3,}|~{3,})[ \t]*powershell\b", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines.

    Attributes:
        language: What a fence says its content is, in lower case, or None for prose.
        first_line: Line of the file in which the content begins.
        indent: Blanks before the fence; as many are no part of each line in it.
    """

    language: str | None
    lines: Sequence[str]
    first_line: int
    indent: int = 0

    @property
    def numbered(self) -> Iterator[tuple[int, str]]:
        """Every line with its number in the file."""
        return iter(enumerate(self.lines, self.first_line))

    @property
    def snippet(self) -> Snippet:
        """The content as an example's text."""
        if self.indent == 0:
            return Snippet("\n".join(self.lines), self.first_line)
        indents = tuple(min(self.indent, len(one) - len(one.lstrip(" \t"))) for one in self.lines)
        cut = (line[indent:] for line, indent in zip(self.lines, indents, strict=True))
        return Snippet("\n".join(cut), self.first_line, indents)


def read_blocks(text: str, *, file_name: str) -> Iterator[Block]:
    """Give the blocks of a page; a fence inside another fence is that fence's content.

    Raises:
        ExampleError: A fence is never closed.
    """
    lines = text.split("\n")
    start = index = 0
    while index < len(lines):
        fence = _FENCE.match(lines[index])
        if fence is None:
            index += 1
            continue
        yield Block(None, lines[start:index], start + 1)
        end = _end_of_fence(lines, index, fence[1], file_name)
        yield Block(fence[2].lower(), lines[index + 1 : end], index + 2, fence.start(1))
        start = index = end + 1
    yield Block(None, lines[start:], start + 1)


def _end_of_fence(lines: Sequence[str], opening: int, mark: str, file_name: str) -> int:
    closing = re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    for index in range(opening + 1, len(lines)):
        if closing.match(lines[index]):
            return index
    column = len(lines[opening]) - len(lines[opening].lstrip(" \t")) + 1
    finding = Finding("the code block is never closed", line=opening + 1, column=column)
    raise ExampleError(file_name, (finding,), hint=f"Close it with a line of {mark}.")
