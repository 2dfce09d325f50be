"""One-time codes after RFC 6238, as the server checks them: written here once more on purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

STEP_S = 30


def code_at(secret: str, step: int) -> str:
    """Return the six digits of a base32 secret for one 30-second step."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Return the step (the current one or a neighbour) whose code this is, or None."""
    current = int(now // STEP_S)
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(code_at(secret, step), code):
            return step
    return None
