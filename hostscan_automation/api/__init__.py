"""The server as documented: endpoints, transport, sign-in, and a client that reads and changes."""

from __future__ import annotations
