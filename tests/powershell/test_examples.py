# ruff: noqa: E501 - a script is easier to read unbroken
"""Documented examples, translated from the shell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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


def test_what_cannot_be_carried_over_is_an_error_of_its_own(told: Told) -> None:
    assert told["bad"]["id"] == "HostScan.ExampleSyntax,ConvertFrom-HostScanExample"
    assert ":1:1:" in told["bad"]["message"]
    assert told["good and bad"] == 1
    assert told["wipe"]["id"] == "HostScan.PlanRefused,ConvertFrom-HostScanExample"
    assert told["missing"]["id"] == "HostScan.ExampleSyntax,ConvertFrom-HostScanExample"
