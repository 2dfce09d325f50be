from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from hostscan_automation.simulator import Host, JobSpec, Simulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.simulator.conftest import Wire

_JOBS = "/api/v1/HostScanJob"
_UNSET = "0001-01-01T00:00:00Z"
_ENDED = ["Complete", "Failed", "Cancelled", "CompletedWithErrors", "CompletedNotRun"]
_ACTIVE = ["Queued", "Pending", "Running", "Paused", "Scheduled", "Unknown"]


def row_of(wire: Wire, job_id: UUID) -> dict[str, Any]:
    return next(row for row in wire.get(_JOBS).json if row["id"] == str(job_id))


# The list


def test_the_list_holds_every_job_in_the_documented_form(admin: Wire) -> None:
    answer = admin.get(_JOBS)

    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert len({row["id"] for row in answer.json}) == 20
    assert list(answer.json[0]) == ["id", "status", "statusDescription", "hostScanHostStatus"]
    assert list(answer.json[0]["hostScanHostStatus"][0]) == [
        "hostScanHostId",
        "hostId",
        "name",
        "dnsHostName",
        "os",
        "ipAddress",
        "version",
        "status",
        "statusDescription",
        "failureReason",
    ]


@pytest.mark.parametrize("jobs", [0, 1, 99, 100, 101, 250])
def test_a_list_of_any_length_is_whole(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire], jobs: int
) -> None:
    server = start(jobs)

    assert len(connect(server).sign_in().get(_JOBS).json) == len(server.jobs) == jobs


def test_the_list_follows_what_happens(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(status="Queued", then=[(5, "Running")]))

    assert row_of(admin, job_id)["statusDescription"] == "Queued"
    server.advance(5)
    assert row_of(admin, job_id)["statusDescription"] == "Running"
    server.jobs.remove(job_id)
    assert str(job_id) not in {row["id"] for row in admin.get(_JOBS).json}


@pytest.mark.parametrize(
    ("status", "number"),
    [
        ("Queued", 0),
        ("Running", 1),
        ("Complete", 2),
        ("Failed", 3),
        ("Cancelled", 4),
        ("CompletedWithErrors", 5),
        ("CompletedNotRun", 6),
        ("Paused", 7),
        ("Scheduled", 8),
        ("Unknown", 9),
        ("Pending", 10),
    ],
)
def test_a_status_comes_as_number_with_its_name_beside_it(
    server: Simulator, admin: Wire, status: str, number: int
) -> None:
    row = row_of(admin, server.add_job(JobSpec(status=status)))

    assert (row["status"], row["statusDescription"]) == (number, status)


def test_statuses_and_reasons_can_come_as_names(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(0, status_as_name=True)
    server.add_job(JobSpec(status="Failed", failure_reason="AccessDenied"))

    row = connect(server).sign_in().get(_JOBS).json[0]

    assert row["status"] == row["hostScanHostStatus"][0]["status"] == "Failed"
    assert row["hostScanHostStatus"][0]["failureReason"] == "AccessDenied"


@pytest.mark.parametrize("hosts", [None, []])
def test_a_list_of_hosts_can_be_null_or_empty(
    server: Simulator, admin: Wire, hosts: list[str] | None
) -> None:
    job_id = server.add_job(JobSpec(hosts=hosts))

    assert row_of(admin, job_id)["hostScanHostStatus"] == hosts
    assert admin.get(f"{_JOBS}/{job_id}").json["hostScanJobHostJoin"] == hosts


def test_what_is_not_known_of_a_host_is_null(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(hosts=[Host(uuid4())]))

    host = row_of(admin, job_id)["hostScanHostStatus"][0]

    assert [host[name] for name in ("hostId", "name", "dnsHostName", "os", "ipAddress")] == (
        [None] * 5
    )


# The detail


def test_the_detail_has_people_and_times_and_no_status_of_the_job(
    server: Simulator, admin: Wire
) -> None:
    job_id = server.add_job(
        JobSpec(
            status="Running",
            created_by=r"LAB\admin2",
            created_ago_s=7201,
            started_ago_s=3601,
            silent_for_s=1801,
        )
    )

    detail = admin.get(f"{_JOBS}/{job_id}").json
    queue = detail["hostScanJobHostJoin"][0]["actionQueue"]

    assert detail["id"] == str(job_id)
    assert detail["createdByUserName"] == r"LAB\admin2"
    assert detail["createdDateTimeUtc"] == "2026-03-02T09:59:59Z"
    assert not {"status", "statusDescription"} & detail.keys()
    assert (queue["status"], queue["statusDescription"]) == (1, "Running")
    assert queue["timeCreated"] == "2026-03-02T09:59:59Z"
    assert queue["timeStarted"] == "2026-03-02T10:59:59Z"
    assert queue["heartBeatDateTimeUtc"] == "2026-03-02T11:29:59Z"
    assert queue["timeFinished"] == _UNSET


def test_a_running_job_beats_unless_it_hangs(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(status="Running"))
    beats = []
    for _ in range(2):
        queue = admin.get(f"{_JOBS}/{job_id}").json["hostScanJobHostJoin"][0]["actionQueue"]
        beats.append(queue["heartBeatDateTimeUtc"])
        server.advance(60)

    assert beats[0] < beats[1]


def test_the_detail_of_a_job_that_failed_says_why_and_when(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(status="Failed", failure_reason="FailedToConnect"))

    queue = admin.get(f"{_JOBS}/{job_id}").json["hostScanJobHostJoin"][0]["actionQueue"]

    assert queue["failureReason"] == 11
    assert queue["timeFinished"] != _UNSET


@pytest.mark.parametrize(
    ("zone", "endings"), [("always", {True}), ("never", {False}), ("mixed", {True, False})]
)
def test_dates_end_in_z_or_not(
    start: Callable[..., Simulator],
    connect: Callable[[Simulator], Wire],
    zone: str,
    endings: set[bool],
) -> None:
    server = start(30, date_zone=zone)
    wire = connect(server).sign_in()

    details = [wire.get(f"{_JOBS}/{job_id}").json for job_id in server.statuses()]

    assert {detail["createdDateTimeUtc"].endswith("Z") for detail in details} == endings


def test_an_unknown_job_is_not_found(admin: Wire) -> None:
    answer = admin.get(f"{_JOBS}/{uuid4()}")

    assert answer.status == 404
    assert answer.json["detail"] == "Unable to find host scan job."


@pytest.mark.parametrize(
    "text", ["1", "xyz", "%7BhostScanJobId%7D", f"{UUID(int=7)}0", "TruncateAll"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_an_id_that_is_none_is_a_validation_error(admin: Wire, method: str, text: str) -> None:
    answer = admin.ask(method, f"{_JOBS}/{text}")

    assert answer.status == 400
    assert answer.json["title"] == "One or more validation errors occurred."
    name = "managedResourceId" if method == "POST" else "hostScanJobId"
    assert answer.json["errors"][name][0].startswith("The value '")


@pytest.mark.parametrize("form", ["{}", "%7B{}%7D", "({})"])
def test_an_id_may_be_written_in_any_form_of_dotnet(
    server: Simulator, admin: Wire, form: str
) -> None:
    job_id = server.add_job(JobSpec())

    texts = (str(job_id), str(job_id).upper(), job_id.hex)

    assert [admin.get(f"{_JOBS}/{form.format(text)}").status for text in texts] == [200] * 3


# Cancelling


@pytest.mark.parametrize("status", _ACTIVE)
def test_a_cancel_is_accepted_and_happens_a_while_later(
    server: Simulator, admin: Wire, status: str
) -> None:
    job_id = server.add_job(JobSpec(status=status))

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (202, b"", "0")
    assert server.status_of(job_id) == status
    server.advance(1.5)
    assert server.status_of(job_id) == "Cancelled"
    row = row_of(admin, job_id)
    assert row["hostScanHostStatus"][0]["statusDescription"] == "Cancelled"


@pytest.mark.parametrize("status", _ENDED)
def test_a_job_that_has_ended_cannot_be_cancelled(
    server: Simulator, admin: Wire, status: str
) -> None:
    job_id = server.add_job(JobSpec(status=status))

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert answer.status == 400
    assert status in answer.json["detail"]
    assert server.cancels() == []
    assert server.requests("DELETE")[0].job_id == job_id


def test_a_cancel_of_an_unknown_job_is_not_found(admin: Wire) -> None:
    assert admin.delete(f"{_JOBS}/{uuid4()}").status == 404


def test_a_second_cancel_is_accepted_and_counted(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec())

    assert [admin.delete(f"{_JOBS}/{job_id}").status for _ in range(2)] == [202, 202]
    assert server.cancels_by_job() == {job_id: 2}
    assert len(server.cancels(job_id)) == 2


def test_a_job_that_completes_before_its_cancel_takes_effect_stays_complete(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    server = start(cancel_delay_s=(2.0, 2.0))
    job_id = server.add_job(JobSpec(status="Running", then=[(1, "Complete")]))

    connect(server).sign_in().delete(f"{_JOBS}/{job_id}")
    server.advance(3)

    assert server.status_of(job_id) == "Complete"


def test_seeded_jobs_can_be_cancelled_like_any_other(server: Simulator, admin: Wire) -> None:
    active = [job_id for job_id, status in server.statuses().items() if status == "Queued"]

    for job_id in active:
        admin.delete(f"{_JOBS}/{job_id}")
    server.advance(2)

    assert active
    assert {server.status_of(job_id) for job_id in active} == {"Cancelled"}
    assert len(server.jobs) == 20


# By host


def test_the_job_of_a_host_is_its_active_one(server: Simulator, admin: Wire) -> None:
    old = server.add_job(JobSpec(status="Running", hosts=["lab-x"], created_ago_s=5000))
    server.add_job(JobSpec(status="Complete", hosts=["lab-x"], created_ago_s=100))
    host_id = row_of(admin, old)["hostScanHostStatus"][0]["hostId"]

    assert admin.get(f"{_JOBS}/ByHostId/{host_id}").json["id"] == str(old)


def test_a_host_without_job_is_not_found(admin: Wire) -> None:
    assert admin.get(f"{_JOBS}/ByHostId/{uuid4()}").status == 404


def test_a_scan_of_a_host_waits_then_runs_then_completes(server: Simulator, admin: Wire) -> None:
    host = next(one for one in server.service.fleet.all if one.host_id)

    row = admin.ask("POST", f"{_JOBS}/ByHostId/{host.host_id}").json
    seen = [row["statusDescription"]]
    for wait in (3, 30):
        server.advance(wait)
        seen.append(str(server.status_of(UUID(row["id"]))))

    assert seen == ["Queued", "Running", "Complete"]
    assert row["hostScanHostStatus"][0]["hostId"] == str(host.host_id)
    assert admin.get(f"{_JOBS}/{row['id']}").json["createdByUserName"] == r"LAB\no-mfa"


def test_scans_of_several_hosts_are_a_job_for_each(server: Simulator, admin: Wire) -> None:
    ids = [str(host.host_id) for host in server.service.fleet.all[-2:]]

    rows = admin.ask("POST", f"{_JOBS}/ByHostIdMultiple", ids).json

    assert [row["hostScanHostStatus"][0]["hostId"] for row in rows] == ids
    assert len(server.jobs) == 22


def test_the_ids_of_the_printed_examples_are_known(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    wire = connect(start(known_hosts_only=True)).sign_in()
    printed = "497f6eca-6276-4993-bfeb-53cbbbba6f08"

    assert wire.ask("POST", f"{_JOBS}/ByHostIdMultiple", [printed]).status == 200
    assert wire.get(f"{_JOBS}/Host/54804af1-3f95-48c4-a5ea-e5414ebf423e").status == 200


def test_an_unknown_host_is_made_up_once(admin: Wire) -> None:
    host_id = uuid4()
    rows = [admin.ask("POST", f"{_JOBS}/{host_id}").json for _ in range(2)]
    hosts = [row["hostScanHostStatus"][0] for row in rows]

    assert hosts[0]["hostId"] == str(host_id)
    assert hosts[0]["hostScanHostId"] == hosts[1]["hostScanHostId"]
    assert admin.get(f"{_JOBS}/Host/{hosts[0]['hostScanHostId']}").json["name"] == hosts[0]["name"]


@pytest.mark.parametrize("known_only", [False, True])
def test_an_unknown_or_empty_host_can_be_refused(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire], known_only: bool
) -> None:
    wire = connect(start(known_hosts_only=known_only)).sign_in()
    host_id = uuid4() if known_only else UUID(int=0)

    assert wire.ask("POST", f"{_JOBS}/ByHostId/{host_id}").status == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (["497f6eca-6276-4993-bfeb-53cbbbba6f08", "x"], "$[1]"),
        ([5], "$[0]"),
        ([], "$"),
        ({}, "$"),
        (b"[", "$"),
        (b"", "$"),
    ],
)
def test_a_body_that_is_no_list_of_ids_is_a_validation_error(
    server: Simulator, admin: Wire, body: object, field: str
) -> None:
    answer = admin.ask("POST", f"{_JOBS}/ByHostIdMultiple", body)

    assert answer.status == 400
    assert list(answer.json["errors"]) == [field]
    assert len(server.jobs) == 20


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("application/json-patch+json", 200),
        ("text/json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        (None, 415),
    ],
)
def test_a_body_must_say_that_it_is_json(
    admin: Wire, content_type: str | None, status: int
) -> None:
    body = b'["497f6eca-6276-4993-bfeb-53cbbbba6f08"]'

    assert admin.ask("POST", f"{_JOBS}/ByHostIdMultiple", body, content_type).status == status


def test_a_job_is_created_from_descriptions_of_hosts(server: Simulator, admin: Wire) -> None:
    body = [{"dnsHostName": "a.lab.example", "ipAddress": "10.0.0.1", "os": "x"}, {"sshPort": 0}]

    row = admin.ask("POST", _JOBS, body).json

    assert [host["name"] for host in row["hostScanHostStatus"]] == ["a", "unnamed"]
    assert server.requests("POST", path=_JOBS)[-1].job_id == UUID(row["id"])


def test_one_description_needs_no_list(admin: Wire) -> None:
    row = admin.ask("POST", _JOBS, {"ipAddress": "10.0.0.7"}).json

    assert row["hostScanHostStatus"][0]["name"] == "10.0.0.7"


@pytest.mark.parametrize("body", [[], [5], "text", None, [{"os": 5}]])
def test_a_job_is_not_created_from_anything_else(
    server: Simulator, admin: Wire, body: object
) -> None:
    raw = body if body is not None else b"null"

    assert admin.ask("POST", _JOBS, raw).status == 400
    assert len(server.jobs) == 20


# Scanned hosts


def test_scanned_hosts_and_users_are_listed(server: Simulator, admin: Wire) -> None:
    hosts = admin.get(f"{_JOBS}/Host").json

    assert len(hosts) == len(server.service.fleet.all)
    assert admin.get(f"{_JOBS}/Host/{hosts[3]['id']}").json["name"] == hosts[3]["name"]
    assert admin.get(f"{_JOBS}/User").json == []


@pytest.mark.parametrize("tail", ["", "/Start", "/Stop"])
def test_an_unknown_scanned_host_is_not_found(admin: Wire, tail: str) -> None:
    assert admin.get(f"{_JOBS}/Host/{uuid4()}{tail}").status == 404


def test_stopping_one_host_leaves_the_others_of_its_job(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(status="Running", hosts=["lab-x", "lab-y"]))
    hosts = row_of(admin, job_id)["hostScanHostStatus"]

    answer = admin.get(f"{_JOBS}/Host/{hosts[0]['hostScanHostId']}/Stop?hostConnected=true")

    assert (answer.status, answer.body) == (200, b"")
    after = row_of(admin, job_id)
    assert after["statusDescription"] == "Running"
    assert [host["statusDescription"] for host in after["hostScanHostStatus"]] == [
        "Cancelled",
        "Running",
    ]
    admin.get(f"{_JOBS}/Host/{hosts[1]['hostScanHostId']}/Stop")
    assert server.status_of(job_id) == "Cancelled"


def test_starting_a_host_runs_its_waiting_job(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(status="Paused", hosts=["lab-x"]))
    host = row_of(admin, job_id)["hostScanHostStatus"][0]

    for _ in range(2):
        admin.get(f"{_JOBS}/Host/{host['hostScanHostId']}/Start")

    assert server.status_of(job_id) == "Running"
    assert len(server.requests(path="/Start", carried_out=True, job_id=job_id)) == 2


def test_without_a_job_there_is_nothing_to_stop(server: Simulator, admin: Wire) -> None:
    host = server.service.fleet.all[-1]

    assert admin.get(f"{_JOBS}/Host/{host.host_scan_host_id}/Stop").status == 200


def test_a_flag_that_is_no_boolean_is_a_validation_error(server: Simulator, admin: Wire) -> None:
    host = server.service.fleet.all[-1]
    path = f"{_JOBS}/Host/{host.host_scan_host_id}/Stop?x=1&hostConnected=perhaps"

    assert list(admin.get(path).json["errors"]) == ["hostConnected"]


# The one that must never be reached


@pytest.mark.parametrize(
    "path",
    [
        f"{_JOBS}/TruncateAllTables",
        f"{_JOBS}/truncatealltables/",
        f"{_JOBS}/%54runcateAllTables",
        f"{_JOBS}/{UUID(int=7)}/../TruncateAllTables",
        f"{_JOBS}/x/%2e%2e/./TruncateAllTables?x=1",
    ],
)
def test_wiping_all_tables_works_by_every_spelling_and_is_counted(
    server: Simulator, admin: Wire, path: str
) -> None:
    server.add_job(JobSpec())

    assert admin.delete(path).status == 200
    assert server.truncations == 1
    assert admin.get(_JOBS).json == []
    assert len(server.jobs) == 0
    assert server.statuses() == {}


def test_an_encoded_slash_does_not_reach_it(server: Simulator, admin: Wire) -> None:
    assert admin.delete(f"{_JOBS}%2FTruncateAllTables").status == 202  # another, unknown, path
    assert admin.delete(f"{_JOBS}/..%2fTruncateAllTables").status == 400
    assert server.truncations == 0
