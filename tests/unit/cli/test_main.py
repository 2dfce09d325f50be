from __future__ import annotations

import io
import json
import logging
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click
import pytest

from hostscan_automation.cli import main as main_module
from hostscan_automation.cli.commands import LazyCommand, command
from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.root import root
from hostscan_automation.errors import PlanRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.unit.cli.conftest import Terminal


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Return what puts a function in the place of the command `hostscan doctor`."""

    def replace(action: Callable[[], Any]) -> None:
        made = command("doctor", examples="hostscan doctor")(action)
        monkeypatch.setattr(LazyCommand, "load", lambda _: made)

    return replace


def raising(error: BaseException) -> Callable[[], Any]:
    def act() -> None:
        raise error

    return act


class TestHelp:
    def test_without_a_command_there_is_a_friendly_page(self, terminal: Terminal) -> None:
        ended = terminal.run()
        assert ended.code == 0
        assert "hostscan demo" in ended.out
        assert ended.err == ""

    def test_help_lists_every_command_before_the_options(self, terminal: Terminal) -> None:
        text = terminal.run("--help").out
        names = root.list_commands(click.Context(root))
        assert all(f"  {name} " in text for name in names)
        assert text.index("doctor") < text.index("--server")

    def test_the_version_is_told(self, terminal: Terminal) -> None:
        assert terminal.run("--version").out.startswith("hostscan 0.")

    def test_a_mistyped_command_is_a_usage_error_with_a_suggestion(
        self, terminal: Terminal
    ) -> None:
        ended = terminal.run("docter")
        assert ended.code == 2
        assert "did you mean 'hostscan doctor'?" in ended.err
        assert ended.out == ""

    def test_a_command_that_resembles_none_is_told_which_there_are(
        self, terminal: Terminal
    ) -> None:
        assert "there are: demo, simulate" in terminal.run("xyzzy").err

    def test_an_unknown_option_is_a_usage_error(self, terminal: Terminal) -> None:
        ended = terminal.run("simulate", "--prt", "1")
        assert ended.code == 2
        assert "hint: hostscan simulate --help" in ended.err

    def test_arguments_reach_the_command_as_they_were_typed(
        self, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
    ) -> None:
        # left to itself, click on Windows expands `*`, `~` and %NAME% in them
        monkeypatch.setattr(sys, "argv", ["hostscan", "--fault*", "~"])
        monkeypatch.setattr("click.core._expand_args", lambda *_: pytest.fail("expanded"))
        monkeypatch.setattr(
            Environment, "of_process", classmethod(lambda _: environment_of(terminal))
        )
        assert main_module.main() == 2


def environment_of(terminal: Terminal) -> Environment:
    return Environment(
        io.StringIO(), io.StringIO(), io.StringIO(), {}, terminal.clock, lambda _: ""
    )


class TestErrors:
    def test_an_error_is_told_in_a_line_with_the_way_out(
        self, terminal: Terminal, doctor: Callable[[Callable[[], Any]], None]
    ) -> None:
        doctor(raising(PlanRefusedError("41 jobs are too many", hint="Lower it.")))
        ended = terminal.run("doctor")
        assert ended.code == 7
        assert ended.err == "error: 41 jobs are too many\nhint: Lower it.\n"
        assert ended.out == ""

    def test_a_bug_is_one_line_and_never_a_traceback(
        self, terminal: Terminal, doctor: Callable[[Callable[[], Any]], None]
    ) -> None:
        doctor(raising(ZeroDivisionError("division\nby zero")))
        ended = terminal.run("doctor")
        assert ended.code == 1
        assert "bug in hostscan: ZeroDivisionError: division by zero" in ended.err
        assert "Traceback" not in ended.err
        assert "--log-file" in ended.err

    def test_the_traceback_of_a_bug_is_in_the_log_file_without_secrets(
        self, terminal: Terminal, doctor: Callable[[Callable[[], Any]], None], tmp_path: Path
    ) -> None:
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
        doctor(raising(RuntimeError(f"no good: {token}")))
        log = tmp_path / "hostscan.log"
        ended = terminal.run("doctor", "--log-file", str(log))
        assert ended.code == 1
        text = log.read_text(encoding="utf-8")
        assert "Traceback" in text
        assert "no good: [token]" in text
        assert token not in text + ended.err
        assert stat.S_IMODE(log.stat().st_mode) == 0o600

    @pytest.mark.parametrize("form", ["text", "json"])
    def test_the_traceback_of_a_bug_holds_nothing_that_a_terminal_obeys(
        self,
        terminal: Terminal,
        doctor: Callable[[Callable[[], Any]], None],
        tmp_path: Path,
        form: str,
    ) -> None:
        doctor(raising(RuntimeError("no \x1b]0;x\x07 good \x7f\u202e")))
        log = tmp_path / "hostscan.log"
        assert terminal.run("doctor", "--log-file", str(log), "--log-format", form).code == 1
        text = log.read_text(encoding="utf-8")
        assert "Traceback" in text
        assert all(sign == "\n" or sign.isprintable() for sign in text)

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort(), EOFError()])
    def test_an_interrupt_ends_with_130(
        self,
        terminal: Terminal,
        doctor: Callable[[Callable[[], Any]], None],
        error: BaseException,
    ) -> None:
        doctor(raising(error))
        ended = terminal.run("doctor")
        assert ended.code == 130
        assert "interrupted" in ended.err

    def test_a_request_to_end_counts_as_an_interrupt_and_the_handler_is_put_back(
        self, terminal: Terminal, doctor: Callable[[Callable[[], Any]], None]
    ) -> None:
        before = signal.getsignal(signal.SIGTERM)
        doctor(lambda: signal.raise_signal(signal.SIGTERM))
        assert terminal.run("doctor").code == 130
        assert signal.getsignal(signal.SIGTERM) is before

    def test_the_code_that_a_command_returns_is_the_exit_code(
        self, terminal: Terminal, doctor: Callable[[Callable[[], Any]], None]
    ) -> None:
        doctor(lambda: 8)
        assert terminal.run("doctor").code == 8

    def test_a_reader_that_goes_away_is_no_error(
        self, terminal: Terminal, doctor: Callable[[Callable[[], Any]], None]
    ) -> None:
        doctor(raising(BrokenPipeError()))
        ended = terminal.run("doctor")
        assert (ended.code, ended.err) == (0, "")

    def test_what_windows_says_of_a_closed_pipe_is_understood(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert not main_module.is_closed_pipe(OSError(22, "Invalid argument"))
        monkeypatch.setattr(os, "name", "nt")
        assert main_module.is_closed_pipe(OSError(22, "Invalid argument"))


class TestLogging:
    @pytest.fixture(autouse=True)
    def _talking(self, doctor: Callable[[Callable[[], Any]], None]) -> Iterator[None]:
        def talk() -> None:
            log = logging.getLogger("hostscan.api")
            log.debug("a request")
            log.info("a step")
            log.warning("a warning")

        doctor(talk)
        yield
        assert not logging.getLogger("hostscan").handlers

    @pytest.mark.parametrize(
        ("flags", "lines"),
        [
            ([], ["warning: a warning"]),
            (["-v"], ["info: a step", "warning: a warning"]),
            (["-vv"], ["debug: a request", "info: a step", "warning: a warning"]),
            (["-v", "-v"], ["debug: a request", "info: a step", "warning: a warning"]),
        ],
    )
    def test_more_is_told_with_every_v(
        self, terminal: Terminal, flags: list[str], lines: list[str]
    ) -> None:
        ended = terminal.run("doctor", *flags)
        assert ended.err.splitlines() == lines
        assert ended.out == ""

    def test_flags_count_before_and_after_the_command(self, terminal: Terminal) -> None:
        assert "a request" in terminal.run("-v", "doctor", "-v").err

    def test_a_log_file_gets_the_steps_too_and_is_appended_to(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        log = tmp_path / "a b.log"
        for _ in range(2):
            terminal.run("--log-file", str(log), "doctor")
        lines = log.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 4
        assert lines[0].endswith("INFO     hostscan.api: a step")
        assert "Z INFO" in lines[0]

    def test_json_lines_go_to_the_file_or_else_to_the_terminal(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        entry = json.loads(terminal.run("doctor", "--log-format", "json").err)
        assert entry["level"] == "warning"
        assert entry["message"] == "a warning"
        assert entry["time"].endswith("Z")
        log = tmp_path / "x.log"
        ended = terminal.run("doctor", "--log-format", "json", "--log-file", str(log))
        assert ended.err == "warning: a warning\n"
        assert [json.loads(line)["logger"] for line in log.read_text().splitlines()] == [
            "hostscan.api"
        ] * 2

    def test_a_text_of_the_server_can_neither_act_nor_begin_a_line(
        self,
        terminal: Terminal,
        doctor: Callable[[Callable[[], Any]], None],
        tmp_path: Path,
    ) -> None:
        text = "sly\x1b[2J\nCRITICAL hostscan: all is lost"
        doctor(lambda: logging.getLogger("hostscan.api").warning("said: %s", text))
        log = tmp_path / "x.log"
        ended = terminal.run("doctor", "--log-file", str(log))
        assert ended.err == "warning: said: sly\\x1b[2J\\nCRITICAL hostscan: all is lost\n"
        assert len(log.read_text(encoding="utf-8").splitlines()) == 1

    def test_a_log_file_that_cannot_be_written_ends_with_3(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        ended = terminal.run("doctor", "--log-file", str(tmp_path / "none" / "x.log"))
        assert ended.code == 3
        assert "cannot be written: No such file" in ended.err


class TestTheProcess:
    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "hostscan_automation", *arguments],
            capture_output=True,
            env={"PATH": os.environ["PATH"], **variables},
            check=False,
            timeout=60,
        )

    def test_a_console_that_knows_few_letters_never_ends_in_an_error(self) -> None:
        ended = self.run("caf\u00e9\u0416", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
        assert ended.returncode == 2
        assert b"caf\xe9\\u0416" in ended.stderr

    def test_a_process_without_streams_still_ends_with_its_code(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stderr", None)
        monkeypatch.setattr(sys, "stdout", None)
        assert main_module.main(["xyzzy"]) == 2

    def test_output_into_a_closed_pipe_is_quiet(self) -> None:
        read, write = os.pipe()
        os.close(read)
        ended = subprocess.run(
            [sys.executable, "-m", "hostscan_automation", "--help"],
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
        os.close(write)
        assert (ended.returncode, ended.stderr) == (0, b"")
