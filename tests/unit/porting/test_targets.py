"""The other things an example becomes: JSON, cmdlets, a playbook, a Python script."""

from __future__ import annotations

import ast
import json
import re
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import ExampleError
from hostscan_automation.playbook.loading import load_playbook
from hostscan_automation.porting.diagnostics import Repair
from hostscan_automation.porting.targets import Target, port
from tests.unit.porting.pages import BODIES, JOB_PATH, ROWS, Page, corpus
from tests.unit.porting.recorder import TOKEN, Answer, Recorder

if TYPE_CHECKING:
    from hostscan_automation.jobs.selection import Selection

ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
JOBS = "/api/v1/HostScanJob"
BY_HOST = f"{JOBS}/ByHostId/{{hostId}}"
RESOURCE = f"{JOBS}/{{managedResourceId}}"
STOP = f"{JOBS}/Host/{{hostScanHostId}}/Stop"


def ported(page: Page, target: str) -> str:
    return port(page.text, file_name="p.md", target=target, allow_destructive=True).text


# --- json


def test_json_has_the_documented_schema() -> None:
    page = Page("B", "PUT", body='{"a": [1, null]}', rows=(ROWS["hostScanJobId"], ROWS["take"]))
    document = json.loads(ported(page, "json"))
    assert list(document) == ["schema", "steps", "diagnostics"]
    assert document["schema"] == "hostscan/ported-example/1"
    assert [step["sign_in"] for step in document["steps"]] == ["password", "two_factor", None]
    assert document["steps"][2] == {
        "method": "PUT",
        "path": JOB_PATH,
        "path_parameters": [{"name": "hostScanJobId", "type": "uuid"}],
        "query_parameters": [{"name": "take", "type": "integer"}],
        "headers": {
            "Accept": "application/json",
            "Authorization": "Bearer {Token}",
            "Content-Type": "application/json; charset=utf-8",
        },
        "body": {"a": [1, None]},
        "sign_in": None,
    }
    for diagnostic in document["diagnostics"]:
        assert list(diagnostic) == ["code", "line", "column", "message"]
        assert re.fullmatch(r"P0[0-2]\d", diagnostic["code"])


def test_every_page_of_the_corpus_becomes_json_in_ascii() -> None:
    for page in corpus():
        text = ported(page, "json")
        assert text.isascii()
        step = json.loads(text)["steps"][2]
        assert (step["method"], step["path"]) == (page.method, page.path)
        if page.body is not None:
            expected = page.body if page.body == "string" else json.loads(page.body)
            assert step["body"] == expected


def test_diagnostics_are_in_the_order_of_the_file_and_read_like_sentences() -> None:
    diagnostics = port(Page("B").text, file_name="p.md", target=Target.JSON).diagnostics
    places = [(one.line, one.column) for one in diagnostics]
    assert places == sorted(places)
    assert diagnostics[0].text("p.md").startswith(f"p.md:{diagnostics[0].line}:")
    assert not any(one.message.endswith(".") or "{}" in one.message for one in diagnostics)


def test_the_page_about_porting_lists_every_code() -> None:
    text = (Path(__file__).parents[3] / "docs/porting.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (P\d+) \|", text, re.MULTILINE)
    assert listed == [*Repair.__members__, "P030"]
    for target in Target:
        assert f"| `{target}` |" in text


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ValueError, match="fortran"):
        port(Page("C").text, file_name="p.md", target="fortran")


# --- cmdlets


@pytest.mark.parametrize(
    ("method", "path", "command"),
    [
        ("GET", JOBS, "Get-HostScanJob"),
        ("GET", JOB_PATH, "Get-HostScanJob -Id $HostScanJobId"),
        ("GET", BY_HOST, "Get-HostScanJob -HostId $HostId"),
        ("DELETE", JOB_PATH, "Stop-HostScanJob -PassThru -Id $HostScanJobId"),
        ("DELETE", f"{JOBS}/{ID}", f"Stop-HostScanJob -PassThru -Id '{ID}'"),
        ("POST", BY_HOST, "Start-HostScanJob -HostId $HostId"),
        ("POST", RESOURCE, "Start-HostScanJob -ManagedResourceId $ManagedResourceId"),
    ],
)
def test_a_call_with_a_cmdlet_is_written_as_that(method: str, path: str, command: str) -> None:
    script = ported(Page("C", method, path), "module")
    assert f"    # {method} {path}\n    {command}\n" in script
    assert script.isascii()
    assert ("SupportsShouldProcess" in script) == (method != "GET")
    for name in set(re.findall(r"^    \[\w+\]\$(\w+)", script, re.MULTILINE)):
        assert len(re.findall(rf"\${name}\b", script)) > 1
        assert f".PARAMETER {name}\n" in script


@pytest.mark.parametrize("target", ["module", "playbook"])
@pytest.mark.parametrize(
    "page",
    [
        Page("C", "GET", "/api/v1/Thing"),
        Page("C", "GET", STOP),
        Page("C", "GET", f"{JOBS}/Host"),
        Page("C", "PUT", JOB_PATH),
        Page("C", "POST", JOBS, body="[]", content_type="application/json"),
        Page("C", "DELETE", JOB_PATH, rows=(ROWS["take"],)),
    ],
    ids=repr,
)
def test_a_call_without_cmdlet_or_verb_is_an_error_with_its_place(page: Page, target: str) -> None:
    with pytest.raises(ExampleError) as caught:
        ported(page, target)
    (finding,) = caught.value.findings
    assert finding.path == "P030"
    assert f"for {page.method} {page.path}" in finding.message
    line = page.text.split("\n")[(finding.line or 0) - 1]
    assert line.startswith(f"Invoke-RestMethod -Method {page.method}")
    assert "powershell or python" in (caught.value.hint or "")


@pytest.mark.parametrize("target", ["module", "playbook"])
def test_signing_in_alone_is_nothing_to_do(target: str) -> None:
    script = Page("C").script.partition("$Headers =")[0]
    with pytest.raises(ExampleError, match=r"P030: no .* for signing in alone"):
        port(script, file_name="a.ps1", target=target)


# --- playbook


def loaded(folder: Path, page: Page, **variables: str) -> Selection:
    file = folder / "ported.yaml"
    file.write_text(ported(page, "playbook"), encoding="utf-8")
    return load_playbook(file, variables=variables).selection


@pytest.mark.parametrize(
    ("method", "path", "variables", "action"),
    [
        ("GET", JOBS, {}, "list"),
        ("GET", JOB_PATH, {"host_scan_job_id": ID}, "list"),
        ("GET", f"{JOBS}/{ID}", {}, "list"),
        ("GET", BY_HOST, {"host_id": ID}, "list"),
        ("DELETE", JOB_PATH, {"host_scan_job_id": ID}, "cancel"),
    ],
)
def test_a_playbook_is_one_that_loads(
    tmp_path: Path, method: str, path: str, variables: dict[str, str], action: str
) -> None:
    selection = loaded(tmp_path, Page("C", method, path), **variables)
    (step,) = selection.steps
    assert str(step.action) == action


def test_several_calls_are_several_steps(tmp_path: Path) -> None:
    text = Page("C").text + Page("C", "GET", JOBS).text
    file = tmp_path / "ported.yaml"
    file.write_text(port(text, file_name="p.md", target="playbook").text, encoding="utf-8")
    steps = load_playbook(file).selection.steps
    assert [step.name for step in steps] == ["1. cancel one job", "2. all jobs"]


# --- python


def test_every_python_script_of_the_corpus_is_python_in_ascii() -> None:
    for text in {ported(page, "python") for page in corpus()}:
        assert text.isascii()
        ast.parse(text)
        assert not re.search(r"[ \t]+$", text, re.MULTILINE)


def run(
    script: str, arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, url: str = ""
) -> Any:
    """Run a script as a person would, in this process; return what it exits with."""
    file = folder / "ported.py"
    file.write_text(script, encoding="ascii")
    values = {
        "SERVER": url,
        "LOGIN": r"LAB\svc",
        "PASSWORD": "s3cret-word",
        "MFA_CODE": "012345",
        "STATE_DIR": str(folder / "state"),
        "CONFIG": str(folder / "none.toml"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"HOSTSCAN_{name}", value)
    monkeypatch.setattr(sys, "argv", [str(file), *arguments])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(file), run_name="__main__")
    return caught.value.code


@pytest.mark.parametrize(
    ("page", "arguments", "target", "body"),
    [
        (Page("B", "GET", "/api/v1/Thing"), [], "/api/v1/Thing", None),
        (
            Page("A", "GET", "/api/v1/Thing", rows=tuple(ROWS[n] for n in ("take", "isDeleted"))),
            ["--take", "5", "--isDeleted", "true"],
            "/api/v1/Thing?take=5&isDeleted=true",
            None,
        ),
        (
            Page("A", "GET", "/api/v1/Thing", rows=(ROWS["FilterColumns"],)),
            ["--filter-columns", "a", "b c"],
            "/api/v1/Thing?FilterColumns=a&FilterColumns=b+c",
            None,
        ),
        (
            Page(
                "C",
                "PUT",
                "/api/v1/Thing/{name}/Part",
                body=BODIES["objects"],
                rows=(ROWS["name"],),
            ),
            ["--name", "a/b?"],
            "/api/v1/Thing/a%2Fb%3F/Part",
            json.loads(BODIES["objects"]),
        ),
        (Page("C", "POST", "/api/v1/Thing", body="string"), [], "/api/v1/Thing", "string"),
        (Page("C"), ["--host-scan-job-id", ID], f"{JOBS}/{ID}", None),
        (Page("C"), ["--hostScanJobId", ID], f"{JOBS}/{ID}", None),
        (
            Page("C", "GET", STOP, rows=("|hostConnected|query|boolean|false|none|",)),
            ["--host-scan-host-id", ID, "--host-connected", "false"],
            f"{JOBS}/Host/{ID}/Stop?hostConnected=false",
            None,
        ),
        (Page("C", "GET", STOP), ["--host-scan-host-id", ID], f"{JOBS}/Host/{ID}/Stop", None),
        (
            Page("C", "GET", STOP, rows=(ROWS["take"],)),
            ["--host-scan-host-id", ID, "--take", "1"],
            f"{JOBS}/Host/{ID}/Stop?take=1",
            None,
        ),
        (
            Page("C", "GET", "/api/v1/Thing/{ids}", rows=("|ids|path|array[string(uuid)]|true||",)),
            ["--ids", ID],
            f"/api/v1/Thing/{ID}",
            None,
        ),
    ],
    ids=repr,
)
def test_a_python_script_sends_what_the_page_documents(  # noqa: PLR0917 - cases and fixtures
    page: Page,
    arguments: list[str],
    target: str,
    body: object,
    recorder: Recorder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = target.partition("?")[0]
    if path.startswith(JOBS):
        recorder.answers[path] = Answer(202, "", media_type=None)
    script = ported(Page(**{**vars(page), "content_type": "application/json"}), "python")
    assert run(script, arguments, tmp_path, monkeypatch, recorder.url) == 0
    sent = recorder.sent[-1]
    assert (sent.method, sent.target) == (page.method, target)
    assert sent.header("authorization") == f"Bearer {TOKEN}"
    assert (sent.json if sent.body else None) == body


def test_a_python_script_prints_the_reply_as_json(
    recorder: Recorder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorder.answers[JOBS] = Answer(
        body=f'[{{"id": "{ID}", "status": 1, "hostScanHostStatus": []}}]'
    )
    script = ported(Page("C", "GET", JOBS), "python")
    assert run(script, [], tmp_path, monkeypatch, recorder.url) == 0
    (job,) = json.loads(capsys.readouterr().out)
    assert (job["id"], job["status"]) == (ID, "Running")


def test_a_python_script_tells_an_error_and_exits_1(
    recorder: Recorder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorder.answers[f"{JOBS}/{ID}"] = Answer(404, '{"title": "no such job"}')
    script = ported(Page("C"), "python")
    assert run(script, ["--host-scan-job-id", ID], tmp_path, monkeypatch, recorder.url) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no such job" in captured.err
    assert "s3cret-word" not in captured.err


def test_a_python_script_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = ported(Page("C", "GET", "/api/v1/Thing"), "python")
    assert run(script, [], tmp_path, monkeypatch, "") == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert "HOSTSCAN_SERVER" in captured.err


def test_a_python_script_that_is_stopped_says_so_without_a_traceback(
    recorder: Recorder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hostscan_automation.api.client.HostScanClient.jobs", stop)
    script = ported(Page("C", "GET", JOBS), "python")
    assert run(script, [], tmp_path, monkeypatch, recorder.url) == 130
    assert capsys.readouterr().err == "stopped; what was sent is sent\n"


@pytest.mark.parametrize("value", ["..", "x/../TruncateAllTables"])
def test_a_python_script_cannot_leave_its_path(
    value: str, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = ported(Page("C", "GET", "/api/v1/Thing/{name}/Part", rows=(ROWS["name"],)), "python")
    assert run(script, ["--name", value], tmp_path, monkeypatch, recorder.url) == 1
    assert recorder.sent == []


def test_documented_values_are_in_the_help_of_a_python_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    values = ("|kind|Managed|", "|kind|Not.Managed|", "|order|a b|")
    rows = (ROWS["kind"], ROWS["order"])
    page = Page("C", "GET", "/api/v1/Thing/{kind}", rows=rows, values=values)
    assert run(ported(page, "python"), ["--help"], tmp_path, monkeypatch) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "{kind} in the path, string, one of Managed, Not.Managed" in shown
    assert "order in the query, string; the page says it is required" in shown
    told = json.loads(ported(page, "json"))["steps"][2]
    kind = {"name": "kind", "type": "string", "values": ["Managed", "Not.Managed"]}
    assert told["path_parameters"] == [kind]
    assert told["query_parameters"] == [{"name": "order", "type": "string", "required": True}]


def test_a_python_script_has_help_and_wants_its_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Page("C", "GET", "/api/v1/100%25/{from}/{help}/{a-b}/{aB}")
    script = ported(page, "python")
    assert run(script, ["--help"], tmp_path, monkeypatch) == 0
    shown = capsys.readouterr().out
    assert "GET /api/v1/100%25/" in shown
    assert all(f"{{{name}}} in the path" in shown for name in ("from", "help", "a-b", "aB"))
    assert run(script, [], tmp_path, monkeypatch) == 2


def test_a_python_script_of_a_sign_in_alone_signs_in(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Page("C").script.partition("$Headers =")[0]
    script = port(text, file_name="a.ps1", target="python").text
    assert run(script, [], tmp_path, monkeypatch, recorder.url) == 0
    assert recorder.sent[-1].target == "/signin2fa"
