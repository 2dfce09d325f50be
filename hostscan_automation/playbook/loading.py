"""Load a playbook: the one way from a file to a value, for checking it and for running it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import FilterError, Finding, PlaybookError
from hostscan_automation.jobs.filters import Filter, filter_reader
from hostscan_automation.jobs.limits import ExecuteOptions, LimitOverrides
from hostscan_automation.jobs.protection import compile_protection, read_protections
from hostscan_automation.jobs.selection import Action, Protection, Selection, Step
from hostscan_automation.playbook.checking import check_frame, step_name, why_no_playbook
from hostscan_automation.playbook.document import parse_document
from hostscan_automation.playbook.files import ValueFiles, read_playbook
from hostscan_automation.playbook.model import Playbook, ReportFormat, ReportRequest
from hostscan_automation.playbook.variables import set_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hostscan_automation.jobs.clauses import Clause
    from hostscan_automation.jobs.filter_reader import FilterReader
    from hostscan_automation.playbook.document import Node
    from hostscan_automation.playbook.frame import ExecuteFrame, LimitsFrame, PlaybookFrame

PLAYBOOK_ORIGIN = "playbook"


def load_playbook(path: Path, *, variables: Mapping[str, Any] | None = None) -> Playbook:
    """Return the playbook in a file.

    Args:
        path: The file; relative paths in it start from its folder.
        variables: Values for its variables: text as `--var` gives it, or of the variable's type.

    Raises:
        FilterError: Its filters are wrong, and nothing else is.
        PlaybookError: Anything else is wrong; all faults at once, in the order of the file.
    """
    text = read_playbook(path)
    root, faults = parse_document(text)
    if root is None:
        raise PlaybookError(str(path), _in_order(faults))
    if (problem := why_no_playbook(root)) is not None:
        raise PlaybookError(str(path), _in_order([*faults, problem]))
    files = ValueFiles(path.parent)
    draft = _read(root, variables or {}, files)
    faults.extend(draft.faults)
    if draft.frame is None or faults or draft.in_filters:
        kind = PlaybookError if faults else FilterError
        raise kind(str(path), _in_order([*faults, *draft.in_filters]))
    return _playbook(path, draft.frame, draft, _digest(text, files, variables or {}))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A playbook as far as it could be read."""

    frame: PlaybookFrame | None
    variables: Mapping[str, Any]
    clauses: list[Clause | None]
    protect: tuple[Protection, ...]
    faults: list[Finding]
    in_filters: list[Finding]


def _read(root: Node, given: Mapping[str, Any], files: ValueFiles) -> _Draft:
    frame, faults = check_frame(root)
    variables, unset = set_variables(_declared(root.data, frame), given)
    faults.extend(Finding(message, f"--var {name}") for name, message in unset.items())
    reader = filter_reader(variables, files.read)
    clauses = list(_clauses(root.data, reader))
    protect = _protections(root.data, reader)
    in_filters = [root.finding(fault.place, fault.message) for fault in reader.faults]
    return _Draft(frame, variables, clauses, protect, faults, in_filters)


def _playbook(path: Path, frame: PlaybookFrame, draft: _Draft, digest: str) -> Playbook:
    return Playbook(
        name=frame.name,
        digest=digest,
        selection=Selection(_steps(frame, draft.clauses), draft.protect),
        file=path,
        description=frame.description,
        profile=frame.profile or None,
        limits=_limits(frame.limits),
        execute=_execute(frame.execute),
        reports=tuple(ReportRequest(ReportFormat(one.format), one.path) for one in frame.report),
        variables=draft.variables,
    )


def load_filter_text(text: str, *, source: str = "--where", folder: Path | None = None) -> Filter:
    """Return the filter in one YAML clause, as a flag has it: `status: [Queued, Pending]`.

    Args:
        text: The clause, with or without the outer braces.
        source: What a person calls the place where it stands.
        folder: From where the files of `in_file` are found; the current one by default.

    Raises:
        FilterError: With everything that is wrong in it.
    """
    root, faults = parse_document(text)
    if root is None:
        raise FilterError(source, _in_order(faults))
    reader = filter_reader(read_values=ValueFiles(folder or Path()).read)
    clause = reader.job_clause(root.data)
    faults.extend(root.finding(fault.place, fault.message) for fault in reader.faults)
    if clause is None or faults:
        raise FilterError(source, _in_order(faults))
    return Filter(clause)


def load_protection(data: Any, *, origin: str, folder: Path) -> tuple[Protection, ...]:
    """Return the protections that a profile lists, its files found from the profile's folder.

    Raises:
        FilterError: With everything that is wrong in them.
    """
    return compile_protection(data, origin=origin, read_values=ValueFiles(folder).read)


def _declared(data: Mapping[str, Any], frame: PlaybookFrame | None) -> Mapping[str, Any]:
    """Return the variables, also of a playbook whose frame has faults: filters use them."""
    if frame is not None:
        return frame.vars
    declared = data.get("vars")
    return declared if isinstance(declared, dict) else {}


def _clauses(data: Mapping[str, Any], reader: FilterReader) -> Iterator[Clause | None]:
    steps = data.get("steps")
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        if isinstance(step, dict) and "select" in step:
            yield reader.job_clause(step["select"], ("steps", number, "select"))


def _protections(data: Mapping[str, Any], reader: FilterReader) -> tuple[Protection, ...]:
    protect = data.get("protect")
    if not isinstance(protect, list):
        return ()
    return read_protections(reader, protect, PLAYBOOK_ORIGIN, ("protect",))


def _steps(frame: PlaybookFrame, clauses: Iterable[Clause | None]) -> tuple[Step, ...]:
    return tuple(
        Step(step_name(frame, number), Filter(clause), Action(step.action))
        for number, (step, clause) in enumerate(zip(frame.steps, clauses, strict=True))
        if clause is not None
    )


def _limits(frame: LimitsFrame) -> LimitOverrides:
    return LimitOverrides(**frame.model_dump(exclude_unset=True))


def _execute(frame: ExecuteFrame) -> ExecuteOptions:
    given = frame.model_dump(exclude_unset=True)
    in_seconds = {"confirm": "confirm_s", "deadline": "deadline_s"}
    return replace(
        ExecuteOptions(), **{in_seconds.get(name, name): value for name, value in given.items()}
    )


def _digest(playbook: str, files: ValueFiles, variables: Mapping[str, Any]) -> str:
    parts = {
        "playbook": hashlib.sha256(playbook.encode("utf-8")).hexdigest(),
        "files": files.digests,
        "variables": {name: str(value) for name, value in variables.items()},
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


def _in_order(faults: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(faults, key=lambda one: (one.line or 0, one.column or 0)))
