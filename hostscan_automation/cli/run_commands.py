"""`hostscan run`, `apply` and `resume`: the commands that cancel what a playbook means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.acting_options import (
    ActingFlags,
    PlanningFlags,
    acting_options,
    dry_run_option,
    limit_options,
    planning_options,
)
from hostscan_automation.cli.commands import command
from hostscan_automation.cli.connection import changing, settings_of
from hostscan_automation.cli.exits import ExitCode
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import connection_options, gathered, output_option

if TYPE_CHECKING:
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.rows import RunSummary

NOTHING_TO_RESUME_SCHEMA = "hostscan/nothing-to-resume/1"
_FILE = click.Path(path_type=Path)
_RUN_HELP = """\
Run PLAYBOOK: make a plan, show it, ask, cancel, look whether the jobs are cancelled, report.

Above 25 jobs the question wants their number; without a terminal and without --yes the answer is
no. Ctrl+C finishes what is in flight and reports; `hostscan resume` goes on later.
Exit codes: 0 done, 7 refused or declined, 8 some jobs are not done (see the report)."""
_APPLY_HELP = """\
Carry out a plan that `hostscan plan --save` kept.

The server is read again: a job is cancelled only if it is in the plan, still matches and still has
the same hosts; all others are reported as drifted. A plan is used once, holds for an hour, and is
refused when it was edited."""
_RESUME_HELP = """\
Go on with a run that was cut short: by Ctrl+C, its deadline, a crash or a power failure.

RUN is its id as `runs list` shows it; without it, the latest unfinished run. What became of each
open job is read from the server first; the report covers the whole plan."""


@command(
    "run",
    help=_RUN_HELP,
    examples="""\
hostscan run nightly.yaml --dry-run
hostscan run nightly.yaml --reason "CHG0012345"
hostscan run nightly.yaml --yes --report html:reports/{name}-{run_id}.html""",
)
@click.argument("playbook", type=_FILE)
@dry_run_option
@planning_options
@acting_options
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@gathered(PlanningFlags, "planning")
@gathered(ActingFlags, "acting")
@pass_invocation
def run(
    invocation: Invocation,
    playbook: Path,
    output: str,
    planning: PlanningFlags,
    acting: ActingFlags,
) -> ExitCode:
    """Load the playbook, and play it."""
    from hostscan_automation.cli.acting import play
    from hostscan_automation.cli.planning import prepared_playbook

    prepared = prepared_playbook(invocation, playbook, planning)
    return play(invocation, prepared, planning, acting, output)


@command(
    "apply",
    help=_APPLY_HELP,
    examples="""\
hostscan apply tonight.plan.json
hostscan apply tonight.plan.json --yes --output json""",
)
@click.argument("plan", type=_FILE)
@limit_options
@acting_options
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@gathered(PlanningFlags, "planning")
@gathered(ActingFlags, "acting")
@pass_invocation
def apply(
    invocation: Invocation, plan: Path, output: str, planning: PlanningFlags, acting: ActingFlags
) -> ExitCode:
    """Check that the plan is whole, still holds and is meant for this server; then act on it."""
    from hostscan_automation.cli.acting import TerminalRun, confirm
    from hostscan_automation.cli.planning import code_of
    from hostscan_automation.cli.runs_commands import open_journal
    from hostscan_automation.cli.saved_plans import read_plan
    from hostscan_automation.cli.wanted_reports import wanted_reports
    from hostscan_automation.runner import Occasion
    from hostscan_automation.wiring import guard_of

    saved = read_plan(plan)
    reports = wanted_reports(None, acting.reports)
    settings = settings_of(invocation)
    occasion = Occasion(acting.reason, reports=reports)
    with changing(invocation, settings) as client, open_journal(invocation) as journal:
        run = TerminalRun(invocation, client, journal, guard_of(settings), output)
        run.runner.check_saved(saved, max_jobs=planning.max_jobs)
        confirm(invocation, client, saved, reports, yes=acting.yes)
        code = run.play(lambda runner: runner.apply(saved, occasion), reports)
    return code or code_of(saved, planning)


@command(
    "resume",
    help=_RESUME_HELP,
    examples="hostscan resume\nhostscan resume 20260131-223000-0a1b2c --yes",
)
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask. Protect clauses still hold.")
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@pass_invocation
def resume(invocation: Invocation, run_id: str | None, yes: bool, output: str) -> ExitCode:
    """Find the run, ask, go on with it, and report the whole of it."""
    from hostscan_automation.cli.runs_commands import open_journal

    with open_journal(invocation) as journal:
        unfinished = _unfinished(journal, run_id)
        if unfinished is not None:
            return _go_on(invocation, journal, unfinished, output, yes=yes)
    if output == "json":
        invocation.out.data.write(f"{json.dumps({'schema': NOTHING_TO_RESUME_SCHEMA})}\n")
    invocation.out.people.line(
        f"nothing to resume: {'every run' if run_id is None else f'run {run_id}'} is finished"
    )
    return ExitCode.DONE


def _unfinished(journal: Journal, run_id: str | None) -> RunSummary | None:
    """Return the run that is meant, or None where nothing is left to do."""
    from hostscan_automation.runs.record import RunState

    if run_id is None:
        return journal.latest_unfinished()
    journal.record(run_id)  # says so where there is none
    named = (run for run in journal.runs() if run.run_id == run_id)
    return next((run for run in named if run.state is not RunState.FINISHED), None)


def _left(journal: Journal, run_id: str) -> int:
    """Return how many jobs of a run may still be cancelled."""
    from hostscan_automation.jobs.outcome import Outcome
    from hostscan_automation.jobs.plan import Disposition

    open_ = {None, Outcome.NOT_ATTEMPTED, Outcome.UNCERTAIN}
    return sum(
        job.disposition is Disposition.CANCEL and job.outcome in open_
        for job in journal.record(run_id).jobs
    )


def _go_on(
    invocation: Invocation, journal: Journal, unfinished: RunSummary, output: str, *, yes: bool
) -> ExitCode:
    from hostscan_automation.cli.acting import TerminalRun
    from hostscan_automation.cli.question import ask_to_cancel
    from hostscan_automation.cli.wanted_reports import reports_of_data
    from hostscan_automation.wiring import guard_of

    settings = settings_of(invocation)
    reports = reports_of_data(unfinished.reports)
    guard = guard_of(settings)
    left = _left(journal, unfinished.run_id)
    invocation.out.people.line(
        f"Run {unfinished.run_id} of playbook {unfinished.playbook_name} on {unfinished.server}:"
        f" {left} of {unfinished.planned} jobs are not settled yet."
    )
    if left and not yes:
        ask_to_cancel(invocation, left)
    with changing(invocation, settings) as client:
        run = TerminalRun(invocation, client, journal, guard, output)
        return run.play(lambda runner: runner.resume(unfinished.run_id), reports)
