"""Screens that tests read: plain ones, terminals, and those of an old console."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from typing_extensions import override

from hostscan_automation.cli.render import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Paper(io.TextIOWrapper):
    """A strict stream of some encoding, as the one of a process; it may be a terminal."""

    def __init__(self, encoding: str = "utf-8", *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self.is_terminal = is_terminal

    @override
    def isatty(self) -> bool:
        return self.is_terminal

    @override
    def fileno(self) -> int:
        raise OSError("in memory")

    @property
    def sent(self) -> bytes:
        """Return every byte written so far."""
        self.flush()
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue()

    @property
    def raw_text(self) -> str:
        """Return everything written so far."""
        return self.sent.decode(self.encoding)

    @property
    def text(self) -> str:
        """Return what a person sees of it."""
        return _ANSI.sub("", self.raw_text)

    @property
    def lines(self) -> list[str]:
        """Return the lines a person sees."""
        return [line.rstrip() for line in self.text.splitlines()]


def shown(show: Callable[[Screen], object]) -> str:
    """Return what a person sees where no terminal is."""
    paper = Paper()
    show(Screen(paper, environ={}))
    return paper.text


def on_terminal(
    show: Callable[[Screen], object],
    *,
    width: int = 100,
    encoding: str = "utf-8",
    environ: Mapping[str, str] | None = None,
) -> Paper:
    """Return what came to a terminal."""
    paper = Paper(encoding, is_terminal=True)
    show(Screen(paper, environ={"TERM": "xterm"} | dict(environ or {}), width=width))
    return paper
