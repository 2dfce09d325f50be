"""Every command teaches how it is used; its examples are real."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click
import pytest

from hostscan_automation.cli.commands import Command
from hostscan_automation.cli.root import root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.cli.conftest import Terminal


def below(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from below(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = list(below(root))


def command_at(path: tuple[str, ...]) -> Command:
    command: click.Command | None = root
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert isinstance(command, Command)
    return command


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_explains_and_shows_examples_before_the_options(
    terminal: Terminal, path: tuple[str, ...]
) -> None:
    ended = terminal.run(*path, "--help")
    assert ended.code == 0
    assert ended.err == ""
    assert ended.out.startswith(f"Usage: hostscan {' '.join(path)} ")
    assert ended.out.index("Examples:") < ended.out.index("Options:")
    assert all(len(line) <= 100 for line in ended.out.splitlines())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_examples_are_calls_that_the_command_understands(path: tuple[str, ...]) -> None:
    command = command_at(path)
    start = f"hostscan {' '.join(path)}"
    calls = [line.partition(" > ")[0] for line in command.examples.splitlines()]
    calls = [start + call.rpartition(start)[2] for call in calls if start in call]
    assert calls
    known = {option for parameter in command.params for option in parameter.opts}
    for call in calls:
        for word in shlex.split(call):
            assert not word.startswith("-") or word == "-" or word in known, call


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_option_takes_a_secret(path: tuple[str, ...]) -> None:
    names = {option for parameter in command_at(path).params for option in parameter.opts}
    assert not names & {"--password", "--token", "--api-key", "--totp-secret", "--mfa-code"}
