"""Read a page's tables: the parameters of a call, and the values that some of them can have."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hostscan_automation.porting.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

_CELL = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_TYPE = re.compile(r"(?:string\()?([a-z-]+)")
_KNOWN_TYPES = {"uuid", "date-time", "integer", "number", "boolean", "string"}
_PARAMETERS = ("name", "in", "type")
_VALUES = ("parameter", "value")
# A value that a script could name without quoting; others are not offered at all.
_VALUE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentedParameter:
    """A row of a page's table of parameters.

    Attributes:
        location: `path`, `query`, `body` or `header`.
        type: `uuid`, `date-time`, `integer`, `number`, `boolean`, `string`, or `array[...]` of one.
        is_required: Whether the page says that the parameter must be given.
        values: The only values that the page knows, or none where it lists none.
    """

    name: str
    location: str
    type: str
    place: Place
    is_required: bool = False
    values: tuple[str, ...] = ()


def read_parameters(numbered: Iterable[tuple[int, str]]) -> tuple[DocumentedParameter, ...]:
    """Return every parameter that the tables among these lines document, in their order."""
    found: list[DocumentedParameter] = []
    values: dict[str, list[str]] = {}
    columns: dict[str, int] | None = None
    for number, line in numbered:
        columns = _columns(line, columns)
        if columns is None:
            continue
        cells = _CELL.split(line)
        if len(cells) <= max(columns.values()):
            continue
        if "value" in columns:
            values.setdefault(_text(cells, columns["parameter"]), []).append(
                _text(cells, columns["value"])
            )
        elif parameter := _parameter(cells, columns, number):
            found.append(parameter)
    return tuple(replace(one, values=_offered(one, values)) for one in found)


def _columns(line: str, columns: dict[str, int] | None) -> dict[str, int] | None:
    """Return which cell holds what: a table that is known begins, goes on, or is over."""
    if not line.lstrip().startswith("|"):
        return None
    if columns is not None:
        return columns
    heads = [cell.strip().lower() for cell in _CELL.split(line)]
    for wanted in (_PARAMETERS, _VALUES):
        if all(head in heads for head in wanted):
            return {head: heads.index(head) for head in (*wanted, "required") if head in heads}
    return None


def _parameter(
    cells: list[str], columns: dict[str, int], number: int
) -> DocumentedParameter | None:
    location = _text(cells, columns["in"]).lower()
    if location not in {"path", "query", "body", "header"}:
        return None
    name = cells[columns["name"]]
    before = sum(len(cell) + 1 for cell in cells[: columns["name"]])
    is_required = "required" in columns and _text(cells, columns["required"]).lower() == "true"
    return DocumentedParameter(
        _text(cells, columns["name"]),
        location,
        _type(cells[columns["type"]].strip()),
        Place(number, before + len(name) - len(name.lstrip()) + 1),
        is_required,
    )


def _text(cells: list[str], column: int) -> str:
    return _ESCAPED.sub(r"\1", cells[column].strip())


def _type(documented: str) -> str:
    """Return `uuid` for `string(uuid)` and so on; a reference to a model is text in a URL."""
    element = documented.removeprefix("array[")
    found = _TYPE.match(element)
    name = found[1] if found and found[1] in _KNOWN_TYPES else "string"
    return name if element == documented else f"array[{name}]"


def _offered(parameter: DocumentedParameter, values: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the values of a parameter, each once without regard to case."""
    listed = values.get(parameter.name, [])
    if parameter.type.removeprefix("array[").removesuffix("]") != "string":
        return ()
    if not all(_VALUE.fullmatch(value) for value in listed):
        return ()
    return tuple({value.lower(): value for value in reversed(listed)}.values())[::-1]
