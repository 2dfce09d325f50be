"""`hostscan powershell` and `hostscan bridge`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hostscan_automation.powershell
from hostscan_automation.powershell import installation

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Terminal

MANIFEST = Path(hostscan_automation.powershell.__file__).parent.joinpath(
    "HostScanAutomation", "HostScanAutomation.psd1"
)


@pytest.fixture
def modules(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the PowerShell of this person looks for modules."""
    terminal.environ["XDG_DATA_HOME"] = str(terminal.folder / "data")
    monkeypatch.setattr(installation.module_folders, "__defaults__", ("linux",))
    return terminal.folder / "data" / "powershell" / "Modules"


def test_install_puts_the_module_where_powershell_looks(terminal: Terminal, modules: Path) -> None:
    ended = terminal.run("powershell", "install")

    copy = modules / "HostScanAutomation"
    assert ended.code == 0
    assert ended.out == f"{copy / 'HostScanAutomation.psd1'}\n"
    assert ended.err == "now, in PowerShell: Import-Module HostScanAutomation\n"
    assert (copy / "HostScanAutomation.psd1").read_bytes() == MANIFEST.read_bytes()
    note = json.loads((copy / "HostScanAutomation.config.json").read_text("ascii"))
    assert note == {"python": sys.executable}


def test_install_can_be_repeated_and_uninstall_takes_it_away_again(
    terminal: Terminal, modules: Path
) -> None:
    for _ in range(2):
        assert terminal.run("powershell", "install").code == 0
    first, second = terminal.run("powershell", "uninstall"), terminal.run("powershell", "uninstall")

    assert (first.code, first.out) == (0, "")
    assert first.err == f"removed {modules / 'HostScanAutomation'}\n"
    assert (second.code, second.err) == (0, "the module was not installed\n")
    assert list(modules.iterdir()) == []


def test_another_folder_is_named_for_psmodulepath(terminal: Terminal, modules: Path) -> None:
    folder = terminal.folder / "my modules"

    installed = terminal.run("powershell", "install", "--folder", str(folder))

    assert installed.out == f"{folder / 'HostScanAutomation' / 'HostScanAutomation.psd1'}\n"
    assert f"add {folder} to PSModulePath" in installed.err
    assert not modules.exists()
    removed = terminal.run("powershell", "uninstall", "--folder", str(folder))
    assert removed.err == f"removed {folder / 'HostScanAutomation'}\n"


def test_what_is_not_this_module_is_refused_with_the_way_out(terminal: Terminal) -> None:
    foreign = terminal.folder / "HostScanAutomation"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("mine", encoding="utf-8")

    for verb in ("install", "uninstall"):
        ended = terminal.run("powershell", verb, "--folder", str(terminal.folder))
        assert ended.code == 3
        assert "is not this module" in ended.err
        assert "--folder" in ended.err
    assert (foreign / "mine.txt").exists()


def test_path_prints_the_manifest_alone_and_says_how_to_name_the_python(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/it's here/python3")

    ended = terminal.run("powershell", "path")

    assert ended.code == 0
    assert ended.out == f"{MANIFEST}\n"
    assert "$env:HOSTSCAN_PYTHON = '/opt/it''s here/python3'" in ended.err


def test_bridge_serves_until_its_input_ends() -> None:
    greeting = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocol": 1, "client": "test"},
    }
    with subprocess.Popen(
        [sys.executable, "-m", "hostscan_automation", "bridge", "--idle-limit", "60"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(greeting).encode() + b"\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
        rest, _ = process.communicate(timeout=30)

    assert reply["result"]["protocol"] == 1
    assert (rest, process.returncode) == (b"", 0)
