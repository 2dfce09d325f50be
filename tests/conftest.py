"""What holds for every test."""

from __future__ import annotations

from tests.interrupts import hear_interrupts

hear_interrupts()
