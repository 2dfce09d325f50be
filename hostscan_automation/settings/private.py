"""What this platform can tell of who else reads or writes a file."""

from __future__ import annotations

import os
import stat
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Privacy(Enum):
    """Whether others can do something with a file; UNKNOWN where the mode bits do not tell."""

    PRIVATE = "private"
    OPEN = "open"
    UNKNOWN = "unknown"


def who_reads(path: Path, *, platform: str = os.name) -> Privacy:
    """Tell whether another account than the owner's (and root) can read the file."""
    return _privacy(path, stat.S_IRGRP, stat.S_IROTH, platform)


def who_writes(path: Path, *, platform: str = os.name) -> Privacy:
    """Tell whether another account than the owner's (and root) can write the file."""
    return _privacy(path, stat.S_IWGRP, stat.S_IWOTH, platform)


def _privacy(path: Path, group_bit: int, other_bit: int, platform: str) -> Privacy:
    # On Windows the mode is made up from the read-only attribute; access lists decide there.
    if platform != "posix":
        return Privacy.UNKNOWN
    state = path.stat()
    # A group numbered like its owner is the owner's private group (umask 002 systems); root's
    # is where systemd's credentials show the mask of their access list.
    is_group_own = state.st_gid in {0, state.st_uid}
    is_open = state.st_mode & other_bit or (state.st_mode & group_bit and not is_group_own)
    return Privacy.OPEN if is_open or not _is_ours(state.st_uid) else Privacy.PRIVATE


def _is_ours(owner: int) -> bool:
    return owner in {0, os.geteuid()} if hasattr(os, "geteuid") else True
