from __future__ import annotations

import pytest

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.breaker import Breaker


def test_opens_after_so_many_failed_or_uncertain_in_a_row() -> None:
    breaker = Breaker(3)
    assert not breaker.count(Outcome.FAILED)
    assert not breaker.count(Outcome.UNCERTAIN)
    assert breaker.count(Outcome.FAILED)


@pytest.mark.parametrize("outcome", [o for o in Outcome if not o.counts_for_breaker])
def test_any_other_outcome_begins_a_new_row(outcome: Outcome) -> None:
    breaker = Breaker(2)
    for one in (Outcome.FAILED, outcome, Outcome.FAILED):
        assert not breaker.count(one)
    assert breaker.count(Outcome.FAILED)


def test_stays_open() -> None:
    breaker = Breaker(1)
    breaker.count(Outcome.FAILED)
    assert breaker.count(Outcome.CANCELLED)
    assert breaker.is_open


def test_a_limit_below_one_counts_as_one() -> None:
    breaker = Breaker(0)
    assert not breaker.is_open
    assert breaker.count(Outcome.UNCERTAIN)
