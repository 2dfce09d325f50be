# ruff: noqa: E501 - a script is easier to read unbroken
"""What the caller prefers: questions, errors and verbose lines, of the script and of the call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.powershell.conftest import Shell, Told

pytestmark = [pytest.mark.powershell, pytest.mark.simulator]

PLAYBOOK = """\
version: 1
name: two
vars: {which: Paused}
steps: [{name: some, select: {status: {var: which}}}]
execute: {confirm: 20s}
"""
# each with an error that does not end it
CHANGING = {
    "Start-HostScanJob": "Start-HostScanJob -HostId ([guid]::Empty)",
    "Stop-HostScanJob": "Stop-HostScanJob -Id ([guid]::Empty) -Force",
    "Invoke-HostScanPlaybook": "Invoke-HostScanPlaybook -Path ./two.yaml -WhatIf -MaxCount 0",
    "Export-HostScanReport": "[pscustomobject]@{ a = 1 } | Export-HostScanReport -Path ./x.csv",
}
# each with a request that it sends
SENDING = {
    "Start-HostScanJob": "Start-HostScanJob -HostId (New-Guid)",
    "Stop-HostScanJob": "Stop-HostScanJob -Id (New-Guid) -Force -ErrorAction SilentlyContinue",
    "Invoke-HostScanPlaybook": "Invoke-HostScanPlaybook -Path ./two.yaml -WhatIf",
    "Export-HostScanReport": "Export-HostScanReport -RunId $runId -Path ./verbose.csv",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    """A server that cancels quickly."""
    with Simulator(SimulatorConfig(jobs=120, cancel_delay_s=(0.0, 0.05))) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def told(shell: Shell, joining: str) -> Told:
    (shell.folder / "two.yaml").write_text(PLAYBOOK, encoding="utf-8")
    errors = "\n".join(
        f"""
        Tell 'stop {name}' (Fails {{ $ErrorActionPreference = 'Stop'; {call}; 'not reached' }}).id
        Tell 'go on {name}' @(& {{ $ErrorActionPreference = 'SilentlyContinue'; {call}; 'reached' }})[-1]
        """
        for name, call in CHANGING.items()
    )
    verbose = "\n".join(
        f"""
        Tell 'verbose {name}' @(& {{ $VerbosePreference = 'Continue'; {call} 4>&1 }} | Where-Object {{ $_ -is [System.Management.Automation.VerboseRecord] }} | ForEach-Object {{ "$_" }})
        Tell 'quiet {name}' @({call} 4>&1 | Where-Object {{ $_ -is [System.Management.Automation.VerboseRecord] }}).Count
        """
        for name, call in SENDING.items()
    )
    return shell.run(
        rf"""
        {joining}
        $queued = @(Get-HostScanJob -Status Queued)
        Tell 'asked low' (Fails {{ & {{ $ConfirmPreference = 'Medium'; Start-HostScanJob -HostId (New-Guid) -ErrorAction Stop }} }}).message
        Tell 'asked playbook' (Fails {{ Invoke-HostScanPlaybook -Path ./two.yaml -ErrorAction Stop }}).message
        Tell 'never asked' @(& {{ $ConfirmPreference = 'None'; $queued[0] | Stop-HostScanJob -PassThru }}).Count
        Tell 'off' @($queued[1] | Stop-HostScanJob -PassThru -Confirm:$false).Count
        Tell 'forced' @(& {{ $ConfirmPreference = 'Low'; $queued[2] | Stop-HostScanJob -PassThru -Force }}).Count
        Tell 'sent' @($queued[0..2] | ForEach-Object {{ $_.Id }})
        $runId = (Get-HostScanRun -Last 1).RunId
        {errors}
        {verbose}
        """
    )


def test_a_question_that_nobody_can_answer_sends_nothing(told: Told, server: Simulator) -> None:
    assert "NonInteractive" in told["asked low"]
    assert "NonInteractive" in told["asked playbook"]
    # the verbose round sends the only one
    assert len(server.requests("POST", path="HostScanJob")) == 2


def test_the_callers_confirm_preference_decides_and_force_wins(
    told: Told, server: Simulator
) -> None:
    assert [told[name] for name in ("never asked", "off", "forced")] == [1, 1, 1]
    assert {str(one.job_id) for one in server.requests("DELETE")} == set(told["sent"])


@pytest.mark.parametrize("name", CHANGING)
def test_the_scripts_error_preference_reaches_every_cmdlet_that_changes_something(
    told: Told, name: str
) -> None:
    assert told[f"stop {name}"].startswith("HostScan."), told[f"stop {name}"]
    assert told[f"stop {name}"].endswith(f",{name}")
    assert told[f"go on {name}"] == "reached"
    assert told.stderr == ""


@pytest.mark.parametrize("name", SENDING)
def test_the_scripts_verbose_preference_reaches_every_cmdlet_that_changes_something(
    told: Told, name: str
) -> None:
    assert [line for line in told[f"verbose {name}"] if "(request " in line]
    assert told[f"quiet {name}"] == 0


def test_a_playbook_is_asked_for_once_and_carried_out_after_a_yes(
    shell: Shell, joining: str, server: Simulator, told: Told
) -> None:
    before = len(server.requests("DELETE"))
    asked = shell.run(
        rf"""
        {joining}
        Tell 'paused' @(Get-HostScanJob -Status Paused | ForEach-Object {{ $_.Id }})
        Tell 'no' @(Invoke-HostScanPlaybook -Path ./two.yaml).Count
        Tell 'after no' @(Get-HostScanRun -Last 100).Count
        Tell 'forced no' @(Invoke-HostScanPlaybook -Path ./two.yaml -Force -Confirm).Count
        Tell 'yes' (Invoke-HostScanPlaybook -Path ./two.yaml -Confirm)
        Tell 'nothing left' (Invoke-HostScanPlaybook -Path ./two.yaml).Planned
        Tell 'two playbooks' @(Get-Item ./two.yaml, ./two.yaml | Invoke-HostScanPlaybook -Variable @{{ which = 'Pending' }}).Count
        """,
        answers="n\nn\ny\nn\ny\n",
    )
    sent = Counter(str(one.job_id) for one in server.requests("DELETE")[before:])

    question = f'"Cancel {len(asked["paused"])} jobs, step \'some\'" on target "{server.url}"'
    assert asked.stdout.count(question) == 3
    assert (asked["no"], asked["forced no"], asked["nothing left"]) == (0, 0, 0)
    assert asked["after no"] == len(told["sent"])
    assert asked["yes"]["Outcomes"]["cancelled"] == len(asked["paused"]) > 0
    assert asked["two playbooks"] == 1
    assert set(asked["paused"]) < set(sent)
    assert max(sent.values()) == 1
