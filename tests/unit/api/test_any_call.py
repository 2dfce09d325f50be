from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.any_call import (
    build_call,
    json_body,
    refuse_session_headers,
    value_of,
)
from hostscan_automation.api.call import Call, Reply
from hostscan_automation.api.endpoints import Effect
from hostscan_automation.errors import PlanRefusedError

SERVER = ServerAddress.parse("https://nps01:6500")
ID = UUID("497f6eca-6276-4993-bfeb-53cbbbba6f08")
JOBS = "/api/v1/HostScanJob"


def target(address: str, **parts: Any) -> str:
    return build_call(SERVER, "GET", address, **parts).target


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/api/v1/X", "/api/v1/X"),
        ("https://nps01:6500/api/v1/X?y=1", "/api/v1/X?y=1"),
        ("HTTPS://NPS01:6500/api/v1/X", "/api/v1/X"),
        ("https://nps01:6500", "/"),
        ("/a b/\u00e9?q=a b&r=%20#part", "/a%20b/%C3%A9?q=a%20b&r=%20"),
    ],
)
def test_an_address_is_a_path_or_a_url_of_this_server(address: str, sent: str) -> None:
    assert target(address) == sent


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/api",
        "https://nps01/api",
        "http://localhost:6500/api",
        "//elsewhere.example/api",
        "https://nps01:6500.elsewhere.example/api",
    ],
)
def test_another_server_is_refused(address: str) -> None:
    with pytest.raises((PlanRefusedError, ValueError)):
        target(address)


@pytest.mark.parametrize(
    "address",
    [
        "api/v1/X",
        "",
        "ftp://nps01:6500/x",
        "https://nps01:6500@elsewhere.example/",
        "/a/../b",
        "/a/%2e%2E/b",
        "/a/%252e%252e/b",
        "/./b",
        "/a\\b",
        "/a\r\nHost: x",
        "/a\0b",
        " /a",
        "https://[x",
    ],
)
def test_what_is_no_address_is_an_error(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        target(address)


def test_query_values_are_encoded() -> None:
    query = {"on": True, "id": ID, "n": 5, "none": None, "many": ["a b", "c&d"]}

    assert target("/x", query=query) == f"/x?on=true&id={ID}&n=5&many=a+b&many=c%26d"
    assert target("/x?y=1", query={"z": 2}) == "/x?y=1&z=2"
    assert target("/x", query={}) == "/x"


def test_effects_come_from_the_table() -> None:
    def effect(method: str, address: str) -> Effect:
        return build_call(SERVER, method, address).effect

    assert effect("get", JOBS) is Effect.READ
    assert effect("GET", f"https://nps01:6500{JOBS}/?x=1") is Effect.READ
    assert effect("GET", "/api/v1/%48ostScanJob") is Effect.READ
    assert effect("GET", f"{JOBS}/Host/{ID}/Stop") is Effect.CHANGE
    assert effect("GET", f"{JOBS}/Host/{ID}/%53top") is Effect.CHANGE
    assert effect("GET", "/api/v1/Unknown") is Effect.CHANGE


@pytest.mark.parametrize("method", ["", "GET /x", "GET\r\n", "G\u00c9T"])
def test_a_method_is_a_word(method: str) -> None:
    with pytest.raises(ValueError, match="method"):
        build_call(SERVER, method, "/x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "elsewhere"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Original-URL", "/x"),
        ("X-Bad\r\n", "x"),
        ("X-Bad", "x\r\nHost: y"),
        ("X-Bad", "\u00e9"),
        ("", "x"),
    ],
)
def test_headers_that_would_change_the_request_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        build_call(SERVER, "GET", "/x", headers={name: value})


@pytest.mark.parametrize(
    "parts",
    [
        {"address": f"{JOBS}/TruncateAllTables"},
        {"address": f"https://nps01:6500{JOBS}/%2554runcateAllTables"},
        {"address": "/x", "query": {"path": f"{JOBS}/TruncateAllTables"}},
        {"address": "/x", "query": {"TruncateAllTables": 1}},
        {"address": "/x", "headers": {"X-Path": f"{JOBS}/TruncateAllTables"}},
        {"address": f"{JOBS}#/../TruncateAllTables?TruncateAllTables"},
    ],
)
@pytest.mark.parametrize("method", ["DELETE", "GET", "POST", "truncateAllTables"])
def test_the_forbidden_call_is_refused_whatever_the_verb(
    method: str, parts: dict[str, Any]
) -> None:
    if "#" in parts["address"] and method != "truncateAllTables":
        assert build_call(SERVER, method, **parts).target == JOBS
        return
    with pytest.raises(PlanRefusedError):
        build_call(SERVER, method, **parts)


@given(st.text(max_size=40))
def test_no_text_builds_a_target_that_is_not_one_line_of_ascii(text: str) -> None:
    try:
        sent = target("/" + text)
    except (ValueError, PlanRefusedError):
        return
    assert sent.isascii()
    assert sent.isprintable()
    assert " " not in sent
    assert sent.startswith("/")


def test_bodies_go_value_for_value() -> None:
    assert json_body(None) is None
    assert json_body(b"\0raw") == b"\0raw"
    assert json_body(["\u00e9"]) == b'["\\u00e9"]'
    assert json_body("text") == b'"text"'
    assert json_body({}) == b"{}"
    with pytest.raises(ValueError, match="JSON"):
        json_body(float("nan"))


@pytest.mark.parametrize(
    "call",
    [
        Call("GET", "/x", Effect.CHANGE, headers={"authorization": "Bearer x"}),
        Call("GET", "/x", Effect.CHANGE, headers={"Cookie": "x=y"}),
        Call("POST", "/signinBody", Effect.CHANGE),
        Call("POST", "/SIGNIN2FA/?x=1", Effect.CHANGE),
        Call("POST", "/sigin2f%61", Effect.CHANGE),
    ],
)
def test_what_belongs_to_the_session_cannot_be_set(call: Call) -> None:
    with pytest.raises(ValueError, match=r"session|sign-in"):
        refuse_session_headers(call)


@pytest.mark.parametrize(
    ("body", "media_type", "value"),
    [
        (b"", "", None),
        (b" \r\n", "application/json", None),
        (b'{"a": 1}', "application/json; charset=utf-8", {"a": 1}),
        (b'{"a": 1}', "application/problem+json", {"a": 1}),
        (b"plain", "text/plain", "plain"),
    ],
)
def test_a_reply_is_a_value(body: bytes, media_type: str, value: Any) -> None:
    headers = CaseInsensitiveDict({"Content-Type": media_type})

    assert value_of(Reply(200, "GET", "/x", headers, body)) == value
