from __future__ import annotations

import email.utils
import http.client
import json
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import JobSpec, Simulator, SimulatorConfig

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.unit.simulator.conftest import ManualClock, Wire

    Connect = Callable[[Simulator], Wire]

_JOBS = "/api/v1/HostScanJob"
_LOST = (http.client.RemoteDisconnected, ConnectionResetError)
_CUT = (http.client.IncompleteRead, http.client.BadStatusLine, http.client.HTTPException)


@pytest.fixture
def job_id(server: Simulator) -> UUID:
    return server.add_job(JobSpec())


def test_latency_delays_every_request(
    server: Simulator, stranger: Wire, clock: ManualClock
) -> None:
    server.misbehave("latency=250")
    before = clock.monotonic()

    stranger.get("/Health")
    stranger.get("/nowhere")

    assert clock.monotonic() - before == pytest.approx(0.5)


def test_a_busy_server_carries_nothing_out_and_says_when_to_come_again(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("busy=1")

    answers = [admin.delete(f"{_JOBS}/{job_id}") for _ in range(40)]

    assert {answer.status for answer in answers} == {429, 503}
    waits = Counter(answer.headers["Retry-After"] == "1" for answer in answers)
    assert waits[True] > 5
    dates = {answer.headers["Retry-After"] for answer in answers} - {"1"}
    assert [email.utils.parsedate_to_datetime(date).timestamp() for date in dates] == [
        server.now() + 1
    ]
    assert server.cancels() == []
    assert {one.fault for one in server.requests("DELETE")} == {"busy"}


def test_how_long_to_wait_can_be_told(server: Simulator, admin: Wire) -> None:
    server.misbehave("busy=1", "retry-after=31536000")

    waits = {admin.get(_JOBS).headers["Retry-After"] for _ in range(10)}

    assert waits == {"31536000", "Tue, 02 Mar 2027 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("none", None),
        ("seconds", "1"),
        ("date", "Mon, 02 Mar 2026 12:00:01 GMT"),
        ("nonsense", "in a while"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_status_and_what_it_asks_for_can_be_chosen(
    server: Simulator, admin: Wire, status: int, said: str, wait: str
) -> None:
    fault = {429: "too-many", 503: "unavailable"}[status]
    job_id = server.add_job(JobSpec())
    server.misbehave(f"{fault}=1", f"retry-after={said}")

    answers = [admin.delete(f"{_JOBS}/{job_id}") for _ in range(6)]

    assert {(one.status, one.headers["Retry-After"]) for one in answers} == {(status, wait)}
    assert server.cancels() == []
    assert {one.fault for one in server.requests("DELETE")} == {fault}


def test_a_server_can_ask_to_wait_for_a_year(server: Simulator, admin: Wire) -> None:
    server.misbehave("busy=1", "retry-after=year")

    waits = {admin.get(_JOBS).headers["Retry-After"] for _ in range(10)}

    assert waits == {"31536000", "Tue, 02 Mar 2027 12:00:00 GMT"}


def test_a_slow_request_takes_up_to_half_a_minute_before_or_after_it_is_carried_out(
    server: Simulator, admin: Wire, clock: ManualClock
) -> None:
    server.misbehave("slow=1")
    took = []
    for number in range(40):
        began = clock.monotonic()
        admin.get(f"/api/v1/X{number}")
        took.append(clock.monotonic() - began)

    assert 1 <= min(took) < 6
    assert 25 < max(took) <= 30
    assert {one.fault for one in server.requests(path="/X")} == {"slow"}


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_says_nothing_of_whether_it_was_carried_out(
    server: Simulator, admin: Wire, status: int
) -> None:
    server.misbehave(f"error-{status}=1")
    ids = [server.add_job(JobSpec()) for _ in range(40)]

    assert {admin.delete(f"{_JOBS}/{job_id}").status for job_id in ids} == {status}
    assert 8 < len(server.cancels()) < 32
    assert {one.fault for one in server.requests("DELETE")} == {f"error-{status}"}


def test_an_error_of_a_share_strikes_about_that_share(server: Simulator, admin: Wire) -> None:
    server.misbehave("error-504=0.5")

    statuses = Counter(admin.get("/api/v1/Version").status for _ in range(200))

    assert 70 < statuses[504] < 130


def test_a_portal_answers_200_with_a_page_and_nothing_is_carried_out(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("page=1")

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<form>" in answer.body
    assert server.cancels() == []


def test_a_proxy_can_answer_with_nothing_at_all(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("empty-502=1")

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert (answer.status, answer.body) == (502, b"")
    assert server.cancels() == []


def test_a_reply_can_lack_its_body(server: Simulator, admin: Wire) -> None:
    server.misbehave("empty=1")

    answer = admin.get(_JOBS)

    assert (answer.status, answer.body) == (200, b"")


def test_a_reply_of_other_types_is_json_all_the_same(server: Simulator, admin: Wire) -> None:
    right = admin.get(_JOBS).json
    server.misbehave("wrong-type=1")

    wrong = [admin.get(_JOBS).json for _ in range(60)]

    assert right not in wrong
    kinds = {type(one) for one in wrong}
    assert kinds == {dict, list, type(None), str, int}
    rows = [one[0] for one in wrong if isinstance(one, list) and len(one) == len(right)]
    assert any(row is None for row in rows)
    assert any(row and row["id"] == 7 for row in rows)
    assert any(row and isinstance(row["status"], str) for row in rows)
    assert any(row and isinstance(row["hostScanHostStatus"], dict) for row in rows)


def test_a_list_can_name_a_job_twice_and_contradict_itself(server: Simulator, admin: Wire) -> None:
    server.misbehave("duplicate=1")

    rows = admin.get(_JOBS).json

    assert len(rows) == len(server.jobs) + 1
    ((twice, count),) = Counter(row["id"] for row in rows).most_common(1)
    assert count == 2
    assert len({row["statusDescription"] for row in rows if row["id"] == twice}) == 2


def test_a_share_is_about_that_share(server: Simulator, admin: Wire) -> None:
    server.misbehave("busy=0.25")

    statuses = [admin.get("/api/v1/Version").status for _ in range(200)]

    assert 25 < sum(status != 200 for status in statuses) < 75


def test_the_same_seed_strikes_at_the_same_requests(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    def statuses(seed: int) -> list[int]:
        server = start(seed=seed)
        server.misbehave("busy=0.5")
        wire = connect(server)
        return [wire.get(f"/api/v1/X{number}").status for number in range(30)]

    assert statuses(1) == statuses(1) != statuses(2)


def test_signing_in_is_not_busy(server: Simulator, stranger: Wire) -> None:
    server.misbehave("busy=1", "html=1", "cut=1", "truncated=1", "reset=1", "lost-reply=1")

    stranger.sign_in()


def test_a_lost_reply_was_carried_out(server: Simulator, admin: Wire, job_id: UUID) -> None:
    server.misbehave("lost-reply=1")

    with pytest.raises(_LOST):
        admin.delete(f"{_JOBS}/{job_id}")

    (entry,) = server.requests("DELETE")
    assert (entry.status, entry.fault, entry.carried_out) == (None, "lost-reply", True)
    server.advance(2)
    assert server.status_of(job_id) == "Cancelled"


def test_only_replies_to_changes_are_lost(server: Simulator, admin: Wire) -> None:
    server.misbehave("lost-reply=1")

    assert admin.get(_JOBS).status == 200
    assert admin.delete(f"{_JOBS}/xyz").status == 400, "nothing was changed"


def test_the_reply_to_a_get_that_changes_can_be_lost(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("lost-reply=1")
    job = server.jobs.get(job_id)
    assert job is not None

    with pytest.raises(_LOST):
        admin.get(f"{_JOBS}/Host/{job.hosts[0].host_scan_host_id}/Stop")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_reply_can_be_cut_in_the_middle(
    server: Simulator, admin: Wire, job_id: UUID, method: str
) -> None:
    server.misbehave("cut=1")

    with pytest.raises(_CUT):
        admin.ask(method, f"{_JOBS}/{job_id}")

    (entry,) = server.requests(path=str(job_id))
    assert (entry.fault, entry.carried_out) == ("cut", True)


def test_a_cut_over_tls_is_a_cut(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    wire = connect(start(tls=True)).sign_in()
    wire.server.misbehave("cut=1")

    with pytest.raises((*_CUT, OSError)):
        wire.get(_JOBS)


def test_a_proxy_answers_with_a_page_and_nothing_is_carried_out(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("html=1")

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert b"<html>" in answer.body
    assert server.cancels() == []


def test_faults_strike_whatever_the_case_of_the_path(server: Simulator, admin: Wire) -> None:
    server.misbehave("html=1")

    assert admin.get("/API/V1/HostScanJob").status == 502


def test_truncated_json_has_the_length_it_says(server: Simulator, admin: Wire) -> None:
    server.misbehave("truncated=1")

    answer = admin.get(_JOBS)

    assert int(answer.headers["Content-Length"]) == len(answer.body)
    with pytest.raises(json.JSONDecodeError):
        _ = answer.json


def test_what_has_no_body_is_not_truncated(server: Simulator, admin: Wire, job_id: UUID) -> None:
    server.misbehave("truncated=1", "endless=1")

    assert admin.delete(f"{_JOBS}/{job_id}").status == 202


def test_tokens_can_be_short_lived(server: Simulator, stranger: Wire) -> None:
    server.misbehave("token-ttl=2")
    stranger.sign_in()
    before = stranger.get(_JOBS).status
    server.advance(2)

    assert (before, stranger.get(_JOBS).status) == (200, 401)


@pytest.mark.parametrize("skew_s", [-300, 300])
def test_a_server_with_a_wrong_clock_is_wrong_everywhere(
    server: Simulator, stranger: Wire, clock: ManualClock, skew_s: int
) -> None:
    server.misbehave(f"skew={skew_s}")
    account = server.accounts.admin
    assert account.totp is not None
    answer = stranger.first_step(account)
    date = email.utils.parsedate_to_datetime(answer.headers["Date"])

    assert date.timestamp() - clock.monotonic() == skew_s
    by_machine = account.totp.code(account.totp.step_at(clock.monotonic()))
    assert stranger.second_step(by_machine).status == 401
    assert stranger.second_step(stranger.code(account)).status == 200
    assert server.requests()[0].time == "2026-03-02T12:00:00.000Z", "the log has the right time"


def test_a_marked_job_is_listed_and_gone_when_its_cancel_comes(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("vanish=1")
    listed = str(job_id) in {row["id"] for row in admin.get(_JOBS).json}

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert (listed, answer.status) == (True, 404)
    assert server.status_of(job_id) is None
    (entry,) = server.requests("DELETE")
    assert (entry.fault, entry.carried_out, entry.job_id) == ("vanish", False, job_id)


def test_a_marked_job_is_complete_when_its_cancel_comes(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("finish=1")

    assert admin.delete(f"{_JOBS}/{job_id}").status == 400
    assert server.status_of(job_id) == "Complete"
    assert server.requests("DELETE")[0].fault == "finish"


def test_a_job_completes_before_its_cancel_by_a_clock_that_goes_on(connect: Connect) -> None:
    with Simulator(SimulatorConfig(jobs=0)) as server:  # on the machine's own clock
        server.misbehave("finish=1")
        job_id = server.add_job(JobSpec())

        assert connect(server).sign_in().delete(f"{_JOBS}/{job_id}").status == 400
        assert server.requests("DELETE")[0].fault == "finish"


def test_a_job_whose_cancel_was_accepted_does_not_vanish_at_the_next(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    admin.delete(f"{_JOBS}/{job_id}")
    server.misbehave("vanish=1", "finish=1")

    assert admin.delete(f"{_JOBS}/{job_id}").status == 202


def test_about_the_share_of_jobs_vanishes_and_finishes(server: Simulator, admin: Wire) -> None:
    server.misbehave("vanish=0.3", "finish=0.3")
    ids = [server.add_job(JobSpec()) for _ in range(60)]

    statuses = Counter(admin.delete(f"{_JOBS}/{job_id}").status for job_id in ids)

    assert min(statuses[202], statuses[400], statuses[404]) > 5


def test_an_accepted_cancel_may_never_happen(server: Simulator, admin: Wire, job_id: UUID) -> None:
    server.misbehave("never-cancelled=1")

    answers = [admin.delete(f"{_JOBS}/{job_id}").status for _ in range(2)]
    server.advance(3600)

    assert answers == [202, 202]
    assert server.status_of(job_id) == "Queued"
    assert server.requests("DELETE")[0].fault == "never-cancelled"
    assert server.cancels_by_job() == {job_id: 2}


def test_one_job_can_be_made_stubborn(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec(is_stubborn=True))

    admin.delete(f"{_JOBS}/{job_id}")
    server.advance(10)

    assert server.status_of(job_id) == "Queued"


def test_the_first_calls_of_each_sign_in_step_fail_unread(
    server: Simulator, stranger: Wire
) -> None:
    server.misbehave("sign-in-500=2")
    account = server.accounts.admin

    first = [stranger.first_step(account).status for _ in range(3)]
    code = stranger.code(account)
    second = [stranger.second_step(code).status for _ in range(3)]

    assert first == second == [500, 500, 200], "a code that was not read is still good"
    assert [one.fault for one in server.requests()] == ["sign-in-500", "sign-in-500", None] * 2


def test_above_its_rate_the_server_answers_429(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("rate-limit=3")

    statuses = [admin.get(f"{_JOBS}/{job_id}").status for _ in range(5)]
    server.advance(1)

    assert statuses == [200, 200, 200, 429, 429]
    assert admin.get(f"{_JOBS}/{job_id}").status == 200
    assert stranger_is_free(admin)


def stranger_is_free(wire: Wire) -> bool:
    return all(wire.get("/Health").status == 200 for _ in range(5))


def test_a_connection_can_be_reset_with_the_request_unread(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("reset=1")

    with pytest.raises(ConnectionResetError):
        admin.delete(f"{_JOBS}/{job_id}")

    (entry,) = server.requests("DELETE")
    assert (entry.status, entry.fault, entry.carried_out) == (None, "reset", False)


def test_a_connection_can_be_refused(server: Simulator, stranger: Wire) -> None:
    server.misbehave("refuse=1")

    with pytest.raises((ConnectionError, http.client.HTTPException)):
        stranger.get("/Health")

    assert server.requests() == []
    assert server.refused_connections == 1


def test_a_connection_can_be_reset_when_a_part_of_the_request_has_come(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("mid-request=1")
    connection = admin.connect()
    connection.connect()
    connection.sock.sendall(f"DELETE {_JOBS}/{job_id} HTTP/1.1\r\n".encode())

    with pytest.raises(ConnectionResetError):
        connection.sock.recv(1)

    connection.close()
    (entry,) = server.requests("DELETE")
    assert (entry.path, entry.status, entry.fault) == (f"{_JOBS}/{job_id}", None, "mid-request")
    assert not entry.carried_out


def test_a_redirect_can_lead_to_another_port(server: Simulator, admin: Wire) -> None:
    server.misbehave("redirect=1", "redirect-port=8443")

    assert admin.get(_JOBS).headers["Location"] == f"//localhost:8443{_JOBS}"


def test_a_request_can_be_sent_on_to_another_name(
    server: Simulator, admin: Wire, job_id: UUID
) -> None:
    server.misbehave("redirect=1")

    answer = admin.delete(f"{_JOBS}/{job_id}")

    assert answer.status == 307
    assert answer.headers["Location"] == f"//localhost:{server.port}{_JOBS}/{job_id}"
    assert server.cancels() == []


def test_a_reply_can_be_endless(server: Simulator, admin: Wire) -> None:
    server.misbehave("endless=1")
    connection = admin.connect()
    connection.request("GET", _JOBS, headers={"Authorization": f"Bearer {admin.token}"})
    reply = connection.getresponse()

    assert len(reply.read(200_000)) == 200_000
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 1, "it does not hold up the end"
    connection.close()


def test_faults_stand_in_the_configuration_too(clock: ManualClock) -> None:
    server = Simulator(SimulatorConfig(jobs=1), clock=clock)

    server.misbehave("busy=0.5", "latency")
    assert str(server.faults) == "latency=100 busy=0.5"
    server.misbehave()
    assert str(server.faults) == "none"
