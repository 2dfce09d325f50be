"""What each field, operator and quantifier says of a job."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from hostscan_automation.jobs.fields import HOST_FIELDS, JOB_FIELDS
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import a_host, a_job, ago, number, on_host, row_of, verdict


class TestValues:
    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ({"name": "LAB-001"}, "true"),
            ({"name": "lab-001.LAB.example"}, "true"),
            ({"name": "lab-002"}, "false"),
            ({"name": ["lab-002", "lab-001"]}, "true"),
            ({"name": {"ne": "lab-001"}}, "false"),
            ({"name": {"ne": "lab-001.lab.example"}}, "false"),
            ({"name": {"ne": "lab-002"}}, "true"),
            ({"name": {"not_in": ["lab-002", "lab-003"]}}, "true"),
            ({"name": {"not_in": ["lab-002", "LAB-001"]}}, "false"),
            ({"name": {"glob": "LAB-*"}}, "true"),
            ({"name": {"glob": ["web-*", "lab-*"]}}, "true"),
            ({"name": {"glob": "*.lab.example"}}, "true"),
            ({"name": {"regex": "lab-0+1"}}, "true"),
            ({"name": {"regex": "lab"}}, "false"),
            ({"name": {"search": "^LAB"}}, "true"),
            ({"name": {"search": "web"}}, "false"),
            ({"name": {"exists": True}}, "true"),
            ({"name": {"exists": False}}, "false"),
            ({"name": {"glob": "lab-*", "ne": "lab-001"}}, "false"),
            ({"os": {"search": "windows 11"}}, "true"),
            ({"version": "10.0.22631"}, "true"),
            ({"ip": "10.0.3.4"}, "true"),
            ({"ip": ["10.0.3.5", "::ffff:10.0.3.4"]}, "true"),
            ({"ip": {"ne": "10.0.3.4"}}, "false"),
            ({"ip": {"cidr": "10.0.0.0/16"}}, "true"),
            ({"ip": {"cidr": ["192.168.0.0/16", "10.0.3.0/24"]}}, "true"),
            ({"ip": {"cidr": "fd00::/8"}}, "false"),
            ({"ip": {"glob": "10.0.3.*"}}, "true"),
            ({"ip": {"regex": r"10\.0\..*"}}, "true"),
            ({"status": "queued"}, "true"),
            ({"status": {"glob": "q*"}}, "true"),
            ({"failure_reason": "noerror"}, "true"),
            ({"failure_reason": {"ne": "NoError"}}, "false"),
            ({"failure_reason": {"glob": "No*"}}, "true"),
            ({"failure_reason": {"search": "access|timeout"}}, "false"),
            ({"any": [{"os": "x"}, {"name": "lab-001"}]}, "true"),
            ({"not": {"os": "x"}}, "true"),
            ({"all": [{"name": "lab-001"}, {"os": "x"}]}, "false"),
        ],
    )
    def test_of_a_host(self, data: dict[str, Any], expected: str) -> None:
        assert on_host(data, a_host()) == expected

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ({"id": str(number(1))}, "true"),
            ({"id": [str(number(2)), str(number(1)).upper()]}, "true"),
            ({"id": {"ne": str(number(1))}}, "false"),
            ({"status": "Queued"}, "true"),
            ({"status": ["Pending", "QUEUED"]}, "true"),
            ({"status": {"ne": "Queued"}}, "false"),
            ({"status": {"not_in": ["Running", "Pending"]}}, "true"),
            ({"status": {"regex": "queued|pending"}}, "true"),
            ({"host_count": 1}, "true"),
            ({"host_count": [2, 3]}, "false"),
            ({"host_count": {"ne": 1}}, "false"),
            ({"host_count": {"gt": 1}}, "false"),
            ({"host_count": {"ge": 1, "lt": 2}}, "true"),
            ({"host_count": {"le": 0}}, "false"),
            ({"created_by": r"lab\SCAN-svc"}, "true"),
            ({"created_by": {"glob": r"LAB\scan*"}}, "true"),
            ({"created_from": {"cidr": "10.0.0.0/24"}}, "true"),
            ({"created": {"older_than": "6h"}}, "true"),
            ({"created": {"older_than": "8h"}}, "false"),
            ({"created": {"newer_than": "8h"}}, "false"),
            ({"created": {"newer_than": "9h"}}, "true"),
            ({"created": {"lt": "2026-03-02T04:00:01Z"}}, "true"),
            ({"created": {"lt": "2026-03-02T04:00:00"}}, "false"),
            ({"created": {"le": "2026-03-02T04:00:00Z"}}, "true"),
            ({"created": {"gt": "2026-03-02"}}, "true"),
            ({"created": {"ge": "2026-03-02T05:00:00+01:00"}}, "true"),
            ({"created": {"gt": "2026-03-02T04:00:00Z"}}, "false"),
            ({"all_jobs": True}, "true"),
            ({"status": "Queued", "created_by": "nobody"}, "false"),
        ],
    )
    def test_of_a_job(self, data: dict[str, Any], expected: str) -> None:
        assert verdict(data, a_job()) == expected


class TestMissingValues:
    EMPTY_HOST = ScannedHost()
    EMPTY_JOB = ScanJob(number(1), None, hosts=None, has_detail=True)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "x"), ("dns_name", {"glob": "*"}), ("os", {"search": "."}), ("version", "x"),
            ("ip", {"cidr": "0.0.0.0/0"}), ("status", "Queued"), ("failure_reason", "NoError"),
            ("host_id", str(number(1))), ("queued", {"older_than": "1s"}),
            ("started", {"lt": "2026-01-01"}), ("heartbeat", {"newer_than": "1s"}),
            ("name", {"ne": "x"}), ("ip", {"not_in": ["10.0.0.1"]}), ("name", {"exists": True}),
        ],
    )  # fmt: skip
    def test_of_a_host_leave_a_clause_undecided_and_its_opposite_too(
        self, field: str, value: Any
    ) -> None:
        assert on_host({field: value}, self.EMPTY_HOST) == "undecided"
        assert on_host({"not": {field: value}}, self.EMPTY_HOST) == "undecided"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("status", "Queued"), ("status", {"ne": "Queued"}), ("status_description", "x"),
            ("host_count", {"lt": 5}), ("created", {"older_than": "1s"}), ("created_by", "x"),
            ("created_from", "10.0.0.1"), ("started", {"older_than": "1s"}),
            ("heartbeat", {"exists": True}), ("finished", {"newer_than": "1s"}),
        ],
    )  # fmt: skip
    def test_of_a_job_leave_a_clause_undecided_and_its_opposite_too(
        self, field: str, value: Any
    ) -> None:
        assert verdict({field: value}, self.EMPTY_JOB) == "undecided"
        assert verdict({"not": {field: value}}, self.EMPTY_JOB) == "undecided"

    @pytest.mark.parametrize("field", list(HOST_FIELDS))
    def test_of_a_host_can_be_asked_for(self, field: str) -> None:
        assert on_host({field: {"exists": False}}, self.EMPTY_HOST) == "true"
        assert on_host({"not": {field: {"exists": False}}}, self.EMPTY_HOST) == "false"

    def test_of_a_job_can_be_asked_for(self) -> None:
        missing = a_job(created_by=None, created=None)
        assert verdict({"created_by": {"exists": False}}, missing) == "true"
        assert verdict({"created": {"exists": False}}, missing) == "true"
        assert verdict({"created_by": {"exists": False}}, a_job()) == "false"

    def test_a_name_of_blanks_is_missing(self) -> None:
        assert on_host({"os": {"ne": "x"}}, a_host(os="  ")) == "undecided"
        assert on_host({"os": {"exists": False}}, a_host(os="")) == "true"


class TestTwoNames:
    """`name` is the name or the DNS name; where one is missing, the other may still decide."""

    ONLY_NAME = a_host("lab-001", dns_name=None)
    ONLY_DNS = ScannedHost(dns_name="lab-001.lab.example")

    def test_the_one_that_is_there_decides_for(self) -> None:
        assert on_host({"name": "lab-001"}, self.ONLY_NAME) == "true"
        assert on_host({"name": {"glob": "lab-*"}}, self.ONLY_DNS) == "true"
        assert on_host({"name": {"ne": "lab-001"}}, self.ONLY_NAME) == "false"

    def test_the_one_that_is_missing_might_have_fitted(self) -> None:
        assert on_host({"name": "web-001"}, self.ONLY_NAME) == "undecided"
        assert on_host({"name": {"ne": "web-001"}}, self.ONLY_NAME) == "undecided"
        assert on_host({"name": "web-001"}, self.ONLY_DNS) == "undecided"

    def test_one_of_them_is_enough_to_exist(self) -> None:
        assert on_host({"name": {"exists": True}}, self.ONLY_DNS) == "true"
        assert on_host({"name": {"exists": False}}, self.ONLY_DNS) == "false"


class TestUnreadableValues:
    def test_an_address_that_is_none_is_undecided_by_every_operator(self) -> None:
        host = a_host(ip="10.0.3.4, 10.0.3.5")
        for value in ("10.0.3.4", {"ne": "10.0.0.1"}, {"glob": "10.*"}, {"cidr": "10.0.0.0/8"}):
            assert on_host({"ip": value}, host) == "undecided"
        assert on_host({"ip": {"exists": True}}, host) == "undecided"
        assert on_host({"ip": {"exists": False}}, host) == "undecided"

    def test_a_failure_reason_that_is_not_documented_is_undecided(self) -> None:
        host = a_host(failure_reason="99")
        assert on_host({"failure_reason": {"ne": "AccessDenied"}}, host) == "undecided"
        assert on_host({"not": {"failure_reason": "AccessDenied"}}, host) == "undecided"

    def test_half_a_character_is_undecided_for_a_regular_expression(self) -> None:
        host = a_host(os="Windows \ud800")
        assert on_host({"os": {"search": "Windows"}}, host) == "undecided"
        assert on_host({"os": {"glob": "windows*"}}, host) == "true"

    @pytest.mark.parametrize("status", [JobStatus.UNKNOWN, None])
    def test_a_status_that_says_nothing_is_undecided(self, status: JobStatus | None) -> None:
        job = a_job(status)
        for value in ("Queued", {"ne": "Queued"}, {"glob": "*"}, {"not_in": ["Complete"]}):
            assert verdict({"status": value}, job) == "undecided"

    def test_unknown_is_met_by_its_full_name(self) -> None:
        job = a_job(JobStatus.UNKNOWN)
        assert verdict({"status": ["Unknown", "Queued"]}, job) == "true"
        assert verdict({"status": {"ne": "Unknown"}}, job) == "false"
        assert verdict({"status": "Unknown"}, a_job(None)) == "undecided"


class TestTimes:
    def test_a_time_in_the_future_of_the_server_is_believed_for_five_minutes(self) -> None:
        near, far = a_job(created=ago(minutes=-4)), a_job(created=ago(minutes=-6))
        assert verdict({"created": {"newer_than": "1h"}}, near) == "true"
        for value in ({"newer_than": "1h"}, {"gt": "2020-01-01"}, {"exists": True}):
            assert verdict({"created": value}, far) == "undecided"
        assert verdict({"created": {"exists": False}}, far) == "undecided"

    def test_started_is_the_earliest_of_the_hosts(self) -> None:
        hosts = (a_host("a", started=ago(hours=5)), a_host("b", started=ago(hours=1)))
        job = a_job(hosts=hosts)
        assert verdict({"started": {"older_than": "4h"}}, job) == "true"
        assert verdict({"started": {"newer_than": "4h"}}, job) == "false"

    def test_heartbeat_and_finished_are_the_latest_of_the_hosts(self) -> None:
        hosts = (
            a_host("a", heartbeat=ago(hours=5), finished=ago(hours=5)),
            a_host("b", heartbeat=ago(hours=1), finished=ago(hours=1)),
        )
        job = a_job(hosts=hosts)
        for field in ("heartbeat", "finished"):
            assert verdict({field: {"older_than": "4h"}}, job) == "false"
            assert verdict({field: {"newer_than": "4h"}}, job) == "true"

    def test_a_host_without_heartbeat_may_have_the_latest(self) -> None:
        job = a_job(hosts=(a_host("a", heartbeat=ago(hours=5)), a_host("b")))
        assert verdict({"heartbeat": {"older_than": "4h"}}, job) == "undecided"
        assert verdict({"heartbeat": {"newer_than": "6h"}}, job) == "true"
        assert verdict({"heartbeat": {"older_than": "6h"}}, job) == "false"
        assert verdict({"heartbeat": {"exists": True}}, job) == "true"

    def test_a_host_that_has_not_started_may_have_been_the_first(self) -> None:
        job = a_job(hosts=(a_host("a", started=ago(hours=5)), a_host("b")))
        assert verdict({"started": {"older_than": "4h"}}, job) == "true"
        assert verdict({"started": {"newer_than": "6h"}}, job) == "undecided"
        assert verdict({"started": {"newer_than": "4h"}}, job) == "false"

    def test_a_heartbeat_from_the_future_counts_as_missing(self) -> None:
        hosts = (a_host("a", heartbeat=ago(hours=5)), a_host("b", heartbeat=ago(hours=-2)))
        assert verdict({"heartbeat": {"older_than": "4h"}}, a_job(hosts=hosts)) == "undecided"

    def test_a_job_without_hosts_has_no_times_that_could_be_known(self) -> None:
        for hosts in (None, ()):
            job = a_job(hosts=hosts)
            assert verdict({"finished": {"exists": False}}, job) == "undecided"
            assert verdict({"started": {"older_than": "1h"}}, job) == "undecided"

    def test_times_of_one_host(self) -> None:
        host = a_host(queued=ago(hours=3), heartbeat=ago(minutes=10))
        assert on_host({"queued": {"older_than": "2h"}}, host) == "true"
        assert on_host({"heartbeat": {"newer_than": "5m"}}, host) == "false"
        assert on_host({"started": {"exists": False}}, host) == "true"


class TestQuantifiers:
    LAB, WEB, NAMELESS = a_host("lab-1"), a_host("web-1"), a_host(None)
    IS_LAB: ClassVar = {"name": {"glob": "lab-*"}}

    @pytest.mark.parametrize(
        ("hosts", "every", "any_", "no"),
        [
            ((LAB, LAB), "true", "true", "false"),
            ((LAB, WEB), "false", "true", "false"),
            ((WEB, WEB), "false", "false", "true"),
            ((LAB, NAMELESS), "undecided", "true", "false"),
            ((WEB, NAMELESS), "false", "undecided", "undecided"),
            ((NAMELESS,), "undecided", "undecided", "undecided"),
            ((), "undecided", "undecided", "undecided"),
            (None, "undecided", "undecided", "undecided"),
        ],
    )
    def test_say_how_many_hosts_are_meant(
        self, hosts: tuple[ScannedHost, ...] | None, every: str, any_: str, no: str
    ) -> None:
        job = a_job(hosts=hosts)
        assert verdict({"every_host": self.IS_LAB}, job) == every
        assert verdict({"any_host": self.IS_LAB}, job) == any_
        assert verdict({"no_host": self.IS_LAB}, job) == no

    def test_one_and_the_same_host_has_to_fit_all_entries(self) -> None:
        job = a_job(hosts=(a_host("lab-1", os="Linux"), a_host("web-1", os="Windows")))
        assert verdict({"any_host": {"name": {"glob": "lab-*"}, "os": "Windows"}}, job) == "false"

    def test_a_job_without_hosts_has_none_or_an_unknown_number(self) -> None:
        assert verdict({"host_count": 0}, a_job(hosts=())) == "true"
        assert verdict({"host_count": 0}, a_job(hosts=None)) == "undecided"


class TestBeforeTheDetailIsRead:
    ROW = row_of(a_job())

    @pytest.mark.parametrize("name", [n for n, f in JOB_FIELDS.items() if f.needs_detail])
    def test_details_are_not_known_yet(self, name: str) -> None:
        assert verdict({name: {"exists": True}}, self.ROW) == "not known yet"

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ({"created": {"older_than": "6h"}}, "not known yet"),
            ({"not": {"created": {"older_than": "6h"}}}, "not known yet"),
            ({"any_host": {"heartbeat": {"older_than": "6h"}}}, "not known yet"),
            ({"all": [{"created_by": "x"}, {"status": "Running"}]}, "false"),
            ({"all": [{"created_by": "x"}, {"status": "Queued"}]}, "not known yet"),
            ({"any": [{"created_by": "x"}, {"status": "Queued"}]}, "true"),
            ({"any": [{"created_by": "x"}, {"status": "Running"}]}, "not known yet"),
            ({"any_host": {"started": {"exists": True}, "name": "web"}}, "false"),
            ({"host_count": 1}, "true"),
        ],
    )
    def test_a_detail_is_needed_exactly_where_it_can_change_the_verdict(
        self, data: dict[str, Any], expected: str
    ) -> None:
        assert verdict(data, self.ROW) == expected

    def test_of_no_hosts_nothing_becomes_known(self) -> None:
        row = row_of(a_job(hosts=()))
        assert verdict({"any_host": {"started": {"exists": True}}}, row) == "undecided"


class TestData:
    @pytest.mark.parametrize(
        ("data", "kept"),
        [
            ({"status": ["queued"]}, {"status": ["Queued"]}),
            (
                {"status": "Queued", "any_host": {"name": "a", "os": "b"}},
                {"status": "Queued", "any_host": {"name": "a", "os": "b"}},
            ),
            (
                {"created": {"ge": "2026-01-31", "older_than": "6h"}},
                {"all": [
                    {"created": {"ge": "2026-01-31T00:00:00.000Z"}},
                    {"created": {"older_than": "6h"}},
                ]},
            ),
            ({"not": {"any": [{"all_jobs": True}, {"host_count": {"gt": 2}}]}}, None),
            ({"any_host": {"ip": ["::ffff:10.0.0.1", "FD00::1"]}},
             {"any_host": {"ip": ["10.0.0.1", "fd00::1"]}}),
            ({"all": [{"status": "Queued"}]}, {"status": "Queued"}),
        ],
    )  # fmt: skip
    def test_a_filter_is_told_in_the_form_that_is_kept(
        self, data: dict[str, Any], kept: dict[str, Any] | None
    ) -> None:
        read = compile_filter(data)
        assert read.to_data() == (kept or data)
        assert compile_filter(read.to_data()) == read

    @pytest.mark.parametrize(
        ("data", "text"),
        [
            ({"status": ["Queued", "Pending"]}, "status: [Queued, Pending]"),
            ({"created_by": r"LAB\o'neil"}, r"created_by: 'LAB\o''neil'"),
            ({"any_host": {"name": {"glob": "dc*"}}}, "any_host: {name: {glob: 'dc*'}}"),
            ({"created": {"exists": False}}, "created: {exists: false}"),
            ({"host_count": {"gt": 3}}, "host_count: {gt: 3}"),
            ({"created_by": [str(n) for n in range(9)]}, "created_by: [0, 1, 2, ... 9 in all]"),
            ({"created_by": "a\x1b[31m\u202eb"}, "created_by: 'a?[31m?b'"),
            (
                {"any": [{"host_count": n} for n in range(7)]},
                "any: [" + ", ".join(f"{{host_count: {n}}}" for n in range(7)) + "]",
            ),
        ],
    )
    def test_a_filter_is_told_on_one_line(self, data: dict[str, Any], text: str) -> None:
        assert compile_filter(data).text == text
