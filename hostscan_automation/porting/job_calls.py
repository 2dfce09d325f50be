"""Recognise the documented calls about host scan jobs, which have names of their own here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hostscan_automation.errors import ExampleError, Finding
from hostscan_automation.porting.addresses import is_id, is_placeholder

if TYPE_CHECKING:
    from hostscan_automation.porting.example import Parameter, PortedExample, Step

_ROOT = ("", "api", "v1", "hostscanjob")


class JobVerb(StrEnum):
    """What a documented call does to host scan jobs."""

    LIST = "list"
    DETAIL = "detail"
    OF_HOST = "of host"
    CANCEL = "cancel"
    SCHEDULE_HOST = "schedule host"
    SCAN_RESOURCE = "scan resource"
    START_HOST = "start host"
    STOP_HOST = "stop host"


_VERBS = {
    ("GET",): JobVerb.LIST,
    ("GET", "{}"): JobVerb.DETAIL,
    ("GET", "byhostid", "{}"): JobVerb.OF_HOST,
    ("DELETE", "{}"): JobVerb.CANCEL,
    ("POST", "byhostid", "{}"): JobVerb.SCHEDULE_HOST,
    ("POST", "{}"): JobVerb.SCAN_RESOURCE,
    ("GET", "host", "{}", "start"): JobVerb.START_HOST,
    ("GET", "host", "{}", "stop"): JobVerb.STOP_HOST,
}


@dataclass(frozen=True, slots=True)
class JobCall:
    """A documented call about host scan jobs.

    Attributes:
        parameter: The id it takes, or None where it takes none or the example has it written out.
        written_id: The id that the example has written out, or None.
    """

    step: Step
    verb: JobVerb
    parameter: Parameter | None = None
    written_id: str | None = None


def job_call(step: Step) -> JobCall | None:
    """Return what a request does to host scan jobs, or None where it is no such request."""
    segments = step.path.split("/")
    rest = [("{}" if is_placeholder(one) or is_id(one) else one.lower()) for one in segments[4:]]
    verb = _VERBS.get((step.method, *rest))
    is_theirs = tuple(one.lower() for one in segments[:4]) == _ROOT
    if verb is None or not is_theirs or step.body is not None or not step.is_authorized:
        return None
    queries = tuple(one.name for one in step.query_parameters)
    if queries and (verb, queries) != (JobVerb.STOP_HOST, ("hostConnected",)):
        return None
    ids = [one for one in segments[4:] if is_id(one)]
    parameter = step.path_parameters[0] if step.path_parameters else None
    return JobCall(step, verb, parameter, ids[0] if ids else None)


def require_job_calls(
    example: PortedExample, verbs: frozenset[JobVerb], *, file_name: str, what: str
) -> tuple[JobCall, ...]:
    """Return the calls of an example, all of which must be among these verbs.

    Args:
        example: The example.
        verbs: What can be expressed.
        file_name: The file as the person named it.
        what: What is missing for the others, such as `cmdlet`.

    Raises:
        ExampleError: There are others (P030), one finding for each.
    """
    found = [job_call(step) for step in example.calls]
    faults = tuple(
        Finding(f"no {what} for {step}", "P030", step.place.line, step.place.column)
        for step, call in zip(example.calls, found, strict=True)
        if call is None or call.verb not in verbs
    )
    if not found:
        faults = (Finding(f"no {what} for signing in alone", "P030", 1, 1),)
    if faults:
        hint = "Port it to powershell or python: they carry over every documented call."
        raise ExampleError(file_name, faults, hint=hint)
    return tuple(call for call in found if call is not None)
