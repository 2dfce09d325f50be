from __future__ import annotations

import pytest

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.reports.wording import (
    OUTCOME_MEANINGS,
    OUTCOME_WORDS,
    PRESSING_FIRST,
    counted,
    duration_text,
    moment_text,
    rate_text,
)
from tests.unit.reports.samples import STARTED


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.97, "10 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3725, "1 h 2 min"),
        (90_000, "25 h"),
    ],
)
def test_a_duration_reads_as_a_person_says_it(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_counts_agree_with_their_noun() -> None:
    assert counted(1, "job") == "1 job"
    assert counted(0, "job") == "0 jobs"
    assert counted(2134, "job") == "2,134 jobs"
    assert counted(2, "is", "are") == "2 are"


def test_times_are_told_in_utc_and_a_missing_one_is_a_dash() -> None:
    assert moment_text(STARTED) == "2026-03-01 22:15:04 UTC"
    assert moment_text(None) == "-"
    assert rate_text(None) == "-"
    assert rate_text(12.34) == "12.3 cancels a second"


def test_every_outcome_has_its_words_its_meaning_and_its_place() -> None:
    assert set(OUTCOME_WORDS) == set(OUTCOME_MEANINGS) == set(PRESSING_FIRST) == set(Outcome)
    assert len(PRESSING_FIRST) == len(Outcome)
