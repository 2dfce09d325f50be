"""A PowerShell to run ported scripts in, and a server for them to talk to."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.unit.porting.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "\u041f\u0430\u0440\u043e\u043b\u044c\u20ac\U0001f600\"\\'"
LOGIN = "LAB\\svc-scan"


@dataclass(frozen=True)
class Shell:
    """A PowerShell; `run` gives it a script of ours and returns what it printed."""

    program: str
    folder: Path

    def run(self, script: str, *, code: int = 0) -> str:
        """Run a driver script in which `$credential` is set; check its exit code."""
        points = ", ".join(f"0x{ord(unit):04x}" for unit in _utf16(PASSWORD))
        head = (
            "$word = New-Object System.Security.SecureString\n"
            f"foreach ($unit in @({points})) {{ $word.AppendChar([char]$unit) }}\n"
            "$credential = New-Object System.Management.Automation.PSCredential"
            f" -ArgumentList '{LOGIN}', $word\n"
        )
        driver = self.folder / "driver.ps1"
        driver.write_text(head + script, encoding="ascii", newline="\n")
        done = subprocess.run(
            [self.program, "-NoProfile", "-NonInteractive", "-File", str(driver)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        output = done.stdout + done.stderr
        assert done.returncode == code, output
        return output


def _utf16(text: str) -> Iterator[str]:
    data = text.encode("utf-16-be", "surrogatepass")
    for index in range(0, len(data), 2):
        yield data[index : index + 2].decode("utf-16-be", "surrogatepass")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    program = os.environ.get("HOSTSCAN_TEST_SHELL") or shutil.which("pwsh")
    if not program:
        pytest.skip("no PowerShell: set HOSTSCAN_TEST_SHELL or install pwsh")
    return Shell(program, tmp_path)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as started:
        yield started
