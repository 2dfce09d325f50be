"""Port an example: read it once, refuse what must be refused, and write it as asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hostscan_automation.porting.reading import read_example
from hostscan_automation.porting.refusals import refuse_destructive
from hostscan_automation.porting.to_json import to_json
from hostscan_automation.porting.to_module import to_module
from hostscan_automation.porting.to_playbook import to_playbook
from hostscan_automation.porting.to_powershell import to_powershell
from hostscan_automation.porting.to_python import to_python

if TYPE_CHECKING:
    from hostscan_automation.porting.diagnostics import Diagnostic
    from hostscan_automation.porting.example import PortedExample


class Target(StrEnum):
    """What an example is turned into."""

    PYTHON = "python"
    POWERSHELL = "powershell"
    MODULE = "module"
    PLAYBOOK = "playbook"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Ported:
    """A ported example.

    Attributes:
        text: A whole file in ASCII, its lines ended by line feeds.
        diagnostics: What was repaired, in the order of the file.
    """

    text: str
    target: Target
    diagnostics: tuple[Diagnostic, ...]


def port(
    text: str, *, file_name: str, target: Target | str, allow_destructive: bool = False
) -> Ported:
    """Turn a documented example into something that runs.

    Args:
        text: The file's content: a page, a script, or the example alone.
        file_name: The file as the person named it; its ending tells a page from a script.
        target: What to write.
        allow_destructive: Carry over a DELETE without an id. `TruncateAllTables` never is.

    Raises:
        ExampleError: Something in it cannot be carried over; the findings have line and column.
        PlanRefusedError: It deletes without an id, or wipes every host scan table.
    """
    example = read_example(text, file_name=file_name)
    if not allow_destructive:
        refuse_destructive(example.steps, file_name=file_name)
    target = Target(target)
    return Ported(_text(example, target, file_name), target, example.diagnostics)


def _text(example: PortedExample, target: Target, file_name: str) -> str:
    match target:
        case Target.JSON:
            return to_json(example)
        case Target.POWERSHELL:
            return to_powershell(example)
        case Target.MODULE:
            return to_module(example, file_name=file_name)
        case Target.PLAYBOOK:
            return to_playbook(example, file_name=file_name)
        case Target.PYTHON:
            return to_python(example)
