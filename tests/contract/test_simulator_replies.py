"""The simulator, held to the same recorded replies as the client that it tests."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig
from tests.contract.recorded import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

UNUSED = "00000000-0000-4000-8000-0000000000ff"
LEFT_OUT = {"hostScanJob", "hostScanUser", "hostScanGroup", "hostScanFeature"}
"""Parts of a detail that nobody here reads; the page nests them without end."""
NUMBER_OR_NAME = (".status", ".failureReason")
"""Declared as numbers, documented by names: either is right."""


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator(SimulatorConfig(jobs=60)) as server:
        yield server


@pytest.fixture(scope="module")
def token(server: Simulator) -> str:
    admin = server.accounts.admin
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"Login": admin.login, "Password": admin.password})
    connection.request("POST", "/signinBody", body, headers)
    reply = connection.getresponse()
    headers["Cookie"] = (reply.getheader("Set-Cookie") or "").partition(";")[0]
    headers["Authorization"] = f"Bearer {json.loads(reply.read())}"
    assert admin.totp is not None
    code = admin.totp.code(admin.totp.step_at(server.now()))
    connection.request("POST", "/signin2fa", json.dumps(code), headers)
    token = json.loads(connection.getresponse().read())
    connection.close()
    return str(token)


Answer = tuple[int, str, Any]


def ask(server: Simulator, token: str, method: str, path: str, body: Any = None) -> Answer:
    """Return status, media type and JSON of a reply."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"Accept": "application/json", **headers})
    reply = connection.getresponse()
    data = reply.read()
    connection.close()
    media_type = (reply.getheader("Content-Type") or "").partition(";")[0]
    return reply.status, media_type, json.loads(data) if data else None


def kind_of(value: Any) -> str:
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def assert_same_shape(documented: Any, answered: Any, where: str = "$") -> None:
    """Check that every documented member is there and of its kind; null stands for any kind."""
    if documented is None or answered is None or where.endswith(NUMBER_OR_NAME):
        return
    assert kind_of(answered) == kind_of(documented), where
    if isinstance(documented, dict):
        for name in documented.keys() - LEFT_OUT:
            assert name in answered, f"{where}.{name}"
            assert_same_shape(documented[name], answered[name], f"{where}.{name}")
    if isinstance(documented, list) and documented and answered:
        assert_same_shape(documented[0], answered[0], f"{where}[0]")


@pytest.fixture(scope="module")
def ids(server: Simulator, token: str) -> dict[str, str]:
    _, _, rows = ask(server, token, "GET", "/api/v1/HostScanJob")
    row = next(row for row in rows if row["status"] in {0, 1, "Queued", "Running"})
    (host, *_) = row["hostScanHostStatus"]
    return {
        "/Host/e2a7c9d4-1b5f-4a8e-b6c3-5d4e3f2a1b44": f"/Host/{host['hostScanHostId']}",
        "0f0d9a34-52b1-4c1b-9d2e-3a1f0c9b8e33": host["hostId"],
        "4b6f2c1e-0d3a-4c55-9a0e-6f1f6f5f0a11": row["id"],
    }


@pytest.mark.parametrize(
    "name",
    [
        "list-jobs",
        "job-detail",
        "job-of-host",
        "scanned-hosts",
        "version",
        "schedule-host",
        "schedule-hosts",
        "scan-resource",
        "start-host",
        "stop-host",
        "cancel-accepted",
    ],
)
def test_a_documented_call_is_answered_as_it_is_documented(
    server: Simulator, token: str, ids: dict[str, str], name: str
) -> None:
    exchange = recorded(name)
    path, sent = exchange.path, json.dumps(exchange.sent)
    for documented, known in ids.items():
        path, sent = path.replace(documented, known), sent.replace(documented, known)

    status, media_type, value = ask(server, token, exchange.method, path, json.loads(sent))

    assert status == exchange.status
    if exchange.json is not None:
        assert media_type == "application/json"
        assert_same_shape(exchange.json, value)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("job-detail-not-found", f"/api/v1/HostScanJob/{UNUSED}"),
        ("cancel-not-found", f"/api/v1/HostScanJob/{UNUSED}"),
    ],
)
def test_a_refusal_is_a_problem_with_a_trace_id(
    server: Simulator, token: str, name: str, path: str
) -> None:
    exchange = recorded(name)

    status, media_type, value = ask(server, token, exchange.method, path)

    assert (status, media_type) == (exchange.status, "application/problem+json")
    assert_same_shape(
        {name: exchange.json[name] for name in ("type", "title", "status", "traceId")}, value
    )


def test_a_job_that_has_ended_cannot_be_cancelled(server: Simulator, token: str) -> None:
    exchange = recorded("cancel-bad-request")
    ended = next(i for i, status in server.statuses().items() if status == "Complete")

    status, media_type, value = ask(server, token, "DELETE", f"/api/v1/HostScanJob/{ended}")

    assert (status, media_type) == (exchange.status, "application/problem+json")
    assert value["title"]
    assert value["traceId"]
