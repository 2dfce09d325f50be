"""Every method at a desk of its own, against a server over TCP, without a shell."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import ReportError
from hostscan_automation.powershell import playbook_methods
from hostscan_automation.powershell.desk import Desk
from hostscan_automation.powershell.methods import handlers
from hostscan_automation.powershell.protocol import METHODS
from hostscan_automation.reports.places import find_places
from hostscan_automation.reports.redaction import Redaction
from hostscan_automation.simulator import Simulator, SimulatorConfig
from hostscan_automation.simulator.accounts import Account
from hostscan_automation.simulator.scanjobs import JobSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from hostscan_automation.powershell.server import Handler
    from tests.unit.powershell.conftest import Conversation

    Converse = Callable[[Mapping[str, Handler]], Conversation]

pytestmark = pytest.mark.simulator

PLAYBOOK = """\
version: 1
name: paused
protect: [{any_host: {name: dc01}}]
steps: [{name: paused, select: {status: Paused}}]
execute: {confirm: 10s}
report: [{format: json, path: "{name}.json"}]
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Simulator]:
    """A server that tests only read, with forty jobs."""
    with Simulator(SimulatorConfig(jobs=40)) as simulator:
        yield simulator


@pytest.fixture
def site() -> Iterator[Simulator]:
    """A server of one test's own, with a few jobs and short delays."""
    with Simulator(SimulatorConfig(jobs=0, cancel_delay_s=(0.0, 0.05), scan_s=0.05)) as simulator:
        for number, status in enumerate(["Queued", "Queued", "Paused", "Running", "Scheduled"]):
            simulator.add_job(
                JobSpec(status=status, hosts=(f"lab-{number}",), job_id=UUID(int=number + 1))
            )
        simulator.add_job(JobSpec(status="Paused", hosts=("dc01",), job_id=UUID(int=6)))
        simulator.add_job(JobSpec(status="Complete", hosts=("lab-7",), job_id=UUID(int=7)))
        yield simulator


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    environ = {
        "HOSTSCAN_STATE_DIR": str(tmp_path / "state"),
        "HOSTSCAN_CONFIG": str(tmp_path / "config.toml"),
    }
    own = Desk(environ, SystemClock(), Redaction())
    yield own
    own.leave()


@pytest.fixture
def talk(converse: Converse, desk: Desk) -> Conversation:
    conversation = converse(handlers(desk))
    conversation.ask("initialize", "hello", protocol=1, client="test", sessionName="mine")
    return conversation


def sign_in(talk: Conversation, simulator: Simulator, **more: object) -> dict[str, Any]:
    account = simulator.accounts.without_mfa
    given: dict[str, object] = {
        "uri": simulator.url,
        "signIn": "noMfa",
        "login": account.login,
        "password": account.password,
    }
    return talk.ask("connect", "sign-in", **(given | more))


def fault_id(reply: dict[str, Any]) -> str:
    assert "error" in reply, reply
    name = reply["error"]["data"]["errorId"]
    assert isinstance(name, str)
    return name.removeprefix("HostScan.")


def results(talk: Conversation, request: object) -> list[Any]:
    notes = talk.notifications("results")
    return [item for note in notes if note["request"] == request for item in note["results"]]


def item_faults(talk: Conversation) -> list[str]:
    notes = talk.notifications("itemError")
    return [note["error"]["data"]["errorId"].removeprefix("HostScan.") for note in notes]


def test_every_method_of_the_protocol_has_a_handler(desk: Desk) -> None:
    assert set(handlers(desk)) == set(METHODS)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("jobs.list", {}),
        ("jobs.detail", {"ids": [str(uuid4())]}),
        ("jobs.cancel", {"jobs": [{"id": str(uuid4())}]}),
        ("jobs.wait", {"ids": [str(uuid4())]}),
        ("jobs.schedule", {"hostIds": [str(uuid4())]}),
        ("session", {}),
        ("connection.test", {}),
        ("playbook.plan", {"path": "x.yaml"}),
    ],
)
def test_nothing_is_done_without_a_session(
    talk: Conversation, method: str, params: dict[str, object]
) -> None:
    reply = talk.ask(method, 1, **params)

    assert fault_id(reply) == "NotConnected"
    assert "mine" in reply["error"]["message"]


def test_a_session_tells_who_and_where_and_no_secret(talk: Conversation, shared: Simulator) -> None:
    sign_in(talk, shared)
    talk.ask("session", 2)

    (first,), (second,) = results(talk, "sign-in"), results(talk, 2)
    assert first == second
    assert first["Name"] == "mine"
    assert first["Roles"] == ["Admin"]
    assert first["Certificate"] == "none (http)"
    assert shared.accounts.without_mfa.password not in b"".join(talk.written).decode()


def test_what_was_signed_in_is_forgotten(talk: Conversation, shared: Simulator) -> None:
    sign_in(talk, shared)
    talk.ask("disconnect", 2)
    assert fault_id(talk.ask("session", 3)) == "NotConnected"

    sign_in(talk, shared)
    assert talk.ask("session", 4)["result"] == {}


def test_a_failed_sign_in_forgets_the_session_before_it(
    talk: Conversation, shared: Simulator
) -> None:
    sign_in(talk, shared)

    talk.ask(
        "connect", 2, signIn="token", uri=shared.url, token="not-a-token-of-this-server-at-all"
    )

    assert fault_id(talk.answer(2)) == "TokenExpired"
    assert fault_id(talk.ask("session", 3)) == "NotConnected"


def test_a_second_factor_that_is_missing_is_asked_for(
    talk: Conversation, shared: Simulator
) -> None:
    admin = shared.accounts.admin

    reply = sign_in(talk, shared, login=admin.login, password=admin.password)

    assert fault_id(reply) == "MfaRequired"
    assert "-TotpSecret" in reply["error"]["data"]["recommendedAction"]


def test_an_empty_secret_is_refused_and_not_looked_for_elsewhere(
    talk: Conversation, shared: Simulator
) -> None:
    assert fault_id(sign_in(talk, shared, password="")) == "InvalidArgument"
    assert not shared.requests("POST", path="none")


def test_a_missing_role_is_warned_of_and_refuses_a_cancel(
    talk: Conversation, shared: Simulator
) -> None:
    shared.accounts.add(Account("LAB\\user", "some-password", role="User"))
    sign_in(talk, shared, login="LAB\\user", password="some-password")

    assert "Admin" in talk.notifications("warning")[0]["message"]
    reply = talk.ask("jobs.cancel", 2, jobs=[{"id": str(UUID(int=1))}])
    assert fault_id(reply) == "Forbidden"


def test_a_look_at_a_server_needs_no_session(talk: Conversation, shared: Simulator) -> None:
    talk.ask("connection.test", 1, uri=shared.url)
    talk.ask("connection.test", 2, uri="http://127.0.0.1:9")

    (there,), (gone,) = results(talk, 1), results(talk, 2)
    assert (there["IsReachable"], there["IsSignedIn"]) == (True, False)
    assert (gone["IsReachable"], gone["Certificate"]) == (False, "unknown")
    assert fault_id(talk.ask("connection.test", 3, uri="ftp://nowhere")) == "InvalidArgument"


def test_a_look_at_the_own_server_tells_health_and_version(
    talk: Conversation, shared: Simulator
) -> None:
    sign_in(talk, shared)

    talk.ask("connection.test", 1)

    (found,) = results(talk, 1)
    assert (found["IsHealthy"], found["IsSignedIn"]) == (True, True)
    assert found["Version"] == "25.12.00000"


def test_a_look_at_a_server_that_went_away_is_no_error(talk: Conversation) -> None:
    with Simulator(SimulatorConfig(jobs=0)) as brief:
        sign_in(talk, brief, timeoutSec=1)

    talk.ask("connection.test", 2)

    assert results(talk, 2)[0]["IsReachable"] is False


def test_jobs_are_listed_filtered_and_cut(talk: Conversation, shared: Simulator) -> None:
    sign_in(talk, shared)

    assert talk.ask("jobs.list", 1)["result"]["listed"] == 40
    talk.ask("jobs.list", 2, first=3, skip=2)
    talk.ask("jobs.list", 3, first=0)
    talk.ask("jobs.list", 4, status=["Complete"], filter="host_count: {ge: 1}")

    everything = [job["Id"] for job in results(talk, 1)]
    assert len(everything) == 40
    assert [job["Id"] for job in results(talk, 2)] == everything[2:5]
    assert results(talk, 3) == []
    assert {job["Status"] for job in results(talk, 4)} == {"Complete"}


def test_details_are_read_where_a_filter_or_the_person_wants_them(
    talk: Conversation, shared: Simulator
) -> None:
    sign_in(talk, shared)

    talk.ask("jobs.list", 1, olderThanSec=3600.5, status=["Complete"])
    talk.ask("jobs.list", 2, detailed=True, first=2)

    assert all(job["Created"].endswith("Z") for job in results(talk, 1))
    assert [bool(job["CreatedBy"]) for job in results(talk, 2)] == [True, True]


def test_jobs_come_in_the_order_of_the_list_however_their_details_come(
    talk: Conversation, shared: Simulator
) -> None:
    sign_in(talk, shared)
    talk.ask("jobs.list", 1)
    in_order = [job["Id"] for job in results(talk, 1)]
    before = len(shared.requests("GET", path="/HostScanJob/"))

    talk.ask("jobs.list", 2, detailed=True, skip=3, first=5)
    asked = len(shared.requests("GET", path="/HostScanJob/")) - before
    talk.ask("jobs.list", 3, detailed=True)
    talk.ask("jobs.list", 4, createdBy=["*"], status=["Complete", "Running", "Queued"])

    assert [job["Id"] for job in results(talk, 2)] == in_order[3:8]
    assert asked == 8, "no more details than jobs that are wanted, and those left out before"
    assert [job["Id"] for job in results(talk, 3)] == in_order
    some = [job["Id"] for job in results(talk, 4)]
    assert some == [one for one in in_order if one in set(some)]
    assert 3 < len(some) < len(in_order)


def test_many_details_and_undecided_jobs_are_said(talk: Conversation) -> None:
    with Simulator(SimulatorConfig(jobs=0)) as site:
        for _ in range(201):
            site.add_job(JobSpec(status="Complete", hosts=("a",)))
        site.add_job(JobSpec(status="Complete", hosts=None))
        sign_in(talk, site)

        reply = talk.ask("jobs.list", 1, createdBy=["*"], hostName=["*"])

    warnings = [note["message"] for note in talk.notifications("warning")]
    assert reply["result"] == {"listed": 202, "matched": 201, "undecided": 1}
    assert "more than 200" in warnings[0]
    assert "missing in 1 jobs" in warnings[1]


def test_a_list_that_is_stopped_ends_as_cancelled(talk: Conversation, shared: Simulator) -> None:
    sign_in(talk, shared)
    shared.misbehave("latency=150")
    try:
        talk.send("jobs.list", 1, createdBy=["*"])
        talk.send("cancel", id=1)
        assert fault_id(talk.answer(1)) == "Cancelled"
    finally:
        shared.misbehave()


def test_jobs_are_read_by_id_with_the_status_of_the_list(
    talk: Conversation, site: Simulator
) -> None:
    sign_in(talk, site)

    talk.ask("jobs.detail", 1, ids=[str(UUID(int=3)), str(UUID(int=5)), str(uuid4())])
    talk.ask("jobs.detail", 2, ids=[str(UUID(int=1))])
    talk.ask("jobs.detail", 3, hostIds=[str(uuid4())])

    assert [job["Status"] for job in results(talk, 1)] == ["Paused", "Scheduled"]
    assert results(talk, 2)[0]["CreatedBy"] == "LAB\\admin1"
    assert item_faults(talk) == ["NotFound", "NotFound"]


def test_a_wait_ends_for_each_job_in_its_own_way(talk: Conversation, site: Simulator) -> None:
    sign_in(talk, site)
    ids = [str(UUID(int=number)) for number in (1, 4, 7)] + [str(uuid4())]

    reply = talk.ask("jobs.wait", 1, ids=ids, until=["running"], timeoutSec=0)

    assert [job["Id"] for job in results(talk, 1)] == [str(UUID(int=4))]
    assert reply["result"]["waiting"] == [str(UUID(int=1))]
    assert item_faults(talk) == ["WaitTimeout", "NotFound"]
    assert fault_id(talk.ask("jobs.wait", 2, ids=ids, until=["Runing"])) == "InvalidArgument"
    assert "Running" in talk.answer(2)["error"]["message"]


def test_a_wait_for_any_leaves_nothing_waiting(talk: Conversation, site: Simulator) -> None:
    sign_in(talk, site)

    reply = talk.ask("jobs.wait", 1, ids=[str(UUID(int=7)), str(UUID(int=1))], any=True)

    assert reply["result"]["waiting"] == []
    assert len(results(talk, 1)) == 1


def test_a_wait_can_be_stopped(talk: Conversation, site: Simulator) -> None:
    sign_in(talk, site)
    talk.send("jobs.wait", 1, ids=[str(UUID(int=1))])
    while not talk.notifications("progress"):
        threading.Event().wait(0.01)

    talk.send("cancel", id=1)

    assert fault_id(talk.answer(1)) == "Cancelled"
    assert talk.notifications("progress")[0]["activity"] == "Waiting"


def test_scans_are_asked_for_in_one_request_where_the_server_takes_several(
    talk: Conversation, site: Simulator
) -> None:
    sign_in(talk, site)
    hosts = [str(uuid4()), str(uuid4())]

    talk.ask("jobs.schedule", 1, hostIds=hosts[:1])
    talk.ask("jobs.schedule", 2, hostIds=hosts)
    talk.ask("jobs.schedule", 3, managedResourceIds=hosts)

    assert [len(results(talk, number)) for number in (1, 2, 3)] == [1, 2, 2]
    assert len(site.requests("POST", path="HostScanJob")) == 4
    assert fault_id(talk.ask("jobs.schedule", 4)) == "InvalidArgument"


def test_a_resource_that_fails_does_not_keep_the_others(
    talk: Conversation, site: Simulator
) -> None:
    sign_in(talk, site)
    site.misbehave("html=1")

    talk.ask("jobs.schedule", 1, managedResourceIds=[str(uuid4()), str(uuid4())])

    assert item_faults(talk) == ["ServerError", "ServerError"]


def cancel(talk: Conversation, request: int, *numbers: int, **more: object) -> dict[str, Any]:
    jobs = [{"id": str(UUID(int=number))} for number in numbers]
    return talk.ask("jobs.cancel", request, jobs=jobs, **more)


def outcomes(talk: Conversation, request: object) -> dict[str, str]:
    return {one["Id"][-2:]: one["Outcome"] for one in results(talk, request)}


def test_jobs_are_cancelled_and_each_is_told_once(talk: Conversation, site: Simulator) -> None:
    sign_in(talk, site)

    reply = cancel(talk, 1, 1, 2, 5, 7, 99, reason="change 7", throttleLimit=2)

    run = reply["result"]["run"]
    assert outcomes(talk, 1) == {
        "01": "accepted", "02": "accepted", "05": "accepted", "07": "already_finished",
        "63": "gone",
    }  # fmt: skip
    assert (run["Sent"], run["Reason"], run["State"]) == (3, "change 7", "finished")
    assert {one["RunId"] for one in results(talk, 1)} == {run["RunId"], ""}
    assert len(site.requests("DELETE")) == 3


def test_with_wait_a_job_is_told_after_its_confirmation(
    talk: Conversation, site: Simulator
) -> None:
    sign_in(talk, site)

    cancel(talk, 1, 1, 2, wait=True, timeoutSec=20)

    assert outcomes(talk, 1) == {"01": "cancelled", "02": "cancelled"}
    assert site.status_of(UUID(int=1)) == "Cancelled"


def test_where_nothing_is_left_to_cancel_there_is_no_run(
    talk: Conversation, site: Simulator
) -> None:
    sign_in(talk, site)

    reply = cancel(talk, 1, 7)

    assert reply["result"] == {"run": None}
    talk.ask("runs.list", 2)
    assert results(talk, 2) == []


def test_more_than_allowed_is_refused_whole(talk: Conversation, site: Simulator) -> None:
    sign_in(talk, site)

    assert fault_id(cancel(talk, 1, 1, 2, maxCount=1)) == "LimitExceeded"
    assert site.requests("DELETE") == []


def test_jobs_that_changed_since_they_were_seen_are_left_alone(
    talk: Conversation, site: Simulator
) -> None:
    sign_in(talk, site)
    talk.ask("jobs.list", 1)
    seen = {job["Id"][-2:]: job for job in results(talk, 1)}
    jobs = [
        {"id": seen["01"]["Id"], "status": "Queued", "fingerprint": seen["01"]["Fingerprint"]},
        {"id": seen["02"]["Id"], "status": "Queued", "fingerprint": "0" * 32},
        {"id": seen["03"]["Id"], "status": "Running", "fingerprint": seen["03"]["Fingerprint"]},
        {"id": seen["04"]["Id"], "status": "Complete"},
        {"id": seen["05"]["Id"]},
    ]

    talk.ask("jobs.cancel", 2, jobs=jobs)

    assert outcomes(talk, 2) == {
        "01": "accepted", "02": "drifted", "03": "drifted", "04": "accepted", "05": "accepted",
    }  # fmt: skip
    assert len(site.requests("DELETE")) == 3


def test_a_job_of_unknown_status_is_not_attempted(talk: Conversation, site: Simulator) -> None:
    site.add_job(JobSpec(status="Unknown", hosts=("x",), job_id=UUID(int=8)))
    sign_in(talk, site)

    cancel(talk, 1, 8)

    assert outcomes(talk, 1) == {"08": "not_attempted"}


@pytest.fixture
def playbook(tmp_path: Path) -> str:
    path = tmp_path / "paused.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    return str(path)


def test_a_playbook_is_checked(talk: Conversation, playbook: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nname: bad\nsteps: [{name: a, select: {statsu: x}}]\n", "utf-8")

    assert talk.ask("playbook.validate", 1, path=playbook)["result"] == {"valid": True}
    assert talk.ask("playbook.validate", 2, path=str(bad))["result"] == {"valid": False}
    assert results(talk, 2)[0]["Line"] == 3


def test_a_plan_is_carried_out_once_as_it_was_shown(
    talk: Conversation, site: Simulator, playbook: str, tmp_path: Path
) -> None:
    sign_in(talk, site)
    plan = talk.ask("playbook.plan", 1, path=playbook)["result"]["plan"]
    shown = {"planId": plan["PlanId"], "planHash": plan["PlanHash"]}

    reply = talk.ask("playbook.apply", 2, **shown, reportPath=str(tmp_path / "more.html"))

    assert [one["Action"] for one in results(talk, 1)] == ["cancel", "protected"]
    assert outcomes(talk, 2) == {"03": "cancelled", "06": "protected"}
    assert sorted(reply["result"]["reports"]) == [
        str(tmp_path / "more.html"),
        str(tmp_path / "paused.json"),
    ]
    assert fault_id(talk.ask("playbook.apply", 3, **shown)) == "PlanChanged"


def test_a_plan_that_was_not_shown_is_refused(
    talk: Conversation, site: Simulator, playbook: str
) -> None:
    sign_in(talk, site)
    plan = talk.ask("playbook.plan", 1, path=playbook)["result"]["plan"]

    reply = talk.ask("playbook.apply", 2, planId=plan["PlanId"], planHash="sha256:other")

    assert fault_id(reply) == "PlanChanged"
    assert site.requests("DELETE") == []


def test_a_wrong_playbook_and_a_report_without_a_place_are_refused_before_anything_is_sent(
    talk: Conversation, site: Simulator, playbook: str, tmp_path: Path
) -> None:
    sign_in(talk, site)
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nname: bad\nsteps: [{name: a, select: {statsu: x}}]\n", "utf-8")

    assert fault_id(talk.ask("playbook.plan", 1, path=str(bad))) == "PlaybookInvalid"
    plan = talk.ask("playbook.plan", 2, path=playbook)["result"]["plan"]
    reply = talk.ask(
        "playbook.apply",
        3,
        planId=plan["PlanId"],
        planHash=plan["PlanHash"],
        reportPath=str(tmp_path / "paused.yaml" / "x.html"),
    )
    assert fault_id(reply) == "ReportFailed"
    assert site.requests("DELETE") == []


def test_the_profile_that_a_playbook_names_protects_and_limits(
    talk: Conversation, site: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(
        f'[profiles.lab]\nserver = "{site.url}"\n[profiles.lab.limits]\nmax_jobs = 1\n'
        '[[profiles.lab.protect]]\nany_host = {name = "lab-0"}\n',
        encoding="utf-8",
    )
    path = tmp_path / "queued.yaml"
    path.write_text(
        "version: 1\nname: queued\nprofile: lab\nsteps: [{name: q, select: {status: Queued}}]\n",
        encoding="utf-8",
    )
    sign_in(talk, site)

    plan = talk.ask("playbook.plan", 1, path=str(path))["result"]["plan"]
    refused = talk.ask("playbook.plan", 2, path=str(path).replace("queued", "nowhere"))

    assert (plan["Matched"], plan["Protected"], plan["Planned"]) == (2, 1, 1)
    assert fault_id(refused) == "PlaybookInvalid"


def test_a_plan_beyond_its_limit_is_shown_and_not_carried_out(
    talk: Conversation, site: Simulator, playbook: str
) -> None:
    sign_in(talk, site)
    plan = talk.ask("playbook.plan", 1, path=playbook, maxCount=0)["result"]["plan"]

    reply = talk.ask("playbook.apply", 2, planId=plan["PlanId"], planHash=plan["PlanHash"])

    assert len(plan["Refusals"]) == 1
    assert fault_id(reply) == "LimitExceeded"


def test_runs_and_reports_come_from_the_journal(
    talk: Conversation, site: Simulator, tmp_path: Path
) -> None:
    sign_in(talk, site)
    run_id = cancel(talk, 1, 1, 2)["result"]["run"]["RunId"]
    target = tmp_path / "run.json"

    talk.ask("runs.list", 2, last=5)
    talk.ask("run.show", 3, runId=run_id)
    first = talk.ask("report.export", 4, runId=run_id, path=str(target), format="json")
    other = talk.ask("report.export", 5, runId=run_id, path=str(target), format="json")
    one = talk.ask(
        "report.export",
        6,
        runId=run_id,
        path=str(target),
        format="json",
        replace=True,
        jobIds=[str(UUID(int=2))],
    )

    assert [run["RunId"] for run in results(talk, 2)] == [run_id]
    assert set(outcomes(talk, 3)) == {"01", "02"}
    assert first["result"]["path"] == one["result"]["path"] == str(target)
    assert run_id in other["result"]["path"]
    assert len(json.loads(target.read_text("utf-8"))["jobs"]) == 1
    assert fault_id(talk.ask("run.show", 7, runId="nonsense")) == "NotFound"


@pytest.mark.parametrize("replace", [True, False])
def test_a_report_that_cannot_be_written_is_an_error(
    talk: Conversation, site: Simulator, tmp_path: Path, *, replace: bool
) -> None:
    sign_in(talk, site)
    run_id = cancel(talk, 1, 1)["result"]["run"]["RunId"]
    (tmp_path / "file").write_text("", encoding="utf-8")

    reply = talk.ask(
        "report.export",
        2,
        runId=run_id,
        path=str(tmp_path / "file" / "x.csv"),
        format="csv",
        replace=replace,
    )

    assert fault_id(reply) == "ReportFailed"


def test_an_example_is_translated_in_pieces(talk: Conversation, tmp_path: Path) -> None:
    text = (
        'Invoke-RestMethod -Method GET -Uri "https://nps/api/v1/HostScanJob" '
        '-ContentType "application/json"\n'
    )
    path = tmp_path / "example.ps1"
    path.write_text(text, encoding="utf-8")

    talk.ask("example.port", 1, text=text, target="json")
    talk.ask("example.port", 2, path=str(path), target="json")

    assert json.loads("".join(results(talk, 1)))["schema"] == "hostscan/ported-example/1"
    assert "".join(results(talk, 2)) == "".join(results(talk, 1))
    assert fault_id(talk.ask("example.port", 3, target="json")) == "InvalidArgument"
    missing = talk.ask("example.port", 4, target="json", path=str(tmp_path / "no.md"))
    assert fault_id(missing) == "ExampleSyntax"


def test_shutdown_forgets_the_session(talk: Conversation, shared: Simulator, desk: Desk) -> None:
    sign_in(talk, shared)

    assert talk.ask("shutdown", 2)["result"] == {}

    assert desk.current is None


def test_a_playbook_that_only_looks_needs_no_role_and_writes_its_report(
    talk: Conversation, site: Simulator, tmp_path: Path
) -> None:
    path = tmp_path / "look.yaml"
    path.write_text(
        "version: 1\nname: look\nsteps: [{name: p, action: list, select: {status: Paused}}]\n"
        'report: [{format: csv, path: "look.csv"}]\n',
        encoding="utf-8",
    )
    sign_in(talk, site)
    plan = talk.ask("playbook.plan", 1, path=str(path))["result"]["plan"]
    (tmp_path / "look.csv").write_text("mine", encoding="utf-8")

    reply = talk.ask("playbook.apply", 2, planId=plan["PlanId"], planHash=plan["PlanHash"])

    assert outcomes(talk, 2) == {"03": None, "06": None}
    (written,) = reply["result"]["reports"]
    assert reply["result"]["run"]["RunId"] in written
    assert (tmp_path / "look.csv").read_text("utf-8") == "mine"


def test_a_report_that_cannot_be_written_in_the_end_is_a_warning(
    talk: Conversation, site: Simulator, playbook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hostscan_automation.reports.writing._write_new", full)
    sign_in(talk, site)
    plan = talk.ask("playbook.plan", 1, path=playbook)["result"]["plan"]

    reply = talk.ask("playbook.apply", 2, planId=plan["PlanId"], planHash=plan["PlanHash"])

    assert reply["result"]["reports"] == []
    assert reply["result"]["run"]["State"] == "finished"
    assert "No space left" in talk.notifications("warning")[-1]["message"]


def test_a_run_whose_record_is_damaged_is_an_error_of_its_own(
    talk: Conversation, site: Simulator, tmp_path: Path
) -> None:
    sign_in(talk, site)
    run_ids = [cancel(talk, number, number)["result"]["run"]["RunId"] for number in (1, 2)]
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite3")) as journal:
        journal.execute("UPDATE run SET plan = 'x' WHERE run_id = ?", (run_ids[0],))
        journal.commit()

    talk.ask("runs.list", 3)

    assert [run["RunId"] for run in results(talk, 3)] == [run_ids[1]]
    assert item_faults(talk) == ["StateUnusable"]


def test_a_certificate_is_looked_at_pinned_or_not_checked(talk: Conversation) -> None:
    with Simulator(SimulatorConfig(jobs=0, tls=True)) as site:
        talk.ask("connection.test", 1, uri=site.url)
        (found,) = results(talk, 1)
        sign_in(talk, site, fingerprint=found["Fingerprint"], timeoutSec=30)
        talk.ask("session", 2)
        talk.ask("connection.test", 3)
        sign_in(talk, site, skipCertificateCheck=True)
        talk.ask("session", 4)
        sign_in(talk, site, caBundle=str(site.ca_bundle))
        talk.ask("session", 5)

    assert (found["IsReachable"], found["Certificate"]) == (True, "not trusted")
    assert len(found["Fingerprint"]) == 64
    certificates = [results(talk, number)[0]["Certificate"] for number in (2, 3, 4, 5)]
    assert certificates == ["pinned", "pinned", "not checked", "verified"]


def test_a_server_that_is_unwell_is_told(talk: Conversation, site: Simulator) -> None:
    sign_in(talk, site)
    site.expire_tokens()
    site.accounts.without_mfa.password = "another one"

    talk.ask("connection.test", 1)

    (found,) = results(talk, 1)
    assert (found["IsReachable"], found["IsSignedIn"]) == (True, False)
    assert found["Message"]


def test_a_folder_that_vanished_by_the_end_is_a_warning(
    talk: Conversation, site: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "queued.yaml"
    path.write_text(PLAYBOOK.replace("{name}.json", "{run_id}/x.json"), encoding="utf-8")
    sign_in(talk, site)
    plan = talk.ask("playbook.plan", 1, path=str(path))["result"]["plan"]

    def once(*given: Any, run_id: str, **more: Any) -> Any:
        if run_id != "not-yet-named":
            raise ReportError("folder is gone")
        return find_places(*given, run_id=run_id, **more)

    monkeypatch.setattr(playbook_methods, "find_places", once)
    reply = talk.ask("playbook.apply", 2, planId=plan["PlanId"], planHash=plan["PlanHash"])

    assert reply["result"]["reports"] == []
    assert talk.notifications("warning")[-1]["message"] == "folder is gone"
