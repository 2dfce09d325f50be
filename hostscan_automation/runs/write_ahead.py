"""See whether the journal lost writes: SQLite itself would not say so.

SQLite takes whatever stands behind damage in its write-ahead log for never written. The index of
that log (the file `-shm`) outlives a process that dies, and counts what was durable; it is compared
with what is found when the journal is opened.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_SIZE = 48  # it stands there twice: the halves of one that is being written differ
_SALT = slice(32, 40)
_FRAMES_AT, _MOVED_AT = 16, 96
_NUMBER = struct.Struct("=I")  # in the order of this machine, unlike all else in such files


@dataclass(frozen=True, slots=True)
class LogEnd:
    """How far the write-ahead log goes, by its index.

    Attributes:
        frames: Pages that were written to it and committed.
        moved: Those of them that are in the journal itself by now.
        salt: Changes each time the log is begun anew.
        stamp: Tells whether another process tidied up between two looks.
    """

    frames: int
    moved: int
    salt: bytes
    stamp: tuple[int, ...]

    def has_lost(self, found: LogEnd | None) -> bool:
        """Say whether what was found on opening is less than this."""
        if found is None or self.moved >= self.frames or found.stamp != self.stamp:
            return False
        if found.salt == self.salt:
            return found.frames < self.frames
        return found.salt != self._next_salt

    @property
    def _next_salt(self) -> bytes:
        first = (int.from_bytes(self.salt[:4], "big") + 1) % 2**32
        return first.to_bytes(4, "big") + self.salt[4:]


def has_log_without_index(journal: Path) -> bool:
    """Say whether a write-ahead log lost its index: by a power failure, or by copying files.

    As long as processes merely die, both are there or neither is.
    """
    log = journal.with_name(f"{journal.name}-wal")
    try:
        return log.stat().st_size > 0 and not journal.with_name(f"{journal.name}-shm").exists()
    except OSError:
        return False


def log_end(journal: Path) -> LogEnd | None:
    """Read the index of a journal's write-ahead log; None where there is none, or none to trust."""
    try:
        with journal.with_name(f"{journal.name}-shm").open("rb") as file:
            head = file.read(_MOVED_AT + _NUMBER.size)
        log = journal.with_name(f"{journal.name}-wal").stat()
        main = journal.stat()
    except OSError:
        return None
    size = _HEADER_SIZE
    if len(head) < _MOVED_AT + _NUMBER.size or head[:size] != head[size : 2 * size]:
        return None
    (frames,) = _NUMBER.unpack_from(head, _FRAMES_AT)
    (moved,) = _NUMBER.unpack_from(head, _MOVED_AT)
    return LogEnd(frames, moved, head[_SALT], (log.st_ino, main.st_mtime_ns, main.st_size))
