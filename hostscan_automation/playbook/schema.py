"""The JSON Schema of a playbook, made from the models and the catalogue, for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hostscan_automation.jobs.fields import HOST_FIELDS, JOB_FIELDS, Field, FieldType
from hostscan_automation.jobs.filter_reader import ALL_JOBS, COMBINATIONS, QUANTIFIERS
from hostscan_automation.jobs.operators import OPERATORS, Operator
from hostscan_automation.jobs.status import FAILURE_REASONS, JobStatus
from hostscan_automation.playbook.frame import DURATION_PATTERN, FILTER_MARK, PlaybookFrame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Schema = dict[str, Any]

SCHEMA_FILE: Final = "playbook.schema.json"
_VARIABLE: Final[Schema] = {"$ref": "#/$defs/variable"}
_JOB_CLAUSE: Final[Schema] = {"$ref": "#/$defs/job_clause"}
_HOST_CLAUSE: Final[Schema] = {"$ref": "#/$defs/host_clause"}
_TEXT: Final[Schema] = {"type": "string", "minLength": 1}


def playbook_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a playbook, version 1."""
    frame = PlaybookFrame.model_json_schema()
    definitions = {name: _without_titles(part) for name, part in frame.pop("$defs").items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hostscan playbook",
        **_without_titles(frame),
        "$defs": {**definitions, **_filter_definitions()},
    }


def schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(playbook_schema(), indent=2, ensure_ascii=True) + "\n"


def _without_titles(part: Any) -> Any:
    """Return a schema without the titles that pydantic makes up, filters put in their places."""
    if isinstance(part, list):
        return [_without_titles(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _without_titles(value) for key, value in part.items() if _is_kept(key, value)}
    return {**kept, **_JOB_CLAUSE} if FILTER_MARK in part else kept


def _is_kept(key: str, value: Any) -> bool:
    return key != FILTER_MARK and not (key == "title" and isinstance(value, str))


def _filter_definitions() -> dict[str, Schema]:
    return {
        **_type_definitions(),
        "variable": {
            "description": "The value of a variable: {var: name}.",
            "type": "object",
            "properties": {"var": _TEXT},
            "required": ["var"],
            "additionalProperties": False,
        },
        "job_clause": _clause(
            "A clause on a job. All its entries have to hold.", JOB_FIELDS, "job_clause", _on_job()
        ),
        "host_clause": _clause(
            "A clause on one host of a job. All its entries have to hold.",
            HOST_FIELDS,
            "host_clause",
            {},
        ),
    }


def _on_job() -> dict[str, Schema]:
    quantified = {
        name: {"description": f"True where {meaning}.", **_HOST_CLAUSE}
        for name, meaning in QUANTIFIERS.items()
    }
    every = {"description": "Every job there is. Write it out to mean it.", "const": True}
    return {**quantified, ALL_JOBS: every}


def _clause(
    description: str, fields: Mapping[str, Field], own_name: str, further: dict[str, Schema]
) -> Schema:
    itself = {"$ref": f"#/$defs/{own_name}"}
    shapes: dict[str, Schema] = {
        "all": {"type": "array", "items": itself, "minItems": 1},
        "any": {"type": "array", "items": itself, "minItems": 1},
        "not": itself,
    }
    combined = {
        name: {"description": f"True where {meaning}.", **shapes[name]}
        for name, meaning in COMBINATIONS.items()
    }
    asked = {name: _field(field) for name, field in fields.items()}
    return {
        "description": description,
        "type": "object",
        "minProperties": 1,
        "properties": {**asked, **further, **combined},
        "additionalProperties": False,
    }


def _field(field: Field) -> Schema:
    where = " Needs the detail of each job." if field.needs_detail else ""
    description = f"{field.describes[:1].upper()}{field.describes[1:]}.{where}"
    return {"description": description, "$ref": f"#/$defs/{_definition(field.type, 'test')}"}


def _definition(type_: FieldType, what: str) -> str:
    return f"{type_.value.replace(' ', '_')}_{what}"


def _type_definitions() -> dict[str, Schema]:
    """Return for each type of field what a value of it is, and what can be asked of it."""
    values = {_definition(type_, "value"): _value_schema(type_) for type_ in FieldType}
    return {**values, **{_definition(type_, "test"): _test(type_) for type_ in FieldType}}


def _test(type_: FieldType) -> Schema:
    known = [operator for operator in OPERATORS.values() if type_ in operator.types]
    operators: Schema = {
        "type": "object",
        "minProperties": 1,
        "properties": {operator.name: _operator(operator, type_) for operator in known},
        "additionalProperties": False,
    }
    if type_ is FieldType.TIME:
        return operators
    return {"anyOf": [*_one_or_more(_value(type_)), _VARIABLE, operators]}


def _operator(operator: Operator, type_: FieldType) -> Schema:
    operand = _operand(operator, type_)
    if operator.name == "not_in":
        shapes = [_list_of(operand)]
    else:
        shapes = _one_or_more(operand) if operator.takes_list else [operand]
    return {"description": f"The value {operator.describes}.", "anyOf": [*shapes, _VARIABLE]}


def _operand(operator: Operator, type_: FieldType) -> Schema:
    match operator.name:
        case "exists":
            return {"type": "boolean"}
        case "in_file":
            return _file()
        case "older_than" | "newer_than":
            return {"type": "string", "pattern": DURATION_PATTERN}
        case "glob" | "regex" | "search" | "cidr":
            return _TEXT
        case _:
            return _value(type_)


def _file() -> Schema:
    named: Schema = {
        "type": "object",
        "properties": {
            "path": {
                "description": "The file, from the playbook's folder.",
                "anyOf": [_TEXT, _VARIABLE],
            },
            "column": {
                "description": "A column of a CSV file with a header.",
                "anyOf": [_TEXT, _VARIABLE],
            },
        },
        "required": ["path"],
        "additionalProperties": False,
    }
    return {"anyOf": [_TEXT, named]}


def _value(type_: FieldType) -> Schema:
    return {"$ref": f"#/$defs/{_definition(type_, 'value')}"}


def _value_schema(type_: FieldType) -> Schema:
    match type_:
        case FieldType.NUMBER:
            return {"type": "integer"}
        case FieldType.STATUS:
            return _word(status.value for status in JobStatus)
        case FieldType.REASON:
            return _word(sorted(FAILURE_REASONS))
        case _:
            return _TEXT


def _word(words: Iterable[str]) -> Schema:
    """Return a schema that offers the words as they are documented, and takes them in any case."""
    words = list(words)
    pattern = "|".join("".join(map(_either_case, word)) for word in words)
    return {"anyOf": [{"enum": words}, {"type": "string", "pattern": f"^({pattern})$"}]}


def _either_case(letter: str) -> str:
    return f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter


def _one_or_more(value: Schema) -> list[Schema]:
    return [value, _list_of(value)]


def _list_of(value: Schema) -> Schema:
    return {"type": "array", "items": {"anyOf": [value, _VARIABLE]}, "minItems": 1}
