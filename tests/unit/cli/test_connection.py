from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hostscan_automation.simulator import Simulator
    from tests.unit.cli.conftest import Terminal


@pytest.fixture
def person(terminal: Terminal, server: Simulator) -> Terminal:
    terminal.environ |= {"HOSTSCAN_SERVER": server.url}
    terminal.is_terminal = True
    return terminal


def test_a_person_is_asked_for_what_is_not_set(person: Terminal, server: Simulator) -> None:
    account = server.accounts.without_mfa
    person.environ["HOSTSCAN_NO_MFA"] = "1"
    person.secrets = [account.password]
    ended = person.run("jobs", "list", "--login", account.login)
    assert ended.code == 0, ended.err
    assert person.asked == [f"Password of {account.login} for {server.url}: "]
    assert account.password not in ended.out + ended.err


def test_a_password_that_was_typed_is_in_no_message(person: Terminal) -> None:
    person.environ["HOSTSCAN_NO_MFA"] = "1"
    person.secrets = ["typed-Secret-77"]
    ended = person.run("-vv", "jobs", "list", "--login", "typed-Secret-77")
    assert ended.code == 4
    assert "typed-Secret-77" not in ended.err
    assert "[secret]" in ended.err


def test_the_end_of_input_at_a_question_is_no_secret(person: Terminal) -> None:
    def nothing(prompt: str) -> str:
        raise EOFError(prompt)

    person.answer = nothing
    ended = person.run("jobs", "list", "--app", "x")
    assert ended.code == 3
    assert "nothing was typed for: API key of x" in ended.err


def test_an_application_signs_in_by_profile(terminal: Terminal, server: Simulator) -> None:
    application = server.accounts.application
    key = terminal.folder / "api key.txt"
    key.write_text(f"{application.password}\r\n", encoding="utf-8")
    key.chmod(0o600)
    (terminal.folder / "config.toml").write_text(
        f'[profiles.nightly]\nserver = "{server.url}"\napp = "{application.login}"\n'
        'api_key = "file:api key.txt"\n',
        encoding="utf-8",
    )
    ended = terminal.run("jobs", "list", "--profile", "nightly", "-o", "jsonl")
    assert ended.code == 0, ended.err
    assert len(ended.out.splitlines()) >= 60


def test_a_missing_config_that_a_flag_names_ends_with_3(terminal: Terminal) -> None:
    ended = terminal.run("jobs", "list", "--config", "nope.toml")
    assert ended.code == 3
    assert "'nope.toml' does not exist" in ended.err


def test_flags_count_before_the_command_too_and_the_later_one_wins(terminal: Terminal) -> None:
    ended = terminal.run("--server", "ftp://a", "jobs", "list", "--server", "ftp://b")
    assert ended.code == 3
    assert "ftp://b" in ended.err
    assert "ftp://a" in terminal.run("--server", "ftp://a", "jobs", "list").err


def test_an_empty_flag_does_not_mean_whatever_stands_further_down(
    terminal: Terminal, server: Simulator
) -> None:
    terminal.environ |= {"HOSTSCAN_SERVER": server.url, "HOSTSCAN_TOKEN": "t" * 30}
    ended = terminal.run("jobs", "list", "--server", "")
    assert ended.code == 2
    assert "is empty" in ended.err
