from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from tests.unit.settings.conftest import Desk

PIN = "ab" * 32


def write_profile(desk: Desk, lines: str) -> None:
    desk.write(f'default_profile = "p"\n[profiles.p]\nserver = "nps01"\ntoken = "env:T"\n{lines}\n')


def test_by_default_the_machine_decides(desk: Desk) -> None:
    write_profile(desk, "")
    trust = desk.find().trust
    assert (trust.ca_bundle, trust.fingerprint, trust.insecure) == (None, None, False)


def test_a_bundle_of_the_profile_starts_at_the_folder_of_its_file(desk: Desk) -> None:
    (desk.folder / "ca.pem").write_text("pem", encoding="utf-8")
    write_profile(desk, 'ca_bundle = "ca.pem"')
    assert desk.find().trust.ca_bundle == desk.folder / "ca.pem"


def test_a_bundle_that_is_not_there_is_an_error(desk: Desk) -> None:
    desk.set(SERVER="nps01", TOKEN="t", CA_BUNDLE=str(desk.folder / "missing.pem"))
    with pytest.raises(SettingsError, match=r"missing.pem' does not exist \(environment\)"):
        desk.find()


def test_the_first_source_that_says_something_decides_alone(desk: Desk) -> None:
    write_profile(desk, "insecure = true")
    assert desk.find().trust.insecure
    desk.set(FINGERPRINT=PIN)
    trust = desk.find().trust
    assert trust.fingerprint == PIN
    assert not trust.insecure
    assert trust.source == "environment"
    trust = desk.find(insecure=True).trust
    assert trust.insecure
    assert trust.fingerprint is None


def test_one_source_that_wants_both_is_refused(desk: Desk) -> None:
    desk.set(SERVER="nps01", TOKEN="t")
    with pytest.raises(SettingsError, match="contradict"):
        desk.find(insecure=True, fingerprint=PIN)


def test_no_environment_variable_switches_verification_off(desk: Desk) -> None:
    desk.set(SERVER="nps01", TOKEN="t", INSECURE="1")
    assert not desk.find().trust.insecure


def test_a_bundle_that_cannot_be_looked_at_is_an_error(desk: Desk) -> None:
    desk.set(SERVER="nps01", TOKEN="t", CA_BUNDLE="x" * 5000)
    with pytest.raises(SettingsError, match="cannot be read: File name too long"):
        desk.find()
