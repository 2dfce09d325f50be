from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hostscan_automation.playbook.collection import shipped_playbooks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Terminal

STUCK = "cancel-stuck-in-queue"


def test_the_shipped_ones_are_listed(terminal: Terminal) -> None:
    ended = terminal.run("playbooks", "list")
    assert ended.code == 0
    assert all(one.name in ended.out for one in shipped_playbooks())
    document = json.loads(terminal.run("playbooks", "list", "-o", "json").out)
    assert document["schema"] == "hostscan/playbooks/1"
    assert STUCK in [one["name"] for one in document["playbooks"]]


def test_one_is_copied_with_the_schema_and_is_valid_where_it_lands(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    ended = terminal.run("playbooks", "copy", STUCK, str(folder))
    assert ended.code == 0
    written = [line for line in ended.out.splitlines() if line.endswith(".yaml")]
    assert written == [str(folder / f"{STUCK}.yaml")]
    assert (folder / "playbook.schema.json").exists()
    checked = terminal.run("playbooks", "validate", written[0])
    assert (checked.code, checked.out) == (0, f"{written[0]}: valid ({STUCK}, 1 step)\n")
    again = terminal.run("playbooks", "copy", STUCK, str(folder))
    assert again.code == 6
    assert "not overwritten" in again.err


def test_all_are_copied_at_once(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("playbooks", "copy", "--all", str(tmp_path)).code == 0
    assert len(list(tmp_path.glob("*.yaml"))) == len(shipped_playbooks())


def test_a_copy_needs_a_name_and_knows_the_names(terminal: Terminal) -> None:
    assert terminal.run("playbooks", "copy").code == 2
    ended = terminal.run("playbooks", "copy", "cancel-stuck-in-queu")
    assert ended.code == 6
    assert f"did you mean '{STUCK}'" in ended.err


def test_every_fault_of_every_file_is_told_with_its_place(
    terminal: Terminal, tmp_path: Path
) -> None:
    faulty, good = tmp_path / "faulty.yaml", tmp_path / "good.yaml"
    good.write_text(
        "version: 1\nname: g\nvars: {n: 3}\nsteps: [{name: s, select: {host_count: {var: n}}}]\n",
        encoding="utf-8",
    )
    faulty.write_text(
        "version: 1\nname: f\nprofil: x\nsteps:\n  - {name: s, select: {statu: Queued}}\n",
        encoding="utf-8",
    )
    ended = terminal.run(
        "playbooks", "validate", str(faulty), str(good), str(tmp_path / "no.yaml"), "--var", "n=4"
    )
    assert ended.code == 6
    assert f"error: {faulty}:3:1: " in ended.err
    assert f"error: {faulty}:5:" in ended.err
    assert "no.yaml: does not exist" in ended.err
    assert ended.out == f"{good}: valid (g, 1 step)\n"


def test_a_pattern_that_the_shell_left_alone_is_expanded(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.run("playbooks", "copy", "--all", str(tmp_path))
    ended = terminal.run("playbooks", "validate", str(tmp_path / "*.yaml"))
    assert ended.code == 0
    assert len(ended.out.splitlines()) == len(shipped_playbooks())
    assert terminal.run("playbooks", "validate", str(tmp_path / "*.yml")).code == 6


def test_a_variable_is_a_name_and_a_value_once(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("playbooks", "validate", "x.yaml", "--var", "n").code == 2
    assert terminal.run("playbooks", "validate", "x.yaml", "--var", "n=1", "--var", "n=2").code == 2


def test_the_schema_is_json(terminal: Terminal) -> None:
    assert json.loads(terminal.run("playbooks", "schema").out)["title"] == "hostscan playbook"
