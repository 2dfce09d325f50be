"""Texts of the rooms below, as a person at a PowerShell can use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hostscan_automation.reports.plain import plain

if TYPE_CHECKING:
    from hostscan_automation.reports.redaction import Redaction

# Flags of the command line that the rooms below name, and what they are called in the module. None
# is for what only the command line has: there the name stays.
PARAMETER_OF_FLAG: dict[str, str | None] = {
    "--allow-destructive": "-AllowDestructive",
    "--app": "-AppUser",
    "--ca-bundle": "-CaBundle",
    "--config": "$env:HOSTSCAN_CONFIG",
    "--fingerprint": "-Fingerprint",
    "--insecure": "-SkipCertificateCheck",
    "--login": "-Credential",
    "--profile": "-ProfileName",
    "--retry-sign-in": "-RetrySignIn",
    "--save": None,
    "--server": "-Uri",
    "--var": "-Variable",
    "--where": "-Filter",
}
_FLAG = re.compile(r"(?:flag )?(?<![\w-])(--[a-z][a-z-]*)")


def told(text: str, redaction: Redaction) -> str:
    """Return a text as it may be shown: without secrets, without anything a terminal obeys.

    It keeps its lines, and names parameters of the module where it named flags.
    """
    clean = redaction.clean(_FLAG.sub(_named, text))
    return "\n".join(plain(line) for line in clean.splitlines())


def _named(flag: re.Match[str]) -> str:
    return PARAMETER_OF_FLAG.get(flag[1]) or flag[0]
