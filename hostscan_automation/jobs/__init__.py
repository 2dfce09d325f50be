"""What a host scan job is and which ones are meant: pure values and functions."""

from __future__ import annotations
