"""Bodies that are JSON and not what is documented: other types, other shapes, an item twice."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def of_other_types(body: bytes, chance: float) -> bytes:
    """Return a JSON body in one of the shapes that are not documented.

    Args:
        body: JSON as it is documented.
        chance: From 0 to below 1, which of the shapes.
    """
    shape = _SHAPES[int(chance * len(_SHAPES))]
    return _written(shape(json.loads(body)))


def with_one_twice(body: bytes, chance: float) -> bytes | None:
    """Return a JSON list with one of its items twice, the second time otherwise.

    Args:
        body: JSON as it is documented.
        chance: From 0 to below 1, which of the items.

    Returns:
        None where the body is no list of objects.
    """
    items = json.loads(body)
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        return None
    twice = copy.deepcopy(items[int(chance * len(items))])
    if "status" in twice:
        has_ended = twice.get("statusDescription") == "Complete"
        twice.update(status=0, statusDescription="Queued")
        if not has_ended:
            twice.update(status=2, statusDescription="Complete")
    return _written([*items, twice])


def _written(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _each(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """Return a value with every leaf and list in it changed by its name."""
    if isinstance(value, dict):
        return {key: _each(inner, change, key) for key, inner in value.items()}
    if isinstance(value, list) and (name == "" or change(name, value) is value):
        return [_each(inner, change, name) for inner in value]
    return change(name, value)


def _number_as_text(_: str, value: Any) -> Any:
    return str(value) if type(value) in {int, float} else value


def _id_as_number(name: str, value: Any) -> Any:
    return 7 if name == "id" else value


def _list_as_object(_: str, value: Any) -> Any:
    return {"0": value} if isinstance(value, list) else value


_SHAPES: tuple[Callable[[Any], Any], ...] = (
    lambda value: {"value": value},
    lambda _: None,
    lambda _: "documented otherwise",
    lambda _: 7,
    lambda value: [value],
    lambda value: [None for _ in value] if isinstance(value, list) else [None],
    lambda value: _each(value, _number_as_text),
    lambda value: _each(value, _id_as_number),
    lambda value: _each(value, _list_as_object),
)
