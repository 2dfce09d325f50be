"""`--var NAME=VALUE`: values for the variables of a playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

variable_option = click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a variable of the playbook; may be given several times.",
)


def read_variables(texts: Iterable[str]) -> dict[str, str]:
    """Return the variables that were given.

    Raises:
        UsageError: A text is not of that form, or a name is given twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals):
            raise click.UsageError(f"--var {text!r} is not of the form NAME=VALUE")
        if name.strip() in values:
            raise click.UsageError(f"--var {name.strip()!r} is given twice")
        values[name.strip()] = value
    return values
