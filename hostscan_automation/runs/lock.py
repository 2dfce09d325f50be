"""Let one run at a time act on one server, and say who does.

The lock is the operating system's: it ends with its process, however that ends. The file beside it
only tells people who holds it, because Windows lets nobody read a file that is locked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.clock import utc_text
from hostscan_automation.errors import JournalError, PlanRefusedError
from hostscan_automation.runs.privacy import make_private_folder, write_private_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hostscan_automation.clock import Clock

_FOLDER = "locks"
_READABLE = 40


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock of a server.

    Attributes:
        since: ISO 8601 in UTC, for people.
        run_id: None while the run has no name yet.
    """

    pid: int
    host: str
    since: str
    run_id: str | None = None

    def __str__(self) -> str:
        run = f"run {self.run_id}, " if self.run_id else ""
        return f"{run}process {self.pid} on {self.host} since {self.since}"


class RunLock:
    """The right to act on one server.

    Args:
        state_folder: The lock lives in its folder `locks`.
        server: Address of the server, as in the plan.
    """

    def __init__(self, state_folder: Path, server: str, clock: Clock) -> None:
        self.server = server
        self._clock = clock
        self._folder = state_folder / _FOLDER
        name = _file_name(server)
        self._lock_file = self._folder / f"{name}.lock"
        self._holder_file = self._folder / f"{name}.json"

    @contextmanager
    def held(self) -> Iterator[RunLock]:
        """Hold the lock while the block lasts.

        Raises:
            PlanRefusedError: Somebody else holds it; the message says who.
            JournalError: The lock cannot be made in the state folder.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only a run pays for it

        make_private_folder(self._folder.parent)
        make_private_folder(self._folder)
        lock = FileLock(self._lock_file, timeout=0, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise self._refusal() from None
        except (OSError, NotImplementedError) as error:
            raise JournalError(
                f"lock file {str(self._lock_file)!r} cannot be made: {error}",
                hint="Name a state folder on a local disk with HOSTSCAN_STATE_DIR.",
            ) from None
        try:
            self.tell(None)
            yield self
        finally:
            with suppress(OSError):
                self._holder_file.unlink(missing_ok=True)
            lock.release()

    def tell(self, run_id: str | None) -> None:
        """Write down who holds the lock; the lock holds also where that cannot be written."""
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": utc_text(self._clock.now()),
            "run_id": run_id,
        }
        with suppress(OSError):
            write_private_file(self._holder_file, json.dumps(holder))

    def holder(self) -> Holder | None:
        """Return who wrote that they hold it, or None; only the lock itself proves it."""
        try:
            return Holder(**json.loads(self._holder_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def _refusal(self) -> PlanRefusedError:
        holder = self.holder() or "another process of this machine"
        return PlanRefusedError(
            f"another run acts on {self.server!r}: {holder}",
            hint="One run at a time acts on a server. Wait until it has ended; `hostscan runs list`"
            " shows it.",
        )


def _file_name(server: str) -> str:
    """Return a name that is safe in every file system, readable, and different for each server."""
    address = server.strip().rstrip("/").casefold()
    readable = re.sub(r"[^a-z0-9.]+", "-", address.partition("://")[2] or address).strip("-.")
    digest = hashlib.sha256(address.encode()).hexdigest()[:12]
    return f"{readable[:_READABLE]}-{digest}"
