from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.settings import Flags, FoundSettings, Settings, find_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class Desk:
    """A machine with a profile file and an environment, and somebody who may answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.environ = {
            "HOSTSCAN_CONFIG": str(self.config),
            "HOSTSCAN_STATE_DIR": str(folder / "state"),
        }
        self.asked: list[str] = []
        self.answers: list[str] = []

    def write(self, text: str) -> Path:
        self.config.write_text(textwrap.dedent(text), encoding="utf-8")
        self.config.chmod(0o600)
        return self.config

    def set(self, **variables: str) -> None:
        self.environ |= {f"HOSTSCAN_{name}": value for name, value in variables.items()}

    def find(
        self,
        *,
        playbook_profile: str | None = None,
        environ: Mapping[str, str] | None = None,
        **flags: str | bool,
    ) -> FoundSettings:
        return find_settings(
            Flags(**flags),  # type: ignore[arg-type]
            self.environ if environ is None else environ,
            read_server=lambda text: ServerAddress.parse(text).url,
            playbook_profile=playbook_profile,
        )

    def load(self, *, at_terminal: bool = False, **flags: str | bool) -> Settings:
        found = self.find(**flags)  # type: ignore[arg-type]
        return found.fetch(self.environ, self._ask if at_terminal else None)

    def _ask(self, question: str) -> str:
        self.asked.append(question)
        return self.answers.pop(0)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def secret_file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o600)
        return path

    return make
