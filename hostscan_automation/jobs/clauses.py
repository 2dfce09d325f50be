"""The clause tree: what a filter is once it has been read.

Every clause answers with the set of verdicts it can have for a job (or for a host in it). Missing
and unreadable values make it undecided, and `not` leaves undecided alone: so a field that
disappears can never turn "not selected" into "selected".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from hostscan_automation.jobs.fields import UNREADABLE, FieldType
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.jobs.verdict import BOTH, EITHER, FALSE, OPPOSITE, TRUE, UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hostscan_automation.jobs.fields import Field
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.sight import Sight


class Clause(Protocol):
    """Something that is true, false or undecided of a job or of a host in it."""

    @property
    def needs_detail(self) -> bool:
        """Whether any part of it looks at the detail of the job."""
        ...

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return the set of verdicts it can have."""
        ...

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data, as a person would write it."""
        ...


class _OfOneField:
    """What clauses on one field share."""

    __slots__ = ()
    asked: Field

    @property
    def needs_detail(self) -> bool:
        return self.asked.needs_detail


@dataclass(frozen=True, slots=True)
class ValueClause(_OfOneField):
    """One field held against one operator.

    Attributes:
        operator: None where the value was written bare.
        operand: The operator's value; a tuple of values means any of them.
        passes: Whether one readable value fits.
        is_negated: Whether it is `ne` or `not_in`.
        spares: A status that says nothing: it leaves the clause undecided unless it fits.
    """

    asked: Field
    operator: str | None
    operand: Any
    passes: Callable[[Any], bool] = field(compare=False, repr=False)
    is_negated: bool = False
    spares: JobStatus | None = None

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return what it can be; a value that fits decides, then one that is missing."""
        if sight.unread is not None and self.asked.needs_detail:
            return sight.unread
        verdict = self._verdict(self.asked.read(subject))
        if verdict != TRUE and self.asked.or_else is not None:
            verdict = EITHER[verdict][self._verdict(self.asked.or_else(subject))]
        return OPPOSITE[verdict] if self.is_negated else verdict

    def _verdict(self, value: Any) -> int:
        if value is None or value is UNREADABLE:
            return UNDECIDED
        try:
            if self.passes(value):
                return TRUE
        except UnicodeEncodeError:  # half a character: a regular expression cannot look at it
            return UNDECIDED
        return UNDECIDED if value is self.spares else FALSE

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        operand = list(self.operand) if isinstance(self.operand, tuple) else self.operand
        return {self.asked.name: operand if self.operator is None else {self.operator: operand}}


@dataclass(frozen=True, slots=True)
class ExistsClause(_OfOneField):
    """Whether the server gave a value at all; a value that cannot be read is undecided.

    `exists: true` of a missing value is undecided and not false: so `exists: false` is the one and
    only way to select by absence.
    """

    asked: Field
    expected: bool

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return what it can be."""
        if sight.unread is not None and self.asked.needs_detail:
            return sight.unread
        values = self._values(subject, sight)
        if any(value is not None and value is not UNREADABLE for value in values):
            return TRUE if self.expected else FALSE
        is_surely_missing = bool(values) and all(value is None for value in values)
        return TRUE if is_surely_missing and not self.expected else UNDECIDED

    def _values(self, subject: Any, sight: Sight) -> list[Any]:
        value = self.asked.read(subject)
        if self.asked.type is FieldType.TIME:
            return [UNREADABLE if sight.is_ahead(time) else time for time in value or ()]
        if value is JobStatus.UNKNOWN:
            return [UNREADABLE]
        return [value] if self.asked.or_else is None else [value, self.asked.or_else(subject)]

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {self.asked.name: {"exists": self.expected}}


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where every part is true.

    Attributes:
        parts: As they were written.
        ordered: The same, those that the list alone can answer first.
    """

    parts: tuple[Clause, ...]
    ordered: tuple[Clause, ...] = field(compare=False, repr=False)
    needs_detail: bool = field(compare=False, repr=False)

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return what it can be; the first part that is surely false ends the search."""
        result = TRUE
        for part in self.ordered:
            result = BOTH[result][part.possible(subject, sight)]
            if result == FALSE:
                break
        return result

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data: one mapping, where no two parts ask about the same thing."""
        parts = [part.to_data() for part in self.parts]
        merged = {key: value for part in parts for key, value in part.items()}
        return merged if len(merged) == sum(map(len, parts)) else {"all": parts}


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where one part is true; see `AllOf` for its attributes."""

    parts: tuple[Clause, ...]
    ordered: tuple[Clause, ...] = field(compare=False, repr=False)
    needs_detail: bool = field(compare=False, repr=False)

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return what it can be; the first part that is surely true ends the search."""
        result = FALSE
        for part in self.ordered:
            result = EITHER[result][part.possible(subject, sight)]
            if result == TRUE:
                break
        return result

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"any": [part.to_data() for part in self.parts]}


def all_of(parts: Iterable[Clause]) -> Clause:
    """Return the clause that all parts hold; of a single part, that part."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else AllOf(parts, *_cheap_first(parts))


def any_of(parts: Iterable[Clause]) -> Clause:
    """Return the clause that one part holds; of a single part, that part."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else AnyOf(parts, *_cheap_first(parts))


def _cheap_first(parts: tuple[Clause, ...]) -> tuple[tuple[Clause, ...], bool]:
    ordered = tuple(sorted(parts, key=lambda part: part.needs_detail))
    return ordered, ordered[-1].needs_detail


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false; undecided stays undecided."""

    part: Clause

    @property
    def needs_detail(self) -> bool:
        """Whether its part looks at the detail."""
        return self.part.needs_detail

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return what it can be."""
        return OPPOSITE[self.part.possible(subject, sight)]

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"not": self.part.to_data()}


@dataclass(frozen=True, slots=True)
class HostClause:
    """A clause on the hosts of a job, and how many of them it means.

    Attributes:
        quantifier: `every_host`, `any_host` or `no_host`.
    """

    quantifier: str
    part: Clause

    @property
    def needs_detail(self) -> bool:
        """Whether its part looks at the detail."""
        return self.part.needs_detail

    def possible(self, subject: ScanJob, sight: Sight) -> int:
        """Return what it can be; of a job without hosts nothing is known."""
        if not subject.hosts:
            return UNDECIDED
        is_every = self.quantifier == "every_host"
        table, end = (BOTH, FALSE) if is_every else (EITHER, TRUE)
        result = TRUE if is_every else FALSE
        for host in subject.hosts:
            result = table[result][self.part.possible(host, sight)]
            if result == end:
                break
        return OPPOSITE[result] if self.quantifier == "no_host" else result

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {self.quantifier: self.part.to_data()}


@dataclass(frozen=True, slots=True)
class AllJobs:
    """True of every job: written out, never implied."""

    needs_detail: bool = False

    def possible(self, subject: Any, sight: Sight) -> int:  # noqa: ARG002 - the same for every job
        """Return true."""
        return TRUE

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"all_jobs": True}
