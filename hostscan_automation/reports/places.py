"""Find out where reports go, and whether they can go there, before anything is asked or sent."""

from __future__ import annotations

import re
import stat
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hostscan_automation.errors import ReportError
from hostscan_automation.reports.formats import ReportFormat, read_format

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONGEST_NAME = 80
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_UNSAFE_IN_A_NAME = re.compile(r"[^\w.-]+")
_IMPOSSIBLE_ON_WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"}
)


class ReportWish(Protocol):
    """A report that a playbook or a flag asks for: its format, and a path with placeholders."""

    @property
    def format(self) -> str:
        """One of `ReportFormat`, as text."""
        ...

    @property
    def path(self) -> str:
        """The path, in which `{name}` and `{run_id}` are filled in."""
        ...


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """A report that somebody asked for outside a playbook."""

    format: ReportFormat
    path: str


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


def read_wanted(text: str) -> ReportWanted:
    """Return the report that `FORMAT:PATH` asks for.

    Raises:
        ReportError: It is not of that form, or there is no such format.
    """
    word, colon, path = text.partition(":")
    if not colon or not path.strip():
        raise ReportError(
            f"report {text!r} is not of the form FORMAT:PATH", hint="Example: html:reports/run.html"
        )
    return ReportWanted(read_format(word), path)


def find_places(
    wishes: Iterable[ReportWish], *, base: Path, name: str, run_id: str
) -> tuple[ReportPlace, ...]:
    """Return where each report goes, after a look at whether it can be written there.

    Nothing is left behind: folders that are missing are made when the report is written.

    Args:
        wishes: The reports asked for.
        base: Folder that relative paths start from: the playbook's, or the current one.
        name: Name of the playbook, made safe for a file name where `{name}` stands.
        run_id: The run they will tell of.

    Raises:
        ReportError: A format or a placeholder is not known, or a place cannot be written to.
    """
    return tuple(
        _place(wish, base, {"name": safe_name(name), "run_id": safe_name(run_id)})
        for wish in wishes
    )


def safe_name(text: str) -> str:
    """Return the text as a part of a file name that every system takes and that leads nowhere."""
    name = _UNSAFE_IN_A_NAME.sub("-", text)[:LONGEST_NAME].strip("-. ")
    if not name:
        return "unnamed"
    return f"_{name}" if _is_device(name) else name


def _place(wish: ReportWish, base: Path, values: dict[str, str]) -> ReportPlace:
    path = base.absolute() / _filled(wish.path, values)
    _check_name(wish.path, path.name)
    try:
        _check_folder(path)
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else None
        raise ReportError(
            f"report {str(path)!r} cannot be written: {cause or error}",
            hint="Name another path, or have the folder made writable for this account.",
        ) from None
    return ReportPlace(read_format(wish.format), path, values["run_id"])


def _filled(template: str, values: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] in values:
            return values[found[1]]
        raise ReportError(
            f"report path {template!r} holds the unknown placeholder {found[0]!r}",
            hint="Placeholders: {name}, {run_id}",
        )

    return _PLACEHOLDER.sub(value, template)


def _check_name(template: str, name: str) -> None:
    if not template.strip() or template.endswith(("/", "\\")) or name in {"", ".."}:
        raise ReportError(f"report path {template!r} names no file")
    if _is_device(name) or _IMPOSSIBLE_ON_WINDOWS.search(name):
        raise ReportError(
            f"report path {template!r} names a file that not every system can have",
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
