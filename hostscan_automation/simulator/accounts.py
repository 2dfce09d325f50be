"""Who may sign in, and with what: accounts, their second factor, and when they are locked."""

from __future__ import annotations

import base64
import hmac
import random
import string
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hostscan_automation.simulator.totp import Totp

if TYPE_CHECKING:
    from collections.abc import Callable

LOCKED_AFTER = 5
LOCKED_FOR_S = 300.0


@dataclass(slots=True)
class Account:
    """One account and how its sign-ins went.

    Attributes:
        role: What stands in its tokens; host scan jobs want Admin or App.
        totp: Its second factor, or None where that is "not required".
        is_application: Whether the password is an API key: no second factor, good as a bearer.
        tells_role: Whether its tokens name the role at all.
        refused_in_a_row: Wrong passwords and codes since the last whole sign-in.
        locked_until: Seconds since 1970 by the server's clock.
        refused_passwords: Of all times.
        refused_codes: Of all times.
        locks: How often it was locked.
    """

    login: str
    password: str = field(repr=False)
    role: str = "Admin"
    totp: Totp | None = None
    is_application: bool = False
    tells_role: bool = True
    used_steps: set[int] = field(default_factory=set, repr=False)
    refused_in_a_row: int = 0
    locked_until: float = 0.0
    refused_passwords: int = 0
    refused_codes: int = 0
    locks: int = 0

    @property
    def totp_secret(self) -> str | None:
        """The base32 secret of its second factor, or None where it has none."""
        return None if self.totp is None else self.totp.secret


class Accounts:
    """The accounts of one server.

    Attributes:
        admin: Administrator with a second factor: the one the environment names.
        without_mfa: Administrator whose second factor is "not required".
        reader: Has a second factor, and no role that may see host scan jobs.
        application: Signs in with its name and API key.
    """

    def __init__(
        self, seed: int, now: Callable[[], float], *, lock_after: int = LOCKED_AFTER
    ) -> None:
        chance = random.Random(f"accounts:{seed}")  # noqa: S311 - a test server's passwords
        self._now = now
        self._lock_after = lock_after
        self._lock = threading.Lock()
        self.admin = Account(r"LAB\scan-admin", _word(chance), totp=_totp(chance))
        self.without_mfa = Account(r"LAB\no-mfa", _word(chance))
        self.reader = Account(r"LAB\reader", _word(chance), role="User", totp=_totp(chance))
        self.application = Account(
            "hostscan-nightly", _word(chance, 40), role="App", is_application=True
        )
        self._by_login: dict[str, Account] = {}
        for account in (self.admin, self.without_mfa, self.reader, self.application):
            self.add(account)

    def add(self, account: Account) -> Account:
        """Let one more account sign in; the same login takes the place of the earlier one."""
        self._by_login[account.login.casefold()] = account
        return account

    def by_api_key(self, key: str) -> Account | None:
        """Return the application whose API key this is, or None."""
        for account in list(self._by_login.values()):
            if account.is_application and _is_same(account.password, key):
                return account
        return None

    def check_password(self, login: str, password: str) -> Account | None:
        """Return the account of that login and password, or None; wrong ones are counted."""
        with self._lock:
            account = self._by_login.get(login.casefold())
            if account is None or self.is_locked(account):
                return None
            if not _is_same(account.password, password):
                account.refused_passwords += 1
                self._refuse(account)
                return None
            return account

    def check_code(self, account: Account, code: str) -> bool:
        """Say whether a one-time code is right; each is good once, wrong ones are counted.

        An account without a second factor may send anything.
        """
        with self._lock:
            if self.is_locked(account):
                return False
            if account.totp is None:
                return True
            step = account.totp.matching_step(code, self._now())
            if step is None or step in account.used_steps:
                account.refused_codes += 1
                self._refuse(account)
                return False
            account.used_steps.add(step)
            return True

    def signed_in(self, account: Account) -> None:
        """Take note that a sign-in was completed: refusals are counted from here again."""
        with self._lock:
            account.refused_in_a_row = 0

    def is_locked(self, account: Account) -> bool:
        """Say whether too many refused sign-ins locked the account."""
        return account.locked_until > self._now()

    def _refuse(self, account: Account) -> None:
        account.refused_in_a_row += 1
        if account.refused_in_a_row >= self._lock_after:
            account.locked_until = self._now() + LOCKED_FOR_S
            account.refused_in_a_row = 0
            account.locks += 1


def _is_same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode("utf-8", "surrogatepass"))


def _word(chance: random.Random, length: int = 20) -> str:
    return "".join(chance.choice(string.ascii_letters + string.digits) for _ in range(length))


def _totp(chance: random.Random) -> Totp:
    return Totp(base64.b32encode(chance.randbytes(20)).decode())
