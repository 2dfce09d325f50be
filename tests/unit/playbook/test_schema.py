from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.jobs.fields import HOST_FIELDS, JOB_FIELDS
from hostscan_automation.jobs.operators import OPERATORS
from hostscan_automation.playbook.collection import shipped_folder
from hostscan_automation.playbook.document import parse_document
from hostscan_automation.playbook.frame import PlaybookFrame
from hostscan_automation.playbook.schema import SCHEMA_FILE, playbook_schema, schema_text
from tests.unit.playbook import json_schema
from tests.unit.playbook.test_loading import SMALL, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.playbook.conftest import Desk

SCHEMA = playbook_schema()
SHIPPED = sorted(shipped_folder().glob("*.yaml"))


def faults(text: str) -> list[str]:
    root, wrong = parse_document(text)
    assert root is not None
    assert not wrong
    return json_schema.faults(root.data, SCHEMA, SCHEMA)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


def test_the_file_beside_the_playbooks_is_up_to_date() -> None:
    file = shipped_folder() / SCHEMA_FILE
    assert file.read_text(encoding="utf-8") == schema_text(), (
        "write it anew: hostscan playbooks schema > playbooks/playbook.schema.json"
    )
    assert json.loads(schema_text()) == SCHEMA


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    used = {part["$ref"] for part in parts(SCHEMA) if "$ref" in part}
    assert used == {f"#/$defs/{name}" for name in SCHEMA["$defs"]}


def test_everything_that_a_person_writes_is_described() -> None:
    clauses = (SCHEMA["$defs"]["job_clause"], SCHEMA["$defs"]["host_clause"])
    for properties in (SCHEMA["properties"], *(one["properties"] for one in clauses)):
        for name, one in properties.items():
            described = one if "description" in one else SCHEMA["$defs"][one["$ref"][8:]]
            assert described["description"].endswith("."), name
    assert set(SCHEMA["properties"]) == set(PlaybookFrame.model_fields)
    assert set(JOB_FIELDS) < set(clauses[0]["properties"])
    assert set(HOST_FIELDS) < set(clauses[1]["properties"])
    operators = {name for part in parts(SCHEMA) for name in part.get("properties", {})}
    assert set(OPERATORS) < operators


@pytest.mark.parametrize("text", [SMALL, WHOLE, *(file.read_text("utf-8") for file in SHIPPED)])
def test_good_playbooks_pass(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    "select",
    [
        "{status: queued}", "{status: [COMPLETEDWITHERRORS, {var: a}]}", "{all_jobs: true}",
        "{created_by: {glob: [a, b], not_in: [c]}}", "{host_count: {gt: 3}}", "{host_count: [1]}",
        "{no_host: {failure_reason: accessdenied, started: {exists: false}}}",
        "{any_host: {name: {in_file: {path: a.csv, column: {var: a}}}, ip: {cidr: 10.0.0.0/8}}}",
        "{not: {any: [{finished: {newer_than: 90m}}, {created: {ge: 2026-01-31}}]}}",
        "{any_host: {status: Queued, not: {os: {regex: x}}}, created_by: {ne: {var: a}}}",
    ],
)  # fmt: skip
def test_good_filters_pass_here_and_there(desk: Desk, select: str) -> None:
    text = SMALL.replace("{status: Queued}", select) + "vars: {a: Queued}\n"
    desk.write("a.csv", "Queued\nx\n")
    assert faults(text) == []
    assert desk.load(text).selection.steps


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("1", "2", 1),
        SMALL.replace("{status: Queued}", "{}"),
        SMALL.replace("{status: Queued}", "{all: []}"),
        SMALL.replace("{status: Queued}", "{all_jobs: false}"),
        SMALL.replace("{status: Queued}", "{name: x}"),
        SMALL.replace("{status: Queued}", "{any_host: {created: {older_than: 6h}}}"),
        SMALL.replace("{status: Queued}", "{created: {older_than: 6 hours}}"),
        SMALL.replace("{status: Queued}", "{created: 2026-01-31}"),
        SMALL.replace("{status: Queued}", "{created_by: {older_than: 6h}}"),
        SMALL.replace("{status: Queued}", "{created_by: 7}"),
        SMALL.replace("{status: Queued}", "{status: {ne: [Queued]}}"),
        SMALL.replace("{status: Queued}", "{status: {not_in: Queued}}"),
        SMALL.replace("Queued", "Queud"),
        SMALL + "server: x\n",
        SMALL + "limits: {max_jobs: -1}\n",
        SMALL + "limits: {max_percent: 101}\n",
        SMALL + "execute: {rate: fast}\n",
        SMALL + "execute: {rate: 0}\n",
        SMALL + "execute: {confirm: 2 minutes}\n",
        SMALL + "execute: {workers: 0}\n",
        SMALL + "report: [{format: jsn, path: a}]\n",
        SMALL + "report: [{format: json}]\n",
        SMALL + "protect: [{a: 1}]\n",
        SMALL + "vars: {a: {b: 1}}\n",
        "version: 1\nname: x\n",
        "version: 1\nname: x\nsteps: []\n",
        "version: 1\nname: x\nsteps: [{select: {status: Queued}, action: wipe}]\n",
    ],
)
def test_bad_playbooks_fail_here_and_there(desk: Desk, text: str) -> None:
    assert faults(text)
    assert desk.faults(text)
