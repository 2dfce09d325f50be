from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import PlaybookError
from hostscan_automation.playbook.loading import load_playbook

if TYPE_CHECKING:
    from pathlib import Path

    from hostscan_automation.playbook.model import Playbook


class Desk:
    """A folder in which playbooks are written and loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "test.yaml"

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(textwrap.dedent(text), encoding="utf-8", newline="\n")

    def load(self, text: str, **variables: Any) -> Playbook:
        self.write(self.file.name, text)
        return load_playbook(self.file, variables=variables)

    def error(self, text: str, **variables: Any) -> PlaybookError:
        with pytest.raises(PlaybookError) as caught:
            self.load(text, **variables)
        assert caught.value.file == str(self.file)
        return caught.value

    def faults(self, text: str, **variables: Any) -> list[str]:
        """Return what is wrong with a playbook, each without the name of the file."""
        lines = str(self.error(text, **variables)).splitlines()
        return [line.removeprefix(f"{self.file}:").strip() for line in lines]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
