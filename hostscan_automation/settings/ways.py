"""Choose the one way to sign in, and take its secrets from where they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from hostscan_automation.errors import SecretNotFoundError, SettingsError
from hostscan_automation.settings.settings import (
    AppSignIn,
    Ask,
    AskedCode,
    GivenCode,
    NoSecondFactor,
    PasswordSignIn,
    SecondFactor,
    SignIn,
    TokenSignIn,
    TotpSecret,
)

if TYPE_CHECKING:
    from hostscan_automation.settings.references import SecretReference
    from hostscan_automation.settings.secrets import SecretSources


class Way(Protocol):
    """One way to sign in, its secrets not taken yet."""

    @property
    def account(self) -> str:
        """What people call the account."""
        ...

    @property
    def source(self) -> str:
        """Where the choice of this way came from, for people."""
        ...

    def fetch(self, sources: SecretSources, ask: Ask | None, server: str) -> SignIn:
        """Take the secrets; ask for those that have no source."""
        ...


@dataclass(frozen=True, slots=True)
class Keep:
    """Where one secret is kept.

    Attributes:
        reference: None where it has no source and must be asked for.
        withheld: Why the profile's own secret is not used, or None.
        must_refuse: Whether that is a refusal, also where somebody could be asked.
    """

    reference: SecretReference | None = None
    withheld: str | None = None
    must_refuse: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which secret is wanted, for people."""

    kind: str
    account: str
    server: str

    @property
    def text(self) -> str:
        """What a message calls it."""
        return f"{self.kind} of {self.account!r} for {self.server}"

    @property
    def question(self) -> str:
        """What a person is asked for."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} of {self.account} for {self.server}"


@dataclass(frozen=True, slots=True)
class TokenWay:
    """A ready token."""

    token: Keep
    source: str
    account: str = "token"

    def fetch(self, sources: SecretSources, ask: Ask | None, server: str) -> TokenSignIn:
        """Take the token; nobody is asked for one."""
        del ask
        wanted = Wanted("token", self.account, server)
        return TokenSignIn(_stripped(_taken(self.token, wanted, sources, None)))


@dataclass(frozen=True, slots=True)
class AppWay:
    """An application user."""

    account: str
    api_key: Keep
    source: str

    def fetch(self, sources: SecretSources, ask: Ask | None, server: str) -> AppSignIn:
        """Take the API key."""
        wanted = Wanted("API key", self.account, server)
        return AppSignIn(self.account, _stripped(_taken(self.api_key, wanted, sources, ask)))


@dataclass(frozen=True, slots=True)
class PasswordWay:
    """Login, password and a second factor.

    Attributes:
        code: A one-time code of the environment, or None.
        no_second_factor: Whether the account is known to need none.
    """

    account: str
    password: Keep
    code: SecretReference | None
    totp_secret: Keep
    no_second_factor: bool
    source: str

    def fetch(self, sources: SecretSources, ask: Ask | None, server: str) -> PasswordSignIn:
        """Take the password and what the second factor needs."""
        wanted = Wanted("password", self.account, server)
        password = _taken(self.password, wanted, sources, ask)
        return PasswordSignIn(self.account, password, self._second_factor(sources, ask, server))

    def _second_factor(self, sources: SecretSources, ask: Ask | None, server: str) -> SecondFactor:
        if self.code is not None:
            return GivenCode(_stripped(sources.read(self.code, "one-time code")))
        if self.totp_secret.reference is not None:
            wanted = Wanted("TOTP secret", self.account, server)
            return TotpSecret(_stripped(_taken(self.totp_secret, wanted, sources, None)))
        if self.no_second_factor:
            return NoSecondFactor()
        if self.totp_secret.must_refuse:
            raise _missing(Wanted("second factor", self.account, server), self.totp_secret)
        if ask is None:
            raise SecretNotFoundError(
                f"second factor of {self.account!r} for {server} is not set",
                hint=(
                    "Set HOSTSCAN_TOTP_SECRET, or HOSTSCAN_MFA_CODE for one sign-in, or, where the"
                    " account needs none, HOSTSCAN_NO_MFA=1 (in a profile: no_mfa = true)."
                ),
            )
        return AskedCode(lambda: ask(f"One-time code of {self.account}"))


def _taken(keep: Keep, wanted: Wanted, sources: SecretSources, ask: Ask | None) -> SecretStr:
    if keep.reference is not None:
        return sources.read(keep.reference, wanted.text)
    if keep.must_refuse or ask is None:
        raise _missing(wanted, keep)
    answer = ask(wanted.question)
    if not answer:
        raise SecretNotFoundError(f"{wanted.text} was not given")
    return SecretStr(answer)


def _missing(wanted: Wanted, keep: Keep) -> SettingsError:
    if keep.withheld is not None:
        return SettingsError(
            f"{wanted.text} is missing: {keep.withheld}",
            hint="Give the secret for this server by the environment, or use its own profile.",
        )
    return SecretNotFoundError(
        f"{wanted.text} is not set",
        hint="Set it in the environment or in a profile; at a terminal you would be asked.",
    )


def _stripped(secret: SecretStr) -> SecretStr:
    # a blank at the end of a copied token or key is never part of it; of a password it may be
    return SecretStr(secret.get_secret_value().strip())
