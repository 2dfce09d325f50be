"""README and docs, held to the program: commands exist, files are well formed, links lead on."""

from __future__ import annotations

import configparser
import re
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.invocation import Invocation
from hostscan_automation.cli.options import SharedOption
from hostscan_automation.cli.root import root
from hostscan_automation.settings.profiles import LimitsTable, Profile, read_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
TIMER = TOP / "docs/timer"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def fences(page: Path, *languages: str) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    for language, body in re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language in languages:
            yield body


def hostscan_lines(page: Path) -> list[str]:
    lines = [
        line for body in fences(page, "bash", "console", "powershell") for line in body.splitlines()
    ]
    command = re.compile(r"(?:^\s*|&& |; |bin/|Scripts\\)(hostscan (?!.*\.\.\.).*)")
    starts = [command.search(line) for line in lines]
    return [found[1].split("  #")[0].split(" > ")[0].strip() for found in starts if found]


def assert_is_a_command(line: str) -> None:
    arguments = shlex.split(line, comments=True)[1:]
    command: click.Command = root
    context = click.Context(root, info_name="hostscan", obj=Invocation.of(Environment.of_process()))
    while isinstance(command, click.Group):
        name, found, arguments = command.resolve_command(context, arguments)
        assert found is not None, f"{line}: no command {name!r}"
        command = found
        context = click.Context(command, info_name=name, parent=context)
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    known |= {option for one in root.params for option in one.opts}
    for argument in arguments:
        if argument.startswith("--"):
            assert argument.split("=")[0] in known, f"{line}: no option {argument!r}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_hostscan_command_in_the_documents_exists(page: Path) -> None:
    for line in hostscan_lines(page):
        assert_is_a_command(line)


def test_the_readme_has_both_commands_alone_in_their_fences() -> None:
    text = (TOP / "README.md").read_text(encoding="utf-8")
    for name in ("demo", "test"):
        found = re.search(rf"<!-- command: {name} -->\n```bash\n(.*?)\n```", text, re.DOTALL)
        assert found, name
        assert "\n" not in found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_project_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_systemd_service_runs_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(TIMER / "hostscan-nightly.service", encoding="utf-8")
    assert unit["Service"]["Type"] == "oneshot"
    assert unit["Service"]["KillSignal"] == "SIGINT"
    assert_is_a_command(unit["Service"]["ExecStart"].replace("/opt/hostscan/bin/", ""))
    assert "--yes" in unit["Service"]["ExecStart"]


def test_the_systemd_timer_starts_the_service_of_its_name() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.read(TIMER / "hostscan-nightly.timer", encoding="utf-8")
    assert unit["Timer"]["OnCalendar"]
    assert (TIMER / "hostscan-nightly.service").exists()


def test_the_crontab_line_has_five_times_and_a_command_that_exists() -> None:
    text = (TIMER / "hostscan-nightly.crontab").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if not line.startswith("#")]
    *times, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[\d*/,-]+", time) for time in times)
    assert "%" not in command, "cron turns % into a line break"
    assert_is_a_command(command.replace("/opt/hostscan/bin/", ""))


def test_the_windows_task_is_well_formed_and_runs_a_command_that_exists() -> None:
    text = (TIMER / "hostscan-nightly.xml").read_text(encoding="utf-8")
    assert "encoding=" not in text.splitlines()[0], "as a string it is UTF-16, as a file UTF-8"
    task = ET.fromstring(text)  # noqa: S314 - our own file
    command = task.findtext(f".//{TASK}Command", "")
    arguments = task.findtext(f".//{TASK}Arguments", "")
    assert command.endswith("hostscan.exe")
    assert_is_a_command("hostscan " + arguments.replace("\\", "/"))
    assert task.findtext(f".//{TASK}MultipleInstancesPolicy") == "IgnoreNew"
    assert task.findtext(f".//{TASK}RunLevel") == "LeastPrivilege"


def test_every_document_is_free_of_tabs_and_blanks_at_line_ends() -> None:
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            assert line == line.rstrip(), f"{page.name}:{number}"


def test_every_setting_stands_in_the_page_of_settings() -> None:
    text = (TOP / "docs/settings.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([^`]+)`", text))
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (TOP / "hostscan_automation").rglob("*")
        if path.suffix in {".py", ".ps1"}
    )
    variables = set(re.findall(r"HOSTSCAN_[A-Z][A-Z_]+[A-Z]", code))
    flags = {one.opts[-1] for one in root.params if isinstance(one, SharedOption)} - {"--verbose"}
    keys = set(Profile.model_fields) - {"limits"}
    limits = {f"limits.{name}" for name in LimitsTable.model_fields}
    wanted = variables | flags | keys | limits | {"default_profile"}
    assert {"HOSTSCAN_SERVER", "--server", "server"} <= wanted
    assert wanted - told == set()


def test_the_profile_file_in_the_page_of_settings_can_be_read(tmp_path: Path) -> None:
    (text,) = fences(TOP / "docs/settings.md", "toml")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    file = read_profiles(tmp_path / "config.toml", "test")
    assert set(file.profiles) == {"nightly", "me"}
