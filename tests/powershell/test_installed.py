# ruff: noqa: E501 - a script is easier to read unbroken
"""The module as `hostscan powershell install` leaves it, found by its name."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.powershell.installation import install
from tests.powershell.test_bridge_process import is_gone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.powershell.conftest import Shell, Told

pytestmark = pytest.mark.powershell


@pytest.fixture(scope="module")
def copies(shell: Shell) -> tuple[Path, Path]:
    """Folders of modules: one with a good copy, one whose Python has moved away."""
    good, stale = shell.folder / "good modules", shell.folder / "stale"
    install(good, sys.executable)
    install(stale, "/nowhere/python3")
    return good, stale


@pytest.fixture(scope="module")
def told(shell: Shell, copies: tuple[Path, Path], stand_in: str) -> Told:
    good, stale = copies
    return shell.run(
        rf"""
        function Ask-It {{ Get-HostScanRun -RunId none -ErrorAction Stop }}
        $separator = [System.IO.Path]::PathSeparator
        Connect-HostScanServer -Uri http://127.0.0.1:9 -NoMfa -Credential (Login a b) -PythonPath '{stand_in}'
        $ids = @((Get-HostScanSession).ProcessId)
        Tell 'ids' $ids
        Remove-Module -Name HostScanAutomation
        Tell 'after' @((Get-Module -Name HostScanAutomation), @(Get-TypeData -TypeName HostScan.Job).Count)

        Remove-Item -LiteralPath Env:HOSTSCAN_PYTHON
        $paths = $env:PSModulePath
        $env:PSModulePath = '{good}' + $separator + $paths
        $said = @(Import-Module -Name HostScanAutomation *>&1).Count
        Tell 'import' @($said, (Get-Module -Name HostScanAutomation).Path)
        Tell 'python' (Fails {{ Ask-It }})
        Remove-Module -Name HostScanAutomation
        Tell 'autoload' (Fails {{ Ask-It }})
        Remove-Module -Name HostScanAutomation

        $env:PSModulePath = '{stale}' + $separator + $paths
        Import-Module -Name HostScanAutomation
        Tell 'stale' (Fails {{ Ask-It }})
        $env:HOSTSCAN_PYTHON = '{sys.executable}'
        Tell 'variable wins' (Fails {{ Ask-It }})
        """
    )


def test_the_copy_is_found_by_name_and_knows_its_python(
    told: Told, copies: tuple[Path, Path]
) -> None:
    said, path = told["import"]

    assert said == 0, "an import prints nothing"
    assert path.startswith(str(copies[0]))
    assert told["python"]["id"] == "HostScan.NotFound,Get-HostScanRun"
    assert told["autoload"]["id"] == "HostScan.NotFound,Get-HostScanRun"


def test_a_python_that_moved_away_is_named_with_the_note_that_names_it(
    told: Told, copies: tuple[Path, Path]
) -> None:
    note = copies[1] / "HostScanAutomation" / "HostScanAutomation.config.json"

    assert told["stale"]["id"] == "HostScan.PythonNotFound,Get-HostScanRun"
    assert f"/nowhere/python3 ({note})" in told["stale"]["message"]
    assert json.loads(note.read_text("ascii"))["python"] == "/nowhere/python3"
    assert told["variable wins"]["id"] == "HostScan.NotFound,Get-HostScanRun"


def test_removing_the_module_ends_its_processes_and_takes_its_types_along(told: Told) -> None:
    assert told["after"] == [None, 0]
    assert is_gone(told["ids"][0])
