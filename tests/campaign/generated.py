"""Input that hypothesis makes: like what usually comes in, and like nothing at all."""

from __future__ import annotations

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.campaign.bad_input import Thrown, knock, memory_mb
from tests.campaign.damage import BYTES, NUMBERS, TEXTS
from tests.campaign.own_doors import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from tests.campaign.doors import Door

_ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
_LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    _ANY_TEXT,
    st.datetimes().map(str),
)
_ANYTHING = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_ANY_TEXT, inner, max_size=4)
)


def generated(door: Door, *, seed: int, inputs: int, until: float) -> Thrown:
    """Throw what hypothesis makes at one door, in this process."""
    thrown = Thrown()
    with TemporaryDirectory(dir=scratch()) as folder:
        path = Path(folder, "input")

        @seeded(seed)
        @settings(
            max_examples=inputs,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(_inputs(door))
        def one(data: bytes) -> None:
            if time.monotonic() < until:
                knock(door, data, path, thrown)

        one()
    thrown.memory_mb = memory_mb()
    return thrown


def _inputs(door: Door) -> SearchStrategy[bytes]:
    examples = [bytes(example) for example in door.examples()]
    if door.is_json:
        kinds = [_altered(door, example) for example in examples]
        return st.one_of(*kinds, *kinds, _ANYTHING).map(_written)
    words = st.sampled_from([*BYTES, *door.words])
    piece = st.one_of(words, words, _ANY_TEXT.map(_bytes_of), st.binary(max_size=12))
    cut = st.tuples(st.integers(0, 4000), st.integers(0, 20), piece)
    return st.builds(_spliced, st.sampled_from(examples), st.lists(cut, max_size=3))


def _spliced(example: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    data = bytearray(example)
    for at, length, piece in cuts:
        begin = at % (len(data) + 1)
        data[begin : begin + length] = piece
    return bytes(data)


def _altered(door: Door, example: bytes) -> SearchStrategy[Any]:
    """Return the example with up to three of its values replaced by anything."""
    places = list(_places(door.parse(example)))
    change = st.tuples(st.sampled_from(places), st.one_of(_LEAF, _ANYTHING))
    return st.lists(change, max_size=3).map(lambda changes: _with(door.parse(example), changes))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*path, key))


def _with(value: Any, changes: list[tuple[tuple[str | int, ...], Any]]) -> Any:
    for path, new in changes:
        holder, last = {"": value}, ""
        for part in path:
            holder, last = holder[last], part  # type: ignore[assignment]
            if not _holds(holder, part):
                break
        else:
            holder[last] = new
            value = new if not path else value
    return value


def _holds(holder: Any, part: str | int) -> bool:
    if isinstance(holder, dict):
        return part in holder
    return isinstance(holder, list) and isinstance(part, int) and part < len(holder)


def _written(value: Any) -> bytes:
    return json.dumps(value, default=str).encode()


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
