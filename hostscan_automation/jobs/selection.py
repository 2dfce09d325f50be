"""A selection: the steps that select jobs, and what is protected from them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import FilterError, Finding
from hostscan_automation.jobs.filters import Filter, compile_filter
from hostscan_automation.jobs.guards import clause_text, demands
from hostscan_automation.jobs.inspection import missing
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.jobs.sight import Sights
from hostscan_automation.jobs.verdict import BOTH, FALSE, TRUE, UNDECIDED, is_open

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.sight import Sight


class Action(StrEnum):
    """What a step does with the jobs it selects."""

    CANCEL = "cancel"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a filter, and what becomes of the jobs it selects.

    Attributes:
        demands: What has to hold for it, one after the other: the parts of the filter, those that
            the list alone can answer first, and for a cancel step that the job has not ended.
    """

    name: str
    filter: Filter
    action: Action = Action.CANCEL
    demands: tuple[Clause, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        is_cancel = self.action is Action.CANCEL
        object.__setattr__(self, "demands", demands(self.filter.clause, is_cancel=is_cancel))

    def weigh(self, job: ScanJob, sight: Sight) -> tuple[int, int]:
        """Return what this step can make of a job, and how many of its first demands hold."""
        possible, held = TRUE, 0
        for clause in self.demands:
            one = clause.possible(job, sight)
            if possible == TRUE == one:
                held += 1
                continue
            possible = BOTH[possible][one]
            if possible == FALSE:
                break
        return possible, held


@dataclass(frozen=True, slots=True)
class Protection:
    """A filter whose jobs are never cancelled; what is undecided there is protected, too.

    Attributes:
        origin: Where it stands, for people: `playbook`, `profile nps01`.
    """

    origin: str
    filter: Filter

    @property
    def text(self) -> str:
        """Where it stands and what it says."""
        return f"{self.origin}: {self.filter.text}"


@dataclass(frozen=True, slots=True)
class UndecidedStep:
    """A step that could not decide a job, the clause that left it so, and the missing field."""

    step: str
    clause: str
    field: str


@dataclass(frozen=True, slots=True)
class JobDecision:
    """What a selection makes of one job.

    Attributes:
        step: The step that owns the job, the first one that selected it, or None.
        protected_by: What holds it, for people, or None; a list step needs no protection.
        undecided: The first step that could not decide it, where none selected it.
        needs_detail: Whether reading the detail may change any of this; then nothing else here
            means anything yet.
    """

    step: Step | None = None
    protected_by: str | None = None
    undecided: UndecidedStep | None = None
    needs_detail: bool = False

    @property
    def disposition(self) -> Disposition | None:
        """What a plan does with the job, or None where no step selected it."""
        return None if self.step is None else self.disposition_in(self.step)

    def disposition_in(self, step: Step) -> Disposition:
        """Return what a plan does with the job in the step that owns it."""
        if step.action is Action.LIST:
            return Disposition.LIST
        return Disposition.CANCEL if self.protected_by is None else Disposition.PROTECTED


@dataclass(frozen=True, slots=True)
class Weighing:
    """A decision, and how far the job came in each step that looked at it.

    Attributes:
        held: For each step up to the owner, how many of its first demands hold.
    """

    decision: JobDecision
    held: tuple[int, ...]


_OPEN = JobDecision(needs_detail=True)
_NOT_SELECTED = JobDecision()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which jobs are meant: all of what a plan decides with."""

    steps: tuple[Step, ...]
    protect: tuple[Protection, ...] = ()

    def decide(self, job: ScanJob, now: datetime) -> JobDecision:
        """Decide one job, by the server's time.

        Without its detail a job may need it: see `JobDecision.needs_detail`.
        """
        return self.weigh(job, Sights.at(now).of(job.has_detail)).decision

    def weigh(self, job: ScanJob, sight: Sight) -> Weighing:
        """Decide one job under given conditions, and tell how far it came."""
        held: list[int] = []
        first_undecided: Step | None = None
        is_unsettled = False
        for step in self.steps:
            possible, count = step.weigh(job, sight)
            held.append(count)
            if possible & TRUE:
                open_ = is_open(possible)
                return Weighing(_OPEN if open_ else self._owned(step, job, sight), tuple(held))
            is_unsettled = is_unsettled or is_open(possible)
            if possible == UNDECIDED:
                first_undecided = first_undecided or step
        if is_unsettled:
            return Weighing(_OPEN, tuple(held))
        return Weighing(_undecided(first_undecided, job, sight), tuple(held))

    def _owned(self, step: Step, job: ScanJob, sight: Sight) -> JobDecision:
        if step.action is Action.LIST:
            return JobDecision(step)
        verdicts = [one.filter.possible(job, sight) for one in self.protect]
        for verdict, one in zip(verdicts, self.protect, strict=True):
            if verdict == TRUE:
                return JobDecision(step, protected_by=one.text)
        for verdict, one in zip(verdicts, self.protect, strict=True):
            if verdict == UNDECIDED:
                return JobDecision(step, protected_by=_undecided_protection(one, job, sight))
        return _OPEN if any(is_open(verdict) for verdict in verdicts) else JobDecision(step)

    def with_protection(self, further: Iterable[Protection]) -> Selection:
        """Return the same selection, with more protected."""
        return Selection(self.steps, (*self.protect, *further))

    def to_data(self) -> dict[str, Any]:
        """Return it as plain JSON data, variables and files filled in."""
        return {
            "steps": [
                {"name": step.name, "action": step.action.value, "select": step.filter.to_data()}
                for step in self.steps
            ],
            "protect": [
                {"origin": one.origin, "filter": one.filter.to_data()} for one in self.protect
            ],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Selection:
        """Read back what `to_data` gave.

        Raises:
            FilterError: It is no selection.
        """
        try:
            steps = [(one["name"], Action(one["action"]), one["select"]) for one in data["steps"]]
            protect = [(one["origin"], one["filter"]) for one in data["protect"]]
        except (KeyError, TypeError, ValueError) as error:
            reason = f"cannot be read: {type(error).__name__} at {error}"
            raise FilterError("selection", (Finding(reason),)) from None
        return cls(
            tuple(Step(str(name), _read(select), action) for name, action, select in steps),
            tuple(Protection(str(origin), _read(one)) for origin, one in protect),
        )

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits over the whole selection: for one without a playbook."""
        text = json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


def _read(data: Any) -> Filter:
    return compile_filter(data, source="selection")


def _undecided(step: Step | None, job: ScanJob, sight: Sight) -> JobDecision:
    if step is None:
        return _NOT_SELECTED
    clause = next(one for one in step.demands if one.possible(job, sight) == UNDECIDED)
    reason = missing(clause, job, sight)
    return JobDecision(undecided=UndecidedStep(step.name, reason.clause, reason.field))


def _undecided_protection(one: Protection, job: ScanJob, sight: Sight) -> str:
    field_name = missing(one.filter.clause, job, sight).field
    return f"{one.text} (cannot be ruled out: {field_name} is not known)"


def demand_texts(step: Step) -> tuple[str, ...]:
    """Return what a step demands, one line each."""
    return tuple(clause_text(clause) for clause in step.demands)
