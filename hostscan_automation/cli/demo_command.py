"""`hostscan demo`: the main job from start to end on a simulated server, with a person watching."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.exits import ExitCode
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.errors import PlanRefusedError, ReportError
from hostscan_automation.reports.wording import counted

if TYPE_CHECKING:
    from hostscan_automation.api.client import HostScanReader
    from hostscan_automation.cli.render import Screen
    from hostscan_automation.simulator import Simulator

PLAYBOOK = "cancel-stuck-in-queue"
_HELP = """\
Watch the main job on a simulated server: list, plan, cancel, confirm, report.

Nothing has to be set up, and nothing real is touched: the server runs inside this command and ends
with it. The reports stay in a folder that is named at the end. Without a terminal nothing is
asked."""


@command("demo", help=_HELP, examples="hostscan demo\nhostscan demo --folder my-demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Leave the reports here instead of in a new temporary folder.",
)
@pass_invocation
def demo(invocation: Invocation, folder: Path | None) -> ExitCode:
    """Start the server, play the playbook, and say what to type next."""
    from hostscan_automation.simulator import Simulator, SimulatorConfig

    place = _made(folder)
    with Simulator(SimulatorConfig()) as server:
        code = _perform(_on_stage(invocation, server, place), server, place)
    if code is ExitCode.INTERRUPTED:
        return code
    _tell_what_next(invocation.out.data, place)
    return ExitCode.DONE


def _made(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="hostscan-demo-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"folder {str(folder)!r} cannot be made: {error.strerror or error}"
        ) from None
    return folder.absolute()


def _on_stage(invocation: Invocation, server: Simulator, folder: Path) -> Invocation:
    """Return an invocation that knows this server only, and says everything on one stream."""
    environment = replace(
        invocation.environment,
        stderr=invocation.environment.stdout,
        environ={
            **{
                name: value
                for name, value in invocation.environment.environ.items()
                if not name.startswith("HOSTSCAN_")
            },
            **server.environment,
            "HOSTSCAN_STATE_DIR": str(folder / "state"),
            "HOSTSCAN_CONFIG": str(folder / "no-profiles.toml"),
        },
    )
    return replace(Invocation.of(environment), logs=invocation.logs)


def _perform(stage: Invocation, server: Simulator, folder: Path) -> ExitCode:
    from hostscan_automation.cli.acting import act, confirm
    from hostscan_automation.cli.acting_options import PlanningFlags
    from hostscan_automation.cli.connection import reading
    from hostscan_automation.cli.planning import made_plan, prepared_playbook
    from hostscan_automation.cli.wanted_reports import wanted_reports
    from hostscan_automation.playbook.collection import copy_playbook
    from hostscan_automation.runner import Occasion

    screen = stage.out.data
    screen.line(f"A simulated server is running at {server.url}. No real server is touched.")
    playbook, *_ = copy_playbook(PLAYBOOK, folder)
    prepared = prepared_playbook(stage, playbook, PlanningFlags())
    reports = wanted_reports(prepared.playbook, ())
    with reading(stage, prepared.settings) as reader:
        _heading(screen, "1. Sign in and look at the jobs", "hostscan jobs list")
        _list(screen, reader)
        _heading(screen, "2. Plan", f"hostscan plan {PLAYBOOK}.yaml")
        plan = made_plan(stage, reader, prepared.work)
        try:
            confirm(stage, reader, plan, reports, yes=not stage.environment.has_person)
        except PlanRefusedError as error:
            screen.line(f"{error.message}. So it ends here, as it would on a real server.")
            return ExitCode.DONE
        _heading(screen, "3. Cancel, confirm, report", f"hostscan run {PLAYBOOK}.yaml")
        occasion = Occasion("hostscan demo", str(playbook), reports)
        return act(stage, reader, plan, occasion, prepared.guard, "table")


def _list(screen: Screen, reader: HostScanReader) -> None:
    reader.sign_in()
    statuses = Counter(job.status_text for job in reader.iter_jobs())
    screen.line(f"Signed in as {reader.account} with a password and a one-time code.")
    told = ", ".join(f"{count:,} {status}" for status, count in statuses.most_common())
    screen.line(f"{counted(statuses.total(), 'job')}: {told}.")


def _heading(screen: Screen, title: str, typed: str) -> None:
    screen.line()
    screen.line(f"{title}   ({typed})", "strong")
    screen.line()


def _tell_what_next(screen: Screen, folder: Path) -> None:
    screen.line()
    screen.line("The server is gone. What it left behind is in:", "strong")
    screen.line(f"  {folder}")
    screen.line()
    screen.line("What to type next:", "strong")
    for typed, meaning in (
        ("hostscan simulate", "a server like this, to try things on"),
        (f"hostscan playbooks copy {PLAYBOOK}", "this playbook, to make it yours"),
        ("hostscan doctor --server https://YOUR-SERVER:6500", "what it takes to reach your own"),
    ):
        screen.line(f"  {typed:<50}  {meaning}")
