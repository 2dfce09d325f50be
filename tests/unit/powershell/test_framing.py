from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.powershell.framing import (
    TooLong,
    has_half_character,
    read_lines,
    read_object,
    to_text,
)


def lines(data: bytes, *, chunk: int = 7, longest: int = 1000) -> list[bytes | TooLong]:
    stream = io.BytesIO(data)
    return list(read_lines(lambda size: stream.read(min(size, chunk)), longest=longest))


@pytest.mark.parametrize("chunk", [1, 2, 3, 64])
def test_a_byte_order_mark_and_carriage_returns_are_dropped(chunk: int) -> None:
    data = b'\xef\xbb\xbf{"a":1}\r\n{"b":2}\n\r\n\n{"c":3}\n'

    assert lines(data, chunk=chunk) == [b'{"a":1}', b'{"b":2}', b'{"c":3}']


def test_a_mark_is_dropped_at_the_start_only() -> None:
    assert lines(b"one\n\xef\xbb\xbftwo\n") == [b"one", b"\xef\xbb\xbftwo"]


def test_half_a_line_at_the_end_is_no_message() -> None:
    assert lines(b'{"a":1}\n{"jobs.canc') == [b'{"a":1}']


@pytest.mark.parametrize("chunk", [1, 7, 64, 5000])
def test_a_line_that_is_too_long_is_skipped_and_the_next_one_read(chunk: int) -> None:
    data = b"x" * 1001 + b"\nshort\n" + b"y" * 1000 + b"\r\n"

    assert lines(data, chunk=chunk) == [TooLong(), b"short", b"y" * 1000]


@pytest.mark.parametrize("chunk", [7, 700])
def test_a_line_without_an_end_does_not_fill_the_memory(chunk: int) -> None:
    assert lines(b"x" * 50_000 + b"\nnext\n", chunk=chunk) == [TooLong(), b"next"]


@given(st.lists(st.binary(max_size=40).map(lambda part: part.translate(None, b"\r\n"))))
def test_lines_come_out_as_they_went_in(parts: list[bytes]) -> None:
    expected = [part for part in parts if part]
    if expected:
        expected[0] = expected[0].removeprefix(b"\xef\xbb\xbf") if parts[0] else expected[0]

    assert lines(b"".join(part + b"\n" for part in parts)) == [part for part in expected if part]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not JSON"),
        (b"nonsense", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        ('{"a": "ü"}'.encode(), "not ASCII"),
        (b'{"a": "\xff"}', "not ASCII"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "limit"),
    ],
)
def test_a_line_that_is_no_message_says_why(line: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_object(line)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_value_error(data: bytes) -> None:
    try:
        value = read_object(data)
    except ValueError:
        return
    assert isinstance(value, dict)


def test_text_goes_out_as_ascii_and_comes_back_the_same() -> None:
    text = to_text({"name": "Пароль€😀\u2028\x7f"})

    assert text.isascii()
    assert json.loads(text) == {"name": "Пароль€😀\u2028\x7f"}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_json_never_goes_out(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_text({"number": number})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("fine 😀", False),
        ("\ud83d", True),
        ({"a": [1, {"b": "x\udc00"}]}, True),
        ({"\ud800": 1}, True),
        ([None, 1.5, True], False),
    ],
)
def test_half_characters_are_found_wherever_they_hide(value: object, *, expected: bool) -> None:
    assert has_half_character(value) is expected


def test_deep_values_are_searched_without_recursion() -> None:
    value: object = "\ud800"
    for _ in range(100_000):
        value = [value]

    assert has_half_character(value)
