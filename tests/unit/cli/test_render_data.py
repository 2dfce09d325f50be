from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hostscan_automation.cli.render import Screen
from hostscan_automation.cli.render_data import (
    OutputFormat,
    write_document,
    write_jobs,
    write_plan,
    write_report,
    write_runs,
)
from hostscan_automation.cli.render_doctor import Check, CheckState, doctor_data
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.plan import CancelPlan
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.reports.data import job_data
from tests.unit.cli.screens import Paper
from tests.unit.reports.samples import (
    HOSTILE,
    RUN_ID,
    STARTED,
    hostile_run,
    job,
    job_id,
    mixed_run,
    plan,
    planned,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMS = (OutputFormat.JSON, OutputFormat.JSONL, OutputFormat.CSV, OutputFormat.YAML)


def scan_jobs(count: int) -> Iterator[ScanJob]:
    for number in range(count):
        host = ScannedHost(host_scan_host_id=job_id(number), name=f"lab-{number}", ip="10.0.0.1")
        yield ScanJob(job_id(number), JobStatus.QUEUED, hosts=(host,), created=STARTED)


def written(write: Callable[[Screen], object], encoding: str = "utf-8") -> str:
    paper = Paper(encoding)
    write(Screen(paper, environ={}, is_data=True))
    return paper.raw_text


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_jobs_as_json_are_one_document() -> None:
    document = json.loads(written(lambda s: write_jobs(s, scan_jobs(3), OutputFormat.JSON)))

    assert document == {"schema": "hostscan/jobs/1", "jobs": [*map(job_data, scan_jobs(3))]}


def test_jobs_as_yaml_are_the_same_document() -> None:
    text = written(lambda s: write_jobs(s, scan_jobs(3), OutputFormat.YAML))

    assert yaml.safe_load(text) == {
        "schema": "hostscan/jobs/1",
        "jobs": [*map(job_data, scan_jobs(3))],
    }


def test_jobs_as_lines_are_one_object_each() -> None:
    lines = written(lambda s: write_jobs(s, scan_jobs(3), OutputFormat.JSONL)).splitlines()

    assert [json.loads(line) for line in lines] == [*map(job_data, scan_jobs(3))]


def test_jobs_as_csv_have_a_heading_and_readable_hosts() -> None:
    rows = read_csv(written(lambda s: write_jobs(s, scan_jobs(2), OutputFormat.CSV)))

    assert [row["id"] for row in rows] == [str(job_id(0)), str(job_id(1))]
    assert rows[1]["hosts"] == "lab-1"
    assert rows[1]["is_terminal"] == "false"
    assert rows[1]["created"] == "2026-03-01T22:15:04.250Z"
    assert rows[1]["finished"] == ""


def test_a_host_without_a_name_is_still_something_in_a_cell() -> None:
    hosts = (ScannedHost(ip="10.0.0.9"), ScannedHost())
    jobs = [ScanJob(job_id(1), None, hosts=hosts)]

    (row,) = read_csv(written(lambda s: write_jobs(s, jobs, OutputFormat.CSV)))
    assert row["hosts"] == "10.0.0.9, (unnamed host)"


def test_no_jobs_are_a_whole_document_in_every_form() -> None:
    empty = {
        form: written(lambda s, form=form: write_jobs(s, [], form))  # type: ignore[misc]
        for form in FORMS
    }
    document = {"schema": "hostscan/jobs/1", "jobs": []}

    assert json.loads(empty[OutputFormat.JSON]) == document
    assert yaml.safe_load(empty[OutputFormat.YAML]) == document
    assert empty[OutputFormat.JSONL] == ""
    assert empty[OutputFormat.CSV].startswith("id,status,")


@pytest.mark.parametrize("form", FORMS)
def test_jobs_are_written_while_they_still_come(form: OutputFormat) -> None:
    paper = Paper()

    def watched() -> Iterator[ScanJob]:
        for number, one in enumerate(scan_jobs(5)):
            if number:
                assert f"lab-{number - 1}" in paper.raw_text
            yield one

    assert write_jobs(Screen(paper, environ={}), watched(), form) == 5


def test_a_list_that_breaks_off_is_no_document() -> None:
    def breaking() -> Iterator[ScanJob]:
        yield from scan_jobs(1)
        raise ConnectionResetError

    paper = Paper()
    with pytest.raises(ConnectionResetError):
        write_jobs(Screen(paper, environ={}), breaking(), OutputFormat.JSON)
    with pytest.raises(json.JSONDecodeError):
        json.loads(paper.raw_text)


def test_a_report_is_the_documented_one_in_json_and_yaml() -> None:
    as_json = json.loads(written(lambda s: write_report(s, mixed_run(), OutputFormat.JSON)))
    as_yaml = yaml.safe_load(written(lambda s: write_report(s, mixed_run(), OutputFormat.YAML)))

    assert as_json["schema"] == "hostscan/run-report/1"
    assert as_json == as_yaml


def test_a_report_as_rows_is_its_jobs() -> None:
    rows = read_csv(written(lambda s: write_report(s, mixed_run(), OutputFormat.CSV)))
    lines = written(lambda s: write_report(s, mixed_run(), OutputFormat.JSONL)).splitlines()

    assert {row["run_id"] for row in rows} == {RUN_ID}
    assert [json.loads(line)["job_id"] for line in lines] == [row["job_id"] for row in rows]


def test_a_plan_reads_back_with_its_digest() -> None:
    made = plan([planned(job(1, hosts=("half \ud800", "Köln")))])
    text = written(lambda s: write_plan(s, made, OutputFormat.JSON), encoding="cp1252")

    assert CancelPlan.from_json(json.loads(text)) == made


def test_a_plan_as_rows_is_its_jobs() -> None:
    made = plan([planned(job(1)), planned(job(2))])
    rows = read_csv(written(lambda s: write_plan(s, made, OutputFormat.CSV)))

    assert [row["hosts"] for row in rows] == ["lab-001", "lab-002"]
    assert yaml.safe_load(written(lambda s: write_plan(s, made, OutputFormat.YAML)))["jobs"]
    assert written(lambda s: write_plan(s, plan(), OutputFormat.CSV)) == ""


def test_runs_are_a_list_of_their_own() -> None:
    records = [mixed_run(), run()]
    document = json.loads(written(lambda s: write_runs(s, records, OutputFormat.JSON)))
    rows = read_csv(written(lambda s: write_runs(s, records, OutputFormat.CSV)))

    assert document["schema"] == "hostscan/runs/1"
    assert [one["run_id"] for one in document["runs"]] == [RUN_ID, RUN_ID]
    assert rows[0]["playbook"].startswith("name=cancel-stuck-scans, digest=sha256:")
    assert "cancelled=24" in rows[0]["outcomes"]


def test_the_doctor_is_a_document() -> None:
    data = doctor_data([Check("server", CheckState.OK, "https://nps01")])
    text = written(lambda s: write_document(s, data, "checks", OutputFormat.YAML))

    assert yaml.safe_load(text) == data
    rows = read_csv(written(lambda s: write_document(s, data, "checks", OutputFormat.CSV)))
    assert rows == [{"label": "server", "state": "ok", "value": "https://nps01", "remedy": ""}]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_hostile_texts_are_data_and_do_nothing(form: OutputFormat, encoding: str) -> None:
    text = written(lambda s: write_report(s, hostile_run(), form), encoding)

    assert not any(letter in text for letter in "\x1b\x00\x07\u202e\ud800")


@pytest.mark.parametrize("form", [OutputFormat.JSON, OutputFormat.YAML])
def test_odd_words_are_still_words_when_read_back(form: OutputFormat) -> None:
    words: Any = ["no", "010", "22:30", "~", "null", "1e3", "服务器", *HOSTILE[:8]]
    jobs = [ScanJob(job_id(1), None, hosts=tuple(ScannedHost(name=word) for word in words))]
    text = written(lambda s: write_jobs(s, jobs, form))
    read = json.loads(text) if form is OutputFormat.JSON else yaml.safe_load(text)

    assert [host["name"] for host in read["jobs"][0]["hosts"]] == words
