"""A PowerShell to try the module in, and what a script in it told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hostscan_automation.powershell
from hostscan_automation.clock import utc_text
from hostscan_automation.simulator import Simulator, SimulatorConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MODULE = Path(hostscan_automation.powershell.__file__).parent / "HostScanAutomation"
MANIFEST = MODULE / "HostScanAutomation.psd1"
HERE = Path(__file__).parent

# Tell: one named value to the test. Fails: what an error record says. Secret: no plain text.
PRELUDE = """
function Tell([string] $Name, $Value) {
    $json = ConvertTo-Json -InputObject $Value -Compress -Depth 5
    [Console]::Out.WriteLine('##' + $Name + '=' + $json)
}
function Describe($Record) {
    @{ id = $Record.FullyQualifiedErrorId; category = "$($Record.CategoryInfo.Category)"
        target = "$($Record.TargetObject)"; message = "$Record"
        action = "$(if ($Record.ErrorDetails) { $Record.ErrorDetails.RecommendedAction })" }
}
function Fails([scriptblock] $Do) {
    $nothing = @{ id = ''; category = ''; target = ''; message = 'no error'; action = '' }
    try { $null = & $Do; $nothing }
    catch { Describe $_ }
}
function Secret([string] $Text) {
    $secret = New-Object System.Security.SecureString
    foreach ($letter in $Text.ToCharArray()) { $secret.AppendChar($letter) }
    $secret
}
function Login([string] $Name, [string] $Text) {
    New-Object System.Management.Automation.PSCredential -ArgumentList $Name, (Secret $Text)
}
"""


@dataclass(frozen=True, slots=True)
class Told:
    """How a script ended.

    Attributes:
        seconds: From its start, or from Ctrl+C where that was sent.
        interrupted_at: When Ctrl+C was sent, as the server writes times; else empty.
    """

    code: int
    stdout: str
    stderr: str
    seconds: float
    interrupted_at: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """What the script told, by name."""
        lines = (line[2:] for line in self.stdout.splitlines() if line.startswith("##"))
        pairs = (line.partition("=") for line in lines)
        return {name: json.loads(value) for name, _, value in pairs}

    def __getitem__(self, name: str) -> Any:
        assert name in self.values, f"{name} was not told\n{self.stdout}\n{self.stderr}"
        return self.values[name]


class Shell:
    """Runs scripts that have the module."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self._count = 0

    def start(
        self, script: str, *, env: Mapping[str, str] | None = None, interactive: bool = False
    ) -> subprocess.Popen[str]:
        """Start a script; with `interactive` questions are answered from standard input."""
        self._count += 1
        file = self.folder / f"script-{self._count}.ps1"
        text = f"{PRELUDE}\nImport-Module '{MANIFEST}'\n{script}\n"
        file.write_text(text, encoding="utf-8-sig")
        modes = [] if interactive else ["-NonInteractive"]
        return subprocess.Popen(
            [self.program, "-NoProfile", *modes, "-File", str(file)],
            env=self.environment | dict(env or {}),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    @property
    def environment(self) -> dict[str, str]:
        """Variables for a script: a state folder of its own, and no other HOSTSCAN_ ones."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HOSTSCAN_")}
        return kept | {
            "HOSTSCAN_PYTHON": sys.executable,
            "HOSTSCAN_STATE_DIR": str(self.folder / "state"),
            "HOSTSCAN_CONFIG": str(self.folder / "config.toml"),
            "COLUMNS": "160",
            "NO_COLOR": "1",
        }

    def run(
        self,
        script: str,
        *,
        env: Mapping[str, str] | None = None,
        answers: str | None = None,
        timeout: float = 240,
    ) -> Told:
        """Run a script to its end."""
        began = time.monotonic()
        process = self.start(script, env=env, interactive=answers is not None)
        try:
            stdout, stderr = process.communicate(answers or "", timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            told, said = process.communicate()
            pytest.fail(f"the script did not end\n{told}\n{said}")
        return Told(process.returncode, stdout, stderr, time.monotonic() - began)

    def finish(self, process: subprocess.Popen[str], answers: str, seen: str) -> Told:
        """Wait for the end of a script that was started, and return everything it told."""
        stdout, stderr = process.communicate(answers, timeout=240)
        return Told(process.returncode, seen + stdout, stderr, 0.0)

    def interrupt(self, script: str, *, at: str, env: Mapping[str, str] | None = None) -> Told:
        """Run a script and send it Ctrl+C as soon as it has written a line with this text."""
        process = self.start(script, env=env)
        assert process.stdout is not None
        seen = []
        for line in process.stdout:
            seen.append(line)
            if at in line:
                break
        began, now = time.monotonic(), utc_text(datetime.now(UTC))
        process.send_signal(signal.SIGINT)
        try:
            stdout, stderr = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            told, said = process.communicate()
            pytest.fail(f"the script did not end\n{told}\n{said}")
        seconds = time.monotonic() - began
        return Told(process.returncode, "".join(seen) + stdout, stderr, seconds, now)


@pytest.fixture(scope="session")
def shell_program() -> str:
    """The PowerShell to use: HOSTSCAN_TEST_SHELL, else pwsh."""
    program = os.environ.get("HOSTSCAN_TEST_SHELL") or shutil.which("pwsh")
    if not program:
        pytest.skip("no PowerShell here: set HOSTSCAN_TEST_SHELL, or install pwsh")
    return program


@pytest.fixture(scope="module")
def shell(shell_program: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell with a folder of its own."""
    return Shell(shell_program, tmp_path_factory.mktemp("shell"))


@pytest.fixture(scope="module")
def stand_in(shell: Shell) -> str:
    """A program that takes the place of Python and invents its answers."""
    program = shell.folder / "stand-in"
    program.write_text(
        f"#!{sys.executable}\nimport runpy\nrunpy.run_path({str(HERE / 'stand_in.py')!r},"
        " run_name='__main__')\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    """A simulated server with the usual 2,134 jobs, whose scans are short."""
    with Simulator(SimulatorConfig(scan_s=0.1)) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def joining(server: Simulator) -> str:
    """The statement that signs in to the server, with the account that has no second factor."""
    account = server.accounts.without_mfa
    return (
        f"Connect-HostScanServer -Uri '{server.url}' -NoMfa"
        f" -Credential (Login '{account.login}' '{account.password}')"
    )
