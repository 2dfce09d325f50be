"""The program with a bug: the `CAMPAIGN_BREAK`th of its functions to be called raises.

`CAMPAIGN_BREAK_IN` names the rooms whose functions are counted.

What it raises names everything that the function was given: the worst that a bug can do.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import hostscan_automation
from hostscan_automation.cli.main import _run, main

if TYPE_CHECKING:
    from types import CodeType, FrameType

_PACKAGE = str(Path(hostscan_automation.__file__).parent)
_NOT_HERE = ("/cli/main.py", "/cli/logs.py", "/reports/redaction.py", "/cli/interrupts.py")


class Bug:
    """Waits for its function, and strikes once."""

    def __init__(self, number: int, rooms: list[str]) -> None:
        self._left = number
        self._has_begun = False  # before the command begins, nothing was read yet
        self._rooms = rooms
        self._known: set[CodeType] = set()
        self._lock = threading.Lock()

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        """Look at one call; raise where it is the one."""
        code = frame.f_code
        self._has_begun |= code is _run.__code__
        if event != "call" or code in self._known or not code.co_filename.startswith(_PACKAGE):
            return
        with self._lock:
            if code in self._known or code.co_filename.endswith(_NOT_HERE):
                return
            self._known.add(code)
            if not self._has_begun or not any(room in code.co_filename for room in self._rooms):
                return
            self._left -= 1
            if self._left != 0:
                return
        given = {name: _shown(value) for name, value in frame.f_locals.items()}
        raise RuntimeError(f"planted in {code.co_qualname}: {given}")


def _shown(value: object) -> object:
    """Return what a careless message would tell of a value: a level of its parts, too."""
    parts = getattr(value, "__dict__", None)
    return repr(value) if not parts else {name: repr(part) for name, part in parts.items()}


if __name__ == "__main__":
    rooms = os.environ.get("CAMPAIGN_BREAK_IN", "").split(",")
    bug = Bug(int(os.environ["CAMPAIGN_BREAK"]), rooms)
    threading.setprofile(bug)
    sys.setprofile(bug)
    sys.exit(main())
