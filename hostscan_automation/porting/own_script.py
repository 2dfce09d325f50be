"""Recognise a PowerShell script that this porter wrote, so that porting it again changes nothing.

A script is read back for what varies in it, and written anew: only where both agree in every
character is it taken as read. Nothing in it is trusted for being marked as ours.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from hostscan_automation.errors import ExampleError
from hostscan_automation.porting import powershell_text
from hostscan_automation.porting.addresses import Address, check_path, refuse_wipe
from hostscan_automation.porting.bodies import body_of_text
from hostscan_automation.porting.example import (
    FIRST_STEP,
    SECOND_STEP,
    Body,
    Parameter,
    PortedExample,
    Step,
)
from hostscan_automation.porting.places import Place, Snippet
from hostscan_automation.porting.syntax import Literal, OutsideSubsetError
from hostscan_automation.porting.to_module import FIRST_LINES as MODULE_START
from hostscan_automation.porting.to_module import to_module
from hostscan_automation.porting.to_powershell import to_powershell

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT_START = f"{powershell_text.FIRST_LINE}\n\n<#\n.SYNOPSIS\n"
_TYPE = "(?:uuid|date-time|integer|number|boolean|string)"
_PARAMETER = re.compile(
    r"^\.PARAMETER (\w+)\nValue of \{?([\w.$\[\]-]+)\}? in the (?:path|query), type"
    rf" ({_TYPE}|array\[{_TYPE}\])(?:, one of ([\w.+-]+(?:, [\w.+-]+)*?))?"
    r"(?:\.|; it may be left out\.|(; the page says it is required\.))$",
    re.MULTILINE | re.ASCII,
)
_CALL = re.compile(r"^    # (GET|PUT|POST|PATCH|DELETE) (/\S*)$", re.MULTILINE)
_PATH_VALUE = re.compile(r'^    \$path = .*EscapeDataString\("\$(\w+)"', re.MULTILINE | re.ASCII)
_MODULE_VALUE = re.compile(r"^    \w+-HostScanJob [^$\n]*\$(\w+)$", re.MULTILINE | re.ASCII)
_QUERY_VALUE = re.compile(r"^    if \(\$PSBoundParameters\.ContainsKey\('(\w+)'\)", re.MULTILINE)
_BODY_START = re.compile(r"^\$(jsonBody[0-9]+) = @'\n", re.MULTILINE)
_BODY_END = "\n'@\n"
_BODY_NAME = re.compile(r"UTF8\.GetBytes\(\$(jsonBody[0-9]+)\)$", re.MULTILINE)
_AUTHORIZED = re.compile(r"^        Headers += \$headers$", re.MULTILINE)
_ASKS = "    if ($PSCmdlet.ShouldProcess("


def read_own_script(text: str) -> PortedExample | None:
    """Return what a script of this porter means, or None where it is none.

    Raises:
        OutsideSubsetError: It was changed by hand.
        ForbiddenCallError: It calls what wipes every host scan table.
    """
    # Set-Content ends a text with one line end more.
    text = text.rstrip("\n") + "\n"
    if text.startswith(f"{MODULE_START}\n\n<#\n.SYNOPSIS\n"):
        return _module_script(text)
    if not text.startswith(_SCRIPT_START):
        return None
    calls = _calls(text)
    if not calls and powershell_text.FIRST_STEP not in text:
        return None
    example = PortedExample((*_sign_in(text), *calls))
    _require_same(text, to_powershell(example))
    return example


def _module_script(text: str) -> PortedExample | None:
    """Read a script on the module's cmdlets, which sign in in one line."""
    calls = _calls(text, is_module=True)
    if not calls:
        return None
    example = PortedExample((FIRST_STEP, SECOND_STEP, *calls))
    try:
        script = to_module(example, file_name="")
    except ExampleError as error:
        first = error.findings[0]
        place = Place(first.line or 1, first.column or 1)
        raise OutsideSubsetError(place, "a call here has no cmdlet any more") from None
    _require_same(text, script)
    return example


def _sign_in(text: str) -> tuple[Step, ...]:
    if powershell_text.SECOND_STEP in text:
        return (FIRST_STEP, SECOND_STEP)
    return (FIRST_STEP,) if powershell_text.FIRST_STEP in text else ()


def _calls(text: str, *, is_module: bool = False) -> tuple[Step, ...]:
    parameters = {found[1]: _parameter(found) for found in _PARAMETER.finditer(text)}
    bodies = dict(_bodies(text))
    snippet = Snippet(text)
    starts = list(_CALL.finditer(text))
    ends = [*(found.start() for found in starts[1:]), len(text)][: len(starts)]
    read = _module_call if is_module else _call
    return tuple(
        read(found, snippet.place(found.start(2)), text[found.end() : end], parameters, bodies)
        for found, end in zip(starts, ends, strict=True)
    )


def _parameter(found: re.Match[str]) -> Parameter:
    values = tuple(found[4].split(", ")) if found[4] else ()
    return Parameter(found[2], found[3], values, is_required=found[5] is not None)


def _bodies(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while found := _BODY_START.search(text, position):
        position = text.find(_BODY_END, found.end())
        if position < 0:
            return
        yield found[1], text[found.end() : position]


def _call(
    found: re.Match[str],
    place: Place,
    block: str,
    parameters: dict[str, Parameter],
    bodies: dict[str, str],
) -> Step:
    _check(found[2], place)
    name = _BODY_NAME.search(block)
    return Step(
        found[1],
        found[2],
        path_parameters=_named(_PATH_VALUE, block, parameters),
        query_parameters=_named(_QUERY_VALUE, block, parameters),
        body=_body(bodies[name[1]], place) if name and name[1] in bodies else None,
        is_authorized=_AUTHORIZED.search(block) is not None,
        is_said_to_change=_ASKS in block,
        place=place,
    )


def _module_call(
    found: re.Match[str],
    place: Place,
    block: str,
    parameters: dict[str, Parameter],
    _bodies: dict[str, str],
) -> Step:
    _check(found[2], place)
    values = _named(_MODULE_VALUE, block, parameters)
    return Step(found[1], found[2], path_parameters=values, is_authorized=True, place=place)


def _named(
    pattern: re.Pattern[str], block: str, parameters: dict[str, Parameter]
) -> tuple[Parameter, ...]:
    names = (found[1] for found in pattern.finditer(block))
    return tuple(parameters[name] for name in names if name in parameters)


def _check(path: str, place: Place) -> None:
    refuse_wipe(path, place)
    check_path(Address("", is_written_out=False, pieces=(Literal(path, place),)))


def _body(text: str, place: Place) -> Body:
    body, reading = body_of_text(text, place)
    if reading.fault is not None:
        raise OutsideSubsetError(place, "the body of this request is no JSON any more")
    return body


def _require_same(text: str, expected: str) -> None:
    """Find the first difference; it is where somebody changed the script."""
    if text == expected:
        return
    lines = zip_longest(text.split("\n"), expected.split("\n"))
    for number, (line, wanted) in enumerate(lines, 1):
        if line != wanted:
            column = _first_difference(line or "", wanted or "") + 1
            message = "this ported script was changed by hand from here on"
            raise OutsideSubsetError(Place(number, column), message)


def _first_difference(line: str, wanted: str) -> int:
    pairs = zip_longest(line, wanted)
    return next(index for index, (one, other) in enumerate(pairs) if one != other)
