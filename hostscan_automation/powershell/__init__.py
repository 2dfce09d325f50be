"""The bridge that PowerShell talks to, one JSON object a line, and the module's own files."""

from __future__ import annotations
