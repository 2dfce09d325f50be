"""The documented statements in Python and in PowerShell, side by side: same wire, same replies."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.porting.powershell import (
    WebRequestSession,
    convert_to_json,
    invoke_rest_method,
)
from tests.unit.porting.recorder import Answer, Recorder

if TYPE_CHECKING:
    from tests.unit.porting.conftest import Shell
    from tests.unit.porting.recorder import Sent

pytestmark = pytest.mark.powershell

# A call: the arguments in PowerShell, and the same in Python.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("-Method GET", {}),
    ("-Method Post", {"method": "Post"}),
    ("-Method POST -Body 'x'", {"method": "POST", "body": "x"}),
    ("-Method POST -Body ([string][char]233)", {"method": "POST", "body": "\u00e9"}),
    ("-Method PUT -Body 'x'", {"method": "PUT", "body": "x"}),
    ("-Method PATCH -Body 'x'", {"method": "PATCH", "body": "x"}),
    ("-Method DELETE -Body 'x'", {"method": "DELETE", "body": "x"}),
    ("-Method DELETE", {"method": "DELETE"}),
    ("-Method POST -Body 12345", {"method": "POST", "body": 12345}),
    ("-Method POST -Body ([byte[]](0, 255))", {"method": "POST", "body": b"\x00\xff"}),
    ("-Method POST -Body @{ a = 'x y&/+' }", {"method": "POST", "body": {"a": "x y&/+"}}),
    ("-Method PUT -Body @{ a = 1 }", {"method": "PUT", "body": {"a": 1}}),
    ("-Method GET -Body @{ a = 'x y&/+' }", {"body": {"a": "x y&/+"}}),
    (
        "-Method POST -Body @{ a = 'x' } -ContentType 'application/json'",
        {"method": "POST", "body": {"a": "x"}, "content_type": "application/json"},
    ),
    (
        "-Method POST -Body ([string][char]8364) -ContentType 'application/json'",
        {"method": "POST", "body": "\u20ac", "content_type": "application/json"},
    ),
    (
        "-Method POST -Body ([string][char]8364) -ContentType 'application/json; charset=utf-8'",
        {"method": "POST", "body": "\u20ac", "content_type": "application/json; charset=utf-8"},
    ),
    (
        "-Method POST -Body ([string][char]233) -ContentType 'text/plain; charset=iso-8859-1'",
        {"method": "POST", "body": "\u00e9", "content_type": "text/plain; charset=iso-8859-1"},
    ),
    ("-Method GET -ContentType 'application/json'", {"content_type": "application/json"}),
    (
        "-Method DELETE -ContentType 'application/json'",
        {"method": "DELETE", "content_type": "application/json"},
    ),
    ("-Headers @{ 'X-One' = '1' }", {"headers": {"X-One": "1"}}),
    ("-Headers @{ Authorization = 'Bearer t' }", {"headers": {"Authorization": "Bearer t"}}),
]
ADDRESSES = ["?a=b c", "?a=\u00e9", "/\u00e9 x", "?a=%20%2F+", "?a[]=1&b={2}", "/a%2Fb", "?", "#x"]
REPLIES = [
    ('"abc"', "application/json"),
    ('"abc"', "text/plain"),
    ("abc", "text/plain"),
    (" abc ", "text/plain"),
    ("12", "application/json"),
    ("12", "text/plain"),
    ("-1.5", "application/json"),
    ("true", "application/json"),
    ("", "application/json"),
    ("", None),
    ("null", "application/json"),
    ("[]", "application/json"),
    ("[1]", "application/json"),
    ('[1, "a", [null]]', "application/json"),
    ('{"a": {"b": [1.0, 2]}}', "application/json"),
    ('{"a": 1, "A": 2}', "application/json"),
    ('{"a": 1, "a": 2}', "application/json"),
    ("[1", "application/json"),
    ('["2019-08-24T14:15:22Z", "2019-08-24T14:15:22.5Z"]', "application/json"),
    ('["2019-08-24T14:15:22+02:00", "2019-08-24", "14:15:22"]', "application/json"),
    ("12345678901234567890123", "application/json"),
    ('"\u20ac"', "application/json; charset=utf-8"),
    ('"\u20ac"', "application/json"),
]
TABLES = [
    (
        "[ordered]@{ Login = 'LAB\\svc'; Password = 'a\"b<>&''/' }",
        {"Login": r"LAB\svc", "Password": "a\"b<>&'/"},
    ),
    (
        "[ordered]@{ a = 1; b = 1.5; c = $true; d = $null }",
        {"a": 1, "b": 1.5, "c": True, "d": None},
    ),
    ("[ordered]@{ a = @(1, @(2)); b = @{}; c = @() }", {"a": [1, [2]], "b": {}, "c": []}),
    ("[ordered]@{ a = @{ b = @{ c = 1 } } }", {"a": {"b": {"c": 1}}}),
    (
        "[string]::Join('', [char[]](233, 8364, 9, 31, 127, 133, 8232))",
        "\u00e9\u20ac\t\x1f\x7f\x85\u2028",
    ),
    ("@([double]::NaN, -[double]::PositiveInfinity)", [math.nan, -math.inf]),
    ("[guid]'497f6eca-6276-4993-bfeb-53cbbbba6f08'", "497f6eca-6276-4993-bfeb-53cbbbba6f08"),
    (
        "[datetime]::new(2030, 1, 2, 3, 4, 5, [DateTimeKind]'Utc')",
        datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
    ),
]
DESCRIBE = """
function Show-Value([object] $Value) {
    if ($null -eq $Value) { return 'none' }
    if ($Value -is [string]) {
        return 'text ' + (@($Value.ToCharArray() | ForEach-Object { [int]$_ }) -join ' ')
    }
    if ($Value -is [bool]) { return "bool $Value" }
    if ($Value -is [datetime]) {
        return 'time ' + $Value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.ffffff')
    }
    if ($Value -is [array]) { return '[' + (@($Value | ForEach-Object { Show-Value $_ }) -join ', ') + ']' }
    if ($Value -is [psobject] -and $Value.PSObject.BaseObject -is [System.Management.Automation.PSCustomObject]) {
        return '{' + (@($Value.PSObject.Properties | ForEach-Object { "$($_.Name): $(Show-Value $_.Value)" }) -join ', ') + '}'
    }
    if ($Value -is [double] -or $Value -is [decimal]) { return 'number ' + ([double]$Value).ToString('0.0##') }
    'number ' + $Value
}
function Write-Line([string] $Text) { [Console]::Out.WriteLine($Text) }
"""  # noqa: E501 - a script


def shown(value: object) -> str:  # noqa: PLR0911 - one line for each type
    """Return a value as the script above shows it."""
    match value:
        case None:
            return "none"
        case str():
            units = value.encode("utf-16-be")
            pairs = zip(units[::2], units[1::2], strict=True)
            return "text " + " ".join(str(high * 256 + low) for high, low in pairs)
        case bool():
            return f"bool {value}"
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return "time " + moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}: {shown(one)}" for key, one in value.items()) + "}"
        case _:
            return f"number {value}"


def wire(sent: Sent) -> tuple[object, ...]:
    names = ("content-type", "authorization", "x-one", "cookie")
    return (sent.method, sent.target, sent.body, *(sent.header(name) for name in names))


def test_requests_are_the_same_on_the_wire(shell: Shell, recorder: Recorder) -> None:
    for path in ("/echo", "/echo/%C3%A9%20x", "/echo/a%2Fb"):
        recorder.answers[path] = Answer(body="1")
    url = f"{recorder.url}/echo"
    escaped = [
        "".join(f"$([char]{ord(one)})" if ord(one) > 126 else one for one in text)
        for text in ADDRESSES
    ]
    lines = [f"$null = Invoke-RestMethod -Uri {url} {arguments}" for arguments, _ in CALLS]
    lines += [f'$null = Invoke-RestMethod -Uri "{url}{text}"' for text in escaped]
    shell.run("\n".join(lines) + "\n")
    theirs, recorder.sent = [wire(sent) for sent in recorder.sent], []
    for _, arguments in CALLS:
        invoke_rest_method(url, **arguments)
    for text in ADDRESSES:
        invoke_rest_method(url + text)
    ours = [wire(sent) for sent in recorder.sent]
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        what = CALLS[number][0] if number < len(CALLS) else ADDRESSES[number - len(CALLS)]
        assert mine == other, what


def test_replies_become_the_same_values(shell: Shell, recorder: Recorder) -> None:
    for number, (body, media_type) in enumerate(REPLIES):
        recorder.answers[f"/{number}"] = Answer(body=body, media_type=media_type)
    lines = (
        f"$reply = Invoke-RestMethod -Uri {recorder.url}/{number}\nWrite-Line (Show-Value $reply)\n"
        for number, _ in enumerate(REPLIES)
    )
    theirs = shell.run(DESCRIBE + "".join(lines)).splitlines()
    ours = [shown(invoke_rest_method(f"{recorder.url}/{n}")) for n, _ in enumerate(REPLIES)]
    for reply, mine, other in zip(REPLIES, ours, theirs, strict=True):
        assert mine == other, reply


def test_json_is_written_the_same(shell: Shell) -> None:
    lines = (
        f"Write-Line (ConvertTo-Json -InputObject ({table}))\nWrite-Line '--'\n"
        f"Write-Line (ConvertTo-Json -Compress -InputObject ({table}))\nWrite-Line '--'\n"
        for table, _ in TABLES
    )
    theirs = shell.run(DESCRIBE + "".join(lines)).split("\n--\n")[:-1]
    ours = [convert_to_json(value, compress=c) for _, value in TABLES for c in (False, True)]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other.replace("\r\n", "\n")


COOKIES = (
    ("Set-Cookie", "a=1; Path=/"),
    ("Set-Cookie", "b=2; Path=/sub"),
    ("Set-Cookie", "c=3; Path=/; Max-Age=0"),
    ("Set-Cookie", "d=4; Path=/; Secure"),
    ("Set-Cookie", "e=5; Path=/; HttpOnly; SameSite=Strict"),
    ("Set-Cookie", "f=6; Path=/; Expires=Wed, 01 Jan 2031 00:00:00 GMT"),
    ("Set-Cookie", 'g="7"'),
)


def test_a_session_keeps_the_same_cookies_and_headers(shell: Shell, recorder: Recorder) -> None:
    recorder.answers["/set"] = Answer(body="1", headers=COOKIES)
    recorder.answers["/get"] = recorder.answers["/sub/get"] = Answer(body="1")
    recorder.answers["/drop"] = Answer(body="1", headers=(("Set-Cookie", "a=; Path=/; Max-Age=0"),))
    paths = ("set", "get", "sub/get", "drop", "get")
    calls = "".join(
        f"$null = Invoke-RestMethod -Uri {recorder.url}/{path} -WebSession $session{headers}\n"
        for path, headers in zip(
            paths, ("", " -Headers @{ Authorization = 'Bearer t' }", "", "", ""), strict=True
        )
    )
    made = "New-Object Microsoft.PowerShell.Commands.WebRequestSession"
    shell.run(f"$session = {made}\n{calls}")
    theirs, recorder.sent = [wire(sent) for sent in recorder.sent], []
    with WebRequestSession() as session:
        for path in paths:
            headers = {"Authorization": "Bearer t"} if path == "get" else None
            given = headers if len(recorder.sent) == 1 else None
            invoke_rest_method(f"{recorder.url}/{path}", web_session=session, headers=given)
    for mine, other in zip(map(wire, recorder.sent), theirs, strict=True):
        assert (*mine[:-1], cookies(mine)) == (*other[:-1], cookies(other))


def cookies(call: tuple[object, ...]) -> list[str]:
    """Return the cookies of a call; their order means nothing."""
    return sorted(str(call[-1] or "").split("; "))
