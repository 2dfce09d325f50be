"""Act: take inventory, cancel what a plan names, confirm it, and keep a journal of all of it."""

from __future__ import annotations
