from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.reports.plain import defused, plain, shortened

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x00b", r"a\x00b"),
        ("one\r\ntwo\tthree", r"one\r\ntwo\tthree"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\u2066name\u2069", r"\u2066name\u2069"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("half \ud800", r"half \ud800"),
        ("line\u2028separator", r"line\u2028separator"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("filler\u3164", r"filler\u3164"),
    ],
)
def test_what_would_act_is_shown_instead(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("text", ["", "lab-01", "LAB\\admin*", "Köln", "服务器", "serveur été"])
def test_what_a_person_can_read_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(ANY_TEXT)
def test_nothing_that_acts_is_left_in_any_text(text: str) -> None:
    harmless = plain(text)

    assert not {unicodedata.category(letter) for letter in harmless} & {"Cc", "Cf", "Cs", "Zl"}
    assert len(harmless.splitlines()) <= 1
    harmless.encode("utf-8")


@given(ANY_TEXT)
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(ANY_TEXT, st.integers(min_value=3, max_value=40))
def test_a_shortened_text_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(shortened(text, length)) <= length


def test_a_long_text_says_that_it_was_cut() -> None:
    assert shortened("a" * 1_000_000, 10) == "aaaaaaa..."
    assert shortened("a" * 10, 10) == "a" * 10


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("\uff1d1", "'\uff1d1"),
        ("lab;=1+1", "lab;'=1+1"),
        ("lab; =1+1", "lab;' =1+1"),
        ("\t=1", "\\t=1"),
        ("lab-01", "lab-01"),
        ("a=b", "a=b"),
    ],
)
def test_no_cell_begins_a_formula(text: str, cell: str) -> None:
    assert defused(text) == cell


@given(ANY_TEXT)
def test_no_part_of_any_cell_begins_a_formula_whatever_the_separator(text: str) -> None:
    for part in defused(text).split(";"):
        assert part.lstrip(' "')[:1] not in {"=", "+", "-", "@", "\uff1d", "\uff0b"}


def test_a_pile_of_marks_is_cut_down_and_a_word_keeps_its_own() -> None:
    assert plain("e" + "\u0301" * 6) == "e" + "\u0301" * 4 + r"\u0301\u0301"
    for word in ("Vi\u1ec7t", "Vie\u0323\u0302t", "\u0939\u093f\u0928\u094d\u0926\u0940"):
        assert plain(word) == word


def test_two_names_that_look_the_same_are_told_apart() -> None:
    assert plain("lab-01\ufe0f") == r"lab-01\ufe0f"
    assert plain("lab-01\U000e0100") == r"lab-01\U000e0100"
