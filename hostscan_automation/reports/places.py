"""Find out where reports go, and whether they can go there, before anything is asked or sent."""

from __future__ import annotations

import re
import stat
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hostscan_automation.playbook.model import ReportFormat, ReportRequest

LONGEST_NAME = 80
_UNSAFE_IN_A_NAME = re.compile(r"[^\w.-]+")
_IMPOSSIBLE_ON_WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"}
)


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """Where one report will go.

    Attributes:
        path: Absolute; a file that has this name by then is left alone.
        run_id: What sets the name apart if it is taken.
    """

    format: ReportFormat
    path: Path
    run_id: str


def find_places(
    requests: Iterable[ReportRequest], *, base: Path, name: str, run_id: str
) -> tuple[ReportPlace, ...]:
    """Return where each report goes, after a look at whether it can be written there.

    Args:
        requests: The reports asked for.
        base: Folder that relative paths start from: the playbook's, or the current one.
        name: Name of the playbook, made safe for a file name where `{name}` stands.
        run_id: The run they will tell of.

    Raises:
        ReportError: A place cannot be written to.
    """
    names = {"name": safe_name(name), "run_id": safe_name(run_id)}
    return tuple(
        find_place(request.format, request.resolved(base, **names), run_id=run_id)
        for request in requests
    )


def find_place(format: ReportFormat, path: Path, *, run_id: str) -> ReportPlace:  # noqa: A002
    """Return where one report goes, after a look at whether it can be written there.

    Nothing is left behind: folders that are missing are made when the report is written.

    Raises:
        ReportError: The place cannot be written to.
    """
    _check_name(path)
    try:
        _check_folder(path.absolute())
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else None
        raise ReportError(
            f"report {str(path)!r} cannot be written: {cause or error}",
            hint="Name another path, or have the folder made writable for this account.",
        ) from None
    return ReportPlace(format, path.absolute(), safe_name(run_id))


def safe_name(text: str) -> str:
    """Return the text as a part of a file name that every system takes and that leads nowhere."""
    name = _UNSAFE_IN_A_NAME.sub("-", text)[:LONGEST_NAME].strip("-. ")
    if not name:
        return "unnamed"
    return f"_{name}" if _is_device(name) else name


def _check_name(path: Path) -> None:
    if path.name in {"", ".."}:
        raise ReportError(f"report path {str(path)!r} names no file")
    if _is_device(path.name) or _IMPOSSIBLE_ON_WINDOWS.search(path.name):
        raise ReportError(
            f"report path {str(path)!r} names a file that not every system can have",
            hint='Leave out < > : " | ? * and names of devices such as CON, NUL or COM1.',
        )


def _is_device(name: str) -> bool:
    return name.split(".", 1)[0].rstrip(" ").lower() in _DEVICES


def _check_folder(path: Path) -> None:
    if _is_folder(path):
        raise IsADirectoryError(None, "it is a folder")
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    # only writing proves that one can write: what the access bits say is not the whole truth
    with tempfile.TemporaryFile(dir=folder):
        pass


def _is_folder(path: Path) -> bool:
    # and not Path.is_dir, which hides a name that is too long
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
