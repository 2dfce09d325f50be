"""List, select and cancel host scan jobs of Netwrix Privilege Secure, in bulk and safely."""

from __future__ import annotations
