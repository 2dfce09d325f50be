"""Where the server is: scheme, host and port, read strictly and written in one way."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from hostscan_automation.errors import SettingsError

_DEFAULT_PORTS = {"https": 443, "http": 80}
_LONGEST_LABEL, _LONGEST_NAME = 63, 253
_EXAMPLE = "Give it as in https://nps01.example.com:6500"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of one server.

    Attributes:
        host: Lower case; IPv6 without brackets; international names in their ASCII form.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> ServerAddress:
        """Read `https://host[:port]`; `http://` only for this machine itself.

        Raises:
            SettingsError: It is no such address, or it carries more than an address.
        """
        parts = _split(text.strip())
        address = cls(parts.scheme, _host(parts, text), _port(parts, text))
        if address.scheme == "http" and not address.is_loopback:
            raise SettingsError(
                f"server {text!r} would get the password unencrypted",
                hint="Use https://. Plain http:// is accepted for this machine itself only.",
            )
        return address

    @property
    def url(self) -> str:
        """The address as text, always the same for the same server, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        standard = self.port == _DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{host}" if standard else f"{self.scheme}://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether this names the machine itself."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise SettingsError(f"server {text!r} is no address", hint=_EXAMPLE) from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.netloc:
        raise SettingsError(f"server {text!r} does not start with https://", hint=_EXAMPLE)
    if "@" in parts.netloc:
        # not shown: what stands before the @ may be a password
        raise SettingsError("server address holds a login", hint=_EXAMPLE)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise SettingsError(f"server {text!r} has a path behind its port", hint=_EXAMPLE)
    return parts


def _host(parts: SplitResult, text: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if host.isascii():
        ascii_host = host
    else:
        try:
            ascii_host = host.encode("idna").decode("ascii")
        except UnicodeError:
            ascii_host = ""
    if not _can_be_found(ascii_host) or set(ascii_host) & set(" \\%<>\"'"):
        raise SettingsError(f"server {text!r} has no usable host name", hint=_EXAMPLE)
    return ascii_host


def _can_be_found(host: str) -> bool:
    """Whether a name server could be asked for it: Python's own look-up fails on other names."""
    if ":" in host:
        return True
    labels = host.split(".")
    are_labels = all(0 < len(label) <= _LONGEST_LABEL for label in labels)
    return host.isprintable() and len(host) <= _LONGEST_NAME and are_labels


def _port(parts: SplitResult, text: str) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise SettingsError(f"server {text!r} has no usable port", hint=_EXAMPLE)
    return port if port is not None else _DEFAULT_PORTS[parts.scheme]
