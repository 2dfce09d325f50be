"""Examples are found in pages, lists and files of every kind, with their places."""

from __future__ import annotations

import pytest

from hostscan_automation.errors import ExampleError
from hostscan_automation.porting.document import decode_example
from hostscan_automation.porting.example import Parameter
from hostscan_automation.porting.places import Place
from hostscan_automation.porting.reading import read_example
from tests.unit.porting.pages import BODIES, JOB_PATH, ROWS, Page


def test_text_that_holds_a_fence_is_read_as_a_page() -> None:
    page = Page("C", "GET", "/api/v1/Thing", rows=(ROWS["take"],))
    example = read_example(page.text, file_name="-")
    assert example.steps[2].query_parameters == (Parameter("take", "integer"),)


def test_every_example_of_a_page_is_read_in_order() -> None:
    first = Page("B", rows=(ROWS["hostScanJobId"],))
    second = Page("C", "GET", "/api/v1/Thing", rows=(ROWS["take"],))
    example = read_example(first.text + second.text, file_name="page.md")
    assert [str(step) for step in example.calls] == [f"DELETE {JOB_PATH}", "GET /api/v1/Thing"]
    assert len(example.steps) == 6
    assert example.calls[0].query_parameters == ()
    assert example.calls[1].query_parameters == (Parameter("take", "integer"),)


def test_an_indented_example_keeps_its_columns() -> None:
    text = Page("C", body='{"a": 1}', content_type="application/json").text
    indented = "\n".join(f"  {line}" if line else line for line in text.split("\n"))
    plain = read_example(text, file_name="page.md")
    shifted = read_example(indented, file_name="page.md")
    wrong = indented.replace("  `DELETE", "  `PUT")
    with pytest.raises(ExampleError, match="documents PUT"):
        read_example(wrong, file_name="page.md")
    assert shifted.steps == plain.steps
    assert [one.column for one in shifted.diagnostics] == [
        one.column + 2 for one in plain.diagnostics
    ]


@pytest.mark.parametrize("indent", ["", " ", "   ", "      ", "\t", " \t "])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("```powershell", "```"),
        ("```PowerShell", "```"),
        ("``` powershell", "```"),
        ('```powershell title="Cancel" {2,3}', "```"),
        ("````powershell", "`````"),
        ("~~~powershell", "~~~"),
        ("~~~~ powershell `odd`", "~~~~  "),
    ],
)
def test_a_fence_is_found_in_whatever_form(indent: str, opening: str, closing: str) -> None:
    page = Page(
        "C", "POST", "/api/v1/Thing", body='{\n  "a": 1\n}', content_type="application/json"
    )
    lines = [f"{indent}{line}" for line in (opening, *page.script.split("\n")[:-1], closing)]
    text = "\r\n".join(("- a list", "", *lines, "", f"`POST {page.path}`", ""))
    example = read_example(text, file_name="page.md")
    assert example.steps == read_example(page.text, file_name="page.md").steps
    repair = next(one for one in example.diagnostics if one.code == "P014")
    assert Place(repair.line, repair.column) == Place(5, len(indent) + 13)


@pytest.mark.parametrize("name", ["a.md", "a.ps1"])
def test_text_of_any_size_is_refused_before_it_is_read(name: str) -> None:
    with pytest.raises(ExampleError, match=r"1:1: the file is larger than 8 MB"):
        read_example("#" * (8 * 1024 * 1024 + 1), file_name=name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_page_is_the_same_in_every_encoding(encoding: str, newline: str) -> None:
    page = Page(
        "B", "POST", "/api/v1/Thing", body=BODIES["objects"], content_type="application/json"
    )
    mark = "\ufeff" if encoding[-2:] in {"le", "be"} else ""
    data = (mark + page.text.replace("\n", newline)).encode(encoding)
    text = decode_example(data, file_name="page.md")
    assert read_example(text, file_name="page.md") == read_example(page.text, file_name="page.md")
