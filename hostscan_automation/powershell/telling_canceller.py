"""Tell of each cancel that the server took, while the run is still at work."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hostscan_automation.runs.ports import Canceller, CancelReply


class TellingCanceller:
    """A canceller that hands on every 202; everything else is for the run to judge.

    Args:
        canceller: Sends the cancels.
        tell: Is told the job, the status of the reply, and how many cancels were sent for it. It
            is called by the worker threads.
    """

    def __init__(self, canceller: Canceller, tell: Callable[[UUID, int, int], None]) -> None:
        self._canceller = canceller
        self._tell = tell
        self._lock = threading.Lock()
        self._attempts: Counter[UUID] = Counter()

    def cancel_job(self, job_id: UUID) -> CancelReply:
        """Send one cancel."""
        with self._lock:
            self._attempts[job_id] += 1
        reply = self._canceller.cancel_job(job_id)
        self._tell(job_id, reply.status, self._attempts[job_id])
        return reply
