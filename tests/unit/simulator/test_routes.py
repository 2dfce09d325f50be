from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.simulator import Simulator
    from tests.unit.simulator.conftest import Wire

_JOBS = "/api/v1/HostScanJob"


def test_version_and_health_are_json_strings_for_whoever_is_signed_in(
    stranger: Wire, admin: Wire
) -> None:
    paths = ("/api/v1/Version", "/api/v1/Health")

    assert [admin.get(path).json for path in paths] == ["25.12.00000", "Healthy"]
    assert [stranger.get(path).status for path in paths] == [401, 401]


def test_anybody_may_ask_whether_the_server_lives(stranger: Wire) -> None:
    assert stranger.get("/Health").json == "Healthy"


@pytest.mark.parametrize("path", ["/API/V1/hostscanjob", f"{_JOBS}/", f"{_JOBS}?x=1#part"])
def test_paths_are_found_whatever_their_case_and_end(admin: Wire, path: str) -> None:
    assert len(admin.get(path).json) == 20


def test_a_target_in_absolute_form_is_understood(server: Simulator, admin: Wire) -> None:
    assert len(admin.get(f"http://elsewhere.example{_JOBS}").json) == 20


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", _JOBS, "GET, POST"),
        ("PATCH", f"{_JOBS}/{UUID(int=7)}", "DELETE, GET, POST"),
        ("DELETE", "/api/v1/UserToken", "GET"),
        ("POST", f"{_JOBS}/Host/{UUID(int=7)}/Stop", "GET"),
        ("OPTIONS", f"{_JOBS}/ByHostId/{UUID(int=7)}", "GET, POST"),
    ],
)
def test_a_wrong_verb_is_told_the_right_ones(
    stranger: Wire, method: str, path: str, allowed: str
) -> None:
    answer = stranger.ask(method, path)

    assert answer.status == answer.json["status"] == 405
    assert answer.headers["Allow"] == allowed


def test_a_head_request_gets_a_head_only(stranger: Wire) -> None:
    assert stranger.ask("HEAD", _JOBS).status == 405
    assert stranger.get("/Health").status == 200


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1", "//api/v1/HostScanJob", "/api/v2/X", "*"])
def test_an_unknown_path_is_not_found(admin: Wire, path: str) -> None:
    assert admin.get(path).status == 404


def test_searching_jobs_is_not_found_as_on_live_servers(admin: Wire) -> None:
    assert admin.get(f"{_JOBS}/Search").status == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/api/v1/AccessControlPolicy", 200, b"[]"),
        ("POST", "/api/v1/ManagedResource/Search", 200, b'{"id":null}'),
        (
            "GET",
            "/api/v1/Credential/497f6eca-6276-4993-bfeb-53cbbbba6f08",
            200,
            b'{"id":"497f6eca-6276-4993-bfeb-53cbbbba6f08"}',
        ),
        (
            "DELETE",
            "/api/v1/Credential/497f6eca-6276-4993-bfeb-53cbbbba6f08",
            202,
            b'{"id":"497f6eca-6276-4993-bfeb-53cbbbba6f08"}',
        ),
        ("PUT", f"{_JOBS}/User/Multiple", 200, b'{"id":null}'),
        ("PUT", f"{_JOBS}/Services", 200, b'{"id":null}'),
        ("POST", f"{_JOBS}/ValidateImportedCSV", 200, b'{"id":null}'),
    ],
)
def test_other_documented_paths_are_well_received(
    admin: Wire, method: str, path: str, status: int, body: bytes
) -> None:
    answer = admin.ask(method, path, {"any": "thing"}, "text/plain")

    assert (answer.status, answer.body) == (status, body)


def test_other_paths_want_a_token_too(stranger: Wire) -> None:
    assert stranger.get("/api/v1/AccessControlPolicy").status == 401


def test_other_paths_can_be_switched_off(
    start: Callable[..., Simulator], connect: Callable[[Simulator], Wire]
) -> None:
    wire = connect(start(other_endpoints=False)).sign_in()

    assert wire.get("/api/v1/AccessControlPolicy").status == 404
