"""Options that several commands share, each defined once."""

from __future__ import annotations

import functools
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hostscan_automation.cli.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Note a shared option; given after the command's name it wins over before it."""
    if value == "":
        # `--server "$VARIABLE"` with nothing in it must not mean whatever stands further down
        raise click.BadParameter("is empty", context, parameter)
    shared = context.ensure_object(Invocation).shared
    name = parameter.name or ""
    if getattr(parameter, "count", False):
        shared[name] = shared.get(name, 0) + value
    elif value is not None and value is not False:
        shared[name] = value


class SharedOption(click.Option):
    """An option that many commands have; `--help` shows it under a heading of its own."""

    def __init__(self, *arguments: Any, heading: str, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes, expose_value=False, callback=_keep)
        self.heading = heading


def _logging(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    return click.option(*names, cls=SharedOption, heading="Logging", **attributes)


def _connection(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    return click.option(*names, cls=SharedOption, heading="Server and sign-in", **attributes)


def stacked(*decorators: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return one decorator that stands for several, the first one on top."""

    def decorate(function: Function) -> Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def gathered(kind: type[Any], name: str) -> Callable[[Function], Function]:
    """Hand the options named like the fields of a dataclass to the function as that one value."""
    field_names = [field.name for field in fields(kind)]

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def call(*arguments: Any, **options: Any) -> Any:
            values = {field: options.pop(field) for field in field_names if field in options}
            return function(*arguments, **options, **{name: kind(**values)})

        return call  # type: ignore[return-value]

    return decorate


logging_options = stacked(
    _logging("-v", "--verbose", count=True, help="Tell more; -vv tells every request."),
    _logging("--log-file", metavar="FILE", help="Append a log to FILE; no secret is in it."),
    _logging(
        "--log-format", type=click.Choice(["text", "json"]), help="How log lines are written."
    ),
)

connection_options = stacked(
    _connection("--server", metavar="URL", help="Server, as in https://nps01.example.com:6500."),
    _connection("--login", metavar="NAME", help=r"Sign in as this user, as in DOMAIN\user."),
    _connection("--app", metavar="NAME", help="Sign in as this application user."),
    _connection("--profile", metavar="NAME", help="Take what is not given from this profile."),
    _connection("--config", metavar="FILE", help="Profile file to use instead of the usual one."),
    _connection(
        "--ca-bundle", metavar="FILE", help="PEM file of certificates to trust for this server."
    ),
    _connection(
        "--fingerprint", metavar="SHA256", help="Trust only the certificate with this fingerprint."
    ),
    _connection(
        "--insecure", is_flag=True, help="Trust any certificate. Anybody could be listening."
    ),
    _connection(
        "--retry-sign-in",
        is_flag=True,
        help="Try a password again that the server has refused before.",
    ),
)


def output_option(*forms: str) -> Callable[[Function], Function]:
    """Return `--output` with the forms that a command knows; the first one is the default."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help="Form of what goes to stdout.",
    )
