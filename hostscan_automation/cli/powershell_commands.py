"""`hostscan powershell` and `hostscan bridge`: the PowerShell module and what it talks to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.commands import LazyCommand, command, group
from hostscan_automation.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_folder_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="A folder of modules in PSModulePath, instead of your own.",
)

_INSTALL_HELP = """\
Copy the PowerShell module to where PowerShell finds it.

The copy remembers the Python that this command runs with, and takes the place of an older copy.
On Windows both PowerShell 7 and Windows PowerShell get one."""

_PATH_HELP = """\
Print the path of the module inside this Python, for Import-Module.

Used from there it does not know its Python: set HOSTSCAN_PYTHON, as the line on standard error
says, or give -PythonPath to Connect-HostScanServer."""

_BRIDGE_HELP = """\
Serve the PowerShell module: JSON-RPC 2.0 on standard input and output, one object a line.

The module starts this by itself. It ends when its standard input ends."""


@command(
    "install",
    help=_INSTALL_HELP,
    examples="hostscan powershell install\nhostscan powershell install --folder D:\\Modules",
)
@_folder_option
@pass_invocation
def install(invocation: Invocation, folder: Path | None) -> None:
    """Copy the module and say how to use it."""
    from hostscan_automation.powershell import installation

    for target in _folders(invocation, folder):
        invocation.out.data.line(str(installation.install(target)))
    invocation.out.people.line("now, in PowerShell: Import-Module HostScanAutomation")
    if folder is not None:
        invocation.out.people.line(f"if it is not found: add {folder.absolute()} to PSModulePath")


@command("path", help=_PATH_HELP, examples="hostscan powershell path")
@pass_invocation
def path(invocation: Invocation) -> None:
    """Print where the module is."""
    import sys

    from hostscan_automation.powershell import installation

    invocation.out.data.line(str(installation.packaged_manifest()))
    python = sys.executable.replace("'", "''")
    invocation.out.people.line(f"set its Python first: $env:HOSTSCAN_PYTHON = '{python}'")


@command(
    "uninstall",
    help="Remove the PowerShell module from where `install` put it.",
    examples="hostscan powershell uninstall",
)
@_folder_option
@pass_invocation
def uninstall(invocation: Invocation, folder: Path | None) -> None:
    """Remove every copy."""
    from hostscan_automation.powershell import installation

    targets = _folders(invocation, folder)
    removed = [target for target in targets if installation.uninstall(target)]
    for target in removed:
        invocation.out.people.line(f"removed {target / installation.NAME}")
    if not removed:
        invocation.out.people.line("the module was not installed")


def _folders(invocation: Invocation, folder: Path | None) -> tuple[Path, ...]:
    from hostscan_automation.powershell.installation import module_folders

    return module_folders(invocation.environment.environ) if folder is None else (folder,)


powershell = group(
    "powershell",
    summary="Install the PowerShell module, or say where it is.",
    commands={
        "install": LazyCommand("powershell_commands:install", "Put it where PowerShell looks."),
        "path": LazyCommand("powershell_commands:path", "Print where it is in this Python."),
        "uninstall": LazyCommand("powershell_commands:uninstall", "Remove it again."),
    },
)


@command("bridge", help=_BRIDGE_HELP, examples="hostscan bridge --parent-pid 4711")
@click.option("--parent-pid", type=int, metavar="PID", help="End when this process has ended.")
@click.option(
    "--idle-limit", type=float, metavar="SECONDS", help="End after so long without a call."
)
@pass_invocation
def bridge(invocation: Invocation, parent_pid: int | None, idle_limit: float | None) -> int:
    """Serve until the client is gone."""
    del invocation
    from hostscan_automation.powershell import bridge as process

    options = {"--parent-pid": parent_pid, "--idle-limit": idle_limit}
    given = [str(word) for pair in options.items() if pair[1] is not None for word in pair]
    return process.main(given)
