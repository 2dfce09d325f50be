"""The program as a process, against a simulator over real TCP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.simulator import Simulator

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
_OURS = ("HOSTSCAN_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "COV_CORE", "NO_COLOR")


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`hostscan`, with the settings of one simulator and a state folder of its own."""

    folder: Path
    environment: Mapping[str, str]

    def start(self, *arguments: object, **more: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "hostscan_automation", *map(str, arguments)],
            env=dict(self.environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            **more,
        )

    def run(self, *arguments: object, timeout_s: float = 60) -> Ended:
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=timeout_s)
        return Ended(process.returncode, out, err)


@pytest.fixture
def program_for(tmp_path: Path) -> Any:
    """Return a function that gives the program for a simulator."""

    # reports are written beside the playbook
    shutil.copy(PLAYBOOKS / "cancel-stuck-in-queue.yaml", tmp_path / "stuck.yaml")

    def program(server: Simulator, *, without_code: bool = False, **further: str) -> Program:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        ours = {
            "HOSTSCAN_STATE_DIR": str(tmp_path / "state"),
            "HOSTSCAN_CONFIG": str(tmp_path / "config.toml"),
        }
        # one code serves one sign-in, so a second process would wait for the next 30 seconds
        application = server.accounts.application
        app = {"HOSTSCAN_APP": application.login, "HOSTSCAN_API_KEY": application.password}
        signed = {**server.environment, **(app if without_code else {})}
        return Program(tmp_path, {**clean, **signed, **ours, **further})

    return program
