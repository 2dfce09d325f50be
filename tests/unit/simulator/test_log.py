from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import SettingsError
from hostscan_automation.simulator import JobSpec, Simulator, SimulatorConfig
from hostscan_automation.simulator.log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.simulator.conftest import Wire

_JOBS = "/api/v1/HostScanJob"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def logged(
    tmp_path: Path, start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> tuple[Wire, Path]:
    path = tmp_path / "requests.jsonl"
    return connect(start(log=path)), path


def test_each_request_is_a_line_in_the_file_at_once(logged: tuple[Wire, Path]) -> None:
    wire, path = logged

    wire.ask("POST", "/api/v1/Any%20Thing?x=1&y=%20", {"a": [1]}, "application/json-patch+json")

    assert lines(path) == [
        {
            "time": "2026-03-02T12:00:00.000Z",
            "method": "POST",
            "path": "/api/v1/Any%20Thing",
            "query": "x=1&y=%20",
            "status": 401,
            "fault": None,
            "carried_out": False,
            "content_type": "application/json-patch+json",
            "body": {"a": [1]},
            "authorization": "none",
        }
    ]


def test_a_request_is_counted_before_its_reply_is_sent(admin: Wire, server: Simulator) -> None:
    for number in range(1, 30):
        admin.get("/api/v1/Version")
        assert len(server.requests(path="Version")) == number


def test_of_a_sign_in_only_the_names_of_the_fields_are_kept(logged: tuple[Wire, Path]) -> None:
    wire, path = logged
    account = wire.server.accounts.admin
    form = f"login=x&password={account.password}".encode()
    wire.ask("POST", "/signin", form, "application/x-www-form-urlencoded")
    wire.ask("POST", "/signinBody", form)
    wire.sign_in(account)
    wire.ask("POST", "/signin2fa", wire.code(account))
    wire.ask("POST", "/WebAppApi/api/v1/AppUserToken", {"login": "x", "password": "y"})

    assert [line["body"] for line in lines(path)] == [
        ["login", "password"],
        [],
        ["Login", "Password"],
        [],
        [],
        ["login", "password"],
    ]


def test_no_secret_is_kept_anywhere(logged: tuple[Wire, Path]) -> None:
    wire, path = logged
    server = wire.server
    account = server.accounts.admin
    code = wire.code(account)
    wire.sign_in(account)
    wire.get(_JOBS)
    wire.ask("POST", "/signin2fa/", code)
    wire.ask("GET", _JOBS, headers={"Authorization": server.accounts.application.password})

    kept = path.read_text(encoding="utf-8") + repr(server.requests())

    secrets = (account.password, account.totp_secret, code, wire.token, *wire.cookies.values())
    for secret in (*secrets, server.accounts.application.password):
        assert str(secret) not in kept


def test_credentials_are_told_apart(logged: tuple[Wire, Path]) -> None:
    wire, path = logged
    wire.get(_JOBS)
    wire.ask("GET", _JOBS, headers={"Authorization": "Basic eDp5"})
    wire.token = "not.a.token"
    wire.get(_JOBS)
    wire.first_step(wire.server.accounts.without_mfa)
    wire.get(_JOBS)
    wire.second_step("NA")
    wire.get(_JOBS)

    told = [line["authorization"] for line in lines(path) if line["method"] == "GET"]

    assert told == ["none", "other", "bearer:unknown", "bearer:pre-2fa", "bearer:access"]


@pytest.mark.parametrize(
    ("body", "kept"), [(b"string", "string"), (b"-1", -1), (b"\xff", "\N{REPLACEMENT CHARACTER}")]
)
def test_a_body_is_kept_as_json_or_as_text(
    logged: tuple[Wire, Path], body: bytes, kept: object
) -> None:
    wire, path = logged

    wire.ask("PUT", "/api/v1/X", body)

    assert lines(path)[0]["body"] == kept


def test_requests_can_be_looked_for(server: Simulator, admin: Wire) -> None:
    job_id = server.add_job(JobSpec())
    admin.delete(f"{_JOBS}/{job_id}")
    admin.delete(f"{_JOBS}/xyz")

    assert [one.status for one in server.requests("DELETE")] == [202, 400]
    assert len(server.requests("DELETE", status=202, job_id=job_id, carried_out=True)) == 1
    assert len(server.requests(path="/signin")) == 2
    assert {one.account for one in server.requests("DELETE")} == {r"LAB\no-mfa"}


def test_a_field_that_a_request_does_not_have_is_an_error(server: Simulator) -> None:
    with pytest.raises(TypeError, match="no field 'verb'"):
        server.requests(verb="GET")


def test_headers_are_kept_without_their_secrets_and_equal_ones_once(
    server: Simulator, admin: Wire
) -> None:
    for _ in range(2):
        admin.ask("GET", _JOBS, headers={"X-Trace": "abc"})

    first, second = server.requests("GET")
    assert first.headers["x-trace"] == "abc"
    assert not {"authorization", "cookie"} & first.headers.keys()
    assert first.headers is second.headers


def test_a_flood_of_different_headers_is_not_remembered() -> None:
    log = RequestLog()
    sets = [log.open_headers({"x": str(number)}) for number in range(1500)]

    assert log.open_headers({"x": "3"}) is sets[3]
    assert log.open_headers({"x": "1400"}) == sets[1400]
    assert log.open_headers({"x": "1400"}) is not sets[1400]


def test_the_count_can_begin_again(server: Simulator, admin: Wire) -> None:
    server.log.clear()
    admin.get(_JOBS)

    assert len(server.log) == 1


def test_a_second_server_writes_behind_what_is_there(logged: tuple[Wire, Path]) -> None:
    wire, path = logged
    wire.get("/Health")
    wire.server.stop()
    wire.close()
    with Simulator(SimulatorConfig(jobs=1, log=path)):
        pass

    assert len(lines(path)) == 1


def test_a_log_that_cannot_be_written_is_said_before_anything_starts(tmp_path: Path) -> None:
    server = Simulator(SimulatorConfig(jobs=1, log=tmp_path))

    with pytest.raises(SettingsError, match=r"log file .* cannot be written"):
        server.start()
