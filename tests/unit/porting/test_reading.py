"""The reader finds in every published shape what the page documents, and says what it repaired."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace

import pytest

from hostscan_automation.errors import ExampleError
from hostscan_automation.porting.example import Parameter, PortedExample, SignIn, Step
from hostscan_automation.porting.places import Place
from hostscan_automation.porting.reading import read_example
from tests.unit.porting.pages import BODIES, JOB_PATH, ROWS, Page, between, corpus, skeletons

TYPES = {"hostScanJobId": "uuid", "name": "string", "take": "integer", "isDeleted": "boolean"}
TYPES |= {"FilterColumns": "array[string]", "since": "date-time", "kind": "string"}
TYPES["order"] = "string"

# How often each code stands in the diagnostics of a skeleton with the path of one job.
EVERY = {"P009": 1, "P010": 1, "P013": 1, "P015": 3, "P020": 1, "P021": 1}
EXPECTED = {
    "A": {"P001": 1, "P004": 3, "P006": 1, "P007": 3, "P018": 2, "P019": 1},
    "B": {"P001": 1, "P003": 4, "P004": 3, "P005": 2, "P006": 1, "P018": 2},
    "C": {},
}


def codes(example: PortedExample) -> Counter[str]:
    return Counter(one.code for one in example.diagnostics)


def place_of(text: str, needle: str, *, occurrence: int = 1) -> Place:
    """Return where a needle stands, counted the slow way."""
    offset = -1
    for _ in range(occurrence):
        offset = text.index(needle, offset + 1)
    before = text[:offset]
    return Place(before.count("\n") + 1, offset - before.rfind("\n"))


@pytest.mark.parametrize("page", list(skeletons()), ids=repr)
def test_each_skeleton_gets_its_repairs_and_no_other(page: Page) -> None:
    expected = Counter(EVERY) + Counter(EXPECTED[page.generation])
    if page.body is not None:
        expected["P014"] = 1
        expected["P008"] = int("patch" in page.content_type)
    elif page.generation == "B":
        expected["P002"] = 1
    assert codes(read_example(page.text, file_name="page.md")) == +expected


def test_revisions_between_the_generations_are_read_with_repairs_of_their_own() -> None:
    for page in between():
        found = codes(read_example(page.text, file_name="page.md"))
        expected = Counter(EVERY)
        expected["P002"] = int("unclosed" in page.quirks)
        expected["P004"] = 3 * int("old address" in page.quirks)
        expected["P003"] = int("other server" in page.quirks)
        expected["P024"] = 3 * int("other server" in page.quirks)
        expected["P014"] = expected["P023"] = int("doubled type" in page.quirks)
        assert found == +expected, page


def test_a_parameter_given_twice_with_two_values_is_no_guess() -> None:
    page = Page(
        "C",
        "PUT",
        body="[]",
        content_type="application/json",
        quirks=frozenset({"doubled type"}),
    )
    text = page.script.replace('"application/json" -Body $Json', '"application/xml" -Body $Json')
    with pytest.raises(ExampleError, match="-ContentType is given twice"):
        read_example(text, file_name="example.ps1")


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_whole_corpus_is_read_as_documented(newline: str, bom: str) -> None:
    for page in corpus():
        example = read_example(bom + page.text.replace("\n", newline), file_name="page.md")
        assert [step.sign_in for step in example.steps] == ["password", "two_factor", None], page
        call = example.steps[2]
        assert (call.method, call.path) == (page.method, page.path)
        assert call.is_authorized
        assert {one.name: one.type for one in call.path_parameters} == {
            name: type_ for name, type_ in TYPES.items() if f"{{{name}}}" in page.path
        }
        assert {one.name: one.type for one in call.query_parameters} == {
            name: TYPES[name] for name in TYPES if any(f"|{name}|query" in row for row in page.rows)
        }
        values = {one.name: one.values for one in (*call.path_parameters, *call.query_parameters)}
        assert values.get("kind", ()) == (("Managed", "Not.Managed") if page.values else ())
        assert values.get("order", ()) == (("Up", "Down") if page.values else ())


@pytest.mark.parametrize(("name", "text"), list(BODIES.items()))
@pytest.mark.parametrize("generation", ["A", "B", "C"])
def test_bodies_are_kept_value_for_value(generation: str, name: str, text: str) -> None:
    page = Page(generation, "POST", body=text, content_type="application/json")
    body = read_example(page.text, file_name="page.md").steps[2].body
    assert body is not None
    assert json.loads(body.text) == ("string" if name == "word" else json.loads(text))
    assert body.text.isascii()


def test_the_layout_of_a_body_is_kept() -> None:
    page = Page("C", "POST", body=BODIES["object"], content_type="application/json")
    body = read_example(page.text, file_name="page.md").steps[2].body
    assert body is not None
    assert body.text == BODIES["object"]


def test_sign_in_steps_hold_no_value_of_the_page() -> None:
    example = read_example(Page("B").text, file_name="page.md")
    assert "s3cret-word" not in repr(example)
    assert [step.path for step in example.steps[:2]] == ["/signinBody", "/signin2fa"]
    assert example.steps[0].body is not None
    assert json.loads(example.steps[0].body.text) == {"Login": "{Login}", "Password": "{Password}"}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("generation", "code", "needle", "occurrence"),
    [
        ("A", "P001", ': "Bearer', 1),
        ("A", "P004", "-Url", 1),
        ("A", "P006", "sigin2fa", 1),
        ("A", "P007", "/signinBody", 1),
        ("A", "P018", "Invoke-RestMethod", 1),
        ("A", "P019", "Invoke-RestMethod", 1),
        ("B", "P001", ': "Bearer', 1),
        ("B", "P002", '"$($Host)/api', 1),
        ("B", "P003", "$Host", 1),
        ("B", "P005", "-WebRequestSession", 1),
        ("B", "P009", "$MfaCode", 1),
        ("C", "P010", "{hostScanJobId}", 2),
        ("C", "P013", '"s3cret-word"', 1),
        ("C", "P015", "Invoke-RestMethod", 1),
        ("C", "P020", "Invoke-RestMethod", 1),
        ("C", "P021", "$NPSUrl", 1),
    ],
)
def test_a_repair_is_placed_where_it_stands_in_the_file(
    newline: str, generation: str, code: str, needle: str, occurrence: int
) -> None:
    text = Page(generation).text
    example = read_example(text.replace("\n", newline), file_name="page.md")
    first = next(one for one in example.diagnostics if one.code == code)
    assert Place(first.line, first.column) == place_of(text, needle, occurrence=occurrence)


def test_repairs_of_bodies_and_tables_have_their_places() -> None:
    page = Page("C", "POST", body="string", content_type="application/json", rows=(ROWS["take"],))
    text = page.text
    found = {one.code: one for one in read_example(text, file_name="page.md").diagnostics}
    places = {code: Place(found[code].line, found[code].column) for code in found}
    assert places["P014"] == place_of(text, '@"')
    assert places["P012"] == place_of(text, "string")
    assert places["P011"] == place_of(text, "take|query")
    patch = replace(page, content_type="application/json-patch+json").text
    patched = {one.code: one for one in read_example(patch, file_name="page.md").diagnostics}
    assert Place(patched["P008"].line, patched["P008"].column) == place_of(
        patch, '"application/json-patch+json"'
    )


@pytest.mark.parametrize("name", ["example.ps1", "example.txt", "-"])
def test_a_script_without_its_page_is_read_too(name: str) -> None:
    example = read_example(Page("B").script, file_name=name)
    assert str(example.steps[2]) == f"DELETE {JOB_PATH}"
    assert example.steps[2].path_parameters == (Parameter("hostScanJobId", "uuid"),)


def test_a_placeholder_that_no_page_explains_is_text() -> None:
    page = Page("C", "GET", "/api/v1/Thing/{thingId}")
    example = read_example(page.script, file_name="example.ps1")
    assert example.steps[2].path_parameters == (Parameter("thingId", "string"),)


def test_an_id_of_a_host_scan_job_is_a_uuid_whatever_the_page_says() -> None:
    page = Page("C", rows=("|hostScanJobId|path|string|true|none|",))
    example = read_example(page.text, file_name="page.md")
    assert example.steps[2].path_parameters == (Parameter("hostScanJobId", "uuid"),)


@pytest.mark.parametrize(
    ("path", "row", "types"),
    [
        ("/api/v1/HostScanJob/User/SID/{sid}", "|sid|path|string|true|none|", ["string"]),
        ("/api/v1/HostScanJob/User/SID/{sid}", "", ["string"]),
        ("/api/v1/HostScanJob/Host/{hostScanHostId}/Stop", "", ["uuid"]),
        ("/api/v1/HostScanJob/User/{userId}/Group/{id}", "", ["uuid", "uuid"]),
        (
            "/api/v1/HostScanJob/{jobId}/Part/{name}",
            "|jobId|path|string|true||",
            ["uuid", "string"],
        ),
        ("/API/V1/hostscanjob/{x}", "|x|path|integer|true|none|", ["uuid"]),
        ("/api/v1/HostScanJobs/{x}", "|x|path|integer|true|none|", ["integer"]),
    ],
)
def test_other_placeholders_of_host_scan_jobs_are_what_the_page_says(
    path: str, row: str, types: list[str]
) -> None:
    page = Page("C", "GET", path, rows=(row,))
    example = read_example(page.text, file_name="page.md")
    assert [one.type for one in example.steps[2].path_parameters] == types


@pytest.mark.parametrize("action", ["Start", "Stop"])
def test_a_get_that_changes_something_is_said(action: str) -> None:
    page = Page("C", "GET", f"/api/v1/HostScanJob/Host/{{hostScanHostId}}/{action}")
    example = read_example(page.text, file_name="page.md")
    assert codes(example)["P016"] == 1
    assert example.steps[2].is_change
    assert "P016" not in codes(read_example(Page("C", "GET").text, file_name="page.md"))


@pytest.mark.parametrize(
    ("title", "path", "is_change"),
    [
        ("Configure a thing (Auth roles: Admin)", "/api/v1/Thing/{thingId}", True),
        ("Cancels every thing", "/api/v1/Thing", True),
        ("Locks/unlocks a thing", "/api/v1/Thing", True),
        ("Get the start of a thing", "/api/v1/Thing/{thingId}", False),
        ("", "/api/v1/Thing/Start", True),
        ("Get a thing", "/api/v1/Thing/Start/{thingId}", True),
        ("Get a thing", "/api/v1/Thing/Started/{thingId}", False),
        ("Addresses of a thing", "/api/v1/Thing", False),
    ],
)
def test_a_page_whose_title_tells_of_a_change_documents_a_change(
    title: str, path: str, *, is_change: bool
) -> None:
    page = Page("C", "GET", path, title=title)
    example = read_example(page.text, file_name="page.md")
    assert example.steps[2].is_change is is_change
    assert codes(example)["P016"] == int(is_change)


def test_a_call_without_sign_in_is_a_step_of_its_own() -> None:
    text = 'Invoke-RestMethod -Uri "https://scan.example/api/v1/Health"\n'
    example = read_example(text, file_name="example.ps1")
    assert example.steps == (Step("GET", "/api/v1/Health"),)
    assert not example.has(SignIn.PASSWORD)


def test_values_from_the_environment_need_no_repair() -> None:
    text = (
        Page("C")
        .script.replace('"https://scan.example:6500"', "$env:NPS_URL")
        .replace('"s3cret-word"', '"$env:NPS_WORD"')
        .replace("$MfaCode", "$env:NPS_CODE")
    )
    example = read_example(text, file_name="example.ps1")
    assert not {"P007", "P009", "P013"} & codes(example).keys()
    assert str(example.steps[2]) == f"DELETE {JOB_PATH}"


@pytest.mark.parametrize("code", ['"123456"', "123456", "'123456'"])
def test_a_code_written_into_the_example_becomes_a_parameter(code: str) -> None:
    example = read_example(Page("C").script.replace("$MfaCode", code), file_name="example.ps1")
    assert codes(example)["P013"] == 2
    assert "123456" not in repr(example)


def test_a_hashtable_becomes_a_body_as_convertto_json_makes_it() -> None:
    table = "@{ count = -5; \"ratio\" = 0.5; 'all' = $true\nnone = $null\ndeep = @{a = 'b'}}"
    text = Page("C", "POST").script.replace(
        "Invoke-RestMethod -Method POST",
        f"$Limits = {table}\nInvoke-RestMethod -Method POST -Body (ConvertTo-Json $Limits)",
    )
    example = read_example(text, file_name="example.ps1")
    assert example.steps[2].body is not None
    assert json.loads(example.steps[2].body.text) == {
        "count": -5,
        "ratio": 0.5,
        "all": True,
        "none": None,
        "deep": {"a": "b"},
    }
    assert codes(example)["P018"] == 1


def test_strings_are_read_by_powershells_rules() -> None:
    text = Page("C", "POST").script.replace(
        "Invoke-RestMethod -Method POST",
        "<# a\ncomment #> $Part = 'it''s'; $Whole = \"a\"\"b $ $Part$($Part)\" # comment\n"
        "$Table = @{ text = $Whole; here = $Part }\n"
        "Invoke-RestMethod -Method POST -Body (ConvertTo-Json $Table)",
    )
    body = read_example(text, file_name="example.ps1").steps[2].body
    assert body is not None
    assert json.loads(body.text) == {"text": "a\"b $ it'sit's", "here": "it's"}


def test_an_error_stop_that_is_there_is_no_repair() -> None:
    text = "$ErrorActionPreference = 'Stop'\n" + Page("C").script
    assert "P021" not in codes(read_example(text, file_name="example.ps1"))


def test_an_accept_header_that_is_there_is_no_repair() -> None:
    text = Page("C").script.replace(
        "$Headers = @{", "$Headers = @{\n    Accept = 'application/json'"
    )
    assert codes(read_example(text, file_name="example.ps1"))["P015"] == 2


def test_typographic_characters_are_read_as_plain_ones_with_a_warning() -> None:
    text = (
        Page("C")
        .script.replace('"User"', "\u201cUser\u201d")
        .replace("-Method DELETE", "\u2013Method\u00a0DELETE")
    )
    example = read_example(text, file_name="example.ps1")
    assert example.steps == read_example(Page("C").script, file_name="example.ps1").steps
    assert codes(example)["P022"] == 4


def test_a_server_written_into_the_request_becomes_the_parameter() -> None:
    text = Page("C").script.replace("$($NPSUrl)", "https://scan.example:6500")
    example = read_example(text, file_name="example.ps1")
    assert codes(example)["P007"] == 3
    assert [step.path for step in example.steps] == ["/signinBody", "/signin2fa", JOB_PATH]


def test_half_a_megabyte_takes_well_under_a_second_of_work() -> None:
    rows = ",\n".join(f'  {{"name": "host {number}", "flag": true}}' for number in range(13_000))
    page = Page("C", "POST", body=f"[\n{rows}\n]", content_type="application/json")
    assert len(page.text) > 490_000
    started = time.process_time()
    example = read_example(page.text, file_name="page.md")
    assert time.process_time() - started < 1
    assert example.steps[2].body is not None
    assert len(json.loads(example.steps[2].body.text)) == 13_000
