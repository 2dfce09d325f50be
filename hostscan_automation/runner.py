"""Play a playbook from start to end: plan, carry out, apply a saved plan, resume.

Both shells of this program, the command line and PowerShell, call what is here, so that limits,
protection, journal and outcomes are the same for both.
"""

from __future__ import annotations

import contextlib
import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from hostscan_automation.clock import utc_text
from hostscan_automation.errors import HostscanError, PlanRefusedError
from hostscan_automation.jobs.limits import ExecuteOptions, LimitOverrides, Limits, effective_limits
from hostscan_automation.jobs.plan import PlaybookIdentity
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.jobs.selection import Action, Protection, Selection, Step
from hostscan_automation.runs.execution import execute, resume
from hostscan_automation.runs.inventory import take_fresh_inventory
from hostscan_automation.runs.progress import Progress, SilentProgress
from hostscan_automation.runs.rows import NewRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hostscan_automation.api.client import HostScanClient, HostScanReader
    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.playbook.model import Playbook, ReportRequest
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.means import Means
    from hostscan_automation.runs.record import RunRecord
    from hostscan_automation.runs.stop import Stop

ROLES = ("Admin", "App")
_VERSION_WITHIN_S = 10.0
"""A run is told with the server's version where that is to be had, and not kept waiting for it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What holds for every run of a profile, whatever a playbook or a flag says.

    Attributes:
        limits: The profile's ceiling.
        protect: The profile's protect clauses.
    """

    limits: LimitOverrides = field(default_factory=LimitOverrides)
    protect: tuple[Protection, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done on a server: which jobs are meant, within which limits, and how."""

    playbook: PlaybookIdentity
    selection: Selection
    limits: Limits
    execute: ExecuteOptions = field(default_factory=ExecuteOptions)

    @property
    def is_list_only(self) -> bool:
        """Whether no step of it cancels anything."""
        return all(step.action is Action.LIST for step in self.selection.steps)


def work_of_playbook(
    playbook: Playbook, guard: Guard | None = None, *, max_jobs: int | None = None
) -> Work:
    """Return the work that a playbook describes, within what the profile allows.

    Args:
        playbook: As it was loaded.
        guard: The profile's limits and protection.
        max_jobs: A limit given for this run; it can only lower.
    """
    guard = guard or Guard()
    return Work(
        playbook=playbook.identity,
        selection=playbook.selection.with_protection(guard.protect),
        limits=effective_limits(playbook.limits, guard.limits, LimitOverrides(max_jobs=max_jobs)),
        execute=playbook.execute,
    )


def work_of_filter(
    name: str,
    selector: Filter,
    guard: Guard | None = None,
    *,
    max_jobs: int | None = None,
    execute: ExecuteOptions | None = None,
) -> Work:
    """Return the work of cancelling what one filter selects, without a playbook.

    Args:
        name: What the plan and the report call it, such as `jobs cancel`.
        selector: Which jobs are meant.
        guard: The profile's limits and protection.
        max_jobs: A limit given for this run; it can only lower.
        execute: How to go about it.
    """
    guard = guard or Guard()
    selection = Selection((Step(name, selector),), guard.protect)
    return Work(
        playbook=PlaybookIdentity(name, selection.digest),
        selection=selection,
        limits=effective_limits(None, guard.limits, LimitOverrides(max_jobs=max_jobs)),
        execute=execute or ExecuteOptions(),
    )


def make_plan(
    reader: HostScanReader,
    work: Work,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> CancelPlan:
    """Read the server and return what the work would do there. Nothing is changed.

    Raises:
        PlanRefusedError: The inventory is incomplete. (Limits do not raise: see `refusals`.)
        SignInError: The server refused the sign-in.
        NotReachedError: The server was not reached.
        ApiError: The server's answer is no, or cannot be read.
    """
    reader.sign_in()
    builder = take_fresh_inventory(
        reader,
        lambda: PlanBuilder(work.selection, now=reader.server_now()),
        progress=progress or SilentProgress(),
        stop=stop,
    )
    return builder.build(
        server=reader.server,
        account=reader.account,
        playbook=work.playbook,
        made_at=reader.server_now(),
        limits=work.limits,
        execute=work.execute,
    )


def refuse_without_role(reader: HostScanReader) -> None:
    """Refuse before anybody is asked, where the token names roles and none of them will do.

    Raises:
        PlanRefusedError: Neither Admin nor App is among the roles.
    """
    if reader.has_role(*ROLES) is False:
        named = ", ".join(reader.roles or ()) or "none"
        raise PlanRefusedError(
            f"account {reader.account!r} lacks the role Admin or App; its roles: {named}",
            hint="Give the account one of these roles in Privilege Secure, or use another account.",
        )


def refuse_beyond_limits(plan: CancelPlan) -> None:
    """Refuse a plan that exceeds a limit.

    Raises:
        PlanRefusedError: With every limit that it exceeds.
    """
    if plan.refusals:
        raise PlanRefusedError(
            "plan exceeds a limit: " + "; ".join(plan.refusals),
            reasons=plan.refusals,
            hint="Narrow the filter, or raise limits in the playbook or the profile.",
        )


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a run is remembered by, besides its plan.

    Attributes:
        reason: What the person gave as the reason, or None.
        playbook_file: The file as the person named it, or None.
        reports: The reports that were asked for.
    """

    reason: str | None = None
    playbook_file: str | None = None
    reports: tuple[ReportRequest, ...] = ()


class Runner:
    """Carries out plans on one server as one account.

    Args:
        client: Reads and changes; signed in at its first call.
        journal: Where every run is written down.
        guard: What the profile limits and protects, whatever a plan says.
        means: Time, stop and progress; reader and canceller are the client.
    """

    def __init__(
        self, client: HostScanClient, journal: Journal, means: Means, *, guard: Guard | None = None
    ) -> None:
        self._client = client
        self._journal = journal
        self._means = means
        self._guard = guard or Guard()

    def run(self, plan: CancelPlan, occasion: Occasion | None = None) -> RunRecord:
        """Carry out a plan that was just made and shown.

        Raises:
            PlanRefusedError: A limit, another run on this server, or a role that is missing.
            JournalError: It cannot be written down.
            HostscanError: The server had to be read again, and could not be.
        """
        return self._execute(plan, occasion or Occasion(), is_saved=False)

    def apply(self, plan: CancelPlan, occasion: Occasion | None = None) -> RunRecord:
        """Carry out a plan that comes from a file: once, and only what still matches.

        Raises:
            PlanRefusedError: As `check_saved` says, or as `run` does.
            JournalError: It cannot be written down.
            HostscanError: The server could not be read again.
        """
        self.check_saved(plan)
        return self._execute(plan, occasion or Occasion(), is_saved=True)

    def check_saved(self, plan: CancelPlan, *, max_jobs: int | None = None) -> None:
        """Refuse a saved plan that must not be carried out here and now.

        Raises:
            PlanRefusedError: It is for another server or account, too old, was used already, or
                exceeds the limits that hold by now.
        """
        self._client.sign_in()
        for reason, hint in self._why_not(plan, max_jobs):
            raise PlanRefusedError(reason, hint=hint)

    def resume(self, run_id: str) -> RunRecord:
        """Go on with a run that is not finished, and return the whole of it.

        Raises:
            PlanRefusedError: It is finished, or somebody is at work on it.
            JournalError: There is no such run, or its record is damaged.
            HostscanError: The server could not be read again; the run stays as it is.
        """
        self._client.sign_in()
        refuse_without_role(self._client)
        plan = self._journal.record(run_id).plan
        for reason, hint in self._other_place(plan):
            raise PlanRefusedError(reason, hint=hint)
        return resume(run_id, self._means, self._journal, protect=self._guard.protect)

    def _execute(self, plan: CancelPlan, occasion: Occasion, *, is_saved: bool) -> RunRecord:
        refuse_without_role(self._client)
        refuse_beyond_limits(plan)
        run = NewRun(
            plan=plan,
            playbook_file=occasion.playbook_file,
            reports=tuple(
                {"format": one.format.value, "path": one.path} for one in occasion.reports
            ),
            reason=occasion.reason,
            versions=self._versions(),
            is_single_use=is_saved,
        )
        return execute(
            run, self._means, self._journal, protect=self._guard.protect, is_saved=is_saved
        )

    def _why_not(self, plan: CancelPlan, max_jobs: int | None) -> Iterable[tuple[str, str]]:
        yield from self._other_place(plan)
        if self._client.server_now() > plan.valid_until:
            yield f"plan was valid until {utc_text(plan.valid_until)}", _PLAN_AGAIN
        if used := self._journal.plan_used(plan.digest):
            yield f"plan was used already, by run {used!r}", _PLAN_AGAIN
        limits = plan.limits.lowered_to(
            max_jobs=self._guard.limits.max_jobs, max_percent=self._guard.limits.max_percent
        ).lowered_to(max_jobs=max_jobs)
        for sentence in limits.exceeded_by(plan.counts.planned, plan.cancellable):
            yield f"plan exceeds a limit: {sentence}", "Narrow the filter, and plan again."

    def _other_place(self, plan: CancelPlan) -> Iterable[tuple[str, str]]:
        if plan.server != self._client.server:
            yield (
                f"plan is for {plan.server!r}, and this is {self._client.server!r}",
                "Name the plan's server with --server or its profile.",
            )
        if plan.account.casefold() != self._client.account.casefold():
            yield (
                f"plan was made by {plan.account!r}, and this is {self._client.account!r}",
                "Sign in as the account that made the plan, or plan again.",
            )

    def _versions(self) -> dict[str, str]:
        versions = {"python": platform.python_version()}
        with contextlib.suppress(PackageNotFoundError):
            versions["hostscan"] = version("hostscan-automation")
        with contextlib.suppress(HostscanError):
            versions["server"] = self._client.version(_VERSION_WITHIN_S)
        return versions


_PLAN_AGAIN = "Make a new plan with: hostscan plan PLAYBOOK --save FILE"
