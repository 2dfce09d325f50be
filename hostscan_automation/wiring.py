"""Build everything from settings: the one place that knows which object is made of which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, assert_never

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.client import HostScanClient, HostScanReader
from hostscan_automation.api.ledger import SignInLedger
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.signin_methods import (
    ApplicationSignIn,
    AskCode,
    BearerSignIn,
    GivenCode,
    NoMfa,
    PasswordSignIn,
    SecondFactor,
    SignInMethod,
    Totp,
)
from hostscan_automation.api.tokens import heed_not
from hostscan_automation.clock import Clock, SystemClock
from hostscan_automation.playbook.loading import load_protection
from hostscan_automation.runner import Guard
from hostscan_automation.settings import Flags, find_settings
from hostscan_automation.settings import settings as kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.api.tokens import OnSecret
    from hostscan_automation.settings import Settings


def open_reader(
    settings: Settings,
    *,
    clock: Clock | None = None,
    retry_sign_in: bool = False,
    on_secret: OnSecret = heed_not,
) -> HostScanReader:
    """Return a client that can read, and has no call that changes anything."""
    return HostScanReader(
        settings.server,
        sign_in_method(settings.sign_in),
        connection=connection_options(settings),
        ledger=SignInLedger(settings.state_folder),
        clock=clock or SystemClock(),
        retry_sign_in=retry_sign_in,
        on_secret=on_secret,
    )


def open_client(
    settings: Settings,
    *,
    clock: Clock | None = None,
    retry_sign_in: bool = False,
    connection: ConnectionOptions | None = None,
    on_secret: OnSecret = heed_not,
) -> HostScanClient:
    """Return a client that can read and change; `connection` in place of what the settings say."""
    return HostScanClient(
        settings.server,
        sign_in_method(settings.sign_in),
        connection=connection or connection_options(settings),
        ledger=SignInLedger(settings.state_folder),
        clock=clock or SystemClock(),
        retry_sign_in=retry_sign_in,
        on_secret=on_secret,
    )


def connect(
    flags: Flags | None = None, *, environ: Mapping[str, str] = os.environ
) -> HostScanClient:
    """Return a client for the server and account that environment and profile name.

    The same settings as on the command line, with the same precedence; nothing is asked.

    Raises:
        SettingsError: Something is missing, or a secret cannot be had from its source.
    """
    found = find_settings(flags or Flags(), environ, read_server=read_server)
    return open_client(found.fetch(environ, ask=None))


def read_server(text: str) -> str:
    """Return a server's address as it is written everywhere; raises SettingsError."""
    return ServerAddress.parse(text).url


def guard_of(settings: Settings) -> Guard:
    """Return what holds for every run of this profile; raises FilterError where it is wrong."""
    return Guard(
        limits=settings.limits,
        protect=load_protection(
            list(settings.protect),
            origin=f"profile {settings.profile}",
            folder=settings.config_folder,
        ),
    )


def connection_options(settings: Settings) -> ConnectionOptions:
    """Return whom to trust, as the settings say."""
    return ConnectionOptions(
        ca_bundle=settings.ca_bundle,
        fingerprint=settings.fingerprint,
        insecure=settings.insecure,
    )


def sign_in_method(sign_in: kinds.SignIn) -> SignInMethod:
    """Return the way to sign in that the settings chose."""
    match sign_in:
        case kinds.TokenSignIn(token):
            return BearerSignIn(token)
        case kinds.AppSignIn(app, api_key):
            return ApplicationSignIn(app, api_key)
        case kinds.PasswordSignIn(login, password, factor):
            return PasswordSignIn(login, password, _second_factor(factor))
        case _:
            assert_never(sign_in)


def _second_factor(factor: kinds.SecondFactor) -> SecondFactor:
    match factor:
        case kinds.TotpSecret(secret):
            return Totp(secret)
        case kinds.GivenCode(code):
            return GivenCode(code)
        case kinds.AskedCode(ask):
            return AskCode(ask)
        case kinds.NoSecondFactor():
            return NoMfa()
        case _:
            assert_never(factor)
