"""Play a playbook from start to end: plan, carry out, apply a saved plan, resume.

Both shells of this program, the command line and PowerShell, call what is here, so that limits,
protection, journal and outcomes are the same for both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.limits import ExecuteOptions, LimitOverrides, Limits, effective_limits
from hostscan_automation.jobs.plan import PlaybookIdentity
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.jobs.selection import Action, Protection, Selection, Step
from hostscan_automation.runs.inventory import take_inventory
from hostscan_automation.runs.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from hostscan_automation.api.client import HostScanReader
    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.playbook.model import Playbook
    from hostscan_automation.runs.stop import Stop

ROLES = ("Admin", "App")


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
    builder = PlanBuilder(work.selection, now=reader.server_now())
    take_inventory(reader, builder, progress=progress or SilentProgress(), stop=stop)
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
