from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from hostscan_automation.api import json_items
from hostscan_automation.api.call import Reply
from hostscan_automation.api.json_items import JsonItems
from hostscan_automation.errors import UnreadableReplyError

if TYPE_CHECKING:
    from collections.abc import Iterator

REPLY = Reply(200, "GET", "/api/v1/HostScanJob", CaseInsensitiveDict())


def items_of(data: bytes, size: int = 65536) -> list[Any]:
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    return list(JsonItems(REPLY, pieces))


TEXTS = st.text(st.sampled_from('a0"\\[]{},: \u00e9\u20ac\U0001f600'), max_size=6)
SCALARS = st.sampled_from([None, True, -1, 1.5e300, 12345678901234567890]) | TEXTS
OBJECTS = st.dictionaries(
    TEXTS, SCALARS | st.lists(st.dictionaries(TEXTS, SCALARS, max_size=2), max_size=2), max_size=3
)


@settings(max_examples=60)
@given(st.lists(OBJECTS, max_size=8), st.integers(1, 40), st.booleans())
def test_any_list_of_objects_comes_whole_in_pieces_of_any_size(
    objects: list[Any], size: int, escaped: bool
) -> None:
    data = json.dumps(objects, ensure_ascii=escaped, indent=1).encode()

    assert items_of(data, size) == objects


@settings(max_examples=60)
@given(st.lists(OBJECTS, min_size=1, max_size=4), st.data())
def test_a_list_that_is_cut_anywhere_is_never_a_shorter_list(
    objects: list[Any], data: st.DataObject
) -> None:
    whole = json.dumps(objects).encode()
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises(UnreadableReplyError):
        items_of(cut)


@settings(max_examples=200)
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_do_anything_but_give_objects_or_raise(data: bytes) -> None:
    with contextlib.suppress(UnreadableReplyError):
        assert all(isinstance(item, dict) for item in items_of(data, 7))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no list and empty"),
        (b"   ", "is no list"),
        (b"{}", "is no list"),
        (b"<html><b>Sign in</b></html>", "is no list: 'Sign in'"),
        (b'"an error"', "is no list"),
        (b"[1]", "holds something that is no object"),
        (b"[null]", "no object"),
        (b"[{},]", "no object"),
        (b"[{} {}]", "from its middle on"),
        (b"[{}", "from its middle on"),
        (b"[{}] x", "goes on behind its end"),
        (b"[{}][{}]", "goes on behind its end"),
        (b'[{"a": }]', "breaks off, or is no JSON"),
        (b'[{"a": 1', "breaks off, or is no JSON"),
        (b"[{'a': 1}]", "breaks off, or is no JSON"),
        (b'[{"a": "\xff"}]', "is no UTF-8"),
        (b'[{"a": ' + b"9" * 5000 + b"}]", "holds a number that is none"),
        (b'[{"a": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_list_is_said(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableReplyError, match=why) as caught:
        items_of(data)

    assert caught.value.status == 200
    assert caught.value.path == "/api/v1/HostScanJob"


def test_items_come_before_the_reply_ends() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'[{"id": 1}, {"id'
        raise AssertionError("the second item was not asked for yet")

    assert next(iter(JsonItems(REPLY, pieces()))) == {"id": 1}


def test_blanks_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "LONGEST_ITEM", 100_000)

    def pieces() -> Iterator[bytes]:
        yield b"["
        while True:
            yield b" " * 65536

    with pytest.raises(UnreadableReplyError, match="has no end"):
        list(JsonItems(REPLY, pieces()))


def test_an_item_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "LONGEST_ITEM", 100_000)

    def pieces() -> Iterator[bytes]:
        yield b'[{"a": "'
        while True:
            yield b"x" * 65536

    with pytest.raises(UnreadableReplyError, match="too long or no JSON"):
        list(JsonItems(REPLY, pieces()))


def test_a_long_item_in_pieces_of_one_byte_is_put_together_once() -> None:
    # a text that grows byte by byte is copied for each: here that would be some 80 GB
    data = json.dumps([{"name": "x" * 400_000}]).encode()
    copied = 0

    class Counting(JsonItems):
        def _more(self, wanted: int = 1) -> bool:
            nonlocal copied
            has_more = super()._more(wanted)
            copied += len(self._text)
            return has_more

    assert len(list(Counting(REPLY, (data[at : at + 1] for at in range(len(data)))))) == 1
    assert copied < 8 * len(data)


def test_memory_stays_flat_however_long_the_list_is() -> None:
    row = b'{"id": "497f6eca-6276-4993-bfeb-53cbbbba6f08", "status": 1, "hosts": [{"name": "x"}]}, '

    def pieces(count: int) -> Iterator[bytes]:
        yield b"["
        for _ in range(count):
            yield row * 500
        yield b"{}]"

    def peak(count: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in JsonItems(REPLY, pieces(count))) == count * 500 + 1
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak(40) < 1.3 * peak(4)
