"""What `hostscan doctor` looks at, from the settings to the sign-in, each check with its remedy."""

from __future__ import annotations

import socket
import urllib.request
from typing import TYPE_CHECKING, TypeVar

from hostscan_automation.cli.connection import fetched_settings, found_settings, reading
from hostscan_automation.cli.exits import ExitCode, exit_code_of
from hostscan_automation.cli.render_doctor import Check, CheckState
from hostscan_automation.errors import (
    CertificateError,
    HostscanError,
    NotReachedError,
    SettingsError,
)
from hostscan_automation.reports.wording import counted, duration_text, moment_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.api.address import ServerAddress
    from hostscan_automation.api.client import HostScanReader
    from hostscan_automation.api.options import ConnectionOptions
    from hostscan_automation.cli.invocation import Invocation
    from hostscan_automation.settings import FoundSettings, Settings
    from hostscan_automation.settings.trust import Trust

Found = TypeVar("Found")

_ROLES = ("Admin", "App")
_WORST_FIRST = (ExitCode.SIGN_IN, ExitCode.SERVER, ExitCode.SETTINGS, ExitCode.REFUSED)


class Diagnosis:
    """The checks made so far; one that fails ends those that need it.

    Attributes:
        checks: In the order in which they were made.
    """

    def __init__(self, invocation: Invocation) -> None:
        self.checks: list[Check] = []
        self._invocation = invocation
        self._codes: set[ExitCode] = set()

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the worst check that failed."""
        return next((code for code in _WORST_FIRST if code in self._codes), ExitCode.DONE)

    def run(self) -> None:
        """Make every check that can be made."""
        self._try("state folder", self._state_folder)
        found = self._try("settings", lambda: found_settings(self._invocation))
        if found is None:
            return
        self._settings(found)
        if not self._is_reachable(found):
            self._skip("sign-in", "the server was not reached")
            return
        settings = self._try("secrets", lambda: fetched_settings(self._invocation, found))
        if settings is not None:
            self._try("sign-in", lambda: self._sign_in(settings))

    def _state_folder(self) -> None:
        from hostscan_automation.settings import state_folder
        from hostscan_automation.settings.private import Privacy, who_reads

        folder = state_folder(self._invocation.environment.environ)
        match who_reads(folder):
            case Privacy.PRIVATE:
                self._ok("state folder", f"{folder} (yours alone)")
            case Privacy.OPEN:
                self._warn("state folder", f"{folder} (others can read it)", "chmod 700 it.")
            case Privacy.UNKNOWN:
                self._ok("state folder", f"{folder} (who can read it, cannot be told here)")

    def _settings(self, found: FoundSettings) -> None:
        file = found.file
        state = (
            counted(len(file.profiles), "profile") if file.is_there else "not there, none is needed"
        )
        self._ok("config file", f"{file.path} ({found.sources['config file']}; {state})")
        profile = f"{found.profile} (from {found.sources['profile']})" if found.profile else "none"
        self._ok("profile", profile)
        given = found.server_as_given
        spelled = "" if given == found.server else f", written {given!r}"
        self._ok("server", f"{found.server} (from {found.sources['server']}{spelled})")
        self._ok("account", f"{found.way.account} (from {found.sources['sign-in']})")
        trust = found.trust
        whom = "any certificate" if trust.insecure else str(trust.ca_bundle or trust.fingerprint)
        self._ok("trust", f"{whom} (from {trust.source})" if trust.says_something else trust.source)

    def _is_reachable(self, found: FoundSettings) -> bool:
        from hostscan_automation.api.address import ServerAddress

        address = ServerAddress.parse(found.server)
        if (proxy := _proxy_for(address)) is not None:
            self._ok("proxy", f"{proxy} stands in between: name, port and TLS are not looked at")
            return True
        if self._try("name", lambda: self._name(address)) is None:
            return False
        options = self._try("trust", lambda: _options(found.trust))
        return options is not None and self._connects(address, options)

    def _connects(self, address: ServerAddress, options: ConnectionOptions) -> bool:
        from hostscan_automation.api.inspection import reach

        try:
            reach(address, options)
        except SettingsError as error:
            self._fail("trust", error)
        except CertificateError as error:
            self._ok("port", f"{address.port} answers")
            self._fail("TLS", error)
        except HostscanError as error:
            self._fail("port", error)
        else:
            self._ok("port", f"{address.port} answers")
            self._certificate(address, options)
            return True
        return False

    def _name(self, address: ServerAddress) -> bool:
        self._ok("name", f"{address.host} is {', '.join(_addresses_of(address))}")
        return True

    def _certificate(self, address: ServerAddress, options: ConnectionOptions) -> None:
        if address.scheme == "http":
            self._warn("TLS", "none: plain http to this machine itself")
            return
        from hostscan_automation.api.tls import shown_fingerprint

        shown = shown_fingerprint(address, options.connect_timeout_s)
        if options.insecure:
            remedy = f"Pin the certificate instead: --fingerprint {shown}"
            self._warn("TLS", f"not verified; the server shows {shown}", remedy)
        else:
            self._ok("TLS", f"trusted; to pin this certificate: --fingerprint {shown}")

    def _sign_in(self, settings: Settings) -> None:
        from hostscan_automation.settings import TokenSignIn

        with reading(self._invocation, settings) as reader:
            reader.sign_in()
            is_ready = isinstance(settings.sign_in, TokenSignIn)
            self._ok("sign-in", "a ready token" if is_ready else f"signed in as {reader.account}")
            self._session(reader)
            self._try("server version", lambda: self._version(reader))
            self._try("jobs", lambda: self._jobs(reader))

    def _version(self, reader: HostScanReader) -> None:
        self._ok("server version", f"{reader.version()}, {reader.health()}")
        offset_s = reader.clock_offset_s
        if offset_s:
            side = "ahead" if offset_s > 0 else "behind"
            self._warn(
                "clock",
                f"the server's is {abs(offset_s):.0f} s {side}",
                "hostscan goes by the server's clock. Set the clocks by one time server.",
            )
        else:
            self._ok("clock", "agrees with the server's")

    def _jobs(self, reader: HostScanReader) -> None:
        # the one check that a ready token without rights does not pass
        clock = self._invocation.environment.clock
        began = clock.monotonic()
        count = sum(1 for _ in reader.iter_jobs())
        took = duration_text(clock.monotonic() - began)
        self._ok("jobs", f"{counted(count, 'job')} on the server, listed in {took}")

    def _session(self, reader: HostScanReader) -> None:
        match reader.has_role(*_ROLES):
            case True:
                self._ok("roles", ", ".join(reader.roles or ()))
            case False:
                named = ", ".join(reader.roles or ()) or "none"
                remedy = "Cancelling needs the role Admin or App: ask the server's administrator."
                self.checks.append(Check("roles", CheckState.FAILED, named, remedy))
                self._codes.add(ExitCode.REFUSED)
            case None:
                self._warn("roles", "the token names none; the server will say")
        expires = reader.token_expires_at
        ends = "does not say when it ends" if expires is None else f"ends {moment_text(expires)}"
        self._ok("session", f"{ends}; it is renewed by itself")

    def _ok(self, label: str, value: str) -> None:
        self.checks.append(Check(label, CheckState.OK, value))

    def _warn(self, label: str, value: str, remedy: str | None = None) -> None:
        self.checks.append(Check(label, CheckState.WARNING, value, remedy))

    def _skip(self, label: str, reason: str) -> None:
        self.checks.append(Check(label, CheckState.SKIPPED, reason))

    def _try(self, label: str, action: Callable[[], Found]) -> Found | None:
        try:
            return action()
        except HostscanError as error:
            self._fail(label, error)
            return None

    def _fail(self, label: str, error: HostscanError) -> None:
        clean = self._invocation.logs.redaction.clean
        hint = clean(error.hint) if error.hint else None
        self.checks.append(Check(label, CheckState.FAILED, clean(error.message), hint))
        self._codes.add(exit_code_of(error))


def _options(trust: Trust) -> ConnectionOptions:
    from hostscan_automation.api.options import ConnectionOptions

    return ConnectionOptions(
        ca_bundle=trust.ca_bundle, fingerprint=trust.fingerprint, insecure=trust.insecure
    )


def _addresses_of(address: ServerAddress) -> list[str]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotReachedError(
            f"name {address.host!r} cannot be resolved: {error.strerror or error}",
            hint="Check the spelling, and that this machine asks the right DNS server.",
        ) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _proxy_for(address: ServerAddress) -> str | None:
    """Return the proxy that the environment names for this server, without its password."""
    if address.is_loopback or urllib.request.proxy_bypass(address.host):
        return None
    proxy = urllib.request.getproxies().get(address.scheme)
    return proxy.rpartition("@")[2] if proxy else None
