"""From a playbook or a filter to a plan, the same way for every command that makes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.cli.connection import progress_of, settings_of
from hostscan_automation.cli.exits import ExitCode
from hostscan_automation.cli.render_data import OutputFormat, write_plan
from hostscan_automation.cli.render_plan import show_plan
from hostscan_automation.cli.variables import read_variables
from hostscan_automation.playbook.loading import load_playbook
from hostscan_automation.runner import Guard, Work, make_plan, work_of_filter, work_of_playbook
from hostscan_automation.wiring import guard_of

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from hostscan_automation.api.client import HostScanReader
    from hostscan_automation.cli.acting_options import PlanningFlags
    from hostscan_automation.cli.invocation import Invocation
    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.playbook.model import Playbook
    from hostscan_automation.settings import Settings


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be done, and where; nothing was asked of the server yet.

    Attributes:
        guard: What the profile limits and protects.
        playbook: None for work that comes from flags.
        job_ids: The jobs that were named one by one, if any.
    """

    settings: Settings
    guard: Guard
    work: Work
    playbook: Playbook | None = None
    job_ids: tuple[UUID, ...] = ()

    @property
    def file(self) -> str | None:
        """The playbook's file, for the journal."""
        return None if self.playbook is None else str(self.playbook.file)


def prepared_playbook(invocation: Invocation, path: Path, flags: PlanningFlags) -> Prepared:
    """Load the playbook first: a fault in it needs no server, and it may name the profile.

    Raises:
        PlaybookError: The playbook is wrong.
        SettingsError: Server or sign-in are not set.
    """
    playbook = load_playbook(path, variables=read_variables(flags.variables))
    settings = settings_of(invocation, playbook.profile)
    guard = guard_of(settings)
    work = work_of_playbook(playbook, guard, max_jobs=flags.max_jobs)
    return Prepared(settings, guard, work, playbook)


def prepared_filter(
    invocation: Invocation, name: str, selector: Filter, flags: PlanningFlags
) -> Prepared:
    """Return the work of cancelling what a filter selects, within the profile's limits.

    Raises:
        SettingsError: Server or sign-in are not set.
    """
    settings = settings_of(invocation)
    guard = guard_of(settings)
    return Prepared(settings, guard, work_of_filter(name, selector, guard, max_jobs=flags.max_jobs))


def made_plan(invocation: Invocation, reader: HostScanReader, work: Work) -> CancelPlan:
    """Read the server and make the plan, with progress on stderr."""
    # before the progress: a one-time code may have to be waited for or typed
    reader.sign_in()
    return make_plan(reader, work, progress=progress_of(invocation))


def put_plan(invocation: Invocation, plan: CancelPlan, output: str) -> None:
    """Write a plan to stdout."""
    if output == "table":
        show_plan(invocation.out.data, plan)
    else:
        write_plan(invocation.out.data, plan, OutputFormat(output))


def code_of(plan: CancelPlan, flags: PlanningFlags) -> ExitCode:
    """Return the exit code of a plan that is not carried out."""
    if plan.refusals:
        return ExitCode.REFUSED
    if flags.require_match and not plan.counts.matched:
        return ExitCode.NOTHING_MATCHED
    return ExitCode.DONE
