"""Write an example's meaning as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hostscan_automation.porting.diagnostics import Diagnostic
    from hostscan_automation.porting.example import Parameter, PortedExample, Step

SCHEMA = "hostscan/ported-example/1"


def to_json(example: PortedExample) -> str:
    """Return the example as `hostscan/ported-example/1`, in ASCII, with a line feed at the end.

    Secrets and values given later stand as `{name}`, as placeholders in a path do.
    """
    document = {
        "schema": SCHEMA,
        "steps": [_step(step) for step in example.steps],
        "diagnostics": [_diagnostic(one) for one in example.diagnostics],
    }
    return json.dumps(document, indent=2) + "\n"


def _step(step: Step) -> dict[str, Any]:
    return {
        "method": step.method,
        "path": step.path,
        "path_parameters": _parameters(step.path_parameters),
        "query_parameters": _parameters(step.query_parameters),
        "headers": dict(step.headers),
        "body": None if step.body is None else step.body.value,
        "sign_in": step.sign_in,
    }


def _parameters(parameters: Iterable[Parameter]) -> list[dict[str, str]]:
    return [{"name": parameter.name, "type": parameter.type} for parameter in parameters]


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
    }
