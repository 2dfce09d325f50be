"""Documented PowerShell examples in; Python, corrected PowerShell, cmdlets or a playbook out."""

from __future__ import annotations
