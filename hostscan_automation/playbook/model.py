"""What a playbook is once it has been read: frozen values, nothing of YAML left."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.limits import ExecuteOptions, LimitOverrides
from hostscan_automation.jobs.plan import PlaybookIdentity
from hostscan_automation.jobs.suggestion import did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hostscan_automation.jobs.selection import Selection

_PLACEHOLDERS = ("name", "run_id")


class ReportFormat(StrEnum):
    """How a report can be written to a file."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A report to write when the run has ended.

    Attributes:
        path: With `{name}` and `{run_id}` still in it.
    """

    format: ReportFormat
    path: str

    @classmethod
    def from_text(cls, text: str) -> ReportRequest:
        """Read `FORMAT:PATH`, as a flag has it.

        Raises:
            ValueError: It is none; the message says why.
        """
        name, _, path = text.partition(":")
        if name not in tuple(ReportFormat):
            known = ", ".join(ReportFormat)
            raise ValueError(
                f"{shown(name)} is no report format{did_you_mean(name, ReportFormat)}:"
                f" write FORMAT:PATH with one of {known}"
            )
        return cls(ReportFormat(name), checked_template(path))

    def resolved(self, folder: Path, *, name: str, run_id: str) -> Path:
        """Return where the report goes; a relative path starts from the playbook's folder."""
        return folder / self.path.format(name=name, run_id=run_id)


def checked_template(path: str) -> str:
    """Return a path template that holds nothing but `{name}` and `{run_id}`.

    Raises:
        ValueError: It holds something else, or names no file.
    """
    try:
        parts = list(Formatter().parse(path))
    except ValueError:
        raise ValueError("has a brace that is not closed") from None
    for _, name, spec, conversion in parts:
        if name is not None and (name not in _PLACEHOLDERS or spec or conversion):
            hint = did_you_mean(name, _PLACEHOLDERS)
            raise ValueError(f"knows {{name}} and {{run_id}}, not {{{name}}}{hint}")
    if not path.strip() or path.endswith(("/", "\\")) or not path.isprintable():
        raise ValueError("must be the path of a file")
    return path


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook, ready to be planned.

    Attributes:
        profile: Name of the settings profile it asks for, or None; flags and environment win.
        digest: `sha256:` and 64 hex digits over the file, the files it read and the variables
            that were set from outside.
        limits: The limits it sets; see `effective_limits`.
        variables: All variables with their values.
        file: Where it was read from.
    """

    name: str
    digest: str
    selection: Selection
    file: Path
    description: str = ""
    profile: str | None = None
    limits: LimitOverrides = field(default_factory=LimitOverrides)
    execute: ExecuteOptions = field(default_factory=ExecuteOptions)
    reports: tuple[ReportRequest, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> PlaybookIdentity:
        """What a plan remembers of it."""
        return PlaybookIdentity(self.name, self.digest)

    @property
    def folder(self) -> Path:
        """From where its relative paths start."""
        return self.file.parent
