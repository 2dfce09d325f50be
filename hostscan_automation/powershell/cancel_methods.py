"""Cancelling jobs that were named one by one, as one run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.limits import ExecuteOptions
from hostscan_automation.powershell.acting import Act, check_limits, check_role
from hostscan_automation.powershell.call_progress import CallProgress
from hostscan_automation.powershell.objects import run_object, stop_result
from hostscan_automation.powershell.seen_jobs import SeenJobs
from hostscan_automation.runner import Occasion, make_plan, work_of_filter
from hostscan_automation.wiring import guard_of

if TYPE_CHECKING:
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.powershell.parameters import CancelJobs

STEP = "Stop-HostScanJob"
DEFAULT_WAIT_S = 120.0


def cancel_jobs(call: Call, given: CancelJobs, desk: Desk) -> dict[str, Any]:
    """Cancel jobs; each result comes as soon as it is final."""
    session = desk.session
    client, seen, guard = session.client, SeenJobs.of(given.jobs), guard_of(session.settings)
    check_role(client)
    work = work_of_filter(
        STEP, seen.to_filter(), guard, max_jobs=given.max_count, execute=_options(given)
    )
    plan = make_plan(client, work, progress=CallProgress(call, desk.clock), stop=call.stop)
    check_limits(plan, given.max_count)
    for record in seen.left_out(plan, client.iter_jobs):
        call.emit(stop_result(record, ""))
    if not plan.jobs:
        return {"run": None}
    plan, occasion = seen.held_to(plan), Occasion(reason=given.reason)
    act = Act(call, desk, guard, waits=given.wait)
    ended = act.carry_out(
        plan,
        lambda runner: (
            runner.apply(plan, occasion) if seen.has_seen else runner.run(plan, occasion)
        ),
    )
    return {"run": run_object(ended)}


def _options(given: CancelJobs) -> ExecuteOptions:
    options = ExecuteOptions(confirm_s=0.0)
    if given.throttle_limit is not None:
        options = replace(options, workers=given.throttle_limit)
    if given.wait:
        timeout_s = DEFAULT_WAIT_S if given.timeout_sec is None else float(given.timeout_sec)
        options = replace(options, confirm_s=timeout_s)
    return options
