from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.cli.simulate_command import environment_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.cli.conftest import Terminal


@pytest.fixture
def _soon_ended() -> Iterator[None]:
    timer = threading.Timer(0.15, lambda: os.kill(os.getpid(), signal.SIGTERM))
    timer.start()
    yield
    timer.cancel()


@pytest.mark.usefixtures("_soon_ended")
def test_it_tells_its_address_and_what_to_type_and_ends_by_a_signal(terminal: Terminal) -> None:
    ended = terminal.run("simulate", "--jobs", "3")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("simulator ready at http://127.0.0.1:")
    assert any(line.startswith("  export HOSTSCAN_PASSWORD=") for line in lines)
    assert ended.err == "simulator ended\n"


def test_another_program_can_start_it(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    arguments = ["simulate", "--output", "json", "--jobs", "3", "--tls", "--log", str(log)]
    with subprocess.Popen(
        [sys.executable, "-m", "hostscan_automation", *arguments, "--fault", "latency=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (out, err) == ("", "simulator ended\n")
    assert ready["schema"] == "hostscan/simulator-ready/1"
    assert ready["url"] == ready["environment"]["HOSTSCAN_SERVER"]
    assert ready["environment"]["HOSTSCAN_CA_BUNDLE"] == ready["ca_bundle"]
    assert {"HOSTSCAN_LOGIN", "HOSTSCAN_PASSWORD", "HOSTSCAN_TOTP_SECRET"} <= set(
        ready["environment"]
    )
    assert log.exists()


def test_a_port_that_is_taken_is_a_clear_error(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = terminal.run("simulate", "--port", str(taken.getsockname()[1]))
    assert ended.code == 3
    assert "cannot be used: Address already in use" in ended.err


def test_a_log_that_cannot_be_written_is_a_clear_error(terminal: Terminal, tmp_path: Path) -> None:
    ended = terminal.run("simulate", "--log", str(tmp_path / "none" / "requests.jsonl"))
    assert ended.code == 3
    assert "No such file" in ended.err


def test_a_fault_that_is_not_known_is_suggested(terminal: Terminal) -> None:
    ended = terminal.run("simulate", "--fault", "latncy=5")
    assert ended.code == 3
    assert "latency" in ended.err


def test_the_variables_are_written_for_the_shell_of_the_platform() -> None:
    values = {"A": "it's $5"}
    assert environment_lines(values, "posix") == ["export A='it'\"'\"'s $5'"]
    assert environment_lines(values, "nt") == ["$env:A = 'it''s $5'"]
