"""What flags, environment and profile offer for signing in, and which of it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import SettingsError
from hostscan_automation.settings.references import EnvironmentReference
from hostscan_automation.settings.ways import AppWay, Keep, PasswordWay, TokenWay, Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.settings.flags import Flags
    from hostscan_automation.settings.profiles import Profile

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everything that could sign in.

    Attributes:
        foreign: Why the profile's secrets must not be used at all (they belong to another
            server), or None.
    """

    flags: Flags
    environ: Mapping[str, str]
    profile: Profile
    profile_name: str | None
    foreign: str | None

    def choose(self) -> Way:
        """Return the one way: token, else application, else login; a flag before all of them.

        Raises:
            SettingsError: Nothing is offered, or two flags contradict each other.
        """
        if self.flags.login and self.flags.app:
            raise SettingsError("--login and --app contradict each other")
        if self.flags.app:
            return self._app(self.flags.app, "flag --app")
        if self.flags.login:
            return self._password(self.flags.login, "flag --login")
        return self._of_environment() or self._of_profile() or self._nothing()

    def _of_environment(self) -> Way | None:
        app, login = self._variable("APP"), self._variable("LOGIN")
        if self._variable("TOKEN"):
            token = Keep(EnvironmentReference("HOSTSCAN_TOKEN"))
            return TokenWay(token, "environment HOSTSCAN_TOKEN")
        app_way = self._app(app, "environment HOSTSCAN_APP") if app else None
        if app_way is not None and (app_way.api_key.reference is not None or not login):
            return app_way
        return self._password(login, "environment HOSTSCAN_LOGIN") if login else None

    def _of_profile(self) -> Way | None:
        source = f"profile {self.profile_name}"
        if self.profile.token is not None:
            return TokenWay(self._keep("TOKEN", "token"), source)
        if self.profile.app:
            return self._app(self.profile.app, source)
        return self._password(self.profile.login, source) if self.profile.login else None

    def _nothing(self) -> Way:
        raise SettingsError(
            "no way to sign in is set",
            hint=(
                "Set HOSTSCAN_LOGIN and HOSTSCAN_PASSWORD (and HOSTSCAN_TOTP_SECRET), or"
                " HOSTSCAN_APP and HOSTSCAN_API_KEY, or HOSTSCAN_TOKEN, or write a profile."
            ),
        )

    def _app(self, app: str, source: str) -> AppWay:
        return AppWay(app, self._keep("API_KEY", "api_key", self._other(app, "app")), source)

    def _password(self, login: str, source: str) -> PasswordWay:
        other = self._other(login, "login")
        code = EnvironmentReference("HOSTSCAN_MFA_CODE") if self._variable("MFA_CODE") else None
        return PasswordWay(
            login,
            password=self._keep("PASSWORD", "password", other),
            code=code,
            totp_secret=self._totp_secret(other),
            no_second_factor=self._no_second_factor(other),
            source=source,
        )

    def _totp_secret(self, other: str | None) -> Keep:
        # in the environment, HOSTSCAN_NO_MFA says that a secret further down is not wanted
        if not self._variable("TOTP_SECRET") and self._no_second_factor(other):
            return Keep()
        return self._keep("TOTP_SECRET", "totp_secret", other)

    def _keep(self, variable: str, field: str, other: str | None = None) -> Keep:
        """Return where a secret is kept; `other` says why the profile's does not fit."""
        if self._variable(variable):
            return Keep(EnvironmentReference(f"HOSTSCAN_{variable}"))
        reference = getattr(self.profile, field)
        if reference is None:
            return Keep()
        if self.foreign is not None:
            return Keep(withheld=self.foreign, must_refuse=True)
        return Keep(withheld=other) if other else Keep(reference)

    def _other(self, name: str, field: str) -> str | None:
        """Say why the profile's secrets are those of another account, or None."""
        owner = getattr(self.profile, field)
        if owner is None or owner.casefold() == name.casefold():
            return None
        return f"profile {self.profile_name!r} keeps the secrets of {owner!r}"

    def _no_second_factor(self, other: str | None) -> bool:
        word = self.environ.get("HOSTSCAN_NO_MFA", "").strip().casefold()
        if not word:  # what a profile says of its account holds for that account only
            return bool(self.profile.no_mfa) and not other and self.foreign is None
        if word not in _YES | _NO:
            raise SettingsError(
                f"environment HOSTSCAN_NO_MFA is neither yes nor no: {word!r}",
                hint="Set it to 1 where the account needs no second factor; else leave it out.",
            )
        return word in _YES

    def _variable(self, name: str) -> str | None:
        return self.environ.get(f"HOSTSCAN_{name}") or None
