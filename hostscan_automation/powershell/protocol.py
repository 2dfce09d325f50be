"""Every method of the bridge, in one table: what it takes, what it streams, what it answers.

`protocol.json` beside this file is the same table for readers and for tests of the other side:

    python -m hostscan_automation.powershell.protocol > protocol.json
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from hostscan_automation.powershell import objects, parameters

PROTOCOL = 1


class Greeting(TypedDict):
    """Who answers."""

    protocol: int
    version: str
    python: str
    pid: int


class Listed(TypedDict):
    """How many jobs were looked at, how many were meant, how many could not be decided."""

    listed: int
    matched: int
    undecided: int


class Waited(TypedDict):
    """Ids of the jobs that were not there in time."""

    waiting: list[str]


class RunEnded(TypedDict):
    """How a run ended, and what had been sent by then; null where nothing was left to send."""

    run: objects.Run | None


class PlaybookEnded(TypedDict):
    """How the run of a playbook ended, and the reports that were written."""

    run: objects.Run
    reports: list[str]


class Planned(TypedDict):
    """A plan, after its jobs."""

    plan: objects.Plan


class Validated(TypedDict):
    """Whether a file is right."""

    valid: bool


class Exported(TypedDict):
    """The file that was written."""

    path: str


class Ported(TypedDict):
    """What was found in an example; its translation travels before this, in pieces."""

    diagnostics: list[objects.Diagnostic]


class Empty(TypedDict):
    """Nothing to say."""


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """What one method takes and gives.

    Attributes:
        item: What its `results` notifications hold; None where it sends none.
        reply: The `result` of its answer.
        changes: Whether it can change anything on the server.
    """

    parameters: type[parameters.Parameters]
    item: type | None
    reply: type
    does: str
    changes: bool = False


METHODS: dict[str, MethodSpec] = {
    "initialize": MethodSpec(
        parameters.Initialize, None, Greeting, "Agree on the protocol; comes before all others."
    ),
    "connect": MethodSpec(parameters.Connect, objects.Session, Empty, "Sign in to a server."),
    "disconnect": MethodSpec(parameters.Nothing, None, Empty, "Forget token and server."),
    "session": MethodSpec(
        parameters.Nothing, objects.Session, Empty, "Tell who is signed in where."
    ),
    "connection.test": MethodSpec(
        parameters.TestConnection, objects.ConnectionTest, Empty, "Look at a server."
    ),
    "jobs.list": MethodSpec(
        parameters.ListJobs, objects.Job, Listed, "List the jobs that a filter means."
    ),
    "jobs.detail": MethodSpec(
        parameters.ReadJobs, objects.Job, Empty, "Read jobs by their id or by their host."
    ),
    "jobs.cancel": MethodSpec(
        parameters.CancelJobs, objects.StopResult, RunEnded, "Cancel jobs as one run.", changes=True
    ),
    "jobs.wait": MethodSpec(
        parameters.WaitForJobs, objects.Job, Waited, "Wait until jobs have a certain status."
    ),
    "jobs.schedule": MethodSpec(
        parameters.ScheduleJobs, objects.Job, Empty, "Ask for scans of hosts.", changes=True
    ),
    "playbook.validate": MethodSpec(
        parameters.ValidatePlaybook,
        objects.Diagnostic,
        Validated,
        "Tell what is wrong with a file.",
    ),
    "playbook.plan": MethodSpec(
        parameters.PlanPlaybook, objects.PlannedStop, Planned, "Plan a playbook, change nothing."
    ),
    "playbook.apply": MethodSpec(
        parameters.ApplyPlan,
        objects.StopResult,
        PlaybookEnded,
        "Carry out a plan of this session.",
        changes=True,
    ),
    "runs.list": MethodSpec(
        parameters.ListRuns, objects.Run, Empty, "List the latest runs on this machine."
    ),
    "run.show": MethodSpec(
        parameters.ShowRun, objects.StopResult, RunEnded, "Tell a run job by job."
    ),
    "report.export": MethodSpec(
        parameters.ExportReport, None, Exported, "Write a run's report to a file."
    ),
    "example.port": MethodSpec(
        parameters.PortExample, str, Ported, "Translate a documented example."
    ),
    "shutdown": MethodSpec(parameters.Nothing, None, Empty, "End the process."),
}

NOTIFICATIONS = {
    "cancel": "client: stop the call `id`; it still answers.",
    "results": "server: items of the call `request`, at most 100 and 256 kB a line.",
    "progress": "server: the call `request` has `done` of `total` (or null) things.",
    "warning": "server: a `message` that the person must see.",
    "itemError": "server: one of several items failed; `error` is as in a reply.",
}


def to_json() -> dict[str, Any]:
    """Return the table as plain data, with a JSON Schema for everything that travels."""
    shapes = {spec.item.__name__: spec.item for spec in METHODS.values() if spec.item}
    return {
        "protocol": PROTOCOL,
        "framing": "JSON-RPC 2.0, one object a line, ASCII, newline",
        "notifications": NOTIFICATIONS,
        "methods": {name: _method(spec) for name, spec in METHODS.items()},
        "items": {name: _schema(shape) for name, shape in shapes.items()},
    }


def _method(spec: MethodSpec) -> dict[str, Any]:
    return {
        "does": spec.does,
        "changes": spec.changes,
        "params": _schema(spec.parameters),
        "item": spec.item.__name__ if spec.item else None,
        "result": _schema(spec.reply),
    }


def _schema(shape: type) -> Any:
    return _without_titles(TypeAdapter(shape).json_schema())


def _without_titles(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _without_titles(member)
                for key, member in value.items()
                if not (key == "title" and isinstance(member, str))
            }
        case list():
            return [_without_titles(item) for item in value]
        case _:
            return value


if __name__ == "__main__":
    print(json.dumps(to_json(), indent=1, sort_keys=True))  # noqa: T201 - its one purpose
