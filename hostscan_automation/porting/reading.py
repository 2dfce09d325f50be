"""Read a document into what it means: the requests it documents, and what was repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from hostscan_automation.errors import ExampleError, Finding, PlanRefusedError
from hostscan_automation.porting.calls import CallReader
from hostscan_automation.porting.diagnostics import Notes, Repair
from hostscan_automation.porting.document import Operation, Section, read_sections
from hostscan_automation.porting.effects import speaks_of_change
from hostscan_automation.porting.evaluation import Reply, Variables, Words
from hostscan_automation.porting.example import Parameter, PortedExample, Step
from hostscan_automation.porting.own_script import read_own_script
from hostscan_automation.porting.parser import parse
from hostscan_automation.porting.places import Place
from hostscan_automation.porting.refusals import refusal
from hostscan_automation.porting.syntax import (
    Assignment,
    ForbiddenCallError,
    NewSession,
    OutsideSubsetError,
    Request,
    Statement,
)

_QUERY_NAME = re.compile(r"[A-Za-z_$][\w.$\[\]-]*", re.ASCII)
_HINT = (
    "Only what the documented examples use is read: assignments, hashtables, here-strings and"
    " Invoke-RestMethod. Simplify the line, or carry it over by hand."
)


@dataclass(slots=True)
class _Document:
    """What is known so far of a document with one or more examples."""

    notes: Notes = field(default_factory=Notes)
    steps: list[Step] = field(default_factory=list)
    faults: list[OutsideSubsetError] = field(default_factory=list)
    servers: set[str] = field(default_factory=set)


def read_example(text: str, *, file_name: str) -> PortedExample:
    """Return every request that a document's PowerShell examples make, in order.

    Raises:
        ExampleError: Something in it cannot be carried over without guessing.
        PlanRefusedError: It calls what wipes every host scan table.
    """
    document = _Document()
    for section in read_sections(text, file_name=file_name):
        try:
            if section.is_script and (own := read_own_script(section.snippet.text)):
                return own
            document.steps.extend(_steps(section, document))
        except ForbiddenCallError as call:
            message = refusal(file_name, call.place, call.message)
            raise PlanRefusedError(message, hint=call.hint) from None
        except OutsideSubsetError as fault:
            document.faults.append(fault)
    if not document.steps and not document.faults:
        document.faults.append(OutsideSubsetError(Place(1, 1), "example makes no request"))
    if document.faults:
        raise ExampleError(file_name, _findings(document.faults), hint=_HINT)
    return PortedExample(tuple(document.steps), document.notes.in_order())


def _findings(faults: list[OutsideSubsetError]) -> tuple[Finding, ...]:
    places = ((fault.place, fault.message) for fault in faults)
    return tuple(Finding(message, line=at.line, column=at.column) for at, message in places)


def _steps(section: Section, document: _Document) -> list[Step]:
    statements, repairs = parse(section.snippet)
    document.notes.extend(repairs)
    variables = Variables()
    reader = CallReader(section, variables, document.notes, document.servers)
    steps: list[Step] = []
    for statement in statements:
        request = _request_of(statement)
        if request is not None:
            steps.append(reader.read(request))
            if len(document.servers) > 1:
                raise OutsideSubsetError(request.place, "requests go to more than one server")
        if isinstance(statement, Assignment):
            _assign(statement, variables, steps)
    if steps:
        document.notes.add(Repair.P020, steps[0].place)
        _note_missing_error_stop(statements[0], variables, document.notes)
    return _as_documented(section, steps, document.notes)


def _request_of(statement: Statement) -> Request | None:
    value = statement.value if isinstance(statement, Assignment) else statement
    return value if isinstance(value, Request) else None


def _assign(statement: Assignment, variables: Variables, steps: list[Step]) -> None:
    match statement.value:
        case Request():
            reply = Reply(steps[-1].sign_in)
            variables.assign(statement.target.name, Words((reply,), statement.value.place))
        case NewSession():
            variables.assign(statement.target.name, statement.value)
        case _:
            variables.assign(statement.target.name, variables.evaluate(statement.value))


def _note_missing_error_stop(first: Statement, variables: Variables, notes: Notes) -> None:
    if not variables.holds("ErrorActionPreference", "stop"):
        place = first.target.place if isinstance(first, Assignment) else first.place
        notes.add(Repair.P021, place)


def _as_documented(section: Section, steps: list[Step], notes: Notes) -> list[Step]:
    """Return the steps, the documented call among them with all that the page says of it."""
    documented = _documented_call(section, [step for step in steps if step.sign_in is None])
    if documented is None:
        return steps
    told = replace(
        documented,
        query_parameters=_queries(section, notes),
        is_said_to_change=speaks_of_change(section.title),
    )
    if told.is_change and not documented.is_change:
        notes.add(Repair.P016, told.place, told.path)
    return [told if step is documented else step for step in steps]


def _documented_call(section: Section, calls: list[Step]) -> Step | None:
    if not calls:
        return None
    if not section.operations:
        if section.queries and len(calls) > 1:
            message = "page does not tell whose parameters it lists"
            raise OutsideSubsetError(calls[-1].place, message)
        return calls[0]
    found = [_call_of(operation, calls) for operation in section.operations]
    return found[0]


def _call_of(operation: Operation, calls: list[Step]) -> Step:
    """Return the call that the page names in this line."""
    for step in calls:
        if (step.method, step.path) == (operation.method, operation.path):
            return step
    raise OutsideSubsetError(
        calls[-1].place,
        f"example sends {calls[-1]}, and line {operation.place.line} of the page documents"
        f" {operation.method} {operation.path}",
    )


def _queries(section: Section, notes: Notes) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for query in section.queries:
        if not _QUERY_NAME.fullmatch(query.name):
            raise OutsideSubsetError(query.place, "name of a query parameter cannot be read")
        notes.add(Repair.P011, query.place, query.name)
        parameter = Parameter(query.name, query.type, query.values, query.is_required)
        found.setdefault(query.name.lower(), parameter)
    return tuple(found.values())
