"""Find the PowerShell examples in a page, a script or plain text, and keep their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from hostscan_automation.errors import ExampleError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s`]*)")
_POWERSHELL_FENCE = re.compile(
    r"^ {0,3}(?:`{3,}|~{3,})[ \t]*powershell\b", re.MULTILINE | re.IGNORECASE
)
_OPERATION = re.compile(r"`(GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS) (/[^`\s]*)`\s*")
_CELL = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_TYPE = re.compile(r"(?:string\()?([a-z-]+)")
_KNOWN_TYPES = {"uuid", "date-time", "integer", "number", "boolean", "string"}
_HEADER = ("name", "in", "type")
_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


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


@dataclass(frozen=True, slots=True)
class DocumentedParameter:
    """A row of a page's table of parameters.

    Attributes:
        location: `path`, `query`, `body` or `header`.
        type: `uuid`, `date-time`, `integer`, `number`, `boolean`, `string`, or `array[...]` of one.
    """

    name: str
    location: str
    type: str
    place: Place


@dataclass(frozen=True, slots=True)
class Operation:
    """The line of a page that names the documented call, as `DELETE /api/v1/Thing/{id}`."""

    method: str
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Section:
    """One example, and what the page around it says of the call.

    Attributes:
        is_script: Whether the whole file is the example, with no page around it.
    """

    snippet: Snippet
    operation: Operation | None = None
    parameters: tuple[DocumentedParameter, ...] = ()
    is_script: bool = False

    def type_of(self, name: str) -> str | None:
        """Return the documented type of a path placeholder, or None where the page has none."""
        for parameter in self.parameters:
            if parameter.location == "path" and parameter.name == name:
                return parameter.type
        return None

    @property
    def queries(self) -> tuple[DocumentedParameter, ...]:
        """The documented query parameters, in the order of the table."""
        return tuple(one for one in self.parameters if one.location == "query")


def decode_example(data: bytes, *, file_name: str) -> str:
    """Return the text of a file in UTF-8, with or without byte order mark, or in UTF-16 with one.

    Raises:
        ExampleError: The bytes are no such text.
    """
    encoding = next((name for name, mark in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        finding = Finding("the file is not text in UTF-8", line=1, column=1)
        raise ExampleError(file_name, (finding,), hint="Save the file as UTF-8 text.")
    return text


def read_sections(text: str, *, file_name: str) -> tuple[Section, ...]:
    """Return every PowerShell example of a document, in its order.

    Raises:
        ExampleError: A page has no PowerShell example, or one that never ends.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not _is_markdown(text, file_name):
        return (Section(Snippet(text), is_script=True),)
    sections = tuple(_sections(_blocks(text.split("\n"), file_name)))
    if not sections:
        finding = Finding("the page holds no PowerShell example", line=1, column=1)
        raise ExampleError(file_name, (finding,), hint="An example begins with ```powershell.")
    return sections


def _is_markdown(text: str, file_name: str) -> bool:
    name = file_name.lower()
    if name.endswith((".md", ".markdown")):
        return True
    return not name.endswith(".ps1") and _POWERSHELL_FENCE.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of lines: a fence's content (language given), or prose (language None)."""

    language: str | None
    lines: Sequence[str]
    first_line: int
    indent: int = 0


def _blocks(lines: Sequence[str], file_name: str) -> Iterator[_Block]:
    """Cut a page into prose and fences; a fence inside another fence is that fence's content."""
    start = index = 0
    while index < len(lines):
        fence = _FENCE.match(lines[index])
        if fence is None:
            index += 1
            continue
        yield _Block(None, lines[start:index], start + 1)
        end = _end_of_fence(lines, index, fence[1], file_name)
        indent = fence.start(1)
        yield _Block(fence[2].lower(), lines[index + 1 : end], index + 2, indent)
        start = index = end + 1
    yield _Block(None, lines[start:], start + 1)


def _end_of_fence(lines: Sequence[str], opening: int, mark: str, file_name: str) -> int:
    closing = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    for index in range(opening + 1, len(lines)):
        if closing.match(lines[index]):
            return index
    finding = Finding("the code block is never closed", line=opening + 1, column=1)
    raise ExampleError(file_name, (finding,), hint=f"Close it with a line of {mark}.")


def _sections(blocks: Iterator[_Block]) -> Iterator[Section]:
    """Give each example the prose that follows it, up to the next example."""
    snippet: Snippet | None = None
    prose: list[_Block] = []
    for block in blocks:
        if block.language == "powershell":
            if snippet is not None:
                yield _section(snippet, prose)
            snippet, prose = _snippet(block), []
        elif block.language is None:
            prose.append(block)
    if snippet is not None:
        yield _section(snippet, prose)


def _snippet(block: _Block) -> Snippet:
    if block.indent == 0:
        return Snippet("\n".join(block.lines), block.first_line)
    indents = tuple(min(block.indent, len(one) - len(one.lstrip(" "))) for one in block.lines)
    cut = (line[indent:] for line, indent in zip(block.lines, indents, strict=True))
    return Snippet("\n".join(cut), block.first_line, indents)


def _section(snippet: Snippet, prose: Sequence[_Block]) -> Section:
    operation: Operation | None = None
    parameters: list[DocumentedParameter] = []
    columns: dict[str, int] | None = None
    for number, line in _numbered(prose):
        if line.startswith("## "):
            break
        if operation is None and (found := _OPERATION.fullmatch(line)):
            operation = Operation(found[1], found[2], Place(number, 2))
        columns = _columns(line, columns)
        if columns and (row := _row(line, number, columns)):
            parameters.append(row)
    return Section(snippet, operation, tuple(parameters))


def _numbered(prose: Sequence[_Block]) -> Iterator[tuple[int, str]]:
    for block in prose:
        yield from enumerate(block.lines, block.first_line)


def _columns(line: str, columns: dict[str, int] | None) -> dict[str, int] | None:
    """Return which cell holds what: a table of parameters begins, goes on, or is over."""
    if not line.lstrip().startswith("|"):
        return None
    if columns is not None:
        return columns
    heads = [cell.strip().lower() for cell in _CELL.split(line)]
    if not all(head in heads for head in _HEADER):
        return None
    return {head: heads.index(head) for head in _HEADER}


def _row(line: str, number: int, columns: dict[str, int]) -> DocumentedParameter | None:
    cells = _CELL.split(line)
    if len(cells) <= max(columns.values()):
        return None
    name, location, type_ = (cells[columns[head]] for head in _HEADER)
    if location.strip().lower() not in {"path", "query", "body", "header"}:
        return None
    before = sum(len(cell) + 1 for cell in cells[: columns["name"]])
    place = Place(number, before + len(name) - len(name.lstrip()) + 1)
    plain_name = _ESCAPED.sub(r"\1", name.strip())
    return DocumentedParameter(plain_name, location.strip().lower(), _type(type_.strip()), place)


def _type(documented: str) -> str:
    """Return `uuid` for `string(uuid)` and so on; a reference to a model is text in a URL."""
    element = documented.removeprefix("array[")
    found = _TYPE.match(element)
    name = found[1] if found and found[1] in _KNOWN_TYPES else "string"
    return name if element == documented else f"array[{name}]"
