from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from hostscan_automation.api.client import HostScanClient
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.signin_methods import BearerSignIn
from hostscan_automation.cli.acting import TerminalRun
from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.invocation import Invocation
from hostscan_automation.cli.runs_commands import open_journal
from hostscan_automation.errors import ApiError, JournalError
from hostscan_automation.runner import Guard, Runner
from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults
from tests.unit.cli.conftest import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hostscan_automation.runs.record import RunRecord
    from tests.unit.cli.conftest import Ended, Terminal

QUICK = "execute: {rate: unlimited, canary: 0, confirm: 20s}"
PLAYBOOK = """\
version: 1
name: quick
vars: {name: "lab-*"}
steps:
  - name: waiting
    select: {status: [Queued, Pending], any_host: {name: {glob: {var: name}}}}
%s
"""


def site(*faults: str, jobs: int = 120) -> Simulator:
    config = SimulatorConfig(
        jobs=jobs, seed=5, cancel_delay_s=(0.0, 0.1), faults=parse_faults(faults)
    )
    return Simulator(config)


def at(terminal: Terminal, server: Simulator) -> Terminal:
    terminal.environ |= {
        "HOSTSCAN_SERVER": server.url,
        "HOSTSCAN_TOKEN": server.accounts.application.password,
    }
    return terminal


@pytest.fixture
def lab() -> Iterator[Simulator]:
    with site() as server:
        yield server


@pytest.fixture
def large() -> Iterator[Simulator]:
    with site(jobs=800) as server:
        yield server


@pytest.fixture
def playbook(tmp_path: Path) -> Callable[..., str]:
    def write(execute: str = QUICK, text: str = PLAYBOOK) -> str:
        path = tmp_path / "play book.yaml"
        path.write_text(text % execute, encoding="utf-8")
        return str(path)

    return write


def planned(terminal: Terminal, playbook: str) -> dict[str, Any]:
    ended = terminal.run("plan", playbook, "--output", "json")
    assert ended.code == 0, ended.err
    plan: dict[str, Any] = json.loads(ended.out)
    return plan


def report_of(ended: Ended) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(ended.out)
    assert report["schema"] == "hostscan/run-report/1"
    return report


class TestRun:
    def test_the_plan_is_shown_the_number_is_asked_for_and_the_report_is_told(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        at(terminal, lab)
        count = planned(terminal, playbook())["counts"]["planned"]
        assert 0 < count <= 25
        terminal.is_terminal, terminal.typed = True, "y\n"
        ended = terminal.run("run", playbook(), "--reason", "CHG1")
        assert ended.code == 0, ended.err
        assert f"Cancel {count} jobs? [y/N] " in ended.err
        assert ended.err.index("Limits:") < ended.err.index("[y/N]")
        assert f"{count} of {count} jobs cancelled" in ended.out
        assert len(lab.cancels()) == count

    @pytest.mark.parametrize("typed", ["n\n", "", "20\n"])
    def test_another_answer_sends_nothing(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], typed: str
    ) -> None:
        at(terminal, lab)
        terminal.is_terminal, terminal.typed = True, typed
        ended = terminal.run("run", playbook())
        assert (ended.code, ended.out) == (7, "")
        assert "declined: nothing was sent" in ended.err
        assert not lab.requests("DELETE")

    def test_json_is_all_there_is_on_stdout(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        ended = at(terminal, lab).run("run", playbook(), "--yes", "-o", "json", "--reason", "why")
        report = report_of(ended)
        assert ended.code == 0
        assert report["reason"] == "why"
        assert report["versions"]["server"] == "25.12.00000"
        assert report["outcomes"]["cancelled"] == len(lab.cancels()) > 0

    def test_jobs_that_are_not_done_end_with_8_and_the_report_is_still_whole(
        self, terminal: Terminal, playbook: Callable[..., str]
    ) -> None:
        quick = "execute: {rate: unlimited, canary: 0, confirm: 1s}"
        with site("never-cancelled=1") as server:
            ended = at(terminal, server).run("run", playbook(quick), "--yes", "-o", "json")
        assert ended.code == 8
        assert report_of(ended)["outcomes"]["accepted"] > 0

    def test_a_dry_run_is_a_plan(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        at(terminal, lab)
        ended = terminal.run("run", playbook(), "--dry-run", "-o", "json")
        assert ended.code == 0
        assert json.loads(ended.out)["schema"] == "hostscan/plan/1"
        refused = terminal.run("run", playbook(), "--dry-run", "-o", "json", "--max-jobs", "1")
        assert refused.code == 7
        assert json.loads(refused.out)["refusals"]
        assert not lab.requests("DELETE")

    def test_nothing_matched_is_done_or_9_as_asked(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        at(terminal, lab)
        none = (playbook(), "--var", "name=nobody", "-o", "json")
        for command in (("plan",), ("run", "--yes")):
            assert terminal.run(*command, *none).code == 0
            ended = terminal.run(*command, *none, "--require-match")
            assert ended.code == 9
            assert json.loads(ended.out)["counts"]["matched"] == 0
        assert not lab.requests("DELETE")

    def test_reports_are_written_where_playbook_and_flags_say(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], tmp_path: Path
    ) -> None:
        file = playbook(f'{QUICK}\nreport: [{{format: csv, path: "out/{{name}}.csv"}}]')
        flag = f"html:{tmp_path}/{{run_id}}.html"
        ended = at(terminal, lab).run("run", file, "--yes", "--report", flag, "-o", "json")
        assert ended.code == 0, ended.err
        run_id = report_of(ended)["run_id"]
        assert (tmp_path / "out" / "quick.csv").exists()
        assert (tmp_path / f"{run_id}.html").read_text(encoding="utf-8").startswith("<!DOCTYPE")
        assert f"{run_id}.html" in ended.err

    def test_a_report_that_could_not_be_written_stops_the_run_before_the_question(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], tmp_path: Path
    ) -> None:
        at(terminal, lab)
        terminal.is_terminal, terminal.typed = True, "y\n"
        ended = terminal.run("run", playbook(), "--report", f"html:{tmp_path}")
        assert ended.code == 3
        assert "[y/N]" not in ended.err
        assert terminal.run("run", playbook(), "--report", "pdf:x.pdf").code == 2
        assert not lab.requests("DELETE")

    def test_a_report_that_cannot_be_written_afterwards_is_said_and_changes_nothing(
        self,
        terminal: Terminal,
        lab: Simulator,
        playbook: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        # as if its folder had been taken away while the run was at work
        monkeypatch.setattr("hostscan_automation.cli.acting.check_places", lambda *_: None)
        (tmp_path / "file").write_text("", encoding="utf-8")
        flag = f"json:{tmp_path}/file/report.json"
        ended = at(terminal, lab).run("run", playbook(), "--yes", "--report", flag)
        assert ended.code == 0
        assert "was not written" in ended.out
        assert lab.cancels()

    def test_a_profile_is_the_ceiling_and_its_protection_holds(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], tmp_path: Path
    ) -> None:
        at(terminal, lab)
        jobs = planned(terminal, playbook())["jobs"]
        host = jobs[0]["hosts"][0]
        (tmp_path / "config.toml").write_text(
            f'default_profile = "p"\n[profiles.p]\nlimits = {{max_jobs = {len(jobs) - 2}}}\n'
            f'[[profiles.p.protect]]\nany_host = {{name = "{host}"}}\n',
            encoding="utf-8",
        )
        plan = terminal.run("plan", playbook(), "--output", "json")
        held = [job for job in json.loads(plan.out)["jobs"] if job["disposition"] == "protected"]
        assert jobs[0]["job_id"] in [job["job_id"] for job in held]
        assert all("profile p" in job["protected_by"] for job in held)
        high = terminal.run("run", playbook(), "--yes", "--max-jobs", "9999")
        assert high.code == (7 if len(held) < 2 else 0)

    def test_a_faulty_playbook_is_told_before_a_server_is_needed(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        ended = terminal.run("run", str(tmp_path / "none.yaml"))
        assert ended.code == 6
        assert "does not exist" in ended.err


class TestCancel:
    def active(self, terminal: Terminal) -> list[dict[str, Any]]:
        ended = terminal.run("jobs", "list", "--status", "Queued,Running", "-o", "json")
        jobs: list[dict[str, Any]] = json.loads(ended.out)["jobs"]
        return jobs

    def test_ids_go_through_plan_question_and_journal(
        self, terminal: Terminal, lab: Simulator
    ) -> None:
        ids = [job["id"] for job in self.active(at(terminal, lab))[:2]]
        terminal.typed = f"{ids[0]}\n"
        ended = terminal.run("jobs", "cancel", "-", ids[1], "--yes", "-o", "json")
        assert ended.code == 0, ended.err
        report = report_of(ended)
        assert {job["job_id"] for job in report["jobs"]} == set(ids)
        assert report["playbook"]["name"] == "jobs cancel"
        shown = terminal.run("runs", "show", report["run_id"], "-o", "json")
        assert json.loads(shown.out) == report

    def test_ids_that_are_not_selected_are_told(self, terminal: Terminal, lab: Simulator) -> None:
        job = self.active(at(terminal, lab))[0]["id"]
        unknown = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
        ended = terminal.run("jobs", "cancel", job, unknown, "--dry-run")
        assert ended.code == 0
        assert "1 of 2 jobs not selected" in ended.err
        assert unknown in ended.err

    def test_without_yes_a_person_is_asked(self, terminal: Terminal, lab: Simulator) -> None:
        job = self.active(at(terminal, lab))[0]["id"]
        assert terminal.run("jobs", "cancel", job).code == 7
        terminal.is_terminal, terminal.typed = True, "y\n"
        assert terminal.run("jobs", "cancel", job).code == 0
        assert len(lab.cancels()) == 1

    def test_host_filters_mean_every_host_unless_any_is_said(
        self, terminal: Terminal, large: Simulator
    ) -> None:
        at(terminal, large)
        flags = ("jobs", "cancel", "--host", "lab-*", "--dry-run", "-o", "json")
        every = json.loads(terminal.run(*flags).out)
        some = json.loads(terminal.run(*flags, "--any-host").out)
        for job in every["jobs"]:
            assert all(name.startswith("lab-") for name in job["hosts"])
        assert every["counts"]["matched"] < some["counts"]["matched"]
        assert not large.requests("DELETE")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [((), "which jobs?"), (("-",), "no id"), (("xyz",), "no UUID")],
    )
    def test_saying_nothing_selects_nothing(
        self, terminal: Terminal, arguments: tuple[str, ...], words: str
    ) -> None:
        ended = terminal.run("jobs", "cancel", *arguments, "--yes")
        assert ended.code == 2
        assert words in ended.err

    def test_limits_hold_as_for_a_run(self, terminal: Terminal, large: Simulator) -> None:
        at(terminal, large)
        everything = ("jobs", "cancel", "--where", "all_jobs: true", "--yes")
        ended = terminal.run(*everything)
        assert ended.code == 7
        assert "max_percent" in ended.err
        assert terminal.run(*everything, "--max-jobs", "0").code == 7
        assert not large.requests("DELETE")


class TestApply:
    @pytest.fixture
    def saved(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], tmp_path: Path
    ) -> str:
        path = str(tmp_path / "plan.json")
        ended = at(terminal, lab).run("plan", playbook(), "--save", path)
        assert ended.code == 0, ended.err
        assert f"Saved. To carry it out: hostscan apply {path}" in ended.err
        return path

    def test_a_saved_plan_is_shown_asked_for_and_carried_out(
        self, terminal: Terminal, lab: Simulator, saved: str
    ) -> None:
        terminal.is_terminal, terminal.typed = True, "y\n"
        ended = terminal.run("apply", saved)
        assert ended.code == 0, ended.err
        assert "Limits:" in ended.err
        assert "jobs cancelled" in ended.out
        assert lab.cancels()

    def test_it_is_bound_to_its_server(
        self, terminal: Terminal, lab: Simulator, saved: str
    ) -> None:
        with site() as other:
            ended = at(terminal, other).run("apply", saved, "--yes")
            assert ended.code == 7
            assert lab.url in ended.err
            assert not other.requests("DELETE")

    def test_a_flag_may_lower_its_limit(
        self, terminal: Terminal, lab: Simulator, saved: str
    ) -> None:
        ended = terminal.run("apply", saved, "--yes", "--max-jobs", "1")
        assert ended.code == 7
        assert not lab.requests("DELETE")

    def test_saving_again_replaces_a_plan_and_nothing_else(
        self, terminal: Terminal, saved: str, playbook: Callable[..., str], tmp_path: Path
    ) -> None:
        ended = terminal.run("plan", playbook(), "--save", saved)
        assert ended.code == 0
        assert "Saved in the place of an older plan." in ended.err
        ended = terminal.run("plan", playbook(), "--save", playbook())
        assert ended.code == 3
        assert "is no plan" in ended.err
        ended = terminal.run("plan", playbook(), "--save", str(tmp_path / "no" / "p.json"))
        assert ended.code == 3

    @pytest.mark.parametrize(
        ("content", "code"), [(None, 3), (b"\xff\xfe", 7), (b"[]", 7), (b"{" * 5000, 7)]
    )
    def test_what_is_no_plan_is_refused(
        self, terminal: Terminal, tmp_path: Path, content: bytes | None, code: int
    ) -> None:
        path = tmp_path / "plan.json"
        if content is not None:
            path.write_bytes(content)
        ended = terminal.run("apply", str(path), "--yes")
        assert ended.code == code
        assert "hostscan plan PLAYBOOK --save FILE" in ended.err


class TestExplain:
    def test_each_clause_and_what_it_saw_is_told(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        job = planned(at(terminal, lab), playbook())["jobs"][0]["job_id"]
        ended = terminal.run("plan", playbook(), "--explain", job)
        assert ended.code == 0, ended.err
        assert "Selected by step 'waiting'" in ended.out
        document = json.loads(terminal.run("plan", playbook(), "--explain", job, "-o", "json").out)
        assert document["schema"] == "hostscan/explanation/1"
        assert document["job_id"] == job

    def test_an_id_that_is_none_is_a_usage_error(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        assert at(terminal, lab).run("plan", playbook(), "--explain", "7").code == 2


class TestResume:
    def test_nothing_unfinished_is_said_and_needs_no_server(self, terminal: Terminal) -> None:
        ended = terminal.run("resume", "--output", "json")
        assert ended.code == 0
        assert json.loads(ended.out) == {"schema": "hostscan/nothing-to-resume/1"}
        assert "nothing to resume" in ended.err
        assert terminal.run("resume").out == ""

    def test_a_run_that_was_cut_short_is_asked_for_and_finished(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], tmp_path: Path
    ) -> None:
        slow = playbook(
            "execute: {rate: 2, workers: 1, canary: 0, confirm: 20s, deadline: 1s}\n"
            'report: [{format: json, path: "{run_id}.json"}]'
        )
        first = at(terminal, lab).run("run", slow, "--yes", "-o", "json")
        assert first.code == 8
        report = report_of(first)
        left = report["outcomes"]["not_attempted"]
        assert left > 0
        assert report["state"] == "interrupted"
        assert terminal.run("resume").code == 7
        terminal.is_terminal, terminal.typed = True, "y\n"
        ended = terminal.run("resume", report["run_id"], "-o", "json")
        assert f"{left} of " in ended.err
        whole = report_of(ended)
        assert whole["run_id"] == report["run_id"]
        assert len(whole["jobs"]) == len(report["jobs"])
        assert whole["outcomes"]["not_attempted"] < left
        assert len(list(tmp_path.glob(f"{report['run_id']}*.json"))) == 2

    def test_a_finished_run_and_one_that_never_was(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str]
    ) -> None:
        run_id = report_of(at(terminal, lab).run("run", playbook(), "--yes", "-o", "json"))[
            "run_id"
        ]
        ended = terminal.run("resume", run_id)
        assert ended.code == 0
        assert f"run {run_id} is finished" in ended.err
        assert terminal.run("resume", "20200101-000000-000000").code == 3


class TestRuns:
    def test_runs_are_listed_and_shown_in_every_form(
        self, terminal: Terminal, lab: Simulator, playbook: Callable[..., str], tmp_path: Path
    ) -> None:
        at(terminal, lab).run("run", playbook(), "--yes")
        terminal.run("run", playbook(), "--yes", "--var", "name=nobody")
        del terminal.environ["HOSTSCAN_SERVER"]
        runs = json.loads(terminal.run("runs", "list", "-o", "json").out)["runs"]
        assert [run["counts"]["planned"] > 0 for run in runs] == [False, True]
        table = terminal.run("runs", "list", "--limit", "1")
        assert runs[0]["run_id"] in table.out
        assert "1 older runs" in table.err
        first = runs[1]["run_id"]
        for form, words in (
            ("table", "jobs cancelled"),
            ("markdown", "# "),
            ("html", "<!DOCTYPE"),
            ("csv", "job_id"),
            ("yaml", "schema: hostscan/run-report/1"),
        ):
            ended = terminal.run("runs", "show", first, "--format", form)
            assert words in ended.out, form
        assert runs[0]["run_id"] in terminal.run("runs", "show").out
        saved = tmp_path / "again.html"
        assert terminal.run("runs", "show", first, "--save", str(saved)).code == 0
        assert saved.read_text(encoding="utf-8").startswith("<!DOCTYPE")
        assert terminal.run("runs", "show", "-o", "yaml", "--save", str(saved)).code == 2
        assert terminal.run("runs", "show", "--save", str(tmp_path / "x.pdf")).code == 3

    def test_runs_can_be_read_where_nothing_can_be_written(
        self,
        terminal: Terminal,
        lab: Simulator,
        playbook: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        at(terminal, lab).run("run", playbook(), "--yes")
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert terminal.run("runs", "list").code == 0
        assert "jobs cancelled" in terminal.run("runs", "show").out
        assert terminal.run("resume").code == 3

    def test_without_any_run_that_is_said(self, terminal: Terminal) -> None:
        assert json.loads(terminal.run("runs", "list", "-o", "json").out)["runs"] == []
        ended = terminal.run("runs", "show")
        assert ended.code == 3
        assert "no runs yet" in ended.err


class TestFailuresAfterTheFirstCancel:
    """They must not end with a code that promises that nothing was sent."""

    @pytest.fixture
    def run(self, terminal: Terminal, lab: Simulator, tmp_path: Path) -> Iterator[TerminalRun]:
        environment = Environment(
            Stream(), Stream(), Stream(), terminal.environ, terminal.clock, lambda _: ""
        )
        invocation = Invocation.of(environment)
        method = BearerSignIn(SecretStr(lab.accounts.application.password))
        with (
            HostScanClient(lab.url, method, ledger=SignInLedger(tmp_path)) as client,
            open_journal(invocation) as journal,
        ):
            yield TerminalRun(invocation, client, journal, Guard(), "json")

    def test_before_it_the_error_keeps_its_code(self, run: TerminalRun) -> None:
        def fail(_: Runner) -> RunRecord:
            raise JournalError("disk is full")

        with pytest.raises(JournalError):
            run.play(fail, ())

    def test_after_it_the_code_is_8(self, run: TerminalRun) -> None:
        def fail(_: Runner) -> RunRecord:
            with contextlib.suppress(ApiError):
                run._canceller.cancel_job(uuid4())
            raise JournalError("disk is full")

        assert run.play(fail, ()) == 8
