"""Read YAML text into plain data that knows where every value stands.

The C parser of PyYAML gives events, and this module builds the tree from them: so a file can
neither nest too deep nor grow by its aliases, no key is lost because it stands there twice, and no
value becomes something else on the way. Scalars are read as YAML 1.2 does (`no` and `22:30` are
text); a number that two readers would read differently (`010`) is a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from hostscan_automation.errors import Finding
from hostscan_automation.jobs.suggestion import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST: Final = 60
MOST_VALUES: Final = 100_000
_MOST_DIGITS = 15
_TOO_DEEP = "is nested too deep"

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_AMBIGUOUS = re.compile(r"[-+]?0[0-9]+|0[xob][0-9a-fA-F]+")

# Without libyaml (no wheel for the platform) the same events come from the slower pure parser.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[int, int]


@dataclass(slots=True)
class Node:
    """One value of the document.

    Attributes:
        place: 1-based line and column.
        data: The value as plain data.
        members: The nodes in it, by key or by position.
        keys: Where the keys of a mapping stand.
        size: How many values it holds, aliases counted each time.
    """

    place: Place
    data: Any = None
    members: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    size: int = 1

    def find(self, path: Iterable[str | int]) -> Place:
        """Return where a path leads, or the last place on the way that exists.

        A value of a mapping is found where its key stands.
        """
        node, place = self, self.place
        for part in path:
            if part not in node.members:
                break
            place = node.keys[part] if isinstance(part, str) else node.members[part].place
            node = node.members[part]
        return place

    def finding(self, path: tuple[str | int, ...], message: str) -> Finding:
        """Return a fault at that path, with its line and column."""
        line, column = self.find(path)
        return Finding(message, ".".join(map(str, path)), line, column)


def parse_document(text: str) -> tuple[Node | None, list[Finding]]:
    """Return the one document in a YAML text, and what is wrong with it.

    The document is None where the text cannot be read to its end.
    """
    builder = _TreeBuilder()
    try:
        for event in yaml.parse(text, _LOADER):
            builder.take(event)
    except _TooMuch as stop:
        return None, [*builder.faults, stop.finding]
    except yaml.YAMLError as error:
        return None, [*builder.faults, _syntax_fault(error, text)]
    except UnicodeEncodeError:
        return None, [Finding("is not valid Unicode")]
    if builder.root is None:
        return None, [Finding("is empty")]
    return builder.root, builder.faults


def _syntax_fault(error: yaml.YAMLError, text: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # of the reader: a character that no YAML text may hold
        offset = getattr(error, "position", 0)  # in bytes: libyaml reads UTF-8
        before = text.encode("utf-8")[:offset].decode("utf-8", "ignore")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Finding("holds a control character", line=line, column=column)
    problem = getattr(error, "problem", None) or "cannot be read"
    # newer releases of libyaml stop by themselves while they look ahead for a key
    is_too_deep = problem == "exceeded maximum nesting depth"
    message = _TOO_DEEP if is_too_deep else f"is no valid YAML: {problem}"
    return Finding(message, line=mark.line + 1, column=mark.column + 1)


class _TooMuch(Exception):  # noqa: N818 - it ends the reading, and is caught there
    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.finding = Finding(message, line=place[0], column=place[1])


class _TreeBuilder:
    """Builds the tree of nodes, event by event, on a stack of its own."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.faults: list[Finding] = []
        self._stack: list[Node] = []
        self._names: list[str | None] = []
        self._anchors: dict[str, Node] = {}
        self._key: list[tuple[str, Place] | None] = []

    def take(self, event: Any) -> None:
        """Take in one event."""
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                self._fault("holds more than one document", _place(event))
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close()
            case _:
                pass

    def _scalar(self, event: Any) -> None:
        place = _place(event)
        self._check_tag(event)
        if self._wants_key():
            self._key[-1] = (event.value, place)
            return
        data = self._plain(event.value, place) if event.implicit[0] else event.value
        self._finish(Node(place, data), event.anchor)

    def _alias(self, event: Any) -> None:
        place = _place(event)
        node = self._anchors.get(event.anchor)
        if node is None or self._wants_key():
            self._fault(f"*{event.anchor} names no value that stands before it", place)
            node = Node(place)
        if self._wants_key():
            self._key[-1] = (f"*{event.anchor}", place)
            return
        self._finish(node, None)

    def _open(self, event: Any) -> None:
        place = _place(event)
        self._check_tag(event)
        if len(self._stack) >= DEEPEST:
            raise _TooMuch(_TOO_DEEP, place)
        if self._wants_key():
            raise _TooMuch("a key must be plain text", place)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(Node(place, {} if is_mapping else []))
        self._names.append(event.anchor)
        self._key.append(None)

    def _close(self) -> None:
        self._key.pop()
        self._finish(self._stack.pop(), self._names.pop())

    def _finish(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = self.root or node
            return
        parent = self._stack[-1]
        parent.size += node.size
        if parent.size > MOST_VALUES:
            raise _TooMuch(f"holds more than {MOST_VALUES} values", node.place)
        if isinstance(parent.data, list):
            parent.members[len(parent.data)] = node
            parent.data.append(node.data)
        else:
            self._enter(parent, node)

    def _enter(self, parent: Node, node: Node) -> None:
        # a value comes only after its key: see _wants_key
        key, place = cast("tuple[str, Place]", self._key[-1])
        self._key[-1] = None
        if key in parent.members:
            first = parent.keys[key][0]
            self._fault(f"key {shown(key)} stands here twice, first on line {first}", place)
            return
        parent.members[key], parent.keys[key] = node, place
        parent.data[key] = node.data

    def _wants_key(self) -> bool:
        is_in_mapping = bool(self._stack) and isinstance(self._stack[-1].data, dict)
        return is_in_mapping and self._key[-1] is None

    def _plain(self, text: str, place: Place) -> Any:
        if _AMBIGUOUS.fullmatch(text):
            self._fault(
                f"{text} is read as different numbers by different programs:"
                f" write it without the zero in front, or as text in quotes: '{text}'",
                place,
            )
        try:
            return plain_scalar(text)
        except ValueError as error:
            self._fault(str(error), place)
            return text

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None:
            self._fault(f"the tag {shown(event.tag)} is not used in playbooks", _place(event))

    def _fault(self, message: str, place: Place) -> None:
        self.faults.append(Finding(message, line=place[0], column=place[1]))


def plain_scalar(text: str) -> Any:
    """Return what an unquoted value stands for: null, a truth value, a number, else text.

    Raises:
        ValueError: It is a number of more digits than anybody means.
    """
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if not _INT.fullmatch(text) and not _FLOAT.fullmatch(text):
        return text
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{shown(text)} has too many digits for a number: put text in quotes")
    return int(text) if _INT.fullmatch(text) else float(text)


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1
