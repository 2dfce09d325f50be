from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import UndecidedJob
from hostscan_automation.reports.advice import next_steps
from hostscan_automation.reports.summary import summarize
from hostscan_automation.runs.record import RunState
from tests.unit.reports.samples import (
    RUN_ID,
    STARTED,
    STEP,
    job,
    job_id,
    listed_job,
    mixed_run,
    run,
)


def test_every_outcome_is_counted_also_those_that_did_not_occur() -> None:
    summary = summarize(run([job(1), job(2), job(3, Outcome.GONE)]))

    assert set(summary.outcomes) == set(Outcome)
    assert summary.outcomes[Outcome.CANCELLED] == 2
    assert summary.outcomes[Outcome.GONE] == 1
    assert sum(summary.outcomes.values()) == 3


def test_the_headline_tells_cancelled_needless_and_what_is_left() -> None:
    assert summarize(mixed_run()).headline == (
        "24 of 32 jobs cancelled, 3 needed no cancel, 5 need a look."
    )


@pytest.mark.parametrize(
    ("jobs", "headline"),
    [
        ([], "Nothing matched: no job was touched."),
        ([job(1)], "1 of 1 job cancelled."),
        ([job(1, Outcome.FAILED)], "0 of 1 job cancelled, 1 needs a look."),
        ([job(1), job(2, None)], "1 of 2 jobs cancelled, 1 still open."),
        ([listed_job(1)], "1 job matched, none of them to be cancelled."),
        ([job(1, Outcome.PROTECTED)], "1 job matched, none of them to be cancelled."),
    ],
)
def test_the_headline_fits_the_run(jobs: list[object], headline: str) -> None:
    assert summarize(run(jobs)).headline == headline  # type: ignore[arg-type]


def test_a_run_with_an_open_or_failed_job_is_not_all_done() -> None:
    assert summarize(run([job(1), job(2, Outcome.DRIFTED)])).is_all_done
    assert not summarize(run([job(1), job(2, None)])).is_all_done
    assert not summarize(run([job(1), job(2, Outcome.ACCEPTED)])).is_all_done


def test_duration_and_rate_count_what_was_sent() -> None:
    summary = summarize(run([job(1), job(2), job(3, Outcome.DRIFTED, attempts=0)]))

    assert summary.duration_s == 8.5
    assert summary.rate == pytest.approx(2 / 8.5)


def test_an_open_run_has_no_duration() -> None:
    summary = summarize(run([job(1, None)], state=RunState.OPEN, finished_at=None))

    assert summary.duration_s is None
    assert summary.rate is None
    assert summary.open_jobs == 1


def test_a_clock_set_back_in_mid_run_makes_no_negative_duration() -> None:
    summary = summarize(run([job(1)], finished_at=STARTED - timedelta(hours=1)))

    assert summary.duration_s == 0
    assert summary.rate is None


def test_earlier_statuses_and_failure_reasons_are_counted_commonest_first() -> None:
    jobs = [
        job(1, status_before="Running", failure_reasons=("AccessDenied",)),
        job(2, failure_reasons=("AccessDenied", "ActionTimeout")),
        job(3),
    ]
    summary = summarize(run(jobs))

    assert list(summary.statuses.items()) == [("Queued", 2), ("Running", 1)]
    assert list(summary.failure_reasons.items()) == [("AccessDenied", 2), ("ActionTimeout", 1)]


def test_the_ten_slowest_calls_stand_slowest_first() -> None:
    summary = summarize(run(job(number) for number in range(1, 31)))

    assert [record.job_id for record in summary.slowest] == [job_id(n) for n in range(30, 20, -1)]


def test_only_hosts_whose_scan_may_have_ended_are_collateral() -> None:
    jobs = [
        job(1, collateral_hosts=("sql-2", "sql-1")),
        job(2, Outcome.UNCERTAIN, collateral_hosts=("sql-3", "sql-1")),
        job(3, Outcome.PROTECTED, collateral_hosts=("dc01",)),
        job(4, Outcome.NOT_ATTEMPTED, collateral_hosts=("sql-9",)),
    ]
    assert summarize(run(jobs)).collateral_hosts == ("sql-1", "sql-2", "sql-3")


def test_undecided_jobs_limits_and_versions_are_kept() -> None:
    record = run([job(1)])
    undecided = (UndecidedJob(job_id(9), STEP, "created", "created"),)
    summary = summarize(replace(record, plan=replace(record.plan, undecided=undecided)))

    assert summary.undecided == undecided
    assert summary.limits.max_jobs == 200
    assert summary.versions["server"] == "25.12.00000"
    assert summarize(run([], versions=None)).versions == {}


def test_what_needs_a_look_comes_with_what_to_do_most_pressing_first() -> None:
    steps = summarize(mixed_run()).next_steps

    assert [step.outcome for step in steps] == [
        Outcome.UNCERTAIN,
        Outcome.FAILED,
        Outcome.REFUSED,
        Outcome.ACCEPTED,
        Outcome.DRIFTED,
        Outcome.NOT_ATTEMPTED,
    ]
    assert f"`hostscan resume {RUN_ID}`" in steps[-1].text


def test_every_outcome_that_is_not_done_has_an_advice() -> None:
    for outcome in Outcome:
        counts = dict.fromkeys(Outcome, 0) | {outcome: 3}
        steps = next_steps(RUN_ID, counts, 0)
        if not outcome.is_done:
            assert [(step.outcome, step.count) for step in steps] == [(outcome, 3)]


def test_open_jobs_are_resumed_and_a_clean_run_needs_nothing() -> None:
    (step,) = next_steps(RUN_ID, dict.fromkeys(Outcome, 0), 4)

    assert step.outcome is None
    assert f"hostscan resume {RUN_ID}" in step.text
    assert summarize(run([job(1)])).next_steps == ()
