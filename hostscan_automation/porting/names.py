"""Name the parameters of a ported script: every documented value once, nothing taken twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from hostscan_automation.porting.example import Parameter, PortedExample, Step

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class NamedParameter:
    """A documented value and the name it has in the ported script.

    Attributes:
        location: `path` or `query`.
    """

    location: str
    parameter: Parameter
    name: str


def name_parameters(
    example: PortedExample, spell: Callable[[str], str], taken: Collection[str]
) -> tuple[NamedParameter, ...]:
    """Return every value of the example's calls once, in order, under a name of its own.

    Args:
        example: The example to name the values of.
        spell: Makes a name of a documented one.
        taken: Names in lower case that mean something else already.
    """
    named: dict[tuple[str, Parameter], NamedParameter] = {}
    used = set(taken)
    for location, parameter in _values(example.calls):
        if (location, parameter) not in named:
            name = next(one for one in _spellings(parameter.name, spell) if one.lower() not in used)
            used.add(name.lower())
            named[location, parameter] = NamedParameter(location, parameter, name)
    return tuple(named.values())


def _values(calls: tuple[Step, ...]) -> Iterator[tuple[str, Parameter]]:
    """Give the values of all paths before those of the queries: what must be given comes first."""
    for call in calls:
        yield from (("path", parameter) for parameter in call.path_parameters)
    for call in calls:
        yield from (("query", parameter) for parameter in call.query_parameters)


def _spellings(name: str, spell: Callable[[str], str]) -> Iterator[str]:
    yield spell(name)
    yield spell(f"{name}Value")
    yield from (spell(f"{name}Value{number}") for number in count(2))


def snake_case(documented: str) -> str:
    """Return a documented name as Python and YAML spell names: `host_scan_job_id`."""
    name = "_".join(word.lower() for word in _WORDS.findall(documented))
    return name if name[:1].isalpha() else f"value_{name}"
