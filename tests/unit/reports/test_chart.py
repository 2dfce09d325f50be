from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.reports.chart import BAR_WIDTH, GAP, NARROWEST, segments


def test_nothing_is_no_bar() -> None:
    assert segments({}) == ()
    assert segments({"cancelled": 0}) == ()


def test_one_outcome_fills_the_bar() -> None:
    (piece,) = segments({"cancelled": 37, "failed": 0})

    assert (piece.x, piece.width) == (0, BAR_WIDTH)


def test_one_job_in_five_thousand_can_still_be_seen() -> None:
    many, one = segments({"cancelled": 4999, "failed": 1})

    assert one.width >= NARROWEST
    assert many.width > 980
    assert one.x == pytest.approx(many.width + GAP, abs=0.02)


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**9), max_size=12))
def test_the_pieces_fill_the_bar_from_left_to_right(counts: dict[str, int]) -> None:
    pieces = segments(counts)

    assert [piece.name for piece in pieces] == [name for name, count in counts.items() if count]
    for left, right in pairwise(pieces):
        assert right.x == pytest.approx(left.x + left.width + GAP, abs=0.02)
    if pieces:
        assert pieces[-1].x + pieces[-1].width == pytest.approx(BAR_WIDTH, abs=0.02)
