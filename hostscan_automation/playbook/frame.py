"""The frame of a playbook: everything but the filters, checked by pydantic."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from hostscan_automation.jobs.duration import parse_duration
from hostscan_automation.jobs.limits import (
    DEFAULT_MAX_JOBS,
    DEFAULT_MAX_PERCENT,
    PERCENT_LOOKED_AT_ABOVE,
    ExecuteOptions,
)
from hostscan_automation.playbook.model import checked_template

FILTER_MARK: Final = "hostscan-filter"
DURATION_PATTERN: Final = "^[0-9]{1,9}[smhdw]$"
LONGEST_NAME: Final = 100
_NOT_IN_FILE_NAMES: Final = frozenset('/\\:*?"<>|')


def _name(text: str) -> str:
    if not text.strip() or text != text.strip() or text.endswith("."):
        raise ValueError("must be text without blanks around it or a full stop at its end")
    if not text.isprintable() or not _NOT_IN_FILE_NAMES.isdisjoint(text):
        raise ValueError('becomes part of file names: it cannot hold any of / \\ : * ? " < > |')
    return text


def _duration(value: Any) -> Any:
    return 0 if value == 0 and not isinstance(value, bool) else parse_duration(value)


def _rate(value: Any) -> Any:
    if value == "unlimited":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _FASTEST:
        raise ValueError(f"must be a number above 0 up to {_FASTEST}, or unlimited")
    return float(value)


def _variable(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    kinds = {type(item) for item in items}
    if not items or len(kinds) > 1 or not kinds <= {str, int, float, bool}:
        raise ValueError("must be text, a number, true or false, or a list of one of these")
    return value


_DEFAULTS: Final = ExecuteOptions()
_FASTEST: Final = 10_000
_SCALAR: Final = {"type": ["string", "number", "boolean"]}

Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_name)]
Duration = Annotated[
    int,
    BeforeValidator(_duration),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": DURATION_PATTERN}, {"const": 0}]}),
]
Rate = Annotated[
    float | None,
    BeforeValidator(_rate),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": _FASTEST},
                {"const": "unlimited"},
            ]
        }
    ),
]
Variable = Annotated[
    Any,
    AfterValidator(_variable),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}),
]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$")]
JobFilter = Annotated[Any, WithJsonSchema({FILTER_MARK: True})]
Format = Literal["json", "csv", "markdown", "html"]
Template = Annotated[str, AfterValidator(checked_template)]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class LimitsFrame(_Frame):
    """The most this playbook may cancel. Where a limit is exceeded, nothing is cancelled at all."""

    max_jobs: int = Field(
        DEFAULT_MAX_JOBS, ge=0, description="At most so many jobs, in each step and in all."
    )
    max_percent: float = Field(
        DEFAULT_MAX_PERCENT,
        ge=0,
        le=100,
        description="At most so many percent of the jobs that could be cancelled; looked at"
        f" above {PERCENT_LOOKED_AT_ABOVE} jobs.",
    )


class StepFrame(_Frame):
    """One step: which jobs, and what to do with them."""

    name: str = Field(
        "", max_length=LONGEST_NAME, description="What the step is called in reports."
    )
    select: JobFilter = Field(
        description="Which jobs are meant. A clause has to be true to select."
    )
    action: Literal["cancel", "list"] = Field(
        "cancel", description="cancel: cancel these jobs. list: only report them."
    )


class ExecuteFrame(_Frame):
    """How the cancels are sent."""

    workers: int = Field(
        _DEFAULTS.workers, ge=1, le=256, description="Cancels under way at the same time."
    )
    rate: Rate = Field(_DEFAULTS.rate, description="Cancels a second, or unlimited.")
    confirm: Duration = Field(
        int(_DEFAULTS.confirm_s),
        description="How long to wait at most until cancelled jobs show Cancelled, such as 2m;"
        " 0 does not look.",
    )
    deadline: Duration = Field(
        int(_DEFAULTS.deadline_s), ge=1, description="How long the whole run may take, such as 30m."
    )
    canary: int = Field(
        _DEFAULTS.canary,
        ge=0,
        description="So many jobs go first; the rest only if they all were cancelled.",
    )
    stop_after_failures: int = Field(
        _DEFAULTS.stop_after_failures, ge=1, description="So many failures in a row stop the run."
    )


class ReportFrame(_Frame):
    """A report to write when the run has ended."""

    format: Format = Field(description="json, csv, markdown or html.")
    path: Template = Field(
        description="Where to write it, from the playbook's folder."
        " {name} and {run_id} are filled in. An existing file is never overwritten."
    )


class PlaybookFrame(_Frame):
    """A playbook: which host scan jobs to cancel, and how."""

    version: Literal[1] = Field(description="The version of this format: 1.")
    name: Name = Field(description="What this playbook is called in plans, reports and file names.")
    description: str = Field("", description="What it is for, in a sentence.")
    profile: str = Field(
        "",
        description="The settings profile to use unless a flag or the environment names another.",
    )
    vars: dict[VariableName, Variable] = Field(
        default_factory=dict,
        description="Values that filters use as {var: name}; --var name=value sets them anew.",
    )
    protect: list[JobFilter] = Field(
        default_factory=list,
        description="Jobs that are never cancelled, whatever the steps say."
        " What cannot be ruled out is protected, too.",
    )
    limits: LimitsFrame = Field(default_factory=LimitsFrame)
    steps: list[StepFrame] = Field(
        min_length=1, description="The first step that selects a job owns it."
    )
    execute: ExecuteFrame = Field(default_factory=ExecuteFrame)
    report: list[ReportFrame] = Field(default_factory=list, description="Reports to write.")
