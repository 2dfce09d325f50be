"""Tell what a run did and where it stands: one Summary value, many renderings."""

from __future__ import annotations
