"""What Get-Help shows, and what Tab completes."""

# ruff: noqa: E501 - a script is easier to read unbroken
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.powershell.conftest import Shell, Told

pytestmark = pytest.mark.powershell

COMMON = {
    "Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ProgressAction",
    "ErrorVariable", "WarningVariable", "InformationVariable", "OutVariable", "OutBuffer",
    "PipelineVariable", "WhatIf", "Confirm",
}  # fmt: skip
# documented by the shell itself
PAGING = {"IncludeTotalCount", "Skip", "First"}
CHANGING = {
    "Start-HostScanJob": "Medium", "Stop-HostScanJob": "High", "Invoke-HostScanPlaybook": "High",
    "Export-HostScanReport": "Medium",
}  # fmt: skip


@pytest.fixture(scope="module")
def told(shell: Shell, stand_in: str) -> Told:
    profiles = '[profiles.nightly]\nserver = "x"\n[profiles."nps 01"]\n[profiles.nightly.limits]\n'
    (shell.folder / "config.toml").write_text(profiles, encoding="utf-8")
    return shell.run(
        """
        foreach ($command in Get-Command -Module HostScanAutomation) {
            $help = Get-Help -Name $command.Name -Full
            $binding = $command.ScriptBlock.Attributes | Where-Object { $_ -is [System.Management.Automation.CmdletBindingAttribute] }
            Tell "help $($command.Name)" @{
                synopsis = "$($help.Synopsis)"
                description = "$($help.Description | ForEach-Object { $_.Text })"
                described = @($help.parameters.parameter | Where-Object { "$($_.description | ForEach-Object { $_.Text })".Length -gt 15 } | ForEach-Object { $_.name })
                parameters = @($command.Parameters.Keys)
                examples = @($help.examples.example | ForEach-Object { @{ code = "$($_.code)"; says = "$($_.remarks | ForEach-Object { $_.Text })".Trim() } })
                inputs = "$($help.inputTypes.inputType.type.name)".Trim()
                outputs = "$($help.returnValues.returnValue.type.name)".Trim()
                types = @($command.OutputType | ForEach-Object { $_.Name })
                asks = [bool]$binding.SupportsShouldProcess
                impact = "$($binding.ConfirmImpact)"
            }
        }
        function Complete([string] $Line) {
            @((TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches | ForEach-Object { $_.CompletionText })
        }
        Tell 'about' ((Get-Help about_HostScanAutomation | Out-String) -match 'exit 5')
        Tell 'status' (Complete 'Get-HostScanJob -Status Comp')
        Tell 'second status' @(Complete 'Get-HostScanJob -Status Failed, Que')
        Tell 'profile' (Complete 'Connect-HostScanServer -ProfileName n')
        Tell 'id before' @(Complete 'Stop-HostScanJob -Id 0000')
        Connect-HostScanServer -Uri https://nps -Credential (Login a b) -NoMfa
        Connect-HostScanServer -Uri https://nps -Credential (Login a b) -NoMfa -SessionName 'second one'
        $null = Get-HostScanJob -First 2
        Tell 'id' (Complete 'Stop-HostScanJob -Id 0000')
        Tell 'tip' (TabExpansion2 -inputScript 'Stop-HostScanJob -Id 0000' -cursorColumn 25).CompletionMatches[0].ToolTip
        Tell 'host' (Complete 'Get-HostScanJob -HostName ')
        Tell 'session' (Complete 'Disconnect-HostScanServer -SessionName ')
        """,
        env={"HOSTSCAN_PYTHON": stand_in},
    )


def pages(told: Told) -> dict[str, Any]:
    found = {
        name.removeprefix("help "): page
        for name, page in told.values.items()
        if name.startswith("help ")
    }
    assert len(found) == 14
    return found


def test_every_cmdlet_has_a_synopsis_a_description_and_says_what_goes_in_and_out(
    told: Told,
) -> None:
    for name, page in pages(told).items():
        assert page["synopsis"].endswith("."), name
        assert len(page["description"]) > 80, name
        assert page["inputs"], name
        assert page["outputs"], name
        assert page["types"], name


def test_every_parameter_of_every_cmdlet_is_described(told: Told) -> None:
    for name, page in pages(told).items():
        missing = set(page["parameters"]) - COMMON - PAGING - set(page["described"])
        assert not missing, (name, missing)


def test_every_cmdlet_has_examples_with_their_explanation(told: Told) -> None:
    for name, page in pages(told).items():
        assert page["examples"], name
        for example in page["examples"]:
            assert "HostScan" in example["code"], name
            assert example["says"].endswith("."), (name, example)


def test_only_what_changes_something_asks_and_says_how_grave_it_is(told: Told) -> None:
    asking = {name: page["impact"] for name, page in pages(told).items() if page["asks"]}

    assert asking == CHANGING


def test_the_module_has_a_page_of_its_own_that_tells_what_bites(told: Told) -> None:
    assert told["about"] is True


def test_statuses_are_completed_also_as_the_second_of_a_list(told: Told) -> None:
    assert told["status"] == ["Complete", "CompletedWithErrors", "CompletedNotRun"]
    assert told["second status"] == ["Queued"]


def test_profiles_come_from_the_file_and_blanks_are_quoted(told: Told) -> None:
    assert told["profile"] == ["nightly", "'nps 01'"]


def test_ids_and_hosts_come_from_the_last_list_and_never_from_the_server(told: Told) -> None:
    first = "00000000-0000-0000-0000-000000000001"

    assert first not in str(told["id before"])
    assert told["id"][0] == first
    assert told["tip"] == "host-0 (Queued)"
    assert told["host"] == ["host-0", "host-1"]
    assert sorted(told["session"]) == ["'second one'", "Default"]
