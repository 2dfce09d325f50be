"""Every kind of example, ported and carried out: the server's log holds what the page declares."""

from __future__ import annotations

import runpy
import sys
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.porting.targets import port
from hostscan_automation.simulator import Simulator, SimulatorConfig
from tests.unit.porting.declared import VALUES, covering, declared, path_names, query_names, seen
from tests.unit.porting.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hostscan_automation.simulator.log import Request
    from tests.unit.porting.conftest import Shell

JSON = "application/json"
PATCHES = [Page("C", "PATCH", "/api/v1/Thing/{name}", body, JSON) for body in (None, '{"a": 1}')]
PAGES = [*covering(), *PATCHES]
STEPS = ("/signinBody", "/signin2fa")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(SimulatorConfig(jobs=3, strict_content_type=True)) as started:
        yield started


def text_of(page: Page, target: str, newline: str) -> str:
    text = page.text.replace("\n", newline)
    return port(text, file_name="p.md", target=target, allow_destructive=True).text


def check(pages: list[Page], requests: list[Request]) -> None:
    """Hold the log against the pages: for each its sign-in and its call, and nothing else."""
    assert [one.path for one in requests if one.path in STEPS] == list(STEPS) * len(pages)
    calls = [seen(one) for one in requests if one.path not in STEPS]
    assert calls == [declared(page) for page in pages]


def test_the_chosen_pages_hold_every_shape() -> None:
    shapes = {(page.generation, page.content_type, page.body is None) for page in PAGES}
    assert len(shapes) == 7
    assert {page.method for page in PAGES} == {"GET", "PUT", "POST", "PATCH", "DELETE"}
    assert 30 < len(PAGES) < 150


@pytest.mark.simulator
@pytest.mark.powershell
def test_scripts_of_powershell_send_what_their_pages_declare(
    shell: Shell, simulator: Simulator
) -> None:
    account = simulator.accounts.without_mfa
    letters = " ".join(f"$word.AppendChar([char]{ord(one)});" for one in account.password)
    login = f"System.Management.Automation.PSCredential -ArgumentList '{account.login}', $word"
    lines = [
        f"$word = New-Object System.Security.SecureString; {letters}",
        f"$credential = New-Object {login}",
    ]
    for number, page in enumerate(PAGES):
        file = shell.folder / f"p{number}.ps1"
        newline = "\r\n" if number % 2 else "\n"
        file.write_text(text_of(page, "powershell", newline), encoding="ascii", newline="\n")
        confirm = "" if page.method == "GET" else " -Confirm:$false"
        lines.append(
            f"try {{ $null = & '{file}' -NPSUrl {simulator.url} -Credential $credential"
            f" -MfaCode NA{arguments(page)}{confirm} }} catch {{ $_.Exception.Message }}"
        )
    output = shell.run("\n".join(lines) + "\n")
    check(PAGES, simulator.requests())
    assert all(line.startswith(("HTTP 404", "HTTP 405")) for line in output.splitlines()), output


def arguments(page: Page) -> str:
    """Return the parameters of a script for PowerShell, each text in the form it must have."""
    given = ""
    for name in (*path_names(page), *query_names(page)):
        value = VALUES[name]
        texts = [value] if isinstance(value, str) else value
        points = ("+".join(f"[char]{ord(letter)}" for letter in text) for text in texts)
        given += f" -{name} " + ", ".join(f"('' + {text})" for text in points)
    return given


@pytest.mark.simulator
def test_scripts_of_python_send_what_their_pages_declare(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = simulator.accounts.without_mfa
    values = {"SERVER": simulator.url, "LOGIN": account.login, "PASSWORD": account.password}
    values |= {"NO_MFA": "yes", "STATE_DIR": str(tmp_path), "CONFIG": str(tmp_path / "none.toml")}
    for name, value in values.items():
        monkeypatch.setenv(f"HOSTSCAN_{name}", value)
    for number, page in enumerate(PAGES):
        file = tmp_path / "ported.py"
        newline = "\r\n" if number % 2 else "\n"
        file.write_text(text_of(page, "python", newline), encoding="ascii")
        given = [f"--{name}" for name in (*path_names(page), *query_names(page))]
        words = [word for option in given for word in _words(option)]
        monkeypatch.setattr(sys, "argv", [str(file), *words])
        with pytest.raises(SystemExit) as caught:
            runpy.run_path(str(file), run_name="__main__")
        assert caught.value.code in {0, 1}
    check(PAGES, simulator.requests())


def _words(option: str) -> tuple[str, ...]:
    value = VALUES[option.removeprefix("--")]
    return (option, value) if isinstance(value, str) else (option, *value)
