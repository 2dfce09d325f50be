from __future__ import annotations

from dataclasses import replace

from hostscan_automation.cli.render_plan import names_text, show_plan
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import PlannedStep, UndecidedJob
from tests.unit.cli.screens import on_terminal, shown
from tests.unit.reports.samples import (
    STARTED,
    STEP,
    hostile_run,
    job,
    job_id,
    listed_job,
    plan,
    planned,
)


def test_the_first_line_is_the_sentence_and_the_jobs_follow() -> None:
    made = plan([planned(job(1, Outcome.PROTECTED)), planned(job(2))])
    lines = shown(lambda screen: show_plan(screen, made)).splitlines()

    assert lines[0] == "1 job on 1 host; 1 protected by profile nps01"
    assert lines[2].split() == ["Job", "Status", "Plan", "Hosts"]
    assert lines[3].split() == [str(job_id(2)), "Queued", "cancel", "lab-002"]
    assert lines[4].split() == [str(job_id(1)), "Queued", "protected", "lab-001"]


def test_a_long_plan_shows_fifty_jobs_and_says_how_many_more() -> None:
    made = plan(planned(job(number)) for number in range(262))
    text = shown(lambda screen: show_plan(screen, made))

    assert text.count("lab-") == 50
    assert "... and 212 more (use --output json or --save for all)" in text


def test_server_account_limits_and_validity_are_told() -> None:
    text = shown(lambda screen: show_plan(screen, plan([planned(job(1))])))

    assert "Server:   https://nps01.lab.example:6500 as LAB\\svc-hostscan" in text
    assert "Playbook: cancel-stuck-scans (sha256:abababababab)" in text
    assert "Found:    1 matched of 2,134 listed" in text
    assert "Limits:   at most 200 jobs" in text
    assert "Pace:     8 workers, 20 a second" in text
    assert "holds until 2026-03-01 23:15:04 UTC" in text


def test_nothing_matched_teaches_which_clause_left_nothing() -> None:
    text = shown(lambda screen: show_plan(screen, plan()))

    assert text.startswith("nothing to cancel\n")
    assert "Nothing matched. 2,134 jobs on the server" in text
    assert f"  {STEP}\n    status is Queued or Pending: 214 left\n" in text
    assert "    every host name matches lab-*: 0 left\n" in text
    assert "Pace:" not in text


def test_refusals_stand_at_the_end_one_on_each_line() -> None:
    made = plan([planned(job(1))], refusals=("37 jobs are more than max_jobs 20", "role missing"))
    lines = shown(lambda screen: show_plan(screen, made)).splitlines()

    assert lines[-2:] == ["refused: 37 jobs are more than max_jobs 20", "refused: role missing"]


def test_hosts_that_no_clause_named_are_pointed_out() -> None:
    jobs = [
        planned(job(1, hosts=("lab-1", "sql-7"), collateral_hosts=("sql-7",))),
        planned(job(2, Outcome.PROTECTED, collateral_hosts=("dc01",))),
    ]
    text = shown(lambda screen: show_plan(screen, plan(jobs)))

    assert "1 host in these jobs that no clause named would lose a scan too: sql-7\n" in text


def test_undecided_jobs_are_listed_with_clause_and_field() -> None:
    undecided = tuple(
        UndecidedJob(job_id(number), STEP, "ip: {cidr: 10.0.0.0/16}", "ip") for number in range(60)
    )
    text = shown(lambda screen: show_plan(screen, plan([], undecided=undecided)))

    assert "Undecided, so left alone" in text
    assert text.count("ip: {cidr: 10.0.0.0/16}") == 50
    assert "... and 10 more" in text


def test_several_steps_are_told_apart_and_known_ages_are_shown() -> None:
    made = plan([replace(planned(job(1)), created=STARTED), planned(listed_job(2))])
    steps = (*made.steps, PlannedStep("failed last night", "list", 1, 0))
    text = shown(lambda screen: show_plan(screen, replace(made, steps=steps)))
    heading = text.splitlines()[2].split()

    assert heading == ["Job", "Status", "Created", "Plan", "Hosts", "Step"]
    assert "2026-03-01 22:15:04 UTC" in text
    assert "list only" in text
    assert [line.split() for line in text.splitlines() if line.startswith("failed last night")] == [
        ["failed", "last", "night", "list", "1", "0"]
    ]


def test_scheduled_jobs_have_a_line_of_their_own() -> None:
    made = plan([planned(job(1, status_before="Scheduled"))])

    assert "\n1 job in status Scheduled:" in shown(lambda screen: show_plan(screen, made))


def test_a_hostile_plan_can_be_shown_on_a_terminal() -> None:
    paper = on_terminal(lambda screen: show_plan(screen, hostile_run().plan), width=120)

    assert r"\u202egpj.exe" in paper.text
    assert "\x1b" not in paper.text


def test_many_names_are_shortened() -> None:
    assert names_text(("a", "b")) == "a, b"
    assert names_text(tuple("abcdef")) == "a, b, c, d and 2 more"
    assert names_text(()) == ""
