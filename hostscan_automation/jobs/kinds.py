"""Hold values that were read from a file against the types that their dataclass declares."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_LARGEST_NUMBER: Final = 2**63


def check_kinds(values: Iterable[Any]) -> None:
    """Look at the plain fields of dataclasses: texts, numbers, tuples of texts, mappings.

    Raises:
        TypeError: A value is not of the type that its field declares; the message names the field.
    """
    for value in values:
        for name, fits in _tests(type(value)):  # type: ignore[arg-type]  # a class can be hashed
            inner = getattr(value, name)
            if not fits(inner):
                raise TypeError(f"{name}, which holds a {type(inner).__name__}")


@cache
def _tests(kind: Any) -> tuple[tuple[str, Callable[[Any], bool]], ...]:
    # a field of another type was made by its own reader: an id, a time, a word, a dataclass
    fields = ((field.name, str(field.type)) for field in dataclasses.fields(kind))
    return tuple((name, _TESTS[declared]) for name, declared in fields if declared in _TESTS)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) < _LARGEST_NUMBER


def _is_number(value: Any) -> bool:
    # neither an infinite one nor NaN, which no limit would ever hold
    return type(value) in (int, float) and -_LARGEST_NUMBER < value < _LARGEST_NUMBER


_TESTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "str": _is_text,
    "str | None": lambda value: value is None or isinstance(value, str),
    "int": _is_whole,
    "float": _is_number,
    "float | None": lambda value: value is None or _is_number(value),
    "tuple[str, ...]": lambda value: type(value) is tuple and all(map(_is_text, value)),
    "Mapping[str, Any]": lambda value: isinstance(value, dict),
}
