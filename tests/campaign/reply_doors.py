"""What a server, or something in its place, answers: each reply read, and then used."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http.client import HTTPMessage
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from requests import PreparedRequest
from requests.cookies import RequestsCookieJar, get_cookie_header
from requests.structures import CaseInsensitiveDict

from hostscan_automation.api import wire
from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.any_call import build_call, value_of
from hostscan_automation.api.call import Reply
from hostscan_automation.api.codes import CodeGenerator
from hostscan_automation.api.replies import refusal, retry_after_s
from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.signin_methods import Totp
from hostscan_automation.api.tokens import AccessToken, token_of
from hostscan_automation.api.transport_cookies import keep_cookies
from hostscan_automation.clock import SystemClock
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.sight import Sights
from tests.campaign.doors import Door
from tests.campaign.pages import everything_of_job

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
_SIGHT = Sights.at(NOW).read
_AGE = compile_filter(
    {"any": [{"created": {"older_than": "6h"}}, {"any_host": {"name": {"glob": "lab-*"}}}]}
)
_TOTP = CodeGenerator.parse("JBSWY3DPEHPK3PXP")
_SERVER = ServerAddress.parse("https://nps01.lab.example:6500")
_HOST = {
    "hostScanHostId": "8f6f4d9a-3c1e-4c1b-9d5a-2b7e6a90c311",
    "hostId": "1f6f4d9a-3c1e-4c1b-9d5a-2b7e6a90c311",
    "name": "lab-1",
    "dnsHostName": "lab-1.lab.example",
    "os": "Windows Server 2022",
    "ipAddress": "10.0.0.1",
    "version": "10.0.20348",
    "status": 0,
    "statusDescription": "Queued",
    "failureReason": 0,
}
_ROW = {"id": _ID, "status": 2, "statusDescription": "Running", "hostScanHostStatus": [_HOST]}
_DETAIL = {
    "id": _ID,
    "createdDateTimeUtc": "2026-01-31T22:30:00",
    "modifiedDateTimeUtc": "0001-01-01T00:00:00",
    "createdByUserName": "LAB\\admin1",
    "createdFromAddress": "10.0.0.12",
    "hostScanJobHostJoin": [
        {
            "hostScanHostId": _ID,
            "hostScanHost": {"id": _ID, **_HOST},
            "actionQueue": {
                "status": "Pending",
                "statusDescription": "Pending",
                "failureReason": "AccessDenied",
                "timeCreated": "2026-01-31T22:30:00.1234567Z",
                "timeStarted": "2026-01-31 22:30:00+01:00",
                "heartBeatDateTimeUtc": None,
            },
        }
    ],
}
_PROBLEM = {
    "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
    "title": "One or more validation errors occurred.",
    "status": 400,
    "detail": "Unable to cancel host scan job.",
    "traceId": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    "errors": {"id": ["The value is not valid."]},
}
_PAGE = b"""<!DOCTYPE html><html><head><title>Sign in</title>
<script>var a="</script><b>x</b>";</script>
<style>p{}</style></head><body><p>502 Bad Gateway</p><!-- proxy --></body></html>"""
_TOKEN = (
    b'"eyJhbGciOiJIUzI1NiJ9.eyJ1bmlxdWVfbmFtZSI6IkxBQlxcc3ZjIiwicm9sZSI6WyJBZG1pbiJdLCJleHAiOjE3Nz'
    b'I0NTQwMDAsImlhdCI6MTc3MjQ1MzEwMH0.c2lnbmF0dXJl"'
)
_DATES = (
    b"Fri, 31 Dec 9999 23:59:59 -2300",
    b"31 Dec 9999 23:59:59 GMT",
    b"Mon, 01 Jan 0100 00:00:00 +2300",
    b" 0000 ",
    b"99999999999999999999",
    b" -9999",
    b" EST",
)


def _reply(data: bytes, status: int = 200, kind: str = "application/json") -> Reply:
    headers = CaseInsensitiveDict({"Content-Type": kind})
    return Reply(status, "GET", "/api/v1/HostScanJob", headers, data)


def _rows(data: bytes, _: Path) -> object:
    pieces = (data[at : at + 97] for at in range(0, len(data), 97))
    jobs = list(wire.read_jobs(_reply(data), pieces))
    return [(job.fingerprint, _AGE.possible(job, _SIGHT), job.host_names) for job in jobs]


def _hosts(data: bytes, _: Path) -> object:
    return [host.label for host in wire.read_hosts(_reply(data), iter((data,)))]


def _detail(data: bytes, _: Path) -> object:
    job = wire.read_detail(_reply(data))
    return job.fingerprint, _AGE.possible(job, _SIGHT), job.started, job.heartbeat


def _shown_detail(data: bytes, _: Path) -> object:
    return everything_of_job(wire.read_detail(_reply(data)))


def _problem(data: bytes, _: Path) -> object:
    status = 400 + len(data) % 120
    error = refusal(_reply(data, status), NOW)
    return str(error), error.hint, str(error.trace_id)


def _web_page(data: bytes, _: Path) -> object:
    return str(refusal(_reply(data, 502, "text/html"), NOW))


def _version(data: bytes, _: Path) -> object:
    kind = "text/plain" if len(data) % 2 else "application/json"
    reply = _reply(data, kind=kind)
    return wire.read_text(reply), value_of(reply)


def _token(data: bytes, _: Path) -> object:
    token = AccessToken.read(token_of(_reply(data)), NOW)
    return repr(token), token.lifetime_s, token.roles


def _claims(data: bytes, _: Path) -> object:
    import base64  # noqa: PLC0415

    claims = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    token = AccessToken.read(f"eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln", NOW)
    return token.expires_at and token.expires_at - NOW, token.roles, token.name


def _retry_after(data: bytes, _: Path) -> object:
    return retry_after_s(data.decode("latin-1"), NOW)


def _date(data: bytes, _: Path) -> object:
    time = ServerTime(SystemClock())
    time.note(data.decode("latin-1"))
    now = time.now()
    return _TOTP.at(now).step, _AGE.possible(_A_JOB, Sights.at(now).read), now.isoformat()


_A_JOB = wire.read_detail(_reply(json.dumps(_DETAIL).encode()))


def _headers(data: bytes, _: Path) -> object:
    """Read headers as http.client does, then redirect, media type, and the cookies."""
    message = HTTPMessage()
    for line in data.decode("latin-1").splitlines():
        name, _colon, value = line.partition(":")
        message.add_header(name, value.strip())
    reply = Reply(302, "GET", "/api/v1/Version", CaseInsensitiveDict(message.items()), data)
    return str(refusal(reply, NOW)), reply.media_type, _cookies(message)


def _cookies(message: HTTPMessage) -> Any:
    request = PreparedRequest()
    request.prepare("GET", "https://nps01.lab.example:6500/api/v1/HostScanJob")
    jar = RequestsCookieJar()
    keep_cookies(jar, request, message.get_all("Set-Cookie", []))
    return get_cookie_header(jar, request)  # type: ignore[no-untyped-call]


def _address(data: bytes, _: Path) -> object:
    address = ServerAddress.parse(data.decode("utf-8", "surrogateescape"))
    return address.url, address.host.encode("idna")  # as Python does when it looks a name up


def _secret(data: bytes, _: Path) -> object:
    return Totp(SecretStr(data.decode("utf-8", "surrogateescape"))).generator.at(NOW)


def _call(data: bytes, _: Path) -> object:
    try:
        given = json.loads(data)
    except RecursionError:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("address"), str):
        return None
    query, headers = given.get("query"), given.get("headers")
    return build_call(
        _SERVER,
        str(given.get("method")),
        given["address"],
        query=query if isinstance(query, dict) else None,
        headers={str(name): str(value) for name, value in headers.items()}
        if isinstance(headers, dict)
        else None,
    )


_CALL = {
    "method": "GET",
    "address": "/api/v1/HostScanJob/x?a=b#c",
    "query": {"id": [1, True, None], "name": "ä"},
    "headers": {"X-Trace": "1"},
}
_HEADERS = (
    b"Location: https://login.example/?a=<b>\r\n"
    b"Content-Type: Text/HTML; charset=utf-8\r\n"
    b"Set-Cookie: ARRAffinity=abc; Path=/; HttpOnly; Domain=lab.example\r\n"
    b"Set-Cookie: two=1; expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=3600; Secure\r\n"
)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


REPLY_DOORS = (
    Door("list of jobs", lambda: (_json([_ROW, _ROW]),), _rows, 4, is_json=True),
    Door("list of hosts", lambda: (_json([_HOST, _HOST]),), _hosts, 6, is_json=True),
    Door("job in detail", lambda: (_json(_DETAIL),), _detail, 4, is_json=True),
    Door("job in detail, shown", lambda: (_json(_DETAIL),), _shown_detail, 0.7, is_json=True),
    Door("problem document", lambda: (_json(_PROBLEM),), _problem, 5, is_json=True),
    Door("page of a proxy", lambda: (_PAGE,), _web_page, 3, (b"<script>" * 500, b"</script")),
    Door("version", lambda: (b'"25.12.00000"',), _version, 8),
    Door("token reply", lambda: (_TOKEN,), _token, 7, (b"eyJ" * 500, b".")),
    Door(
        "claims of a token",
        lambda: (b'{"role": ["Admin"], "exp": 1772454000, "nbf": "1", "sub": "x"}',),
        _claims,
        8,
        is_json=True,
    ),
    Door(
        "Retry-After", lambda: (b"120", b"Wed, 21 Oct 2026 07:28:00 GMT"), _retry_after, 10, _DATES
    ),
    Door("Date", lambda: (b"Wed, 21 Oct 2026 07:28:00 GMT",), _date, 7, _DATES),
    Door("headers and cookies", lambda: (_HEADERS,), _headers, 1.2, (b";", b"=", b",", *_DATES)),
    Door(
        "address of a server",
        lambda: (b"https://[::1]:6500/", b"http://127.0.0.1:8443"),
        _address,
        8,
    ),
    Door(
        "TOTP secret",
        lambda: (b"JBSW Y3DP-EHPK3PXP", b"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8"),
        _secret,
        8,
    ),
    Door(
        "call to any address",
        lambda: (_json(_CALL),),
        _call,
        5,
        (b"%2e%2e", b"//", b"/Stop", b"@", b"\\"),
        is_json=True,
        allowed=(Door.allowed[0], ValueError),
    ),
)
