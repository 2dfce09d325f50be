"""Checking, planning and carrying out playbooks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from hostscan_automation.errors import PlaybookError, ReportError
from hostscan_automation.playbook.loading import load_playbook
from hostscan_automation.playbook.model import ReportRequest
from hostscan_automation.powershell.acting import Act, check_limits, check_role
from hostscan_automation.powershell.call_progress import CallProgress
from hostscan_automation.powershell.faults import PLAN_CHANGED, PLAYBOOK_INVALID, Fault
from hostscan_automation.powershell.objects import (
    diagnostic,
    plan_object,
    planned_stop,
    run_object,
)
from hostscan_automation.powershell.sign_in import settings_with_profile
from hostscan_automation.reports.formats import format_of
from hostscan_automation.reports.places import find_places
from hostscan_automation.reports.writing import write_reports
from hostscan_automation.runner import Occasion, make_plan, work_of_playbook
from hostscan_automation.wiring import guard_of

if TYPE_CHECKING:
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.playbook.model import Playbook
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.powershell.parameters import (
        ApplyPlan,
        PlanPlaybook,
        ValidatePlaybook,
    )
    from hostscan_automation.runner import Guard
    from hostscan_automation.runs.record import RunRecord


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan that was shown and waits for a yes."""

    plan: CancelPlan
    playbook: Playbook
    guard: Guard


def validate_playbook(call: Call, given: ValidatePlaybook, _desk: Desk) -> dict[str, Any]:
    """Check a playbook with the loader that runs it."""
    try:
        load_playbook(Path(given.path))
    except PlaybookError as error:
        for finding in error.findings:
            call.emit(diagnostic(error.file, "PlaybookInvalid", finding))
        return {"valid": False}
    return {"valid": True}


def plan_playbook(call: Call, given: PlanPlaybook, desk: Desk) -> dict[str, Any]:
    """Plan a playbook from a fresh read; the plan waits here for its `playbook.apply`."""
    session = desk.session
    playbook = _loaded(given)
    settings = settings_with_profile(session.settings, playbook.profile, desk.environ)
    guard = guard_of(settings)
    work = work_of_playbook(playbook, guard, max_jobs=given.max_count)
    if not work.is_list_only:
        check_role(session.client)
    plan = make_plan(session.client, work, progress=CallProgress(call, desk.clock), stop=call.stop)
    for job in plan.jobs:
        call.emit(planned_stop(job))
    plan_id = uuid4().hex
    desk.plans[plan_id] = ShownPlan(plan, playbook, guard)
    return {"plan": plan_object(plan, plan_id)}


def _loaded(given: PlanPlaybook) -> Playbook:
    try:
        return load_playbook(Path(given.path), variables=given.variables)
    except PlaybookError as error:
        has_place = any(finding.line for finding in error.findings)
        advice = error.hint or ("" if has_place else "Check -Path, and the names in -Variable.")
        raise Fault(PLAYBOOK_INVALID, error.message, advice=advice, target=given.path) from None


def apply_plan(call: Call, given: ApplyPlan, desk: Desk) -> dict[str, Any]:
    """Carry out a plan that was shown: once, and only if it is the one that was shown."""
    shown = desk.plans.pop(given.plan_id, None)
    if not isinstance(shown, ShownPlan) or shown.plan.digest != given.plan_hash:
        raise Fault(
            PLAN_CHANGED,
            "plan is not the one that was shown, or was carried out already",
            advice="Nothing was sent. Run Invoke-HostScanPlaybook again.",
        )
    check_limits(shown.plan)
    wishes = (*shown.playbook.reports, *_further(given.report_path))
    folder = shown.playbook.file.absolute().parent
    # before anything is sent: that they can be written
    find_places(wishes, base=folder, name=shown.plan.playbook.name, run_id="not-yet-named")
    occasion = Occasion(given.reason, str(shown.playbook.file), wishes)
    act = Act(call, desk, shown.guard, waits=True)
    ended = act.carry_out(shown.plan, lambda runner: runner.run(shown.plan, occasion))
    return {"run": run_object(ended), "reports": _written(call, ended, wishes, folder)}


def _further(path: str | None) -> tuple[ReportRequest, ...]:
    if path is None:
        return ()
    return (ReportRequest(format_of(path), path),)


def _written(
    call: Call, ended: RunRecord, wishes: tuple[ReportRequest, ...], folder: Path
) -> list[str]:
    """Write the reports; one that cannot be written is said, and changes nothing else."""
    name = ended.plan.playbook.name
    try:
        places = find_places(wishes, base=folder, name=name, run_id=ended.run_id)
    except ReportError as error:
        call.warn(error.message)
        return []
    written = write_reports(ended, places)
    for report in written:
        if report.error is not None:
            call.warn(f"report {str(report.path)!r} could not be written: {report.error}")
    return [str(report.path) for report in written if report.error is None]
