from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.main import main
from hostscan_automation.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Terminal

EXAMPLE = """\
# PowerShell example
$NPSUrl = "https://localhost:6500"
$WebSession = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$Login = @{
    Login = "LabAdmin"
    Password = "Password"
}
$Token = Invoke-RestMethod -Uri "$($NPSUrl)/signinBody" -Method POST -Body (ConvertTo-Json $Login) -ContentType "application/json" -WebSession $WebSession
$Token = Invoke-RestMethod -Uri "$($NPSUrl)/signin2fa" -Method POST -Body $MfaCode -Headers @{Authorization = "Bearer $Token"} -ContentType "application/json" -WebSession $WebSession
$Headers = @{
    Authorization = "Bearer $Token"
}
Invoke-RestMethod -Uri "$($NPSUrl)/api/v1/HostScanJob/%s" -Method %s -Headers $Headers
"""  # noqa: E501 - as printed


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example.ps1"
    path.write_text(EXAMPLE % ("{hostScanJobId}", "DELETE"), encoding="utf-8")
    return path


def test_json_is_on_stdout_and_the_repairs_are_on_stderr(terminal: Terminal, example: Path) -> None:
    ended = terminal.run("port", str(example), "--to", "json")
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    assert document["schema"] == "hostscan/ported-example/1"
    codes = {diagnostic["code"] for diagnostic in document["diagnostics"]}
    assert "P009" in codes
    assert all(f" {code}: " in ended.err for code in codes)
    assert ended.err.startswith(f"{example}:")


def test_the_script_goes_to_a_new_file_if_that_is_wanted(terminal: Terminal, example: Path) -> None:
    target = example.with_name("cancel.py")
    ended = terminal.run("port", str(example), "--save", str(target))
    assert (ended.code, ended.out) == (0, "")
    compile(target.read_text(encoding="utf-8"), str(target), "exec")
    assert ended.err.endswith(f"written: {target}\nsee its parameters: python {target} --help\n")
    again = terminal.run("port", str(example), "--save", str(target))
    assert again.code == 3
    assert "File exists" in again.err


@pytest.mark.parametrize(
    ("target", "name", "advice"),
    [
        ("powershell", "Cancel-Job.ps1", f"Get-Help .{os.sep}Cancel-Job.ps1 -Full"),
        ("module", "Cancel Job.ps1", f'Get-Help ".{os.sep}Cancel Job.ps1" -Full'),
        ("playbook", "cancel.yaml", f"hostscan playbooks validate .{os.sep}cancel.yaml"),
    ],
)
def test_what_to_do_next_is_told_as_it_is_typed(
    terminal: Terminal,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    name: str,
    advice: str,
) -> None:
    monkeypatch.chdir(example.parent)
    ended = terminal.run("port", str(example), "--to", target, "--save", name)
    assert ended.code == 0
    assert ended.err.endswith(f"{advice}\n")


def test_wiping_everything_is_refused_whatever_is_allowed(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "wipe.ps1"
    path.write_text(EXAMPLE % ("TruncateAllTables", "DELETE"), encoding="utf-8")
    for flags in ([], ["--allow-destructive"]):
        ended = terminal.run("port", str(path), *flags)
        assert (ended.code, ended.out) == (7, "")
        assert f"{path}:13:35: P017: TruncateAllTables is never called" in ended.err


def test_a_delete_without_an_id_is_refused_with_its_place(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "all.ps1"
    path.write_text(EXAMPLE % ("Users", "DELETE"), encoding="utf-8")
    ended = terminal.run("port", str(path), "--to", "json")
    assert (ended.code, ended.out) == (7, "")
    call = "DELETE /api/v1/HostScanJob/Users"
    assert f"{path}:13:1: P017: {call} deletes without an id" in ended.err
    allowed = terminal.run("port", str(path), "--to", "json", "--allow-destructive")
    assert allowed.code == 0
    assert f"{path}:13:1: P017: {call} acts on everything at once" in allowed.err


def test_an_example_can_come_in_on_standard_input(terminal: Terminal, example: Path) -> None:
    by_name = terminal.run("port", str(example), "--to", "json")
    terminal.typed = example.read_text(encoding="utf-8")
    typed = terminal.run("port", "-", "--to", "json")
    assert (typed.code, typed.out) == (0, by_name.out)
    assert typed.err == by_name.err.replace(f"{example}:", "standard input:")


def test_octets_that_come_in_are_decoded_as_those_of_a_file_are() -> None:
    text = (EXAMPLE % ("{hostScanJobId}", "GET")).replace("LabAdmin", "J\u00fcrgen")
    for octets in (text.encode("utf-8-sig"), text.encode("utf-16")):
        code, out, err = piped(octets, "port", "-", "--to", "json")
        assert (code, json.loads(out)["steps"][2]["method"]) == (0, "GET"), err
    code, out, err = piped(text.encode("cp1252"), "port", "-")
    assert (code, out) == (6, "")
    assert "standard input:5:15: the file is not text in UTF-8 from here on" in err


def piped(octets: bytes, *arguments: str) -> tuple[int, str, str]:
    """Run a command into which octets are piped."""
    out, err = io.StringIO(), io.StringIO()
    environment = Environment(
        stdin=io.TextIOWrapper(io.BytesIO(octets), encoding="ascii"),
        stdout=out,
        stderr=err,
        environ={},
        clock=SystemClock(),
        read_secret=lambda prompt: "",
    )
    return main(arguments, environment), out.getvalue(), err.getvalue()


def test_a_file_of_any_size_is_not_read_whole(terminal: Terminal, example: Path) -> None:
    with example.open("ab") as stream:
        stream.truncate(10**10)
    ended = terminal.run("port", str(example))
    assert ended.code == 6
    assert f"{example}:1:1: the file is larger than 8 MB: that is no example" in ended.err


def test_what_cannot_be_read_ends_with_6(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "strange.ps1"
    path.write_text("Get-ChildItem | Remove-Item\n", encoding="utf-8")
    assert terminal.run("port", str(path)).code == 6
    ended = terminal.run("port", str(tmp_path / "none.md"))
    assert ended.code == 6
    assert "none.md: cannot be read: No such file" in ended.err
