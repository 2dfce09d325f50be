from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.unit.cli.conftest import Terminal


def test_without_a_terminal_it_asks_nothing_and_leaves_its_reports(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    terminal.environ |= {"HOSTSCAN_SERVER": "https://real.example", "HOSTSCAN_TOKEN": "t" * 30}
    ended = terminal.run("--server", "https://real.example", "demo")
    assert ended.code == 0
    assert ended.err == ""
    assert "2,134 jobs: " in ended.out
    assert "37 of 37 jobs cancelled" in ended.out
    assert "hostscan simulate" in ended.out
    assert "real.example" not in ended.out
    (folder,) = tmp_path.glob("hostscan-demo-*")
    assert str(folder) in ended.out
    assert len(list(folder.glob("reports/*.html"))) == 1
    assert not (tmp_path / "state").exists()


def test_a_person_who_says_no_has_seen_the_plan_and_nothing_else(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.is_terminal, terminal.typed = True, "no\n"
    terminal.all_seen = True
    ended = terminal.run("demo", "--folder", str(tmp_path / "a {b}"))
    assert ended.code == 0
    assert "Type the number of jobs to go on: " in ended.out
    assert "declined" in ended.out
    assert "cancelled." not in ended.out


def test_a_folder_that_cannot_be_made_is_a_clear_error(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = terminal.run("demo", "--folder", str(tmp_path / "file" / "x"))
    assert ended.code == 3
    assert "cannot be made" in ended.err
