# ruff: noqa: E501 - a script is easier to read unbroken
"""Every example that Get-Help shows is run, with a server and files of the names it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig
from hostscan_automation.simulator.accounts import Account
from hostscan_automation.simulator.scanjobs import JobSpec
from hostscan_automation.simulator.totp import Totp
from tests.powershell.test_examples import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.powershell.conftest import Shell, Told

pytestmark = [pytest.mark.powershell, pytest.mark.simulator]

JOB = UUID("497f6eca-6276-4993-bfeb-53cbbbba6f08")
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
OTHER_SECRET = "GEZDGNBVGY3TQOJQ"
PLAYBOOK = """\
version: 1
name: stuck
vars: {subnet: 10.0.0.0/8}
steps: [{name: paused, select: {all: [{status: Paused}, {any_host: {ip: {cidr: {var: subnet}}}}]}}]
execute: {confirm: 5s, rate: unlimited}
"""
# nothing begins to run on this server
NOT_IN_TIME = "did not reach Running within 2 seconds"


@pytest.fixture(scope="module")
def site() -> Iterator[Simulator]:
    """A server with the job that the examples name."""
    config = SimulatorConfig(jobs=80, cancel_delay_s=(0.0, 0.05), scan_s=0.3)
    with Simulator(config) as simulator:
        for login, secret in (("LAB\\totp", TOTP_SECRET), ("LAB\\admin", OTHER_SECRET)):
            simulator.accounts.add(Account(login, "pass-word", totp=Totp(secret)))
        for status in ("Queued", "Queued", "Failed"):
            simulator.add_job(JobSpec(status=status, hosts=("lab-1",)))
        simulator.add_job(JobSpec(status="Paused", hosts=("lab-2",), job_id=JOB))
        yield simulator


@pytest.fixture(scope="module")
def told(shell: Shell, site: Simulator) -> Told:
    app = site.accounts.application
    (shell.folder / "config.toml").write_text(
        f'[profiles.nightly]\nserver = "{site.url}"\napp = "{app.login}"\napi_key = "env:NIGHTLY_KEY"\n',
        encoding="utf-8",
    )
    (shell.folder / "playbooks").mkdir()
    for name in ("cancel-stuck-scans", "subnet", "nightly", "playbooks/one"):
        (shell.folder / f"{name}.yaml").write_text(PLAYBOOK, encoding="utf-8")
    page = "```powershell\n" + EXAMPLE.replace("METHOD", "DELETE") + "```\n"
    (shell.folder / "CancelJob.md").write_text(page, encoding="utf-8")
    (shell.folder / "ticket.csv").write_text(f"JobId\n{JOB}\n", encoding="utf-8")
    totp = Totp(OTHER_SECRET)
    code = totp.code(totp.step_at(site.now()))
    return shell.run(
        rf"""
        # what a person would type, and what would be on this machine
        function Get-Credential {{ Login 'LAB\totp' 'pass-word' }}
        function Read-Host {{ param($Prompt, [switch] $AsSecureString) Secret '{TOTP_SECRET}' }}
        function Get-Clipboard {{ Get-Content -LiteralPath ./CancelJob.md | Where-Object {{ $_ -notlike '```*' }} }}
        $key = Secret '{app.password}'
        $hostId = New-Guid
        $PSDefaultParameterValues['Wait-HostScanJob:PollSec'] = $PSDefaultParameterValues['Wait-HostScanJob:TimeoutSec'] = 2
        # what would be asked is agreed to, and every error ends the example
        $ErrorActionPreference = 'Stop'
        $ConfirmPreference = 'None'

        Connect-HostScanServer -ProfileName nightly
        Get-HostScanJob -Status Paused -First 1 | Stop-HostScanJob -Wait
        $runId = (Get-HostScanSession).LastRun.RunId
        $ran = 0
        foreach ($command in Get-Command -Module HostScanAutomation | Sort-Object -Property {{ $_.Name -like 'Disconnect-*' }}, {{ $_.Verb -ne 'Connect' }}) {{
            foreach ($example in (Get-Help -Name $command.Name -Full).examples.example) {{
                $code = "$($example.code)".Replace('PS>', '')
                $text = $code.Replace('https://nps01.lab.example:6500', '{site.url}').Replace('https://nps02:6500', '{site.url}')
                $text = $text.Replace('-AppUser hostscan', "-AppUser '{app.login}'").Replace('20260301-020000-ab12', $runId)
                $text = $text.Replace('-Credential LAB\admin', "-Credential (Login 'LAB\admin' 'pass-word')").Replace('012345', '{code}').Replace('-Confirm', '')
                $problem = ''
                try {{ . ([scriptblock]::Create($text)) | Out-String | Out-Null }}
                catch {{ $problem = "$_" }}
                $ran++
                Tell "example $ran" @($command.Name, $code, $problem)
                if (@(Get-HostScanSession -SessionName Default).Count -eq 0) {{ Connect-HostScanServer -ProfileName nightly }}
            }}
        }}
        Tell 'ran' $ran
        Tell 'written' @(Get-ChildItem -Path ./nightly.html, ./run.csv, ./subnet.html -ErrorAction SilentlyContinue).Count
        """,
        env={"NIGHTLY_KEY": app.password},
    )


def test_every_example_of_the_help_runs(told: Told, site: Simulator) -> None:
    ended = [said for name, said in told.values.items() if name.startswith("example ")]

    assert [one for one in ended if one[2] and NOT_IN_TIME not in one[2]] == []
    assert len(ended) == told["ran"] > 30
    assert told["written"] == 3
    assert site.status_of(JOB) == "Cancelled"
