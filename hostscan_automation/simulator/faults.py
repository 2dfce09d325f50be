"""The faults a person can ask for: names, units, ranges, and the dice that decide.

A fault is one field of `Faults`, which says how it is asked for, and one function in
`misbehaviour`, which says what it does.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import threading
from collections import Counter
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable


WAITS = ("none", "seconds", "date", "nonsense", "year")
"""What a Retry-After may be told to be instead of a number of seconds."""


class Unit(Enum):
    """What the number of a fault counts, and the range it must be in."""

    SHARE = ("a share from 0 to 1", 0.0, 1.0)
    MILLISECONDS = ("milliseconds, 0 or more", 0.0, math.inf)
    SECONDS = ("seconds, 0 or more", 0.0, math.inf)
    OFFSET = ("seconds, ahead or (negative) behind", -math.inf, math.inf)
    COUNT = ("a whole number, 0 or more", 0.0, math.inf)
    RATE = ("requests a second, 0 or more", 0.0, math.inf)
    WAIT = ("seconds, 0 or more, or one of none, seconds, date, nonsense, year", 0.0, math.inf)

    def __init__(self, words: str, low: float, high: float) -> None:
        self.words = words
        self.low = low
        self.high = high

    def holds(self, value: float | str) -> bool:
        """Say whether a number is in range, or a word is one of this unit."""
        if isinstance(value, str):
            return self is Unit.WAIT and value in WAITS
        if not math.isfinite(value) or not self.low <= value <= self.high:
            return False
        return self is not Unit.COUNT or value == int(value)


def _fault(name: str, unit: Unit, bare: float, *, off: float | None = 0.0) -> Any:
    """Declare a fault: as it is typed, its unit, and what the bare name stands for."""
    return field(default=off, metadata={"name": name, "unit": unit, "bare": bare})


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How badly the server behaves; without values it does not.

    Attributes:
        latency_ms: Every request waits so long before anything is done about it.
        slow: API requests that take 1 to 30 seconds, half of them after they were carried out.
        busy: API requests answered 429 or 503 with Retry-After, and not carried out.
        too_many: API requests answered 429 with Retry-After, and not carried out.
        unavailable: API requests answered 503 with Retry-After, and not carried out.
        lost_reply: Changing API requests that are carried out and get no reply.
        cut: API replies that break off in the middle.
        error_500: API requests answered 500, half of them after they were carried out.
        error_502: API requests answered 502, half of them after they were carried out.
        error_504: API requests answered 504, half of them after they were carried out.
        html: API requests that a proxy answers with an HTML page (502), not carried out.
        page: API requests that a portal answers with an HTML page (200), not carried out.
        empty_502: API requests answered 502 without a body, not carried out.
        empty: JSON replies of the API that come with their status and without their body.
        truncated: JSON replies of the API cut short, with a Content-Length that fits the cut.
        token_ttl_s: Lifetime of access tokens, instead of the usual one.
        skew_s: How far the server's clock is ahead: Date, tokens, one-time codes, jobs.
        vanish: Active jobs that are gone when their first cancel arrives.
        finish: Active jobs that have completed when their first cancel arrives.
        never_cancelled: Jobs whose cancel is accepted (202) and never happens.
        sign_in_500: So many calls of each sign-in step answer 500 first, unread.
        rate_limit: API requests a second above which the server answers 429; 0 is no limit.
        retry_after: What 429 and 503 ask to wait, instead of a second: seconds (sent as a number
            or as a date), or `none`, `seconds`, `date`, `nonsense`, `year`.
        refuse: Connections that are reset before a request can be sent.
        reset: API requests whose connection is reset unread, not carried out.
        mid_request: API requests whose connection is reset when their first line has come.
        redirect: API requests sent on (307) to another name of this machine, not carried out.
        redirect_port: The port that redirects lead to; 0 is the server's own.
        endless: JSON replies of the API that never end.
        wrong_type: JSON replies of the API whose values are of other types than documented.
        duplicate: Lists of the API that name one item twice, the second time otherwise.
    """

    latency_ms: float = _fault("latency", Unit.MILLISECONDS, 100)
    slow: float = _fault("slow", Unit.SHARE, 0.1)
    busy: float = _fault("busy", Unit.SHARE, 0.1)
    too_many: float = _fault("too-many", Unit.SHARE, 0.1)
    unavailable: float = _fault("unavailable", Unit.SHARE, 0.1)
    lost_reply: float = _fault("lost-reply", Unit.SHARE, 0.1)
    cut: float = _fault("cut", Unit.SHARE, 0.1)
    error_500: float = _fault("error-500", Unit.SHARE, 0.1)
    error_502: float = _fault("error-502", Unit.SHARE, 0.1)
    error_504: float = _fault("error-504", Unit.SHARE, 0.1)
    html: float = _fault("html", Unit.SHARE, 0.1)
    page: float = _fault("page", Unit.SHARE, 0.1)
    empty_502: float = _fault("empty-502", Unit.SHARE, 0.1)
    empty: float = _fault("empty", Unit.SHARE, 0.1)
    truncated: float = _fault("truncated", Unit.SHARE, 0.1)
    token_ttl_s: float | None = _fault("token-ttl", Unit.SECONDS, 5, off=None)
    skew_s: float = _fault("skew", Unit.OFFSET, 300)
    vanish: float = _fault("vanish", Unit.SHARE, 0.1)
    finish: float = _fault("finish", Unit.SHARE, 0.1)
    never_cancelled: float = _fault("never-cancelled", Unit.SHARE, 0.1)
    sign_in_500: int = _fault("sign-in-500", Unit.COUNT, 1, off=0)
    rate_limit: float = _fault("rate-limit", Unit.RATE, 50)
    retry_after: float | str | None = _fault("retry-after", Unit.WAIT, 60, off=None)
    refuse: float = _fault("refuse", Unit.SHARE, 0.1)
    reset: float = _fault("reset", Unit.SHARE, 0.1)
    mid_request: float = _fault("mid-request", Unit.SHARE, 0.1)
    redirect: float = _fault("redirect", Unit.SHARE, 0.1)
    redirect_port: int = _fault("redirect-port", Unit.COUNT, 80, off=0)
    endless: float = _fault("endless", Unit.SHARE, 0.1)
    wrong_type: float = _fault("wrong-type", Unit.SHARE, 0.1)
    duplicate: float = _fault("duplicate", Unit.SHARE, 0.1)

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None and not each.metadata["unit"].holds(value):
                raise _out_of_range(each.metadata["name"], each.metadata["unit"], _text(value))

    def __str__(self) -> str:
        """Return the faults in force as a person would type them, or `none`."""
        said = (
            f"{each.metadata['name']}={_text(getattr(self, each.name))}"
            for each in fields(self)
            if getattr(self, each.name) != each.default
        )
        return " ".join(said) or "none"


_FIELDS = {each.metadata["name"]: each for each in fields(Faults)}
FAULT_NAMES = tuple(_FIELDS)


def parse_fault(text: str) -> tuple[str, float | str]:
    """Read one fault as a person writes it, `NAME` or `NAME=VALUE`.

    Returns:
        The attribute of `Faults` and its value.

    Raises:
        SettingsError: The name is not a fault, or the value is not in its range.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if name not in _FIELDS:
        near = difflib.get_close_matches(name, FAULT_NAMES, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(FAULT_NAMES)}."
        raise SettingsError(f"fault {name!r} is not known", hint=hint)
    known = _FIELDS[name].metadata
    return _FIELDS[name].name, _value(name, known["unit"], value) if equals else known["bare"]


def parse_faults(texts: Iterable[str]) -> Faults:
    """Read faults as a person writes them; the last one of a name counts.

    Raises:
        SettingsError: As `parse_fault`.
    """
    values: dict[str, Any] = dict(parse_fault(text) for text in texts)
    return Faults(**values)


def _value(name: str, unit: Unit, text: str) -> float | str:
    value: float | str
    try:
        value = float(text)
    except ValueError:
        value = text
    if not unit.holds(value):
        raise _out_of_range(name, unit, text)
    return int(value) if unit is Unit.COUNT else value


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _out_of_range(name: str, unit: Unit, text: str) -> SettingsError:
    hint = f"Write it as --fault {name}=NUMBER."
    return SettingsError(f"fault {name!r} takes {unit.words}, not {text!r}", hint=hint)


class Dice:
    """Seeded chance: the same seed throws the same for the same thing, whatever the order.

    Connections run side by side, so a stream of random numbers would give each run another
    outcome. Here every throw is a hash of the seed, the occasion and how often it came up before.
    """

    def __init__(self, seed: int) -> None:
        self._key = str(seed).encode()
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._lock = threading.Lock()

    def throw(self, *occasion: str) -> float:
        """Return a number from 0 to below 1 that belongs to the occasion for good."""
        text = "\n".join(occasion).encode()
        digest = hashlib.blake2b(text, key=self._key, digest_size=6).digest()
        return int.from_bytes(digest, "big") / 2**48

    def marks(self, share: float, *occasion: str) -> bool:
        """Say whether the occasion is one of that share: the same answer every time."""
        return share > 0 and self.throw(*occasion) < share

    def strikes(self, share: float, *occasion: str) -> bool:
        """Say whether it happens this time; the next time is another throw."""
        return share > 0 and self.next_throw(*occasion) < share

    def next_throw(self, *occasion: str) -> float:
        """Return a number from 0 to below 1 for this time the occasion comes up."""
        with self._lock:
            self._seen[occasion] += 1
            count = self._seen[occasion]
        return self.throw(*occasion, str(count))
