"""Faults on demand: their names, their meaning, and the dice that decide when they strike."""

from __future__ import annotations

import difflib
import random
import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Faults:
    """How badly the server behaves; shares are between 0 and 1.

    Attributes:
        latency_ms: Milliseconds every reply waits.
        busy: Share of API requests answered 429 or 503 with Retry-After, and not carried out.
        lost_reply: Share of changing requests that are carried out and get no reply.
        cut: Share of API replies that break off in the middle.
        html: Share of API requests that a proxy answers with an HTML page, not carried out.
        truncated: Share of JSON replies cut short, with a Content-Length that fits the cut.
        token_ttl_s: Lifetime of access tokens in seconds, instead of the usual one.
        skew_s: Seconds by which the server's clock is ahead.
        vanish: Share of active jobs that are gone when their cancel arrives.
        finish: Share of active jobs that have completed when their cancel arrives.
        never_cancelled: Share of jobs whose cancel is accepted and never happens.
        sign_in_500: So many sign-in calls of each step fail first, unread.
        rate_limit: Changing requests a second above which the server answers 429; 0 is none.
    """

    latency_ms: float = 0.0
    busy: float = 0.0
    lost_reply: float = 0.0
    cut: float = 0.0
    html: float = 0.0
    truncated: float = 0.0
    token_ttl_s: float | None = None
    skew_s: float = 0.0
    vanish: float = 0.0
    finish: float = 0.0
    never_cancelled: float = 0.0
    sign_in_500: int = 0
    rate_limit: float = 0.0


# The name a person types -> the attribute, and the value a bare name stands for.
_NAMES: dict[str, tuple[str, str]] = {
    "latency": ("latency_ms", "100"),
    "busy": ("busy", "0.1"),
    "lost-reply": ("lost_reply", "0.1"),
    "cut": ("cut", "0.1"),
    "html": ("html", "0.1"),
    "truncated": ("truncated", "0.1"),
    "token-ttl": ("token_ttl_s", "5"),
    "skew": ("skew_s", "300"),
    "vanish": ("vanish", "0.1"),
    "finish": ("finish", "0.1"),
    "never-cancelled": ("never_cancelled", "0.1"),
    "sign-in-500": ("sign_in_500", "1"),
    "rate-limit": ("rate_limit", "50"),
}
FAULT_NAMES = tuple(_NAMES)
_SHARES = frozenset(
    {"busy", "lost_reply", "cut", "html", "truncated", "vanish", "finish", "never_cancelled"}
)


def parse_faults(texts: Iterable[str]) -> Faults:
    """Read faults as a person writes them: `NAME` or `NAME=VALUE`.

    Raises:
        SettingsError: A name is not a fault, or a value is no number in its range.
    """
    return Faults(**dict(_parse(text) for text in texts))


def _parse(text: str) -> tuple[str, float | int]:
    name, _, value = text.partition("=")
    if name not in _NAMES:
        near = difflib.get_close_matches(name, FAULT_NAMES, n=1)
        suggestion = f"did you mean {near[0]!r}" if near else f"one of {', '.join(FAULT_NAMES)}"
        raise SettingsError(f"fault {name!r} is not known: {suggestion}")
    attribute, default = _NAMES[name]
    return attribute, _number(name, attribute, value or default)


def _number(name: str, attribute: str, text: str) -> float | int:
    try:
        number = int(text) if attribute == "sign_in_500" else float(text)
    except ValueError:
        raise SettingsError(f"fault {name!r} takes a number, not {text!r}") from None
    if attribute in _SHARES and not 0 <= number <= 1:
        raise SettingsError(f"fault {name!r} takes a share from 0 to 1, not {text!r}")
    if attribute != "skew_s" and not 0 <= number < float("inf"):
        raise SettingsError(f"fault {name!r} takes a number from 0 up, not {text!r}")
    return number


class Dice:
    """Seeded chance, shared by all connections."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - chance for a test server
        self._seed = seed
        self._lock = threading.Lock()

    def strikes(self, share: float) -> bool:
        """Say whether something that happens with that share happens now."""
        if share <= 0:
            return False
        with self._lock:
            return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        """Return a number between the two."""
        with self._lock:
            return self._random.uniform(low, high)

    def marks(self, what: str, name: str, share: float) -> bool:
        """Say whether that thing is one of the share: the same answer every time it is asked."""
        if share <= 0:
            return False
        return random.Random(f"{self._seed}:{what}:{name}").random() < share  # noqa: S311


def describe(faults: Faults) -> str:
    """Return the faults in force as a person would type them, or `none`."""
    attribute_names = {attribute: name for name, (attribute, _) in _NAMES.items()}
    said = [
        f"{attribute_names[field.name]}={getattr(faults, field.name):g}"
        for field in fields(Faults)
        if getattr(faults, field.name)
    ]
    return " ".join(said) or "none"
