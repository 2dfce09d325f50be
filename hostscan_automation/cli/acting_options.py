"""Options of the commands that cancel, and of those that show what would be cancelled."""

from __future__ import annotations

from dataclasses import dataclass

import click

from hostscan_automation.cli.options import stacked
from hostscan_automation.cli.variables import variable_option

limit_options = stacked(
    click.option(
        "--max-jobs",
        type=click.IntRange(0),
        metavar="N",
        help="Refuse to cancel more than N jobs; lowers the limits, never raises them.",
    ),
    click.option(
        "--require-match", is_flag=True, help="End with exit code 9 when no job is selected."
    ),
)

planning_options = stacked(variable_option, limit_options)

dry_run_option = click.option("--dry-run", is_flag=True, help="Only show the plan.")

acting_options = stacked(
    click.option("--yes", is_flag=True, help="Do not ask. Limits and protect clauses still hold."),
    click.option("--reason", metavar="TEXT", help="Why; stands in the journal and the reports."),
    click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT:PATH",
        help="Write a report more: json, csv, markdown or html. {name} and {run_id} are filled in.",
    ),
)


@dataclass(frozen=True, slots=True)
class PlanningFlags:
    """What shapes and bounds a plan."""

    variables: tuple[str, ...] = ()
    max_jobs: int | None = None
    require_match: bool = False


@dataclass(frozen=True, slots=True)
class ActingFlags:
    """How a run is started and told of."""

    dry_run: bool = False
    yes: bool = False
    reason: str | None = None
    reports: tuple[str, ...] = ()
