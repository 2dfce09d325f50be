from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import SecretNotFoundError, SettingsError
from hostscan_automation.settings.settings import AppSignIn, PasswordSignIn, TokenSignIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.settings.conftest import Desk

PROFILE = """
    default_profile = "nps01"
    [profiles.nps01]
    server = "https://nps01.lab.example:6500"
    login = "LAB\\\\admin"
    password = "env:VAULT_PASSWORD"
    totp_secret = "env:VAULT_TOTP"
    insecure = true
    [profiles.nps01.limits]
    max_jobs = 40
    [[profiles.nps01.protect]]
    any_host = { name = { glob = "dc*" } }
"""


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_profile(desk: Desk) -> None:
    desk.write(PROFILE)
    assert desk.find().server == "https://nps01.lab.example:6500"
    desk.set(SERVER="https://second:6500", LOGIN="x")
    assert desk.find().server == "https://second:6500"
    found = desk.find(server="https://third:6500")
    assert found.server == "https://third:6500"
    assert found.sources["server"] == "flag --server"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("nps01", "https://nps01:6500"),
        ("nps01:443", "https://nps01"),
        ("nps01/", "https://nps01:6500"),
        ("  NPS01  ", "https://nps01:6500"),
        ("[fd00::1]", "https://[fd00::1]:6500"),
        ("[fd00::1]:8443", "https://[fd00::1]:8443"),
        ("https://nps01", "https://nps01"),
        ("http://127.0.0.1:6500", "http://127.0.0.1:6500"),
    ],
)
def test_a_bare_name_means_https_on_the_port_that_the_product_installs(
    desk: Desk, given: str, meant: str
) -> None:
    desk.set(SERVER=given, TOKEN="t")
    assert desk.find().server == meant


@pytest.mark.parametrize(
    "given",
    ["nps01/api", "nps01:6500/x?y", "https://me:pw@nps01:6500", "http://nps01:6500", "ftp://nps01"],
)
def test_a_server_that_is_more_or_less_than_an_address_is_refused(desk: Desk, given: str) -> None:
    desk.set(SERVER=given, TOKEN="t")
    with pytest.raises(SettingsError):
        desk.find()


def test_without_a_server_the_hint_names_every_way_to_set_it(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="server is not set") as caught:
        desk.find()
    assert caught.value.hint
    assert "HOSTSCAN_SERVER" in caught.value.hint
    assert "hostscan demo" in caught.value.hint


def test_a_profile_gives_server_sign_in_trust_limits_and_protection(desk: Desk) -> None:
    desk.write(PROFILE)
    desk.environ |= {"VAULT_PASSWORD": "pw", "VAULT_TOTP": "JBSWY3DPEHPK3PXP"}
    settings = desk.load()
    assert isinstance(settings.sign_in, PasswordSignIn)
    assert settings.account == "LAB\\admin"
    assert settings.insecure
    assert settings.limits.max_jobs == 40
    assert settings.limits.max_percent is None
    assert settings.protect == ({"any_host": {"name": {"glob": "dc*"}}},)
    assert settings.profile == "nps01"
    assert [secret.get_secret_value() for secret in settings.secret_values()] == [
        "pw",
        "JBSWY3DPEHPK3PXP",
    ]


def test_settings_show_no_secret_in_their_text(desk: Desk) -> None:
    desk.set(SERVER="nps01", LOGIN="admin", PASSWORD="s3cret-password", TOTP_SECRET="JBSWY3DPEHPK")
    settings = desk.load()
    assert "s3cret" not in repr(settings)
    assert "JBSWY" not in repr(settings)


class TestTheSecretsOfAProfile:
    """They belong to one server."""

    def test_they_are_not_used_for_a_server_of_the_environment(self, desk: Desk) -> None:
        desk.write(PROFILE)
        desk.environ["VAULT_PASSWORD"] = "pw"
        desk.set(SERVER="https://elsewhere:6500")
        with pytest.raises(
            SettingsError, match=r"keeps its secrets for https://nps01.lab"
        ) as caught:
            desk.load(at_terminal=True)
        assert not desk.asked
        assert "pw" not in str(caught.value)

    def test_nor_for_a_server_of_a_flag(self, desk: Desk) -> None:
        desk.write(PROFILE)
        with pytest.raises(SettingsError, match="keeps its secrets for"):
            desk.load(server="nps02.lab.example")

    def test_the_totp_secret_is_held_back_as_well(self, desk: Desk) -> None:
        desk.write(PROFILE)
        desk.set(SERVER="https://elsewhere:6500", PASSWORD="given")
        with pytest.raises(SettingsError, match=r"second factor .* keeps its secrets"):
            desk.load(at_terminal=True)

    def test_they_are_used_for_the_same_server_spelled_otherwise(self, desk: Desk) -> None:
        desk.write(PROFILE)
        desk.environ |= {"VAULT_PASSWORD": "pw", "VAULT_TOTP": "JBSWY3DPEHPK3PXP"}
        assert desk.load(server="NPS01.lab.example").server == "https://nps01.lab.example:6500"

    def test_limits_and_protection_hold_for_another_server_but_trust_does_not(
        self, desk: Desk
    ) -> None:
        desk.write(PROFILE)
        desk.set(SERVER="https://elsewhere:6500", TOKEN="t" * 30)
        settings = desk.load()
        assert settings.limits.max_jobs == 40
        assert settings.protect
        assert not settings.insecure

    def test_they_are_not_used_for_another_login(self, desk: Desk) -> None:
        desk.write(PROFILE)
        with pytest.raises(SettingsError, match=r"keeps the secrets of 'LAB\\\\admin'"):
            desk.load(login="LAB\\other")

    def test_for_another_login_a_person_is_asked(self, desk: Desk) -> None:
        desk.write(PROFILE)
        desk.answers = ["typed"]
        sign_in = desk.load(at_terminal=True, login="LAB\\other").sign_in
        assert isinstance(sign_in, PasswordSignIn)
        assert sign_in.password.get_secret_value() == "typed"
        assert desk.asked == [
            "Password of LAB\\other for https://nps01.lab.example:6500",
        ]

    def test_a_profile_without_a_server_lends_them_to_the_one_that_is_given(
        self, desk: Desk
    ) -> None:
        desk.write('[profiles.p]\nlogin = "a"\npassword = "env:PW"\n')
        desk.environ["PW"] = "x"
        desk.set(SERVER="nps01", NO_MFA="1")
        assert desk.load(profile="p").account == "a"


class TestTheProfile:
    def test_the_flag_wins_over_environment_playbook_and_default(self, desk: Desk) -> None:
        names = ["flag", "environment", "playbook", "default"]
        desk.write(
            'default_profile = "default"\n'
            + "".join(f'[profiles.{name}]\nserver = "{name}"\ntoken = "env:T"\n' for name in names)
        )
        assert desk.find().profile == "default"
        assert desk.find(playbook_profile="playbook").profile == "playbook"
        desk.set(PROFILE="environment")
        assert desk.find(playbook_profile="playbook").profile == "environment"
        assert desk.find(playbook_profile="playbook", profile="flag").profile == "flag"

    def test_a_misspelt_name_is_an_error_with_a_suggestion(self, desk: Desk) -> None:
        desk.write(PROFILE)
        with pytest.raises(
            SettingsError, match=r"'nps1' .*flag --profile.* does not exist"
        ) as caught:
            desk.find(profile="nps1")
        assert caught.value.hint == "Did you mean 'nps01'?"

    def test_an_unlike_name_is_an_error_with_the_names_there_are(self, desk: Desk) -> None:
        desk.write(PROFILE)
        with pytest.raises(SettingsError) as caught:
            desk.find(playbook_profile="zzz")
        assert caught.value.hint
        assert "has: nps01" in caught.value.hint

    def test_without_any_profile_a_name_is_an_error(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", TOKEN="t", PROFILE="nps01")
        with pytest.raises(SettingsError) as caught:
            desk.find()
        assert caught.value.hint
        assert "There are no profiles" in caught.value.hint

    def test_a_playbook_may_name_one_on_a_machine_that_has_none_if_the_server_is_given(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.set(SERVER="nps01", TOKEN="t")
        with caplog.at_level(logging.WARNING):
            assert desk.find(playbook_profile="nps01").profile is None
        assert "no limits and no protect" in caplog.text

    def test_but_not_if_nothing_else_names_the_server(self, desk: Desk) -> None:
        with pytest.raises(SettingsError, match="profile 'nps01'"):
            desk.find(playbook_profile="nps01")


class TestTheWayToSignIn:
    def test_a_token_comes_first_then_the_application_then_the_login(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", LOGIN="l", PASSWORD="p", NO_MFA="yes")
        assert isinstance(desk.load().sign_in, PasswordSignIn)
        desk.set(APP="a", API_KEY="k")
        assert isinstance(desk.load().sign_in, AppSignIn)
        desk.set(TOKEN=" t \n")
        sign_in = desk.load().sign_in
        assert isinstance(sign_in, TokenSignIn)
        assert sign_in.token.get_secret_value() == "t"

    def test_a_login_flag_leaves_token_and_application_of_the_environment_unused(
        self, desk: Desk
    ) -> None:
        desk.set(SERVER="nps01", TOKEN="t", APP="a", API_KEY="k", PASSWORD="p", NO_MFA="1")
        settings = desk.load(login="me")
        assert isinstance(settings.sign_in, PasswordSignIn)
        assert settings.account == "me"

    def test_an_app_flag_leaves_token_and_login_of_the_environment_unused(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", TOKEN="t", LOGIN="l", PASSWORD="p", API_KEY=" k ")
        settings = desk.load(app="nightly")
        assert isinstance(settings.sign_in, AppSignIn)
        assert settings.sign_in.api_key.get_secret_value() == "k"
        assert settings.account == "nightly"

    def test_both_flags_contradict_each_other(self, desk: Desk) -> None:
        desk.set(SERVER="nps01")
        with pytest.raises(SettingsError, match="contradict"):
            desk.find(login="l", app="a")

    def test_an_application_without_key_gives_way_to_a_login(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", APP="a", LOGIN="l", PASSWORD="p", NO_MFA="1")
        assert desk.load().account == "l"

    def test_an_application_without_key_and_without_login_is_asked_for_its_key(
        self, desk: Desk
    ) -> None:
        desk.set(SERVER="nps01", APP="a")
        with pytest.raises(SecretNotFoundError, match="API key of 'a'"):
            desk.load()
        desk.answers = ["typed"]
        assert isinstance(desk.load(at_terminal=True).sign_in, AppSignIn)

    def test_an_empty_variable_counts_as_not_set(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", TOKEN="", LOGIN="l", PASSWORD="p", NO_MFA="1")
        assert desk.load().account == "l"

    def test_nothing_at_all_is_an_error_that_names_the_ways(self, desk: Desk) -> None:
        desk.set(SERVER="nps01")
        with pytest.raises(SettingsError, match="no way to sign in") as caught:
            desk.find()
        assert caught.value.hint
        assert "HOSTSCAN_TOKEN" in caught.value.hint

    def test_a_profile_offers_the_ways_in_the_same_order(
        self, desk: Desk, secret_file: Callable[[str, str], Path]
    ) -> None:
        secret_file("key", "from-file\r\nsecond line\n")
        desk.write('[profiles.p]\nserver = "nps01"\nlogin = "l"\napp = "a"\napi_key = "file:key"\n')
        sign_in = desk.load(profile="p").sign_in
        assert isinstance(sign_in, AppSignIn)
        assert sign_in.api_key.get_secret_value() == "from-file"
        desk.write('[profiles.p]\nserver = "nps01"\napp = "a"\ntoken = "file:key"\n')
        assert isinstance(desk.load(profile="p").sign_in, TokenSignIn)


class TestTheSecondFactor:
    @pytest.mark.parametrize(
        ("variables", "kind"),
        [
            ({"MFA_CODE": "012345", "TOTP_SECRET": "JB", "NO_MFA": "1"}, "GivenCode"),
            ({"TOTP_SECRET": "JB", "NO_MFA": "1"}, "TotpSecret"),
            ({"NO_MFA": "TRUE"}, "NoSecondFactor"),
        ],
    )
    def test_code_then_secret_then_none(
        self, desk: Desk, variables: dict[str, str], kind: str
    ) -> None:
        desk.set(SERVER="nps01", LOGIN="l", PASSWORD=" p ", **variables)
        sign_in = desk.load().sign_in
        assert isinstance(sign_in, PasswordSignIn)
        assert type(sign_in.second_factor).__name__ == kind
        assert sign_in.password.get_secret_value() == " p "

    def test_no_mfa_of_the_environment_wins_over_the_secret_of_the_profile(
        self, desk: Desk
    ) -> None:
        desk.write(PROFILE)
        desk.environ["VAULT_PASSWORD"] = "pw"
        desk.set(NO_MFA="1")
        sign_in = desk.load().sign_in
        assert isinstance(sign_in, PasswordSignIn)
        assert type(sign_in.second_factor).__name__ == "NoSecondFactor"

    def test_a_profile_says_that_its_account_needs_none_and_the_environment_may_differ(
        self, desk: Desk
    ) -> None:
        desk.write(
            '[profiles.p]\nserver = "nps01"\nlogin = "l"\npassword = "file:pw"\nno_mfa = true\n'
        )
        (desk.config.parent / "pw").write_text("secret", encoding="utf-8")
        (desk.config.parent / "pw").chmod(0o600)
        sign_in = desk.load(profile="p").sign_in
        assert isinstance(sign_in, PasswordSignIn)
        assert type(sign_in.second_factor).__name__ == "NoSecondFactor"
        desk.set(NO_MFA="no")
        with pytest.raises(SecretNotFoundError, match="second factor of 'l'"):
            desk.load(profile="p")

    @pytest.mark.parametrize("given", [{"login": "other"}, {"server": "nps02"}])
    def test_what_a_profile_says_of_its_account_holds_for_no_other(
        self, desk: Desk, given: dict[str, str]
    ) -> None:
        desk.write('[profiles.p]\nserver = "nps01"\nlogin = "l"\nno_mfa = true\n')
        desk.set(PASSWORD="pw")
        with pytest.raises(SecretNotFoundError, match="second factor of"):
            desk.load(profile="p", **given)  # type: ignore[arg-type]

    def test_a_word_that_is_neither_yes_nor_no_is_an_error(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", LOGIN="l", PASSWORD="p", NO_MFA="maybe")
        with pytest.raises(SettingsError, match="neither yes nor no: 'maybe'"):
            desk.find()

    def test_without_one_a_person_is_asked_when_the_server_wants_it(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", LOGIN="l", PASSWORD="p", NO_MFA="off")
        with pytest.raises(SecretNotFoundError, match="second factor of 'l'"):
            desk.load()
        sign_in = desk.load(at_terminal=True).sign_in
        assert isinstance(sign_in, PasswordSignIn)
        assert not desk.asked
        desk.answers = ["123456"]
        assert sign_in.second_factor.ask() == "123456"  # type: ignore[union-attr]
        assert desk.asked == ["One-time code of l"]

    def test_an_empty_answer_is_no_password(self, desk: Desk) -> None:
        desk.set(SERVER="nps01", LOGIN="l", NO_MFA="1")
        desk.answers = [""]
        with pytest.raises(SecretNotFoundError, match="was not given"):
            desk.load(at_terminal=True)
