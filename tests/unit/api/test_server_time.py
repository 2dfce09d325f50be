from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from hostscan_automation.api.server_time import ServerTime, parse_http_date
from tests.unit.api.account_server import START, FakeClock


def date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def test_until_the_server_was_heard_this_machines_clock_holds(clock: FakeClock) -> None:
    time = ServerTime(clock)
    clock.advance(7)

    assert time.now() == START + timedelta(seconds=7)
    assert time.offset_s == 0


def test_a_difference_of_a_few_seconds_is_none(clock: FakeClock) -> None:
    time = ServerTime(clock)
    time.note(date(START + timedelta(seconds=2)))

    assert time.offset_s == 0
    assert time.now() == START


@pytest.mark.parametrize("ahead_s", [-300, 300, 86_400])
def test_the_servers_time_is_taken_where_the_clocks_differ(
    clock: FakeClock, caplog: pytest.LogCaptureFixture, ahead_s: int
) -> None:
    time = ServerTime(clock)
    time.note(date(START + timedelta(seconds=ahead_s)))
    clock.advance(60)

    expected = START + timedelta(seconds=ahead_s + 60)
    assert abs((time.now() - expected).total_seconds()) < 1
    assert time.offset_s == pytest.approx(ahead_s, abs=1)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_clock_that_is_set_in_mid_run_moves_nothing(clock: FakeClock) -> None:
    time = ServerTime(clock)
    time.note(date(START))
    clock.moment += timedelta(hours=5)

    assert time.now() == START


def test_it_looks_again_after_a_while_only(clock: FakeClock) -> None:
    time = ServerTime(clock)
    time.note(date(START))
    time.note(date(START + timedelta(seconds=600)))
    assert time.offset_s == 0

    clock.advance(11)
    time.note(date(START + timedelta(seconds=611)))
    assert time.offset_s == pytest.approx(600, abs=1)


def test_the_same_difference_is_said_once(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    time = ServerTime(clock)
    for _ in range(5):
        time.note(date(clock.now() + timedelta(seconds=100)))
        clock.advance(20)

    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        "Sun, 99 Nov 2025 14:31:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Wed, 21 Oct 206 07:28:00 GMT",
        "Sun, 23 Nov 99999999999999999999 14:31:00 GMT",
    ],
)
def test_a_header_that_is_no_date_tells_nothing(clock: FakeClock, header: str | None) -> None:
    time = ServerTime(clock)
    time.note(header)

    assert time.now() == START


def test_dates_are_read_with_and_without_their_zone() -> None:
    expected = datetime(2025, 11, 23, 14, 31, tzinfo=UTC)

    assert parse_http_date("Sun, 23 Nov 2025 14:31:00 GMT") == expected
    assert parse_http_date("Sun, 23 Nov 2025 14:31:00 -0000") == expected
    assert parse_http_date("Sun, 23 Nov 2025 16:31:00 +0200") == expected
