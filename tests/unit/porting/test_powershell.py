"""The documented statements as Python calls: PowerShell's rules, without its accidents."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.errors import (
    ApiError,
    NotFoundError,
    NotReachedError,
    PlanRefusedError,
    SettingsError,
    UnreadableReplyError,
)
from hostscan_automation.porting.powershell import (
    WebRequestSession,
    convert_from_json,
    convert_to_json,
    invoke_rest_method,
)
from hostscan_automation.simulator import Simulator, SimulatorConfig
from tests.unit.porting.recorder import PRE_TOKEN, TOKEN, Answer, Recorder

FORM = "application/x-www-form-urlencoded"


def test_a_documented_example_carried_over_by_hand(recorder: Recorder) -> None:
    server, login = recorder.url, {"Login": r"LAB\svc", "Password": "s3cret\u20ac"}
    json = "application/json"
    with WebRequestSession() as session:
        token = invoke_rest_method(
            f"{server}/signinBody",
            method="POST",
            body=convert_to_json(login),
            web_session=session,
            content_type=json,
        )
        token = invoke_rest_method(
            f"{server}/signin2fa",
            method="Post",
            body="012345",
            headers={"Authorization": f"Bearer {token}"},
            web_session=session,
            content_type=json,
        )
    assert token == TOKEN
    headers = {"Authorization": f"Bearer {token}"}
    assert invoke_rest_method(f"{server}/api/v1/Thing", headers=headers) == {"ok": True}
    first, second, call = recorder.sent
    assert first.json == login
    assert (second.method, second.body) == ("POST", b"012345")
    assert second.header("cookie") == "step=one"
    assert (call.method, call.body, call.header("cookie")) == ("GET", b"", None)


@pytest.fixture
def echo(recorder: Recorder) -> Recorder:
    """A server that answers `/echo` to everybody."""
    recorder.answers["/echo"] = Answer(body="1")
    return recorder


def test_a_session_keeps_the_headers_of_its_calls_and_no_content_type(echo: Recorder) -> None:
    url = f"{echo.url}/echo"
    with WebRequestSession() as session:
        headers = {"Authorization": "Bearer one", "X-A": "1"}
        invoke_rest_method(
            url, method="PUT", body="x", headers=headers, web_session=session, content_type="a/b"
        )
        invoke_rest_method(url, headers={"authorization": "Bearer two"}, web_session=session)
        invoke_rest_method(url, method="PUT", body="x", web_session=session)
    assert [sent.header("authorization") for sent in echo.sent] == [
        "Bearer one",
        "Bearer two",
        "Bearer two",
    ]
    assert [sent.header("x-a") for sent in echo.sent] == ["1", "1", "1"]
    assert [sent.header("content-type") for sent in echo.sent] == ["a/b", None, None]


@pytest.mark.parametrize(
    ("method", "body", "content_type", "target", "data", "sent_type"),
    [
        ("POST", "x\u00e9", None, "/echo", b"x\xc3\xa9", FORM),
        ("POST", None, None, "/echo", b"", FORM),
        ("PUT", "x\u00e9", None, "/echo", b"x\xc3\xa9", None),
        ("POST", "\u00e9", "text/plain; charset=iso-8859-1", "/echo", b"\xe9", None),
        ("POST", b"\x00\xff", "a/b", "/echo", b"\x00\xff", None),
        ("POST", 12345, None, "/echo", b"12345", FORM),
        ("POST", {"a": 1, "b": "x y"}, None, "/echo", b"a=1&b=x+y", FORM),
        ("GET", {"a": "1 2"}, None, "/echo?a=1+2", b"", None),
        ("GET", {}, None, "/echo", b"", None),
        ("delete", None, "application/json", "/echo", b"", None),
    ],
)
def test_bodies_go_as_powershell_sends_them(  # noqa: PLR0917 - a row of a table
    echo: Recorder,
    method: str,
    body: str | bytes | int | dict[str, object] | None,
    content_type: str | None,
    target: str,
    data: bytes,
    sent_type: str | None,
) -> None:
    invoke_rest_method(f"{echo.url}/echo", method=method, body=body, content_type=content_type)
    (sent,) = echo.sent
    assert (sent.method, sent.target, sent.body) == (method.upper(), target, data)
    assert sent.header("content-type") == (content_type or sent_type)


def test_a_query_that_is_there_is_added_to(echo: Recorder) -> None:
    invoke_rest_method(f"{echo.url}/echo?x=1", body={"a": "2"})
    invoke_rest_method(f"{echo.url}/echo?f=a b\u00e9%20")
    assert [one.target for one in echo.sent] == ["/echo?x=1&a=2", "/echo?f=a%20b%C3%A9%20"]


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        ('"abc"', "application/json", "abc"),
        ('"abc"', "text/plain", "abc"),
        ("abc", "text/plain", "abc"),
        ("  abc ", "text/plain", "  abc "),
        ("123", "text/plain", 123),
        ("true", None, True),
        ("", None, ""),
        ("", "application/json", ""),
        ("null", "application/json", None),
        ("[]", "application/json", []),
        ("[1]", "application/json", [1]),
        ("[1", "application/json", "[1"),
        ("[" * 5000, "application/json", "[" * 5000),
        ('{"a": 1, "A": 2}', "application/json", '{"a": 1, "A": 2}'),
        ('{"": 1}', "application/json", '{"": 1}'),
        ('{"a": 1, "a": 2}', "application/json", {"a": 2}),
        ("<html><body/></html>", "text/html", "<html><body/></html>"),
        ("12345678901234567890123", "application/json", 12345678901234567890123),
        ("1e999", "application/json", math.inf),
    ],
)
def test_replies_are_read_as_powershell_reads_them(
    recorder: Recorder, body: str, media_type: str | None, expected: object
) -> None:
    recorder.answers["/x"] = Answer(body=body, media_type=media_type)
    assert invoke_rest_method(f"{recorder.url}/x") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-08-24T14:15:22Z", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        (
            "2019-08-24T14:15:22.1234567+02:00",
            datetime(2019, 8, 24, 14, 15, 22, 123456, timezone(timedelta(hours=2))),
        ),
        (
            "2019-08-24T14:15:22-0130",
            datetime(2019, 8, 24, 14, 15, 22, 0, timezone(-timedelta(hours=1, minutes=30))),
        ),
        ("2019-08-24T14:15:22", datetime(2019, 8, 24, 14, 15, 22)),  # noqa: DTZ001 - it has none
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("2019-08-24T14:15:22.123456789Z", "2019-08-24T14:15:22.123456789Z"),
        ("2019-08-24", "2019-08-24"),
        ("2019-13-24T14:15:22Z", "2019-13-24T14:15:22Z"),
        ("2019-08-24T14:15:22+99:00", "2019-08-24T14:15:22+99:00"),
    ],
)
def test_iso_dates_become_dates(text: str, expected: object) -> None:
    assert convert_from_json(f'{{"at": ["{text}"]}}') == {"at": [expected]}


@pytest.mark.parametrize("text", ["", "abc", '{"a": 1, "A": 2}'])
def test_text_that_is_no_json_is_an_error_where_json_is_asked_for(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        convert_from_json(text)


def test_json_is_written_as_powershell_writes_it() -> None:
    moment = datetime(2030, 1, 2, tzinfo=UTC)
    value = {"a": "\u00e9</", "b": (1, None, True), "c": UUID(int=1), "d": moment}
    assert convert_to_json(value, compress=True) == (
        '{"a":"\u00e9</","b":[1,null,true],"c":"00000000-0000-0000-0000-000000000001",'
        '"d":"2030-01-02T00:00:00Z"}'
    )
    assert convert_to_json({"a": 1}) == '{\n  "a": 1\n}'


def test_json_is_never_cut_off_in_its_depth() -> None:
    deep: dict[str, object] = {"a": {"b": {"c": {}}}}
    with pytest.raises(ValueError, match="nested deeper"):
        convert_to_json(deep)
    assert convert_to_json(deep, depth=3, compress=True) == '{"a":{"b":{"c":{}}}}'


@pytest.mark.parametrize(
    ("uri", "error", "message"),
    [
        ("/api/v1/HostScanJob/%54runcateAllTables", PlanRefusedError, "never called"),
        ("/api/v1/HostScanJob/{hostScanJobId}", SettingsError, "placeholder '{hostScanJobId}'"),
        ("/api/v1/x/%2e%2E/y", SettingsError, "dot segment"),
    ],
)
def test_some_addresses_are_never_called(
    recorder: Recorder, uri: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        invoke_rest_method(recorder.url + uri, method="DELETE")
    assert recorder.sent == []


def test_a_password_goes_to_no_other_machine_unencrypted() -> None:
    with pytest.raises(SettingsError, match="unencrypted"):
        invoke_rest_method("http://scan.example/signinBody", method="POST", body="s3cret-word")


def test_no_redirect_is_followed(recorder: Recorder) -> None:
    recorder.answers["/x"] = Answer(307, "", headers=(("Location", "/y"),))
    with pytest.raises(UnreadableReplyError, match="/y"):
        invoke_rest_method(f"{recorder.url}/x", method="POST", body="s3cret-word")
    assert len(recorder.sent) == 1


def test_a_refusal_is_a_typed_error_without_the_request(recorder: Recorder) -> None:
    recorder.answers["/x"] = Answer(404, '{"title": "no such thing", "traceId": "t-1"}')
    with pytest.raises(NotFoundError, match="no such thing") as caught:
        invoke_rest_method(f"{recorder.url}/x", headers={"Authorization": f"Bearer {PRE_TOKEN}"})
    assert caught.value.trace_id == "t-1"
    assert PRE_TOKEN not in repr(vars(caught.value))
    with pytest.raises(ApiError, match="403"):
        invoke_rest_method(f"{recorder.url}/y")


def test_a_session_stays_with_one_server(recorder: Recorder) -> None:
    recorder.answers["/x"] = Answer()
    with WebRequestSession() as session, Recorder() as other:
        invoke_rest_method(f"{recorder.url}/x", web_session=session)
        with pytest.raises(SettingsError, match="belongs to"):
            invoke_rest_method(f"{other.url}/x", web_session=session)
        assert other.sent == []
    assert "Bearer" not in repr(session)


@pytest.mark.parametrize("value", ["Bearer a\r\nX: y", "a\0b"])
def test_a_header_is_one_line(recorder: Recorder, value: str) -> None:
    with pytest.raises(SettingsError, match="'Authorization'") as caught:
        invoke_rest_method(f"{recorder.url}/x", headers={"Authorization": value})
    assert value not in str(caught.value)


@pytest.mark.parametrize("charset", ["ascii", "no-such-charset"])
def test_a_body_that_its_charset_cannot_hold_is_an_error_without_the_body(charset: str) -> None:
    with pytest.raises(SettingsError, match=charset) as caught:
        invoke_rest_method(
            "https://localhost:1/x",
            method="PUT",
            body="\u20ac",
            content_type=f"a/b; charset={charset}",
        )
    assert caught.value.__context__ is None


def test_the_certificate_is_checked_unless_the_session_trusts_it() -> None:
    with Simulator(SimulatorConfig(tls=True, jobs=1)) as simulator:
        url = f"{simulator.url}/signinBody"
        with pytest.raises(NotReachedError):
            invoke_rest_method(url, method="POST", body="{}")
        assert simulator.requests() == []
        with (
            WebRequestSession(ConnectionOptions(ca_bundle=simulator.ca_bundle)) as session,
            pytest.raises(ApiError),
        ):
            invoke_rest_method(url, method="POST", body="{}", web_session=session)
        assert len(simulator.requests()) == 1
