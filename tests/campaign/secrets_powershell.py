"""Secrets in PowerShell: everything said aloud, as a transcript would have it, and watched."""

# ruff: noqa: E501 - a script is easier to read unbroken

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import hostscan_automation.powershell
from tests.campaign.canaries import Canaries
from tests.campaign.secrets import odd_ground
from tests.campaign.tally import Tally
from tests.campaign.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.campaign.ground import Ground

_MODULE = Path(hostscan_automation.powershell.__file__).parent / "HostScanAutomation"
_TIMEOUT_S = 240
# Out-File of all streams stands for Start-Transcript, which not every engine has.
_SCRIPT = r"""
$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
Import-Module '{module}'
function Secret([string] $Text) {{
    $secret = New-Object System.Security.SecureString
    foreach ($letter in $Text.ToCharArray()) {{ $secret.AppendChar($letter) }}
    $secret
}}
function Kept([string] $Name) {{
    Secret ([System.IO.File]::ReadAllText('{planted}/' + $Name).Trim())
}}
function Login([string] $Password) {{
    New-Object System.Management.Automation.PSCredential -ArgumentList '{login}', (Kept $Password)
}}
& {{
    $server = @{{ Uri = '{url}'; TotpSecret = (Kept 'totp_secret') }}
    Connect-HostScanServer @server -Credential (Login 'password') -PassThru | Format-List * -Force
    Get-HostScanSession | Format-List * -Force
    Get-HostScanSession | ConvertTo-Json -Depth 5
    Get-HostScanJob -First 5 | Format-List * -Force
    Get-HostScanJob | Where-Object Status -eq 'Queued' | Stop-HostScanJob -Force | Format-List * -Force
    try {{ Connect-HostScanServer @server -Credential (Login 'wrong') }} catch {{ $_ | Format-List * -Force }}
    try {{ Stop-HostScanJob -Id 'no id' -Force }} catch {{ $_ | Format-List * -Force }}
    Get-Variable | Out-String -Width 4000
    $Error | Format-List * -Force
    Disconnect-HostScanServer
}} *>&1 | Out-File -FilePath transcript.txt -Width 4000
exit 0
"""


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(said_aloud, seed=seed)


def said_aloud(*, seed: int) -> Tally:
    """Sign in, list, cancel and fail in PowerShell with every stream on; look at all of it."""
    tally = Tally("PowerShell, every stream on")
    shell = os.environ.get("HOSTSCAN_TEST_SHELL") or shutil.which("pwsh")
    if not shell:
        tally.scenario += " (not played: no PowerShell here)"
        return tally
    with odd_ground(seed, "file") as field:
        began = time.monotonic()
        with Watch(field.folder, apart_from=field.planted) as watch:
            done = _run(field, shell)
        tally.runs += 1
        tally.longest_s = time.monotonic() - began
        tally.faults += watch.seen_children
        tally.jobs += len(field.planned)
        said = (field.folder / "transcript.txt").read_text(encoding="utf-8-sig")
        tally.expect(done.returncode == 0, f"ended with {done}")
        tally.expect(field.server.url in said, f"nothing was said: {said[-500:]}")
        tally.expect(watch.seen_children, "the bridge was not seen")
        tally.expect(field.server.cancels(), "nothing was cancelled")
        leaks = watch.leaks(Canaries.of(field.server), own_environment=False)
        tally.leaked += len(leaks)
        tally.findings += [f"leaked: {leak}" for leak in leaks]
        tally.left(field)
    return tally


def _run(field: Ground, shell: str) -> subprocess.CompletedProcess[bytes]:
    (field.planted / "wrong").write_text("not-this-one-0123456789", encoding="utf-8")
    script = field.folder / "script.ps1"
    manifest = _MODULE / "HostScanAutomation.psd1"
    account = field.server.accounts.admin
    text = _SCRIPT.format(
        module=manifest, planted=field.planted, login=account.login, url=field.server.url
    )
    script.write_text(text, encoding="utf-8-sig")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    with (field.folder / "shell.out").open("wb") as out:
        return subprocess.run(
            [shell, "-NoProfile", "-NonInteractive", "-File", str(script)],
            env={**field.environment, "HOSTSCAN_PYTHON": sys.executable, "XDG_CACHE_HOME": cache},
            cwd=field.folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT_S,
            check=False,
        )
