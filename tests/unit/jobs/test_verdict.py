from __future__ import annotations

from itertools import product

import pytest

from hostscan_automation.jobs.verdict import (
    ANYTHING,
    BOTH,
    EITHER,
    FALSE,
    OPPOSITE,
    TRUE,
    UNDECIDED,
    is_open,
    verdict_text,
)

SETS = range(1, ANYTHING + 1)


def members(possible: int) -> list[int]:
    return [one for one in (TRUE, FALSE, UNDECIDED) if possible & one]


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (TRUE, TRUE, TRUE, TRUE),
        (TRUE, FALSE, FALSE, TRUE),
        (FALSE, FALSE, FALSE, FALSE),
        (UNDECIDED, TRUE, UNDECIDED, TRUE),
        (UNDECIDED, FALSE, FALSE, UNDECIDED),
        (UNDECIDED, UNDECIDED, UNDECIDED, UNDECIDED),
    ],
)
def test_single_verdicts_combine_as_in_three_valued_logic(
    one: int, other: int, both: int, either: int
) -> None:
    assert BOTH[one][other] == BOTH[other][one] == both
    assert EITHER[one][other] == EITHER[other][one] == either


def test_not_undecided_is_undecided() -> None:
    assert OPPOSITE[UNDECIDED] == UNDECIDED
    assert (OPPOSITE[TRUE], OPPOSITE[FALSE]) == (FALSE, TRUE)


@pytest.mark.parametrize(("one", "other"), list(product(SETS, SETS)))
def test_sets_hold_exactly_what_their_members_can_make(one: int, other: int) -> None:
    pairs = list(product(members(one), members(other)))
    assert set(members(BOTH[one][other])) == {BOTH[a][b] for a, b in pairs}
    assert set(members(EITHER[one][other])) == {EITHER[a][b] for a, b in pairs}
    assert set(members(OPPOSITE[one])) == {OPPOSITE[a] for a in members(one)}


def test_only_sets_of_one_are_decided() -> None:
    assert [possible for possible in SETS if not is_open(possible)] == [TRUE, FALSE, UNDECIDED]
    assert verdict_text(UNDECIDED) == "undecided"
    assert verdict_text(TRUE | FALSE) == "not known yet"
