from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.runs.pacing import LONGEST_RETRY_AFTER_S, Pacer, Throttle
from tests.unit.runs.traffic import FixedWindow, Load, Moody, SlidingWindow, TokenBucket, drive

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.runs.fakes import FakeClock
    from tests.unit.runs.traffic import Limiter

LIMITERS: list[Callable[[Callable[[float], float]], Limiter]] = [
    FixedWindow,
    SlidingWindow,
    TokenBucket,
]


def always(limit: float) -> Callable[[float], float]:
    return lambda _now: limit


def throttle(full: float | None) -> Throttle:
    return Throttle(full, lambda: 0.0)


# the rate that was asked for


def test_a_rate_is_kept_over_any_time() -> None:
    traffic = drive(FixedWindow(always(10_000)), Load(workers=8, rate=20), 30)
    assert traffic.goodput(0, 30) == pytest.approx(20, abs=0.1)
    assert max(traffic.goodput(second, second + 1) for second in range(30)) <= 21


def test_without_a_rate_nothing_waits() -> None:
    traffic = drive(FixedWindow(always(10_000)), Load(workers=8, rate=None, latency_s=0.02), 10)
    assert traffic.goodput(0, 10) == pytest.approx(400, rel=0.01)


def test_a_worker_that_woke_late_does_not_slow_the_others_down() -> None:
    one = throttle(1000)
    now, sent = 0.0, 0
    while now < 10:  # a timer with the grain of Windows
        while one.take(now) <= 0:
            sent += 1
        now += 0.015
    assert sent == pytest.approx(10_000, rel=0.01)


# a limit that nobody announced


@pytest.mark.parametrize("limiter", LIMITERS)
@pytest.mark.parametrize("limit", [10, 40, 120])
@pytest.mark.parametrize(("rate", "workers"), [(None, 64), (400, 8)])
def test_a_run_settles_just_below_the_limit_and_does_not_hammer(
    limiter: Callable[[Callable[[float], float]], Limiter],
    limit: int,
    rate: float | None,
    workers: int,
) -> None:
    traffic = drive(limiter(always(limit)), Load(workers=workers, rate=rate), 50)
    possible = min(limit, rate or limit)
    assert traffic.goodput(10, 50) >= 0.8 * possible
    assert traffic.refused_share(10, 50) <= 0.05
    assert len([moment for moment in traffic.refused if moment < 10]) <= workers + 10


@pytest.mark.parametrize("limiter", LIMITERS)
def test_a_run_speeds_up_again_when_the_server_can(
    limiter: Callable[[Callable[[float], float]], Limiter],
) -> None:
    traffic = drive(limiter(lambda now: 25 if now < 30 else 100), Load(rate=500), 65)
    assert traffic.goodput(10, 30) >= 0.8 * 25
    assert traffic.goodput(48, 65) >= 0.8 * 100


@pytest.mark.parametrize("limiter", LIMITERS)
def test_a_run_slows_down_when_the_server_has_to(
    limiter: Callable[[Callable[[float], float]], Limiter],
) -> None:
    traffic = drive(limiter(lambda now: 150 if now < 15 else 20), Load(rate=500), 50)
    assert traffic.goodput(25, 50) >= 0.8 * 20
    in_flight = 64
    assert len([moment for moment in traffic.refused if moment >= 15]) <= in_flight


@pytest.mark.parametrize("limiter", LIMITERS)
def test_a_limit_that_comes_down_a_little_is_found_as_well(
    limiter: Callable[[Callable[[float], float]], Limiter],
) -> None:
    traffic = drive(limiter(lambda now: 100 if now < 15 else 80), Load(rate=500), 60)
    assert traffic.goodput(30, 60) >= 0.8 * 80
    assert traffic.refused_share(30, 60) <= 0.05


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.3])
@pytest.mark.parametrize(
    ("rate", "workers", "possible"), [(20, 8, 20), (200, 16, 200), (None, 4, 200)]
)
def test_stray_refusals_do_not_take_the_rate_away(
    share: float, rate: float | None, workers: int, possible: float
) -> None:
    traffic = drive(Moody(share), Load(workers=workers, rate=rate), 120)
    assert traffic.goodput(20, 120) >= 0.75 * (1 - share) * possible


def test_a_server_that_refuses_everything_is_hardly_asked() -> None:
    traffic = drive(FixedWindow(always(0)), Load(workers=64, rate=None), 120)
    at_once = 64
    assert len(traffic.refused) <= at_once + 10
    assert len([moment for moment in traffic.refused if moment > 60]) <= 3


# the course of the rate after a refusal


def test_the_first_refusal_halves_what_got_through() -> None:
    one = throttle(1000)
    for n in range(100):
        one.good(n / 100)
    one.busy(1.0, None)
    assert one.rate(1.0) == 50


def test_it_halves_at_most_once_a_second() -> None:
    one = throttle(100)
    for now in (0.0, 0.1, 0.9):
        one.busy(now, None)
    assert one.rate(0.9) == 50
    one.busy(1.0, None)
    assert one.rate(1.0) == 25


def test_refusals_that_slowing_down_does_not_end_are_not_about_the_rate() -> None:
    one, now = throttle(100), 0.0
    for _ in range(4):
        one.busy(now, None)
        for n in range(60):
            one.good(now + 1 + n / 50)
        now += 3
    before = one.rate(now)
    one.busy(now, None)
    assert (one.rate(now), one.take(now)) == (before, 0), "neither slower nor a pause"
    one.busy(now, 7.0)
    assert one.take(now) == pytest.approx(7), "what the server asks for is always heard"


def test_full_rate_again_within_ten_seconds_of_good_replies() -> None:
    one = throttle(100)
    one.busy(0.0, 1.0)
    assert one.rate(60.0) == 50  # time alone proves nothing
    one.good(60.0)
    rates = [one.rate(60 + tenth / 10) or 0 for tenth in range(101)]
    assert rates == sorted(rates)
    assert rates[-1] == 100
    assert one.refused == 1


def test_without_a_rate_the_first_refusal_of_all_begins_low() -> None:
    one = throttle(None)
    one.busy(0.0, None)
    assert one.rate(0.0) == 5
    one.good(1.0)
    assert not one.is_free
    assert one.rate(11.0) is None
    assert one.is_free


# pauses


def test_retry_after_holds_for_all() -> None:
    one = throttle(None)
    one.busy(0.0, 7.0)
    assert one.take(0.0) == pytest.approx(7)
    assert one.take(6.5) == pytest.approx(0.5)
    assert one.take(7.0) == 0
    assert one.take(7.0) > 0  # and then one after the other


def test_a_shorter_retry_after_does_not_shorten_a_pause() -> None:
    one = throttle(None)
    one.busy(0.0, 7.0)
    one.busy(0.1, 1.0)
    one.busy(0.2, None)
    assert one.take(0.2) == pytest.approx(6.8)


def test_pauses_grow_while_nothing_gets_through() -> None:
    one, now, pauses = throttle(None), 0.0, []
    for _ in range(10):
        one.busy(now, None)
        pauses.append(one.take(now))
        now += pauses[-1]
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_the_end_of_a_pause_is_spread() -> None:
    one = Throttle(None, lambda: 1.0)
    one.busy(0.0, 10.0)
    assert one.take(0.0) == pytest.approx(11)


# shared by workers


NEVER_OVER = threading.Event()


def pacer(rate: float | None, clock: FakeClock) -> Pacer:
    return Pacer(rate, clock=clock, jitter=lambda: 0.0)


def test_all_workers_together_keep_the_rate(clock: FakeClock) -> None:
    shared = pacer(10, clock)
    granted = []

    def work() -> None:
        while shared.wait_for_turn(9.99, NEVER_OVER):
            granted.append(clock.monotonic())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(granted) == pytest.approx(100, abs=2)


def test_a_turn_that_comes_after_the_end_is_not_waited_for(clock: FakeClock) -> None:
    shared = pacer(None, clock)
    shared.busy(120.0)
    assert not shared.wait_for_turn(60.0, NEVER_OVER)
    assert clock.monotonic() == 0
    assert shared.wait_for_turn(200.0, NEVER_OVER)
    assert clock.monotonic() == pytest.approx(120)


def test_an_absurd_retry_after_is_capped_and_said_once(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    shared = pacer(None, clock)
    shared.busy(31_536_000.0)
    shared.busy(31_536_000.0)
    assert shared.wait_for_turn(1e9, NEVER_OVER)
    assert clock.monotonic() == pytest.approx(LONGEST_RETRY_AFTER_S)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "31536000 s" in caplog.text
    assert shared.refused == 2


def test_the_end_of_the_run_ends_the_wait(clock: FakeClock) -> None:
    over = threading.Event()
    over.set()
    shared = pacer(None, clock)
    shared.busy(100.0)
    assert not shared.wait_for_turn(1e9, over)
    assert clock.monotonic() == 0


def test_good_replies_bring_the_rate_back(clock: FakeClock) -> None:
    shared = pacer(None, clock)
    shared.busy(None)
    clock.sleep(1)
    shared.good()
    clock.sleep(11)
    assert shared.wait_for_turn(100, NEVER_OVER)
    assert shared.wait_for_turn(clock.monotonic(), NEVER_OVER)
