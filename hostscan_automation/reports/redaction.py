"""Keep the secrets in use, and everything that looks like a token, out of what people read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST_SECRET = 4
_TOKENS = re.compile(r"eyJ[\w-]{8,2000}\.[\w-]+(?:\.[\w-]*)?|(?<=Bearer )\S+", re.ASCII)


@dataclass(slots=True)
class Redaction:
    """Takes the secrets in use, and everything that looks like a token, out of a text."""

    secrets: set[str] = field(default_factory=set)

    def learn(self, secrets: Iterable[str]) -> None:
        """Add secrets, in every form in which they could come along."""
        for secret in secrets:
            if len(secret) >= _SHORTEST_SECRET:
                self.secrets |= {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}

    def clean(self, text: str) -> str:
        """Return the text without any of them."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        return _TOKENS.sub("[token]", text)
