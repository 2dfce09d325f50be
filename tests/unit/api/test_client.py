from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import responses
from pydantic import SecretStr

from hostscan_automation.api.client import HostScanClient, HostScanReader
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.signin_methods import BearerSignIn, PasswordSignIn
from hostscan_automation.errors import PlanRefusedError, SettingsError, UnreadableReplyError
from hostscan_automation.jobs.status import JobStatus
from tests.unit.api.account_server import LOGIN, START
from tests.unit.api.wire_server import reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.api.ledger import SignInLedger
    from hostscan_automation.runs.ports import Canceller, JobReader
    from tests.unit.api.account_server import FakeClock, FakeNps

ID = UUID("497f6eca-6276-4993-bfeb-53cbbbba6f08")
JOBS = "/api/v1/HostScanJob"
ROW = {"id": str(ID), "status": 0, "hostScanHostStatus": []}


@pytest.mark.parametrize(
    ("call", "verb", "target", "answer"),
    [
        (lambda c: c.jobs(), "GET", JOBS, []),
        (lambda c: c.job(str(ID).upper()), "GET", f"{JOBS}/{ID}", {"id": str(ID)}),
        (lambda c: c.job_of_host(ID), "GET", f"{JOBS}/ByHostId/{ID}", {"id": str(ID)}),
        (lambda c: c.scanned_hosts(), "GET", f"{JOBS}/Host", []),
        (lambda c: c.version(), "GET", "/api/v1/Version", "25.12"),
        (lambda c: c.health(), "GET", "/api/v1/Health", "Healthy"),
        (lambda c: c.schedule_host(ID), "POST", f"{JOBS}/ByHostId/{ID}", ROW),
        (lambda c: c.schedule_hosts([ID]), "POST", f"{JOBS}/ByHostIdMultiple", [ROW]),
        (lambda c: c.scan_resource(ID), "POST", f"{JOBS}/{ID}", ROW),
        (lambda c: c.stop_host(ID), "GET", f"{JOBS}/Host/{ID}/Stop", b""),
        (
            lambda c: c.stop_host(ID, host_connected=True),
            "GET",
            f"{JOBS}/Host/{ID}/Stop?hostConnected=true",
            b"",
        ),
        (lambda c: c.start_host(ID), "GET", f"{JOBS}/Host/{ID}/Start", b""),
        (lambda c: c.cancel_job(ID.hex), "DELETE", f"{JOBS}/{ID}", b""),
    ],
)
def test_every_call_goes_to_its_documented_place(
    client: HostScanClient,
    nps: FakeNps,
    call: Callable[[HostScanClient], Any],
    verb: str,
    target: str,
    answer: Any,
) -> None:
    nps.other = lambda request: reply(200, answer)

    call(client)

    sent = nps.wire.received[-1]
    assert (sent.method, sent.target) == (verb, target)
    assert sent.token in nps.valid


def test_scans_of_several_hosts_are_asked_for_in_one_body(
    client: HostScanClient, nps: FakeNps
) -> None:
    nps.other = lambda request: reply(200, [ROW])

    (job,) = client.schedule_hosts([str(ID), ID])

    assert job.status is JobStatus.QUEUED
    assert json.loads(nps.wire.received[-1].body) == [str(ID), str(ID)]
    assert nps.wire.received[-1].headers["content-type"] == "application/json"


@pytest.mark.parametrize("bad", ["TruncateAllTables", "", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_id_is_refused_before_anything_is_sent(
    client: HostScanClient, nps: FakeNps, bad: str
) -> None:
    calls: list[Callable[[Any], Any]] = [
        client.cancel_job,
        client.job,
        client.job_of_host,
        client.schedule_host,
        client.scan_resource,
        client.stop_host,
        client.start_host,
        lambda one: client.schedule_hosts([ID, one]),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="id "):
            call(bad)
    with pytest.raises(TypeError):
        client.cancel_job(7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no host ids"):
        client.schedule_hosts([])

    assert nps.wire.received == []


def test_the_reader_has_no_call_that_changes_anything() -> None:
    public = {name for name in dir(HostScanReader) if not name.startswith("_")}

    assert not [name for name in public if name.startswith(("cancel", "sched", "scan_", "stop"))]
    assert not public & {"call", "start_host"}


def test_a_client_goes_on_with_the_session_of_a_reader(
    nps: FakeNps, method: PasswordSignIn, ledger: SignInLedger, clock: FakeClock
) -> None:
    nps.other = lambda request: reply(202) if request.method == "DELETE" else reply(200, [])
    with HostScanReader(nps.wire.url, method, ledger=ledger, clock=clock) as reader:
        reader.jobs()
        client = HostScanClient.of(reader)
        client.cancel_job(ID)

        canceller: Canceller = client
        job_reader: JobReader = reader
        assert canceller.cancel_job(ID).status == 202
        assert list(job_reader.iter_jobs()) == []
    assert len(nps.passwords) == 1


def test_who_is_signed_in_is_told(client: HostScanClient, nps: FakeNps) -> None:
    assert client.account == LOGIN
    assert (client.roles, client.token_expires_at) == (None, None)
    assert client.server_now() == START

    client.sign_in()

    assert client.roles == ("Admin",)
    assert client.has_role("admin") is True
    assert client.has_role("App") is False
    assert client.token_expires_at is not None
    assert client.server == nps.wire.url
    assert client.clock_offset_s == 0.0


def test_a_token_that_names_no_role_tells_nothing_of_roles(
    client: HostScanClient, nps: FakeNps
) -> None:
    nps.claims = {}
    client.sign_in()

    assert client.roles is None
    assert client.has_role("Admin") is None


def test_the_first_jobs_come_before_the_list_ends(client: HostScanClient, nps: FakeNps) -> None:
    rows = ",".join(json.dumps(ROW) for _ in range(5000))
    nps.other = lambda request: reply(200, f"[{rows}]".encode(), Content_Type="application/json")

    jobs = client.iter_jobs()
    assert next(jobs).id == ID
    assert sum(1 for _ in jobs) == 4999


def test_any_documented_call_can_be_made(client: HostScanClient, nps: FakeNps) -> None:
    nps.other = lambda request: reply(200, {"ok": True})

    done = client.call(
        "put", "/api/v1/Thing", query={"deep": True}, body={"a": [1]}, headers={"X-Y": "z"}
    )

    assert done == {"ok": True}
    sent = nps.wire.received[-1]
    assert (sent.method, sent.target, sent.body) == (
        "PUT",
        "/api/v1/Thing?deep=true",
        b'{"a": [1]}',
    )
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["x-y"] == "z"
    assert sent.token in nps.valid

    client.call("POST", "/api/v1/Thing", body=b"raw", headers={"content-type": "text/plain"})
    assert nps.wire.received[-1].headers["content-type"] == "text/plain"
    assert nps.wire.received[-1].body == b"raw"


def test_an_unknown_get_is_a_change_and_a_known_one_a_read(
    client: HostScanClient, nps: FakeNps
) -> None:
    client.sign_in()
    nps.before = {path: [reply(502)] for path in ("/api/v1/Thing", JOBS, f"{JOBS}/Host/{ID}/Stop")}

    assert client.call("GET", JOBS) == []
    for path in ("/api/v1/Thing", f"{JOBS}/Host/{ID}/Stop"):
        with pytest.raises(Exception, match="502"):
            client.call("GET", path)
        assert nps.wire.count(path) == 1
    assert nps.wire.count(JOBS) == 2


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST", "PATCH"])
@pytest.mark.parametrize(
    "path",
    [
        f"{JOBS}/TruncateAllTables",
        f"{JOBS}/%74runcatealltables",
        f"{JOBS}/%2574runcateAllTables?x",
        f"{JOBS}//TRUNCATEALLTABLES;x=y/",
    ],
)
def test_the_forbidden_call_cannot_be_made(
    client: HostScanClient, nps: FakeNps, method: str, path: str
) -> None:
    for address in (path, nps.wire.url + path):
        with pytest.raises(PlanRefusedError, match="never called"):
            client.call(method, address)
    assert nps.wire.received == []


def test_the_session_cannot_be_taken_elsewhere_or_over(
    client: HostScanClient, nps: FakeNps
) -> None:
    with pytest.raises(PlanRefusedError):
        client.call("GET", "https://elsewhere.example/api")
    with pytest.raises(ValueError, match="belongs to the session"):
        client.call("GET", "/x", headers={"Authorization": "Bearer x"})
    with pytest.raises(ValueError, match="sign-in"):
        client.call("POST", "/signinBody", body={"Login": "x", "Password": "y"})
    assert nps.wire.received == []


def test_a_job_that_was_not_scheduled_as_documented_is_unreadable(
    client: HostScanClient, nps: FakeNps
) -> None:
    nps.other = lambda request: reply(200, b"<html>")

    with pytest.raises(UnreadableReplyError):
        client.schedule_host(ID)
    assert nps.wire.count(f"{JOBS}/ByHostId/{ID}") == 1


def test_closing_twice_is_fine(client: HostScanClient) -> None:
    client.jobs()
    client.close()
    client.close()


def test_a_wrong_server_is_an_error_at_once(method: PasswordSignIn) -> None:
    with pytest.raises(SettingsError):
        HostScanClient("nps01", method)


@responses.activate
def test_a_users_own_tests_can_use_responses() -> None:
    url = "https://nps01.example.com:6500"
    responses.get(f"{url}{JOBS}", json=[ROW])
    responses.delete(f"{url}{JOBS}/{ID}", status=202)

    method = BearerSignIn(SecretStr("token-" + "t" * 30))
    options = ConnectionOptions(insecure=True)
    with HostScanClient(url, method, connection=options) as client:
        (job,) = client.jobs()
        assert client.cancel_job(job.id).status == 202

    assert [call.request.method for call in responses.calls] == ["GET", "DELETE"]
