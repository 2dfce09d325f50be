# ruff: noqa: E501 - a script is easier to read unbroken
"""A whole session with secrets that are easy to find, and a search for them everywhere."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig
from hostscan_automation.simulator.accounts import Account
from hostscan_automation.simulator.totp import Totp
from tests.powershell.test_sessions import token_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.powershell.conftest import Shell, Told

pytestmark = [pytest.mark.powershell, pytest.mark.simulator]

# the tokens of the server are told by their beginning
SECRETS = {
    "PASSWORD": "Kanarie-Pass\u20acwort-4711",
    "WRONG": "Kanarie-wrong-4712",
    "TOTP": "KANARIETOTPSECRET2345",
    "CODE": "975313",
    "KEY": "Kanarie-Api-Key-4713-of-an-application",
    "TOKEN": "Kanarie-Token-4714-from-somewhere-else",
}
PLAYBOOK = """\
version: 1
name: paused
steps: [{name: paused, select: {status: Paused}}]
execute: {confirm: 5s}
report: [{format: json, path: "{name}.json"}, {format: html, path: "{name}.html"}]
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Simulator]:
    """A server whose accounts have the secrets."""
    with Simulator(SimulatorConfig(jobs=60, cancel_delay_s=(0.0, 0.05))) as simulator:
        accounts = simulator.accounts
        for name in ("right", "code"):
            account = Account(f"LAB\\{name}", SECRETS["PASSWORD"], totp=Totp(SECRETS["TOTP"]))
            accounts.add(account)
        accounts.application.password = SECRETS["KEY"]
        accounts.without_mfa.password = SECRETS["PASSWORD"]
        yield simulator


@pytest.fixture(scope="module")
def folder(shell: Shell) -> Path:
    """Where everything is written: what is there in the end is searched."""
    folder = shell.folder / "written"
    (folder / "temp").mkdir(parents=True)
    (folder / "paused.yaml").write_text(PLAYBOOK, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def told(shell: Shell, site: Simulator, folder: Path) -> Told:
    return shell.run(
        rf"""
        Set-Location -LiteralPath '{folder}'
        $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
        $everything = New-Object 'System.Collections.Generic.List[object]'
        $count = 0
        # every stream into one, and what comes out of it kept in every form that people keep; of
        # records only what is theirs, because they lead on to the whole module
        function Note([scriptblock] $Do) {{
            $script:count++
            try {{ $found = @(. $Do *>&1) }} catch {{ $found = @($_) }}
            $objects = @($found | Where-Object {{ $_ -is [System.Management.Automation.PSCustomObject] }})
            foreach ($one in $found) {{
                $everything.Add($one)
                "$one"
                if ($one -is [System.Management.Automation.ErrorRecord]) {{
                    $one | Out-String
                    $one | Select-Object -Property Exception, ErrorDetails, TargetObject, FullyQualifiedErrorId, ScriptStackTrace, CategoryInfo | Format-List -Property * -Force | Out-String
                    $one.Exception | Format-List -Property * -Force | Out-String
                    $one.InvocationInfo | Format-List -Property * -Force | Out-String
                    $one.ErrorDetails | Format-List -Property * -Force | Out-String
                    "$($one.Exception)"
                }}
            }}
            if ($objects.Count -eq 0) {{ return }}
            $objects | Format-List -Property * -Force | Out-String
            $objects | Out-String
            ConvertTo-Json -InputObject $objects -Depth 10
            Export-Clixml -InputObject $objects -Path "$($script:count).clixml" -Depth 10
        }}
        $sim = @{{ Uri = '{site.url}' }}
        # one account for each use of a code: a code is good for one sign-in, and the next one far off
        $right, $code = foreach ($name in 'right', 'code') {{ Login "LAB\$name" $env:CANARY_PASSWORD }}
        $wrong = Login 'LAB\right' $env:CANARY_WRONG
        $noMfa = Login '{site.accounts.without_mfa.login}' $env:CANARY_PASSWORD
        $app = '{site.accounts.application.login}'

        Note {{ Connect-HostScanServer @sim -Credential $wrong -TotpSecret (Secret $env:CANARY_TOTP) -Verbose -Debug }}
        Note {{ Connect-HostScanServer @sim -Credential $code -Otp $env:CANARY_CODE }}
        Note {{ Connect-HostScanServer @sim -Credential $code -TotpSecret (Secret "$($env:CANARY_TOTP)1!") }}
        Note {{ Connect-HostScanServer @sim -Token (Secret $env:CANARY_TOKEN) }}
        Note {{ Connect-HostScanServer -Uri "http://u:$($env:CANARY_PASSWORD)@127.0.0.1:9" -AppUser $app -ApiKey (Secret $env:CANARY_KEY) }}
        Tell 'failed' @($everything | Where-Object {{ $_ -is [System.Management.Automation.ErrorRecord] }}).Count
        Note {{ Connect-HostScanServer @sim -AppUser $app -ApiKey (Secret $env:CANARY_KEY) -SessionName app -PassThru }}
        Note {{ Connect-HostScanServer @sim -Token (Secret $env:CANARY_REAL_TOKEN) -SessionName token -PassThru }}
        Note {{ Connect-HostScanServer @sim -Credential $right -TotpSecret (Secret $env:CANARY_TOTP) -RetrySignIn -PassThru }}
        Note {{ Connect-HostScanServer @sim -Credential $noMfa -NoMfa -PassThru -Verbose }}
        Note {{ Get-HostScanSession; Test-HostScanConnection }}
        Note {{ Get-HostScanJob -First 3 -Detailed; Get-HostScanJob -Id (New-Guid) }}
        Note {{ Get-HostScanJob -Status Queued -First 2 | Stop-HostScanJob -Force -Wait -PassThru -Reason 'because' -Verbose }}
        Note {{ Invoke-HostScanPlaybook -Path ./paused.yaml -WhatIf; Invoke-HostScanPlaybook -Path ./paused.yaml -Force }}
        Note {{ Get-HostScanRun; Get-HostScanRun -Last 1 | Export-HostScanReport -Path ./run.csv -PassThru }}
        Note {{ Get-Variable -Scope Global | Where-Object {{ $_.Name -notin 'Error' }} | ForEach-Object {{ "$($_.Name)=$($_.Value)" }} }}
        $session = Get-HostScanSession -SessionName Default
        (Get-Process -Id $session.ProcessId).Kill()
        Note {{ Get-HostScanJob }}
        Note {{ $Error | ForEach-Object {{ "$_"; "$($_.Exception)" }} }}
        Tell 'noted' $everything.Count
        """,
        env={
            "TMPDIR": str(folder / "temp"),
            "HOSTSCAN_STATE_DIR": str(folder / "state"),
            "CANARY_REAL_TOKEN": token_of(site),
            **{f"CANARY_{name}": value for name, value in SECRETS.items()},
        },
    )


def forms_of(secret: str) -> list[bytes]:
    """Return what a secret could look like in a text or a file."""
    texts = [secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    escaped = secret.encode("ascii", "backslashreplace")
    return [*texts, escaped, base64.b64encode(texts[0]), texts[1].hex().encode()]


def secrets_in(content: bytes) -> set[str]:
    found = {
        name
        for name, secret in SECRETS.items()
        if name != "CODE" and any(form in content for form in forms_of(secret))
    }
    if re.search(rb"(?<![\w.-])975313(?!\w)", content):
        found.add("CODE")
    if re.search(rb"eyJ[\w-]{8,}", content):
        found.add("a token of the server")
    return found


def test_the_search_finds_what_it_looks_for() -> None:
    for name, secret in SECRETS.items():
        assert secrets_in(f"x {secret} y".encode()) == {name}
    assert secrets_in(b'"eyJhbGciOiJIUzI1NiJ9.e30.x"') == {"a token of the server"}


def test_the_session_went_through_everything(told: Told) -> None:
    assert told["failed"] == 5, told.stdout
    assert told["noted"] > 60
    for name in ("AuthenticationFailed", "MfaRejected", "TokenExpired", "ServerExited"):
        assert f"HostScan.{name}" in told.stdout


def test_no_secret_is_in_anything_that_was_shown(told: Told) -> None:
    assert secrets_in((told.stdout + told.stderr).encode()) == set()


def test_no_secret_is_in_anything_that_was_written(told: Told, folder: Path) -> None:
    assert told.code == 0
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"journal.sqlite3", "paused.html", "run.csv"} <= {path.name for path in files}
    assert len([path for path in files if path.suffix == ".clixml"]) > 8

    assert {path.name: secrets_in(path.read_bytes()) for path in files} == {
        path.name: set() for path in files
    }
