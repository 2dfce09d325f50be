from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import SettingsError
from hostscan_automation.settings.folders import (
    config_file,
    default_config_file,
    expanded,
    state_folder,
)
from hostscan_automation.settings.private import Privacy, who_reads, who_writes

if TYPE_CHECKING:
    from tests.unit.settings.conftest import Desk


def test_a_missing_state_folder_is_made_private(desk: Desk) -> None:
    desk.set(STATE_DIR=str(desk.folder / "deep" / "state"))
    folder = state_folder(desk.environ)
    assert folder == desk.folder / "deep" / "state"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
def test_what_is_missing_above_the_state_folder_is_made_private_whatever_the_mask(
    desk: Desk,
) -> None:
    desk.set(STATE_DIR=str(desk.folder / "very" / "deep" / "state"))
    before = os.umask(0)
    try:
        folder = state_folder(desk.environ)
    finally:
        os.umask(before)
    made = (folder, folder.parent, folder.parent.parent)
    assert [stat.S_IMODE(one.stat().st_mode) for one in made] == [0o700] * 3


def test_without_the_variable_the_platform_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder({}) == tmp_path / "hostscan"


def test_a_state_folder_that_others_can_write_is_refused(desk: Desk) -> None:
    (desk.folder / "state").mkdir()
    (desk.folder / "state").chmod(0o707)
    with pytest.raises(SettingsError, match="can be written by others"):
        state_folder(desk.environ)


def test_a_file_in_the_place_of_the_state_folder_is_a_clear_error(desk: Desk) -> None:
    (desk.folder / "state").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be used: File exists"):
        state_folder(desk.environ)


def test_a_state_folder_that_cannot_be_written_is_a_clear_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingsError, match="cannot be written"):
        state_folder(desk.environ)


def test_the_config_file_is_that_of_the_flag_then_the_environment_then_the_platform(
    desk: Desk,
) -> None:
    desk.write("")
    assert config_file(str(desk.config), {"HOSTSCAN_CONFIG": "x"})[0] == desk.config
    path, source = config_file(None, {"HOSTSCAN_CONFIG": "not-there.toml"})
    assert (path, source) == (Path("not-there.toml"), "environment HOSTSCAN_CONFIG")
    assert config_file(None, {})[0] == default_config_file()
    assert default_config_file().name == "config.toml"


def test_a_flag_that_names_a_missing_file_is_an_error(desk: Desk) -> None:
    with pytest.raises(SettingsError, match=r"'nope.toml' does not exist"):
        config_file("nope.toml", {})


def test_on_windows_the_mode_bits_do_not_tell(desk: Desk) -> None:
    path = desk.write("")
    path.chmod(0o666)
    assert who_reads(path, platform="nt") is Privacy.UNKNOWN
    assert who_reads(path) is Privacy.OPEN


def test_a_file_of_somebody_else_is_theirs_to_read_and_to_write(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.write("")
    assert who_writes(path) is Privacy.PRIVATE
    if path.stat().st_uid == 0:
        os.chown(path, 4711, 4711)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert who_writes(path) is Privacy.OPEN


def test_the_private_group_of_the_owner_is_not_others(desk: Desk) -> None:
    path = desk.write("")
    path.chmod(0o660)
    state = path.stat()
    expected = Privacy.PRIVATE if state.st_gid in {0, state.st_uid} else Privacy.OPEN
    assert who_reads(path) is expected


def test_the_home_of_somebody_unknown_stays_as_it_is_written() -> None:
    assert expanded("~") == Path.home()
    assert expanded("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")
