"""No input crashes the reader: it is read, or it is an error with a place."""

from __future__ import annotations

import json
import string
from typing import TypeAlias

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hostscan_automation.errors import ExampleError, PlanRefusedError
from hostscan_automation.porting.document import decode_example
from hostscan_automation.porting.targets import Ported, Target, port
from tests.unit.porting.pages import Page, between, corpus

PAGES = [*corpus(), *between()]
SIGNS = "\"'`$@{}()=:;#|-\n\r\\/%?&,.\0\u200b\u00a0\u201c\u2019\u2013"
WORDS = ("$Host", "$env:X", "$($x)", "@{", "<#", "#>", "```", "```powershell\n", '@"\n', '\n"@')
PIECES = st.sampled_from([*SIGNS, *WORDS, "TruncateAllTables"])

Edits: TypeAlias = "list[tuple[float, int, str]]"
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), PIECES), min_size=1, max_size=4)


def damaged(text: str, edits: Edits) -> str:
    """Return a text in which pieces were replaced, each at a share of its length."""
    for share, deleted, inserted in edits:
        at = int(share * len(text))
        text = text[:at] + inserted + text[at + deleted :]
    return text


def check(text: str, file_name: str) -> None:
    """Port a text to everything: a result, or an error that names a place in the text."""
    for target in Target:
        check_target(text, file_name, target)


def check_target(text: str, file_name: str, target: Target) -> None:
    try:
        ported = port(text, file_name=file_name, target=target)
    except PlanRefusedError as error:
        assert error.hint  # noqa: PT017 - either outcome is right
    except ExampleError as error:
        assert error.findings  # noqa: PT017
        for finding in error.findings:
            assert finding.line
            assert finding.column
            assert 1 <= finding.line <= text.count("\n") + text.count("\r") + 1
    else:
        assert ported.text.isascii()
        check_form(ported)


def check_form(ported: Ported) -> None:
    """Make sure that what was written is what it is meant to be."""
    match ported.target:
        case Target.POWERSHELL | Target.MODULE:
            again = port(ported.text, file_name="x.ps1", target=ported.target)
            assert again == Ported(ported.text, ported.target, ())
        case Target.PYTHON:
            compile(ported.text, "ported.py", "exec")
        case Target.JSON:
            assert json.loads(ported.text)["steps"]
        case Target.PLAYBOOK:
            assert yaml.safe_load(ported.text)["steps"]


@settings(max_examples=150, deadline=None)
@given(text=st.text(), file_name=st.sampled_from(["a.md", "a.ps1", "-"]))
def test_any_text(text: str, file_name: str) -> None:
    check(text, file_name)


@settings(max_examples=100, deadline=None)
@given(data=st.binary())
def test_any_bytes(data: bytes) -> None:
    try:
        check(decode_example(data, file_name="a.ps1"), "a.ps1")
    except ExampleError as error:
        assert error.findings  # noqa: PT017


@settings(max_examples=300, deadline=None)
@given(
    page=st.sampled_from(PAGES),
    edits=EDITS,
    is_page=st.booleans(),
)
def test_damaged_examples(page: Page, edits: Edits, *, is_page: bool) -> None:
    text = damaged(page.text if is_page else page.script, edits)
    check(text, "a.md" if is_page else "a.ps1")


@settings(max_examples=100, deadline=None)
@given(page=st.sampled_from(PAGES), edits=EDITS, encoding=st.sampled_from(["utf-8", "utf-16"]))
def test_damaged_files(page: Page, edits: Edits, encoding: str) -> None:
    octets = damaged(page.text.encode(encoding).decode("latin-1"), edits).encode(
        "latin-1", "ignore"
    )
    try:
        text = decode_example(octets, file_name="a.md")
    except ExampleError as error:
        assert error.findings[0].line  # noqa: PT017 - either outcome is right
    else:
        check(text, "a.md")


@settings(max_examples=100, deadline=None)
@given(
    body=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_any_json_body_survives_as_it_is(body: object) -> None:
    text = json.dumps(body, ensure_ascii=False, indent=1)
    page = Page("C", "POST", body=text, content_type="application/json", quote="'")
    ported = port(page.script, file_name="a.ps1", target="powershell")
    again = json.loads(port(ported.text, file_name="a.ps1", target="json").text)
    assert again["steps"][2]["body"] == body


@settings(max_examples=100, deadline=None)
@given(name=st.text(string.ascii_letters + string.digits + "_.-", min_size=1, max_size=20))
def test_any_placeholder_gets_a_parameter_of_its_own(name: str) -> None:
    page = Page("C", "GET", f"/api/v1/Thing/{{{name}}}/{{other}}")
    check(page.script, "a.ps1")
