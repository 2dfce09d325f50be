"""One call of the program: its environment, the options that every command shares, its logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from hostscan_automation.cli.logs import LogOptions, Logs
from hostscan_automation.cli.render import Out
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.cli.environment import Environment
    from hostscan_automation.errors import HostscanError


@dataclass(slots=True)
class Invocation:
    """What the root hands to the command.

    Attributes:
        out: The two streams, as commands write to them.
        shared: The shared options as they were given, before the command's name or after it.
    """

    environment: Environment
    logs: Logs
    out: Out
    shared: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, environment: Environment) -> Invocation:
        """Return a fresh one."""
        out = Out(environment.stdout, environment.stderr, environ=environment.environ)
        redaction = Redaction.of_environment(environment.environ)
        return cls(environment, Logs(out.people, redaction), out)

    def say_error(self, error: HostscanError) -> None:
        """Tell a person what went wrong and the way out, without any secret."""
        clean = self.logs.redaction.clean
        error.message = clean(error.message)
        error.hint = error.hint and clean(error.hint)
        self.out.people.error(error)

    @property
    def log_options(self) -> LogOptions:
        """The logging options that were given."""
        return LogOptions(
            verbosity=self.shared.get("verbose", 0),
            file=self.shared.get("log_file"),
            form=self.shared.get("log_format") or "text",
        )


pass_invocation: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(
    Invocation
)
