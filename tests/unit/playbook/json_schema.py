"""Just enough of JSON Schema (draft 2020-12) to hold documents against the one we publish.

It refuses keywords that it does not know, so that nothing in the schema goes unchecked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Schema = dict[str, Any]

_NUMBER = int | float
_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
_BOUNDS: dict[str, tuple[Any, Callable[[Any, Any], bool]]] = {
    "minimum": (_NUMBER, lambda value, bound: value >= bound),
    "maximum": (_NUMBER, lambda value, bound: value <= bound),
    "exclusiveMinimum": (_NUMBER, lambda value, bound: value > bound),
    "minLength": (str, lambda value, bound: len(value) >= bound),
    "maxLength": (str, lambda value, bound: len(value) <= bound),
    "minItems": (list, lambda value, bound: len(value) >= bound),
    "minProperties": (dict, lambda value, bound: len(value) >= bound),
    "pattern": (str, lambda value, pattern: re.search(pattern, value) is not None),
    "required": (dict, lambda value, names: set(names) <= set(value)),
}
_NOTES = {"$schema", "$defs", "title", "description", "default"}


def faults(value: Any, schema: Schema, root: Schema) -> list[str]:
    """Return what is wrong with a value; each keyword that it breaks."""
    return [fault for key in schema for fault in _keyword(key, value, schema, root)]


def _keyword(key: str, value: Any, schema: Schema, root: Schema) -> Iterator[str]:
    if key in _NOTES:
        return
    given = schema[key]
    if key in _INNER:
        for inner, one in _INNER[key](value, given):
            yield from faults(inner, _resolved(one, root), root)
    elif not _holds(key, value, schema, root):
        yield f"{value!r} breaks {key} {str(given)[:80]}"


def _resolved(schema: Any, root: Schema) -> Schema:
    found = root["$defs"][schema.removeprefix("#/$defs/")] if isinstance(schema, str) else schema
    assert isinstance(found, dict)
    return found


def _holds(key: str, value: Any, schema: Schema, root: Schema) -> bool:
    given = schema[key]
    if key in _BOUNDS:
        kind, check = _BOUNDS[key]
        return not isinstance(value, kind) or check(value, given)
    match key:
        case "type":
            return any(
                _TYPES[kind](value) for kind in (given if isinstance(given, list) else [given])
            )
        case "anyOf":
            return any(not faults(value, one, root) for one in given)
        case "enum" | "const":
            allowed = given if key == "enum" else [given]
            return any(type(one) is type(value) and one == value for one in allowed)
        case "additionalProperties":
            assert given is False
            return not isinstance(value, dict) or set(value) <= set(schema["properties"])
        case _:
            raise AssertionError(f"unknown keyword {key!r}")


def _members(value: Any, properties: Schema) -> Iterator[tuple[Any, Any]]:
    for name, one in properties.items():
        if isinstance(value, dict) and name in value:
            yield value[name], one


def _matching(value: Any, patterns: Schema) -> Iterator[tuple[Any, Any]]:
    for pattern, one in patterns.items():
        for name in value if isinstance(value, dict) else ():
            if re.search(pattern, name):
                yield value[name], one


def _items(value: Any, one: Any) -> Iterator[tuple[Any, Any]]:
    for item in value if isinstance(value, list) else ():
        yield item, one


_INNER: dict[str, Callable[[Any, Any], Iterator[tuple[Any, Any]]]] = {
    "$ref": lambda value, reference: iter([(value, reference)]),
    "properties": _members,
    "patternProperties": _matching,
    "items": _items,
}
