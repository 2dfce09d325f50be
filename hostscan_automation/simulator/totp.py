"""One-time codes after RFC 6238, as the server checks them: written here once more on purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Totp:
    """A shared secret and how codes are made of it.

    Attributes:
        secret: Base32 in capitals, padding optional.
    """

    secret: str = field(repr=False)
    digits: int = 6
    period_s: int = 30
    algorithm: str = "sha1"

    def step_at(self, now: float) -> int:
        """Return the number of the step a time (seconds since 1970) is in."""
        return int(now // self.period_s)

    def code(self, step: int) -> str:
        """Return the code of one step."""
        key = base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
        digest = hmac.new(key, struct.pack(">Q", step), getattr(hashlib, self.algorithm)).digest()
        offset = digest[-1] & 0x0F
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return f"{number % 10**self.digits:0{self.digits}d}"

    def matching_step(self, code: str, now: float) -> int | None:
        """Return the step whose code this is (the current one or a neighbour), or None."""
        current = self.step_at(now)
        for step in (current, current - 1, current + 1):
            if hmac.compare_digest(self.code(step).encode(), code.encode()):
                return step
        return None
