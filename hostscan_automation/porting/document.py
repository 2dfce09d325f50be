"""Find the PowerShell examples in a page, a script or plain text, and what a page says of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import ExampleError, Finding
from hostscan_automation.porting.fences import POWERSHELL_FENCE, Block, read_blocks
from hostscan_automation.porting.parameter_tables import read_parameters
from hostscan_automation.porting.places import Place, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hostscan_automation.porting.parameter_tables import DocumentedParameter

_VERBS = "GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS"
_OPERATION = re.compile(rf"[ \t]*`({_VERBS}) (/[^`\s]*)`\s*")
_CURL = re.compile(rf"[ \t]*curl +(?:-X|--request) +({_VERBS}) +(['\"]?)([^\s'\"]+)\2(?=\s|$)")
_SERVER = re.compile(r"https?://[^/\s]+", re.IGNORECASE)
_HEADING = "## "
# The largest published page has 0.6 MB; JSON takes some thirty times its size to read.
LARGEST_EXAMPLE_BYTES = 8 * 1024 * 1024
_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of a page that names the documented call: `GET /api/v1/Thing`, or a call of curl."""

    method: str
    path: str
    place: Place


@dataclass(frozen=True, slots=True)
class Section:
    """One example, and what the page around it says of the call.

    Attributes:
        title: The heading above the example, or "".
        operations: The documented call, as often as the page names it.
        is_script: Whether the whole file is the example, with no page around it.
    """

    snippet: Snippet
    title: str = ""
    operations: tuple[Operation, ...] = ()
    parameters: tuple[DocumentedParameter, ...] = ()
    is_script: bool = False

    def path_parameter(self, name: str) -> DocumentedParameter | None:
        """Return what the page says of a path placeholder, or None where it is silent."""
        for parameter in self.parameters:
            if parameter.location == "path" and parameter.name == name:
                return parameter
        return None

    @property
    def queries(self) -> tuple[DocumentedParameter, ...]:
        """The documented query parameters, in the order of the table."""
        return tuple(one for one in self.parameters if one.location == "query")


def decode_example(data: bytes, *, file_name: str) -> str:
    """Return the text of a file in UTF-8, with or without byte order mark, or in UTF-16 with one.

    Raises:
        ExampleError: The bytes are no such text, or too many for an example.
    """
    _refuse_large(len(data), file_name)
    encoding = next((name for name, mark in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
    else:
        if "\0" not in text:
            return text
        before = text.partition("\0")[0]
    before = _with_line_feeds(before)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    finding = Finding("the file is not text in UTF-8 from here on", line=line, column=column)
    raise ExampleError(file_name, (finding,), hint="Save the file as UTF-8 text.")


def read_sections(text: str, *, file_name: str) -> tuple[Section, ...]:
    """Return every PowerShell example of a document, in its order.

    Raises:
        ExampleError: A page has no PowerShell example, or one that never ends, or is too large.
    """
    _refuse_large(len(text), file_name)
    text = _with_line_feeds(text.removeprefix("\ufeff"))
    if not _is_markdown(text, file_name):
        return (Section(Snippet(text), is_script=True),)
    sections = tuple(_sections(read_blocks(text, file_name=file_name)))
    if not sections:
        finding = Finding("the page holds no PowerShell example", line=1, column=1)
        raise ExampleError(file_name, (finding,), hint="An example begins with ```powershell.")
    return sections


def _refuse_large(size: int, file_name: str) -> None:
    if size > LARGEST_EXAMPLE_BYTES:
        finding = Finding("the file is larger than 8 MB: that is no example", line=1, column=1)
        raise ExampleError(file_name, (finding,), hint="Cut out the example that you mean.")


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_markdown(text: str, file_name: str) -> bool:
    name = file_name.lower()
    if name.endswith((".md", ".markdown")):
        return True
    return not name.endswith(".ps1") and POWERSHELL_FENCE.search(text) is not None


def _sections(blocks: Iterable[Block]) -> Iterator[Section]:
    """Give each example what stands above it under its heading, and below it to the next one."""
    example: Block | None = None
    above: list[Block] = []
    around: list[Block] = []
    for block in blocks:
        if block.language != "powershell":
            around.append(block)
            continue
        if example is not None:
            yield _section(example, above, around)
        example, above, around = block, around, []
    if example is not None:
        yield _section(example, above, around)


def _section(example: Block, above: Sequence[Block], below: Sequence[Block]) -> Section:
    title, calls = _above(above)
    under = list(_up_to_heading(below))
    names = (
        Operation(found[1], found[2], Place(number, found.start(1) + 1))
        for number, line in under
        if (found := _OPERATION.fullmatch(line))
    )
    operation = next(names, None)
    operations = calls if operation is None else (operation, *calls)
    return Section(example.snippet, title, operations, read_parameters(under))


def _up_to_heading(blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    for block in blocks:
        for number, line in block.numbered if block.language is None else ():
            if line.startswith(_HEADING):
                return
            yield number, line


def _above(blocks: Iterable[Block]) -> tuple[str, tuple[Operation, ...]]:
    """Return the nearest heading, and the call of curl between it and the example."""
    title = ""
    calls: tuple[Operation, ...] = ()
    for block in blocks:
        for number, line in block.numbered:
            if block.language is None and line.startswith(_HEADING):
                title, calls = line.removeprefix(_HEADING).strip(), ()
            elif block.language is not None and (found := _CURL.match(line)):
                path = _SERVER.sub("", found[3], count=1).partition("?")[0]
                if path.startswith("/"):
                    calls = (Operation(found[1], path, Place(number, found.start(3) + 1)),)
    return title, calls
