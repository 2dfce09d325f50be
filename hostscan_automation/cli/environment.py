"""Everything a command needs of the process it runs in, as one value that tests can make."""

from __future__ import annotations

import getpass
import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from hostscan_automation.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Environment:
    """Streams, variables and time.

    Attributes:
        read_secret: Asks for one line without showing what is typed.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    clock: Clock
    read_secret: Callable[[str], str]

    @classmethod
    def of_process(cls) -> Environment:
        """Return the environment of this process; no character it prints can end in an error."""
        return cls(
            stdin=_present(sys.stdin),
            stdout=_forgiving(_present(sys.stdout)),
            stderr=_forgiving(_present(sys.stderr)),
            environ=os.environ,
            clock=SystemClock(),
            read_secret=lambda prompt: getpass.getpass(prompt, stream=sys.stderr),
        )

    @property
    def has_person(self) -> bool:
        """Whether somebody is there who sees a question and can answer it."""
        return self.stdin.isatty() and self.stderr.isatty()


def _present(stream: TextIO | None) -> TextIO:
    # a process without a console (pythonw, `2>&-`) has None in the place of a stream
    return stream if stream is not None else io.StringIO()


def _forgiving(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream
