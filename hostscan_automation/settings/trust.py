"""Choose whose certificate is trusted: the first source that says anything about it decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import SettingsError
from hostscan_automation.settings.folders import expanded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hostscan_automation.settings.flags import Flags
    from hostscan_automation.settings.profiles import Profile


@dataclass(frozen=True, slots=True)
class Trust:
    """How the server proves itself.

    Attributes:
        source: Which source decided, for people.
    """

    ca_bundle: Path | None = None
    fingerprint: str | None = None
    insecure: bool = False
    source: str = "the authorities that this machine trusts"

    @property
    def says_something(self) -> bool:
        """Whether anybody said anything about it."""
        return bool(self.ca_bundle or self.fingerprint or self.insecure)


def choose_trust(
    flags: Flags, environ: Mapping[str, str], profile: Profile, folder: Path, name: str | None
) -> Trust:
    """Return what the first source says that says anything: they are not mixed.

    A pin from one source beside an `insecure` from another would leave it open which of the two
    the person meant. The profile must be the one whose server this is (else an empty one); its
    relative paths start at `folder`.

    Raises:
        SettingsError: One source contradicts itself, or the bundle does not exist.
    """
    for trust in (
        _trust(flags.ca_bundle, flags.fingerprint, insecure=flags.insecure, source="flag"),
        _trust(
            environ.get("HOSTSCAN_CA_BUNDLE"),
            environ.get("HOSTSCAN_FINGERPRINT"),
            insecure=False,
            source="environment",
        ),
        _trust(
            str(folder / expanded(profile.ca_bundle)) if profile.ca_bundle else None,
            profile.fingerprint,
            insecure=bool(profile.insecure),
            source=f"profile {name}",
        ),
    ):
        if trust is not None:
            return trust
    return Trust()


def _trust(
    ca_bundle: str | None, fingerprint: str | None, *, insecure: bool, source: str
) -> Trust | None:
    if not (ca_bundle or fingerprint or insecure):
        return None
    if insecure and (ca_bundle or fingerprint):
        raise SettingsError(
            f"insecure and a CA bundle or fingerprint contradict each other ({source})",
            hint="insecure trusts any certificate. Take it away.",
        )
    path = _bundle(ca_bundle, source) if ca_bundle else None
    return Trust(path, fingerprint or None, insecure, source)


def _bundle(given: str, source: str) -> Path:
    path = expanded(given)
    reason = "does not exist"
    try:
        if path.exists():
            return path
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
    raise SettingsError(
        f"CA bundle {str(path)!r} {reason} ({source})",
        hint="It is a PEM file with the server's certificate or its issuer's.",
    )
