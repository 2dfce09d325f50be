"""The root of the command line: every command by name, and the page a newcomer sees."""

from __future__ import annotations

import sys
from typing import Any

import click

from hostscan_automation.cli.commands import LazyCommand, LazyGroup
from hostscan_automation.cli.invocation import Invocation
from hostscan_automation.cli.options import connection_options, logging_options

_SECTIONS = {
    "Try it": {
        "demo": LazyCommand("demo_command:demo", "Watch it work, on a simulated server."),
        "simulate": LazyCommand("simulate_command:simulate", "Run a simulated server."),
        "doctor": LazyCommand("doctor_command:doctor", "Check settings, server and sign-in."),
    },
    "Playbooks": {
        "playbooks": LazyCommand("playbooks_group:playbooks", "List, copy and check playbooks."),
        "plan": LazyCommand("plan_command:plan", "Show what a playbook would cancel."),
        "run": LazyCommand("run_commands:run", "Plan, ask, cancel, confirm, report."),
        "apply": LazyCommand("run_commands:apply", "Carry out a saved plan."),
        "resume": LazyCommand("run_commands:resume", "Go on with a run that was cut short."),
        "runs": LazyCommand("runs_group:runs", "Show the runs of the past."),
    },
    "Single jobs": {
        "jobs": LazyCommand("jobs_group:jobs", "List, show, cancel and schedule scan jobs."),
    },
    "PowerShell": {
        "powershell": LazyCommand(
            "powershell_commands:powershell", "Install the PowerShell module."
        ),
        "port": LazyCommand(
            "port_command:port", "Turn a documented PowerShell example into something that runs."
        ),
        "bridge": LazyCommand(
            "powershell_commands:bridge", "Serve the PowerShell module (it calls this itself)."
        ),
    },
}

_WELCOME = """\
hostscan cancels host scan jobs of Netwrix Privilege Secure in bulk, and safely:
it shows a plan, asks, cancels, and then looks whether the jobs are really cancelled.

New here?
  hostscan demo                      watch it work on a simulated server; nothing is needed
  hostscan doctor                    check what it takes to reach your own server
  hostscan playbooks list            the ready playbooks; 'playbooks copy' makes one yours
  hostscan plan PLAYBOOK             see what would be cancelled; nothing is
  hostscan run PLAYBOOK              plan, ask, cancel, confirm, report

hostscan --help lists every command; hostscan COMMAND --help has examples.
"""


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from importlib.metadata import version

    python = ".".join(str(part) for part in sys.version_info[:3])
    click.echo(f"hostscan {version('hostscan-automation')} (Python {python})")
    context.exit()


@click.group(
    "hostscan",
    cls=LazyGroup,
    sections=_SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every command explains itself with examples: hostscan COMMAND --help",
)
@logging_options
@connection_options
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
    help="Show the version and exit.",
)  # fmt: skip
@click.pass_context
def root(context: click.Context, /, **_: Any) -> None:
    """List, select and cancel host scan jobs of Netwrix Privilege Secure, in bulk and safely."""
    if context.invoked_subcommand is None:
        context.ensure_object(Invocation).out.data.write(_WELCOME)
