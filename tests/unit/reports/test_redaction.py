from __future__ import annotations

import html
import json
import re
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from hostscan_automation.reports import redaction
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable

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


ODD = "x7Kp'\"\\<ü&%+ €😀\n\tTail"


@pytest.mark.parametrize(
    "written",
    [
        str,
        repr,
        ascii,
        json.dumps,
        html.escape,
        lambda text: quote(text, safe=""),
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: repr(text.encode()),
        lambda text: repr(repr(text)),
        lambda text: json.dumps(repr({"given": repr({"password": text})})),
        lambda text: ascii(json.dumps(json.dumps(text))),
    ],
)
def test_a_secret_is_taken_out_however_it_is_written(written: Callable[[str], str]) -> None:
    redaction = Redaction()
    redaction.learn([ODD])

    clean = redaction.clean(f"before {written(ODD)} after")

    assert "[secret]" in clean
    assert "x7Kp" not in clean
    assert "Tail" not in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")


def test_the_longest_secret_goes_first() -> None:
    redaction = Redaction()
    redaction.learn(["abcd", "abcd-efgh"])

    assert redaction.clean("abcd-efgh abcd") == "[secret] [secret]"


def test_what_is_learned_later_holds_from_then_on() -> None:
    redaction = Redaction()
    assert redaction.clean("code 123456") == "code 123456"

    redaction.learn(["123456"])

    assert redaction.clean("code 123456") == "code [secret]"


def test_tokens_need_not_be_learned() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"
    redaction = Redaction()
    redaction.learn([token])

    assert redaction.secrets == set()
    assert redaction.clean(f"got {token}, sent Bearer opaque") == "got [token], sent Bearer [token]"


def test_the_secrets_of_the_environment_are_known_before_anybody_chose_them() -> None:
    redaction = Redaction.of_environment(
        {
            "HOSTSCAN_PASSWORD": "first-one",
            "HOSTSCAN_TOTP_SECRET": "second-one",
            "HOSTSCAN_MFA_CODE": "345678",
            "HOSTSCAN_API_KEY": "fourth-one",
            "hostscan_token": "fifth-one",
            "HOSTSCAN_SERVER": "https://nps01:6500",
            "HOSTSCAN_LOGIN": "svc-hostscan",
            "PASSWORD_STORE_DIR": "/home/me",
        }
    )

    assert redaction.secrets == {"first-one", "second-one", "345678", "fourth-one", "fifth-one"}


def test_a_secret_of_bytes_that_are_no_text_is_taken_out_too() -> None:
    cleaning = Redaction()
    cleaning.learn(["pass\udcff\ud800word"])
    assert cleaning.clean("x pass\udcff\ud800word y") == "x [secret] y"
