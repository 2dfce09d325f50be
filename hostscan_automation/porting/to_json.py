"""Write an example's meaning as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from textwrap import indent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hostscan_automation.porting.example import Parameter, PortedExample, Step

SCHEMA = "hostscan/ported-example/1"


def to_json(example: PortedExample) -> str:
    """Return the example as `hostscan/ported-example/1`, in ASCII, with a line feed at the end.

    Secrets and values given later stand as `{name}`, as placeholders in a path do. A body stands
    as the example has it, letter by letter: no number loses a digit.
    """
    document = {
        "schema": _text(SCHEMA),
        "steps": _array(_step(step) for step in example.steps),
        "diagnostics": _array(_text(_ordered(asdict(one))) for one in example.diagnostics),
    }
    return _object(document) + "\n"


def _step(step: Step) -> str:
    return _object(
        {
            "method": _text(step.method),
            "path": _text(step.path),
            "path_parameters": _text(_parameters(step.path_parameters)),
            "query_parameters": _text(_parameters(step.query_parameters)),
            "headers": _text(dict(step.headers)),
            "body": "null" if step.body is None else step.body.text,
            "sign_in": _text(step.sign_in),
        }
    )


def _parameters(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    return [_parameter(one) for one in parameters]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"name": parameter.name, "type": parameter.type}
    if parameter.values:
        told["values"] = list(parameter.values)
    if parameter.is_required:
        told["required"] = True
    return told


def _ordered(diagnostic: Mapping[str, Any]) -> dict[str, Any]:
    return {name: diagnostic[name] for name in ("code", "line", "column", "message")}


def _text(value: object) -> str:
    return json.dumps(value, indent=2)


def _object(members: Mapping[str, str]) -> str:
    lines = ",\n".join(f'"{name}": {text}' for name, text in members.items())
    return f"{{\n{indent(lines, '  ')}\n}}"


def _array(items: Iterable[str]) -> str:
    lines = ",\n".join(items)
    return f"[\n{indent(lines, '  ')}\n]" if lines else "[]"
