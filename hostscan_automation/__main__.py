"""`python -m hostscan_automation` is `hostscan`."""

from __future__ import annotations

import sys

from hostscan_automation.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
