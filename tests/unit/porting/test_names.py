"""Whatever a page calls its parameters, the ported script has a name for each that works."""

from __future__ import annotations

import re
import runpy
import sys
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.porting.targets import port
from tests.unit.porting.odd_names import PATHS, distinct, page_of
from tests.unit.porting.recorder import PRE_TOKEN, TOKEN, Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.porting.conftest import Shell


def expected(names: list[str]) -> str:
    path = "/".join(f"p{number}" for number, _ in enumerate(PATHS))
    query = "&".join(f"{name}=q{number}" for number, name in enumerate(names))
    return f"/api/v1/Thing/{path}?{query}"


def test_every_name_works_in_powershell(shell: Shell, recorder: Recorder) -> None:
    names = distinct()
    script = port(page_of(names).text, file_name="p.md", target="powershell").text
    told = re.findall(
        r"^\.PARAMETER (\w+)\nValue of (\S+) in the (path|query)", script, re.MULTILINE
    )
    of = {
        (documented.strip("{}") if place == "path" else documented, place): name
        for name, documented, place in told
    }
    assert len(of) == len(names) + len(PATHS)
    assert len({name.lower() for name, _, _ in told}) == len(of)
    given = [f"-{of[name, 'path']} p{number}" for number, name in enumerate(PATHS)]
    given += [f"-{of[name, 'query']} q{number}" for number, name in enumerate(names)]
    file = shell.folder / "ported.ps1"
    file.write_text(script, encoding="ascii", newline="\n")
    output = shell.run(
        f"& '{file}' -NPSUrl {recorder.url} -Credential $credential -MfaCode 1 {' '.join(given)}\n"
    )
    assert "True" in output
    assert recorder.sent[-1].target == expected(names)


def test_every_name_works_in_python(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = distinct()
    script = port(page_of(names).text, file_name="p.md", target="python").text
    told = re.findall(
        r'add_argument\(\n\s+"--([^"]+)",(?:\n\s+"--[^"]+",)?\n\s+dest="[^"]+",'
        r'[^)]*?help="\{?(\S+?)\}? in the (path|query),',
        script,
    )
    of = {(documented, place): option for option, documented, place in told}
    assert len(of) == len(names) + len(PATHS)
    given = [word for n, name in enumerate(PATHS) for word in (f"--{of[name, 'path']}", f"p{n}")]
    given += [word for n, name in enumerate(names) for word in (f"--{of[name, 'query']}", f"q{n}")]
    file = tmp_path / "ported.py"
    file.write_text(script, encoding="ascii")
    values = {"SERVER": recorder.url, "LOGIN": "a", "PASSWORD": "b", "MFA_CODE": "012345"}
    values |= {"STATE_DIR": str(tmp_path), "CONFIG": str(tmp_path / "none.toml")}
    for name, value in values.items():
        monkeypatch.setenv(f"HOSTSCAN_{name}", value)
    monkeypatch.setattr(sys, "argv", [str(file), *given])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(file), run_name="__main__")
    assert caught.value.code == 0
    assert recorder.sent[1].header("authorization") == f"Bearer {PRE_TOKEN}"
    assert recorder.sent[-1].header("authorization") == f"Bearer {TOKEN}"
    target = recorder.sent[-1].target
    for escaped, plain in (("%24", "$"), ("%5B", "["), ("%5D", "]")):
        target = target.replace(escaped, plain)
    assert target == expected(names)
