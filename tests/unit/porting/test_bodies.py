"""A body is carried over letter by letter, whatever JSON it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import ExampleError
from hostscan_automation.porting.targets import Ported, port
from tests.unit.porting.pages import Page

if TYPE_CHECKING:
    from hostscan_automation.porting.diagnostics import Diagnostic

TEXTS = [
    "[1.0, 1.50, 0.1, -0, -0.0, 1E+05, 1e-7, 1e999]",
    "[12345678901234567890123456789, 0.1000000000000000055511151231257827]",
    f"[{'9' * 5000}]",
    r'["\u00e9", "\ud83d\ude00", "\ud800", "\"", "\\", "\/", "\b\f\n\r\t"]',
    "{}",
    "[]",
    "null",
    "true",
    "-1",
    '""',
    '"string"',
    '{"b": 1, "a": 2, "B": 3, "": {}}',
    '{"a": 1, "a": 2}',
    '{"a":' * 12 + "[]" + "}" * 12,
    r"""["it's", "\u2018\u2019\u201a\u201b", "@', '@", "<# #>", "\"\"\"", "#requires"]""",
    '{\n  "a":   1 ,\n\n\n  "b" : [ ]\n}',
]
SPECIAL = ['["$x", "$(1)", "${y}", "`n", "$"]', '["it\u2019s \u201cso\u201d", "\U0001f600"]']


def ported(body: str, target: str = "json", quote: str = "'", newline: str = "\n") -> Ported:
    page = Page("C", "POST", "/api/v1/Thing", body, "application/json", quote=quote)
    text = page.script.replace("\n", newline)
    return port(text, file_name="a.ps1", target=target)


def exact(text: str) -> object:
    """Read JSON with nothing lost: every number as its digits, every object as its pairs."""
    return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=list)


def body_in_json(text: str) -> object:
    steps = next(value for name, value in exact(text) if name == "steps")  # type: ignore[attr-defined]
    return next(value for name, value in steps[2] if name == "body")


def told(found: Ported, code: str) -> list[Diagnostic]:
    return [one for one in found.diagnostics if one.code == code]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("body", TEXTS)
def test_json_is_carried_over_letter_by_letter(body: str, quote: str, newline: str) -> None:
    found = ported(body, quote=quote, newline=newline)
    assert body_in_json(found.text) == exact(body)
    assert not told(found, "P012")
    for target in ("python", "powershell"):
        assert f"\n{body}\n" in ported(body, target, quote, newline).text


@pytest.mark.parametrize("body", SPECIAL)
def test_what_powershell_would_read_is_kept_in_a_literal_here_string(body: str) -> None:
    for target in ("json", "python", "powershell"):
        assert ported(body, target).text.isascii()
    assert body_in_json(ported(body).text) == exact(body)


@pytest.mark.parametrize("body", SPECIAL[:1])
def test_what_powershell_would_replace_is_no_guess(body: str) -> None:
    with pytest.raises(ExampleError, match=r"a\.ps1:3:3: '\$x' in a here-string would be replaced"):
        ported(body, quote='"')


def test_a_key_that_stands_twice_is_sent_twice_and_said() -> None:
    found = ported('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}')
    assert [one.message for one in told(found, "P025")] == [
        "key 'a' stands twice in one object of the body; both are sent",
        "key 'c' stands twice in one object of the body; both are sent",
    ]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("string", ""),
        ("NaN", ""),
        ("it's \u201cso\u201d", ""),
        ("{'a': 1}", " from its line 1, column 2 on"),
        ('[\n  1,\n  "a" 2\n]', " from its line 3, column 7 on"),
        ("[1, NaN]", ""),
    ],
)
def test_text_that_is_no_json_is_sent_as_a_string(body: str, where: str) -> None:
    found = ported(body)
    assert body_in_json(found.text) == body
    (repair,) = told(found, "P012")
    assert repair.message == f"body is no JSON{where}; it is sent as a JSON string"
    assert (repair.line, repair.column) == (3, 1)


def test_spaces_at_the_ends_of_lines_go_and_nothing_else_does() -> None:
    script = ported('{ \n  "a ": " b " \t\n}\n\n', "powershell").text
    assert '\n{\n  "a ": " b "\n}\n' in script
