"""docs/playbooks.md: its tables are those of the code, and its snippets are playbooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hostscan_automation.jobs.fields import HOST_FIELDS, JOB_FIELDS, Field, FieldType
from hostscan_automation.jobs.filter_reader import QUANTIFIERS
from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.operators import OPERATORS
from hostscan_automation.jobs.status import FAILURE_REASONS, JobStatus
from hostscan_automation.playbook.frame import PlaybookFrame
from hostscan_automation.playbook.loading import load_filter_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.playbook.conftest import Desk

PAGE = Path(__file__).parents[3] / "docs" / "playbooks.md"
TEXT = PAGE.read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
FRAME_KEYS = set(PlaybookFrame.model_fields)
REST = {"version": 1, "name": "snippet", "steps": [{"select": {"status": "Queued"}}]}


def table_after(name: str) -> str:
    return TEXT.split(f"<!-- table: {name} -->\n\n")[1].split("\n\n")[0]


def fields(catalogue: Mapping[str, Field]) -> str:
    rows = [
        f"| `{field.name}` | {field.describes} | {field.type} | {field.cost} |"
        for field in catalogue.values()
    ]
    return "\n".join(["| field | what it is | kind | stands in |", "|---|---|---|---|", *rows])


def operators() -> str:
    rows = []
    for operator in OPERATORS.values():
        kinds = ", ".join(type_.value for type_ in FieldType if type_ in operator.types)
        kinds = "everything" if operator.types == set(FieldType) else kinds
        rows.append(
            f"| `{operator.name}` | {operator.describes} | {kinds} | `{operator.example}` |"
        )
    return "\n".join(
        ["| operator | the value ... | goes with | example |", "|---|---|---|---|", *rows]
    )


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("job fields", fields(JOB_FIELDS)),
        ("host fields", fields(HOST_FIELDS)),
        ("operators", operators()),
    ],
)
def test_its_tables_are_those_of_the_code(name: str, table: str) -> None:
    assert table_after(name) == table


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_loads(desk: Desk, snippet: str) -> None:
    desk.write("hosts.txt", "lab-1\n")
    desk.write("hosts.csv", "Hostname\nlab-1\n")
    keys = set(yaml.safe_load(snippet))
    if not keys <= FRAME_KEYS:
        assert load_filter_text(snippet, folder=desk.folder).text
        return
    rest = {key: value for key, value in REST.items() if key not in keys}
    assert desk.load((yaml.safe_dump(rest) if rest else "") + snippet).selection.steps


def test_there_are_snippets_of_every_kind() -> None:
    assert len(SNIPPETS) >= 12
    told: set[Any] = {key for snippet in SNIPPETS for key in yaml.safe_load(snippet)}
    assert told >= FRAME_KEYS


def test_the_defaults_it_tells_are_the_defaults(desk: Desk) -> None:
    (execute,) = [snippet for snippet in SNIPPETS if snippet.startswith("execute:")]
    (limits,) = [snippet for snippet in SNIPPETS if snippet.startswith("limits:")]
    book = desk.load(yaml.safe_dump(REST) + execute + limits)
    assert book.execute == ExecuteOptions()
    assert (book.limits.max_jobs, book.limits.max_percent) == (
        Limits().max_jobs,
        Limits().max_percent,
    )


@pytest.mark.parametrize(
    "word",
    [
        *sorted(FRAME_KEYS),
        *sorted(QUANTIFIERS),
        *JobStatus,
        *sorted(FAILURE_REASONS),
        *ExecuteOptions.__slots__,
    ],
)
def test_it_names_every_word_of_the_language(word: str) -> None:
    assert re.search(rf"\b{word.removesuffix('_s')}\b", TEXT), word


def test_the_mistakes_it_shows_are_told_like_that(desk: Desk) -> None:
    shown = re.findall(r"^    cancel\.yaml:\d+:\d+: steps\.0\.select\.(.*)$", TEXT, re.MULTILINE)
    found = desk.faults(
        """
        version: 1
        name: x
        steps:
          - select:
              all:
                - status: Queud
                - all_jobs: true
                - created: {older_then: 6h}
        """
    )
    assert [fault.split("steps.0.select.")[1] for fault in found] == shown
