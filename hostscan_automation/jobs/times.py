"""Clauses on times: held against a moment, or against an age by the server's clock."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.verdict import FALSE, TRUE, UNDECIDED

if TYPE_CHECKING:
    from hostscan_automation.jobs.fields import Field
    from hostscan_automation.jobs.sight import Sight

_COMPARE = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "older_than": operator.lt,
    "newer_than": operator.gt,
}
_LOOKS_BACK = frozenset({"lt", "le", "older_than"})


@dataclass(frozen=True, slots=True)
class TimeClause:
    """A time held against a limit.

    A job's `heartbeat` is the latest of its hosts': where one of them is missing, it may still be
    later than those known. So every time is a span `earliest..latest`, open where something is
    missing, and the clause is decided only where the whole span lies on one side of the limit.

    Attributes:
        limit: A moment, or for `older_than` and `newer_than` an age.
        operand: The limit as plain data.
    """

    asked: Field
    operator: str
    operand: str
    limit: datetime | timedelta

    @property
    def needs_detail(self) -> bool:
        """Whether its field stands in the detail: all times do."""
        return self.asked.needs_detail

    def possible(self, subject: Any, sight: Sight) -> int:
        """Return what it can be."""
        if sight.unread is not None:
            return sight.unread
        limit = sight.now - self.limit if isinstance(self.limit, timedelta) else self.limit
        earliest, latest = self.span(subject, sight)
        compare = _COMPARE[self.operator]
        hardest, easiest = (
            (latest, earliest) if self.operator in _LOOKS_BACK else (earliest, latest)
        )
        if hardest is not None and compare(hardest, limit):
            return TRUE
        if easiest is not None and not compare(easiest, limit):
            return FALSE
        return UNDECIDED

    def span(self, subject: Any, sight: Sight) -> tuple[datetime | None, datetime | None]:
        """Return between which times the value surely lies, None where that is open."""
        times = self.asked.read(subject) or ()
        known = [time for time in times if time is not None and not sight.is_ahead(time)]
        if not known:
            return None, None
        value = self.asked.takes(known)
        if len(known) == len(times):
            return value, value
        return (None, value) if self.asked.takes is min else (value, None)

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {self.asked.name: {self.operator: self.operand}}
