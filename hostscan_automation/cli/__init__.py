"""The command line: a thin shell over the library, and the only room that knows a terminal."""

from __future__ import annotations
