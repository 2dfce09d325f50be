"""The ways to sign in, as frozen values that show no secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from hostscan_automation.api.codes import CodeGenerator
from hostscan_automation.api.tokens import is_token
from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Totp:
    """Codes by time from a secret: base32 as people have it, or an `otpauth://` address.

    Raises:
        SettingsError: The secret cannot be read.
    """

    secret: SecretStr

    def __post_init__(self) -> None:
        _keep_secret(self, "secret")
        CodeGenerator.parse(self.secret.get_secret_value())

    @property
    def generator(self) -> CodeGenerator:
        """What computes the codes."""
        return CodeGenerator.parse(self.secret.get_secret_value())


@dataclass(frozen=True, slots=True)
class GivenCode:
    """One code that somebody has read off a device. It serves one sign-in and no renewal."""

    code: SecretStr

    def __post_init__(self) -> None:
        _keep_secret(self, "code")
        clean_code(self.code.get_secret_value())


@dataclass(frozen=True, slots=True)
class AskCode:
    """A code that is asked for when it is needed.

    Attributes:
        ask: Returns the code; called again where a code was refused or the session ended. It may
            be called on a worker's thread.
    """

    ask: Callable[[], str]


@dataclass(frozen=True, slots=True)
class NoMfa:
    """No second factor: the account's MFA is set to "not required".

    Attributes:
        answer: What is sent in the place of a code; such accounts still make the second call.
    """

    answer: str = "NA"


SecondFactor = Totp | GivenCode | AskCode | NoMfa


@dataclass(frozen=True, slots=True)
class PasswordSignIn:
    r"""Login and password, then the second factor.

    Attributes:
        login: The account, `DOMAIN\user` too.
        second_step: Path of the second call. None: `/signin2fa`, and the older `/sigin2fa` where
            the server does not know it.
    """

    login: str
    password: SecretStr
    second_factor: SecondFactor
    second_step: str | None = None

    def __post_init__(self) -> None:
        _keep_secret(self, "password")
        _require(self.login, "login")
        _require(self.password.get_secret_value(), "password")


@dataclass(frozen=True, slots=True)
class ApplicationSignIn:
    """An application user: its name and its API key, no second factor."""

    name: str
    api_key: SecretStr

    def __post_init__(self) -> None:
        _keep_secret(self, "api_key")
        _require(self.name, "application name")
        _require(self.api_key.get_secret_value(), "API key")


@dataclass(frozen=True, slots=True)
class BearerSignIn:
    """A ready token or API key, sent as it is (the documented `Authorization: Bearer API_KEY`)."""

    token: SecretStr

    def __post_init__(self) -> None:
        _keep_secret(self, "token")
        if not is_token(self.token.get_secret_value()):
            raise SettingsError(
                "token does not look like one: at least 20 characters without blanks are expected",
                hint="Give the token alone, without quotes and without the word Bearer.",
            )


SignInMethod = PasswordSignIn | ApplicationSignIn | BearerSignIn


def clean_code(text: str) -> str:
    """Return a code as it is sent: without the blanks and dashes that displays put into it.

    Raises:
        SettingsError: Nothing is left, or it is no code at all.
    """
    code = "".join(sign for sign in text if not sign.isspace() and sign != "-")
    if not code or len(code) > _LONGEST_CODE or not (code.isascii() and code.isprintable()):
        raise SettingsError("one-time code is empty or no code", hint="Give its digits, as shown.")
    return code


def _keep_secret(value: object, name: str) -> None:
    """Wrap a secret that came as plain text, so that no repr shows it."""
    secret = getattr(value, name)
    if isinstance(secret, str):
        object.__setattr__(value, name, SecretStr(secret.strip() if name == "token" else secret))


def _require(text: str, name: str) -> None:
    if not text.strip():
        raise SettingsError(f"{name} is empty")
