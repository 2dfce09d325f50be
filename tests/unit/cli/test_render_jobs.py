from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from hostscan_automation.cli.render_jobs import show_job, show_jobs
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.status import JobStatus
from tests.unit.cli.screens import on_terminal, shown
from tests.unit.reports.samples import HOSTILE, STARTED, job_id

if TYPE_CHECKING:
    from collections.abc import Iterator


def a_job(number: int = 1, **more: object) -> ScanJob:
    host = ScannedHost(name=f"lab-{number}", failure_reason="NoError")
    known: dict[str, object] = {"status": JobStatus.QUEUED, "hosts": (host,)}
    return ScanJob(job_id(number), **(known | more))  # type: ignore[arg-type]


def test_a_job_is_a_line_with_status_hosts_and_what_failed() -> None:
    hosts = (
        ScannedHost(name="lab-1", failure_reason="AccessDenied"),
        ScannedHost(dns_name="sql-7.lab.example", failure_reason="AccessDenied"),
        ScannedHost(ip="10.0.0.3", failure_reason=None),
    )
    job = a_job(status=JobStatus.FAILED, hosts=hosts, status_description="Access denied on lab-1")
    heading, line = shown(lambda screen: show_jobs(screen, [job])).splitlines()

    assert heading.split() == ["Job", "Status", "Hosts", "Failed", "Description"]
    assert line.split("  ")[0] == str(job_id(1))
    assert "Failed" in line
    assert "lab-1, sql-7.lab.example, 10.0.0.3" in line
    assert line.count("AccessDenied") == 1
    assert line.endswith("Access denied on lab-1")


def test_a_description_that_only_repeats_the_status_is_left_out() -> None:
    job = a_job(status=JobStatus.COMPLETED_WITH_ERRORS, status_description="Completed With Errors")
    line = shown(lambda screen: show_jobs(screen, [job])).splitlines()[1]

    assert line.split() == [str(job_id(1)), "CompletedWithErrors", "lab-1"]


def test_a_status_that_nobody_knows_is_marked() -> None:
    job = a_job(status=None, status_text="99", hosts=None)

    assert "? 99" in shown(lambda screen: show_jobs(screen, [job]))


def test_jobs_are_written_while_they_come_and_counted() -> None:
    taken = 0

    def jobs() -> Iterator[ScanJob]:
        nonlocal taken
        for taken in range(1, 1301):
            yield a_job(taken)

    counts: list[int] = []
    text = shown(lambda screen: counts.append(show_jobs(screen, jobs())))

    assert counts == [taken] == [1300]
    assert len(text.splitlines()) == 1301


def test_hostile_names_do_nothing_to_a_terminal() -> None:
    job = a_job(
        hosts=tuple(ScannedHost(name=text) for text in HOSTILE), status_description=HOSTILE[5]
    )
    for show in (lambda screen: show_jobs(screen, [job]), lambda screen: show_job(screen, job)):
        assert not any(letter in on_terminal(show).text for letter in "\x1b\x00\u202e")


def test_one_job_is_told_host_by_host_without_what_is_not_known() -> None:
    host = ScannedHost(
        host_scan_host_id=UUID(int=1),
        host_id=UUID(int=2),
        name="lab-1",
        dns_name="lab-1.lab.example",
        os="Windows Server 2022",
        ip="10.0.0.1",
        version="10.0.20348",
        status=JobStatus.FAILED,
        failure_reason="AccessDenied",
        heartbeat=STARTED,
    )
    job = a_job(hosts=(host,), created=STARTED, created_by="LAB\\eve", has_detail=True)
    lines = shown(lambda screen: show_job(screen, job)).splitlines()

    assert lines[0] == f"Job {job_id(1)}"
    assert "Status:      Queued" in lines
    assert "Created:     2026-03-01 22:15:04 UTC" in lines
    assert "Created by:  LAB\\eve" in lines
    assert "Last sign:   2026-03-01 22:15:04 UTC" in lines
    assert not any(line.startswith("Finished") for line in lines)
    host_lines = lines[lines.index("lab-1") + 1 :]
    assert host_lines == [
        "  DNS name:          lab-1.lab.example",
        "  Address:           10.0.0.1",
        "  System:            Windows Server 2022 10.0.20348",
        "  Status:            Failed",
        "  Failure:           AccessDenied",
        "  Last sign:         2026-03-01 22:15:04 UTC",
        f"  Host id:           {UUID(int=2)}",
        f"  Host scan host id: {UUID(int=1)}",
    ]


def test_a_job_without_hosts_says_so() -> None:
    assert "names no hosts" in shown(lambda screen: show_job(screen, a_job(hosts=None)))
