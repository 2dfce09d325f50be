"""Repetition by effect, renewal after a 401, and many threads, as they show on the wire."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    NotReachedError,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    SessionExpiredError,
    UnreadableReplyError,
)
from tests.unit.api.wire_server import Received, reply

if TYPE_CHECKING:
    from hostscan_automation.api.client import HostScanClient
    from tests.unit.api.account_server import FakeClock, FakeNps

ID = UUID("497f6eca-6276-4993-bfeb-53cbbbba6f08")
JOBS = "/api/v1/HostScanJob"
CANCEL = f"{JOBS}/{ID}"


def test_a_read_is_sent_again_until_it_is_answered(
    client: HostScanClient, nps: FakeNps, clock: FakeClock
) -> None:
    nps.before[JOBS] = [
        reply(429, Retry_After="7"),
        reply(503, Retry_After="Mon, 02 Mar 2026 10:00:42 GMT"),
        reply(502, b"<html>"),
        None,
        reply(200, b"<html>login</html>"),
        reply(200, b'[{"id"'),
    ]

    assert client.jobs() == []

    assert nps.wire.count(JOBS) == 7
    assert any(7 <= wait < 8 for wait in clock.slept)
    assert any(20 < wait < 40 for wait in clock.slept)


def test_a_detail_is_sent_again_too(client: HostScanClient, nps: FakeNps) -> None:
    nps.before[CANCEL] = [None, reply(200, b"{"), reply(504)]
    nps.other = lambda request: reply(200, {"id": str(ID)})

    assert client.job(ID).id == ID
    assert nps.wire.count(CANCEL) == 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, ApiError), (403, ForbiddenError), (404, NotFoundError), (500, ServerError)],
)
def test_a_read_that_is_refused_is_sent_once(
    client: HostScanClient, nps: FakeNps, status: int, kind: type[ApiError]
) -> None:
    nps.other = lambda request: reply(status)

    with pytest.raises(kind):
        client.jobs()
    assert nps.wire.count(JOBS) == 1


def test_a_read_ends_at_its_deadline(
    client: HostScanClient, nps: FakeNps, clock: FakeClock
) -> None:
    nps.other = lambda request: reply(503)

    with pytest.raises(RateLimitedError):
        client.jobs()
    assert sum(clock.slept) <= 120


def test_a_list_that_breaks_off_before_its_first_job_came_is_asked_for_again(
    client: HostScanClient, nps: FakeNps
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n["
    nps.before[JOBS] = [head + b'{"id"']
    nps.wire.closes_after_answer = True

    assert client.jobs() == []
    assert nps.wire.count(JOBS) == 2


def test_jobs_given_away_are_never_given_again(client: HostScanClient, nps: FakeNps) -> None:
    row = b'{"id": "%s"}' % str(ID).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n["
    nps.before[JOBS] = [head + row + b"," + b" " * 200_000]
    nps.wire.closes_after_answer = True

    jobs = client.iter_jobs()
    assert next(jobs).id == ID
    with pytest.raises(ReplyLostError):
        list(jobs)
    assert nps.wire.count(JOBS) == 1

    nps.before[JOBS] = [head + row + b"," + b" " * 200_000]
    assert client.jobs() == []
    assert nps.wire.count(JOBS) == 3


@pytest.mark.parametrize(
    ("planned", "kind"),
    [
        ([None], ReplyLostError),
        ([reply(429, Retry_After="3")], RateLimitedError),
        ([reply(503)], RateLimitedError),
        ([reply(500)], ServerError),
        ([reply(502)], ServerError),
        ([reply(400, {"title": "Bad"})], ApiError),
        ([reply(404)], NotFoundError),
        ([reply(302, Location="/elsewhere")], UnreadableReplyError),
        ([reply(200, b"<html>ok</html>")], UnreadableReplyError),
        ([reply(202, b"<html>ok</html>")], UnreadableReplyError),
        ([reply(200, "An error has occurred")], UnreadableReplyError),
        ([reply(200, {"status": 400, "title": "Bad"})], UnreadableReplyError),
    ],
)
def test_a_cancel_is_sent_once_whatever_comes_back(
    client: HostScanClient, nps: FakeNps, planned: list[bytes | None], kind: type[Exception]
) -> None:
    client.sign_in()
    nps.before[CANCEL] = planned

    with pytest.raises(kind):
        client.cancel_job(ID)
    assert nps.wire.count(CANCEL) == 1


def test_a_cancel_of_a_busy_server_carries_what_it_asked_for(
    client: HostScanClient, nps: FakeNps
) -> None:
    nps.before[CANCEL] = [reply(503, Retry_After="11")]

    with pytest.raises(RateLimitedError) as caught:
        client.cancel_job(ID)
    assert caught.value.retry_after_s == 11.0


@pytest.mark.parametrize(
    ("raw", "status", "trace_id"),
    [
        (reply(202), 202, None),
        (reply(204), 204, None),
        (reply(200, b" \r\n"), 200, None),
        (reply(200, b"true"), 200, None),
        (reply(202, {"traceId": "00-x"}), 202, "00-x"),
    ],
)
def test_a_cancel_that_was_taken_says_how(
    client: HostScanClient, nps: FakeNps, raw: bytes, status: int, trace_id: str | None
) -> None:
    nps.other = lambda request: raw

    taken = client.cancel_job(ID)

    assert (taken.status, taken.trace_id) == (status, trace_id)
    assert nps.wire.received[-1].method == "DELETE"
    assert nps.wire.received[-1].target == CANCEL
    assert nps.wire.received[-1].body == b""


def test_a_change_is_not_sent_again_after_anything_but_a_401(
    client: HostScanClient, nps: FakeNps
) -> None:
    client.sign_in()
    path = f"{JOBS}/Host/{ID}/Stop"
    for planned in (None, reply(503), reply(502), reply(429), reply(500)):
        nps.before[path] = [planned]
        with pytest.raises((ReplyLostError, ApiError)):
            client.stop_host(ID)

    assert nps.wire.count(path) == 5


def test_a_change_that_never_left_is_sent_when_the_server_is_back(
    client: HostScanClient, nps: FakeNps, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in()
    transport = client._transport
    exchange, failures = transport.exchange, [NotReachedError("away"), NotReachedError("away")]

    def sometimes(call: object, token: str | None = None, **more: Any) -> object:
        if failures:
            raise failures.pop()
        return exchange(call, token, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(transport, "exchange", sometimes)
    nps.other = lambda request: reply(200)
    client.stop_host(ID)
    assert nps.wire.count(f"{JOBS}/Host/{ID}/Stop") == 1

    failures[:] = [NotReachedError("away")]
    with pytest.raises(NotReachedError):
        client.cancel_job(ID)
    assert nps.wire.count(CANCEL) == 0


@pytest.mark.parametrize("effect", ["read", "change", "stream"])
def test_a_401_renews_the_session_and_sends_the_same_call_once_more(
    client: HostScanClient, nps: FakeNps, effect: str
) -> None:
    client.jobs()
    nps.valid.clear()
    nps.wire.received.clear()
    nps.other = lambda request: reply(202) if request.method == "DELETE" else reply(200, [])

    if effect == "change":
        client.cancel_job(ID)
    elif effect == "stream":
        client.jobs()
    else:
        nps.other = lambda request: reply(200, "Healthy")
        client.health()

    paths = nps.wire.paths()
    assert paths[0] == paths[-1]
    assert "POST /signinBody" in paths
    assert paths.count("POST /signin2fa") == 1
    first, last = nps.wire.received[0], nps.wire.received[-1]
    assert first.token != last.token


def test_a_server_that_answers_401_for_ever_is_not_signed_in_to_for_ever(
    client: HostScanClient, nps: FakeNps
) -> None:
    nps.other = lambda request: reply(401)

    for _ in range(10):
        with pytest.raises(SessionExpiredError):
            client.cancel_job(ID)

    assert len(nps.codes) == 2
    assert nps.wire.count(CANCEL) <= 11


def test_the_session_is_renewed_in_good_time_without_a_password(
    client: HostScanClient, nps: FakeNps, clock: FakeClock
) -> None:
    client.jobs()
    clock.advance(500)
    client.jobs()

    assert nps.wire.count("/api/v1/UserToken") == 1
    assert len(nps.passwords) == 1
    renewed = nps.wire.received[-1].token
    assert renewed != nps.wire.received[2].token


def test_a_renewal_that_gives_no_token_keeps_the_session(
    client: HostScanClient, nps: FakeNps, clock: FakeClock
) -> None:
    client.jobs()
    for planned in (reply(500), reply(200, b"<html>"), None, reply(403)):
        nps.before["/api/v1/UserToken"] = [planned]
        clock.advance(490)
        client.jobs()
        nps.lifetime_s += 1  # the next token is another one
        client.jobs()
        client._tokens.replacement(client._tokens.current())

    assert nps.wire.count("/api/v1/UserToken") == 4


def test_32_workers_share_one_session_that_ends_again_and_again(
    client: HostScanClient, nps: FakeNps, clock: FakeClock
) -> None:
    cancelled: list[str] = []

    def answer(request: Received) -> bytes:
        cancelled.append(request.target)
        if len(cancelled) % 150 == 0:
            nps.valid.clear()
        return reply(202)

    nps.other = answer
    ids = [uuid4() for _ in range(400)]
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda job_id: client.cancel_job(job_id).status, ids))

    assert statuses == [202] * 400
    assert sorted(cancelled) == sorted(f"{JOBS}/{job_id}" for job_id in ids)
    assert len(nps.codes) == len(set(nps.codes))
    assert 2 <= len(nps.codes) <= 4


def test_32_workers_renew_once(client: HostScanClient, nps: FakeNps, clock: FakeClock) -> None:
    client.sign_in()
    nps.other = lambda request: reply(202)
    clock.advance(500)
    barrier = threading.Barrier(32)

    def cancel(_: int) -> int:
        barrier.wait(30)
        return client.cancel_job(uuid4()).status

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(cancel, range(32))) == {202}
    assert nps.wire.count("/api/v1/UserToken") == 1
    assert len(nps.passwords) == 1
