"""Who, where and with which secrets: flags over environment over the profile file.

`find_settings` chooses every value and remembers where it came from; nothing secret is read yet.
`FoundSettings.fetch` then takes the secrets from their sources.
"""

from __future__ import annotations

from hostscan_automation.settings.choice import FoundSettings, find_settings
from hostscan_automation.settings.flags import Flags
from hostscan_automation.settings.folders import (
    default_config_file,
    state_folder,
    state_folder_to_read,
)
from hostscan_automation.settings.settings import (
    AppSignIn,
    NoSecondFactor,
    PasswordSignIn,
    Settings,
    SignIn,
    TokenSignIn,
)

__all__ = [
    "AppSignIn",
    "Flags",
    "FoundSettings",
    "NoSecondFactor",
    "PasswordSignIn",
    "Settings",
    "SignIn",
    "TokenSignIn",
    "default_config_file",
    "find_settings",
    "state_folder",
    "state_folder_to_read",
]
