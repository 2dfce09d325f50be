"""Where the profile file and the state folder are, and that the state folder is private."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from hostscan_automation.errors import SettingsError
from hostscan_automation.settings.private import Privacy, who_writes

if TYPE_CHECKING:
    from collections.abc import Mapping

_APPLICATION = "hostscan"


def expanded(text: str) -> Path:
    """Return a path with `~` filled in; that of somebody unknown here stays as it is written."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def default_config_file() -> Path:
    """Return where the profile file is looked for when nothing else is said."""
    return platformdirs.user_config_path(_APPLICATION, appauthor=False) / "config.toml"


def config_file(flag: str | None, environ: Mapping[str, str]) -> tuple[Path, str]:
    """Return the profile file and where that choice came from.

    Raises:
        SettingsError: `--config` names a file that is not there.
    """
    if flag is not None:
        path = expanded(flag)
        if not path.exists():
            raise SettingsError(
                f"config file {flag!r} does not exist", hint="Check --config, or leave it out."
            )
        return path, "flag --config"
    if environ.get("HOSTSCAN_CONFIG"):
        return expanded(environ["HOSTSCAN_CONFIG"]), "environment HOSTSCAN_CONFIG"
    return default_config_file(), "default place"


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of journal, locks and sign-in marks; make it, private, where it is missing.

    Raises:
        SettingsError: It cannot be made, is no folder, or others can write into it.
    """
    return _made_private(state_folder_to_read(environ))


def state_folder_to_read(environ: Mapping[str, str]) -> Path:
    """Return where that folder is; on a disk that nobody can write to, it can still be read."""
    named = environ.get("HOSTSCAN_STATE_DIR")
    folder = (
        expanded(named) if named else platformdirs.user_state_path(_APPLICATION, appauthor=False)
    )
    return folder.absolute()


def _made_private(folder: Path) -> Path:
    hint = "Set HOSTSCAN_STATE_DIR to a folder of your own on a local disk."
    try:
        # what is missing above it, too: who can write there could put another folder in its place
        for missing in reversed([one for one in folder.parents if not one.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise SettingsError(f"state folder {str(folder)!r} cannot be written", hint=hint)
        if who_writes(folder) is Privacy.OPEN:
            raise SettingsError(
                f"state folder {str(folder)!r} can be written by others",
                hint=f"Take that right away (chmod 700), or: {hint}",
            )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            f"state folder {str(folder)!r} cannot be used: {reason}", hint=hint
        ) from None
    return folder
