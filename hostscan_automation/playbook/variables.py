"""Variables of a playbook: typed by the values it declares, set by `--var name=value`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostscan_automation.jobs.suggestion import did_you_mean, shown
from hostscan_automation.playbook.document import plain_scalar

Variables = Mapping[str, Any]


def set_variables(declared: Variables, given: Variables) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of all variables, and what is wrong with those given, by name.

    Args:
        declared: Names and values as the playbook has them: a value's type is the variable's.
        given: Names and new values: text as it comes from a command line, or a value of the type.
    """
    values, faults = dict(declared), {}
    for name, value in given.items():
        if name not in declared:
            faults[name] = f"is no variable of this playbook{did_you_mean(name, declared)}"
            continue
        try:
            values[name] = _typed(value, declared[name])
        except ValueError as error:
            faults[name] = str(error)
    return values, faults


def _typed(value: Any, like: Any) -> Any:
    if isinstance(like, list):
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise ValueError(f"must be a list, not {shown(value)}")  # noqa: TRY004 - a fault
        return [_typed(item, like[0] if like else "") for item in items]
    if isinstance(value, str):
        value = value.strip() if isinstance(like, str) else plain_scalar(value.strip())
    return _checked(value, like)


def _checked(value: Any, like: Any) -> Any:
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(like):
        raise ValueError(
            f"must be {_KINDS.get(type(like), 'of the type declared')}, not {shown(value)}"
        )
    return value


_KINDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}
