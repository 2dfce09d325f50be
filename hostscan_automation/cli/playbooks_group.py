"""`hostscan playbooks`: the playbooks that come with it, and checking one's own."""

from __future__ import annotations

from hostscan_automation.cli.commands import LazyCommand, group

playbooks = group(
    "playbooks",
    summary="List and copy the playbooks that come with hostscan, and check your own.",
    commands={
        "list": LazyCommand("playbook_commands:list_playbooks", "List the ready playbooks."),
        "copy": LazyCommand("playbook_commands:copy", "Copy a ready playbook to work on."),
        "validate": LazyCommand("playbook_commands:validate", "Check playbooks; nothing is run."),
        "schema": LazyCommand("playbook_commands:schema", "Print the JSON Schema for editors."),
    },
)
