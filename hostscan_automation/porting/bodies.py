"""Read the body of a request: JSON kept value for value, or text that becomes a JSON string."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from hostscan_automation.porting.evaluation import Fields, Value, Words
from hostscan_automation.porting.example import Body
from hostscan_automation.porting.syntax import Constant, OutsideSubsetError

if TYPE_CHECKING:
    from hostscan_automation.porting.document import Place

_NON_ASCII = re.compile(r"[^\x00-\x7e]")
_BEYOND_BMP = 0xFFFF
# ConvertTo-Json writes a hashtable below the third level as its type's name.
_DEEPEST_TABLE = 3
_DEEPEST_JSON = 100


class _NotCarriedOverError(ValueError):
    """JSON whose value would not survive: the message says why."""


def body_of_text(text: str, place: Place) -> tuple[Body, bool]:
    """Return a body, and whether its text is JSON; other text becomes a JSON string.

    Raises:
        OutsideSubsetError: No text at all, or JSON whose value would not survive.
    """
    text = text.strip()
    if not text:
        raise OutsideSubsetError(place, "the body is empty")
    try:
        _check_depth(_load(text), _DEEPEST_JSON)
    except _NotCarriedOverError as error:
        raise OutsideSubsetError(place, f"the body's JSON {error}") from None
    except RecursionError:
        raise OutsideSubsetError(place, "the body's JSON is nested too deeply") from None
    except ValueError:
        return Body(json.dumps(text)), False
    return Body(_in_ascii("\n".join(line.rstrip(" \t") for line in text.split("\n")))), True


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


def _load(text: str) -> object:
    return json.loads(
        text,
        object_pairs_hook=_object,
        parse_float=_float,
        parse_int=_integer,
        parse_constant=_refuse_constant,
    )


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise RecursionError
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            _check_depth(one, left - 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotCarriedOverError("has a key twice in one object")
    return found


def _float(digits: str) -> float:
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        raise _NotCarriedOverError("has a number that is too large")
    return value


def _integer(digits: str) -> int:
    if len(digits) > 1000:  # noqa: PLR2004 - far beyond what any server reads
        raise _NotCarriedOverError("has a number that is too large")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _in_ascii(text: str) -> str:
    """Return JSON with everything beyond ASCII escaped; only strings can hold such characters."""
    return _NON_ASCII.sub(lambda found: _escaped(found.group()), text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= _BEYOND_BMP:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
