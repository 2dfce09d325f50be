from __future__ import annotations

from hostscan_automation.jobs.outcome import Outcome


def test_outcomes_are_done_or_leave_something_to_do() -> None:
    assert {outcome for outcome in Outcome if not outcome.is_done} == {
        Outcome.ACCEPTED,
        Outcome.REFUSED,
        Outcome.FAILED,
        Outcome.UNCERTAIN,
        Outcome.NOT_ATTEMPTED,
    }


def test_only_failures_and_uncertainty_stop_a_run() -> None:
    assert {outcome for outcome in Outcome if outcome.counts_for_breaker} == {
        Outcome.FAILED,
        Outcome.UNCERTAIN,
    }
