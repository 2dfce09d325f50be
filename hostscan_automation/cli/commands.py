"""Click's commands as this program wants them: loaded late, logged, with suggestions."""

from __future__ import annotations

import difflib
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import click
from typing_extensions import override

from hostscan_automation.cli.invocation import Invocation
from hostscan_automation.cli.options import logging_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Command(click.Command):
    """A command whose run is logged as the shared options say, and that shows how it is used.

    Args:
        examples: Command lines, one a line.
    """

    def __init__(self, *arguments: Any, examples: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.examples = examples

    @override
    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        with formatter.section("Examples"):
            for line in self.examples.splitlines():
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_options(self, ctx, formatter)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        invocation = ctx.ensure_object(Invocation)
        invocation.logs.open(invocation.log_options)
        return super().invoke(ctx)


def write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write the options into the help: the command's own first, then the shared ones."""
    sections: dict[str, list[tuple[str, str]]] = {"Options": []}
    for parameter in command.get_params(ctx):
        if isinstance(parameter, click.Argument):  # the text above tells of them
            continue
        heading = getattr(parameter, "heading", "Options")
        record = parameter.get_help_record(ctx)
        if record is not None:
            sections.setdefault(heading, []).append(record)
    for heading, records in sections.items():
        if records:
            with formatter.section(heading):
                formatter.write_dl(records)


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command by the place of its code.

    Attributes:
        place: `module:attribute`, the module inside this package.
        summary: What `--help` says of it, so that it need not be loaded for that.
    """

    place: str
    summary: str

    def load(self) -> click.Command:
        """Import the module and return the command."""
        module, _, attribute = self.place.partition(":")
        command = getattr(importlib.import_module(f"{__package__}.{module}"), attribute)
        return cast("click.Command", command)


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called.

    Args:
        sections: Commands by name, under the heading that `--help` shows above them.
    """

    def __init__(
        self, *arguments: Any, sections: Mapping[str, Mapping[str, LazyCommand]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._sections = sections
        self._lazy = {name: lazy for part in sections.values() for name, lazy in part.items()}

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        lazy = self._lazy.get(cmd_name)
        return None if lazy is None else lazy.load()

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._lazy and not name.startswith("-"):
            raise click.UsageError(self._unknown(ctx, name), ctx)
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: click.Context, name: str) -> str:
        near = difflib.get_close_matches(name, self._lazy, n=1)
        if near:
            return f"no command {name!r}; did you mean '{ctx.command_path} {near[0]}'?"
        return f"no command {name!r}; there are: {', '.join(self._lazy)}"

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        write_options(self, ctx, formatter)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, part in self._sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name, lazy.summary) for name, lazy in part.items()])


def command(
    name: str, *, examples: str, **options: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Return a decorator for a command with logging options and examples in its help."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        made = click.command(name, cls=Command, examples=examples, **options)
        return made(logging_options(function))

    return decorate


def group(name: str, *, summary: str, commands: Mapping[str, LazyCommand]) -> LazyGroup:
    """Return a group of lazily loaded commands; called without one, it lists them."""

    def show_help() -> None:
        context = click.get_current_context()
        if context.invoked_subcommand is None:
            context.find_object(Invocation).out.data.write(f"{context.get_help()}\n")  # type: ignore[union-attr]

    return LazyGroup(
        name=name,
        help=summary,
        sections={"Commands": commands},
        callback=show_help,
        invoke_without_command=True,
    )
