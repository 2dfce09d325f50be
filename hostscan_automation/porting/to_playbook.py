"""Write an example as a playbook: listing and cancelling host scan jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.porting.job_calls import JobVerb, require_job_calls
from hostscan_automation.porting.names import name_parameters, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.porting.example import PortedExample
    from hostscan_automation.porting.job_calls import JobCall
    from hostscan_automation.porting.names import NamedParameter

# What a step of each kind is called, what it does, and what it selects by.
_STEPS = {
    JobVerb.LIST: ("all jobs", "list", "{{all_jobs: true}}"),
    JobVerb.DETAIL: ("one job", "list", "{{id: {id}}}"),
    JobVerb.OF_HOST: ("jobs of one host", "list", "{{any_host: {{host_id: {id}}}}}"),
    JobVerb.CANCEL: ("cancel one job", "cancel", "{{id: {id}}}"),
}
# No record has this id; the one of zeros only would be refused, and rightly.
_NO_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_HEAD = """\
# Server and account come from your settings: a profile, or HOSTSCAN_ variables.
# A playbook selects first, shows its plan, and asks before it cancels.
"""


def to_playbook(example: PortedExample, *, file_name: str) -> str:
    """Return a playbook of version 1, in ASCII, its lines ended by line feeds.

    An id that the example leaves open becomes a variable. As it stands it selects nothing.

    Raises:
        ExampleError: A request has no verb in playbooks (P030).
    """
    calls = require_job_calls(example, frozenset(_STEPS), file_name=file_name, what="playbook verb")
    named = name_parameters(example, snake_case, ())
    return "".join(_parts(calls, named))


def _parts(calls: tuple[JobCall, ...], named: tuple[NamedParameter, ...]) -> Iterator[str]:
    yield f"{_HEAD}version: 1\nname: ported-example\n"
    yield f"description: Does what {', '.join(str(call.step) for call in calls)} does.\n"
    if named:
        yield "vars:\n"
        yield from (f'  {one.name}: "{_NO_ID}"  # set it: --var {one.name}=ID\n' for one in named)
    yield "steps:\n"
    for number, call in enumerate(calls, 1):
        title, action, select = _STEPS[call.verb]
        name = title if len(calls) == 1 else f"{number}. {title}"
        yield f"  - name: {name}\n    select: {select.format(id=_id(call, named))}\n"
        yield f"    action: {action}\n"


def _id(call: JobCall, named: tuple[NamedParameter, ...]) -> str:
    if call.parameter is None:
        return f'"{call.written_id}"'
    name = next(one.name for one in named if one.parameter == call.parameter)
    return f"{{var: {name}}}"
