"""SHA-256 fingerprints of certificates: reading what a person pinned, showing what a server has."""

from __future__ import annotations

import hashlib
import re

from hostscan_automation.errors import SettingsError


def fingerprint_of(certificate: bytes) -> str:
    """Return the fingerprint of a certificate in DER form: 64 lower-case hex digits."""
    return hashlib.sha256(certificate).hexdigest()


def read_fingerprint(text: str) -> str:
    """Return a pin as 64 lower-case hex digits; colons, blanks, dashes and `sha256:` may be in it.

    Raises:
        SettingsError: It is no SHA-256 fingerprint.
    """
    plain = re.sub(r"^\s*sha-?256\s*[:=/]?", "", text, flags=re.IGNORECASE)
    digits = re.sub(r"[\s:\-]", "", plain).lower()
    if re.fullmatch(r"[0-9a-f]{40}", digits):
        raise SettingsError(
            "fingerprint has 40 hex digits: that is a SHA-1 thumbprint, and no pin",
            hint=(
                "Windows shows the SHA-1 thumbprint of a certificate. SHA-1 can be forged, so the"
                " SHA-256 fingerprint is needed (64 hex digits); hostscan doctor shows it."
            ),
        )
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise SettingsError(
            f"fingerprint is not 64 hex digits: {text[:100]!r}",
            hint="Take the SHA-256 fingerprint that hostscan doctor shows.",
        )
    return digits
