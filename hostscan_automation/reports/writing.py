"""Write reports: whole or not at all, and never over something that is there already."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from hostscan_automation.reports.formats import encoded, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from hostscan_automation.playbook.model import ReportFormat
    from hostscan_automation.reports.places import ReportPlace
    from hostscan_automation.runs.record import RunRecord


@dataclass(frozen=True, slots=True)
class ReportWritten:
    """What became of one report.

    Attributes:
        path: The file as it is named on disk, or where it should have gone.
        error: Why it was not written, for a person; None if it was.
    """

    format: ReportFormat
    path: Path
    error: str | None = None


def write_reports(record: RunRecord, places: Iterable[ReportPlace]) -> tuple[ReportWritten, ...]:
    """Write a report to each place and say what became of it; a report that fails stops nothing."""
    return tuple(_write(record, place) for place in places)


def _write(record: RunRecord, place: ReportPlace) -> ReportWritten:
    content = encoded(render(record, place.format), place.format)
    try:
        return ReportWritten(place.format, _write_new(content, place))
    except OSError as error:
        return ReportWritten(place.format, place.path, error.strerror or str(error))


def _write_new(content: bytes, place: ReportPlace) -> Path:
    folder = place.path.parent
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{place.run_id}-{os.getpid()}.part"
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return _named(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def _named(draft: Path, place: ReportPlace) -> Path:
    """Give the draft the first name that is free, and take it before anybody else can."""
    for path in _names(place):
        try:
            _take_name(draft, path)
        except FileExistsError:
            continue
        return path
    raise AssertionError("names never end")


def _take_name(draft: Path, path: Path) -> None:
    """Give the draft a name, in one step: a process that dies leaves no empty file under it.

    Raises:
        FileExistsError: The name is taken.
    """
    with suppress(OSError, NotImplementedError):
        os.link(draft, path)
        return
    # taken, or a disk that knows no second names
    path.open("xb").close()
    try:
        draft.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _names(place: ReportPlace) -> Iterator[Path]:
    """Yield the name asked for, then with the run's id, then numbered."""
    path, stem = place.path, place.path.stem
    yield path
    if place.run_id not in stem:
        stem = f"{stem}-{place.run_id}"
        yield path.with_stem(stem)
    for number in count(2):
        yield path.with_stem(f"{stem}-{number}")
