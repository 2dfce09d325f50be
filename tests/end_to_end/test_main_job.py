"""The main job from sign-in to report; the judge is the simulator's own count."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.simulator
STUCK = "stuck.yaml"
QUICK = ("--report", "json:out.json")


def assert_agrees(report: dict[str, Any], server: Simulator) -> None:
    """Hold a report to what the server was asked and to the true state of every job."""
    planned = {UUID(job["job_id"]) for job in report["jobs"] if job["outcome"] != "protected"}
    asked = {request.job_id for request in server.requests("DELETE") if request.job_id}
    assert asked <= planned, "nothing outside the plan was touched"
    assert len(report["jobs"]) == len({job["job_id"] for job in report["jobs"]})
    assert not server.requests(path="TruncateAll")
    for job in report["jobs"]:
        status = server.status_of(UUID(job["job_id"]))
        if job["outcome"] == "cancelled":
            assert status == "Cancelled"
            assert len(server.cancels(UUID(job["job_id"]))) >= 1
        elif job["outcome"] == "gone":
            assert status is None
        elif job["outcome"] in {"protected", "drifted", "not_attempted"}:
            assert UUID(job["job_id"]) not in asked


def wait_for_cancels(server: Simulator, process: subprocess.Popen[str], count: int) -> None:
    while len(server.requests("DELETE")) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def test_the_main_job_runs_by_environment_variables_alone(
    program_for: Callable[..., Program],
) -> None:
    with Simulator(SimulatorConfig(tls=True)) as server:
        ended = program_for(server).run("run", STUCK, "--yes", "--output", "json")
        report = ended.json
        assert ended.code == 0, ended.err
        assert report["schema"] == "hostscan/run-report/1"
        assert report["counts"]["listed"] == 2134
        assert report["counts"]["planned"] == report["outcomes"]["cancelled"] > 20
        assert_agrees(report, server)
        assert len(server.requests(path="signin")) == 2


def test_a_plan_sends_nothing_that_changes(program_for: Callable[..., Program]) -> None:
    with Simulator(SimulatorConfig()) as server:
        ended = program_for(server).run("plan", STUCK, "--output", "json")
        assert ended.code == 0, ended.err
        assert ended.json["schema"] == "hostscan/plan/1"
        assert {request.method for request in server.requests(path="/api/")} == {"GET"}


def test_without_a_terminal_and_without_yes_the_answer_is_no(
    program_for: Callable[..., Program],
) -> None:
    with Simulator(SimulatorConfig()) as server:
        ended = program_for(server).run("run", STUCK)
        assert ended.code == 7
        assert "--yes" in ended.err
        assert not server.requests("DELETE")


def test_a_limit_refuses_the_whole_run(program_for: Callable[..., Program]) -> None:
    with Simulator(SimulatorConfig()) as server:
        ended = program_for(server).run("run", STUCK, "--yes", "--max-jobs", "3")
        assert ended.code == 7
        assert "max_jobs 3" in ended.err
        assert not server.requests("DELETE")


def test_lost_replies_and_expiring_tokens_end_in_the_truth(
    program_for: Callable[..., Program],
) -> None:
    faults = parse_faults(["lost-reply=0.2", "token-ttl=3"])
    with Simulator(SimulatorConfig(tls=True, faults=faults)) as server:
        ended = program_for(server).run("run", STUCK, "--yes", "--output", "json")
        assert ended.code == 0, ended.err
        assert_agrees(ended.json, server)
        assert ended.json["outcomes"]["uncertain"] == 0


def test_jobs_that_finish_or_vanish_meanwhile_are_told_apart(
    program_for: Callable[..., Program],
) -> None:
    faults = parse_faults(["vanish=0.2", "finish=0.2"])
    with Simulator(SimulatorConfig(faults=faults)) as server:
        ended = program_for(server).run("run", STUCK, "--yes", "--output", "json")
        assert ended.code == 0, ended.err
        assert ended.json["outcomes"]["gone"] > 0
        assert ended.json["outcomes"]["already_finished"] > 0
        assert_agrees(ended.json, server)


def test_a_saved_plan_is_applied_once(program_for: Callable[..., Program]) -> None:
    with Simulator(SimulatorConfig()) as server:
        program = program_for(server, without_code=True)
        assert program.run("plan", STUCK, "--save", "plan.json").code == 0
        first = program.run("apply", "plan.json", "--yes", "--output", "json")
        assert first.code == 0, first.err
        assert_agrees(first.json, server)
        sent = len(server.requests("DELETE"))
        again = program.run("apply", "plan.json", "--yes")
        assert again.code == 7
        assert len(server.requests("DELETE")) == sent


def test_a_plan_edited_by_hand_is_refused(
    program_for: Callable[..., Program], tmp_path: Path
) -> None:
    with Simulator(SimulatorConfig()) as server:
        program = program_for(server, without_code=True)
        program.run("plan", STUCK, "--save", "plan.json")
        path = tmp_path / "plan.json"
        path.write_text(path.read_text().replace('"max_jobs": ', '"max_jobs": 1'))
        ended = program.run("apply", "plan.json", "--yes")
        assert ended.code == 7
        assert "digest" in ended.err
        assert not server.requests("DELETE")


def test_a_killed_run_is_resumed_and_its_report_covers_the_whole_plan(
    program_for: Callable[..., Program],
) -> None:
    with Simulator(SimulatorConfig(faults=parse_faults(["latency=30"]))) as server:
        program = program_for(server, without_code=True)
        process = program.start("run", STUCK, "--yes")
        wait_for_cancels(server, process, 5)
        process.kill()
        process.communicate()
        resumed = program.run("resume", "--yes", "--output", "json")
        assert resumed.code == 0, resumed.err
        report = resumed.json
        assert report["counts"]["planned"] == report["outcomes"]["cancelled"]
        assert_agrees(report, server)
        nothing = program.run("resume", "--output", "json")
        assert nothing.code == 0
        assert nothing.json == {"schema": "hostscan/nothing-to-resume/1"}


def test_ctrl_c_finishes_what_is_in_flight_and_still_reports(
    program_for: Callable[..., Program],
) -> None:
    with Simulator(SimulatorConfig(faults=parse_faults(["latency=50"]))) as server:
        process = program_for(server).start("run", STUCK, "--yes", "--output", "json")
        wait_for_cancels(server, process, 3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert '"not_attempted"' in out


def test_a_wrong_password_is_sent_once_and_not_again_by_the_next_run(
    program_for: Callable[..., Program],
) -> None:
    with Simulator(SimulatorConfig()) as server:
        program = program_for(server, HOSTSCAN_PASSWORD="not-this-one-0123456789")
        assert program.run("run", STUCK, "--yes").code == 4
        ended = program.run("run", STUCK, "--yes")
        assert ended.code == 4
        assert "--retry-sign-in" in ended.err
        assert len(server.requests(path="signin")) == 1


def test_no_secret_is_printed_logged_or_written(
    program_for: Callable[..., Program], tmp_path: Path
) -> None:
    with Simulator(SimulatorConfig()) as server:
        program = program_for(server, without_code=True)
        ended = program.run("-vv", "run", STUCK, "--yes", *QUICK, "--log-file", "log.txt")
        assert ended.code == 0, ended.err
        admin = server.accounts.admin
        written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        everything = b"".join([ended.out.encode(), ended.err.encode(), *written])
        for secret in (admin.password, admin.totp_secret, "eyJhbGciOi"):
            assert secret
            assert secret.encode() not in everything
