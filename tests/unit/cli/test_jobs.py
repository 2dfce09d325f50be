from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from hostscan_automation.clock import SystemClock
from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Terminal


class HurriedClock(SystemClock):
    """Does not wait, and pretends that it did."""

    waited_s = 0.0

    @override
    def monotonic(self) -> float:
        return super().monotonic() + self.waited_s

    @override
    def sleep(self, seconds: float) -> None:
        self.waited_s += seconds


def listed(terminal: Terminal, *flags: str) -> list[dict[str, Any]]:
    ended = terminal.run("jobs", "list", "--output", "json", *flags)
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    assert document["schema"] == "hostscan/jobs/1"
    jobs: list[dict[str, Any]] = document["jobs"]
    return jobs


class TestList:
    def test_without_a_filter_every_job_is_listed(self, at_server: Terminal) -> None:
        assert len(listed(at_server)) == 60

    def test_filters_hold_together_and_status_takes_several_words(
        self, at_server: Terminal
    ) -> None:
        jobs = listed(at_server, "--status", "Complete,Failed", "--status", "cancelled")
        assert {job["status"] for job in jobs} == {"Complete", "Failed", "Cancelled"}
        fewer = listed(at_server, "--status", "Complete", "--host", "LAB-*")
        assert 0 < len(fewer) < len(jobs)
        assert all(
            any(str(host["name"] or host["dns_name"]).startswith("lab-") for host in job["hosts"])
            for job in fewer
        )

    def test_the_host_flags_speak_of_one_and_the_same_host(self, at_server: Terminal) -> None:
        jobs = listed(at_server, "--host", "lab-*", "--ip", "10.0.0.0/16", "--os", "*2022*")
        assert jobs
        for job in jobs:
            assert any(
                str(host["name"] or host["dns_name"]).startswith("lab-")
                and str(host["ip"]).startswith("10.0.")
                and "2022" in str(host["os"])
                for host in job["hosts"]
            )

    def test_a_filter_on_times_reads_the_details(self, at_server: Terminal) -> None:
        jobs = listed(at_server, "--older-than", "1h", "--status", "Complete")
        assert jobs
        assert all(job["created"] for job in jobs)
        assert not listed(at_server, "--older-than", "520w")

    def test_any_clause_of_the_language_is_taken(self, at_server: Terminal) -> None:
        jobs = listed(at_server, "--where", "host_count: {gt: 1}", "--where", "status: Complete")
        assert all(len(job["hosts"]) > 1 for job in jobs)

    def test_a_faulty_flag_is_named_and_nothing_is_asked(self, terminal: Terminal) -> None:
        ended = terminal.run("jobs", "list", "--status", "Queud")
        assert ended.code == 6
        assert "--status" in ended.err
        assert "did you mean 'Queued'" in ended.err

    def test_the_other_forms_carry_the_same_jobs(self, at_server: Terminal) -> None:
        flags = ("jobs", "list", "--status", "Complete", "--output")
        lines = at_server.run(*flags, "jsonl").out.splitlines()
        rows = list(csv.DictReader(io.StringIO(at_server.run(*flags, "csv").out)))
        assert [json.loads(line)["id"] for line in lines] == [row["id"] for row in rows]

    def test_the_table_ends_with_a_count_on_stderr(self, at_server: Terminal) -> None:
        ended = at_server.run("jobs", "list", "--status", "Complete")
        assert ended.out.startswith("Job ")
        assert " of 60 jobs" in ended.err

    def test_a_list_that_cannot_be_read_ends_with_5(self, terminal: Terminal) -> None:
        terminal.clock = HurriedClock()
        with Simulator(SimulatorConfig(jobs=60, faults=parse_faults(["html=1"]))) as server:
            terminal.environ |= {
                "HOSTSCAN_SERVER": server.url,
                "HOSTSCAN_TOKEN": server.accounts.application.password,
            }
            ended = terminal.run("jobs", "list")
        assert ended.code == 5
        assert ended.err.startswith("error: ")


class TestShow:
    def test_several_ids_come_as_arguments_or_one_a_line(self, at_server: Terminal) -> None:
        ids = [job["id"] for job in listed(at_server)[:3]]
        at_server.typed = f"\ufeff{ids[0]}\r\n\n# a note\n{{{ids[1]}}}  # another\n{ids[0]}\n"
        ended = at_server.run("jobs", "show", "-", ids[2], "--output", "json")
        jobs = json.loads(ended.out)["jobs"]
        assert [job["id"] for job in jobs] == ids
        assert all(job["created"] and job["status"] for job in jobs)

    def test_a_table_tells_hosts_and_times(self, at_server: Terminal) -> None:
        first, second = listed(at_server)[:2]
        ended = at_server.run("jobs", "show", first["id"], second["id"])
        assert ended.out.startswith(f"Job {first['id']}")
        assert f"\n\nJob {second['id']}" in ended.out
        assert first["hosts"][0]["dns_name"] in ended.out

    @pytest.mark.parametrize(
        "text", ["1234", "TruncateAllTables", "00000000-0000-0000-0000-000000000000"]
    )
    def test_what_is_no_id_is_a_usage_error_before_anything_is_sent(
        self, terminal: Terminal, text: str
    ) -> None:
        ended = terminal.run("jobs", "show", text)
        assert ended.code == 2
        assert "job id" in ended.err

    def test_a_job_that_is_not_there_ends_with_5(self, at_server: Terminal) -> None:
        ended = at_server.run("jobs", "show", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")
        assert ended.code == 5
        assert "404" in ended.err
        assert ended.out == ""


def test_the_group_alone_lists_its_commands(terminal: Terminal) -> None:
    ended = terminal.run("jobs")
    assert ended.code == 0
    assert "stop-host" in ended.out


class TestSchedule:
    def test_hosts_are_scheduled_and_their_jobs_are_shown(
        self, at_server: Terminal, server: Simulator
    ) -> None:
        hosts = [host["host_id"] for job in listed(at_server)[:2] for host in job["hosts"][:1]]
        for some in (hosts, hosts[:1]):
            ended = at_server.run("jobs", "schedule", *some, "--yes", "--output", "json")
            assert ended.code == 0, ended.err
            made = json.loads(ended.out)["jobs"]
            assert {host["host_id"] for job in made for host in job["hosts"]} == set(some)

    def test_the_answer_no_sends_nothing(self, at_server: Terminal, server: Simulator) -> None:
        host = listed(at_server)[0]["hosts"][0]["host_id"]
        before = len(server.requests("POST"))
        for terminal_there, typed in ((False, ""), (True, "n\n"), (True, "")):
            at_server.is_terminal, at_server.typed = terminal_there, typed
            ended = at_server.run("jobs", "schedule", host)
            assert ended.code == 7
            assert "nothing was sent" in ended.err
        assert len(server.requests("POST")) == before

    def test_a_role_that_will_not_do_is_refused_before_the_question(
        self, terminal: Terminal, server: Simulator
    ) -> None:
        reader = server.accounts.reader
        terminal.environ |= {
            "HOSTSCAN_SERVER": server.url,
            "HOSTSCAN_LOGIN": reader.login,
            "HOSTSCAN_PASSWORD": reader.password,
            "HOSTSCAN_TOTP_SECRET": reader.totp_secret or "",
        }
        terminal.is_terminal = True
        ended = terminal.run("jobs", "schedule", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")
        assert ended.code == 7
        assert "lacks the role" in ended.err
        assert "[y/N]" not in ended.err


class TestStopHost:
    def test_one_host_is_stopped_after_a_yes(self, at_server: Terminal, server: Simulator) -> None:
        job = listed(at_server, "--status", "Queued,Running,Pending")[0]
        scan_host = job["hosts"][0]["host_scan_host_id"]
        at_server.is_terminal, at_server.typed = True, "y\n"
        ended = at_server.run("jobs", "stop-host", scan_host)
        assert ended.code == 0, ended.err
        assert ended.out == f"The server was asked to stop the scan of {scan_host}.\n"
        assert server.url in ended.err
        assert len(server.requests(path=f"{scan_host}/Stop")) == 1

    def test_the_outcome_is_data_for_programs(self, at_server: Terminal) -> None:
        job = listed(at_server, "--status", "Queued,Running,Pending")[-1]
        scan_host = job["hosts"][0]["host_scan_host_id"]
        ended = at_server.run("jobs", "stop-host", scan_host, "--yes", "-o", "json")
        assert json.loads(ended.out) == {
            "schema": "hostscan/stop-host/1",
            "host_scan_host_id": scan_host,
            "outcome": "accepted",
        }

    def test_a_lost_reply_is_told_as_what_it_is(self, terminal: Terminal) -> None:
        with Simulator(SimulatorConfig(jobs=60, faults=parse_faults(["lost-reply=1"]))) as server:
            terminal.environ |= {
                "HOSTSCAN_SERVER": server.url,
                "HOSTSCAN_TOKEN": server.accounts.application.password,
            }
            job = listed(terminal, "--status", "Queued,Running,Pending")[0]
            scan_host = job["hosts"][0]["host_scan_host_id"]
            ended = terminal.run("jobs", "stop-host", scan_host, "--yes")
            assert ended.code == 8
            assert "may have been carried out" in ended.err
            assert len(server.requests(path=f"{scan_host}/Stop")) == 1

    def test_what_the_server_refuses_after_it_was_sent_ends_with_8(
        self, at_server: Terminal
    ) -> None:
        ended = at_server.run("jobs", "stop-host", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "--yes")
        assert ended.code == 8
        assert "404" in ended.err
        assert ended.out == ""
