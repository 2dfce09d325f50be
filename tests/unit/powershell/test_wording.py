"""What a person at a PowerShell reads: parameters instead of flags, and nothing that acts."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hostscan_automation
from hostscan_automation.powershell.wording import PARAMETER_OF_FLAG, told
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(hostscan_automation.__file__).parent
# these speak to the command line, or of the flags of other programs
ELSEWHERE = {"cli", "powershell", "simulator", "porting"}
MODULE = PACKAGE / "powershell" / "HostScanAutomation"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("try it with --retry-sign-in.", "try it with -RetrySignIn."),
        ("profile 'x' (from flag --profile) is not", "profile 'x' (from -ProfileName) is not"),
        ("f.yaml: --var nope: is none", "f.yaml: -Variable nope: is none"),
        ("hostscan plan --save FILE", "hostscan plan --save FILE"),
        ("a -- b, x--server, ---server", "a -- b, x--server, ---server"),
        ("host \x1b[31mred\x1b[0m \u202eback", "host \\x1b[31mred\\x1b[0m \\u202eback"),
        ("first: wrong\nsecond: wrong", "first: wrong\nsecond: wrong"),
        ("the password is hunter2hunter2", "the password is [secret]"),
        ("sent Bearer abc.def", "sent Bearer [token]"),
        ('not "Bearer $Token" of it', 'not "Bearer $Token" of it'),
    ],
)
def test_texts_are_made_fit_for_a_shell(text: str, shown: str) -> None:
    assert told(text, Redaction({"hunter2hunter2"})) == shown


def test_every_flag_that_a_room_below_names_has_its_parameter() -> None:
    named = {flag for path in rooms_below() for flag in flags_in(path)}

    assert named == set(PARAMETER_OF_FLAG)


def test_every_parameter_that_takes_the_place_of_a_flag_exists() -> None:
    scripts = "\n".join(path.read_text("ascii") for path in MODULE.rglob("*.ps1"))

    for parameter in filter(None, PARAMETER_OF_FLAG.values()):
        if parameter.startswith("-"):
            assert re.search(rf"\.PARAMETER {parameter[1:]}\b", scripts), parameter


def rooms_below() -> Iterator[Path]:
    yield PACKAGE / "porting" / "refusals.py"
    for path in PACKAGE.rglob("*.py"):
        if not ELSEWHERE & set(path.relative_to(PACKAGE).parts):
            yield path


def flags_in(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield from re.findall(r"(?<![\w-])--[a-z][a-z-]+", str(node.value))
