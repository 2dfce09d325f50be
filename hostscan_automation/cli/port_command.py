"""`hostscan port`: a documented PowerShell example in, something that runs out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.errors import ExampleError, Finding, ReportError

_FILE = click.Path(path_type=Path)
_HELP = """\
Turn a documented PowerShell example into something that runs.

FILE is a page of the vendor's documentation (.md), a script (.ps1) or the example alone; - reads
standard input. None of the published examples runs as it is printed; everything that is repaired
is told on standard error, with its code, line and column. What cannot be read is an error (exit
code 6) and never a guess.

An example that deletes without naming what is refused (exit code 7) unless --allow-destructive is
given. TruncateAllTables always is. Nothing is sent to any server."""
_NEXT = {
    "python": "see its parameters: python {file} --help",
    "powershell": "see its parameters: Get-Help {file} -Full",
    "module": "see its parameters: Get-Help {file} -Full",
    "playbook": "check it: hostscan playbooks validate {file}",
}


@command(
    "port",
    help=_HELP,
    examples="""\
hostscan port CancelJob.md --save cancel_job.py
hostscan port CancelJob.md --to powershell --save Cancel-Job.ps1
hostscan port CancelJob.md --to json""",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--to",
    "target",
    type=click.Choice(["python", "powershell", "module", "playbook", "json"]),
    default="python",
    show_default=True,
    help="What to write: a script, corrected PowerShell, this module's cmdlets, a playbook, data.",
)
@click.option("--allow-destructive", is_flag=True, help="Carry over a DELETE without an id.")
@click.option("--save", type=_FILE, metavar="FILE", help="Write to a new FILE instead of stdout.")
@pass_invocation
def port(
    invocation: Invocation, file: Path, target: str, allow_destructive: bool, save: Path | None
) -> None:
    """Read, tell the repairs, write."""
    from hostscan_automation.porting.document import LARGEST_EXAMPLE_BYTES, decode_example
    from hostscan_automation.porting.targets import port as ported_example

    name = "standard input" if str(file) == "-" else str(file)
    limit = LARGEST_EXAMPLE_BYTES + 1
    is_piped = str(file) == "-"
    content = _typed(invocation.environment.stdin, limit) if is_piped else _content(file, limit)
    text = decode_example(content, file_name=name)
    ported = ported_example(
        text, file_name=name, target=target, allow_destructive=allow_destructive
    )
    for diagnostic in ported.diagnostics:
        invocation.out.people.line(diagnostic.text(name))
    if save is None:
        invocation.out.data.write(ported.text)
        return
    _save(save, ported.text)
    invocation.out.people.line(f"written: {save}")
    if target in _NEXT:
        invocation.out.people.line(_NEXT[target].format(file=_as_typed(save)))


def _content(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(limit)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or type(error).__name__}"
        raise ExampleError(str(file), (Finding(reason),)) from None


def _typed(stdin: TextIO, limit: int) -> bytes:
    """Return what comes in on standard input, as bytes where the stream has them."""
    octets = getattr(stdin, "buffer", None)
    if octets is None:
        return stdin.read(limit).encode("utf-8", "surrogateescape")
    content: bytes = octets.read(limit)
    return content


def _as_typed(file: Path) -> str:
    """Return a file as a shell takes it: PowerShell looks for a bare name elsewhere."""
    name = str(file) if len(file.parts) > 1 else f".{os.sep}{file}"
    return f'"{name}"' if " " in name else name


def _save(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise ReportError(
            f"file {str(file)!r} cannot be written: {error.strerror or type(error).__name__}",
            hint="Give --save the name of a file that is not there yet.",
        ) from None
