"""Write an example as a Python script on this library."""

from __future__ import annotations

import json
import keyword
import re
from typing import TYPE_CHECKING

from hostscan_automation.porting.addresses import PLACEHOLDER
from hostscan_automation.porting.example import JSON_CONTENT_TYPE
from hostscan_automation.porting.job_calls import JobVerb, job_call
from hostscan_automation.porting.names import name_parameters, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hostscan_automation.porting.example import Parameter, PortedExample, Step
    from hostscan_automation.porting.job_calls import JobCall
    from hostscan_automation.porting.names import NamedParameter

_TYPES = {"uuid": "UUID", "integer": "int", "number": "float"}
_METAVARS = {"uuid": "UUID", "integer": "INTEGER", "number": "NUMBER", "date-time": "TIME"}
_TAKEN = frozenset(name.lower() for name in (*keyword.kwlist, *keyword.softkwlist, "help", "h"))
_OPTION = re.compile(r"[A-Za-z][\w-]*", re.ASCII)

_METHODS = {
    JobVerb.LIST: "jobs",
    JobVerb.DETAIL: "job",
    JobVerb.OF_HOST: "job_of_host",
    JobVerb.CANCEL: "cancel_job",
    JobVerb.SCHEDULE_HOST: "schedule_host",
    JobVerb.SCAN_RESOURCE: "scan_resource",
    JobVerb.START_HOST: "start_host",
}
_WITHOUT_REPLY = {JobVerb.START_HOST, JobVerb.STOP_HOST}

_SHOW = '''

def show(reply: object) -> None:
    """Print a reply: text as it is, everything else as JSON."""
    print(reply if isinstance(reply, str) else json.dumps(reply, indent=2, default=plain))


def plain(value: object) -> object:
    """Return what JSON has no form for in one that it has."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
'''
_MAIN = """

def main() -> int:
    {assigned}parse_arguments()
    try:
        with connect() as client:
"""
_END = """\
    except (HostscanError, ValueError) as error:
        hint = getattr(error, "hint", None)
        print(f"error: {error}", *([hint] if hint else []), sep="\\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was sent is sent", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
"""


def to_python(example: PortedExample) -> str:
    """Return the script, in ASCII, its lines ended by line feeds.

    It signs in with the settings that the command line uses. Calls about host scan jobs have names
    of their own; everything else goes through `client.call`.
    """
    return "".join(_parts(example, name_parameters(example, snake_case, _TAKEN)))


def _parts(example: PortedExample, named: tuple[NamedParameter, ...]) -> Iterator[str]:
    calls = example.calls
    what = " and ".join(map(str, calls)) or "nothing after signing in"
    yield f'"""Send {what}.\n\n{_SETTINGS_NOTE}"""\n\n'
    yield from _imports(calls, named)
    for number, call in enumerate(calls, 1):
        if call.body is not None:
            yield f'\n{_body_name(number)} = r"""\n{call.body.text}\n"""\n'
    yield from _arguments(named)
    yield _SHOW
    yield _MAIN.format(assigned="arguments = " if named else "")
    for number, call in enumerate(calls, 1):
        yield f"            # {call}\n"
        yield _statement(call, _expression(call, number, named))
    yield "" if calls else "            client.sign_in()\n"
    yield _END


_SETTINGS_NOTE = """\
Server and account come from the settings of the command hostscan: from its profile, or from the
variables HOSTSCAN_SERVER, HOSTSCAN_LOGIN, HOSTSCAN_PASSWORD, HOSTSCAN_TOTP_SECRET and their like.
The script ends with 0, with 1 after an error, with 2 when a parameter is missing or wrong, and with
130 after Ctrl+C.
"""


def _imports(calls: tuple[Step, ...], named: tuple[NamedParameter, ...]) -> Iterator[str]:
    yield "import argparse\nimport json\nimport sys\nfrom dataclasses import asdict, is_dataclass\n"
    values = (one for call in calls for one in call.path_parameters)
    if any(one.element_type not in _TYPES for one in values):
        yield "from urllib.parse import quote\n"
    if any(one.parameter.element_type == "uuid" for one in named):
        yield "from uuid import UUID\n"
    yield "\nfrom hostscan_automation import HostscanError, connect\n"


def _arguments(named: tuple[NamedParameter, ...]) -> Iterator[str]:
    yield "\n\ndef parse_arguments() -> argparse.Namespace:\n"
    yield "    parser = argparse.ArgumentParser(\n        description=__doc__,"
    yield " formatter_class=argparse.RawDescriptionHelpFormatter\n    )\n"
    used = {"help"}
    for one in named:
        yield f"    parser.add_argument(\n{_lines(_argument(one, used), 8)}    )\n"
    yield "    return parser.parse_args()\n"


def _argument(named: NamedParameter, used: set[str]) -> Iterator[str]:
    parameter, is_path = named.parameter, named.location == "path"
    option = named.name.replace("_", "-")
    for spelling in (option, parameter.name):
        if spelling.lower() not in used and _OPTION.fullmatch(spelling):
            used.add(spelling.lower())
            yield json.dumps(f"--{spelling}")
    yield f"dest={json.dumps(named.name)}"
    yield from _kind(parameter)
    if is_path:
        yield "required=True"
    elif parameter.is_array:
        yield 'nargs="+"'
    place = f"{{{parameter.name}}} in the path" if is_path else f"{parameter.name} in the query"
    words = [place, parameter.type]
    if parameter.values:
        words.append(f"one of {', '.join(parameter.values)}")
    needed = "; the page says it is required" if parameter.is_required and not is_path else ""
    yield f"help={json.dumps(', '.join(words) + needed)}"


def _kind(parameter: Parameter) -> Iterator[str]:
    """Give what is checked of a value, and what help calls it."""
    if parameter.element_type in _TYPES:
        yield f"type={_TYPES[parameter.element_type]}"
    if parameter.element_type == "boolean":
        yield 'choices=("true", "false")'
    else:
        yield f'metavar="{_METAVARS.get(parameter.element_type, "TEXT")}"'


def _statement(call: Step, expression: str) -> str:
    known = job_call(call)
    if known is not None and known.verb in _WITHOUT_REPLY:
        return f'            {expression}\n            show("done")\n'
    return f"            reply = {expression}\n            show(reply)\n"


def _expression(call: Step, number: int, named: tuple[NamedParameter, ...]) -> str:
    known = job_call(call)
    if known is not None:
        return _job_expression(known, named)
    arguments = [f'"{call.method}"', _path(call, named)]
    if call.query_parameters:
        names = (_find(named, "query", one) for one in call.query_parameters)
        entries = (f"{json.dumps(one.parameter.name)}: arguments.{one.name}" for one in names)
        arguments.append(f"query={{\n{_lines(entries, 20)}                }}")
    if call.body is not None:
        arguments.append(f'body={_body_name(number)}.strip().encode("ascii")')
        arguments.append(f'headers={{"Content-Type": "{JSON_CONTENT_TYPE}"}}')
    return f"client.call(\n{_lines(arguments, 16)}            )"


def _job_expression(call: JobCall, named: tuple[NamedParameter, ...]) -> str:
    id_ = f'"{call.written_id}"' if call.written_id else ""
    if call.parameter is not None:
        id_ = f"arguments.{_find(named, 'path', call.parameter).name}"
    if call.verb is not JobVerb.STOP_HOST:
        return f"client.{_METHODS[call.verb]}({id_})"
    if not call.step.query_parameters:
        return f"client.stop_host({id_})"
    flag = f"arguments.{_find(named, 'query', call.step.query_parameters[0]).name}"
    connected = f'host_connected={flag} and {flag} == "true"'
    return f"client.stop_host(\n{_lines((id_, connected), 16)}            )"


def _lines(parts: Iterable[str], indent: int) -> str:
    return "".join(f"{' ' * indent}{part},\n" for part in parts)


def _path(call: Step, named: tuple[NamedParameter, ...]) -> str:
    if not call.path_parameters:
        return f'"{call.path}"'
    by_name = {one.name: one for one in call.path_parameters}

    def value(found: re.Match[str]) -> str:
        parameter = by_name[found[1]]
        argument = f"arguments.{_find(named, 'path', parameter).name}"
        is_text = parameter.element_type not in _TYPES
        return f"{{quote({argument}, safe='')}}" if is_text else f"{{{argument}}}"

    return f'f"{PLACEHOLDER.sub(value, call.path)}"'


def _find(named: tuple[NamedParameter, ...], location: str, parameter: Parameter) -> NamedParameter:
    return next(one for one in named if (one.location, one.parameter) == (location, parameter))


def _body_name(number: int) -> str:
    return f"BODY_{number}"
