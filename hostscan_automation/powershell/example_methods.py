"""Translating documented examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import ExampleError, Finding
from hostscan_automation.powershell.faults import INVALID_ARGUMENT, Fault
from hostscan_automation.powershell.objects import diagnostic

if TYPE_CHECKING:
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.powershell.parameters import PortExample

_PIECE = 32 * 1024


def port_example(call: Call, given: PortExample, _desk: Desk) -> dict[str, Any]:
    """Translate an example; the text travels in pieces, because a page can be large."""
    # the porter is loaded for those who use it
    from hostscan_automation.porting.targets import port  # noqa: PLC0415

    name, text = _source(given)
    ported = port(
        text, file_name=name, target=given.target, allow_destructive=given.allow_destructive
    )
    for start in range(0, len(ported.text), _PIECE):
        call.emit(ported.text[start : start + _PIECE])
    return {
        "diagnostics": [
            diagnostic(name, one.code, Finding(one.message, line=one.line, column=one.column))
            for one in ported.diagnostics
        ]
    }


def _source(given: PortExample) -> tuple[str, str]:
    """Return what to call the example, and its text."""
    from hostscan_automation.porting.document import (  # noqa: PLC0415
        LARGEST_EXAMPLE_BYTES,
        decode_example,
    )

    if given.text is not None:
        return "example", given.text
    if given.path is None:
        raise Fault(INVALID_ARGUMENT, "either a path or a text must be given")
    try:
        with Path(given.path).open("rb") as stream:
            content = stream.read(LARGEST_EXAMPLE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        finding = Finding(f"file cannot be read: {reason}")
        raise ExampleError(given.path, (finding,)) from None
    return given.path, decode_example(content, file_name=given.path)
