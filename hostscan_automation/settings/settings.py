"""The settings of one command, complete: frozen values, secrets sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

from hostscan_automation.jobs.limits import LimitOverrides

Ask = Callable[[str], str]
"""Asks a person at a terminal for a secret, without showing what is typed."""


@dataclass(frozen=True, slots=True)
class TokenSignIn:
    """A ready bearer token or API key: nothing is signed in, and nothing can be renewed."""

    token: SecretStr


@dataclass(frozen=True, slots=True)
class AppSignIn:
    """An application user: its name and its API key, no second factor."""

    app: str
    api_key: SecretStr


@dataclass(frozen=True, slots=True)
class NoSecondFactor:
    """The account's MFA is set to "not required"."""


@dataclass(frozen=True, slots=True)
class GivenCode:
    """One one-time code, good for one sign-in."""

    code: SecretStr


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """The secret that one-time codes are made from: base32 or an `otpauth://` URI."""

    secret: SecretStr


@dataclass(frozen=True, slots=True)
class AskedCode:
    """A one-time code that a person types when the server wants it."""

    ask: Callable[[], str]


SecondFactor = GivenCode | TotpSecret | NoSecondFactor | AskedCode


@dataclass(frozen=True, slots=True)
class PasswordSignIn:
    """A person's account: login, password and one second factor."""

    login: str
    password: SecretStr
    second_factor: SecondFactor


SignIn = TokenSignIn | AppSignIn | PasswordSignIn


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is needed to reach one server as one account.

    Attributes:
        server: Address of the server, `https://host[:port]`.
        account: What people call this account: login, name of the application, or `token`.
        profile: Name of the profile in use, or None.
        fingerprint: As it was given; the connection reads it.
        limits: The profile's ceiling.
        protect: The profile's protect clauses as plain data, in the filter language.
        config_folder: Folder of the profile file: files that `protect` names are found from there.
        sources: Where each value came from, for people: `server` -> `environment ...`.
    """

    server: str
    account: str
    sign_in: SignIn
    state_folder: Path
    config_folder: Path
    profile: str | None = None
    ca_bundle: Path | None = None
    fingerprint: str | None = None
    insecure: bool = False
    limits: LimitOverrides = field(default_factory=LimitOverrides)
    protect: tuple[Mapping[str, Any], ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    def secret_values(self) -> tuple[SecretStr, ...]:
        """Return every secret in use, so that a log can be kept free of them."""
        match self.sign_in:
            case TokenSignIn(token):
                return (token,)
            case AppSignIn(_, api_key):
                return (api_key,)
            case PasswordSignIn(_, password, GivenCode(second) | TotpSecret(second)):
                return (password, second)
            case PasswordSignIn(_, password, _):
                return (password,)
