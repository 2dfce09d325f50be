"""What most scripts do: one requests Session and a ThreadPoolExecutor."""

from __future__ import annotations

import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests


def cancels_per_second(url: str, authority: str, *, workers: int, count: int) -> float:
    """Send so many cancels and return how many a second were answered 202."""
    session = requests.Session()
    session.headers["Authorization"] = "Bearer " + "x" * 40
    ids = [uuid.UUID(int=number + 1) for number in range(count)]

    def cancel(job_id: uuid.UUID) -> int:
        path = f"{url}/api/v1/HostScanJob/{job_id}"
        # not as session.verify: REQUESTS_CA_BUNDLE of the environment would override that
        return session.delete(path, timeout=30, verify=authority).status_code

    started = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        statuses = list(pool.map(cancel, ids))
    took = time.perf_counter() - started
    if set(statuses) != {202}:
        raise AssertionError(f"unexpected statuses: {sorted(set(statuses))}")
    return count / took


if __name__ == "__main__":
    print(cancels_per_second(sys.argv[1], sys.argv[2], workers=64, count=int(sys.argv[3])))
