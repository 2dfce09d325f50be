from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from hostscan_automation.api.call import Reply
from hostscan_automation.api.replies import (
    first_words,
    json_of,
    problem_of,
    refusal,
    retry_after_s,
)
from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnreadableReplyError,
)

NOW = datetime(2025, 11, 23, 14, 31, tzinfo=UTC)
PROBLEM = "application/problem+json; charset=utf-8"


def got(status: int, body: Any = b"", **headers: str) -> Reply:
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    named = CaseInsensitiveDict({name.replace("_", "-"): text for name, text in headers.items()})
    return Reply(status, "DELETE", "/api/v1/HostScanJob/1", named, body)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ApiError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ApiError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (503, RateLimitedError),
        (302, UnreadableReplyError),
        (101, UnreadableReplyError),
    ],
)
def test_each_status_has_the_error_for_what_comes_next(status: int, kind: type[ApiError]) -> None:
    error = refusal(got(status), NOW)

    assert type(error) is kind
    assert (error.status, error.method, error.path) == (status, "DELETE", "/api/v1/HostScanJob/1")


def test_a_problem_keeps_every_further_member() -> None:
    body = {
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
        "title": "Bad Request",
        "status": 400,
        "detail": "Job is not active.",
        "traceId": "00-4bf92f3577b34da6a3ce929d0e0e4736-00",
        "property1": None,
        "errors": {"id": ["The value is not valid.", "Try again."]},
    }

    error = refusal(got(400, body, Content_Type=PROBLEM), NOW)

    assert error.problem is not None
    assert error.problem.detail == "Job is not active."
    assert error.problem.further == {
        name: body[name] for name in ("traceId", "property1", "errors")
    }
    assert error.trace_id == "00-4bf92f3577b34da6a3ce929d0e0e4736-00"
    assert str(error).endswith(
        "with 400: Bad Request: Job is not active.: id The value is not valid. Try again."
    )


@pytest.mark.parametrize(
    "media_type",
    ["application/problem+json", "Application/Problem+JSON;charset=utf-8", "application/json", ""],
)
def test_the_media_type_of_a_problem_is_matched_tolerantly(media_type: str) -> None:
    problem = problem_of(got(400, {"title": "No"}, Content_Type=media_type))

    assert problem is not None
    assert problem.title == "No"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b'{"other": 1}', b"\xff\xfe{", b'{"a":' * 100_000],
)
def test_what_is_no_problem_is_none(body: bytes) -> None:
    assert problem_of(got(400, body, Content_Type="application/json")) is None


def test_members_of_a_wrong_kind_are_left_out() -> None:
    problem = problem_of(got(400, {"title": 5, "status": True, "detail": ["x"], "traceId": 7}))

    assert problem is not None
    assert (problem.title, problem.status, problem.detail) == (None, None, None)
    assert problem.trace_id is None


def test_a_page_of_a_proxy_is_shown_by_its_first_readable_words() -> None:
    page = b"""<!DOCTYPE html><html><head><title>x</title><style>p {color: red}</style></head>
    <body><script>alert(1)</script><h1>502 Bad Gateway</h1>\x1b[31m<p>nginx</p></body></html>"""

    error = refusal(got(502, page, Content_Type="text/html"), NOW)

    assert str(error) == (
        "DELETE /api/v1/HostScanJob/1 was answered with 502: 502 Bad Gateway [31m nginx"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("a\r\n b\t\0c", "a b c"),
        ("\u202edrowssap\u200f\u2066", "drowssap"),
        ("\x1b]0;title\x07 hello", "]0;title hello"),
        ("<p>one</p> two <b", "one two"),
        ("x" * 500, "x" * 160 + " ..."),
        ("<" * 100_000, ""),
    ],
)
def test_first_words_are_safe_to_show(text: str, words: str) -> None:
    assert first_words(text) == words


@given(st.text())
def test_first_words_never_hold_a_control_character(text: str) -> None:
    words = first_words(text)

    assert words.isprintable()
    assert len(words) <= 164


def test_a_redirect_names_where_it_leads() -> None:
    error = refusal(got(307, Location="https://elsewhere.example/x"), NOW)

    assert "https://elsewhere.example/x" in str(error)
    assert "No redirect is followed" in (error.hint or "")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("9" * 40, None),
        ("\u0663", None),
        ("Sun, 23 Nov 2025 14:31:30 GMT", 30.0),
        ("Sun, 23 Nov 2025 14:30:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 14:31:00 GMT", 365 * 86_400.0),
        ("Sun, 99 Nov 2025 14:31:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_date(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after_s(header, NOW) == seconds


def test_rate_limited_errors_carry_what_the_server_asked_for() -> None:
    error = refusal(got(429, Retry_After="12"), NOW)

    assert isinstance(error, RateLimitedError)
    assert error.retry_after_s == 12.0


def test_json_that_is_none_is_an_error_with_its_first_words() -> None:
    with pytest.raises(UnreadableReplyError, match=r"status 200\) is no JSON: 'Sign in'"):
        json_of(got(200, b"<html>Sign in</html>"))
    with pytest.raises(UnreadableReplyError, match="is no JSON and empty"):
        json_of(got(200))
    with pytest.raises(UnreadableReplyError, match="nested too deeply"):
        json_of(got(200, b"[" * 200_000))
    with pytest.raises(UnreadableReplyError, match="is no JSON"):
        json_of(got(200, b"[" + b"9" * 5000 + b"]"))


def test_a_byte_order_mark_is_no_fault() -> None:
    assert json_of(got(200, b"\xef\xbb\xbf[]")) == []
