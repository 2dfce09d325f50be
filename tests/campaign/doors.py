"""A door: one place where something comes in from outside, and how to knock at it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import HostscanError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Door:
    """One place where input comes in.

    Attributes:
        examples: What usually comes in; undamaged, it is read.
        knock: Reads an input, and uses what came of it; it has a file name of its own.
        share: How many of a hundred inputs are for it: many where that is quick.
        words: What means something here.
        is_json: Whether values can be damaged, and not only bytes.
        parse: Makes values of an example; as JSON they come in, too.
        allowed: How reading may end, besides with a value.
    """

    name: str
    examples: Callable[[], Sequence[bytes]]
    knock: Callable[[bytes, Path], object]
    share: float
    words: tuple[bytes, ...] = ()
    is_json: bool = False
    parse: Callable[[bytes], Any] = json.loads
    allowed: tuple[type[Exception], ...] = (HostscanError,)
