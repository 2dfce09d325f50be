from __future__ import annotations

from hostscan_automation.cli.render_doctor import Check, CheckState, doctor_data, show_checks
from tests.unit.cli.screens import on_terminal, shown

CHECKS = (
    Check("server", CheckState.OK, "https://nps01.lab.example:6500 (from HOSTSCAN_SERVER)"),
    Check("TLS", CheckState.WARNING, "not verified", "Pin it: --fingerprint abcd"),
    Check("sign-in", CheckState.FAILED, "password refused", "Change the password."),
    Check("roles", CheckState.SKIPPED, "not signed in"),
)


def test_each_check_has_its_state_and_what_was_found() -> None:
    lines = shown(lambda screen: show_checks(screen, CHECKS)).splitlines()

    assert lines[1].split()[:3] == ["ok", "server", "https://nps01.lab.example:6500"]
    assert [line.split()[0] for line in lines[1:5]] == ["ok", "warning", "failed", "skipped"]


def test_every_remedy_is_told_in_full_after_the_checks() -> None:
    for text in (
        shown(lambda screen: show_checks(screen, CHECKS)),
        on_terminal(lambda screen: show_checks(screen, CHECKS), width=60).text,
    ):
        assert "\nTLS: Pin it: --fingerprint abcd\n" in text
        assert "\nsign-in: Change the password.\n" in text


def test_programs_read_whether_anything_failed() -> None:
    data = doctor_data(CHECKS)

    assert data["schema"] == "hostscan/doctor/1"
    assert data["is_healthy"] is False
    assert data["checks"][1] == {
        "label": "TLS",
        "state": "warning",
        "value": "not verified",
        "remedy": "Pin it: --fingerprint abcd",
    }
    assert doctor_data(CHECKS[:2])["is_healthy"] is True
