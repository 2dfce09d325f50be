from __future__ import annotations

from typing import Any

import pytest

from hostscan_automation.playbook.variables import set_variables

DECLARED = {
    "text": "a", "number": 1, "share": 0.5, "switch": True, "names": ["a", "b"], "ports": [1],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("text", "b c", "b c"),
        ("text", " 010 ", "010"),
        ("text", "no", "no"),
        ("text", "", ""),
        ("number", "7", 7),
        ("number", 7, 7),
        ("share", "0.25", 0.25),
        ("share", "1", 1.0),
        ("share", 1, 1.0),
        ("switch", "false", False),
        ("switch", False, False),
        ("names", "x, y", ["x", "y"]),
        ("names", ["x"], ["x"]),
        ("names", ("x", "y"), ["x", "y"]),
        ("ports", "1,2", [1, 2]),
        ("ports", [3], [3]),
    ],
)
def test_a_value_takes_the_type_that_was_declared(name: str, given: Any, value: Any) -> None:
    values, faults = set_variables(DECLARED, {name: given})
    assert not faults
    assert values == {**DECLARED, name: value}
    assert type(values[name]) is type(DECLARED[name])


@pytest.mark.parametrize(
    ("name", "given", "fault"),
    [
        ("txt", "b", "is no variable of this playbook (did you mean 'text'?)"),
        ("number", "seven", "must be a whole number, not 'seven'"),
        ("number", "7.5", "must be a whole number, not 7.5"),
        ("number", True, "must be a whole number, not True"),
        ("share", "true", "must be a number, not True"),
        ("switch", "no", "must be true or false, not 'no'"),
        ("switch", 1, "must be true or false, not 1"),
        ("text", 5, "must be text, not 5"),
        ("names", 5, "must be a list, not 5"),
        ("names", ["x", 5], "must be text, not 5"),
        ("ports", "1,x", "must be a whole number, not 'x'"),
        ("number", "9" * 40, f"'{'9' * 40}' has too many digits for a number: put text in quotes"),
    ],
)
def test_a_value_that_does_not_fit_is_told(name: str, given: Any, fault: str) -> None:
    values, faults = set_variables(DECLARED, {name: given})
    assert faults == {name: fault}
    assert values == DECLARED
