"""The playbooks that come with this package: find them, and copy one to work on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hostscan_automation.errors import Finding, PlaybookError
from hostscan_automation.jobs.suggestion import did_you_mean
from hostscan_automation.playbook.loading import load_playbook
from hostscan_automation.playbook.schema import SCHEMA_FILE

_COMPANIONS: Final = {"cancel-hosts-of-change-ticket": ("change-ticket-hosts.csv",)}


@dataclass(frozen=True, slots=True)
class ShippedPlaybook:
    """One playbook of the package.

    Attributes:
        companions: Files next to it that it reads.
    """

    name: str
    description: str
    file: Path
    companions: tuple[Path, ...] = ()


def shipped_folder() -> Path:
    """Return where the playbooks are: in the package, or beside it in a source checkout."""
    in_package = Path(__file__).with_name("shipped")
    return in_package if in_package.is_dir() else Path(__file__).parents[2] / "playbooks"


def shipped_playbooks() -> list[ShippedPlaybook]:
    """Return the playbooks of the package, sorted by name."""
    folder = shipped_folder()
    loaded = [load_playbook(file) for file in sorted(folder.glob("*.yaml"))]
    return [
        ShippedPlaybook(
            one.name,
            one.description,
            one.file,
            tuple(folder / name for name in _COMPANIONS.get(one.name, ())),
        )
        for one in loaded
    ]


def shipped_playbook(name: str) -> ShippedPlaybook:
    """Return the playbook of that name (`.yaml` may follow it).

    Raises:
        PlaybookError: There is none of that name.
    """
    by_name = {one.name: one for one in shipped_playbooks()}
    wanted = name.removesuffix(".yaml")
    if wanted not in by_name:
        hint = f"Known are: {', '.join(by_name)}"
        finding = Finding(f"no playbook of that name is shipped{did_you_mean(wanted, by_name)}")
        raise PlaybookError(name, (finding,), hint=hint)
    return by_name[wanted]


def copy_playbook(name: str, folder: Path) -> tuple[Path, ...]:
    """Copy a shipped playbook, the files it reads and the schema for editors into a folder.

    Returns:
        The files that were written, the playbook first. A schema or companion that is there
        already stays as it is.

    Raises:
        PlaybookError: There is no such playbook, or a file of its name is there already, or the
            folder cannot be written to.
    """
    shipped = shipped_playbook(name)
    further = (*shipped.companions, shipped.file.with_name(SCHEMA_FILE))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [_copy(shipped.file, folder)]
        written += [_copy(file, folder) for file in further if not (folder / file.name).exists()]
    except FileExistsError:
        target = str(folder / shipped.file.name)
        raise PlaybookError(target, (Finding("exists already and is not overwritten"),)) from None
    except OSError as error:
        reason = f"cannot be written to: {error.strerror or error}"
        raise PlaybookError(str(folder), (Finding(reason),)) from None
    return tuple(written)


def _copy(file: Path, folder: Path) -> Path:
    target = folder / file.name
    content = file.read_bytes()
    with target.open("xb") as copy:
        copy.write(content)
    return target
