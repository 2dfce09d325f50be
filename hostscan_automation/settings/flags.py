"""The settings that a person may give on the command line: no secret is among them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flags:
    """What was given as flags; None where a flag was not given.

    Attributes:
        insecure: True where `--insecure` was given; there is no flag that takes it back.
    """

    server: str | None = None
    login: str | None = None
    app: str | None = None
    profile: str | None = None
    config: str | None = None
    ca_bundle: str | None = None
    fingerprint: str | None = None
    insecure: bool = False
