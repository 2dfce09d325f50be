"""`hostscan playbooks list`, `copy`, `validate` and `schema`: no server is needed for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.exits import ExitCode, exit_code_of
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import output_option
from hostscan_automation.cli.variables import read_variables, variable_option
from hostscan_automation.errors import PlaybookError

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAYBOOKS_SCHEMA = "hostscan/playbooks/1"
_FILE = click.Path(path_type=Path)


@command(
    "list",
    help="List the playbooks that come with hostscan, and where they are.",
    examples="hostscan playbooks list",
)
@output_option("table", "json", "jsonl", "csv", "yaml")
@pass_invocation
def list_playbooks(invocation: Invocation, output: str) -> None:
    """Write a row for each."""
    from hostscan_automation.cli.render import Column
    from hostscan_automation.cli.render_data import Listing, OutputFormat, write_list
    from hostscan_automation.playbook.collection import shipped_folder, shipped_playbooks

    screen = invocation.out.data
    shipped = shipped_playbooks()
    if output != "table":
        rows = [
            {"name": one.name, "description": one.description, "file": str(one.file)}
            for one in shipped
        ]
        listing = Listing(PLAYBOOKS_SCHEMA, "playbooks", rows)
        write_list(screen, listing, OutputFormat(output))
        return
    width = max((len(one.name) for one in shipped), default=0)
    columns = (Column("Playbook", width), Column("What it does"))
    screen.table(columns, ((one.name, one.description) for one in shipped))
    screen.line()
    screen.line(f"They are in {shipped_folder()}; to make one yours: hostscan playbooks copy NAME")


@command(
    "copy",
    help="""\
Copy a playbook that comes with hostscan into FOLDER (here, if none is given), with the files it
reads and the schema that lets an editor complete and check it. Nothing is overwritten.""",
    examples="""\
hostscan playbooks copy cancel-stuck-in-queue
hostscan playbooks copy cancel-stuck-in-queue my-playbooks
hostscan playbooks copy --all my-playbooks""",
)
@click.option("--all", "is_all", is_flag=True, help="Copy every playbook.")
@click.argument("name", required=False)
@click.argument("folder", type=_FILE, required=False)
@pass_invocation
def copy(invocation: Invocation, is_all: bool, name: str | None, folder: Path | None) -> None:
    """Copy one, or all."""
    from hostscan_automation.playbook.collection import copy_playbook, shipped_playbooks

    if is_all:
        names = [one.name for one in shipped_playbooks()]
        folder = Path(name) if name is not None else folder
    elif name is not None:
        names = [name]
    else:
        raise click.UsageError(
            "which playbook? give its name, or --all", click.get_current_context()
        )
    for one in names:
        for path in copy_playbook(one, folder or Path()):
            invocation.out.data.line(str(path))
    invocation.out.people.line("Next: edit it, then see what it would cancel: hostscan plan FILE")


@command(
    "validate",
    help="""\
Check playbooks as `plan` and `run` would, and tell every fault with its line and column.

No server is needed and nothing is run. The exit code is 6 when a playbook is wrong.""",
    examples="""\
hostscan playbooks validate nightly.yaml
hostscan playbooks validate playbooks/*.yaml --var subnet=10.1.0.0/16""",
)
@variable_option
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@pass_invocation
def validate(invocation: Invocation, variables: tuple[str, ...], files: tuple[Path, ...]) -> int:
    """Load each file, and tell all faults of all of them."""
    from hostscan_automation.playbook.loading import load_playbook
    from hostscan_automation.reports.wording import counted

    given = read_variables(variables)
    codes = set()
    for file in _expanded(files):
        try:
            playbook = load_playbook(file, variables=given)
        except PlaybookError as error:
            invocation.out.people.error(error)
            codes.add(exit_code_of(error))
        else:
            steps = counted(len(playbook.selection.steps), "step")
            invocation.out.data.line(f"{file}: valid ({playbook.name}, {steps})")
    return max(codes, default=ExitCode.DONE)


def _expanded(files: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files; the shells of Windows leave `*.yaml` to the program."""
    for file in files:
        found = [] if file.exists() else sorted(file.parent.glob(file.name))
        yield from found or [file]


@command(
    "schema",
    help="""\
Print the JSON Schema of a playbook.

An editor that knows YAML completes and checks playbooks by it: save it beside them and begin a
playbook with the line of the second example.""",
    examples="""\
hostscan playbooks schema > playbook.schema.json
# yaml-language-server: $schema=playbook.schema.json""",
)
@pass_invocation
def schema(invocation: Invocation) -> None:
    """Print it."""
    from hostscan_automation.playbook.schema import schema_text

    invocation.out.data.write(schema_text())
