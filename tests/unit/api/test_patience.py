from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.api.patience import Patience
from hostscan_automation.errors import (
    ApiError,
    CertificateError,
    HostscanError,
    NotReachedError,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    SignInError,
    UnreadableReplyError,
)

if TYPE_CHECKING:
    from tests.unit.api.account_server import FakeClock


def failed(kind: type[ApiError], status: int, retry_after_s: float | None = None) -> ApiError:
    error = kind("no", status=status, method="GET", path="/x")
    if isinstance(error, RateLimitedError):
        error.retry_after_s = retry_after_s
    return error


def sent_again(clock: FakeClock, error: HostscanError, **options: bool) -> int:
    """Return how often a call that always fails like that is sent again."""
    settings = {"only_unsent": False, "was_heard": True, **options}
    patience = Patience(clock, 120.0, jitter=lambda: 0.5, **settings)
    return next(again for again in range(100) if not patience.waits_after(error))


@pytest.mark.parametrize(
    "error",
    [
        ReplyLostError("lost"),
        NotReachedError("away"),
        failed(RateLimitedError, 429),
        failed(RateLimitedError, 503),
        failed(ServerError, 502),
        failed(ServerError, 504),
    ],
)
def test_a_read_is_sent_again_after_what_passes(clock: FakeClock, error: HostscanError) -> None:
    assert sent_again(clock, error) == 11
    assert sum(clock.slept) <= 120


@pytest.mark.parametrize(
    "error",
    [
        CertificateError("not trusted"),
        failed(ApiError, 400),
        failed(ServerError, 500),
        failed(UnreadableReplyError, 302),
        SignInError("no"),
    ],
)
def test_nothing_is_sent_again_after_what_stays(clock: FakeClock, error: HostscanError) -> None:
    assert sent_again(clock, error) == 0
    assert clock.slept == []


def test_a_reply_that_cannot_be_read_is_asked_for_twice_more(clock: FakeClock) -> None:
    assert sent_again(clock, failed(UnreadableReplyError, 200)) == 2


def test_a_stranger_is_not_waited_for_long(clock: FakeClock) -> None:
    assert sent_again(clock, NotReachedError("away"), was_heard=False) == 2
    assert sum(clock.slept) < 1


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (NotReachedError("away"), 11),
        (ReplyLostError("lost"), 0),
        (failed(RateLimitedError, 503), 0),
        (failed(ServerError, 502), 0),
        (failed(UnreadableReplyError, 200), 0),
    ],
)
def test_a_change_is_sent_again_only_when_it_never_left(
    clock: FakeClock, error: HostscanError, again: int
) -> None:
    assert sent_again(clock, error, only_unsent=True) == again


def test_waits_double_up_to_a_limit_with_jitter(clock: FakeClock) -> None:
    sent_again(clock, ReplyLostError("lost"))

    assert clock.slept[:6] == pytest.approx([0.1875, 0.375, 0.75, 1.5, 3.0, 6.0])
    assert max(clock.slept) == pytest.approx(6.0)


def test_retry_after_is_waited_for_and_never_shortened(clock: FakeClock) -> None:
    patience = Patience(clock, 120.0, only_unsent=False, was_heard=True, jitter=lambda: 0.0)

    assert patience.waits_after(failed(RateLimitedError, 429, 17.0))
    assert 17.0 <= clock.slept[0] < 18.0


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(clock: FakeClock) -> None:
    patience = Patience(clock, 120.0, only_unsent=False, was_heard=True)

    assert not patience.waits_after(failed(RateLimitedError, 429, 365 * 86_400.0))
    assert clock.slept == []
