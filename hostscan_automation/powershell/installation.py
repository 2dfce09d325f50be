"""Put the PowerShell module where PowerShell finds it, and take it away again."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "HostScanAutomation"
_MANIFEST = f"{NAME}.psd1"
_NOTE = f"{NAME}.config.json"


def packaged_manifest() -> Path:
    """Return the manifest inside this package, which `Import-Module` takes as it is."""
    return Path(__file__).parent / NAME / _MANIFEST


def module_folders(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[Path, ...]:
    """Return the folders in which this user's PowerShells look for modules.

    On Windows there are two: PowerShell 7 and Windows PowerShell do not share them.
    """
    if platform == "win32":
        documents = platformdirs.user_documents_path()
        return (
            documents / "PowerShell" / "Modules",
            documents / "WindowsPowerShell" / "Modules",
        )
    data = environ.get("XDG_DATA_HOME")
    home = Path(data) if data else Path("~/.local/share").expanduser()
    return (home / "powershell" / "Modules",)


def install(folder: Path, python: str = sys.executable) -> Path:
    """Copy the module into a folder of modules, with a note of its interpreter.

    An older copy is replaced as a whole; anything else of that name is left alone.

    Returns:
        The manifest of the copy.

    Raises:
        SettingsError: Something else has that name, or the folder cannot be written.
    """
    target, draft = folder / NAME, folder / f".{NAME}.new"
    _refuse_foreign(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(packaged_manifest().parent, draft)
        note = json.dumps({"python": python}) + "\n"
        (draft / _NOTE).write_text(note, encoding="ascii", newline="\n")
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    except OSError as error:
        raise _unusable(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target / _MANIFEST


def uninstall(folder: Path) -> bool:
    """Remove the module from a folder of modules; return whether it was there.

    Raises:
        SettingsError: What has that name is not this module, or it cannot be removed.
    """
    target = folder / NAME
    _refuse_foreign(target)
    if not target.exists():
        return False
    try:
        shutil.rmtree(target)
    except OSError as error:
        raise _unusable(folder, error) from None
    return True


def _refuse_foreign(target: Path) -> None:
    if target.exists() and not (target / _MANIFEST).is_file():
        raise SettingsError(
            f"{str(target)!r} exists and is not this module",
            hint="Move it away, or name another folder with --folder.",
        )


def _unusable(folder: Path, error: OSError) -> SettingsError:
    reason = error.strerror or type(error).__name__
    return SettingsError(
        f"module folder {str(folder)!r} cannot be used: {reason}",
        hint="Close every PowerShell that has the module loaded, or name another --folder.",
    )
