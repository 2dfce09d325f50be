"""Carry out a plan at a terminal: show it, ask, act, report, and say how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.api.client import HostScanClient
from hostscan_automation.cli.connection import progress_of, reading
from hostscan_automation.cli.exits import ExitCode
from hostscan_automation.cli.interrupts import SpokenStop
from hostscan_automation.cli.planning import Prepared, code_of, made_plan, put_plan
from hostscan_automation.cli.question import ask_to_cancel
from hostscan_automation.cli.render_plan import names_text, show_plan
from hostscan_automation.cli.render_run import show_written
from hostscan_automation.cli.runs_commands import open_journal, put_run
from hostscan_automation.cli.wanted_reports import check_places, wanted_reports, write_wanted
from hostscan_automation.errors import HostscanError
from hostscan_automation.reports.wording import counted
from hostscan_automation.runner import (
    Guard,
    Occasion,
    Runner,
    refuse_beyond_limits,
    refuse_without_role,
)
from hostscan_automation.runs.means import Means
from hostscan_automation.runs.record import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from hostscan_automation.api.client import CancelAccepted, HostScanReader
    from hostscan_automation.cli.acting_options import ActingFlags, PlanningFlags
    from hostscan_automation.cli.invocation import Invocation
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.playbook.model import ReportRequest
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.record import RunRecord


def play(
    invocation: Invocation,
    prepared: Prepared,
    planning: PlanningFlags,
    acting: ActingFlags,
    output: str,
) -> ExitCode:
    """Plan with a client that cannot change; only after the question one that can is made.

    Raises:
        PlanRefusedError: A limit, a missing role, or somebody said no; nothing was sent.
    """
    reports = wanted_reports(prepared.playbook, acting.reports)
    with reading(invocation, prepared.settings) as reader:
        plan = made_plan(invocation, reader, prepared.work)
        tell_unselected(invocation, plan, prepared.job_ids)
        if acting.dry_run:
            put_plan(invocation, plan, output)
            return code_of(plan, planning)
        confirm(invocation, reader, plan, reports, yes=acting.yes)
        occasion = Occasion(acting.reason, prepared.file, reports)
        code = act(invocation, reader, plan, occasion, prepared.guard, output)
    return code or code_of(plan, planning)


def tell_unselected(invocation: Invocation, plan: CancelPlan, job_ids: Sequence[UUID]) -> None:
    """Say which of the jobs that were named one by one the plan does not hold."""
    held = {job.job_id for job in plan.jobs} | {job.job_id for job in plan.undecided}
    missing = [str(job_id) for job_id in job_ids if job_id not in held]
    if missing:
        invocation.out.people.warning(
            f"{len(missing)} of {counted(len(job_ids), 'job')} not selected (ended, Scheduled, not"
            f" on the server, or left out by a filter): {names_text(missing)}"
        )


def act(
    invocation: Invocation,
    reader: HostScanReader,
    plan: CancelPlan,
    occasion: Occasion,
    guard: Guard,
    output: str,
) -> ExitCode:
    """Carry out a plan that was confirmed, in the reader's session."""
    client = HostScanClient.of(reader)
    with open_journal(invocation) as journal:
        run = TerminalRun(invocation, client, journal, guard, output)
        return run.play(lambda runner: runner.run(plan, occasion), occasion.reports)


class TerminalRun:
    """Everything a run needs of the terminal it was started from.

    Args:
        output: Form of the report on stdout.
    """

    def __init__(
        self,
        invocation: Invocation,
        client: HostScanClient,
        journal: Journal,
        guard: Guard,
        output: str,
    ) -> None:
        self._invocation = invocation
        self._output = output
        self._stop = SpokenStop(invocation.environment.stderr)
        self._canceller = _Canceller(client)
        means = Means(
            reader=client,
            canceller=self._canceller,
            clock=invocation.environment.clock,
            stop=self._stop,
            progress=progress_of(invocation),
        )
        self.runner = Runner(client, journal, means, guard=guard)

    def play(
        self, work: Callable[[Runner], RunRecord], reports: tuple[ReportRequest, ...]
    ) -> ExitCode:
        """Do work that may cancel, tell of it, and return how it ended.

        Once a cancel may have left, only the outcomes decide the exit code.
        """
        try:
            record = work(self.runner)
        except HostscanError as error:
            if not self._canceller.has_sent:
                raise
            self._invocation.say_error(error)
            return ExitCode.NOT_ALL_DONE
        tell(self._invocation, record, reports, self._output)
        if self._stop.is_requested and record.state is RunState.INTERRUPTED:
            return ExitCode.INTERRUPTED
        return ExitCode.DONE if record.is_all_done else ExitCode.NOT_ALL_DONE


def confirm(
    invocation: Invocation,
    client: HostScanReader,
    plan: CancelPlan,
    reports: tuple[ReportRequest, ...],
    *,
    yes: bool,
) -> None:
    """Show the plan, look whether anything stands in its way, and ask.

    Raises:
        PlanRefusedError: A limit, a missing role, or somebody said no; nothing was sent.
        ReportError: A report could not be written.
    """
    show_plan(invocation.out.people, plan)
    refuse_beyond_limits(plan)
    refuse_without_role(client)
    check_places(reports, plan.playbook.name)
    if plan.to_cancel and not yes:
        ask_to_cancel(invocation, len(plan.to_cancel))


def tell(
    invocation: Invocation, record: RunRecord, reports: tuple[ReportRequest, ...], output: str
) -> None:
    """Write the reports, and the one on stdout; what cannot be written changes nothing."""
    written = write_wanted(record, reports)
    try:
        put_run(invocation, record, output, written)
        invocation.out.data.flush()
    except OSError as error:
        invocation.out.people.warning(
            f"report was not printed: {error.strerror or error}; see it with:"
            f" hostscan runs show {record.run_id}"
        )
    if output != "table":
        show_written(invocation.out.people, written)


class _Canceller:
    """Passes cancels on, and remembers that one was."""

    def __init__(self, client: HostScanClient) -> None:
        self._client = client
        self.has_sent = False

    def cancel_job(self, job_id: UUID) -> CancelAccepted:
        """Send one cancel."""
        self.has_sent = True
        return self._client.cancel_job(job_id)
