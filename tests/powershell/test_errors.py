# ruff: noqa: E501 - a script is easier to read unbroken
"""Every error as a script meets it: its id, its category, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.powershell import faults
from tests.powershell.conftest import MANIFEST
from tests.powershell.test_bridge_process import CONNECT

if TYPE_CHECKING:
    from tests.powershell.conftest import Shell, Told

pytestmark = pytest.mark.powershell

KINDS = {name: kind for name, kind in vars(faults).items() if isinstance(kind, faults.Kind)}
# outcome -> error id and category; None: no error
OUTCOMES = {
    "gone": ("NotFound", "ObjectNotFound"),
    "refused": ("BadRequest", "InvalidArgument"),
    "failed": ("ServerError", "ResourceUnavailable"),
    "forbidden": ("Forbidden", "PermissionDenied"),
    "uncertain": ("Timeout", "OperationTimeout"),
    "not_attempted": ("Cancelled", "OperationStopped"),
}


@pytest.fixture(scope="module")
def told(shell: Shell, stand_in: str) -> Told:
    names = ", ".join(f"'{name}'" for name in KINDS)
    one = "00000000-0000-0000-0000-000000000001"
    return shell.run(
        rf"""
        {CONNECT}
        foreach ($name in {names}) {{ Tell "kind $name" (Fails {{ Get-HostScanJob -Filter "kind $name" }}) }}

        $env:STAND_IN_PART = 'has every outcome'
        {CONNECT}
        foreach ($wait in $false, $true) {{
            $bad = $warned = $null
            $results = @(Stop-HostScanJob -Id {one} -Force -PassThru -Wait:$wait -ErrorAction SilentlyContinue -ErrorVariable bad -WarningVariable warned 3>$null)
            Tell "results $wait" @($results | ForEach-Object {{ $_.Outcome }})
            Tell "errors $wait" @($bad | Where-Object {{ $_ -is [System.Management.Automation.ErrorRecord] }} | ForEach-Object {{ Describe $_ }})
            Tell "warnings $wait" @($warned | ForEach-Object {{ "$_" }})
        }}
        $env:STAND_IN_PART = ''
        {CONNECT}

        # the action of an event runs between two looks of a call that waits; on a slow machine
        # the first time is before that call, so there are several
        $global:busy = $null
        $timer = New-Object System.Timers.Timer -ArgumentList 100
        $null = Register-ObjectEvent -InputObject $timer -EventName Elapsed -Action {{
            if ($null -eq $global:busy) {{ try {{ Get-HostScanJob }} catch {{ $global:busy = $_ }} }}
        }}
        $timer.Start()
        $slow = @(Get-HostScanJob -Filter slow).Count
        $timer.Stop()
        Tell 'busy' (Describe $global:busy)
        Tell 'not disturbed' @($slow, @(Get-HostScanJob -First 2).Count)

        Tell 'braces' @(Get-HostScanJob -Id '{{{one}}}', '{one.replace("-", "")}', '  {one} ' | ForEach-Object {{ $_.Id }})
        Tell 'no ids' @(foreach ($value in '', 'host-1', 5, '{one}x', $null) {{ (Fails {{ Stop-HostScanJob -Id $value -Force }}).id }})
        Tell 'negative' (Fails {{ Get-HostScanJob -OlderThan (New-TimeSpan -Hours -1) }})

        Remove-Module -Name HostScanAutomation
        $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
        Import-Module '{MANIFEST}'
        Tell 'constrained' (Fails {{ Connect-HostScanServer -ProfileName nightly }})
        Tell 'constrained run' (Fails {{ Get-HostScanRun }})
        """,
        env={"HOSTSCAN_PYTHON": stand_in},
    )


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_error_arrives_whole(told: Told, name: str) -> None:
    kind = KINDS[name]
    record = told[f"kind {name}"]

    assert record["id"] == f"HostScan.{kind.id},Get-HostScanJob"
    assert record["category"] == kind.category
    assert record["message"] == "it went wrong"
    assert record["action"] == kind.advice
    assert record["target"] == "t"


@pytest.mark.parametrize("waits", ["False", "True"])
def test_what_became_of_a_job_is_an_error_a_warning_or_neither(told: Told, waits: str) -> None:
    expected = [
        f"HostScan.{error},Stop-HostScanJob {category}" for error, category in OUTCOMES.values()
    ]
    if waits == "True":
        expected.append("HostScan.WaitTimeout,Stop-HostScanJob OperationTimeout")

    records = told[f"errors {waits}"]
    assert sorted(f"{one['id']} {one['category']}" for one in records) == sorted(expected)
    assert all(one["action"].endswith(".") and one["target"] for one in records)
    assert (
        len([one for one in records if "(because) (trace id 00-1)" in one["message"]])
        == len(records) - 1
    )
    assert len(told[f"results {waits}"]) == 11
    assert sorted(text.split()[1] for text in told[f"warnings {waits}"]) == ["drifted", "protected"]


def test_a_call_while_another_waits_is_refused_and_disturbs_nothing(told: Told) -> None:
    assert told["busy"]["id"] == "HostScan.Busy,Get-HostScanJob"
    assert told["busy"]["category"] == "InvalidOperation"
    assert "Nothing was sent" in told["busy"]["action"]
    assert told["not disturbed"] == [0, 2]


def test_an_id_is_a_guid_in_any_of_its_forms_and_nothing_else(told: Told) -> None:
    assert set(told["braces"]) == {"00000000-0000-0000-0000-000000000001"}
    assert len(told["no ids"]) == 5
    assert all(error.startswith("Parameter") for error in told["no ids"]), told["no ids"]


def test_an_age_that_is_none_is_named_by_its_parameter(told: Told) -> None:
    assert told["negative"]["id"] == "HostScan.InvalidArgument,Get-HostScanJob"
    assert told["negative"]["message"] == "-OlderThan: -01:00:00 is negative"


def test_where_no_program_can_be_started_one_error_says_so_and_the_import_none(told: Told) -> None:
    for name in ("constrained", "constrained run"):
        assert told[name]["id"].startswith("HostScan.PythonNotFound,"), told[name]
        assert told[name]["category"] == "NotInstalled"
        assert "ConstrainedLanguage" in told[name]["message"]
        assert "command line" in told[name]["action"]
    assert told.stderr == ""
    assert told.code == 0
