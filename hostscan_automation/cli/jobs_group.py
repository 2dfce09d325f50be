"""`hostscan jobs`: single jobs, without a playbook."""

from __future__ import annotations

from hostscan_automation.cli.commands import LazyCommand, group

jobs = group(
    "jobs",
    summary="List, show, cancel and schedule host scan jobs, one by one or by filter.",
    commands={
        "list": LazyCommand("job_reading:list_jobs", "List jobs, all or by filter."),
        "show": LazyCommand("job_reading:show_jobs", "Show jobs in detail."),
        "cancel": LazyCommand("job_cancelling:cancel", "Cancel jobs by id or by filter."),
        "schedule": LazyCommand("job_changing:schedule", "Schedule scans of hosts."),
        "stop-host": LazyCommand("job_changing:stop_host", "Stop the scan of one host in a job."),
    },
)
