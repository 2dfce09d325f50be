"""Read the YAML file of a playbook: positions, schema, loading, and the ones that are shipped."""

from __future__ import annotations
