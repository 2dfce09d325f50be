"""Reading jobs, waiting for them, and asking for scans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import ApiError, HostscanError
from hostscan_automation.powershell.call_progress import CallProgress
from hostscan_automation.powershell.faults import INVALID_ARGUMENT, Fault
from hostscan_automation.powershell.listing import (
    Details,
    EnoughError,
    Page,
    StreamedJobs,
    filter_of,
)
from hostscan_automation.powershell.objects import job_object
from hostscan_automation.powershell.waiting import Wait, statuses_named
from hostscan_automation.runs.inventory import take_inventory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from hostscan_automation.api.client import HostScanClient
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.powershell.parameters import (
        ListJobs,
        ReadJobs,
        ScheduleJobs,
        WaitForJobs,
    )


def list_jobs(call: Call, given: ListJobs, desk: Desk) -> dict[str, Any]:
    """List the jobs that are meant."""
    client = desk.session.client
    page = Page(lambda job: call.emit(job_object(job, desk.name)), given.skip, given.first)
    jobs = StreamedJobs(
        filter_of(given),
        now=client.server_now(),
        hand_on=page.take,
        details=Details(page.last) if given.detailed else None,
        warn=call.warn,
    )
    try:
        progress = CallProgress(call, desk.clock)
        take_inventory(client, jobs, progress=progress, stop=call.stop)
    except EnoughError:
        pass
    if jobs.undecided:
        call.warn(
            f"a value that the filter needs is missing in {jobs.undecided} jobs: they are left out"
        )
    return {"listed": jobs.listed, "matched": page.handed_on, "undecided": jobs.undecided}


def read_jobs(call: Call, given: ReadJobs, desk: Desk) -> dict[str, Any]:
    """Read jobs in detail, by their own id or by their host."""
    client = desk.session.client
    details = [
        *_each(call, given.ids, client.job),
        *_each(call, given.host_ids, client.job_of_host),
    ]
    for job in _with_rows(client, details):
        call.emit(job_object(job, desk.name))
    return {}


def _each(call: Call, ids: Iterable[UUID], read: Any) -> list[ScanJob]:
    found = []
    for one in dict.fromkeys(ids):
        call.raise_if_stopped()
        try:
            found.append(read(one))
        except ApiError as error:
            call.fail_item(error, target=one)
    return found


def _with_rows(client: HostScanClient, details: list[ScanJob]) -> list[ScanJob]:
    """Return the jobs with the status of their row in the list: the detail has none of its own.

    One look at the list serves all; for a single job whose hosts tell its status there is none.
    """
    if not details or (len(details) == 1 and details[0].status is not None):
        return details
    wanted = {job.id for job in details}
    rows = {row.id: row for row in client.iter_jobs() if row.id in wanted}
    return [rows[job.id].with_detail(job) if job.id in rows else job for job in details]


def wait_for_jobs(call: Call, given: WaitForJobs, desk: Desk) -> dict[str, Any]:
    """Wait until jobs have a certain status."""
    wait = Wait(
        desk.session.client,
        desk.clock,
        call,
        dict.fromkeys(given.ids),
        statuses_named(given.until),
        given.poll_sec,
    )
    for job in wait.jobs(any_one=given.any, timeout_s=given.timeout_sec):
        call.emit(job_object(job, desk.name))
        if given.any:
            wait.open.clear()
    return {"waiting": [str(job_id) for job_id in wait.open]}


def schedule_jobs(call: Call, given: ScheduleJobs, desk: Desk) -> dict[str, Any]:
    """Ask for scans; a request that may have arrived is never sent again."""
    if bool(given.host_ids) == bool(given.managed_resource_ids):
        raise Fault(INVALID_ARGUMENT, "either hosts or managed resources must be given")
    client = desk.session.client
    if given.host_ids:
        _emit_all(call, _scheduled(client, given.host_ids), desk)
    for resource in given.managed_resource_ids:
        call.raise_if_stopped()
        try:
            _emit_all(call, [client.scan_resource(resource)], desk)
        except HostscanError as error:
            call.fail_item(error, target=resource)
    return {}


def _scheduled(client: HostScanClient, host_ids: tuple[UUID, ...]) -> Iterable[ScanJob]:
    if len(host_ids) == 1:
        return [client.schedule_host(host_ids[0])]
    return client.schedule_hosts(host_ids)


def _emit_all(call: Call, jobs: Iterable[ScanJob], desk: Desk) -> None:
    for job in jobs:
        call.emit(job_object(job, desk.name))
