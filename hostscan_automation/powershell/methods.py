"""Every method, bound to one desk."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from hostscan_automation.clock import SystemClock
from hostscan_automation.powershell import (
    cancel_methods,
    example_methods,
    job_methods,
    playbook_methods,
    run_methods,
    session_methods,
)
from hostscan_automation.powershell.desk import Desk
from hostscan_automation.powershell.protocol import METHODS
from hostscan_automation.powershell.server import Handler
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from hostscan_automation.powershell.calls import Call

    Work = Callable[[Call, Any, Desk], Mapping[str, Any]]

_WORK: dict[str, Work] = {
    "initialize": session_methods.initialize,
    "connect": session_methods.connect,
    "disconnect": session_methods.disconnect,
    "session": session_methods.session,
    "connection.test": session_methods.test_connection,
    "jobs.list": job_methods.list_jobs,
    "jobs.detail": job_methods.read_jobs,
    "jobs.cancel": cancel_methods.cancel_jobs,
    "jobs.wait": job_methods.wait_for_jobs,
    "jobs.schedule": job_methods.schedule_jobs,
    "playbook.validate": playbook_methods.validate_playbook,
    "playbook.plan": playbook_methods.plan_playbook,
    "playbook.apply": playbook_methods.apply_plan,
    "runs.list": run_methods.list_runs,
    "run.show": run_methods.show_run,
    "report.export": run_methods.export_report,
    "example.port": example_methods.port_example,
    "shutdown": session_methods.shutdown,
}
_BEFORE_GREETING = frozenset({"initialize", "shutdown"})


def handlers(desk: Desk | None = None, *, redaction: Redaction | None = None) -> dict[str, Handler]:
    """Return the handlers of every method, all of them at one desk.

    Args:
        desk: Without it, one in the environment of this process.
        redaction: Learns the secrets that come to a desk of this process.
    """
    own = desk or Desk(dict(os.environ), SystemClock(), redaction or Redaction())
    return {
        name: Handler(
            METHODS[name].parameters,
            partial(_at, own, work),
            needs_greeting=name not in _BEFORE_GREETING,
            is_last=name == "shutdown",
        )
        for name, work in _WORK.items()
    }


def _at(desk: Desk, work: Work, call: Call, given: Any) -> Mapping[str, Any]:
    return work(call, given, desk)
