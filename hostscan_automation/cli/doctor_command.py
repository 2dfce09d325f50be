"""`hostscan doctor`: what stands between this machine and a signed-in session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import connection_options, output_option

if TYPE_CHECKING:
    from hostscan_automation.cli.exits import ExitCode

_HELP = """\
Check settings, server, certificate and sign-in; change nothing.

Every check says what it found, where a setting came from, and what to do when it is not in order.
It signs in once, as every other command does, and stores no secret and no setting."""


@command(
    "doctor",
    help=_HELP,
    examples="""\
hostscan doctor
hostscan doctor --profile nps01
hostscan doctor --server nps01.example.com --login LAB\\admin""",
)
@connection_options
@output_option("table", "json", "yaml")
@pass_invocation
def doctor(invocation: Invocation, output: str) -> ExitCode:
    """Check everything and say how it is."""
    from hostscan_automation.cli.diagnosis import Diagnosis
    from hostscan_automation.cli.render_data import OutputFormat, write_document
    from hostscan_automation.cli.render_doctor import doctor_data, show_checks

    diagnosis = Diagnosis(invocation)
    diagnosis.run()
    screen = invocation.out.data
    if output == "table":
        show_checks(screen, diagnosis.checks)
    else:
        write_document(screen, doctor_data(diagnosis.checks), "checks", OutputFormat(output))
    return diagnosis.exit_code
