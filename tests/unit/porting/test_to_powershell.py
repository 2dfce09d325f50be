"""The script that is written: plain, quoted, within the rules of every PowerShell there is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hostscan_automation.errors import ExampleError, PlanRefusedError
from hostscan_automation.porting.targets import Ported, port
from tests.unit.porting.pages import BODIES, JOB_PATH, ROWS, Page, corpus

ALL = [
    port(page.text, file_name="p.md", target="powershell", allow_destructive=True)
    for page in corpus()
]
DISTINCT = sorted({ported.text for ported in ALL})

# What a newer PowerShell or PSScriptAnalyzer would object to, by what to say of it.
BANNED = {
    "an operator of PowerShell 7": r"\?\?|\?\.|&&|\|\||\s\?\s",
    "a variable of PowerShell 7": r"(?i)\$Is(Windows|Linux|MacOS|CoreCLR)\b",
    "a block of PowerShell 7": r"(?m)^\s*clean\b",
    "a backtick": "`",
    "a pipeline": r"\|(?!\| )",
    "an alias": r"(?im)(^|[({;]|=)\s*(irm|iwr|echo|cat|ls|gci|select|where|%|\?|sort)\s",
    "a risky cmdlet": r"(?i)Invoke-Expression|Write-Host|ConvertTo-SecureString|Start-Sleep",
    "a blank at the end of a line": r"(?m)[ \t]+$",
    "a tab": "\t",
    "a drive-qualified name": r"\"[^\"\n]*\$\w+:(?!:)",
    "a wide line of code": r"(?m)^(?!\.\\|\[Diag|.*ValidatePattern).{130,}$",
}


def code_of(script: str) -> str:
    """Return a script without its help, its bodies and its C#."""
    script = re.sub(r"<#.*?#>", "", script, flags=re.DOTALL)
    return re.sub(r"@'\n.*?\n'@", "''", script, flags=re.DOTALL)


@pytest.mark.parametrize("what", list(BANNED))
def test_nothing_banned_is_written(what: str) -> None:
    for script in DISTINCT:
        assert not (found := re.search(BANNED[what], code_of(script))), found


def test_scripts_are_ascii_with_line_feeds() -> None:
    for script in DISTINCT:
        assert script.isascii()
        assert "\r" not in script
        assert script.endswith("}\n")


def test_every_parameter_and_every_variable_is_used() -> None:
    for script in DISTINCT:
        code = code_of(script)
        for name in set(re.findall(r"^\s*(?:\[[^\]]*\])+\$(\w+)(?:,|$)", code, re.MULTILINE)):
            assert len(re.findall(rf"\${name}\b", code)) > 1, name
        for name in set(re.findall(r"^\s*\$(\w+) \+?= ", code, re.MULTILINE)):
            uses = rf"[$@{{]{name}\b(?! \+?= )"
            is_preference = name.endswith("Preference")
            assert is_preference or re.search(uses, code), name


def test_every_parameter_has_its_help() -> None:
    for script in DISTINCT:
        declared = re.findall(r"\]\$(\w+)(?:,|\n\))", code_of(script))
        helped = re.findall(r"^\.PARAMETER (\w+)", script, re.MULTILINE)
        assert sorted(set(declared)) == sorted(helped)


def test_functions_have_approved_verbs() -> None:
    for script in DISTINCT:
        assert set(re.findall(r"function (\w+)-", script)) <= {"Get"}


def test_no_value_of_the_example_is_written() -> None:
    for ported in ALL:
        assert "s3cret-word" not in ported.text
        assert "scan.example" not in ported.text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_porting_its_own_script_repairs_and_changes_nothing(newline: str) -> None:
    for script in DISTINCT:
        again = port(
            "\ufeff" + (script + "\n").replace("\n", newline),
            file_name="ported.ps1",
            target="powershell",
            allow_destructive=True,
        )
        assert again == Ported(script, again.target, ())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_porting_a_script_on_the_cmdlets_repairs_and_changes_nothing(newline: str) -> None:
    jobs = "/api/v1/HostScanJob"
    paths = {"GET": (jobs, JOB_PATH, f"{jobs}/ByHostId/{{hostId}}"), "DELETE": (JOB_PATH,)}
    paths["POST"] = (f"{jobs}/ByHostId/{{hostId}}", f"{jobs}/497f6eca-6276-4993-bfeb-53cbbbba6f08")
    texts = [Page("C", method, path).text for method in paths for path in paths[method]]
    for text in (*texts, "".join(texts)):
        script = port(text, file_name="p.md", target="module").text
        again = port(script.replace("\n", newline), file_name="p.ps1", target="module")
        assert again == Ported(script, again.target, ())
        plain = port(text, file_name="p.md", target="powershell").text
        assert port(script, file_name="p.ps1", target="powershell").text == plain


def test_a_script_on_the_cmdlets_changed_by_hand_is_no_script_of_ours() -> None:
    script = port(Page("C").text, file_name="p.md", target="module").text
    for old, new in (("-PassThru", "-Force"), ("type uuid", "type string"), ("# DELETE", "# GET")):
        with pytest.raises(ExampleError, match="changed by hand from here on"):
            port(script.replace(old, new), file_name="p.ps1", target="module")
    with pytest.raises(ExampleError, match=r"p\.ps1:62:11: a call here has no cmdlet any more"):
        port(script.replace("# DELETE", "# PUT"), file_name="p.ps1", target="module")
    wipe = script.replace("{hostScanJobId}", "TruncateAllTables")
    with pytest.raises(PlanRefusedError, match=r"p\.ps1:62:14: P017: TruncateAllTables"):
        port(wipe, file_name="p.ps1", target="module", allow_destructive=True)


def test_json_of_a_ported_script_is_that_of_the_page() -> None:
    for page in corpus():
        first = port(page.text, file_name="p.md", target="json", allow_destructive=True)
        script = port(page.text, file_name="p.md", target="powershell", allow_destructive=True)
        again = port(script.text, file_name="p.ps1", target="json", allow_destructive=True)
        assert again.text.partition('"diagnostics"')[0] == first.text.partition('"diagnostics"')[0]


def ported(page: Page) -> str:
    return port(page.text, file_name="p.md", target="powershell").text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Write-Warning -Message 'The", "Write-Warning -Message 'A"),
        ("'DELETE'", "'GET'"),
        ("\n}\ncatch", "\n    Get-Process\n}\ncatch"),
        ("type uuid", "type string"),
        ("TimeoutSec = 100", "TimeoutSec = 5"),
    ],
)
def test_a_ported_script_changed_by_hand_is_no_script_of_ours(old: str, new: str) -> None:
    script = ported(Page("C"))
    assert old in script
    with pytest.raises(ExampleError, match="changed by hand"):
        port(script.replace(old, new, 1), file_name="p.ps1", target="powershell")


def test_a_body_that_is_no_json_any_more_is_refused() -> None:
    script = ported(Page("C", "POST", body='{"a": 1}', content_type="application/json"))
    with pytest.raises(ExampleError, match="no JSON any more"):
        port(script.replace('{"a": 1}', "{a}"), file_name="p.ps1", target="powershell")
    with pytest.raises(ExampleError, match="changed by hand"):
        port(script.replace("\n'@\n", "\n '@\n"), file_name="p.ps1", target="powershell")


def test_a_script_that_only_begins_like_ours_is_read_as_any_other() -> None:
    script = ported(Page("C")).partition("\n#>")[0] + "\n#>\nGet-Process\n"
    with pytest.raises(ExampleError, match="command 'Get-Process' cannot be carried over"):
        port(script, file_name="p.ps1", target="powershell")


def test_the_place_of_a_change_by_hand_is_told() -> None:
    script = ported(Page("C"))
    at = script.index("100;")
    with pytest.raises(ExampleError) as caught:
        port(script.replace("100;", "200;"), file_name="p.ps1", target="powershell")
    (finding,) = caught.value.findings
    assert finding.line == script.count("\n", 0, at) + 1
    assert finding.column == at - script.rindex("\n", 0, at)


def test_a_ported_script_cannot_be_bent_to_the_call_that_wipes_all_tables() -> None:
    page = Page("C", "GET", "/api/v1/HostScanJob/Host")
    script = ported(page).replace("HostScanJob/Host", "HostScanJob/%54runcateAllTables")
    with pytest.raises(PlanRefusedError, match="TruncateAllTables"):
        port(script, file_name="p.ps1", target="powershell", allow_destructive=True)


def test_a_destructive_call_needs_to_be_allowed() -> None:
    page = Page("C", "DELETE", "/api/v1/AccessControlPolicy")
    with pytest.raises(PlanRefusedError, match="deletes without an id") as caught:
        ported(page)
    assert str(caught.value).startswith("p.md:30:1: P017: DELETE /api/v1/AccessControlPolicy ")
    assert "--allow-destructive" in str(caught.value.hint)
    allowed = port(page.text, file_name="p.md", target="powershell", allow_destructive=True)
    assert "P017" in {one.code for one in allowed.diagnostics}
    assert "SupportsShouldProcess" in allowed.text


@pytest.mark.parametrize(
    "path", [JOB_PATH, "/api/v1/HostScanJob/497f6eca-6276-4993-bfeb-53cbbbba6f08"]
)
def test_a_delete_that_names_its_thing_is_carried_over(path: str) -> None:
    assert path in ported(Page("C", "DELETE", path))


@pytest.mark.parametrize("id_", ["00000000-0000-0000-0000-000000000000", "All", "5"])
def test_a_delete_of_no_uuid_is_destructive(id_: str) -> None:
    with pytest.raises(PlanRefusedError):
        ported(Page("C", "DELETE", f"/api/v1/HostScanJob/{id_}"))


def test_reading_needs_no_confirmation_and_changing_does() -> None:
    assert "ShouldProcess" not in ported(Page("C", "GET"))
    assert "[CmdletBinding()]" in ported(Page("C", "GET"))
    assert "ConfirmImpact = 'High'" in ported(Page("C", "PUT"))
    stop = Page("C", "GET", "/api/v1/HostScanJob/Host/{hostScanHostId}/Stop")
    assert "ShouldProcess" in ported(stop)


def test_names_that_powershell_owns_are_given_another() -> None:
    names = ("host", "error", "whatIf", "credential", "path", "jsonBody1", "Path")
    rows = tuple(f"|{name}|query|string|false|none|" for name in names)
    script = ported(Page("C", "GET", "/api/v1/Thing", rows=rows))
    declared = re.findall(r"^    \[string\]\$(\w+)", script, re.MULTILINE)
    assert declared[1:] == [
        "HostValue",
        "ErrorValue",
        "WhatIfValue",
        "CredentialValue",
        "PathValue",
        "JsonBody1Value",
    ]
    assert "'host=' + [uri]::EscapeDataString(\"$HostValue\")" in script


def test_a_name_that_sounds_like_a_secret_is_explained_to_the_analyzer() -> None:
    row = "|credentialType|query|string|false|none|"
    script = ported(Page("C", "GET", "/api/v1/Thing", rows=(row,)))
    assert "SuppressMessageAttribute('PSAvoidUsingPlainTextForPassword', 'CredentialType'" in script
    row = "|credentialId|query|string(uuid)|false|none|"
    assert "Suppress" not in ported(Page("C", "GET", "/api/v1/Thing", rows=(row,)))


def test_a_password_in_the_query_is_no_plain_text() -> None:
    row = "|newPassword|query|string|false|none|"
    script = ported(Page("C", "GET", "/api/v1/Thing", rows=(row,)))
    assert "    [securestring]$NewPassword" in script
    assert "[Net.NetworkCredential]::new('', $NewPassword).Password" in script
    assert "Suppress" not in script


def test_text_of_the_page_is_quoted() -> None:
    page = Page("C", "GET", "/api/v1/Thing/it's/{name}", rows=(ROWS["name"],))
    assert "$path = '/api/v1/Thing/it''s/{name}'" in ported(page)


def test_a_body_keeps_its_layout_and_is_ascii() -> None:
    page = Page("C", "POST", body=BODIES["objects"], content_type="application/json")
    assert 'caf\\u00e9 \\u2019\\ud83d\\ude00"' in ported(page)
    word = replace(page, body="string")
    assert "$jsonBody1 = @'\n\"string\"\n'@\n" in ported(word)


def test_an_example_without_sign_in_signs_nobody_in() -> None:
    text = 'Invoke-RestMethod -Uri "https://scan.example/api/v1/Health"\n'
    script = port(text, file_name="a.ps1", target="powershell").text
    assert "Credential" not in script
    assert "/signin" not in script
    assert port(script, file_name="b.ps1", target="powershell").text == script


def test_two_examples_sign_in_once() -> None:
    text = Page("C").text + Page("C", "GET", "/api/v1/Thing").text
    script = port(text, file_name="p.md", target="powershell").text
    assert script.count("/signinBody") == 1
    assert script.index("# DELETE") < script.index("# GET")
    assert port(script, file_name="b.ps1", target="powershell").text == script
