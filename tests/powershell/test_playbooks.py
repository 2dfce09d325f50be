# ruff: noqa: E501 - a script is easier to read unbroken
"""Playbooks from the check to the report, runs looked up later, and the caller's -WhatIf."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.powershell.conftest import Shell, Told

pytestmark = [pytest.mark.powershell, pytest.mark.simulator]

PLAYBOOK = """\
version: 1
name: paused-in-labs
vars: {hosts: "lab-*", waiting: 1s}
protect:
  - any_host: {name: {glob: "lab-00*"}}
limits: {max_jobs: 60, max_percent: 80}
steps:
  - name: paused
    select: {all: [{status: Paused}, {any_host: {name: {glob: {var: hosts}}}}]}
execute: {confirm: 30s, rate: unlimited}
report:
  - {format: json, path: "{name}-{run_id}.json"}
"""
LISTING = """\
version: 1
name: only-look
steps: [{name: failed, action: list, select: {status: Failed}}]
report: [{format: csv, path: "failed.csv"}]
"""
WRONG = """\
version: 1
name: wrong
steps: [{name: a, select: {statsu: Paused}}, {name: b, select: {status: Puased}}]
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    """A server that cancels quickly."""
    with Simulator(SimulatorConfig(cancel_delay_s=(0.05, 0.1))) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def folder(shell: Shell) -> Path:
    """A folder with playbooks; its name has a blank and a letter that is not Latin."""
    folder = shell.folder / "my pläne"
    folder.mkdir()
    for name, text in (("paused", PLAYBOOK), ("look", LISTING), ("wrong", WRONG)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def told(shell: Shell, joining: str, folder: Path) -> Told:
    return shell.run(
        rf"""
        Set-Location -LiteralPath '{folder}'
        # without a server
        Tell 'right' @(Test-HostScanPlaybook -Path ./paused.yaml).Count
        Tell 'wrong' @(Test-HostScanPlaybook -Path ./wrong.yaml)
        Tell 'quiet' @(Get-ChildItem -Filter *.yaml | Sort-Object -Property Name | Test-HostScanPlaybook -Quiet)
        Tell 'missing' @(Test-HostScanPlaybook -Path ./nowhere.yaml | ForEach-Object {{ $_.Message }})
        Tell 'no runs' @(Get-HostScanRun).Count
        Tell 'not connected' (Fails {{ Invoke-HostScanPlaybook -Path ./paused.yaml -Force }})

        {joining}
        Tell 'invalid' (Fails {{ Invoke-HostScanPlaybook -Path ./wrong.yaml -Force }})
        $plan = Invoke-HostScanPlaybook -Path ./paused.yaml -WhatIf
        Tell 'plan' $plan
        Tell 'plan type' @($plan.PSTypeNames[0], $plan.Jobs[0].PSTypeNames[0], @($plan.Jobs | Where-Object {{ $_.Action -eq 'protected' }}).Count)
        Tell 'limited' (Fails {{ Invoke-HostScanPlaybook -Path ./paused.yaml -Force -MaxCount 1 }})
        $limited = Invoke-HostScanPlaybook -Path ./paused.yaml -WhatIf -MaxCount 1 -ErrorAction SilentlyContinue -ErrorVariable refused
        Tell 'limited plan' @($limited.Refusals.Count, "$($refused[0].FullyQualifiedErrorId)")
        Tell 'variable' (Invoke-HostScanPlaybook -Path ./paused.yaml -WhatIf -Variable @{{ hosts = 'no-such-*'; waiting = [timespan]'0:1:0' }}).Matched
        Tell 'bad variable' (Fails {{ Invoke-HostScanPlaybook -Path ./paused.yaml -WhatIf -Variable @{{ hots = 'x' }} }})

        $result = Get-Item ./paused.yaml | Invoke-HostScanPlaybook -Force -ReportPath ./further.html -Reason 'maintenance'
        Tell 'result' $result
        Tell 'result type' @($result.PSTypeNames[0], $result.Jobs[0].PSTypeNames[0])
        Tell 'table' @($result | Out-String -Stream | Where-Object {{ $_ }})
        Tell 'looked' (Invoke-HostScanPlaybook -Path ./look.yaml -Force)
        Tell 'again' (Invoke-HostScanPlaybook -Path ./paused.yaml -Force).Planned

        Tell 'runs' @(Get-HostScanRun -Last 2 | ForEach-Object {{ $_.Playbook }})
        Tell 'run' (Get-HostScanRun -RunId $result.RunId)
        Tell 'piped run' @($result | Get-HostScanRun).Count
        Tell 'no run' (Fails {{ Get-HostScanRun -RunId nonsense -ErrorAction Stop }})

        $result | Export-HostScanReport -Path ./again.md
        Tell 'new name' @($result | Export-HostScanReport -Path ./again.md -PassThru | ForEach-Object {{ $_.Name }})
        Tell 'replaced' @(Export-HostScanReport -RunId $result.RunId -Path ./again.md -Force -PassThru | ForEach-Object {{ $_.Name }})
        Tell 'exists' (Fails {{ Export-HostScanReport -RunId $result.RunId -Path ./again.md -NoClobber -Force }})
        Tell 'no format' (Fails {{ Export-HostScanReport -RunId $result.RunId -Path ./again.txt }})
        Export-HostScanReport -RunId $result.RunId -Path ./again.txt -Format Json
        $result.Jobs | Select-Object -First 2 | Export-HostScanReport -Path ./two.csv
        Tell 'no result' (Fails {{ [pscustomobject]@{{ a = 1 }} | Export-HostScanReport -Path ./x.csv -ErrorAction Stop }})
        Tell 'two runs' (Fails {{ Get-HostScanRun -Last 2 | Export-HostScanReport -Path ./x.csv }})
        Tell 'no place' (Fails {{ Export-HostScanReport -RunId $result.RunId -Path ./again.md/x.csv }})
        Tell 'files' @(Get-ChildItem | ForEach-Object {{ $_.Name }} | Sort-Object)
        """
    )


def test_a_playbook_is_checked_without_a_server_all_faults_at_once(told: Told) -> None:
    assert told["right"] == 0
    assert [
        (one["Line"], "statsu" in one["Message"] or "Puased" in one["Message"])
        for one in told["wrong"]
    ] == [(3, True), (3, True)]
    assert told["wrong"][0]["Column"] > 1
    assert told["quiet"] == [True, True, False]
    assert "does not exist" in told["missing"][0]
    assert told["not connected"]["id"] == "HostScan.NotConnected,Invoke-HostScanPlaybook"
    assert told["invalid"]["id"] == "HostScan.PlaybookInvalid,Invoke-HostScanPlaybook"
    assert "wrong.yaml:3:" in told["invalid"]["message"]


def test_what_if_returns_the_plan_and_sends_nothing(told: Told) -> None:
    plan = told["plan"]

    assert told["plan type"] == ["HostScan.Plan", "HostScan.PlannedStop", plan["Protected"]]
    assert plan["Planned"] > 5
    assert plan["Matched"] == plan["Planned"] + plan["Protected"]
    assert plan["PlanHash"].startswith("sha256:")
    assert f"\"Cancel {plan['Planned']} jobs, step 'paused'\"" in told.stdout


def test_a_limit_refuses_the_whole(told: Told) -> None:
    assert told["limited"]["id"] == "HostScan.LimitExceeded,Invoke-HostScanPlaybook"
    assert told["limited plan"] == [1, "HostScan.LimitExceeded,Invoke-HostScanPlaybook"]


def test_variables_reach_the_playbook(told: Told) -> None:
    assert told["variable"] == 0
    assert "hosts" in told["bad variable"]["message"]


def test_a_playbook_is_carried_out_as_it_was_planned_and_reported(
    told: Told, server: Simulator, folder: Path
) -> None:
    result = told["result"]
    deleted = Counter(str(one.job_id) for one in server.requests("DELETE"))

    assert told["result type"] == ["HostScan.PlaybookResult", "HostScan.StopResult"]
    assert result["State"] == "finished"
    assert result["Reason"] == "maintenance"
    assert result["Outcomes"]["cancelled"] == result["Planned"] == told["plan"]["Planned"]
    assert result["Outcomes"]["protected"] == told["plan"]["Protected"]
    assert len(deleted) == sum(deleted.values()) == result["Planned"]
    assert {job["Id"] for job in result["Jobs"] if job["Outcome"] == "cancelled"} == set(deleted)
    assert len(result["Reports"]) == 2
    report = json.loads((folder / f"paused-in-labs-{result['RunId']}.json").read_text("utf-8"))
    assert report["schema"] == "hostscan/run-report/1"
    assert report["outcomes"]["cancelled"] == result["Planned"]
    assert "<html" in (folder / "further.html").read_text("utf-8")
    assert told["again"] == 0


def test_a_playbook_that_only_looks_asks_nothing_and_writes_its_report(
    told: Told, folder: Path
) -> None:
    assert told["looked"]["Planned"] == 0
    rows = list(csv.reader((folder / "failed.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) > told["looked"]["Matched"] > 100


def test_runs_are_looked_up_without_a_server(told: Told) -> None:
    assert told["no runs"] == 0
    assert told["runs"] == ["paused-in-labs", "only-look"]
    assert len(told["run"]["Jobs"]) == told["result"]["Matched"]
    assert told["piped run"] == 1
    assert told["no run"]["id"] == "HostScan.NotFound,Get-HostScanRun"


def test_reports_are_written_and_nothing_is_lost(told: Told, folder: Path) -> None:
    run_id = told["result"]["RunId"]

    assert told["new name"] == [f"again-{run_id}.md"]
    assert told["replaced"] == ["again.md"]
    for name in ("exists", "no format", "two runs"):
        assert told[name]["id"] == "HostScan.InvalidArgument,Export-HostScanReport", name
    assert told["no result"]["id"] == "HostScan.InvalidArgument,Export-HostScanReport"
    assert told["no place"]["id"] == "HostScan.ReportFailed,Export-HostScanReport"
    assert json.loads((folder / "again.txt").read_text("utf-8"))["run_id"] == run_id
    two = list(csv.reader((folder / "two.csv").read_text("utf-8-sig").splitlines()))
    assert len([row for row in two if row]) == 3
    assert "x.csv" not in told["files"]


WHAT_IF = {
    "Start-HostScanJob": "Start-HostScanJob -HostId (New-Guid)",
    "Stop-HostScanJob": "Stop-HostScanJob -Id (New-Guid) -Force",
    "Invoke-HostScanPlaybook": "Invoke-HostScanPlaybook -Path ./paused.yaml -Force -MaxCount 60",
    "Export-HostScanReport": "Export-HostScanReport -RunId $runId -Path ./whatif.md",
}


@pytest.fixture(scope="module")
def whatifs(shell: Shell, joining: str, folder: Path, told: Told) -> Told:
    checks = "\n".join(
        f"""
        function Test-Inner {{ [CmdletBinding(SupportsShouldProcess = $true)] param() {call} }}
        function Test-Outer {{ [CmdletBinding(SupportsShouldProcess = $true)] param() Test-Inner }}
        Tell '{name} switch' (Said {{ {call} -WhatIf }})
        Tell '{name} script' (Said {{ $WhatIfPreference = $true; {call} }})
        Tell '{name} caller' (Said {{ Test-Inner -WhatIf }})
        Tell '{name} nested' (Said {{ Test-Outer -WhatIf }})
        New-Module -Name Other -ScriptBlock {{ function Test-Module {{ [CmdletBinding(SupportsShouldProcess = $true)] param([string] $runId) {call} }} }} | Import-Module -Force
        Tell '{name} module' (Said {{ Test-Module -WhatIf -runId $runId }})
        Tell '{name} strict' (Said {{ Set-StrictMode -Version Latest; Test-Inner -WhatIf }})
        """
        for name, call in WHAT_IF.items()
    )
    return shell.run(
        rf"""
        Set-Location -LiteralPath '{folder}'
        {joining}
        $runId = '{told["result"]["RunId"]}'
        function Said([scriptblock] $Do) {{ $null = & $Do; 'said' }}
        {checks}
        Tell 'written' (Test-Path -LiteralPath ./whatif.md)
        Tell 'off' @(& {{ $WhatIfPreference = $true; Export-HostScanReport -RunId $runId -Path ./whatif.md -WhatIf:$false -PassThru }}).Count
        """
    )


@pytest.mark.parametrize("cmdlet", WHAT_IF)
def test_every_cmdlet_that_changes_something_obeys_the_callers_what_if(
    whatifs: Told, server: Simulator, cmdlet: str
) -> None:
    text = whatifs.stdout[: whatifs.stdout.index(f"##{cmdlet} strict")]
    text = text[text.rindex(f"##{previous(cmdlet)} strict") :] if previous(cmdlet) else text

    assert text.count("What if: Performing the operation") == 6
    assert whatifs["written"] is False
    assert whatifs["off"] == 1
    assert not server.requests("POST", path="HostScanJob")


def previous(cmdlet: str) -> str:
    names = ["", *WHAT_IF]
    return names[names.index(cmdlet) - 1]
