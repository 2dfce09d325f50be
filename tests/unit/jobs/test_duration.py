from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hostscan_automation.jobs.duration import age_text, duration_text, parse_duration, parse_moment

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("90m", 5400), ("6h", 21_600), (" 2d ", 172_800), ("1w", 604_800), ("0s", 0)],
)
def test_durations_are_read_in_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "6", "6 h", "h", "-6h", "1.5h", "6H", "6hours", "٦h", 6, None]
)
def test_what_is_no_duration_is_told_how_to_write_one(text: object) -> None:
    with pytest.raises(ValueError, match="number and a unit: 30s, 90m, 6h, 2d or 1w"):
        parse_duration(text)


def test_a_duration_is_not_longer_than_ten_years() -> None:
    with pytest.raises(ValueError, match="ten years"):
        parse_duration("999999999w")


@pytest.mark.parametrize(
    ("seconds", "text"), [(30, "30s"), (5400, "90m"), (86_400, "1d"), (604_800, "1w"), (0, "0s")]
)
def test_durations_are_written_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:00",
        " 2026-03-02 13:00+01:00 ",
        datetime(2026, 3, 2, 12),  # noqa: DTZ001 - as TOML gives it
        NOON,
    ],
)
def test_times_without_a_zone_are_utc(value: object) -> None:
    assert parse_moment(value) == NOON
    assert parse_moment(value).tzinfo is UTC


def test_a_date_is_its_midnight() -> None:
    assert parse_moment("2026-03-02") == parse_moment(date(2026, 3, 2)) == NOON.replace(hour=0)


@pytest.mark.parametrize("value", ["yesterday", "", "12:00", 5, None])
def test_what_is_no_time_is_told_how_to_write_one(value: object) -> None:
    with pytest.raises(ValueError, match="2026-01-31T18:00:00Z"):
        parse_moment(value)


def test_a_time_behind_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar"):
        parse_moment("9999-12-31T23:59:59-05:00")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=3, minutes=12), "3h 12m ago"),
        (timedelta(days=2, hours=1, minutes=5), "2d 1h ago"),
        (timedelta(seconds=8), "8s ago"),
        (timedelta(minutes=-2), "in 2m"),
    ],
)
def test_ages_are_told_in_two_units(span: timedelta, text: str) -> None:
    assert age_text(NOON - span, NOON) == text
