# ruff: noqa: E501 - a script is easier to read unbroken
"""Documented examples, translated from the shell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from hostscan_automation.porting.targets import port
from tests.powershell.conftest import MODULE

if TYPE_CHECKING:
    from hostscan_automation.simulator import Simulator
    from tests.powershell.conftest import Shell, Told

pytestmark = pytest.mark.powershell

EXAMPLE = """\
$NPSUrl = "https://localhost:6500"

$Login = @{
    Login = "User"
    Password = "Password"
}
$WebSession = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$Token = Invoke-RestMethod -Uri "$($NPSUrl)/signinBody" -Method POST -Body (ConvertTo-Json $Login) -WebSession $WebSession -ContentType "application/json"
$Token = Invoke-RestMethod -Uri "$($NPSUrl)/signin2fa" -Method Post -Body $MfaCode -Headers @{Authorization = "Bearer $Token"} -WebSession $WebSession -ContentType "application/json"

$Headers = @{
    Authorization = "Bearer $Token"
}
Invoke-RestMethod -Method METHOD -Uri "$($NPSUrl)/api/v1/HostScanJob/{hostScanJobId}" -Headers $Headers -ContentType "application/json"
"""


@pytest.fixture(scope="module")
def told(shell: Shell) -> Told:
    (shell.folder / "cancel.ps1").write_text(EXAMPLE.replace("METHOD", "DELETE"), encoding="utf-8")
    (shell.folder / "bad.ps1").write_text("foreach ($a in 1..3) { $a }\n", encoding="utf-8")
    wipe = EXAMPLE.replace("METHOD", "DELETE").replace("{hostScanJobId}", "TruncateAllTables")
    (shell.folder / "wipe.ps1").write_text(wipe, encoding="utf-8")
    return shell.run(
        """
        foreach ($as in 'Python', 'PowerShell', 'Module', 'Playbook', 'Json') {
            $ported = ConvertFrom-HostScanExample -Path ./cancel.ps1 -As $as -ErrorAction SilentlyContinue
            Tell "as $as" @("$($ported.PSTypeNames[0])", "$($ported.As)", "$($ported.Text)")
        }
        Tell 'default' (ConvertFrom-HostScanExample -Path ./cancel.ps1).As
        Tell 'diagnostics' @((ConvertFrom-HostScanExample -Path ./cancel.ps1).Diagnostics | ForEach-Object { @($_.Code, $_.Line, $_.PSTypeNames[0]) })
        Tell 'piped file' @(Get-Item ./cancel.ps1 | ConvertFrom-HostScanExample -As Json).Count
        Tell 'piped text' @(Get-Content ./cancel.ps1 | ConvertFrom-HostScanExample -As Json).Count
        Tell 'raw' (ConvertFrom-HostScanExample -InputObject (Get-Content -Raw ./cancel.ps1) -As Json).Text
        Tell 'bad' (Fails { ConvertFrom-HostScanExample -Path ./bad.ps1 -ErrorAction Stop })
        Tell 'good and bad' @(ConvertFrom-HostScanExample -Path ./bad.ps1, ./cancel.ps1 -As Json -ErrorAction SilentlyContinue).Count
        Tell 'wipe' (Fails { ConvertFrom-HostScanExample -Path ./wipe.ps1 -AllowDestructive -ErrorAction Stop })
        foreach ($as in 'Python', 'PowerShell', 'Module', 'Playbook', 'Json') {
            $one = Get-Item ./cancel.ps1 | ConvertFrom-HostScanExample -As $as
            Tell "same $as" @("$($one.Text)", @($one.Diagnostics | ForEach-Object { "$($_.Line):$($_.Column): $($_.Code): $($_.Message)" }))
        }
        Tell 'missing' (Fails { ConvertFrom-HostScanExample -Path ./nowhere.md -ErrorAction Stop })
        Tell 'long' (ConvertFrom-HostScanExample -InputObject ((Get-Content -Raw ./cancel.ps1) + ('# ' + 'x' * 98 + [char]10) * 5000) -As Json).Text.Length
        """
    )


@pytest.mark.parametrize(
    ("target", "holds"),
    [
        ("Python", "import"),
        ("PowerShell", "Invoke-RestMethod"),
        ("Module", "Stop-HostScanJob"),
        ("Playbook", "version: 1"),
        ("Json", "hostscan/ported-example/1"),
    ],
)
def test_an_example_becomes_whatever_was_asked_for(told: Told, target: str, holds: str) -> None:
    type_name, named, text = told[f"as {target}"]

    assert (type_name, named) == ("HostScan.PortedExample", target)
    assert holds in text


def test_repairs_are_told_with_their_place(told: Told) -> None:
    codes = told["diagnostics"][0::3]

    assert {"P009", "P010", "P013"} <= set(codes)
    assert set(told["diagnostics"][2::3]) == {"HostScan.Diagnostic"}
    assert told["default"] == "PowerShell"


def test_files_and_lines_and_text_can_be_piped(told: Told) -> None:
    assert told["piped file"] == told["piped text"] == 1
    assert json.loads(told["raw"])["steps"][-1]["method"] == "DELETE"
    assert told["long"] == len(told["raw"])


@pytest.mark.parametrize("target", ["Python", "PowerShell", "Module", "Playbook", "Json"])
def test_text_and_repairs_are_those_of_the_command_line(
    told: Told, shell: Shell, target: str
) -> None:
    file = str(shell.folder / "cancel.ps1")
    ported = port(EXAMPLE.replace("METHOD", "DELETE"), file_name=file, target=target.lower())

    text, repairs = told[f"same {target}"]

    assert text == ported.text
    assert repairs == [one.text("").removeprefix(":") for one in ported.diagnostics]


def test_scripts_on_the_cmdlets_send_what_their_examples_declare(
    shell: Shell, server: Simulator
) -> None:
    running, other = [one for one, status in server.statuses().items() if status == "Running"][:2]
    host = str(uuid4())
    calls = [
        ("GET", "", ""),
        ("GET", "/{hostScanJobId}", f"-HostScanJobId {other}"),
        ("DELETE", "/{hostScanJobId}", f"-HostScanJobId {running} -Confirm:$false"),
        ("POST", "/ByHostId/{hostId}", f"-HostId {host} -Confirm:$false"),
        ("GET", "/ByHostId/{hostId}", f"-HostId {host}"),
        ("POST", "/{managedResourceId}", f"-ManagedResourceId {host} -Confirm:$false"),
        ("DELETE", "/{hostScanJobId}", f"-HostScanJobId {other} -WhatIf"),
    ]
    lines = []
    for number, (method, path, arguments) in enumerate(calls):
        text = EXAMPLE.replace("METHOD", method).replace("/{hostScanJobId}", path)
        script = port(text, file_name="a.ps1", target="module").text
        (shell.folder / f"module-{number}.ps1").write_text(script, encoding="ascii", newline="\n")
        lines.append(f"$null = ./module-{number}.ps1 @common {arguments}\n")
    account = server.accounts.without_mfa
    login = f"(Login '{account.login}' '{account.password}')"
    server.log.clear()
    done = shell.run(
        "$ErrorActionPreference = 'Stop'\n"
        f"$env:PSModulePath = '{MODULE.parent}'\n"
        f"$common = @{{ NPSUrl = '{server.url}'; Credential = {login}; MfaCode = 'NA' }}\n"
        + "".join(lines)
    )
    assert done.code == 0, done.stdout + done.stderr
    changes = [
        (one.method, one.path)
        for one in server.requests()
        if one.carried_out and one.method != "GET"
    ]
    jobs = "/api/v1/HostScanJob"
    assert [one for one in changes if not one[1].startswith("/sign")] == [
        ("DELETE", f"{jobs}/{running}"),
        ("POST", f"{jobs}/ByHostId/{host}"),
        ("POST", f"{jobs}/{host}"),
    ]
    read = {one.path for one in server.requests() if one.method == "GET"}
    assert {jobs, f"{jobs}/{other}", f"{jobs}/ByHostId/{host}"} <= read
    assert len([one for one in server.requests() if one.path == "/signinBody"]) == len(calls)


def test_what_cannot_be_carried_over_is_an_error_of_its_own(told: Told) -> None:
    assert told["bad"]["id"] == "HostScan.ExampleSyntax,ConvertFrom-HostScanExample"
    assert ":1:1:" in told["bad"]["message"]
    assert told["good and bad"] == 1
    assert told["wipe"]["id"] == "HostScan.PlanRefused,ConvertFrom-HostScanExample"
    assert told["missing"]["id"] == "HostScan.ExampleSyntax,ConvertFrom-HostScanExample"
