"""Ported scripts, run by a PowerShell against a server: what goes over the wire is the page."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyotp
import pytest

from hostscan_automation.porting.targets import port
from hostscan_automation.simulator import Simulator, SimulatorConfig
from tests.unit.porting.conftest import LOGIN, PASSWORD, Shell
from tests.unit.porting.declared import covering
from tests.unit.porting.odd_names import distinct, page_of
from tests.unit.porting.pages import BODIES, JOB_PATH, ROWS, Page, between, skeletons
from tests.unit.porting.recorder import PRE_TOKEN, TOKEN, Answer, Recorder

if TYPE_CHECKING:
    from tests.unit.porting.recorder import Sent

pytestmark = pytest.mark.powershell

ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
CODE = "012345"
THING = "/api/v1/Thing"


def write(shell: Shell, page: Page, name: str = "ported.ps1") -> str:
    """Port a page to a file and return the beginning of a command that calls it."""
    ported = port(page.text, file_name="p.md", target="powershell", allow_destructive=True)
    path = shell.folder / name
    path.write_text(ported.text, encoding="ascii", newline="\n")
    return f"& '{path}' -Credential $credential -MfaCode '{CODE}'"


def calls(recorder: Recorder) -> list[Sent]:
    """Return what was sent beyond the sign-in."""
    return [sent for sent in recorder.sent if not sent.target.startswith("/sign")]


def test_no_script_has_a_fault_that_an_analyzer_would_find(shell: Shell) -> None:
    write_all(shell)
    rules = Path(__file__).parents[2] / "powershell" / "Find-ScriptFault.ps1"
    names = "Get-TokenText", *(f"{verb}-HostScanJob" for verb in ("Get", "Start", "Stop"))
    known = ", ".join((*names, "Connect-HostScanServer", "Disconnect-HostScanServer"))
    output = shell.run(
        f"$files = @(Get-ChildItem -Path '{shell.folder}/ported-*.ps1')\n"
        f"& '{rules}' -Path $files.FullName -Known {known}\n"
        "foreach ($file in $files) {\n"
        "    $errors = $null\n"
        "    $null = [System.Management.Automation.Language.Parser]::ParseFile("
        "$file.FullName, [ref]$null, [ref]$errors)\n"
        '    $errors\n}\n"read $($files.Count)"\n'
    )
    assert output.strip() == f"read {len(list(shell.folder.glob('ported-*.ps1')))}"


def write_all(shell: Shell) -> None:
    """Write every distinct script of the corpus, and those on the module's cmdlets."""
    jobs = [Page("C", method) for method in ("GET", "POST", "DELETE")]
    sounding = ("credentialName", "userPassword", "cred", "newPassphrase", "credentialIds")
    types = ("string", "array[string]", "string(uuid)", "boolean")
    rows = tuple(
        f"|{name}{n}|query|{type_}|false|none|"
        for n, type_ in enumerate(types)
        for name in sounding
    )
    secrets = Page("C", "PUT", f"{THING}/{{password}}/{{credentialName}}", rows=rows)
    pages = [*covering(), *between(), secrets, page_of(distinct())]
    every = [(page, "powershell") for page in pages] + [(page, "module") for page in jobs]
    texts = {
        port(page.text, file_name="p.md", target=target, allow_destructive=True).text
        for page, target in every
    }
    for number, text in enumerate(texts):
        path = shell.folder / f"ported-{number}.ps1"
        path.write_text(text, encoding="ascii", newline="\n")


def test_powershell_shows_the_help_of_a_script(shell: Shell) -> None:
    write(shell, Page("C", rows=(ROWS["hostScanJobId"], ROWS["take"])))
    output = shell.run(
        f"Get-Help -Name '{shell.folder}/ported.ps1' -Full | Out-String -Width 200\n"
    )
    assert f"Send DELETE {JOB_PATH} to a Netwrix Privilege Secure server." in output
    assert "With -WhatIf it sends no change." in output
    assert "Value of take in the query, type integer; it may be left out." in output
    assert ".\\ported-example.ps1 -NPSUrl https://nps01.example.com:6500 -Credential" in output


def test_what_arrives_is_what_the_page_documents(shell: Shell, recorder: Recorder) -> None:
    pages = [
        replace(page, method=method, rows=(ROWS["hostScanJobId"],))
        for page in skeletons()
        for method in (("PUT", "POST", "DELETE") if page.body else ("GET", "POST", "DELETE"))
    ]
    commands = [
        f"{write(shell, page, f'p{number}.ps1')} -NPSUrl {recorder.url} -HostScanJobId {ID}"
        + ("" if page.method == "GET" else " -Confirm:$false")
        for number, page in enumerate(pages)
    ]
    output = shell.run("\n".join(commands) + '\n"errors: $($Error.Count)"\n')
    assert output.count("True") == len(pages)
    assert "errors: 0" in output
    assert len(recorder.sent) == 3 * len(pages)
    for page, number in zip(pages, range(0, len(recorder.sent), 3), strict=True):
        check_sign_in(*recorder.sent[number : number + 2])
        check_call(page, recorder.sent[number + 2])


def check_sign_in(first: Sent, second: Sent) -> None:
    assert (first.method, first.target) == ("POST", "/signinBody")
    assert first.json == {"Login": LOGIN, "Password": PASSWORD}
    assert first.header("authorization") is None
    assert (second.method, second.target) == ("POST", "/signin2fa")
    assert second.body == b'"012345"'
    assert second.header("authorization") == f"Bearer {PRE_TOKEN}"
    assert second.header("cookie") == "step=one"
    for sent in (first, second):
        assert sent.header("content-type") == "application/json; charset=utf-8"
        assert sent.header("accept") == "application/json"


def check_call(page: Page, sent: Sent) -> None:
    assert (sent.method, sent.target) == (page.method, page.path.replace("{hostScanJobId}", ID))
    assert sent.header("authorization") == f"Bearer {TOKEN}"
    assert sent.header("accept") == "application/json"
    if page.body is None:
        assert sent.body == b""
    else:
        assert sent.json == json.loads(page.body)
        assert sent.header("content-type") == "application/json; charset=utf-8"


def test_bodies_arrive_value_for_value(shell: Shell, recorder: Recorder) -> None:
    pages = [
        Page("C", "POST", THING, body=body, content_type="application/json")
        for body in BODIES.values()
    ]
    shell.run(
        "\n".join(
            f"{write(shell, page, f'b{number}.ps1')} -NPSUrl {recorder.url} -Confirm:$false"
            for number, page in enumerate(pages)
        )
    )
    expected = [json.loads(body) if body != "string" else body for body in BODIES.values()]
    assert [sent.json for sent in calls(recorder)] == expected


def test_what_if_signs_in_and_sends_no_change(shell: Shell, recorder: Recorder) -> None:
    command = write(shell, Page("C"))
    output = shell.run(f"{command} -NPSUrl {recorder.url} -HostScanJobId {ID} -WhatIf\n")
    assert "What if" in output
    assert f"/api/v1/HostScanJob/{ID}" in output
    assert [sent.target for sent in recorder.sent] == ["/signinBody", "/signin2fa"]


def test_without_an_answer_nothing_is_changed(shell: Shell, recorder: Recorder) -> None:
    command = write(shell, Page("C"))
    shell.run(f"{command} -NPSUrl {recorder.url} -HostScanJobId {ID}\n", code=1)
    assert calls(recorder) == []


def test_query_parameters_are_sent_where_they_are_given(shell: Shell, recorder: Recorder) -> None:
    secret = "|passphrase|query|string|false|none|"
    rows = (ROWS["take"], ROWS["isDeleted"], ROWS["FilterColumns"], secret)
    command = write(shell, Page("A", "GET", THING, rows=rows)) + f" -NPSUrl {recorder.url}/"
    shell.run(
        f"{command}\n{command} -Take 0 -IsDeleted True\n{command} -FilterColumns 'a&b', \"c'd\"\n"
        f"{command} -Passphrase $word\n"
    )
    assert [sent.target for sent in calls(recorder)] == [
        THING,
        f"{THING}?take=0&isDeleted=true",
        f"{THING}?FilterColumns=a%26b&FilterColumns=c%27d",
        f"{THING}?passphrase={quote(PASSWORD, safe='')}",
    ]


def test_documented_values_are_offered_and_others_are_sent_too(
    shell: Shell, recorder: Recorder
) -> None:
    values = ("|kind|Managed|", "|kind|Not.Managed|", "|kind|Mixed|", "|order|Up|")
    rows = (ROWS["kind"], ROWS["order"])
    page = Page("C", "GET", f"{THING}/{{kind}}", rows=rows, values=values)
    command = write(shell, page) + f" -NPSUrl {recorder.url}"
    line = f"& '{shell.folder / 'ported.ps1'}' -Kind m"
    output = shell.run(
        f'$found = TabExpansion2 -inputScript "{line}" -cursorColumn {len(line)}\n'
        "($found.CompletionMatches | ForEach-Object { $_.CompletionText }) -join ', '\n"
        f"{command} -Kind Other -Order down\n"
    )
    assert output.splitlines()[0] == "Managed, Mixed"
    assert calls(recorder)[-1].target == f"{THING}/Other?order=down"
    output = shell.run(
        f"Get-Help -Name '{shell.folder}/ported.ps1' -Full | Out-String -Width 200\n"
    )
    assert "type string, one of Managed, Not.Managed, Mixed." in output
    assert "type string, one of Up; the page says it is required." in output


def test_a_text_in_the_path_stays_one_segment(shell: Shell, recorder: Recorder) -> None:
    page = Page("C", "GET", f"{THING}/{{name}}/Part", rows=(ROWS["name"],))
    command = write(shell, page) + f" -NPSUrl {recorder.url}"
    output = shell.run(
        f"{command} -Name 'a/b ?#%{{hostScanJobId}}'\n"
        "foreach ($bad in '..', '.', 'x/TRUNCATEAllTables', \"a`nb\") {\n"
        f"    try {{ {command} -Name $bad }} catch {{ 'refused' }}\n}}\n"
    )
    assert [sent.target for sent in calls(recorder)] == [
        f"{THING}/a%2Fb%20%3F%23%25%7BhostScanJobId%7D/Part"
    ]
    assert output.count("refused") == 4


def test_nothing_is_sent_to_a_wrong_address_or_for_a_wrong_id(shell: Shell) -> None:
    zeros = "00000000000000000000000000000000"
    cases = {
        f"-NPSUrl http://scan.example -HostScanJobId {ID}": "would send the password unencrypted",
        f"-NPSUrl scan.example -HostScanJobId {ID}": "NPSUrl is no address such as",
        f"-NPSUrl ftp://localhost -HostScanJobId {ID}": "NPSUrl is no address such as",
        f"-NPSUrl https://localhost -HostScanJobId {zeros}": "HostScanJobId consists of zeros only",
        "-NPSUrl https://localhost -HostScanJobId TruncateAllTables": "'HostScanJobId'",
    }
    command = write(shell, Page("C"))
    output = shell.run(
        "".join(
            f"try {{ {command} {arguments} -Confirm:$false }} catch {{ $_.Exception.Message }}\n"
            for arguments in cases
        )
    )
    lines = output.strip().split("\n")
    assert all(words in line for words, line in zip(cases.values(), lines, strict=True)), output


def test_the_certificate_is_checked_unless_it_is_switched_off(shell: Shell) -> None:
    page = Page("C", "GET", "/api/v1/Version")
    with Simulator(SimulatorConfig(tls=True, jobs=1, strict_content_type=True)) as simulator:
        values = simulator.environment
        code = pyotp.TOTP(values["HOSTSCAN_TOTP_SECRET"]).now()
        word = " ".join(f"$word.AppendChar('{one}');" for one in values["HOSTSCAN_PASSWORD"])
        command = write(shell, page).replace(CODE, code)
        output = shell.run(
            f"$word = New-Object System.Security.SecureString; {word}\n"
            "$credential = New-Object System.Management.Automation.PSCredential"
            f" -ArgumentList '{values['HOSTSCAN_LOGIN']}', $word\n"
            f"try {{ {command} -NPSUrl {simulator.url} }} catch {{ 'not trusted' }}\n"
            f"{command} -NPSUrl {simulator.url} -SkipCertificateCheck\n"
        )
        targets = [sent.path for sent in simulator.requests()]
    assert output.index("not trusted") < output.index(
        "The certificate of the server is not checked"
    )
    assert targets == ["/signinBody", "/signin2fa", "/api/v1/Version"]


def test_a_refusal_tells_the_servers_words_and_leaves_no_token(
    shell: Shell, recorder: Recorder
) -> None:
    recorder.answers[f"/api/v1/HostScanJob/{ID}"] = Answer(404, '{"title": "no such job"}')
    command = write(shell, Page("C"))
    output = shell.run(
        f"try {{ {command} -NPSUrl {recorder.url} -HostScanJobId {ID} -Confirm:$false }}\n"
        'catch { "caught: $($_.Exception.Message)" }\n'
        "foreach ($record in $Error) {\n"
        "    $record | Format-List -Property * -Force\n"
        "    $record.Exception | Format-List -Property * -Force\n"
        '    "$($record.TargetObject)"\n}\n'
    )
    assert 'caught: HTTP 404: {"title": "no such job"}' in output
    assert TOKEN not in output
    assert PRE_TOKEN not in output


FAILED_SIGN_INS = [
    ("/signinBody", Answer(400, '{"detail": "wrong password"}'), "HTTP 400"),
    ("/signinBody", Answer(body="<html><body/></html>", media_type="text/html"), "no token"),
    ("/signinBody", Answer(body='{"a": 1}'), "no token"),
    ("/signinBody", Answer(body='""'), "no token"),
    ("/signinBody", Answer(307, "", headers=(("Location", "/elsewhere"),)), "HTTP 307"),
    ("/signin2fa", Answer(401, ""), "HTTP 401"),
]


def test_a_failed_sign_in_ends_the_script_before_the_call(shell: Shell) -> None:
    command = write(shell, Page("C")) + f" -HostScanJobId {ID} -Confirm:$false"
    with ExitStack() as stack:
        recorders = [stack.enter_context(Recorder()) for _ in FAILED_SIGN_INS]
        for recorder, (path, answer, _) in zip(recorders, FAILED_SIGN_INS, strict=True):
            recorder.answers[path] = answer
        output = shell.run(
            "".join(
                f"try {{ {command} -NPSUrl {recorder.url} }}\ncatch {{ $_.Exception.Message }}\n"
                for recorder in recorders
            )
        )
    lines = output.strip().split("\n")
    for recorder, (path, _, message), line in zip(recorders, FAILED_SIGN_INS, lines, strict=True):
        assert message in line
        assert recorder.sent[-1].target == path


def test_an_error_ends_the_program_with_exit_code_1(shell: Shell, recorder: Recorder) -> None:
    recorder.answers["/signinBody"] = Answer(400, "")
    command = write(shell, Page("C"))
    output = shell.run(f"{command} -NPSUrl {recorder.url} -HostScanJobId {ID}\n'on'\n", code=1)
    assert "HTTP 400" in output
