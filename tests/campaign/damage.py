"""Damage what comes in: byte by byte, and value by value where it is JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

BYTES = (
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\x1b[2J",
    b"\r\n",
    b"\t",
    b"\x85",
    b"-",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"null",
    b"true",
    b"1e999999999",
    b"-1",
    b"9" * 5000,
    b"NaN",
    b'"\\ud800"',
    b"[" * 2000,
    b'{"a":' * 2000,
)
TEXTS = (
    "",
    " ",
    "\0",
    "\x1b]0;x\x07",
    "\u202e",
    "\ud800",
    "a\u0301" * 9,
    "=1+1",
    "<script>",
    "0",
    "007",
    "-1",
    "1e999",
    "9" * 5000,
    "x" * 3000,
    "2026-01-31T22:30:00",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "00000000-0000-0000-0000-000000000000",
    "../../etc/passwd",
    "C:\\x:y",
)
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**400, 1.5, -0.0, 1e308, 5e-324)


def damaged_bytes(whole: bytes, words: Sequence[bytes], chance: random.Random) -> bytes:
    """Return bytes with one to three damages: cut out, put in, repeated, changed."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randint(0, len(data))
        match chance.randint(0, 4):
            case 0:
                data[at:at] = chance.choice(words)
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case 2:
                data[at : at + chance.randint(0, 9)] = chance.choice(words)
            case 3:
                here = chance.randint(0, len(data))
                data[at:at] = data[here : here + chance.randint(1, 60)]
            case _:
                data[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(data)


def damaged_values(value: Any, words: Sequence[bytes], chance: random.Random) -> bytes:
    """Return JSON of a value in which one to three values, keys or items are others, or gone."""
    top = [value]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        holder, key = chance.choice(list(_places(top)))
        _damage(holder, key, words, chance)
    return json.dumps(top[0] if top else None, default=str).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    open_values = [value]
    while open_values:
        holder = open_values.pop()
        for key, item in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            yield holder, key
            if isinstance(item, dict | list):
                open_values.append(item)
    if not value:
        yield value, 0


def _damage(holder: Any, key: Any, words: Sequence[bytes], chance: random.Random) -> None:
    if not holder:
        holder.append(None)
    value = holder[key]
    match chance.randint(0, 9):
        case 0 if not (isinstance(holder, list) and len(holder) == 1):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[_other_text(str(key), words, chance)] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.append(value)
        case 3:
            holder[key] = _wrapped(value, chance.choice((1, 1, 3, 70, 200)), chance)
        case _:
            holder[key] = _other_value(value, words, chance)


def _wrapped(value: Any, times: int, chance: random.Random) -> Any:
    for _ in range(times):
        value = [value] if chance.random() < 0.5 else {"a": value}
    return value


def _other_value(value: Any, words: Sequence[bytes], chance: random.Random) -> Any:
    others: list[Callable[[], Any]] = [
        lambda: None,
        lambda: chance.random() < 0.5,
        lambda: chance.choice(NUMBERS),
        lambda: chance.choice(({}, [], [[]], {"": {}}, [None], {"var": "hosts"}, float("nan"))),
        lambda: _other_text(str(value), words, chance),
        lambda: _other_text(str(value), words, chance),
    ]
    return chance.choice(others)()


def _other_text(text: str, words: Sequence[bytes], chance: random.Random) -> str:
    match chance.randint(0, 3):
        case 0:
            return chance.choice(TEXTS)
        case 1:
            return chance.choice(words).decode("utf-8", "replace")
        case 2:
            at = chance.randint(0, len(text))
            return text[:at] + chance.choice(TEXTS) + text[at:]
        case _:
            return text[: chance.randint(0, len(text))]
