"""From what Connect was given to settings: a parameter wins over every HOSTSCAN_ variable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hostscan_automation.errors import SettingsError
from hostscan_automation.settings import Flags, Settings, find_settings
from hostscan_automation.wiring import read_server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.powershell.parameters import Connect

# What these say is not about who signs in, and where.
_KEPT = frozenset({"HOSTSCAN_CONFIG", "HOSTSCAN_STATE_DIR"})
_TRUST = frozenset({"HOSTSCAN_CA_BUNDLE", "HOSTSCAN_FINGERPRINT", "HOSTSCAN_PROFILE"})


def settings_of(given: Connect, environ: Mapping[str, str]) -> Settings:
    """Return the settings of one session.

    Server and account are chosen by the parameters alone. A certificate bundle or fingerprint of
    the environment holds where no parameter says anything about trust; with a profile nothing of
    the environment does.

    Raises:
        SettingsError: Something is missing, contradictory or wrong.
    """
    kept = _KEPT if given.sign_in == "profile" else _KEPT | _TRUST
    others = {
        name: value
        for name, value in environ.items()
        if not name.startswith("HOSTSCAN_") or name in kept
    }
    secrets = _secrets(given)
    found = find_settings(_flags(given), others | secrets, read_server=read_server)
    # references of the profile may name any variable
    return found.fetch({**environ, **secrets}, ask=None)


def _flags(given: Connect) -> Flags:
    return Flags(
        server=given.uri,
        login=given.login,
        app=given.app_user,
        profile=given.profile_name,
        ca_bundle=given.ca_bundle,
        fingerprint=given.fingerprint,
        insecure=given.skip_certificate_check,
    )


def _secrets(given: Connect) -> dict[str, str]:
    """Return the secrets under the names by which settings know them."""
    named = {
        "HOSTSCAN_PASSWORD": given.password,
        "HOSTSCAN_TOTP_SECRET": given.totp_secret,
        "HOSTSCAN_MFA_CODE": given.otp,
        "HOSTSCAN_TOKEN": given.token,
        "HOSTSCAN_API_KEY": given.api_key,
    }
    secrets = {name: value.get_secret_value() for name, value in named.items() if value is not None}
    for name, secret in secrets.items():
        if not secret:  # it would be looked for in the profile, which nobody asked for
            what = name.removeprefix("HOSTSCAN_").lower().replace("_", " ")
            raise SettingsError(f"{what} is empty")
    return secrets | ({"HOSTSCAN_NO_MFA": "1"} if given.sign_in == "noMfa" else {})


def settings_with_profile(
    own: Settings, playbook_profile: str | None, environ: Mapping[str, str]
) -> Settings:
    """Return the session's settings, with limits and protection of the profile a playbook names.

    A profile that was chosen at Connect holds. Server and account stay those of the session.

    Raises:
        SettingsError: The profile does not exist.
    """
    if own.profile is not None or playbook_profile is None:
        return own
    kept = {name: value for name, value in environ.items() if name in _KEPT}
    found = find_settings(
        Flags(server=own.server, login=own.account),
        kept,
        read_server=read_server,
        playbook_profile=playbook_profile,
    )
    return replace(
        own,
        profile=found.profile,
        limits=found.limits,
        protect=found.protect,
        config_folder=found.file.path.parent,
    )
