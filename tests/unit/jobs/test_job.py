from __future__ import annotations

from dataclasses import replace

import pytest

from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import a_host, a_job, ago, number, row_of

FULL = a_job(
    hosts=(
        a_host("lab-1", queued=ago(hours=8), started=ago(hours=5), heartbeat=ago(hours=3)),
        a_host("lab-2", started=ago(hours=4), heartbeat=ago(hours=2), finished=ago(hours=1)),
    )
)


class TestWithDetail:
    def test_a_row_gets_people_and_times_and_keeps_what_the_list_told(self) -> None:
        detail = replace(
            FULL,
            status=JobStatus.COMPLETE,
            hosts=tuple(replace(host, name="other", ip=None) for host in FULL.hosts or ()),
        )
        assert row_of(FULL).with_detail(detail) == FULL

    def test_hosts_are_matched_by_who_they_are_and_not_by_place(self) -> None:
        detail = replace(FULL, hosts=tuple(reversed(FULL.hosts or ())))
        assert row_of(FULL).with_detail(detail) == FULL

    @pytest.mark.parametrize(
        "hosts", [FULL.hosts and FULL.hosts[:1], (*(FULL.hosts or ()), a_host("web-1")), (), None]
    )
    def test_other_hosts_than_those_of_the_list_leave_it_without_detail(
        self, hosts: tuple[ScannedHost, ...] | None
    ) -> None:
        row = row_of(FULL)
        assert row.with_detail(replace(FULL, hosts=hosts)) is row

    @pytest.mark.parametrize("hosts", [(), None])
    def test_a_row_without_hosts_gets_none_but_people_and_times(
        self, hosts: tuple[ScannedHost, ...] | None
    ) -> None:
        merged = replace(row_of(FULL), hosts=hosts).with_detail(FULL)
        assert merged.has_detail
        assert merged.hosts == hosts
        assert merged.created_by == FULL.created_by


class TestForPeople:
    def test_times_of_the_job_come_from_its_hosts(self) -> None:
        assert FULL.started == ago(hours=5)
        assert FULL.heartbeat == ago(hours=2)
        assert FULL.finished == ago(hours=1)
        assert a_job(hosts=None).started is None

    def test_a_host_is_called_by_the_best_name_there_is(self) -> None:
        assert a_host("lab-1").label == "lab-1"
        assert ScannedHost(dns_name="a.b", ip="10.0.0.1").label == "a.b"
        assert ScannedHost(ip="10.0.0.1").label == "10.0.0.1"
        assert ScannedHost(host_id=number(2)).label == str(number(2))
        assert ScannedHost().label == "(unnamed host)"
        assert a_job(hosts=None).host_names == ()

    def test_a_job_is_active_or_has_ended_or_nobody_knows(self) -> None:
        found = [
            (job.is_active, job.is_terminal)
            for job in (a_job(), a_job(JobStatus.FAILED), a_job(JobStatus.UNKNOWN), a_job(None))
        ]
        assert found == [(True, False), (False, True), (False, False), (False, False)]


def test_the_fingerprint_is_of_the_id_and_the_hosts_whatever_their_order() -> None:
    same = replace(FULL, status=JobStatus.RUNNING, hosts=tuple(reversed(FULL.hosts or ())))
    assert same.fingerprint == FULL.fingerprint
    assert replace(FULL, hosts=FULL.hosts and FULL.hosts[:1]).fingerprint != FULL.fingerprint
    assert replace(FULL, id=number(9)).fingerprint != FULL.fingerprint
    assert ScanJob(number(1), None, hosts=None).fingerprint
