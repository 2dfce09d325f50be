"""`hostscan runs`: what was done in the past, out of the journal."""

from __future__ import annotations

from hostscan_automation.cli.commands import LazyCommand, group

runs = group(
    "runs",
    summary="Show the runs of the past; the journal keeps every one.",
    commands={
        "list": LazyCommand("runs_commands:list_runs", "List runs, the latest first."),
        "show": LazyCommand("runs_commands:show_run", "Show a run, or write its report again."),
    },
)
