"""The operators of the filter language, and the clause that each of them makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from hostscan_automation.clock import utc_text
from hostscan_automation.jobs import patterns
from hostscan_automation.jobs.clauses import ExistsClause, ValueClause
from hostscan_automation.jobs.duration import parse_duration, parse_moment
from hostscan_automation.jobs.fields import Field, FieldType, address_of
from hostscan_automation.jobs.operands import number_of, switch_of, value_of, words_of
from hostscan_automation.jobs.status import FAILURE_REASONS, JobStatus
from hostscan_automation.jobs.suggestion import shown
from hostscan_automation.jobs.times import TimeClause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hostscan_automation.jobs.clauses import Clause

_T = FieldType
_COMPARED: Final = frozenset({_T.TEXT, _T.STATUS, _T.REASON, _T.ADDRESS, _T.NUMBER, _T.ID})
_SPELT: Final = frozenset({_T.TEXT, _T.STATUS, _T.REASON, _T.ADDRESS})
_ORDERED: Final = frozenset({_T.NUMBER, _T.TIME})
_TIMES: Final = frozenset({_T.TIME})
_TAKE_LISTS: Final = frozenset({"not_in", "glob", "regex", "search", "cidr"})


@dataclass(frozen=True, slots=True)
class Operator:
    """One word of the language.

    Attributes:
        types: Which fields know it.
        describes: What it says of a value, going on from the name of the field.
    """

    name: str
    types: frozenset[FieldType]
    describes: str
    example: str

    @property
    def takes_list(self) -> bool:
        """Whether a list may stand for the value, meaning any (for `not_in`: none) of them."""
        return self.name in _TAKE_LISTS


_ALL_OPERATORS = (
    Operator("ne", _COMPARED, "is not this value", "ne: dc01"),
    Operator("not_in", _COMPARED, "is none of these values", "not_in: [dc01, dc02]"),
    Operator("glob", _SPELT, "fits a pattern of `*`, `?` and `[...]`", 'glob: "lab-*"'),
    Operator("regex", _SPELT, "fits a regular expression (RE2), as a whole", "regex: 'web-[0-9]+'"),
    Operator("search", _SPELT, "has a part that fits a regular expression (RE2)", "search: sql"),
    Operator("cidr", frozenset({_T.ADDRESS}), "lies in a network", "cidr: 10.0.0.0/16"),
    Operator("gt", _ORDERED, "is greater than (of a time: later than)", "gt: 5"),
    Operator("ge", _ORDERED, "is at least (of a time: not before)", "ge: 2026-01-31"),
    Operator("lt", _ORDERED, "is less than (of a time: earlier than)", "lt: 5"),
    Operator("le", _ORDERED, "is at most (of a time: not after)", "le: 2026-01-31T18:00:00Z"),
    Operator("older_than", _TIMES, "is further back than", "older_than: 6h"),
    Operator("newer_than", _TIMES, "is less far back than", "newer_than: 90m"),
    Operator(
        "exists",
        frozenset(_T),
        "was given by the server (`true`), or was not (`false`)",
        "exists: false",
    ),
    Operator(
        "in_file",
        _COMPARED - {_T.NUMBER},
        "stands in a file, one value a line",
        "in_file: hosts.txt",
    ),
)
OPERATORS: Final[Mapping[str, Operator]] = {operator.name: operator for operator in _ALL_OPERATORS}
"""Every operator, in the order in which people are told of them."""


def clause_for(field: Field, operator: str, operand: Any) -> Clause:
    """Return the clause of one field, one operator and its value.

    Raises:
        ValueError: The value does not fit; the message follows on the path of the value.
    """
    match operator:
        case "exists":
            return ExistsClause(field, switch_of(operand))
        case "ne" | "not_in":
            return _value_clause(field, operator, operand, is_negated=True)
        case "in_file":
            return _value_clause(field, None, operand)
        case "glob" | "regex" | "search" | "cidr":
            return _pattern_clause(field, operator, operand)
        case _ if field.type is FieldType.TIME:
            return _time_clause(field, operator, operand)
        case _:
            return _number_clause(field, operator, operand)


def equality_clause(field: Field, value: Any) -> Clause:
    """Return the clause for a bare value, or for a list of values.

    Raises:
        ValueError: As `clause_for`.
    """
    if field.type is FieldType.TIME:
        raise ValueError("a time needs an operator, such as {older_than: 6h} or {ge: 2026-01-31}")
    return _value_clause(field, None, value)


def operators_of(field: Field) -> tuple[str, ...]:
    """Return the names of the operators that a field knows."""
    return tuple(name for name, operator in OPERATORS.items() if field.type in operator.types)


def _value_clause(
    field: Field, operator: str | None, operand: Any, *, is_negated: bool = False
) -> ValueClause:
    values = operand if isinstance(operand, list) else [operand]
    plain = [value_of(field.type, value) for value in values]
    kept = tuple(plain) if isinstance(operand, list) else plain[0]
    passes = _equality(field.type, plain)
    return ValueClause(field, operator, kept, passes, is_negated, _spares(field))


def _spares(field: Field) -> JobStatus | None:
    return JobStatus.UNKNOWN if field.type is FieldType.STATUS else None


def _equality(type_: FieldType, values: Sequence[Any]) -> Callable[[Any], bool]:
    match type_:
        case FieldType.TEXT:
            folded = frozenset(value.casefold() for value in values)
            return lambda text: text.casefold() in folded
        case FieldType.ID:
            return frozenset(UUID(value) for value in values).__contains__
        case FieldType.ADDRESS:
            return frozenset(address_of(value) for value in values).__contains__
        case _:
            return frozenset(values).__contains__


def _pattern_clause(field: Field, operator: str, operand: Any) -> ValueClause:
    texts = [words_of(text) for text in (operand if isinstance(operand, list) else [operand])]
    test = patterns.any_of([_pattern(operator, text) for text in texts])
    kept = tuple(texts) if isinstance(operand, list) else texts[0]
    if field.type is FieldType.ADDRESS and operator != "cidr":
        return ValueClause(field, operator, kept, lambda address: test(str(address)))
    if field.type in (FieldType.STATUS, FieldType.REASON):
        fitting = _fitting(field.type, test)
        return ValueClause(field, operator, kept, fitting.__contains__, spares=_spares(field))
    return ValueClause(field, operator, kept, test)


def _pattern(operator: str, text: str) -> Callable[[Any], bool]:
    match operator:
        case "glob":
            return patterns.glob_test(text)
        case "cidr":
            return patterns.network_test(text)
        case _:
            return patterns.regex_test(text, is_whole=operator == "regex")


def _fitting(type_: FieldType, test: Callable[[str], bool]) -> frozenset[str]:
    """Return the words of a closed list that pass; Unknown is met by its full name alone."""
    words = set(JobStatus) - {JobStatus.UNKNOWN} if type_ is FieldType.STATUS else FAILURE_REASONS
    fitting = frozenset(word for word in words if test(str(word)))
    if not fitting:
        raise ValueError(f"fits no {type_.value}: known are {', '.join(sorted(map(str, words)))}")
    return fitting


def _time_clause(field: Field, operator: str, operand: Any) -> TimeClause:
    if operator in ("older_than", "newer_than"):
        try:
            age = timedelta(seconds=parse_duration(operand))
        except ValueError as error:
            raise ValueError(f"{shown(operand)} {error}") from None
        return TimeClause(field, operator, operand.strip(), age)
    try:
        moment = parse_moment(operand)
    except ValueError as error:
        raise ValueError(f"{shown(operand)} {error}") from None
    kept = utc_text(moment)
    return TimeClause(field, operator, kept, parse_moment(kept))


_COMPARISONS: Final[Mapping[str, Callable[[int], Callable[[int], bool]]]] = {
    "gt": lambda limit: lambda number: number > limit,
    "ge": lambda limit: lambda number: number >= limit,
    "lt": lambda limit: lambda number: number < limit,
    "le": lambda limit: lambda number: number <= limit,
}


def _number_clause(field: Field, operator: str, operand: Any) -> ValueClause:
    limit = number_of(operand)
    return ValueClause(field, operator, limit, _COMPARISONS[operator](limit))
