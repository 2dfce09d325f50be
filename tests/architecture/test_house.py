"""The layout of the package, held to what docs/architecture.md says of it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import hostscan_automation

PACKAGE = Path(hostscan_automation.__file__).parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages([str(PACKAGE)], "hostscan_automation.")
)
ROOMS = sorted(
    path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}
LONGEST_FILE = 420


def sources() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_imports_on_its_own(name: str) -> None:
    assert importlib.import_module(name).__doc__, f"{name} says nothing of itself"


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_door_sign_of_one_sentence(room: str) -> None:
    sign = (importlib.import_module(f"hostscan_automation.{room}").__doc__ or "").splitlines()[0]
    assert sign.endswith("."), sign
    assert len(sign) > 20, sign


def test_no_room_is_a_junk_drawer() -> None:
    names = {path.stem for path in sources()} | {path.parent.name for path in sources()}
    assert not names & FORBIDDEN_NAMES


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{path.name} has {lines} lines"


def test_functions_are_small() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )
    median, ninth = lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10]
    assert median <= 12, f"median {median} lines with docstrings"
    assert ninth <= 32, f"nine of ten have up to {ninth} lines"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_loads_none_of_the_heavy_libraries(arguments: list[str]) -> None:
    heavy = ("requests", "pydantic", "rich", "yaml", "jinja2", "cryptography", "keyring", "re2")
    probe = (
        "import sys\n"
        f"sys.argv = ['hostscan', *{arguments!r}]\n"
        "from hostscan_automation.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"loaded = sorted(set({heavy!r}) & set(sys.modules))\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_package_does_nothing_to_the_process() -> None:
    probe = (
        "import os, warnings, threading, logging\n"
        "before = (dict(os.environ), list(warnings.filters), threading.active_count(),\n"
        "          list(logging.getLogger().handlers))\n"
        "import hostscan_automation\n"
        "after = (dict(os.environ), list(warnings.filters), threading.active_count(),\n"
        "         list(logging.getLogger().handlers))\n"
        "assert before == after\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_the_names_of_the_library_are_written_out_for_type_checkers() -> None:
    assert set(hostscan_automation.__all__) == {*hostscan_automation._PLACE_OF, "__version__"}
