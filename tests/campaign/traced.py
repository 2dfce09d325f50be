"""Read what `strace` saw: every file and folder that was made, and with which rights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OPENED = re.compile(r'openat\([^,]*, "([^"]+)", ([A-Z_|]+)(?:, (0\d*))?\)\s+= (\d+)')
_FOLDER = re.compile(r'mkdir(?:at)?\((?:[^,"]*, )?"([^"]+)", (0\d*)\)\s+= 0')


def created_files(trace: str, folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield every path that was made, with the mode that was asked for.

    Args:
        trace: What `strace -e openat,mkdir` wrote.
        folder: Where relative paths start.
    """
    for line in trace.splitlines():
        opened, made = _OPENED.search(line), _FOLDER.search(line)
        if opened and "O_CREAT" in opened[2]:
            yield folder / opened[1], int(opened[3] or "0", 8)
        elif made:
            yield folder / made[1], int(made[2], 8)
