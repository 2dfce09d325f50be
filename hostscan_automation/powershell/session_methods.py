"""Signing in and out, and looking at a server."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.inspection import reach
from hostscan_automation.errors import ApiError, CodeRefusedError, HostscanError
from hostscan_automation.powershell.desk import Session, certificate_text
from hostscan_automation.powershell.faults import MFA_REQUIRED, VERSION_MISMATCH, Fault
from hostscan_automation.powershell.protocol import PROTOCOL
from hostscan_automation.powershell.server_probe import look_at
from hostscan_automation.powershell.sign_in import settings_of
from hostscan_automation.wiring import connection_options, open_client

if TYPE_CHECKING:
    from hostscan_automation.api.client import HostScanClient
    from hostscan_automation.api.options import ConnectionOptions
    from hostscan_automation.powershell import objects
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.powershell.parameters import (
        Connect,
        Initialize,
        Nothing,
        TestConnection,
    )
    from hostscan_automation.settings import Settings

_ROLES = ("Admin", "App")


def initialize(_call: Call, given: Initialize, desk: Desk) -> dict[str, Any]:
    """Agree on the protocol."""
    if given.protocol != PROTOCOL:
        own = version("hostscan-automation")
        raise Fault(
            VERSION_MISMATCH,
            f"hostscan-automation {own} speaks protocol {PROTOCOL}, and the module"
            f" ({given.client}) speaks {given.protocol}",
        )
    desk.name = given.session_name
    return {
        "protocol": PROTOCOL,
        "version": version("hostscan-automation"),
        "python": platform.python_version(),
        "pid": os.getpid(),
    }


def connect(call: Call, given: Connect, desk: Desk) -> dict[str, Any]:
    """Sign in; what was signed in before is forgotten first."""
    desk.leave()
    desk.redaction.learn(given.secrets())
    settings = settings_of(given, desk.environ)
    desk.redaction.learn(secret.get_secret_value() for secret in settings.secret_values())
    client = open_client(
        settings,
        clock=desk.clock,
        retry_sign_in=given.retry_sign_in,
        connection=_connection(settings, given.timeout_sec),
        on_secret=lambda secret: desk.redaction.learn([secret]),
    )
    try:
        client.sign_in()
        server_version = _version(client)
    except CodeRefusedError as error:
        client.close()
        if given.sign_in == "noMfa":
            raise Fault(MFA_REQUIRED, f"account needs a second factor: {error.message}") from None
        raise
    except BaseException:
        client.close()
        raise
    desk.current = Session(client, settings, given.sign_in, desk.clock.now(), server_version)
    if client.has_role(*_ROLES) is False:
        named = ", ".join(client.roles or ()) or "none"
        call.warn(f"account has none of the roles Admin and App (it has: {named})")
    call.emit(desk.current.to_object(desk.name))
    return {}


def _connection(settings: Settings, timeout_s: float | None) -> ConnectionOptions:
    options = connection_options(settings)
    if not timeout_s:
        return options
    return replace(
        options, read_timeout_s=timeout_s, retry_for_s=min(timeout_s, options.retry_for_s)
    )


def _version(client: HostScanClient) -> str | None:
    # the first call with the token: a ready one that does not hold fails here
    try:
        return client.version()
    except ApiError:
        return None


def disconnect(_call: Call, _given: Nothing, desk: Desk) -> dict[str, Any]:
    """Forget the session."""
    desk.leave()
    return {}


def session(call: Call, _given: Nothing, desk: Desk) -> dict[str, Any]:
    """Tell who is signed in where."""
    call.emit(desk.session.to_object(desk.name))
    return {}


def test_connection(call: Call, given: TestConnection, desk: Desk) -> dict[str, Any]:
    """Look at a server: any one, or that of the session."""
    call.emit(look_at(given.uri) if given.uri else _look_at_own(desk.session))
    return {}


def _look_at_own(own: Session) -> objects.ConnectionTest:
    found: objects.ConnectionTest = {
        "Server": own.client.server,
        "IsReachable": False,
        "IsHealthy": None,
        "IsSignedIn": False,
        "Certificate": certificate_text(own.settings),
        "Fingerprint": None,
        "Version": None,
        "Health": None,
        "ClockOffsetSec": None,
        "Message": None,
    }
    try:
        reach(ServerAddress.parse(own.client.server), connection_options(own.settings))
        found["IsReachable"] = True
        health, server_version = own.client.health(), own.client.version()
    except HostscanError as error:
        return {**found, "Message": error.message}
    return {
        **found,
        "IsHealthy": health.strip().casefold() == "healthy",
        "IsSignedIn": True,
        "Health": health,
        "Version": server_version,
        "ClockOffsetSec": own.client.clock_offset_s,
    }


def shutdown(_call: Call, _given: Nothing, desk: Desk) -> dict[str, Any]:
    """Forget the session; the process ends after this."""
    desk.leave()
    return {}
