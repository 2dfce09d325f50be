"""One SQLite file that holds the journal: opened privately, durable, honest about damage.

One connection serves all threads, behind one lock. Writers come in groups anyway (see `RunLog`),
so a second connection would gain nothing and could only find the first one in its way.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from hostscan_automation.errors import JournalError
from hostscan_automation.runs.privacy import (
    make_private_file,
    make_private_folder,
    write_private_file,
)
from hostscan_automation.runs.write_ahead import has_log_without_index, log_end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOG = logging.getLogger("hostscan.runs")

FILE_NAME = "journal.sqlite3"
SCHEMA_VERSION = 1
_APPLICATION_ID = 0x48535243
_BUSY_S = 10.0
_CHECKED_UP_TO_BYTES = 64 * 1024 * 1024
_LOST = "its last writes are lost"
_DOUBT = (
    "journal may be damaged: the index of its write-ahead log (-shm) was missing, so whether its"
    " last writes are all there cannot be told; a job told as already finished may have been"
    " cancelled by its run (this is said until the file %r is removed)"
)

_SCHEMA = """
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    server TEXT NOT NULL,
    account TEXT NOT NULL,
    playbook_name TEXT NOT NULL,
    playbook_file TEXT,
    plan_digest TEXT NOT NULL,
    planned INTEGER NOT NULL,
    plan TEXT NOT NULL,
    reports TEXT NOT NULL,
    reason TEXT,
    versions TEXT NOT NULL,
    owner_pid INTEGER NOT NULL,
    owner_host TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    ended_by TEXT,
    outcomes TEXT
);
CREATE INDEX run_by_plan ON run (plan_digest);
CREATE TABLE job (
    run INTEGER NOT NULL REFERENCES run (number),
    position INTEGER NOT NULL,
    job_id BLOB NOT NULL,
    intent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    intended_at TEXT,
    outcome TEXT,
    status_after TEXT,
    detail TEXT,
    http_status INTEGER,
    trace_id TEXT,
    took_s REAL,
    decided_at TEXT,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
"""


class Store:
    """The file of the journal.

    Args:
        folder: The state folder; made, privately, when the first run begins.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self._loss_note = folder / f"{FILE_NAME}-lost"
        self._doubt_note = folder / f"{FILE_NAME}-doubt"
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._is_ready_to_write = False

    @property
    def exists(self) -> bool:
        """Whether any run was ever begun here."""
        if not _has_content(self.path):
            return False
        with self._lock, self._telling():
            return self._is_ours(self._connection or self._open())

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self._lock:
            connection, self._connection = self._connection, None
            self._is_ready_to_write = False
            if connection is not None:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one transaction that is durable when the block ends.

        Raises:
            JournalError: It could not be made durable; nothing of it was kept.
        """
        with self._lock, self._telling():
            connection = self._open_for_writing()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # of some failures SQLite rolls back by itself
                    connection.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for reading; the file must exist.

        Raises:
            JournalError: It cannot be read.
        """
        with self._lock, self._telling():
            yield self._connection or self._open()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _open_for_writing(self) -> sqlite3.Connection:
        if not self._is_ready_to_write:
            make_private_folder(self.folder)
            make_private_file(self.path)
            self._prepare(self._connection or self._open())
            self._is_ready_to_write = True
        return self._connection or self._open()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._loss_note.exists():
            raise self._damage(_LOST)
        if self._is_ours(connection):
            self._check(connection)
        else:
            self._create(connection)
        connection.execute("PRAGMA synchronous=FULL")

    def _create(self, connection: sqlite3.Connection) -> None:
        # SQLite does not wait its turn while a file changes to WAL: two first runs would collide.
        with self._alone():
            if self._is_ours(connection):
                return
            # A file system that cannot have WAL keeps its rollback journal: slower, as durable.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA}"
                f"PRAGMA application_id={_APPLICATION_ID};"
                f"PRAGMA user_version={SCHEMA_VERSION}; COMMIT;"
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.folder / f"{FILE_NAME}.lock", timeout=_BUSY_S, mode=0o600)
        try:
            with lock:
                yield
        except Timeout:
            raise JournalError(
                f"journal {str(self.path)!r} is being made by another process",
                hint="Try again in a moment.",
            ) from None

    def _open(self) -> sqlite3.Connection:
        try:
            self._connection = self._connect(str(self.path))
        except sqlite3.OperationalError:
            if _has_content(self.path.with_name(f"{FILE_NAME}-wal")):
                raise  # it holds runs that the file alone does not: half the truth is no answer
            # in a folder where nothing can be written, SQLite reads only what cannot change
            uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = self._connect(uri)
        return self._connection

    def _connect(self, name: str) -> sqlite3.Connection:
        before = log_end(self.path)
        is_blind = has_log_without_index(self.path)
        connection = sqlite3.connect(
            name,
            uri=name.startswith("file:"),
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._is_ours(connection)
            if before is not None and before.has_lost(log_end(self.path)):
                self._note_loss()
        except BaseException:
            connection.close()
            raise
        if is_blind:
            with suppress(OSError):
                write_private_file(self._doubt_note, "its index was missing\n")
        if is_blind or self._doubt_note.exists():
            _LOG.warning(_DOUBT, str(self._doubt_note))
        if self._loss_note.exists():
            _LOG.warning("journal is damaged: %s; what it tells is older than the truth", _LOST)
        return connection

    def _note_loss(self) -> None:
        """Keep in mind what SQLite has forgotten, now that the file was opened."""
        try:
            write_private_file(self._loss_note, f"{_LOST}\n")
        except OSError as error:
            raise self._damage(f"{_LOST}, and that cannot be noted: {error}") from None

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        """Return whether the file has our tables; False for one that is empty.

        Raises:
            JournalError: It is another program's, or a newer version's.
        """
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not application and not tables:
            return False
        if application != _APPLICATION_ID:
            raise JournalError(
                f"file {str(self.path)!r} is not a journal of this program",
                hint="Move it away, or name another state folder with HOSTSCAN_STATE_DIR.",
            )
        if version > SCHEMA_VERSION:
            raise JournalError(
                f"journal {str(self.path)!r} was written by a newer version of this program"
                f" (version {version} of its layout, known is {SCHEMA_VERSION})",
                hint="Use that version, or name another state folder with HOSTSCAN_STATE_DIR.",
            )
        return True

    def _check(self, connection: sqlite3.Connection) -> None:
        if self.path.stat().st_size > _CHECKED_UP_TO_BYTES:
            return
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise self._damage(found)

    def _damage(self, what: object) -> JournalError:
        return JournalError(
            f"journal {str(self.path)!r} is damaged: {what}",
            hint="`hostscan runs list` and `hostscan runs show` tell what is still readable in it."
            " Then move the file away, with what stands beside it under its name, and keep it; a"
            " new one is begun.",
        )

    def _error(self, error: sqlite3.Error) -> JournalError:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return self._damage(error)
        for beginning, hint in _HINTS.items():
            if name.startswith(beginning):
                return JournalError(f"journal {str(self.path)!r}: {error}", hint=hint)
        return JournalError(f"journal {str(self.path)!r} cannot be used: {error}")


_ELSEWHERE = "or name another state folder with HOSTSCAN_STATE_DIR."
_HINTS = {
    "SQLITE_FULL": f"Free space on its disk, {_ELSEWHERE}",
    "SQLITE_READONLY": f"Make the file and its folder writable for this account, {_ELSEWHERE}",
    "SQLITE_CANTOPEN": f"Make the file and its folder writable for this account, {_ELSEWHERE}",
    "SQLITE_PERM": f"Make the file and its folder writable for this account, {_ELSEWHERE}",
    "SQLITE_BUSY": "Another process holds it. Try again in a moment.",
    "SQLITE_LOCKED": "Another process holds it. Try again in a moment.",
    "SQLITE_IOERR": f"Its disk does not read or write. Look after it, {_ELSEWHERE}",
}


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
