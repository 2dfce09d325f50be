"""The recorded replies: what the vendor's pages say that the server answers, one file for each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "replies"


@dataclass(frozen=True)
class Recorded:
    """One exchange.

    Attributes:
        page: The vendor's page that documents it.
        sent: The body of the request, or None.
        json: The body of the reply as JSON, or None.
    """

    name: str
    page: str
    method: str
    path: str
    sent: Any
    status: int
    headers: dict[str, str]
    json: Any
    text: str | None

    @property
    def body(self) -> bytes:
        if self.text is not None:
            return self.text.encode()
        return b"" if self.json is None else json.dumps(self.json).encode()


def recorded(name: str) -> Recorded:
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    request, answer = data["request"], data["reply"]
    return Recorded(
        name,
        data["page"],
        request["method"],
        request["path"],
        request.get("body"),
        answer["status"],
        answer["headers"],
        answer.get("json"),
        answer.get("text"),
    )


NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
