"""Read the values that people write behind an operator: strictly, and in the form that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from hostscan_automation.jobs.fields import UNREADABLE, FieldType, address_of
from hostscan_automation.jobs.status import FAILURE_REASONS, JobStatus
from hostscan_automation.jobs.suggestion import did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


def value_of(type_: FieldType, value: Any) -> Any:
    """Return a value that a person wrote, as plain data in the form that is kept.

    Raises:
        ValueError: It is none of that type.
    """
    if type_ is FieldType.NUMBER:
        return number_of(value)
    text = words_of(value)
    match type_:
        case FieldType.STATUS:
            return _word(text, "status", JobStatus)
        case FieldType.REASON:
            return _word(text, "failure reason", sorted(FAILURE_REASONS))
        case FieldType.ADDRESS:
            return _address(text)
        case FieldType.ID:
            return _id(text)
        case _:
            return _plain(text)


def words_of(value: Any) -> str:
    """Return a text that says something.

    Raises:
        ValueError: It is no text, or an empty one.
    """
    if value is None:
        raise ValueError("is empty; to ask for a missing value write {exists: false}")
    if isinstance(value, str):
        if not value.strip():
            raise ValueError("is empty; to ask for a missing value write {exists: false}")
        return value
    raise ValueError(_why_no_text(value))


def _why_no_text(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"must be text, not {'a mapping' if isinstance(value, dict) else 'a list'}"
    return "must be text: put the value in quotes"


def _plain(text: str) -> str:
    """Return a text that is no pattern: `name: dc*` would fit no host, and protect none."""
    if "*" in text or "?" in text:
        raise ValueError(
            f"{shown(text)} looks like a pattern: write {{glob: {shown(text)}}}"
            " (there, [*] and [?] stand for the signs themselves)"
        )
    return text


def _word(text: str, what: str, known: Iterable[str]) -> str:
    by_folded = {word.casefold(): word for word in known}
    if text.casefold() not in by_folded:
        suggestion = did_you_mean(text, map(str, by_folded.values()))
        raise ValueError(f"{shown(text)} is no {what}{suggestion}")
    return by_folded[text.casefold()]


def _address(text: str) -> str:
    if "/" in text:
        raise ValueError(f"{shown(text)} is a network: write {{cidr: {text}}}")
    address = address_of(text)
    if address is UNREADABLE:
        hint = ": write {glob: ...} or {cidr: ...}" if "*" in text else ""
        raise ValueError(f"{shown(text)} is no IP address{hint}")
    return str(address)


def _id(text: str) -> str:
    try:
        value = UUID(text)
    except ValueError:
        raise ValueError(
            f"{shown(text)} is no id such as 497f6eca-6276-4993-bfeb-53cbbbba6f08"
        ) from None
    if not value.int:
        raise ValueError("the id of all zeros names nothing")
    return str(value)


def number_of(value: Any) -> int:
    """Return a whole number.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {shown(value)}")  # noqa: TRY004 - all faults are ValueErrors
    return value


def switch_of(value: Any) -> bool:
    """Return true or false.

    Raises:
        ValueError: It is neither.
    """
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")  # noqa: TRY004 - all faults are ValueErrors
    return value
