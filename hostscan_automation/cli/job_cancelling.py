"""`hostscan jobs cancel`: the same plan, protection, limits, question and journal as `run`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.acting_options import (
    ActingFlags,
    PlanningFlags,
    acting_options,
    dry_run_option,
    limit_options,
)
from hostscan_automation.cli.commands import command
from hostscan_automation.cli.filter_options import FilterFlags, filter_options
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import connection_options, gathered, output_option

if TYPE_CHECKING:
    from hostscan_automation.cli.exits import ExitCode

_NAME = "jobs cancel"
_HELP = """\
Cancel jobs by id, or those that all given filters fit.

ID is the id of a job as `jobs list` shows it; - reads ids from standard input. The filters are
those of `jobs list`, with one difference: --host, --ip, --os and --failure-reason must fit every
host of a job, unless --any-host is given. Jobs that have ended are never selected, and jobs with
the status Scheduled only by --status Scheduled.

A plan is shown and asked for, limits and the profile's protect clauses hold, and every cancel is
journalled, exactly as with `hostscan run`."""


@command(
    "cancel",
    help=_HELP,
    examples="""\
hostscan jobs cancel 3f2504e0-4f89-11d3-9a0c-0305e82c3301
hostscan jobs cancel --status Queued --host "lab-*" --older-than 6h --dry-run
hostscan jobs list --status Paused -o jsonl | jq -r .id | hostscan jobs cancel - --yes""",
)
@click.argument("ids", metavar="[ID...]", nargs=-1)
@filter_options
@click.option(
    "--any-host", is_flag=True, help="The host filters need to fit only one host of a job."
)
@dry_run_option
@limit_options
@acting_options
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@gathered(FilterFlags, "flags")
@gathered(PlanningFlags, "planning")
@gathered(ActingFlags, "acting")
@pass_invocation
def cancel(
    invocation: Invocation,
    ids: tuple[str, ...],
    output: str,
    flags: FilterFlags,
    planning: PlanningFlags,
    acting: ActingFlags,
) -> ExitCode:
    """Make the filter a plan of one step, and play it."""
    from hostscan_automation.cli.acting import play
    from hostscan_automation.cli.ids import read_ids
    from hostscan_automation.cli.planning import prepared_filter

    job_ids = read_ids(invocation, ids)
    if ids and not job_ids:
        raise click.UsageError("no id stands on standard input", click.get_current_context())
    selector = flags.read(job_ids)
    if selector is None:
        raise click.UsageError(
            "which jobs? give ids or filters; every job is: --where 'all_jobs: true'",
            click.get_current_context(),
        )
    prepared = prepared_filter(invocation, _NAME, selector, planning)
    return play(invocation, replace(prepared, job_ids=tuple(job_ids)), planning, acting, output)
