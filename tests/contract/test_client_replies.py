"""The client, held to the replies that the vendor's pages document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import responses
from pydantic import SecretStr

from hostscan_automation.api.client import HostScanClient
from hostscan_automation.api.endpoints import endpoint_of
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.signin_methods import BearerSignIn
from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnreadableReplyError,
)
from hostscan_automation.jobs.status import JobStatus
from tests.contract.recorded import NAMES, recorded

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "https://nps01.lab.example:6500"
JOB = UUID("4b6f2c1e-0d3a-4c55-9a0e-6f1f6f5f0a11")
HOST = UUID("0f0d9a34-52b1-4c1b-9d2e-3a1f0c9b8e33")
SCAN_HOST = UUID("e2a7c9d4-1b5f-4a8e-b6c3-5d4e3f2a1b44")
RESOURCE = UUID("7d3e5f60-8a9b-4c2d-9e1f-0a1b2c3d4e55")

Calls = Callable[[str, Callable[[HostScanClient], Any]], Any]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[HostScanClient]:
    with HostScanClient(
        SERVER,
        BearerSignIn(SecretStr("api-key-" + "k" * 30)),
        connection=ConnectionOptions(insecure=True, retry_for_s=0.1),
        ledger=SignInLedger(tmp_path),
    ) as client:
        yield client


@pytest.fixture
def call(client: HostScanClient) -> Calls:
    """Make one call against one recorded reply; the request must be the recorded one."""

    def make(name: str, do: Callable[[HostScanClient], Any]) -> Any:
        exchange = recorded(name)
        with responses.RequestsMock() as server:
            server.add(
                exchange.method,
                SERVER + exchange.path,
                body=exchange.body,
                status=exchange.status,
                headers={k: v for k, v in exchange.headers.items() if k != "Content-Type"},
                content_type=exchange.headers.get("Content-Type"),
            )
            try:
                return do(client)
            finally:
                sent = server.calls[0].request.body
                assert (json.loads(sent) if sent else None) == exchange.sent

    return make


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_request_is_one_of_the_table(name: str) -> None:
    exchange = recorded(name)
    endpoint = endpoint_of(exchange.method, exchange.path)

    assert endpoint is not None
    assert endpoint.page == exchange.page


def test_the_list_is_read_row_by_row(call: Calls) -> None:
    running, queued, pending = call("list-jobs", lambda client: client.jobs())

    assert (running.id, running.status) == (JOB, JobStatus.RUNNING)
    (host,) = running.hosts
    assert (host.host_id, host.host_scan_host_id) == (HOST, SCAN_HOST)
    assert (host.name, host.dns_name) == ("LAB-SQL01", "lab-sql01.lab.example")
    assert (host.ip, host.os, host.failure_reason) == (
        "10.20.0.11",
        "Windows Server 2022",
        "NoError",
    )
    assert (queued.status, queued.hosts[0].host_id) == (JobStatus.QUEUED, None)
    assert queued.host_names == ("lab-web02.lab.example",)
    assert (pending.status, pending.hosts) == (JobStatus.PENDING, None)
    assert not any(job.has_detail for job in (running, queued, pending))


def test_an_empty_list_is_an_empty_list(call: Calls) -> None:
    assert call("list-jobs-empty", lambda client: client.jobs()) == []


def test_a_list_that_is_refused_is_an_error(call: Calls) -> None:
    with pytest.raises(ApiError, match="could not be carried out"):
        call("list-jobs-bad-request", lambda client: client.jobs())


@pytest.mark.parametrize("name", ["job-detail", "job-of-host"])
def test_a_detail_is_read_as_far_as_it_is_needed(call: Calls, name: str) -> None:
    calls = {"job-detail": lambda c: c.job(JOB), "job-of-host": lambda c: c.job_of_host(HOST)}

    job = call(name, calls[name])

    assert (job.id, job.status, job.has_detail) == (JOB, JobStatus.RUNNING, True)
    assert job.created == datetime(2025, 11, 20, 8, 0, tzinfo=UTC)
    assert (job.created_by, job.created_from) == ("LAB\\scan-admin", "10.20.0.5")
    assert job.started == datetime(2025, 11, 20, 8, 1, tzinfo=UTC)
    assert job.heartbeat == datetime(2025, 11, 20, 8, 5, tzinfo=UTC)
    assert job.finished is None
    (host,) = job.hosts
    assert host.queued == datetime(2025, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
    assert (host.host_id, host.host_scan_host_id, host.name) == (HOST, SCAN_HOST, "LAB-SQL01")


def test_a_detail_of_a_job_that_is_gone(call: Calls) -> None:
    with pytest.raises(NotFoundError) as caught:
        call("job-detail-not-found", lambda client: client.job(JOB))

    assert (caught.value.trace_id or "").startswith("00-5f2e8c1d")


def test_a_cancel_that_was_accepted(call: Calls) -> None:
    assert call("cancel-accepted", lambda client: client.cancel_job(JOB)).status == 202


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("cancel-bad-request", ApiError, "Bad Request: The job is not active any more"),
        ("cancel-not-found", NotFoundError, "Not Found: Unable to find the job"),
        ("cancel-forbidden", ForbiddenError, "answered with 403"),
        ("cancel-busy", RateLimitedError, "503: Service Unavailable"),
        ("cancel-through-a-login-page", UnreadableReplyError, "Sign in to continue"),
    ],
)
def test_a_cancel_that_was_not(call: Calls, name: str, kind: type[ApiError], said: str) -> None:
    with pytest.raises(kind, match=said) as caught:
        call(name, lambda client: client.cancel_job(JOB))

    exchange = recorded(name)
    assert (caught.value.status, caught.value.method) == (exchange.status, "DELETE")
    assert caught.value.path == exchange.path
    if exchange.json is not None:
        assert caught.value.problem is not None
        assert caught.value.problem.detail == exchange.json["detail"]
        assert caught.value.trace_id == exchange.json["traceId"]
    if isinstance(caught.value, RateLimitedError):
        assert caught.value.retry_after_s == 7.0


def test_scans_are_scheduled(call: Calls) -> None:
    assert call("schedule-host", lambda client: client.schedule_host(HOST)).id == JOB
    (job,) = call("schedule-hosts", lambda client: client.schedule_hosts([HOST]))
    assert job.id == JOB
    job = call("scan-resource", lambda client: client.scan_resource(RESOURCE))
    assert job.status is JobStatus.QUEUED


def test_the_scan_of_one_host_is_stopped_and_started(call: Calls) -> None:
    call("stop-host", lambda client: client.stop_host(SCAN_HOST))
    call("start-host", lambda client: client.start_host(SCAN_HOST))


def test_scanned_hosts_are_hosts_and_no_jobs(call: Calls) -> None:
    (host,) = call("scanned-hosts", lambda client: client.scanned_hosts())

    assert (host.host_scan_host_id, host.host_id) == (SCAN_HOST, HOST)
    assert host.ip == "10.20.0.11"


def test_version_and_health_are_texts(call: Calls) -> None:
    assert call("version", lambda client: client.version()) == "25.12.00000"
    assert call("health", lambda client: client.health()) == "Healthy"
