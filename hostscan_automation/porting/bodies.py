"""Read the body of a request: JSON kept as it is written, or text that becomes a JSON string."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from hostscan_automation.porting.evaluation import Fields, Value, Words
from hostscan_automation.porting.example import Body
from hostscan_automation.porting.syntax import Constant, OutsideSubsetError

if TYPE_CHECKING:
    from hostscan_automation.porting.places import Place

_NON_ASCII = re.compile(r"[^\x00-\x7e]")
_BEYOND_BMP = 0xFFFF
# ConvertTo-Json writes a hashtable below the third level as its type's name.
_DEEPEST_TABLE = 3
_DEEPEST_JSON = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found while a text was read as JSON.

    Attributes:
        fault: None where the text is JSON; else where it stops to look like it, or "".
        doubled_keys: Keys that stand twice in one object, as a message shows them.
    """

    fault: str | None = None
    doubled_keys: tuple[str, ...] = ()


def body_of_text(text: str, place: Place) -> tuple[Body, Reading]:
    """Return a body letter by letter if it is JSON; other text becomes a JSON string.

    Raises:
        OutsideSubsetError: No text at all, or JSON that no server would read.
    """
    text = text.strip()
    if not text:
        raise OutsideSubsetError(place, "the body is empty")
    doubled: list[str] = []
    try:
        _check_depth(_load(text, doubled), _DEEPEST_JSON)
    except RecursionError:
        raise OutsideSubsetError(place, "the body's JSON is nested too deeply") from None
    except ValueError as error:
        return Body(json.dumps(text)), Reading(_fault(text, error))
    lines = (line.rstrip(" \t") for line in text.split("\n"))
    return Body(_in_ascii("\n".join(lines))), Reading(doubled_keys=tuple(dict.fromkeys(doubled)))


def body_of_table(fields: Fields) -> Body:
    """Return the body that ConvertTo-Json makes of a hashtable.

    Raises:
        OutsideSubsetError: A value in it is not known here, or it is nested too deeply.
    """
    return Body(json.dumps(_plain(fields, 1), indent=2))


def _plain(value: Value, level: int) -> Any:
    match value:
        case Constant():
            return value.value
        case Words() if (text := value.fixed) is not None:
            return text
        case Fields() if level <= _DEEPEST_TABLE:
            return {key: _plain(one, level + 1) for key, one in value.values.items()}
        case Fields():
            raise OutsideSubsetError(value.place, "ConvertTo-Json does not reach this deep")
        case _:
            raise OutsideSubsetError(value.place, "value in the body is not known here")


def _load(text: str, doubled: list[str]) -> object:
    """Read JSON for its form only: numbers stay the digits that they are."""

    def collected(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            often = Counter(key for key, _ in pairs)
            doubled.extend(ascii(key)[:60] for key, times in often.items() if times > 1)
        return found

    return json.loads(
        text,
        object_pairs_hook=collected,
        parse_float=str,
        parse_int=str,
        parse_constant=_refuse_constant,
    )


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise RecursionError
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_depth(one, left - 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _fault(text: str, error: ValueError) -> str:
    """Return where a text that begins like JSON stops to be any, for a message."""
    if text[0] not in "{[" or not isinstance(error, json.JSONDecodeError):
        return ""
    return f" from its line {error.lineno}, column {error.colno} on"


def _in_ascii(text: str) -> str:
    """Return JSON with everything beyond ASCII escaped; only strings can hold such characters."""
    return _NON_ASCII.sub(lambda found: _escaped(found.group()), text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= _BEYOND_BMP:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
