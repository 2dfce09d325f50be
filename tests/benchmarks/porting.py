"""Measure how long the porter takes over the largest example that was published."""

from __future__ import annotations

import time

from hostscan_automation.porting.targets import Target, port

# 494 kB in 10,881 lines: the largest body among the published examples.
_LINES = 10_881
_BYTES = 494_000
_SCRIPT = """\
$JsonBody = @"
{body}
"@
$NPSUrl = "https://localhost:6500"
$Headers = @{{
    Accept = "application/json"
}}
Invoke-RestMethod -Method POST -Uri "$($NPSUrl)/api/v1/Thing" -Body $JsonBody -Headers $Headers
"""


def measure(target: Target) -> tuple[int, float]:
    """Return how large an example is, and the seconds that porting it takes."""
    width = _BYTES // (_LINES - 2)
    rows = (f'  "{number:06}{"x" * (width - 13)}"' for number in range(_LINES - 2))
    text = _SCRIPT.format(body="[\n" + ",\n".join(rows) + "\n]")
    began = time.perf_counter()
    port(text, file_name="largest.ps1", target=target)
    return len(text), time.perf_counter() - began
