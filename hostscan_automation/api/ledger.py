"""What the processes of this machine must know of each other's sign-ins: a small locked file.

It keeps an account from being locked: a code is used once, a password that was refused is not tried
again, and two processes do not both send the first of it. It holds time steps, counts and digests
under a key of its own, and never a secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from filelock import FileLock, Timeout

from hostscan_automation.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

_log = logging.getLogger("hostscan.api")

_VERSION = 1
_FILE = "sign-in.json"
_LOCK_WAIT_S = 20.0
_TURN_WAIT_S = 300.0
_UNHEARD_REMEMBERED_S = 12 * 3600.0
_DIGEST_ROUNDS = 100_000
_STEPS_A_CODE_IS_REMEMBERED = 30
_ACCOUNTS_REMEMBERED = 500
_PASSWORDS_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in, and where."""

    server: str
    login: str

    @property
    def identity(self) -> str:
        """The same text for the same account, however its login is spelt."""
        return f"{self.server}\n{self.login.casefold()}"


@dataclass(slots=True)
class _State:
    """What the file holds; every key in it is a digest.

    Attributes:
        codes: The time step in which a code was used.
        passwords: For each account, digests of the passwords that were refused.
        refusals: How many codes of one secret were refused since the last that was accepted.
        unheard: For each secret, when it was sent and no reply came (seconds since 1970).
    """

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    codes: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, list[str]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    unheard: dict[str, list[int]] = field(default_factory=dict)

    def digest(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()

    def password_digest(self, account: Account, password: str) -> str:
        # Slow on purpose: a password that was refused once may be right somewhere else.
        salt = self.digest("password", account.identity).encode()
        secret = password.encode("utf-8", "surrogatepass")
        return hashlib.pbkdf2_hmac("sha256", secret, salt, _DIGEST_ROUNDS).hex()

    def to_text(self) -> str:
        data = {
            "version": _VERSION,
            "key": self.key.hex(),
            "codes": self.codes,
            "passwords": self.passwords,
            "refusals": self.refusals,
            "unheard": self.unheard,
        }
        return json.dumps(data, indent=1)

    @classmethod
    def from_text(cls, text: str) -> _State:
        data = json.loads(text)
        if data["version"] != _VERSION:
            raise ValueError(f"version {data['version']!r}")
        state = cls(
            bytes.fromhex(data["key"]),
            data["codes"],
            data["passwords"],
            data["refusals"],
            data.get("unheard", {}),
        )
        state.check()
        return state

    def check(self) -> None:
        """Raise `ValueError` where a value is not of its kind."""
        lists = [*self.passwords.values(), *self.unheard.values()]
        numbers = [*self.codes.values(), *self.refusals.values(), *chain(*self.unheard.values())]
        if len(self.key) < len(secrets.token_bytes()) or not (
            all(type(number) is int for number in numbers)
            and all(isinstance(item, list) for item in lists)
        ):
            raise ValueError("a value is of the wrong kind")


class SignInLedger:
    """Codes used and passwords refused on this machine; safe for threads and processes.

    Every method may raise `JournalError` when the file cannot be read or written; nothing was sent
    then. A damaged file stops sign-ins rather than forgetting what it held.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._threads = threading.Lock()

    @classmethod
    def of_this_machine(cls, environ: Mapping[str, str] = os.environ) -> SignInLedger:
        """Return the ledger that the command line uses, too."""
        folder = environ.get("HOSTSCAN_STATE_DIR") or platformdirs.user_state_path(
            "hostscan", appauthor=False
        )
        return cls(Path(folder))

    def claim_code(self, server: str, code: str, step: int) -> bool:
        """Take a code for one use in a time step; False where somebody used it already."""
        with self._state() as state:
            _forget_old_codes(state, step)
            digest = state.digest("code", server, code)
            if digest in state.codes:
                return False
            state.codes[digest] = step
            return True

    @contextmanager
    def turn(self, account: Account) -> Iterator[None]:
        """Let one process at a time send a secret of an account, and note what came of it.

        Otherwise each of several that start at once would send the same wrong password.
        """
        name = hashlib.sha256(account.identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        lock = FileLock(self._path.with_name(f"sign-in-{name}.lock"), mode=0o600)
        with self._telling():
            self._make_folder()
            try:
                lock.acquire(timeout=0)
            except Timeout:
                _log.info("another process is signing in with this account; waiting for it")
                lock.acquire(timeout=_TURN_WAIT_S)
        try:
            yield
        finally:
            lock.release()

    def is_password_refused(self, account: Account, password: str) -> bool:
        """Say whether this very password was refused and has not been accepted since."""
        with self._state() as state:
            refused = state.passwords.get(state.digest("account", account.identity))
            return bool(refused) and state.password_digest(account, password) in (refused or ())

    def note_password(self, account: Account, password: str, *, is_accepted: bool) -> None:
        """Remember a refused password; an accepted one makes all refusals of the account void."""
        with self._state() as state:
            name = state.digest("account", account.identity)
            refused = state.passwords.pop(name, [])
            if is_accepted:
                self._hear(state, account, password)
            else:
                digest = state.password_digest(account, password)
                others = [other for other in refused if other != digest]
                state.passwords[name] = [*others, digest][-_PASSWORDS_REMEMBERED:]
            _drop_oldest(state.passwords)

    def refused_codes(self, account: Account, secret: bytes) -> int:
        """Return how many codes of this secret were refused since the last accepted one."""
        with self._state() as state:
            return state.refusals.get(state.digest("codes", account.identity, secret.hex()), 0)

    def note_code(self, account: Account, secret: bytes, *, is_accepted: bool) -> None:
        """Count a refused code; an accepted one sets the count to zero."""
        with self._state() as state:
            name = state.digest("codes", account.identity, secret.hex())
            count = state.refusals.pop(name, 0)
            if is_accepted:
                self._hear(state, account, secret.hex())
            else:
                state.refusals[name] = count + 1
            _drop_oldest(state.refusals)

    def unheard(self, account: Account, secret: str, now: datetime) -> int:
        """Return how often a secret was sent of late, and no reply told what came of it."""
        with self._state() as state:
            if not state.unheard:
                return 0
            times = state.unheard.get(state.password_digest(account, secret), [])
            return sum(abs(now.timestamp() - one) < _UNHEARD_REMEMBERED_S for one in times)

    def note_unheard(self, account: Account, secret: str, now: datetime) -> None:
        """Remember that a secret was sent and no reply came: it may have been refused."""
        with self._state() as state:
            digest = state.password_digest(account, secret)
            times = [*state.unheard.pop(digest, []), int(now.timestamp())]
            state.unheard[digest] = times[-_PASSWORDS_REMEMBERED:]
            _drop_oldest(state.unheard)

    def _hear(self, state: _State, account: Account, secret: str) -> None:
        if state.unheard:
            state.unheard.pop(state.password_digest(account, secret), None)

    @contextmanager
    def _state(self) -> Iterator[_State]:
        """Give the state under the lock, and write it back where it changed."""
        with self._telling(), self._threads, self._locked():
            before = self._read()
            state = _State.from_text(before) if before else _State()
            yield state
            after = state.to_text()
            if after != before:
                self._write(after)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise JournalError(
                f"sign-in ledger {str(self._path)!r} is damaged",
                hint="Delete the file; then used codes and refused passwords are forgotten.",
            ) from None
        except Timeout:
            raise JournalError(
                f"sign-in ledger {str(self._path)!r} is locked by another process",
                hint="Look for a hostscan that hangs, and end it.",
            ) from None
        except OSError as error:
            raise JournalError(
                f"sign-in ledger {str(self._path)!r} cannot be used: {error.strerror or error}",
                hint="It must be possible to write to the state folder; without it nobody could"
                " tell which codes were used.",
            ) from None

    def _locked(self) -> FileLock:
        self._make_folder()
        return FileLock(f"{self._path}.lock", timeout=_LOCK_WAIT_S, mode=0o600)

    def _make_folder(self) -> None:
        folder = self._path.parent
        for missing in reversed([one for one in folder.parents if not one.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)

    def _read(self) -> str:
        with suppress(FileNotFoundError):
            return self._path.read_text(encoding="utf-8") or "{}"
        return ""

    def _write(self, text: str) -> None:
        # mkstemp makes the file private, and a replaced file is never half written
        handle, name = tempfile.mkstemp(prefix=f"{_FILE}.", dir=self._path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _forget_old_codes(state: _State, step: int) -> None:
    for digest, used in list(state.codes.items()):
        if abs(step - used) > _STEPS_A_CODE_IS_REMEMBERED:
            del state.codes[digest]


def _drop_oldest(entries: dict[str, Any]) -> None:
    while len(entries) > _ACCOUNTS_REMEMBERED:
        del entries[next(iter(entries))]
