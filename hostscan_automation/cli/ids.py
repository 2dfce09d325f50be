"""Ids as a person gives them to a command: as arguments, or one a line on standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from hostscan_automation.cli.invocation import Invocation

_COMMENT = "#"


def read_ids(invocation: Invocation, texts: Sequence[str], name: str = "job id") -> list[UUID]:
    """Return each id once, in the order given; `-` stands for those on standard input.

    Raises:
        UsageError: A text is no id; all such texts are named at once.
    """
    from hostscan_automation.api.ids import read_id

    ids: dict[UUID, None] = {}
    faults = []
    for text in _texts(invocation, texts):
        try:
            ids[read_id(text, name)] = None
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise click.UsageError("; ".join(faults[:10]), click.get_current_context())
    return list(ids)


def _texts(invocation: Invocation, texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if text != "-":
            yield text
            continue
        for line in invocation.environment.stdin:
            word = line.partition(_COMMENT)[0].strip().strip("\ufeff\"',")
            if word:
                yield word
