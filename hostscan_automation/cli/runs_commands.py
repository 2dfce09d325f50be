"""`hostscan runs list` and `hostscan runs show`: the journal is enough, no server is asked."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import output_option
from hostscan_automation.errors import JournalError, ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hostscan_automation.reports.writing import ReportWritten
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.record import RunRecord

_FILE = click.Path(path_type=Path)
_FORMATS = ("table", "json", "jsonl", "csv", "yaml", "markdown", "html")
_SHOW_HELP = """\
Show what a run did, job by job, or write any of its reports again.

RUN is the id of a run as `runs list` shows it; without it, the latest run is meant."""


@command(
    "list",
    help="List the runs of this account on this machine, the latest first.",
    examples="hostscan runs list\nhostscan runs list --limit 100 --output json",
)
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most."
)
@output_option("table", "json", "jsonl", "csv", "yaml")
@pass_invocation
def list_runs(invocation: Invocation, limit: int, output: str) -> None:
    """Read the latest runs."""
    from hostscan_automation.cli.render_data import OutputFormat, write_runs
    from hostscan_automation.cli.render_run import show_runs

    with open_journal(invocation, to_read=True) as journal:
        summaries = journal.runs()
        records = list(_records(invocation, journal, [run.run_id for run in summaries[:limit]]))
    if output != "table":
        write_runs(invocation.out.data, records, OutputFormat(output))
        return
    show_runs(invocation.out.data, records)
    if len(summaries) > limit:
        invocation.out.people.line(f"{len(summaries) - limit:,} older runs: --limit shows more")


@command(
    "show",
    help=_SHOW_HELP,
    examples="""\
hostscan runs show
hostscan runs show 20260131-223000-0a1b2c --output json
hostscan runs show 20260131-223000-0a1b2c --format html --save run.html""",
)
@click.argument("run", required=False)
@click.option(
    "-o",
    "--output",
    "--format",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="Form of the report.",
)
@click.option("--save", type=_FILE, metavar="FILE", help="Write to a new FILE instead of stdout.")
@pass_invocation
def show_run(invocation: Invocation, run: str | None, output: str, save: Path | None) -> None:
    """Render one run."""
    with open_journal(invocation, to_read=True) as journal:
        record = journal.record(run or _latest(journal))
    if save is not None:
        _save(invocation, record, output, save)
    else:
        put_run(invocation, record, output)


@contextlib.contextmanager
def open_journal(invocation: Invocation, *, to_read: bool = False) -> Iterator[Journal]:
    """Open the journal in the state folder, which is made where it is missing and written to."""
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.settings import state_folder, state_folder_to_read

    environment = invocation.environment
    folder = (state_folder_to_read if to_read else state_folder)(environment.environ)
    with Journal(folder, clock=environment.clock, chance=random.random) as journal:
        yield journal


def put_run(
    invocation: Invocation,
    record: RunRecord,
    output: str,
    written: Sequence[ReportWritten] = (),
) -> None:
    """Write the report on a run to stdout."""
    from hostscan_automation.cli.render_data import OutputFormat, write_report
    from hostscan_automation.cli.render_run import show_run as show_table
    from hostscan_automation.playbook.model import ReportFormat
    from hostscan_automation.reports.formats import render

    if output == "table":
        show_table(invocation.out.data, record, written)
    elif output in {"markdown", "html"}:
        invocation.out.data.write(render(record, ReportFormat(output)))
    else:
        write_report(invocation.out.data, record, OutputFormat(output))


def _records(invocation: Invocation, journal: Journal, run_ids: list[str]) -> Iterator[RunRecord]:
    for run_id in run_ids:
        try:
            yield journal.record(run_id)
        except JournalError as error:
            invocation.out.people.warning(f"run {run_id} is left out: {error.message}")


def _latest(journal: Journal) -> str:
    runs = journal.runs()
    if not runs:
        raise JournalError("there are no runs yet", hint="hostscan run PLAYBOOK makes one.")
    return runs[0].run_id


def _save(invocation: Invocation, record: RunRecord, output: str, path: Path) -> None:
    from hostscan_automation.playbook.model import ReportFormat
    from hostscan_automation.reports.formats import format_of
    from hostscan_automation.reports.places import ReportPlace
    from hostscan_automation.reports.writing import write_reports

    if output in {"jsonl", "yaml"}:
        raise click.UsageError(f"a report has no form {output}", click.get_current_context())
    form = format_of(str(path)) if output == "table" else ReportFormat(output)
    (written,) = write_reports(record, [ReportPlace(form, path.absolute(), record.run_id)])
    if written.error is not None:
        raise ReportError(f"report {str(path)!r} cannot be written: {written.error}")
    invocation.out.people.line(f"written: {written.path}")
