"""Check the frame of a playbook, and say what is wrong in words and with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from hostscan_automation.errors import Finding
from hostscan_automation.jobs.suggestion import did_you_mean, shown
from hostscan_automation.playbook.frame import (
    ExecuteFrame,
    LimitsFrame,
    PlaybookFrame,
    ReportFrame,
    StepFrame,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from hostscan_automation.playbook.document import Node

VERSION: Final = 1

_NEVER_HERE: Final = frozenset(
    {
        "server", "url", "uri", "host", "address", "login", "user", "username", "password",
        "totp_secret", "mfa_code", "code", "no_mfa", "token", "app", "api_key", "secret",
        "ca_bundle", "fingerprint", "insecure",
    }
)  # fmt: skip
_WHY_NEVER: Final = (
    "a playbook names no server, login or secret: they stand in a profile or in the environment,"
    " so that a playbook from somebody else cannot send them anywhere"
)
_FRAMES: Final[Mapping[str, type[BaseModel]]] = {
    "limits": LimitsFrame,
    "steps": StepFrame,
    "execute": ExecuteFrame,
    "report": ReportFrame,
}
_QUOTED: Final = re.compile("'([^']*)'")
_SUBJECT: Final = re.compile("^(Input|String|List) should")
_KINDS: Final = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "list_type": "a list",
}


def check_frame(root: Node) -> tuple[PlaybookFrame | None, list[Finding]]:
    """Return the frame of a playbook, or None and what is wrong with it.

    The filters in it are not looked at.
    """
    try:
        frame = PlaybookFrame.model_validate(root.data)
    except ValidationError as error:
        return None, [_finding(root, one) for one in error.errors(include_url=False)]
    if repeated := _repeated_names(frame, root):
        return None, repeated
    return frame, []


def why_no_playbook(root: Node) -> Finding | None:
    """Return why a document is no playbook of this version at all, or None."""
    if root.data is None:
        return Finding("is empty")
    if not isinstance(root.data, dict):
        return root.finding((), f"a playbook is a mapping, not {shown(root.data)}")
    version = root.data.get("version")
    if "version" not in root.data:
        return root.finding((), f"version is missing: write version: {VERSION}")
    if isinstance(version, bool) or version != VERSION or not isinstance(version, int):
        return root.finding(
            ("version",), f"this program reads version {VERSION}, not {shown(version)}"
        )
    return None


def step_name(frame: PlaybookFrame, number: int) -> str:
    """Return what a step is called; one without a name is called by its number."""
    return frame.steps[number].name or f"step {number + 1}"


def _repeated_names(frame: PlaybookFrame, root: Node) -> list[Finding]:
    names = [step_name(frame, number) for number in range(len(frame.steps))]
    return [
        root.finding(("steps", number, "name"), f"{shown(name)} is the name of an earlier step")
        for number, name in enumerate(names)
        if name in names[:number]
    ]


def _finding(root: Node, error: ErrorDetails) -> Finding:
    # pydantic marks a fault in a key with a last part that is no key
    place = tuple(part for part in error["loc"] if part != "[key]")
    return root.finding(place, _message(error, place))


def _message(error: ErrorDetails, place: tuple[str | int, ...]) -> str:
    kind = error["type"]
    if error["input"] is None and kind not in ("missing", "extra_forbidden"):
        return "is empty: give a value, or leave it out"
    match kind:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown_key(place)
        case "too_short":
            return "is empty: at least one is needed"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return _plain_words(error)


def _plain_words(error: ErrorDetails) -> str:
    if error["type"] == "literal_error":
        expected = error["ctx"]["expected"]
        hint = did_you_mean(error["input"], _QUOTED.findall(expected))
        return f"must be {expected}, not {shown(error['input'])}{hint}"
    if error["type"] in _KINDS:
        return f"must be {_KINDS[error['type']]}, not {shown(error['input'])}"
    if error["type"] == "string_pattern_mismatch":
        return "a variable's name is made of letters, digits, _ and -, and begins with a letter"
    return _SUBJECT.sub("must", error["msg"])


def _unknown_key(place: tuple[str | int, ...]) -> str:
    key = place[-1]
    if str(key).casefold() in _NEVER_HERE:
        return _WHY_NEVER
    frame = _FRAMES.get(str(place[0]), PlaybookFrame) if len(place) > 1 else PlaybookFrame
    return f"{shown(key)} is no key here{did_you_mean(key, frame.model_fields)}"
