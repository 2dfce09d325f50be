"""`hostscan jobs list` and `hostscan jobs show`: reading, with a client that cannot change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.connection import progress_of, reading, settings_of
from hostscan_automation.cli.filter_options import FilterFlags, filter_options
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import connection_options, gathered, output_option
from hostscan_automation.reports.wording import counted
from hostscan_automation.runs.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from hostscan_automation.api.client import HostScanReader
    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.runs.progress import Progress

_LIST_HELP = """\
List host scan jobs: all of them, or those that all given filters fit.

A name with * or ? in it is a pattern. --host, --ip, --os and --failure-reason speak of one and the
same host of the job: at least one host fits them all. --where takes any clause of the filter
language that playbooks use. Who made a job and when stands in its detail: only --created-by,
--older-than and some clauses of --where read that, which takes longer."""

_SHOW_HELP = """\
Show jobs in detail: who made them, their hosts, times and failures.

ID is the id of a job as `jobs list` shows it; - reads ids from standard input, one a line."""


@command(
    "list",
    help=_LIST_HELP,
    examples="""\
hostscan jobs list --status Queued --host "lab-*"
hostscan jobs list --status Running --older-than 6h
hostscan jobs list --where "any_host: {ip: {cidr: 10.0.0.0/16}, os: {glob: '*2012*'}}"
hostscan jobs list --output csv > jobs.csv""",
)
@filter_options
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@gathered(FilterFlags, "flags")
@pass_invocation
def list_jobs(invocation: Invocation, flags: FilterFlags, output: str) -> None:
    """Stream the list, or what the filter leaves of it, to stdout."""
    wanted = replace(flags, any_host=True).read()
    settings = settings_of(invocation)
    with reading(invocation, settings) as reader:
        reader.sign_in()
        if wanted is None:
            _write_all(invocation, reader, output)
        else:
            _write_selected(invocation, reader, wanted, output)


@command(
    "show",
    help=_SHOW_HELP,
    examples="""\
hostscan jobs show 3f2504e0-4f89-11d3-9a0c-0305e82c3301
hostscan jobs show 3f2504e0-4f89-11d3-9a0c-0305e82c3301 --output json""",
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@pass_invocation
def show_jobs(invocation: Invocation, ids: tuple[str, ...], output: str) -> None:
    """Read the rows of the list and the details, and put them together."""
    from hostscan_automation.cli.ids import read_ids
    from hostscan_automation.cli.render_jobs import show_job

    job_ids = read_ids(invocation, ids)
    settings = settings_of(invocation)
    with reading(invocation, settings) as reader:
        jobs = list(_detailed(reader, job_ids))
    if output != "table":
        put_jobs(invocation, jobs, output)
        return
    for number, job in enumerate(jobs):
        if number:
            invocation.out.data.line()
        show_job(invocation.out.data, job)


def _detailed(reader: HostScanReader, job_ids: list[UUID]) -> Iterator[ScanJob]:
    # the status of a job is that of its row in the list: its detail has none
    wanted = set(job_ids)
    rows = {job.id: job for job in reader.iter_jobs() if job.id in wanted}
    for job_id in job_ids:
        detail = reader.job(job_id)
        row = rows.get(job_id)
        yield detail if row is None else row.with_detail(detail)


def _write_all(invocation: Invocation, reader: HostScanReader, output: str) -> None:
    # on a terminal the rows themselves show that it goes on, and a bar would run through them
    is_seen = invocation.out.data.is_terminal
    progress = SilentProgress() if is_seen else progress_of(invocation)
    progress.stage("listing", None)
    try:
        written = put_jobs(invocation, _told(reader.iter_jobs(), progress), output)
    finally:
        progress.end()
    if output == "table":
        invocation.out.people.line(counted(written, "job"))


def _write_selected(
    invocation: Invocation, reader: HostScanReader, wanted: Filter, output: str
) -> None:
    from hostscan_automation.runs.inventory import take_fresh_inventory
    from hostscan_automation.runs.listing import MatchingJobs

    matching = take_fresh_inventory(
        reader,
        lambda: MatchingJobs(wanted, now=reader.server_now()),
        progress=progress_of(invocation),
    )
    written = put_jobs(invocation, matching.jobs, output)
    if output == "table":
        invocation.out.people.line(f"{written:,} of {counted(matching.listed, 'job')}")
    if matching.undecided:
        invocation.out.people.warning(
            f"{counted(matching.undecided, 'job')} could not be decided, because the server does"
            " not tell a value that the filter needs"
        )


def _told(jobs: Iterable[ScanJob], progress: Progress) -> Iterator[ScanJob]:
    for job in jobs:
        progress.advance()
        yield job


def put_jobs(invocation: Invocation, jobs: Iterable[ScanJob], output: str) -> int:
    """Write jobs to stdout, and return how many there were."""
    from hostscan_automation.cli.render_data import OutputFormat, write_jobs
    from hostscan_automation.cli.render_jobs import show_jobs as show_table

    screen = invocation.out.data
    if output == "table":
        return show_table(screen, jobs)
    return write_jobs(screen, jobs, OutputFormat(output))
