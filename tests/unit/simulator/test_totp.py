from __future__ import annotations

import base64

import pytest

from hostscan_automation.simulator.totp import Totp

# RFC 6238, appendix B: the secret is as long as the hash wants it.
_TWENTY = base64.b32encode(b"12345678901234567890").decode()
_THIRTY_TWO = base64.b32encode(b"12345678901234567890123456789012").decode()
_SIXTY_FOUR = base64.b32encode((b"1234567890" * 7)[:64]).decode()


@pytest.mark.parametrize(
    ("secret", "algorithm", "moment", "code"),
    [
        (_TWENTY, "sha1", 59, "94287082"),
        (_TWENTY, "sha1", 1111111109, "07081804"),
        (_TWENTY, "sha1", 20000000000, "65353130"),
        (_THIRTY_TWO, "sha256", 59, "46119246"),
        (_SIXTY_FOUR, "sha512", 1234567890, "93441116"),
    ],
)
def test_codes_are_those_of_the_standard(
    secret: str, algorithm: str, moment: int, code: str
) -> None:
    totp = Totp(secret, digits=8, algorithm=algorithm)

    assert totp.code(totp.step_at(moment)) == code


def test_a_code_keeps_its_leading_zero() -> None:
    totp = Totp(_TWENTY)

    assert totp.code(totp.step_at(1111111109)) == "081804"


@pytest.mark.parametrize("secret", ["JBSWY3DPEHPK3PXP", "JBSWY3DPEHPK3PXPAA", "ONSWG4TFORXXEZLT"])
def test_a_secret_needs_no_padding(secret: str) -> None:
    assert len(Totp(secret).code(1)) == 6


def test_a_code_of_the_step_before_or_after_still_fits() -> None:
    totp = Totp(_TWENTY)

    fitting = [totp.matching_step(totp.code(100 + off), 100 * 30.0) for off in (-2, -1, 0, 1, 2)]

    assert fitting == [None, 99, 100, 101, None]


def test_the_secret_is_not_shown() -> None:
    assert _TWENTY not in repr(Totp(_TWENTY))
