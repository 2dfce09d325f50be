"""The plan: a frozen value with a digest. What was shown is what runs, or nothing runs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hostscan_automation.clock import utc_text
from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.kinds import check_kinds
from hostscan_automation.jobs.limits import ExecuteOptions, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAN_SCHEMA = "hostscan/plan/1"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


class Disposition(StrEnum):
    """What the plan means to do with one matched job."""

    CANCEL = "cancel"
    PROTECTED = "protected"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """One matched job in the plan.

    Attributes:
        step: Name of the step that owns it: the first one that selected it.
        status: The status it was listed with, for people.
        hosts: Names of its hosts.
        collateral_hosts: Those of them that no host clause of the filter named; none where the
            filter has no such clause (it means whole jobs) and none of a list step.
        fingerprint: `ScanJob.fingerprint` when the plan was made.
        protected_by: Which protect clause holds it, for people; None unless protected.
        failure_reasons: Distinct failure reasons of its hosts, without NoError.
    """

    job_id: UUID
    step: str
    disposition: Disposition
    status: str
    hosts: tuple[str, ...]
    collateral_hosts: tuple[str, ...]
    fingerprint: str
    created: datetime | None = None
    protected_by: str | None = None
    failure_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndecidedJob:
    """A job that a step could not decide, with the clause and the field that was missing."""

    job_id: UUID
    step: str
    clause: str
    field: str


@dataclass(frozen=True, slots=True)
class ClauseCount:
    """How many jobs one clause of a step left, in the order in which they are looked at.

    A cancel step first demands that a job has not ended; then come the clauses that the list alone
    can answer, as they were written, then those that need the details.

    Attributes:
        clause: The clause as a person would write it.
        left: Jobs for which this clause and all before it in the same step hold.
    """

    clause: str
    left: int


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the playbook and what it found.

    Attributes:
        matched: Jobs this step owns, protected ones included.
        planned: Jobs of this step that are to be cancelled.
        ended: Jobs its filter selected that had already ended, and so were left out.
    """

    name: str
    action: str
    matched: int
    planned: int
    ended: int = 0
    clauses: tuple[ClauseCount, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """The plan in five numbers.

    Attributes:
        matched: Before protect.
        planned: What is to be cancelled.
    """

    listed: int
    matched: int
    undecided: int
    protected: int
    planned: int


@dataclass(frozen=True, slots=True)
class PlaybookIdentity:
    """Which playbook a plan came from.

    Attributes:
        digest: `sha256:` and 64 hex digits of the playbook and everything it read.
    """

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """Everything that a run means to do, and enough to decide each job anew later.

    Attributes:
        made_at: Aware, UTC, by the server's clock.
        valid_until: After that `apply` refuses the plan.
        selection: The selection as plain data (steps, protect), variables and files filled in:
            `Selection.from_data` reads it back.
        cancellable: Jobs on the server that could be cancelled when the plan was made.
        refusals: Why this plan must not run; empty if it may.
        jobs: Matched jobs, in the order in which they will be cancelled.
    """

    server: str
    account: str
    playbook: PlaybookIdentity
    made_at: datetime
    valid_until: datetime
    counts: PlanCounts
    cancellable: int
    limits: Limits
    execute: ExecuteOptions
    steps: tuple[PlannedStep, ...]
    jobs: tuple[PlannedJob, ...]
    undecided: tuple[UndecidedJob, ...] = ()
    refusals: tuple[str, ...] = ()
    selection: Mapping[str, Any] = field(default_factory=dict)

    @property
    def to_cancel(self) -> tuple[PlannedJob, ...]:
        """The jobs a run would cancel, in that order."""
        return tuple(job for job in self.jobs if job.disposition is Disposition.CANCEL)

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits over everything in the plan."""
        text = json.dumps(_body(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"

    @property
    def statuses(self) -> Counter[str]:
        """How many jobs to cancel stand in which status."""
        return Counter(job.status for job in self.to_cancel)

    @property
    def host_count(self) -> int:
        """How many different hosts the jobs to cancel are on."""
        return len({host for job in self.to_cancel for host in job.hosts})

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `hostscan/plan/1`."""
        return {"schema": PLAN_SCHEMA, "digest": self.digest, **_body(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CancelPlan:
        """Read a plan back, and refuse it if anything in it was changed.

        Raises:
            PlanRefusedError: It is no plan, of another version, or its digest does not fit.
        """
        if not isinstance(data, dict) or data.get("schema") != PLAN_SCHEMA:
            raise PlanRefusedError(
                f"plan is not of schema {PLAN_SCHEMA!r}",
                hint="Make a new plan with: hostscan plan PLAYBOOK --save FILE",
            )
        try:
            plan = _read(data)
            is_whole = data == plan.to_json()  # to the letter, the digest included
        except _UNREADABLE as error:
            raise PlanRefusedError(
                f"plan cannot be read: {type(error).__name__} at {error}",
                hint="Make a new plan with: hostscan plan PLAYBOOK --save FILE",
            ) from None
        if not is_whole:
            raise PlanRefusedError(
                "plan was changed after it was made: its digest does not fit",
                hint="Plans are not edited by hand. Change the playbook and plan again.",
            )
        return plan


def _body(plan: CancelPlan) -> dict[str, Any]:
    return {
        field_.name: _plain(getattr(plan, field_.name)) for field_ in dataclasses.fields(CancelPlan)
    }


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one line for each kind of value
    match value:
        case datetime():
            return utc_text(value)
        case UUID():
            return str(value)
        case StrEnum():
            return value.value
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        case _:
            return value


def _read(data: Mapping[str, Any]) -> CancelPlan:
    plan = CancelPlan(
        server=_text(data["server"]),
        account=_text(data["account"]),
        playbook=PlaybookIdentity(**data["playbook"]),
        made_at=_time(data["made_at"]),
        valid_until=_time(data["valid_until"]),
        counts=PlanCounts(**data["counts"]),
        cancellable=data["cancellable"],
        limits=Limits(**data["limits"]),
        execute=ExecuteOptions(**data["execute"]),
        steps=tuple(_read_step(step) for step in data["steps"]),
        jobs=tuple(_read_job(job) for job in data["jobs"]),
        undecided=tuple(_read_undecided(job) for job in data["undecided"]),
        refusals=tuple(data["refusals"]),
        selection=data["selection"],
    )
    check_kinds((plan, plan.playbook, plan.counts, plan.limits, plan.execute))
    check_kinds(chain(plan.steps, plan.jobs, plan.undecided))
    check_kinds(clause for step in plan.steps for clause in step.clauses)
    return plan


def _read_step(data: Mapping[str, Any]) -> PlannedStep:
    step = PlannedStep(**data)
    return replace(step, clauses=tuple(ClauseCount(**clause) for clause in data["clauses"]))


def _read_undecided(data: Mapping[str, Any]) -> UndecidedJob:
    return UndecidedJob(**{**data, "job_id": UUID(data["job_id"])})


def _read_job(data: Mapping[str, Any]) -> PlannedJob:
    return PlannedJob(
        **{
            **data,
            "job_id": UUID(data["job_id"]),
            "disposition": Disposition(data["disposition"]),
            "hosts": tuple(data["hosts"]),
            "collateral_hosts": tuple(data["collateral_hosts"]),
            "failure_reasons": tuple(data["failure_reasons"]),
            "created": None if data["created"] is None else _time(data["created"]),
        }
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _time(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)
