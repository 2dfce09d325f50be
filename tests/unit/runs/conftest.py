"""A journal in a folder of its own, on a clock that tests own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.runs.journal import Journal
from tests.unit.runs.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def counting() -> Callable[[], float]:
    """Return numbers that are all different, so that names of runs are."""
    drawn = iter(range(16**6))
    return lambda: next(drawn) / 16**6


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Iterator[Journal]:
    with Journal(tmp_path / "state", clock=clock, chance=counting()) as journal:
        yield journal
