"""A terminal that tests own: streams in memory, variables of their own, answers laid out before."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.main import main
from hostscan_automation.clock import SystemClock
from hostscan_automation.simulator import Simulator, SimulatorConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hostscan_automation.clock import Clock


class Stream(io.StringIO):
    """A text stream that may say that it is a terminal."""

    def __init__(self, text: str = "", *, is_terminal: bool = False) -> None:
        super().__init__(text)
        self.is_terminal = is_terminal

    @override
    def isatty(self) -> bool:
        return self.is_terminal


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass
class Terminal:
    """Runs commands in this process.

    Attributes:
        typed: What the person types at questions.
        secrets: What the person types where it is not shown.
        all_seen: Whether stdout is a terminal, too.
    """

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    typed: str = ""
    secrets: list[str] = field(default_factory=list)
    is_terminal: bool = False
    all_seen: bool = False
    clock: Clock = field(default_factory=SystemClock)
    asked: list[str] = field(default_factory=list)
    answer: Callable[[str], str] | None = None

    def run(self, *arguments: str) -> Ended:
        out, err = (Stream(is_terminal=self.is_terminal and both) for both in (self.all_seen, True))
        environment = Environment(
            stdin=Stream(self.typed, is_terminal=self.is_terminal),
            stdout=out,
            stderr=err,
            environ=self.environ,
            clock=self.clock,
            read_secret=self.answer or self._answer,
        )
        code = main(arguments, environment)
        return Ended(code, out.getvalue(), err.getvalue())

    def _answer(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.secrets.pop(0)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(
        tmp_path,
        {
            "HOSTSCAN_CONFIG": str(tmp_path / "config.toml"),
            "HOSTSCAN_STATE_DIR": str(tmp_path / "state"),
            "TERM": "dumb",
        },
    )


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    with Simulator(SimulatorConfig(jobs=60, seed=3)) as simulator:
        yield simulator


@pytest.fixture
def at_server(terminal: Terminal, server: Simulator) -> Terminal:
    """Return a terminal whose environment names a simulated server, by a token that is ready."""
    terminal.environ |= {
        "HOSTSCAN_SERVER": server.url,
        "HOSTSCAN_TOKEN": server.accounts.application.password,
    }
    return terminal
