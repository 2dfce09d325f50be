from __future__ import annotations

import re
from itertools import product

import pytest

from hostscan_automation.reports import redaction
from hostscan_automation.reports.redaction import Redaction

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1bmlxdWVfbmFtZSI6IngifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"got {TOKEN}, and more", "got [token], and more"),
        (f"token={TOKEN}", "token=[token]"),
        (f"x_{TOKEN}", "x_[token]"),
        ("Authorization: Bearer abc def", "Authorization: Bearer [token] def"),
        (f"eyJ{'a' * 1900}.eyJ{'b' * 9000}.c", "[token]"),
        ("eyJ is no token", "eyJ is no token"),
    ],
)
def test_what_looks_like_a_token_is_taken_out(text: str, clean: str) -> None:
    assert Redaction().clean(text) == clean


def test_the_pattern_of_tokens_looks_a_bounded_way_ahead() -> None:
    # without a bound, a text of many beginnings is read to its end from each of them
    unbounded = re.findall(r"\{\d+,\}", redaction._TOKENS.pattern)
    assert unbounded == []
    assert len(Redaction().clean("eyJ" * 40_000)) == 120_000


def test_secrets_are_taken_out_in_every_spelling() -> None:
    cleaning = Redaction()
    cleaning.learn(['pa"ss/1'])
    for before, secret in product(("", "x="), ('pa"ss/1', 'pa\\"ss/1', "pa%22ss%2F1")):
        assert cleaning.clean(f"{before}{secret}.") == f"{before}[secret]."
