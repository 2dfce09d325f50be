"""Read the files that people wrote: playbooks, and the lists of values that filters name."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hostscan_automation.errors import Finding, PlaybookError
from hostscan_automation.jobs.suggestion import did_you_mean, shown

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_PLAYBOOK: Final = 1 << 20
LARGEST_LIST: Final = 16 << 20
MOST_VALUES: Final = 500_000
MOST_COLUMNS: Final = 1_000
_DELIMITERS = ",;\t"
# what `str.splitlines` divides by
_LINE = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_playbook(path: Path) -> str:
    """Return the text of a playbook.

    Raises:
        PlaybookError: There is none, or it is none that could be read; with one finding.
    """
    try:
        return text_of(read_limited(path, LARGEST_PLAYBOOK))
    except ValueError as error:
        raise PlaybookError(str(path), (Finding(str(error)),)) from None


def text_of(content: bytes) -> str:
    """Return the text in a file of UTF-8, with or without byte order mark.

    Raises:
        ValueError: It is no such text; the message says what it is.
    """
    if content.startswith(_UTF16_MARKS):
        raise ValueError("is UTF-16: save it as UTF-8")
    if b"\0" in content:
        raise ValueError("is binary, not text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not UTF-8 (line {line}): save it as UTF-8") from None


def read_limited(path: Path, largest: int) -> bytes:
    """Return the bytes of a file that is not larger than it may be.

    Raises:
        ValueError: It cannot be read, or is larger; the message says why.
    """
    try:
        if path.is_dir():
            raise ValueError("is a directory")
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        raise ValueError("does not exist") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None
    if len(content) > largest:
        raise ValueError(f"is larger than {largest >> 20} MiB")
    return content


@dataclass(slots=True)
class ValueFiles:
    """The files of `in_file`, found from one folder; remembers a digest of each.

    Attributes:
        digests: SHA-256 of each file that was read, by the path as it was written.
    """

    folder: Path
    digests: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, column: str | None) -> list[str]:
        """Return the values of a file: one a line, or one column of a CSV file with a header.

        Blank lines and lines that begin with `#` are left out. UTF-16 with a byte order mark is
        read too: it is what Windows PowerShell 5.1 writes with `>`.

        Raises:
            ValueError: The file cannot be read, or has no such column.
        """
        try:
            content = read_limited(self.folder / name, LARGEST_LIST)
            text = _list_text(content)
        except ValueError as error:
            raise ValueError(f"file {shown(name)} {error}") from None
        self.digests[name] = hashlib.sha256(content).hexdigest()
        try:
            lines = _lines(text)
            values = [line.strip() for line in lines] if column is None else _column(lines, column)
        except (ValueError, csv.Error) as error:
            raise ValueError(f"file {shown(name)} {error}") from None
        return [value for value in values if value]


def _list_text(content: bytes) -> str:
    if not content.startswith(_UTF16_MARKS):
        return text_of(content)
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError:
        raise ValueError("is broken UTF-16: save it as UTF-8") from None


def _lines(text: str) -> list[str]:
    """Return the lines that say something; the limit is looked at before all are in memory."""
    lines: list[str] = []
    for found in _LINE.finditer(text):
        line = found[0]
        if line[0] != "#" and not line.isspace():
            lines.append(line)
        if len(lines) > MOST_VALUES:
            raise ValueError(f"holds more than {MOST_VALUES} lines")
    return lines


def _column(lines: list[str], column: str) -> list[str]:
    if not lines:
        return []
    delimiter = max(_DELIMITERS, key=lines[0].count)
    rows = csv.reader(lines, delimiter=delimiter)
    names = [name.strip() for name in next(rows)]
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"has more than {MOST_COLUMNS} columns")
    folded = [name.casefold() for name in names]
    if column.strip().casefold() not in folded:
        raise ValueError(f"has no column {shown(column)}{did_you_mean(column, names)}")
    number = folded.index(column.strip().casefold())
    return [row[number].strip() for row in rows if len(row) > number]
