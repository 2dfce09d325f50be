"""From the options of a command to settings and a client: the same way for every command."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from typing import TYPE_CHECKING

from hostscan_automation.errors import SecretNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.api.client import HostScanClient, HostScanReader
    from hostscan_automation.cli.invocation import Invocation
    from hostscan_automation.runs.progress import Progress
    from hostscan_automation.settings import FoundSettings, Settings
    from hostscan_automation.settings.settings import Ask


def found_settings(invocation: Invocation, playbook_profile: str | None = None) -> FoundSettings:
    """Choose every setting; nothing secret is read yet.

    Raises:
        SettingsError: Something is missing or wrong.
    """
    from hostscan_automation.settings import Flags, find_settings
    from hostscan_automation.wiring import read_server

    names = [field.name for field in fields(Flags)]
    shared = invocation.shared
    found = find_settings(
        Flags(**{name: shared[name] for name in names if name in shared}),
        invocation.environment.environ,
        read_server=read_server,
        playbook_profile=playbook_profile,
    )
    environ = invocation.environment.environ
    kept_there = found.file.environment_names()
    invocation.logs.redaction.learn(environ.get(name, "") for name in kept_there)
    return found


def fetched_settings(invocation: Invocation, found: FoundSettings) -> Settings:
    """Take the secrets, asking for those that have no source; from here on no log shows them.

    Raises:
        SecretNotFoundError: A secret cannot be had.
    """
    environment = invocation.environment
    ask = _asker(invocation) if environment.has_person else None
    settings = found.fetch(environment.environ, ask)
    secrets = settings.secret_values()
    invocation.logs.redaction.learn(secret.get_secret_value() for secret in secrets)
    return settings


def settings_of(invocation: Invocation, playbook_profile: str | None = None) -> Settings:
    """Return the complete settings of a command.

    Raises:
        SettingsError: Something is missing or wrong.
    """
    return fetched_settings(invocation, found_settings(invocation, playbook_profile))


@contextlib.contextmanager
def reading(invocation: Invocation, settings: Settings) -> Iterator[HostScanReader]:
    """Open a client that has no call that changes anything."""
    from hostscan_automation.wiring import open_reader

    with open_reader(
        settings,
        clock=invocation.environment.clock,
        retry_sign_in="retry_sign_in" in invocation.shared,
        on_secret=lambda secret: invocation.logs.redaction.learn([secret]),
    ) as reader:
        yield reader


@contextlib.contextmanager
def changing(invocation: Invocation, settings: Settings) -> Iterator[HostScanClient]:
    """Open a client that can change, too."""
    from hostscan_automation.wiring import open_client

    with open_client(
        settings,
        clock=invocation.environment.clock,
        retry_sign_in="retry_sign_in" in invocation.shared,
        on_secret=lambda secret: invocation.logs.redaction.learn([secret]),
    ) as client:
        yield client


def progress_of(invocation: Invocation) -> Progress:
    """Return what shows on stderr how far the work is."""
    from hostscan_automation.cli.progress import progress_on

    return progress_on(invocation.out.people, invocation.environment.clock)


def _asker(invocation: Invocation) -> Ask:
    def ask(question: str) -> str:
        try:
            answer = invocation.environment.read_secret(f"{question}: ")
        except EOFError:
            raise SecretNotFoundError(f"nothing was typed for: {question}") from None
        invocation.logs.redaction.learn([answer])
        return answer

    return ask
