from __future__ import annotations

from typing import Any

import pytest

from hostscan_automation.errors import FilterError
from hostscan_automation.jobs.protection import compile_protection

ABSENT: dict[str, Any] = {"created_by": {"exists": False}}


@pytest.mark.parametrize(
    "data",
    [
        {"not": ABSENT},
        {"not": {"any": [{"host_count": 1}, ABSENT]}},
        {"no_host": {"os": {"exists": False}}},
        {"any_host": {"not": {"os": {"exists": False}}}},
        {"not": {"not": {"not": ABSENT}}},
    ],
)
def test_protection_that_a_missing_value_would_end_is_refused(data: Any) -> None:
    with pytest.raises(FilterError) as caught:
        compile_protection([{"host_count": 1}, data], origin="profile x")
    assert str(caught.value) == (
        "profile x: protect.1: takes protection away where a value is missing:"
        " write exists: true instead of exists: false"
    )


@pytest.mark.parametrize(
    "data",
    [
        ABSENT,
        {"not": {"not": ABSENT}},
        {"not": {"created_by": {"exists": True}}},
        {"every_host": {"os": {"exists": False}}},
        {"not": {"no_host": {"os": {"exists": False}}}},
    ],
)
def test_protection_by_absence_is_allowed(data: Any) -> None:
    (one,) = compile_protection([data], origin="playbook")
    assert one.text == f"playbook: {one.filter.text}"


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(FilterError) as caught:
        compile_protection([{"a": 1}, {"not": ABSENT}, {}], origin="profile x", path="")
    assert [finding.path for finding in caught.value.findings] == ["0.a", "1", "2"]


def test_protection_is_a_list() -> None:
    with pytest.raises(FilterError, match=r"protect: must be a list of filters, not \{'a': 1\}"):
        compile_protection({"a": 1}, origin="playbook")


def test_variables_and_files_are_filled_in() -> None:
    data = [{"created_by": {"var": "who"}}, {"created_by": {"in_file": "people.txt"}}]
    found = compile_protection(
        data, origin="x", variables={"who": "a"}, read_values=lambda *_: ["b"]
    )
    assert [one.filter.text for one in found] == ["created_by: a", "created_by: [b]"]
