from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from hostscan_automation.cli.progress import BarProgress, LineProgress, progress_on
from hostscan_automation.cli.render import Screen
from tests.unit.cli.screens import Paper

if TYPE_CHECKING:
    from hostscan_automation.runs.progress import Progress


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = 100.0

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.moment += seconds
        return event.is_set()


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def lines(paper: Paper, hands: Hands) -> LineProgress:
    return LineProgress(Screen(paper, environ={}), hands)


def test_what_is_over_within_a_second_says_nothing(
    lines: LineProgress, paper: Paper, hands: Hands
) -> None:
    lines.stage("listing", None)
    hands.sleep(0.9)
    lines.advance(2134)
    lines.end()

    assert paper.text == ""


def test_longer_work_tells_done_failed_rate_and_time_left(
    lines: LineProgress, paper: Paper, hands: Hands
) -> None:
    lines.stage("cancelling", 400)
    hands.sleep(2)
    lines.advance(40, 2)

    assert paper.text == "cancelling: 40 of 400, 2 failed, 20.0/s, 18 s left\n"


def test_lines_come_ever_more_rarely_and_the_last_tells_how_long_it_took(
    lines: LineProgress, paper: Paper, hands: Hands
) -> None:
    lines.stage("cancelling", 600)
    for _ in range(600):
        hands.sleep(1)
        lines.advance()
    lines.end()

    assert 5 <= len(paper.lines) <= 14
    assert paper.lines[-1] == "cancelling: 600 of 600, took 10 min"


def test_work_of_unknown_length_has_no_time_left(
    lines: LineProgress, paper: Paper, hands: Hands
) -> None:
    lines.stage("listing", None)
    hands.sleep(1)
    lines.advance(0)
    hands.sleep(10)
    lines.advance(2134)

    assert paper.lines == ["listing: 0", "listing: 2,134, 194.0/s"]


def test_a_new_stage_ends_the_one_before_and_begins_from_nothing(
    lines: LineProgress, paper: Paper, hands: Hands
) -> None:
    lines.stage("listing", None)
    hands.sleep(2)
    lines.advance(10)
    lines.stage("details", 5)
    lines.advance(5)
    lines.end()

    assert paper.lines == ["listing: 10, 5.0/s", "listing: 10, took 2.0 s"]


def test_a_note_is_told_at_once_and_made_plain(lines: LineProgress, paper: Paper) -> None:
    lines.note("server asks to wait\x1b[2J")

    assert paper.text == "server asks to wait\\x1b[2J\n"


def test_counting_without_a_stage_says_nothing(lines: LineProgress, paper: Paper) -> None:
    lines.advance()
    lines.end()

    assert paper.text == ""


def test_leaving_ends_the_stage_also_when_something_went_wrong(
    lines: LineProgress, paper: Paper, hands: Hands
) -> None:
    with pytest.raises(KeyboardInterrupt), lines:  # noqa: PT012 - the interrupt comes in mid-work
        lines.stage("cancelling", 10)
        hands.sleep(3)
        lines.advance(4)
        raise KeyboardInterrupt

    assert paper.lines[-1] == "cancelling: 4 of 10, took 3.0 s"


def terminal(hands: Hands, delay_s: float) -> tuple[Paper, BarProgress]:
    paper = Paper(is_terminal=True)
    screen = Screen(paper, environ={"TERM": "xterm"}, width=100)
    return paper, BarProgress(screen, hands, delay_s)


def wait_for(paper: Paper, text: str) -> None:
    until = time.monotonic() + 5
    while text not in paper.text and time.monotonic() < until:
        threading.Event().wait(0.01)
    assert text in paper.text


def test_a_terminal_shows_nothing_of_quick_work(hands: Hands) -> None:
    paper, bar = terminal(hands, delay_s=60)
    with bar:
        bar.stage("listing", 10)
        bar.advance(10)

    assert paper.text == ""


def test_a_terminal_shows_a_bar_also_while_the_first_answer_is_awaited(hands: Hands) -> None:
    paper, bar = terminal(hands, delay_s=0.0)
    with bar:
        bar.stage("listing", None)
        wait_for(paper, "listing")


def test_a_bar_moves_tells_how_far_it_is_and_goes_away(hands: Hands) -> None:
    paper, bar = terminal(hands, delay_s=0.0)
    with bar:
        bar.stage("cancelling", 400)
        wait_for(paper, "0 of 400")
        hands.sleep(2)
        bar.advance(40, 2)
        wait_for(paper, "40 of 400, 2 failed, 20.0/s, 18 s left")
        bar.note("server asks to wait")
        wait_for(paper, "server asks to wait")

    assert paper.raw_text.endswith("\x1b[2K")  # the line is wiped
    assert "\x1b[?25h" in paper.raw_text  # and the cursor is back


def test_a_bar_is_not_drawn_for_every_job(hands: Hands) -> None:
    moves = 0

    class Counting(BarProgress):
        @override
        def _move(self, stage: object, now: float) -> None:
            nonlocal moves
            moves += 1

    screen = Screen(Paper(is_terminal=True), environ={"TERM": "xterm"})
    with Counting(screen, hands, delay_s=60) as bar:
        bar.stage("listing", None)
        for _ in range(10_000):
            hands.moment += 0.0001
            bar.advance()

    assert 9 <= moves <= 12


def test_a_bar_that_was_ended_before_it_was_shown_stays_away(hands: Hands) -> None:
    paper, bar = terminal(hands, delay_s=60)
    bar.stage("listing", 10)
    stage = bar._stage
    bar.end()
    assert stage is not None
    bar._show(stage)
    bar.advance()

    assert paper.text == ""


def test_the_stream_decides_what_progress_looks_like(hands: Hands) -> None:
    console = Screen(Paper(is_terminal=True), environ={"TERM": "xterm"})
    simple = Screen(Paper(is_terminal=True), environ={"TERM": "dumb"})
    found: list[Progress] = [
        progress_on(console, hands),
        progress_on(simple, hands),
        progress_on(Screen(Paper(), environ={}), hands),
    ]

    assert [type(one) for one in found] == [BarProgress, LineProgress, LineProgress]


def test_a_closed_stream_gets_no_progress_and_no_error(hands: Hands) -> None:
    paper = Paper()
    screen = Screen(paper, environ={})
    paper.close()
    with progress_on(screen, hands) as progress:
        progress.stage("cancelling", 3)
        hands.sleep(5)
        progress.advance(3)
