"""The calls under /api/v1/HostScanJob: list, detail, cancel, schedule, start and stop."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from hostscan_automation.simulator.replies import (
    JSON_TYPE,
    RefusedError,
    Reply,
    invalid,
    json_reply,
    problem,
    refused,
)
from hostscan_automation.simulator.scanjobs import ENDED, Host, Job, Part, named_host
from hostscan_automation.simulator.wire import ListWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hostscan_automation.simulator.call import Call
    from hostscan_automation.simulator.config import SimulatorConfig
    from hostscan_automation.simulator.fleet import Fleet
    from hostscan_automation.simulator.jobtable import JobTable
    from hostscan_automation.simulator.misbehaviour import Misbehaviour
    from hostscan_automation.simulator.tokens import Pass
    from hostscan_automation.simulator.wire import JobWriter

_UUID = re.compile(
    r"[{(]?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})[})]?", re.IGNORECASE
)
_NO_JOB = "Unable to find host scan job."
_NO_HOST = "Unable to find the scanned host."
_EMPTY = UUID(int=0)


class JobCalls:
    """Answers the host scan calls of one server out of its jobs and hosts."""

    def __init__(
        self,
        config: SimulatorConfig,
        jobs: JobTable,
        fleet: Fleet,
        writer: JobWriter,
        misbehaviour: Misbehaviour,
    ) -> None:
        self._config = config
        self._jobs = jobs
        self._fleet = fleet
        self._writer = writer
        self._misbehaviour = misbehaviour
        self._now = misbehaviour.now
        self._list = ListWriter(jobs, writer, self._now)
        self._met: dict[UUID, Host] = {}
        self.truncations = 0

    # Reading

    def all_jobs(self, _call: Call, _caller: Pass) -> Reply:
        """`GET /HostScanJob`: every job as HostScanJobStatus, streamed."""
        return Reply(200, self._list.pieces(), JSON_TYPE)

    def detail(self, _call: Call, _caller: Pass, text: str) -> Reply:
        """`GET /HostScanJob/{hostScanJobId}`: one job as HostScanJob."""
        job_id = read_uuid("hostScanJobId", text)
        job = self._jobs.get(job_id)
        if job is None:
            raise refused(404, _NO_JOB, job_id=job_id)
        return json_reply(self._writer.detail(job, self._now()), job_id=job_id)

    def of_host(self, _call: Call, _caller: Pass, text: str) -> Reply:
        """`GET /HostScanJob/ByHostId/{hostId}`: the job of a host, the active one first."""
        host_id = read_uuid("hostId", text)
        now = self._now()
        found = [job for job in self._jobs if any(host.host_id == host_id for host in job.hosts)]
        if not found:
            raise refused(404, "Unable to find a host scan job for the host.")
        job = max(found, key=lambda job: (not job.has_ended(now), job.created))
        return json_reply(self._writer.detail(job, now), job_id=job.id)

    def hosts(self, _call: Call, _caller: Pass) -> Reply:
        """`GET /HostScanJob/Host`: the scanned hosts."""
        return json_reply([self._writer.host(host) for host in self._fleet.all])

    def host(self, _call: Call, _caller: Pass, text: str) -> Reply:
        """`GET /HostScanJob/Host/{hostScanHostId}`: one scanned host."""
        host = self._scanned(read_uuid("hostScanHostId", text))
        return json_reply(self._writer.host(host))

    def users(self, _call: Call, _caller: Pass) -> Reply:
        """`GET /HostScanJob/User`: the scanned users; none are simulated."""
        return json_reply([])

    # Changing

    def cancel(self, _call: Call, _caller: Pass, text: str) -> Reply:
        """`DELETE /HostScanJob/{hostScanJobId}`: 202, and Cancelled a while later."""
        job_id = read_uuid("hostScanJobId", text)
        with self._jobs.lock:
            now = self._now()
            fault = self._meddle(job_id, now)
            job = self._jobs.get(job_id)
            if job is None:
                raise RefusedError(replace(problem(404, _NO_JOB, job_id=job_id), fault=fault))
            status = job.status(now)
            if status in ENDED:
                said = f"The host scan job cannot be cancelled: its status is {status}."
                raise RefusedError(replace(problem(400, said, job_id=job_id), fault=fault))
            never = self._misbehaviour.never_cancels(job)
            job = replace(job, is_stubborn=never, cancels_accepted=job.cancels_accepted + 1)
            self._jobs.put(job if never else job.ended(now + self._delay(job), "Cancelled"))
        return Reply(202, job_id=job_id, fault="never-cancelled" if never else None)

    def create(self, call: Call, caller: Pass) -> Reply:
        """`POST /HostScanJob`: one job for the hosts that the body describes."""
        body = read_json(call)
        requests = body if isinstance(body, list) else [body]
        if not requests or not all(isinstance(request, dict) for request in requests):
            raise invalid("$", "body")
        hosts = [_described_host(request) for request in requests]
        return self._scheduled(hosts, caller)

    def by_host(self, _call: Call, caller: Pass, text: str) -> Reply:
        """`POST /HostScanJob/ByHostId/{hostId}`: scan a host."""
        return self._scheduled([self._managed(read_uuid("hostId", text))], caller)

    def by_hosts(self, call: Call, caller: Pass) -> Reply:
        """`POST /HostScanJob/ByHostIdMultiple`: scan several hosts, a job for each."""
        body = read_json(call)
        if not isinstance(body, list) or not body:
            raise invalid("$", "body")
        ids = [read_uuid(f"$[{place}]", text) for place, text in enumerate(body)]
        hosts = [self._managed(host_id) for host_id in ids]
        now = self._now()
        rows = [self._writer.row(self._new_job([host], caller, now), now) for host in hosts]
        return json_reply(rows)

    def by_resource(self, _call: Call, caller: Pass, text: str) -> Reply:
        """`POST /HostScanJob/{managedResourceId}`: scan a managed resource now."""
        return self._scheduled([self._managed(read_uuid("managedResourceId", text))], caller)

    def start(self, call: Call, _caller: Pass, text: str) -> Reply:
        """`GET /HostScanJob/Host/{hostScanHostId}/Start`: run the waiting job of a host."""
        _check_flag(call)
        return self._on_active(text, self._started)

    def stop(self, call: Call, _caller: Pass, text: str) -> Reply:
        """`GET /HostScanJob/Host/{hostScanHostId}/Stop`: terminate the scan of one host."""
        _check_flag(call)
        return self._on_active(text, self._stopped)

    def truncate(self, _call: Call, _caller: Pass) -> Reply:
        """`DELETE /HostScanJob/TruncateAllTables`: wipes everything."""
        with self._jobs.lock:
            self.truncations += 1
            self._jobs.clear()
        return Reply(200)

    # What they share

    def _meddle(self, job_id: UUID, now: float) -> str | None:
        """Let a job that is marked for it vanish or finish just before its cancel."""
        job = self._jobs.get(job_id)
        fault = None if job is None or job.has_ended(now) else self._misbehaviour.before_cancel(job)
        if fault == "vanish":
            self._jobs.remove(job_id)
        elif fault == "finish" and job is not None:
            self._jobs.put(job.ended(now, "Complete"))  # by this cancel's time, not a moment later
        return fault

    def _delay(self, job: Job) -> float:
        low, high = self._config.cancel_delay_s
        return low + (high - low) * self._misbehaviour.dice.throw("delay", str(job.id))

    def _scanned(self, host_scan_host_id: UUID) -> Host:
        host = self._fleet.by_host_scan_host_id.get(host_scan_host_id)
        if host is None:
            every = (host for job in self._jobs for host in job.hosts)
            host = next((one for one in every if one.host_scan_host_id == host_scan_host_id), None)
        if host is None:
            raise refused(404, _NO_HOST)
        return host

    def _managed(self, host_id: UUID) -> Host:
        """Return the host of an id; one never heard of is made up unless only known ones count."""
        known = self._fleet.by_host_id.get(host_id) or self._met.get(host_id)
        if known is not None:
            return known
        if host_id == _EMPTY or self._config.known_hosts_only:
            raise refused(400, "Unable to find the resource.")
        host = replace(named_host(f"host-{str(host_id)[:8]}"), host_id=host_id)
        return self._met.setdefault(host_id, host)

    def _scheduled(self, hosts: Iterable[Host], caller: Pass) -> Reply:
        now = self._now()
        job = self._new_job(hosts, caller, now)
        return json_reply(self._writer.row(job, now), job_id=job.id)

    def _new_job(self, hosts: Iterable[Host], caller: Pass, now: float) -> Job:
        wait = self._config.scan_s
        course = ((now, "Queued"), (now + wait, "Running"), (now + 11 * wait, "Complete"))
        parts = tuple(Part(host) for host in hosts)
        job = Job(uuid4(), course, parts, caller.account.login, created_from="127.0.0.1")
        return self._jobs.put(job)

    def _on_active(self, text: str, change: Callable[[Job, Host, float], Job]) -> Reply:
        """Change the latest job of a scanned host that has not ended; without one do nothing."""
        host = self._scanned(read_uuid("hostScanHostId", text))
        with self._jobs.lock:
            now = self._now()
            active = [job for job in self._jobs if host in job.hosts and not job.has_ended(now)]
            if not active:
                return Reply(200)
            job = max(active, key=lambda job: job.created)
            self._jobs.put(change(job, host, now))
        return Reply(200, job_id=job.id)

    def _started(self, job: Job, _host: Host, now: float) -> Job:
        if job.status(now) == "Running":
            return job
        past = tuple(step for step in job.course if step[0] <= now)
        end = now + 10 * self._config.scan_s
        return replace(job, course=(*past, (now, "Running"), (end, "Complete")), silent_since=None)

    @staticmethod
    def _stopped(job: Job, host: Host, now: float) -> Job:
        parts = tuple(
            replace(part, ended_at=now, ended_as="Cancelled")
            if part.host == host and not part.has_ended(now)
            else part
            for part in job.parts or ()
        )
        job = replace(job, parts=parts)
        if all(part.has_ended(now) for part in parts):
            return job.ended(now, "Cancelled")
        return job


def read_uuid(field: str, text: object) -> UUID:
    """Return an id in any of the forms .NET reads.

    Raises:
        RefusedError: It is none (400).
    """
    match = _UUID.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise invalid(field, str(text))
    return UUID(match[1])


def read_json(call: Call) -> Any:
    """Return the body of a call that wants JSON.

    Raises:
        RefusedError: The body is no JSON (400), or does not say that it is (415).
    """
    kind = call.content_type
    if kind not in {"application/json", "text/json"} and not kind.endswith("+json"):
        raise refused(415, f"The content type {kind!r} is not supported.")
    try:
        return call.json
    except ValueError:
        raise RefusedError(problem(400, errors={"$": ["The body is not valid JSON."]})) from None


def _check_flag(call: Call) -> None:
    for pair in call.query.split("&"):
        name, _, value = pair.partition("=")
        if name.casefold() == "hostconnected" and value.casefold() not in {"true", "false"}:
            raise invalid("hostConnected", value)


def _described_host(request: Mapping[str, object]) -> Host:
    """Return the host of a HostScanJobRequest."""
    dns_name, ip, system = (_text(request, name) for name in ("dnsHostName", "ipAddress", "os"))
    name = (dns_name or "").partition(".")[0] or ip or "unnamed"
    return replace(named_host(name), dns_name=dns_name, ip=ip, os=system, host_id=None)


def _text(request: Mapping[str, object], name: str) -> str | None:
    value = request.get(name)
    if value is None or isinstance(value, str):
        return value
    raise invalid(f"$.{name}", str(value))
