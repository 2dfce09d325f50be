"""Keep the state folder and its files readable by their owner only, where the platform can tell.

On Windows the access list of the user's own profile folder does that; modes mean nothing there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hostscan_automation.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_OTHERS = 0o077
_HINT = "Make the folder writable for this account, or name another one with HOSTSCAN_STATE_DIR."


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter; one that exists stays as it is.

    Raises:
        JournalError: It cannot be made.
    """
    if folder.is_dir():
        return
    try:
        # what is missing above it, too: who can write there could put another folder in its place
        for missing in reversed([one for one in folder.parents if not one.exists()]):
            missing.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"state folder {str(folder)!r} cannot be made: {error.strerror or error}", hint=_HINT
        ) from None


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner can read, or take the others' rights off one.

    Raises:
        JournalError: It cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE_MODE))
        if path.stat().st_mode & _OTHERS:
            path.chmod(_FILE_MODE)
    except OSError as error:
        raise JournalError(
            f"file {str(path)!r} cannot be opened for writing: {error.strerror or error}",
            hint=_HINT,
        ) from None


def write_private_file(path: Path, text: str) -> None:
    """Write a small file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _FILE_MODE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    fresh.replace(path)
