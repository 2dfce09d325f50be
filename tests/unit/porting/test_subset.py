"""What stands outside the subset is an error with its line and column, never a guess."""

from __future__ import annotations

import pytest

from hostscan_automation.errors import ExampleError, Finding, PlanRefusedError
from hostscan_automation.porting.document import decode_example
from hostscan_automation.porting.reading import read_example
from hostscan_automation.porting.targets import Target, port
from tests.unit.porting.pages import JOB_PATH, Page

CALL = "Invoke-RestMethod -Method DELETE"


def findings(text: str, file_name: str = "example.ps1") -> tuple[Finding, ...]:
    with pytest.raises(ExampleError) as caught:
        read_example(text, file_name=file_name)
    assert caught.value.hint
    return caught.value.findings


def finding(text: str, file_name: str = "example.ps1") -> str:
    """Return place and message of the one finding, and make sure that it holds no secret."""
    (found,) = findings(text, file_name)
    assert "s3cret-word" not in found.message
    return f"{found.line}:{found.column}: {found.message}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Get-Process", "1:1: command 'Get-Process' cannot be carried over"),
        ("\n  irm -Uri /x", "2:3: command 'irm' cannot be carried over"),
        (
            "Invoke-RestMethod -Uri /x | Out-Null",
            "1:27: pipeline is outside what can be carried over",
        ),
        (
            "Invoke-RestMethod -Uri `\n  /x",
            "1:24: backtick (write the line unbroken) is outside what can be carried over",
        ),
        (
            "Invoke-RestMethod /x",
            "1:19: a value without its parameter's name cannot be carried over",
        ),
        ("Invoke-RestMethod -Uri", "1:19: -Uri has no value"),
        ("Invoke-RestMethod -Uri /x -InFile y", "1:27: -InFile cannot be carried over"),
        ("Invoke-RestMethod -Uri /x -Url /y", "1:27: -Url is given twice"),
        ("Invoke-RestMethod -Uri:/x", "1:23: ':' is outside what can be carried over"),
        ("Invoke-RestMethod -Uri -1x", "1:24: '-' is outside what can be carried over"),
        (
            "Invoke-RestMethod -Uri @x",
            "1:24: only a line end may follow the opening of a here-string",
        ),
        ("Invoke-RestMethod", "1:1: the request has no address"),
        ("Invoke-RestMethod -Uri $env:X", "1:24: value of $X in an address is not known"),
        (
            'Invoke-RestMethod -Uri "$($env:X)a/b"',
            "1:34: path does not begin with a slash",
        ),
        (
            "Invoke-RestMethod -Uri ''",
            "1:24: address begins neither with a server nor with a slash",
        ),
        ("Invoke-RestMethod -Uri $true", "1:24: the address is no text"),
        ('Invoke-RestMethod -Uri "x', "1:24: string does not end on its line"),
        ("Invoke-RestMethod -Uri 'x", "1:24: string does not end on its line"),
        (
            'Invoke-RestMethod -Uri "/a`n"',
            "1:27: backtick (write the line unbroken) is outside what can be carried over",
        ),
        (
            'Invoke-RestMethod -Uri "/$(1)"',
            "1:26: this use of $ is outside what can be carried over; $Name and $($Name) are not",
        ),
        (
            'Invoke-RestMethod -Uri "/$a:b"',
            "1:26: name '$a:' with a scope or a question mark cannot be carried over",
        ),
        (
            "Invoke\u200b-RestMethod -Uri /x",
            "1:7: invisible character U+200B belongs to the name here",
        ),
        ("$x = 1 + 1", "1:8: '+' is outside what can be carried over"),
        ("$x += 1", "1:4: '+' is outside what can be carried over"),
        ("$x = ($y + 1)", "1:7: only (ConvertTo-Json $Name) can be carried over"),
        ("$x = [int]1", "1:6: type or index in brackets is outside what can be carried over"),
        ("$x", "1:3: statement ends before it is complete"),
        ("$x = word", "1:6: command 'word' cannot be carried over"),
        ("$x = ,1", "1:6: ',' is outside what can be carried over"),
        ("$env:X = 1", "1:1: assigning an environment variable cannot be carried over"),
        ("$x = @{ a = b }", "1:13: 'b' is outside what can be carried over"),
        ("$x = @{ a 1 }", "1:11: '1' is outside what can be carried over"),
        ("$x = @{ a = 1 b = 2 }", "1:15: 'b' is outside what can be carried over"),
        ("$x = @{ a = 1; A = 2 }", "1:16: key 'A' stands there twice"),
        ('$x = @{ "$y" = 1 }', "1:9: this key of a hashtable cannot be carried over"),
        ("$x = @{ a = 1", "1:14: statement ends before it is complete"),
        ("$x = " + "@{ a = " * 21, "1:146: hashtables are nested too deeply"),
        ("$x = (Get-Date)", "1:7: only (ConvertTo-Json $Name) can be carried over"),
        ("$x = (ConvertTo-Json $y -Depth 5)", "1:25: '-' is outside what can be carried over"),
        ("$x = (ConvertTo-Json $y)", "1:6: $y is no hashtable here"),
        (
            "$x = New-Object System.Object",
            "1:17: objects of type 'System.Object' cannot be carried over",
        ),
        ("$x = New-Object -ComObject y", "1:17: only -TypeName can be carried over here"),
        (
            "New-Object Microsoft.PowerShell.Commands.WebRequestSession",
            "1:1: the new web session is not kept in a variable",
        ),
        ('$x = @"\na\n "@', "1:6: here-string is never closed at the beginning of a line"),
        ('$x = @" a\n"@', "1:6: only a line end may follow the opening of a here-string"),
        ('$x = @"\n{"a": "$b"}\n"@', "2:8: '$b' in a here-string would be replaced"),
        ('$x = @"\n{"a": "`n"}\n"@', "2:8: '`' in a here-string would be replaced"),
        ("<# never closed", "1:1: comment is never closed"),
        ("# nothing else", "1:1: example makes no request"),
        ("", "1:1: example makes no request"),
    ],
)
def test_a_statement_outside_the_subset_is_named_with_its_place(text: str, expected: str) -> None:
    assert finding(text) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("-Method DELETE", "-Method TRACE", "method 'TRACE' cannot be carried over"),
        ("-Method DELETE", "-Method @{a = 1}", "this method cannot be carried over"),
        ("{hostScanJobId}", "{hostScanJobId}?x=1", "a query in the address cannot be carried over"),
        ("{hostScanJobId}", "a/%2E.", "a dot segment in the path cannot be carried over"),
        ("{hostScanJobId}", "job-{id}", "'job-{id}' is no segment of a path"),
        ("{hostScanJobId}", "a//b", "'' is no segment of a path"),
        ("{hostScanJobId}", "a\u00e9", "'a\u00e9' is no segment of a path"),
        ("{hostScanJobId}", "$Job", "value of $Job in an address is not known"),
        ("{hostScanJobId}", "$Token", "an address made from a reply cannot be carried over"),
        ("{hostScanJobId}", "$Login", "$Login is no text"),
        ("$($NPSUrl)", "$($Other)", "value of $Other in an address is not known"),
        (
            "https://",
            "https://user:s3cret-word@",
            "address begins neither with a server nor with a slash",
        ),
        ("https://", "ftp://", "address begins neither with a server nor with a slash"),
        ('"Bearer $Token"\n', '"Bearer s3cret-word"\n', "Authorization is something else than"),
        ("Authorization = ", "Cookie = ", "header 'Cookie' cannot be carried over"),
        (
            'Authorization = "Bearer $Token"\n',
            'Accept = "text/plain"\n',
            "only Accept: application/json is carried over",
        ),
        ("$Headers = @{", "$Headers = 'x' # @{", "command 'Authorization' cannot be carried over"),
        ("-Headers $Headers", "-Headers $NPSUrl", "the headers are no hashtable"),
        ("-Body $MfaCode", "", "the second step needs the code as its body"),
        ("-Body $MfaCode", "-Body $true", "the second step needs the code as its body"),
        ("-Body $MfaCode", "-Body $Token", "the second step needs the code as its body"),
        ("    Login = ", "    Name = ", "the sign-in needs (ConvertTo-Json ...) of Login and Pass"),
        ("(ConvertTo-Json $Login)", "$Login", "the sign-in needs (ConvertTo-Json ...) of Login"),
        ("-Method POST", "-Method PUT", "/signinBody is called by POST"),
        ('$Token = Invoke-RestMethod -Uri "$($NPSUrl)/signin2fa', "", "is outside what can be"),
        ("-WebSession $WebSession", "-WebSession $Login", "this is no web session"),
        (
            "-Headers $Headers",
            "-Headers $Headers -WebSession $WebSession",
            "a web session on a call",
        ),
        (
            "-Headers $Headers",
            "-Headers $Headers -Body x",
            "a GET with a body cannot be carried over",
        ),
        (
            "-Headers $Headers",
            "-Headers $Headers -ContentType text/xml",
            "this content type cannot",
        ),
        (
            "-Headers $Headers",
            "-Headers $Headers -ContentType $null",
            "this content type cannot be",
        ),
        ("-Headers $Headers", "-Headers $Headers -Body $Unknown", "value of $Unknown is not known"),
        ("-Headers $Headers", "-Headers $Headers -Body $Login", "this body cannot be carried over"),
        ("-Headers $Headers", "-Headers $Headers -Body ''", "the body is empty"),
        ("$($NPSUrl)/signin2fa", "https://other.example/signin2fa", "requests go to more than one"),
    ],
)
def test_a_meaning_outside_the_subset_is_said(old: str, new: str, expected: str) -> None:
    method = "GET" if "GET" in expected else "DELETE"
    text = Page("C", method).script
    assert old in text
    assert expected in finding(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[" * 200 + "]" * 200, "the body's JSON is nested too deeply"),
        ("[" * 200_000, "the body's JSON is nested too deeply"),
    ],
)
def test_json_that_no_server_would_read_is_refused(body: str, expected: str) -> None:
    text = Page("C", "POST", body=body, content_type="application/json").script
    assert finding(text) == f"3:1: {expected}"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("@{ a = @{ b = @{ c = @{ d = 1 } } } }", "ConvertTo-Json does not reach this deep"),
        ("@{ a = $Unknown }", "value in the body is not known here"),
        ("@{ a = $WebSession }", "value in the body is not known here"),
    ],
)
def test_a_hashtable_whose_json_is_not_known_is_refused(table: str, expected: str) -> None:
    text = Page("C", "POST").script.replace(
        "Invoke-RestMethod -Method POST",
        f"$Table = {table}\nInvoke-RestMethod -Method POST -Body (ConvertTo-Json $Table)",
    )
    assert expected in finding(text)


@pytest.mark.parametrize(
    "doubling", ['$v{n} = "$v{p}$v{p}"', "$v{n} = @{{ a = $v{p}; b = $v{p}; c = $v{p} }}"]
)
def test_variables_that_double_each_other_are_stopped(doubling: str) -> None:
    lines = ["$v0 = 'x'", *(doubling.format(n=n, p=n - 1) for n in range(1, 60))]
    assert "grows too large" in finding("\n".join(lines))


def test_the_token_of_the_first_step_opens_nothing() -> None:
    lines = Page("C").script.split("\n")
    second = next(line for line in lines if "signin2fa" in line)
    text = "\n".join(lines).replace(second, second.replace("$Token =", "$Other ="))
    assert "the token is not that of the last sign-in" in finding(text)


def test_the_second_step_needs_the_first() -> None:
    lines = [line for line in Page("C").script.split("\n") if "signinBody" not in line]
    assert "Authorization is something else than" in finding("\n".join(lines))
    without = [line.replace('-Headers @{Authorization = "Bearer $Token"}', "") for line in lines]
    assert "the second step needs the token of the first" in finding("\n".join(without))


def test_a_call_of_curl_that_differs_is_refused_too() -> None:
    text = Page("C").text.replace(f"curl -X DELETE {JOB_PATH}", f"curl -X PUT {JOB_PATH}")
    expected = f"example sends DELETE {JOB_PATH}, and line 7 of the page documents PUT {JOB_PATH}"
    assert finding(text, "page.md") == f"30:1: {expected}"
    alone = text.replace(f"`DELETE {JOB_PATH}`", "")
    assert finding(alone, "page.md") == f"30:1: {expected}"


def test_an_example_that_differs_from_its_page_is_refused() -> None:
    text = Page("C").text.replace(f"`DELETE {JOB_PATH}`", f"`GET {JOB_PATH}`")
    assert finding(text, "page.md") == (
        f"30:1: example sends DELETE {JOB_PATH}, and line 36 of the page documents GET {JOB_PATH}"
    )


def test_parameters_of_nobody_knows_which_call_are_refused() -> None:
    page = Page("C", rows=("|take|query|integer|false|none|",)).text
    text = (
        page.replace(f"`DELETE {JOB_PATH}`", "")
        .replace("curl", "wget")
        .replace(
            "Invoke-RestMethod -Method DELETE",
            "Invoke-RestMethod -Uri /x\nInvoke-RestMethod -Method DELETE",
        )
    )
    assert "page does not tell whose parameters it lists" in finding(text, "page.md")


def test_a_query_parameter_with_an_unreadable_name_is_refused() -> None:
    text = Page("C", rows=("|a b|query|integer|false|none|",)).text
    assert finding(text, "page.md").endswith("name of a query parameter cannot be read")


def test_each_example_of_a_page_reports_its_own_fault() -> None:
    text = "```powershell\nfoo\n```\n\n~~~powershell\nbar\n~~~\n"
    assert [one.line for one in findings(text, "page.md")] == [2, 6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Nothing here\n", "1:1: the page holds no PowerShell example"),
        ("a\n```powershell\n$x = 1\n", "2:1: the code block is never closed"),
        ("````text\n```powershell\n```\n````\n", "1:1: the page holds no PowerShell example"),
    ],
)
def test_a_page_without_a_whole_example_is_refused(text: str, expected: str) -> None:
    assert finding(text, "page.md") == expected


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"\x00\x01", "1:1"),
        (b"abc\xff", "1:4"),
        ("x".encode("utf-16-le"), "1:2"),
        (b"one\r\ntwo\r\n\xc3\xa9 \x93three\x94", "3:3"),
        (b"\xff\xfea\x00\n\x00b", "2:1"),
        ("a".encode("utf-32"), "1:1"),
    ],
)
def test_bytes_that_are_no_text_are_refused_where_they_stand(data: bytes, place: str) -> None:
    with pytest.raises(ExampleError, match=rf"x\.ps1:{place}: the file is not text in UTF-8"):
        decode_example(data, file_name="x.ps1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_decoded_with_and_without_a_mark(encoding: str) -> None:
    assert decode_example("h\u00e9".encode(encoding), file_name="x") == "h\u00e9"


@pytest.mark.parametrize("method", ["DELETE", "GET", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/HostScanJob/TruncateAllTables",
        "/api/v1/hostscanjob/TRUNCATEALLTABLES/",
        "/api/v1/HostScanJob/%54runcateAllTables",
        "/api/v1/HostScanJob/%2554runcateAllTables",
        "/api/v1/HostScanJob/x/../TruncateAllTables",
        "/api/v1/HostScanJob/./%54%72uncateAllTables?x=1",
        "/api/v1/HostScanJob\\TruncateAllTables",
        "/api/v1/HostScanJob/TruncateAll\u017fTables".replace("\u017fT", "T"),
        "/api/v1/HostScanJob/\uff34runcateAllTables",
        "/api/v1/HostScanJob//TruncateAllTables//",
        "//api/v1/HostScanJob/TruncateAllTables",
        "/api/v1/HostScanJob/TruncateAllTables;x=1",
        "/api/v1/HostScanJob/;a=b/TruncateAllTables;",
        "/api/v1/HostScanJob/Truncate%41ll%2554ables%2f",
        "/api/v1/HostScanJob/%2e/TruncateAllTables",
        "/api/v1/HostScanJob/%252e%252e/HostScanJob/TruncateAllTables",
        "/api/v1/HostScanJob%2FTruncateAllTables",
        "/api/v1/HostScanJob/%u0054runcateAllTables",
        "/api/v1/HostScanJob/Truncate\u00adAllTables",
        "/api/v1/HostScanJob/{x}/../TruncateAllTables#",
        "/api/v1/HostScanJob/TruncateAllTables?hostScanJobId={hostScanJobId}",
    ],
)
def test_the_call_that_wipes_all_tables_is_refused_however_it_is_spelled(
    method: str, path: str
) -> None:
    with pytest.raises(PlanRefusedError, match="TruncateAllTables"):
        read_example(Page("C", method, path).script, file_name="example.ps1")


@pytest.mark.parametrize("generation", ["A", "B", "C"])
@pytest.mark.parametrize("target", list(Target))
def test_no_switch_and_no_target_lets_it_through(generation: str, target: Target) -> None:
    page = Page(generation, "DELETE", "/api/v1/HostScanJob/TruncateAllTables")
    for text in (page.text, page.text.replace("\n", "\r\n"), page.script):
        with pytest.raises(PlanRefusedError, match=r"P017: TruncateAllTables is never called"):
            port(
                text,
                file_name="page.md" if "##" in text else "a.ps1",
                target=target,
                allow_destructive=True,
            )


def test_it_is_refused_where_it_is_put_together_from_variables() -> None:
    text = Page("C").script.replace(
        "$Headers = @{", "$One = 'Truncate'\n$Two = \"$($One)AllTables\"\n$Headers = @{"
    )
    with pytest.raises(PlanRefusedError, match="TruncateAllTables"):
        read_example(text.replace("{hostScanJobId}", "$($Two)"), file_name="example.ps1")
