from __future__ import annotations

from dataclasses import replace

from hostscan_automation.jobs.limits import ExecuteOptions
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import UndecidedJob
from hostscan_automation.reports.plan_words import (
    clause_lines,
    limits_text,
    pace_text,
    plan_notes,
    plan_sentence,
)
from tests.unit.reports.samples import STEP, job, job_id, listed_job, plan, planned


def test_a_plan_is_told_in_one_sentence() -> None:
    jobs = [job(number) for number in range(1, 33)]
    jobs += [job(number, status_before="Running", hosts=("a", "b")) for number in range(33, 36)]
    jobs += [job(number, status_before="Scheduled") for number in range(36, 38)]
    jobs += [job(number, Outcome.PROTECTED) for number in range(40, 52)]
    undecided = tuple(UndecidedJob(job_id(number), STEP, "ip: x", "ip") for number in range(6))

    assert plan_sentence(plan(map(planned, jobs), undecided=undecided)) == (
        "37 jobs on 36 hosts; 3 of them running; 6 undecided (ip missing);"
        " 12 protected by profile nps01; 2 Scheduled"
    )


def test_protections_are_told_apart_and_lists_are_counted() -> None:
    held = planned(job(1, Outcome.PROTECTED))
    jobs = [
        held,
        planned(job(2, Outcome.PROTECTED)),
        replace(held, protected_by="playbook"),
        replace(held, protected_by=None),
        planned(listed_job(5)),
    ]
    assert plan_sentence(plan(jobs)) == (
        "nothing to cancel; 2 protected by profile nps01; 1 protected by playbook;"
        " 1 protected by a protect clause; 1 only listed"
    )


def test_every_missing_field_is_named_once() -> None:
    undecided = (
        UndecidedJob(job_id(1), STEP, "c", "ip"),
        UndecidedJob(job_id(2), STEP, "c", "created"),
        UndecidedJob(job_id(3), STEP, "c", "ip"),
    )
    assert plan_sentence(plan([], undecided=undecided)).endswith(
        "3 undecided (created, ip missing)"
    )


def test_scheduled_and_ended_jobs_have_a_line_of_their_own() -> None:
    made = plan([planned(job(1, status_before="Scheduled"))])
    steps = (replace(made.steps[0], ended=1),)

    assert plan_notes(replace(made, steps=steps)) == (
        "1 job in status Scheduled: meant, because the playbook names that status.",
        "1 more job has ended already and cannot be cancelled.",
    )
    assert plan_notes(plan([planned(job(1))])) == ()
    more = (replace(made.steps[0], ended=2),)
    assert "2 more jobs have ended" in " ".join(plan_notes(replace(made, steps=more)))


def test_limits_and_pace_are_told_with_their_numbers() -> None:
    made = plan([planned(job(1))])

    assert limits_text(made) == (
        "at most 200 jobs, and above 20 jobs at most 50 % of the 400 that could be cancelled"
    )
    assert pace_text(made) == (
        "8 workers, 20 a second; looks for up to 2 min whether they are cancelled"
    )
    hasty = replace(made, execute=ExecuteOptions(workers=1, rate=None, confirm_s=0, canary=5))
    assert pace_text(hasty) == (
        "1 worker, as fast as the server allows, 5 of them first;"
        " does not look whether they are cancelled"
    )


def test_each_clause_says_how_many_it_left() -> None:
    assert clause_lines(plan().steps[0]) == (
        "status is Queued or Pending: 214 left",
        "every host name matches lab-*: 0 left",
    )
