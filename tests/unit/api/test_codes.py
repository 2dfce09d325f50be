from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.api.codes import CodeGenerator
from hostscan_automation.api.signin_methods import Totp, clean_code
from hostscan_automation.errors import SettingsError

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT_59_S = datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)


def code_of(text: str, moment: datetime = AT_59_S) -> str:
    return CodeGenerator.parse(text).at(moment).text


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        SECRET.lower(),
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        "GEZD-GNBV-GY3T-QOJQ-GEZD\u2013GNBV-GY3T-QOJQ",
        f"  {SECRET}\r\n",
        f"{SECRET}======",
        f"otpauth://totp/NPS:svc?secret={SECRET}&issuer=NPS",
        f"otpauth://TOTP/svc?secret={SECRET.lower()}",
    ],
)
def test_a_secret_is_read_in_every_spelling(text: str) -> None:
    assert code_of(text) == "287082"  # RFC 6238, appendix B, the last six digits


@pytest.mark.parametrize(
    ("algorithm", "secret", "expected"),
    [
        ("SHA1", b"12345678901234567890", "94287082"),
        ("SHA256", b"12345678901234567890123456789012", "46119246"),
        ("HmacSHA512", b"1234567890" * 6 + b"1234", "90693936"),
    ],
)
def test_the_vectors_of_the_standard(algorithm: str, secret: bytes, expected: str) -> None:
    text = base64.b32encode(secret).decode().rstrip("=")
    uri = f"otpauth://totp/x?secret={text}&digits=8&algorithm={algorithm}"

    assert code_of(uri) == expected


def test_the_period_is_honoured() -> None:
    generator = CodeGenerator.parse(f"otpauth://totp/x?secret={SECRET}&period=60")
    code = generator.at(AT_59_S)

    assert code.step == 0
    assert code.next_in_s == pytest.approx(1.0)
    assert code.text == pyotp.TOTP(SECRET, interval=60).at(59)


@given(st.binary(min_size=10, max_size=64), st.integers(0, 4_000_000_000))
def test_secrets_of_any_length_give_the_codes_of_the_standard(key: bytes, seconds: int) -> None:
    text = base64.b32encode(key).decode().rstrip("=")
    moment = datetime.fromtimestamp(seconds, UTC)
    # as long a secret as pyotp takes, with the same meaning: keys are padded with zeros by HMAC
    padded = base64.b32encode(key.ljust(64, b"\0")).decode()

    assert code_of(text, moment) == pyotp.TOTP(padded).at(seconds)


def test_the_last_two_seconds_of_a_code_are_not_used() -> None:
    generator = CodeGenerator.parse(SECRET)
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert generator.at(start + timedelta(seconds=28)).is_usable
    assert not generator.at(start + timedelta(seconds=28.1)).is_usable


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("GEZDGNBVGY3TQOJ!", "character 16 is not"),
        ("GEZD GNBV GY3T QOJ0", "character 19 is not"),
        ("GEZD=GNBVGY3TQOJQ", "character 5 is not"),
        ("ﬆGEZDGNBVGY3TQOJQ", "character 1 is not"),
        ("GEZDGNBVGY3TQOJ", "75 bits"),
        ("", "0 bits"),
        ("GEZDGNBVGY3TQOJQA", "no secret has 17 letters"),
        ("otpauth://hotp/x?secret=" + SECRET, "not of the kind totp"),
        ("otpauth://totp/x", "no secret in it"),
        ("otpauth://totp/x?secret=", "no secret in it"),
        (f"otpauth://totp/x?secret={SECRET}&digits=12", "digits"),
        (f"otpauth://totp/x?secret={SECRET}&digits=six", "digits"),
        (f"otpauth://totp/x?secret={SECRET}&period=0", "period"),
        (f"otpauth://totp/x?secret={SECRET}&period=99999999999", "period"),
        (f"otpauth://totp/x?secret={SECRET}&algorithm=MD5", "none of SHA1"),
        ("otpauth://[totp/x", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_without_the_secret(text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        CodeGenerator.parse(text)

    said = f"{caught.value} {caught.value.hint}"
    assert "GEZD" not in said.upper()


def test_a_secret_is_checked_when_it_is_given_and_never_shown() -> None:
    with pytest.raises(SettingsError):
        Totp("nonsense!")  # type: ignore[arg-type]
    assert SECRET not in repr(Totp(SECRET))  # type: ignore[arg-type]
    assert "1234" not in repr(CodeGenerator.parse(SECRET))


@pytest.mark.parametrize(
    ("text", "code"), [(" 123 456\n", "123456"), ("12-34", "1234"), ("NA", "NA")]
)
def test_codes_are_cleaned_of_what_displays_put_into_them(text: str, code: str) -> None:
    assert clean_code(text) == code


def test_a_fingerprint_tells_secrets_apart_and_holds_nothing_of_them() -> None:
    one, other = CodeGenerator.parse("GEZDGNBVGY3TQOJQ"), CodeGenerator.parse("GEZDGNBVGY3TQOJR")

    assert one.fingerprint == CodeGenerator.parse("gezd gnbv gy3t qojq").fingerprint
    assert one.fingerprint != other.fingerprint
    assert one.key not in one.fingerprint
