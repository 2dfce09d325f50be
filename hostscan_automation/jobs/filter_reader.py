"""The grammar of the filter language: plain data in, clause tree or faults out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hostscan_automation.jobs.clauses import AllJobs, HostClause, Not, all_of, any_of
from hostscan_automation.jobs.fields import HOST_FIELDS, JOB_FIELDS, Field
from hostscan_automation.jobs.operands import words_of
from hostscan_automation.jobs.operators import (
    OPERATORS,
    clause_for,
    equality_clause,
    operators_of,
)
from hostscan_automation.jobs.patterns import MOST_EXPRESSIONS
from hostscan_automation.jobs.suggestion import did_you_mean, shown

if TYPE_CHECKING:
    from hostscan_automation.jobs.clauses import Clause

ReadValues = Callable[[str, str | None], list[str]]
"""Reads the values of a file, or of one column of a CSV file; a ValueError says why not."""

Place = tuple[str | int, ...]

QUANTIFIERS: Final[Mapping[str, str]] = {
    "every_host": "every host of the job fits",
    "any_host": "at least one host of the job fits",
    "no_host": "no host of the job fits",
}
COMBINATIONS: Final[Mapping[str, str]] = {
    "all": "every clause of the list holds",
    "any": "at least one clause of the list holds",
    "not": "the clause does not hold",
}
ALL_JOBS: Final = "all_jobs"
DEEPEST: Final = 64

_OTHER_WORDS: Final[Mapping[str, str]] = {
    "state": "status",
    "jobid": "id",
    "job_id": "id",
    "user": "created_by",
    "creator": "created_by",
    "age": "created",
    "created_at": "created",
    "host": "any_host: {name: ...}",
    "hosts": "any_host: {...}",
    "hostname": "name",
    "host_name": "name",
    "dns": "dns_name",
    "ip_address": "ip",
    "operating_system": "os",
    "eq": "the value itself, without an operator",
    "in": "a list, without an operator: [a, b]",
    "like": "glob",
    "contains": "search",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a filter, and where: keys and positions from the top."""

    place: Place
    message: str


class _Faulty(Exception):  # noqa: N818 - it is caught a few lines on
    """A value cannot be had; the fault is on record."""


def _no_files(path: str, column: str | None) -> list[str]:  # noqa: ARG001 - the shape of ReadValues
    raise ValueError("files cannot be read here")


@dataclass(slots=True)
class FilterReader:
    """Reads filters and collects what is wrong with them.

    Attributes:
        faults: Everything found so far, in the order of reading.
    """

    variables: Mapping[str, Any] = field(default_factory=dict)
    read_values: ReadValues = _no_files
    faults: list[Fault] = field(default_factory=list)
    _expressions: int = 0

    def job_clause(self, data: Any, place: Place = ()) -> Clause | None:
        """Return the clause on a job, or None where a fault was found in it."""
        return self._mapping(data, place, self._job_entry)

    def _host_clause(self, data: Any, place: Place) -> Clause | None:
        return self._mapping(data, place, self._host_entry)

    def _mapping(
        self, data: Any, place: Place, entry: Callable[[Any, Any, Place], Clause | None]
    ) -> Clause | None:
        if problem := _no_clause(data, len(place)):
            return self._fault(place, problem)
        parts = [entry(key, value, (*place, key)) for key, value in data.items()]
        sound = [part for part in parts if part is not None]
        return all_of(sound) if len(sound) == len(parts) else None

    def _job_entry(self, key: Any, value: Any, place: Place) -> Clause | None:
        if key in QUANTIFIERS:
            part = self._host_clause(value, place)
            return None if part is None else HostClause(key, part)
        if key == ALL_JOBS:
            return self._all_jobs(value, place)
        if key in COMBINATIONS:
            return self._combination(key, value, place, self.job_clause)
        if key in JOB_FIELDS:
            return self._field(JOB_FIELDS[key], value, place)
        if key in HOST_FIELDS:
            return self._fault(
                place, f"{key!r} is a field of a host: write any_host: {{{key}: ...}} or every_host"
            )
        known = [*JOB_FIELDS, *QUANTIFIERS, *COMBINATIONS, ALL_JOBS]
        return self._fault(place, f"{shown(key)} is no field of a job{_hint(key, known)}")

    def _host_entry(self, key: Any, value: Any, place: Place) -> Clause | None:
        if key in COMBINATIONS:
            return self._combination(key, value, place, self._host_clause)
        if key in HOST_FIELDS:
            return self._field(HOST_FIELDS[key], value, place)
        if key in JOB_FIELDS or key in QUANTIFIERS or key == ALL_JOBS:
            return self._fault(
                place, f"{key!r} asks about the job and not about a host: write it outside"
            )
        known = [*HOST_FIELDS, *COMBINATIONS]
        return self._fault(place, f"{shown(key)} is no field of a host{_hint(key, known)}")

    def _all_jobs(self, value: Any, place: Place) -> Clause | None:
        if value is not True:
            return self._fault(place, f"must be true, not {shown(value)}")
        return AllJobs()

    def _combination(
        self, key: str, value: Any, place: Place, read: Callable[[Any, Place], Clause | None]
    ) -> Clause | None:
        if key == "not":
            part = read(value, place)
            return None if part is None else Not(part)
        if not isinstance(value, list) or not value:
            return self._fault(
                place, f"must be a list of clauses with at least one, not {shown(value)}"
            )
        parts = [read(item, (*place, index)) for index, item in enumerate(value)]
        sound = [part for part in parts if part is not None]
        if len(sound) < len(parts):
            return None
        return all_of(sound) if key == "all" else any_of(sound)

    def _field(self, asked: Field, value: Any, place: Place) -> Clause | None:
        if not isinstance(value, dict) or "var" in value:
            return self._checked(place, lambda: equality_clause(asked, self._value(value, place)))
        if not value:
            return self._fault(place, "is empty: give a value or an operator")
        parts = [self._operation(asked, key, item, (*place, key)) for key, item in value.items()]
        sound = [part for part in parts if part is not None]
        return all_of(sound) if len(sound) == len(parts) else None

    def _operation(self, asked: Field, name: Any, operand: Any, place: Place) -> Clause | None:
        known = operators_of(asked)
        if name not in OPERATORS:
            return self._fault(place, f"{shown(name)} is no operator{_hint(name, known)}")
        if asked.type not in OPERATORS[name].types:
            return self._fault(
                place, f"{name!r} does not go with {asked.name}: it knows {', '.join(known)}"
            )
        return self._checked(place, lambda: self._clause(asked, name, operand, place))

    def _clause(self, asked: Field, name: str, operand: Any, place: Place) -> Clause:
        if name == "in_file":
            return clause_for(asked, name, self._file(operand, place))
        value = self._value(operand, place)
        if isinstance(value, list) and not OPERATORS[name].takes_list:
            raise ValueError("takes one value, not a list")
        if name == "not_in" and not isinstance(value, list):
            raise ValueError("takes a list; for one value write ne")
        if name in ("regex", "search"):
            self._count_expressions(len(value) if isinstance(value, list) else 1)
        return clause_for(asked, name, value)

    def _count_expressions(self, count: int) -> None:
        self._expressions += count
        if self._expressions > MOST_EXPRESSIONS:
            raise ValueError(
                f"is beyond the {MOST_EXPRESSIONS} regular expressions that filters may have:"
                " write a glob, or {in_file: ...} for values as they are"
            )

    def _file(self, operand: Any, place: Place) -> list[str]:
        is_plain = not isinstance(operand, dict) or "var" in operand
        source: dict[Any, Any] = {"path": operand} if is_plain else operand
        if unknown := set(source) - {"path", "column"}:
            raise ValueError(
                f"takes a path, or path and column, not {shown(min(map(str, unknown)))}"
            )
        if "path" not in source:
            raise ValueError("has no path")
        path = words_of(self._value(source["path"], place))
        column = words_of(self._value(source["column"], place)) if "column" in source else None
        values = self.read_values(path, column)
        if not values:
            raise ValueError(f"file {path!r} holds no value")
        return values

    def _value(self, value: Any, place: Place) -> Any:
        """Return a value with variables filled in; a list in a list becomes part of it."""
        if isinstance(value, dict) and "var" in value:
            value = self._variable(value, place)
        if not isinstance(value, list):
            return value
        items = [self._value(item, (*place, index)) for index, item in enumerate(value)]
        flat = [one for item in items for one in (item if isinstance(item, list) else [item])]
        if not flat:
            raise ValueError("is an empty list: it would mean nothing, or everything")
        return flat

    def _variable(self, value: dict[Any, Any], place: Place) -> Any:
        name = value["var"]
        if len(value) > 1:
            raise ValueError("a variable stands alone: {var: name}")
        if not isinstance(name, str) or name not in self.variables:
            self._fault(
                (*place, "var"), f"{shown(name)} is no variable{_hint(name, self.variables)}"
            )
            raise _Faulty
        return self.variables[name]

    def _checked(self, place: Place, make: Callable[[], Clause]) -> Clause | None:
        try:
            return make()
        except _Faulty:
            return None
        except ValueError as error:
            return self._fault(place, str(error))

    def _fault(self, place: Place, message: str) -> Clause | None:
        self.faults.append(Fault(place, message))
        return None


def _no_clause(data: Any, depth: int) -> str | None:
    if depth > DEEPEST:
        return "is nested too deep"
    if isinstance(data, list):
        return "is a list: write all: [...] or any: [...]"
    if not isinstance(data, dict):
        return f"must be a clause such as status: Queued, not {shown(data)}"
    return None if data else "is empty: to mean every job, write all_jobs: true"


def _hint(word: Any, known: Any) -> str:
    if isinstance(word, str) and word.casefold() in _OTHER_WORDS:
        return f" (write {_OTHER_WORDS[word.casefold()]})"
    return did_you_mean(word, known)
