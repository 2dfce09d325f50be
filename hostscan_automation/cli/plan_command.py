"""`hostscan plan`: what a playbook would cancel, by a client that cannot cancel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.acting_options import PlanningFlags, planning_options
from hostscan_automation.cli.commands import command
from hostscan_automation.cli.connection import reading
from hostscan_automation.cli.exits import ExitCode
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import connection_options, gathered, output_option

if TYPE_CHECKING:
    from hostscan_automation.cli.planning import Prepared

_FILE = click.Path(path_type=Path)
_HELP = """\
Show what PLAYBOOK would cancel; nothing is changed.

Every job that is selected, protected or undecided is shown, and for each clause how many jobs it
left. --save keeps the plan for `hostscan apply`, which acts on these jobs and no others.
The exit code is 7 when a limit refuses the plan."""


@command(
    "plan",
    help=_HELP,
    examples="""\
hostscan plan nightly.yaml
hostscan plan nightly.yaml --save tonight.plan.json
hostscan plan nightly.yaml --explain 3f2504e0-4f89-11d3-9a0c-0305e82c3301""",
)
@click.argument("playbook", type=_FILE)
@click.option("--save", type=_FILE, metavar="FILE", help="Keep the plan for `hostscan apply`.")
@click.option("--explain", metavar="JOB_ID", help="Tell for one job which clause decided, and why.")
@planning_options
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@gathered(PlanningFlags, "flags")
@pass_invocation
def plan(
    invocation: Invocation,
    playbook: Path,
    save: Path | None,
    explain: str | None,
    output: str,
    flags: PlanningFlags,
) -> ExitCode:
    """Plan, show, and save."""
    from hostscan_automation.cli.planning import code_of, made_plan, prepared_playbook, put_plan
    from hostscan_automation.cli.saved_plans import save_plan

    prepared = prepared_playbook(invocation, playbook, flags)
    if explain is not None:
        _explain(invocation, prepared, explain, output)
        return ExitCode.DONE
    with reading(invocation, prepared.settings) as reader:
        made = made_plan(invocation, reader, prepared.work)
    put_plan(invocation, made, output)
    if save is not None:
        replaced = " in the place of an older plan" if save_plan(made, save) else ""
        invocation.out.people.line(f"Saved{replaced}. To carry it out: hostscan apply {save}")
    return code_of(made, flags)


def _explain(invocation: Invocation, prepared: Prepared, job: str, output: str) -> None:
    from hostscan_automation.cli.ids import read_ids
    from hostscan_automation.cli.render_data import OutputFormat, write_document
    from hostscan_automation.cli.render_explain import explanation_data, show_explanation
    from hostscan_automation.jobs.explanation import explain

    (job_id,) = read_ids(invocation, [job])
    with reading(invocation, prepared.settings) as reader:
        reader.sign_in()
        row = next((one for one in reader.iter_jobs() if one.id == job_id), None)
        detail = reader.job(job_id)
        found = detail if row is None else row.with_detail(detail)
        explanation = explain(prepared.work.selection, found, reader.server_now())
    if output == "table":
        show_explanation(invocation.out.data, explanation)
    else:
        form = OutputFormat(output)
        write_document(invocation.out.data, explanation_data(explanation), "steps", form)
