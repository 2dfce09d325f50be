"""Look at a program while it runs: files that live briefly, and what `ps` shows to everybody."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tests.campaign.canaries import Canaries

_PAUSE_S = 0.002
_LARGEST = 4 * 1024 * 1024
_OTHERS = 0o077


class Watch:
    """Watches a folder and all processes below this one until it is left.

    Attributes:
        modes: Rights of others that a file ever had, by its path in the folder.
        shown: Command lines and environments of the processes.
        seen_children: How many processes that the program started were seen.
    """

    def __init__(self, folder: Path, *, apart_from: Path) -> None:
        self._folder = folder
        self._apart_from = str(apart_from)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again, daemon=True)
        self._seen: dict[tuple[str, int], int] = {}
        self._contents: list[tuple[str, bytes]] = []
        self.modes: dict[str, int] = {}
        self.shown: dict[tuple[int, str], bytes] = {}
        self.seen_children = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def leaks(self, canaries: Canaries, *, own_environment: bool) -> list[str]:
        """Return what held a secret at any time.

        Args:
            canaries: The secrets.
            own_environment: Whether the program was given its secrets by its environment; that of
                its children must hold none in any case.
        """
        found = [
            f"{name} for a while: {', '.join(sorted(what))}"
            for name, data in self._contents
            if (what := canaries.found_in(data))
        ]
        for (pid, kind), data in self.shown.items():
            if kind == "environ" and own_environment:
                continue
            if what := canaries.found_in(data):
                found.append(f"{kind} of process {pid}: {', '.join(sorted(what))}")
        return found

    def _look_again_and_again(self) -> None:
        while not self._done.wait(_PAUSE_S):
            with contextlib.suppress(OSError):
                self._look_at_files()
            self._look_at_programs()

    def _look_at_files(self) -> None:
        for folder, _, names in os.walk(self._folder):
            if folder == self._apart_from:
                continue
            for name in names:
                with contextlib.suppress(OSError):
                    self._look_at_file(Path(folder, name))

    def _look_at_file(self, path: Path) -> None:
        state = path.stat()
        name = str(path.relative_to(self._folder))
        self.modes[name] = self.modes.get(name, 0) | (state.st_mode & _OTHERS)
        key = name, state.st_ino
        if self._seen.get(key) is None and state.st_size:
            self._seen[key] = state.st_size
            with path.open("rb") as file:
                self._contents.append((name, file.read(_LARGEST)))

    def _look_at_programs(self) -> None:
        for pid in _children(os.getpid()):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cwd").resolve() == self._folder.resolve():
                    self._look_at_process(pid, "environ")

    def _look_at_process(self, pid: int, environment: str) -> None:
        for kind, file in (("cmdline", "cmdline"), (environment, "environ")):
            with contextlib.suppress(OSError):
                data = Path(f"/proc/{pid}/{file}").read_bytes()
                if data:  # a process that has just ended has none
                    self.shown[pid, kind] = data
        for child in _children(pid):
            self.seen_children += child not in {one for one, _ in self.shown}
            self._look_at_process(child, "child's environ")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, Path(task, "children").read_text(encoding="ascii").split())
    return found
