from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from hostscan_automation.errors import SettingsError
from hostscan_automation.powershell import installation


def test_the_module_is_part_of_the_package() -> None:
    assert installation.packaged_manifest().is_file()


def test_a_copy_knows_its_interpreter_and_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    folder = tmp_path / "Modules"
    first = installation.install(folder, "/old/python")
    (first.parent / "left-over.ps1").write_text("", encoding="ascii")

    manifest = installation.install(folder, "C:\\Prögramme\\python.exe")

    note = (manifest.parent / "HostScanAutomation.config.json").read_bytes()
    assert manifest == folder / "HostScanAutomation" / "HostScanAutomation.psd1"
    assert json.loads(note) == {"python": "C:\\Prögramme\\python.exe"}
    assert note.isascii()
    assert not (manifest.parent / "left-over.ps1").exists()
    assert [path.name for path in folder.iterdir()] == ["HostScanAutomation"]
    assert (manifest.parent / "Public" / "Stop-HostScanJob.ps1").is_file()


def test_the_interpreter_is_the_running_one(tmp_path: Path) -> None:
    manifest = installation.install(tmp_path)

    note = (manifest.parent / "HostScanAutomation.config.json").read_text("ascii")
    assert json.loads(note)["python"] == sys.executable


def test_removing_says_whether_there_was_anything(tmp_path: Path) -> None:
    installation.install(tmp_path)

    assert installation.uninstall(tmp_path) is True
    assert installation.uninstall(tmp_path) is False
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_this_module_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "HostScanAutomation"
    foreign.mkdir()
    (foreign / "notes.txt").write_text("mine", encoding="utf-8")

    for act in (installation.install, installation.uninstall):
        with pytest.raises(SettingsError, match="is not this module"):
            act(tmp_path)
    assert (foreign / "notes.txt").read_text("utf-8") == "mine"


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(SettingsError, match="cannot be used"):
        installation.install(tmp_path / "file" / "Modules")


def test_a_copy_that_cannot_be_removed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.install(tmp_path)

    def locked(_path: Path) -> None:
        raise PermissionError(13, "it is in use")

    monkeypatch.setattr(shutil, "rmtree", locked)
    with pytest.raises(SettingsError, match="it is in use"):
        installation.uninstall(tmp_path)


def test_modules_are_where_each_powershell_looks(tmp_path: Path) -> None:
    linux = installation.module_folders({}, "linux")
    other = installation.module_folders({"XDG_DATA_HOME": str(tmp_path)}, "linux")
    windows = installation.module_folders({}, "win32")

    assert linux == (Path("~/.local/share/powershell/Modules").expanduser(),)
    assert other == (tmp_path / "powershell" / "Modules",)
    assert [folder.parts[-2:] for folder in windows] == [
        ("PowerShell", "Modules"),
        ("WindowsPowerShell", "Modules"),
    ]
