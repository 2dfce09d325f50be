from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.jobs.drift import still_matches
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.protection import compile_protection
from hostscan_automation.jobs.selection import Action, Selection, Step
from hostscan_automation.jobs.status import JobStatus
from tests.unit.jobs.samples import NOW, a_host, a_job, ago, plan_of, row_of

if TYPE_CHECKING:
    from hostscan_automation.jobs.job import ScanJob

SELECTION = Selection(
    (
        Step("look", compile_filter({"created_by": "observer"}), Action.LIST),
        Step(
            "stuck",
            compile_filter(
                {
                    "status": ["Queued", "Running"],
                    "created": {"older_than": "6h"},
                    "any_host": {"name": {"glob": "lab-*"}},
                }
            ),
        ),
        Step("paused", compile_filter({"status": "Paused"})),
    ),
    compile_protection([{"any_host": {"status": "Running"}}], origin="playbook"),
)
JOB = a_job()
(PLANNED,) = plan_of(SELECTION, [JOB]).jobs


def test_a_job_that_is_as_it_was_may_be_cancelled() -> None:
    assert PLANNED.step == "stuck"
    assert still_matches(SELECTION, PLANNED, JOB, NOW) is None


def test_a_job_that_moved_on_and_still_matches_may_be_cancelled() -> None:
    assert still_matches(SELECTION, PLANNED, replace(JOB, status=JobStatus.RUNNING), NOW) is None


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (replace(JOB, status=JobStatus.COMPLETE), "has ended: Complete"),
        (
            replace(JOB, hosts=(*(JOB.hosts or ()), a_host("web-1"))),
            "its hosts changed since the plan",
        ),
        (replace(JOB, created=ago(hours=1)), "no longer matches step 'stuck'"),
        (replace(JOB, status=JobStatus.SCHEDULED), "no longer matches step 'stuck'"),
        (replace(JOB, status=JobStatus.PAUSED), "now belongs to step 'paused'"),
        (replace(JOB, created_by="Observer"), "now belongs to step 'look'"),
        (
            replace(JOB, status=None, status_text="17"),
            (
                "cannot be decided any more: status is not known,"
                " for (has not ended: part of every cancel step)"
            ),
        ),
        (
            replace(JOB, created=None),
            "cannot be decided any more: created is not known, for created: {older_than: 6h}",
        ),
        (
            replace(JOB, hosts=(a_host(status=JobStatus.RUNNING),)),
            "now protected by playbook: any_host: {status: Running}",
        ),
        (row_of(JOB), "list and detail do not agree on its hosts, so it cannot be decided"),
    ],
)
def test_a_job_that_is_not_what_was_planned_says_why(job: ScanJob, reason: str) -> None:
    assert still_matches(SELECTION, PLANNED, job, NOW) == reason


def test_ages_are_taken_by_the_time_given() -> None:
    earlier = NOW - timedelta(hours=3)
    assert still_matches(SELECTION, PLANNED, JOB, earlier) == "no longer matches step 'stuck'"
