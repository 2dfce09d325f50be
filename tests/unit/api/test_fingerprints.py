from __future__ import annotations

import pytest

from hostscan_automation.api.fingerprints import fingerprint_of, read_fingerprint
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.errors import SettingsError

PIN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize(
    "text",
    [
        PIN,
        PIN.upper(),
        ":".join(PIN[at : at + 2] for at in range(0, 64, 2)),
        f"SHA256:{PIN}",
        f"sha-256 = {PIN[:32]} {PIN[32:]}",
    ],
)
def test_a_pin_is_read_in_the_forms_that_programs_show(text: str) -> None:
    assert read_fingerprint(text) == PIN
    assert ConnectionOptions(fingerprint=text).fingerprint == PIN


def test_a_fingerprint_is_that_of_the_whole_certificate() -> None:
    assert fingerprint_of(b"test") == PIN


def test_a_sha1_thumbprint_is_explained() -> None:
    with pytest.raises(SettingsError, match="SHA-1 thumbprint") as caught:
        read_fingerprint("A9:" * 19 + "A9")

    assert "64 hex digits" in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["", "zz" * 32, PIN[:-1], PIN + "00"])
def test_anything_else_is_no_pin(text: str) -> None:
    with pytest.raises(SettingsError, match="not 64 hex digits"):
        read_fingerprint(text)


@pytest.mark.parametrize("name", ["connect_timeout_s", "retry_for_s"])
def test_a_time_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        ConnectionOptions(**{name: 0.0})  # type: ignore[arg-type]
