from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import CancelPlan
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.reports.data import (
    JOB_COLUMNS,
    job_data,
    json_text,
    plan_text,
    run_report,
    run_row,
)
from hostscan_automation.runs.record import RunState
from tests.unit.reports.samples import (
    DIGEST,
    RUN_ID,
    STARTED,
    STEP,
    hostile_run,
    job,
    job_id,
    listed_job,
    mixed_run,
    plan,
    planned,
    run,
)


def test_the_report_has_every_member_that_programs_rely_on() -> None:
    report = run_report(mixed_run())

    assert report["schema"] == "hostscan/run-report/1"
    assert report["run_id"] == RUN_ID
    assert report["playbook"] == {"name": "cancel-stuck-scans", "digest": DIGEST}
    assert report["server"] == "https://nps01.lab.example:6500"
    assert report["account"] == "LAB\\svc-hostscan"
    assert report["reason"] == "change 4711"
    assert report["started_at"] == "2026-03-01T22:15:04.250Z"
    assert report["finished_at"] == "2026-03-01T22:15:12.750Z"
    assert report["counts"] == {
        "listed": 2134,
        "matched": 34,
        "undecided": 1,
        "protected": 1,
        "planned": 32,
    }


def test_the_report_counts_every_outcome_zeros_too() -> None:
    report = run_report(run([job(1)]))

    assert report["outcomes"] == {outcome.value: 0 for outcome in Outcome} | {"cancelled": 1}


def test_a_job_of_the_report_has_every_member() -> None:
    record = job(
        7,
        Outcome.REFUSED,
        hosts=("lab-007", "sql-7"),
        collateral_hosts=("sql-7",),
        status_after="Running",
        http_status=400,
        attempts=2,
        detail="no",
        trace_id="00-abc",
    )
    (row,) = run_report(run([record]))["jobs"]

    assert row == {
        "job_id": str(job_id(7)),
        "step": STEP,
        "action": "cancel",
        "status_before": "Queued",
        "status_after": "Running",
        "outcome": "refused",
        "detail": "no",
        "http_status": 400,
        "attempts": 2,
        "trace_id": "00-abc",
        "took_s": None,
        "hosts": ["lab-007", "sql-7"],
        "collateral_hosts": ["sql-7"],
        "failure_reasons": [],
    }


def test_protected_jobs_are_in_it_and_rows_that_only_list_have_no_outcome() -> None:
    report = run_report(run([job(1, Outcome.PROTECTED), listed_job(2)]))

    assert [(row["action"], row["outcome"]) for row in report["jobs"]] == [
        ("protected", "protected"),
        ("list", None),
    ]


def test_undecided_jobs_stand_apart() -> None:
    report = run_report(mixed_run())

    assert report["undecided"] == [
        {
            "job_id": str(job_id(90)),
            "step": STEP,
            "clause": "every host ip is in 10.0.0.0/16",
            "field": "ip",
        }
    ]
    assert str(job_id(90)) not in {row["job_id"] for row in report["jobs"]}


def test_an_open_run_has_no_end() -> None:
    report = run_report(run([job(1, None)], state=RunState.OPEN, finished_at=None))

    assert report["finished_at"] is None
    assert report["duration_s"] is None
    assert report["state"] == "open"
    assert report["next_steps"][0]["outcome"] is None


def test_a_run_in_a_list_is_the_report_without_its_jobs() -> None:
    row = run_row(mixed_run())

    assert "jobs" not in row
    assert row["outcomes"] == run_report(mixed_run())["outcomes"]


def test_json_is_ascii_and_reads_back_the_same() -> None:
    text = json_text(run_report(hostile_run()))

    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["account"] == "<script>document.title='owned'</script>"


@given(st.text(st.characters(exclude_categories=())))
def test_json_is_text_that_any_reader_takes_whatever_the_server_sent(text: str) -> None:
    read = json.loads(json_text({"name": text}, indent=None))["name"]

    read.encode("utf-8")
    if "\\" not in text and all(not 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        assert read == text


def test_not_even_the_delete_character_reaches_a_terminal() -> None:
    assert json_text("a\x7f\x9b") == r'"a\u007f\u009b"'


def test_half_a_character_becomes_the_text_of_its_escape() -> None:
    assert json.loads(json_text("\ud800 \\ud800 \U0001f600 \udc00")) == (
        "\\ud800 \\ud800 \U0001f600 \\udc00"
    )


def test_a_plan_written_as_text_still_fits_its_digest() -> None:
    made = plan([planned(job(1, hosts=("half \ud800", "Köln")))])

    assert CancelPlan.from_json(json.loads(plan_text(made))) == made


def test_a_job_without_detail_has_null_where_nothing_is_known() -> None:
    data = job_data(ScanJob(job_id(1), None, "99", "Odd", hosts=None))

    assert data == {
        "id": str(job_id(1)),
        "status": None,
        "status_description": "Odd",
        "is_terminal": False,
        "hosts": [],
        "created": None,
        "created_by": None,
        "created_from": None,
        "modified": None,
        "started": None,
        "heartbeat": None,
        "finished": None,
    }


def test_a_job_in_detail_has_its_hosts_and_times() -> None:
    host = ScannedHost(
        host_scan_host_id=UUID(int=1),
        host_id=UUID(int=2),
        name="lab-001",
        dns_name="lab-001.lab.example",
        os="Windows Server 2022",
        ip="10.0.0.1",
        version="10.0",
        status=JobStatus.RUNNING,
        status_description="Running",
        failure_reason="NoError",
        started=STARTED,
        heartbeat=STARTED,
    )
    data = job_data(
        ScanJob(
            job_id(1), JobStatus.COMPLETE, hosts=(host,), created=STARTED, created_by="LAB\\eve"
        )
    )

    assert data["created"] == data["started"] == data["heartbeat"] == "2026-03-01T22:15:04.250Z"
    assert data["created_by"] == "LAB\\eve"
    assert data["is_terminal"] is True
    assert data["hosts"] == [
        {
            "name": "lab-001",
            "dns_name": "lab-001.lab.example",
            "os": "Windows Server 2022",
            "ip": "10.0.0.1",
            "version": "10.0",
            "status": "Running",
            "status_description": "Running",
            "failure_reason": "NoError",
            "host_id": str(UUID(int=2)),
            "host_scan_host_id": str(UUID(int=1)),
            "queued": None,
            "started": "2026-03-01T22:15:04.250Z",
            "heartbeat": "2026-03-01T22:15:04.250Z",
            "finished": None,
        }
    ]


def test_the_columns_of_a_job_are_its_members() -> None:
    assert tuple(job_data(ScanJob(job_id(1), None))) == JOB_COLUMNS


def test_slowest_calls_and_collateral_hosts_are_told() -> None:
    record = run([job(3, collateral_hosts=("sql-1",))])
    report = run_report(replace(record, reason=None))

    assert report["slowest"] == [{"job_id": str(job_id(3)), "took_s": 0.03}]
    assert report["collateral_hosts"] == ["sql-1"]
    assert report["reason"] is None
