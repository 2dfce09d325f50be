"""See whether what was asked has happened: 202 is not done.

All open jobs share one look at the whole list. It runs after the cancels and not beside them: by
then most jobs show Cancelled at the first look, and the list does not slow the cancels down.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from hostscan_automation.errors import HostscanError, JournalError, SignInError
from hostscan_automation.jobs.drift import status_text
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.crew import OVERDUE_S, Crew
from hostscan_automation.runs.looks import ended_as, ended_text, rows_of
from hostscan_automation.runs.runlog import Result

if TYPE_CHECKING:
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.runs.looks import Watched
    from hostscan_automation.runs.means import Means
    from hostscan_automation.runs.runlog import RunLog

_LOG = logging.getLogger("hostscan.runs")

FIRST_LOOK_S = 0.5
_LONGEST_WAIT_S = 10.0
_LAST_LOOK_S = 15.0
"""So long a look may take when the time for confirming is up."""
_SLOWER = 1.5
_TICKS_AFTER_A_STOP = 5


class Confirmation:
    """Looks again and again until nothing is open or the time is up.

    Args:
        watched: The jobs whose state is still to be seen; those that were seen are taken out.
        until: The last look, by the monotonic clock.
    """

    def __init__(
        self, means: Means, log: RunLog, watched: dict[UUID, Watched], until: float
    ) -> None:
        self._means = means
        self._clock = means.clock
        self._log = log
        self._watched = watched
        self._until = until
        self._told = 0
        self._total = len(watched)
        self._ticks_left = _TICKS_AFTER_A_STOP
        self._has_warned = False

    def run(self) -> None:
        """Look until nothing is open, the time is up, or somebody asks to stop.

        After a stop one quick look more tells what most people want to know; a slow one is not
        waited for.
        """
        if not self._watched:
            return
        self._means.progress.stage("confirming", self._total)
        try:
            crew = Crew("confirm", 1, self._work, lambda: None)
            crew.start()
            crew.watch(self._tick)
        finally:
            self._means.progress.end()

    def _tick(self) -> bool:
        stop = self._means.stop
        stop.relay()
        try:
            self._log.flush()
        except JournalError as error:
            self._warn_once(error)
        done = self._total - len(self._watched)
        if done > self._told:
            self._means.progress.advance(done - self._told)
            self._told = done
        if stop.is_requested:
            self._ticks_left -= 1
        is_overdue = self._clock.monotonic() >= self._until + OVERDUE_S
        return self._ticks_left > 0 and not is_overdue and not stop.is_at_once

    def _warn_once(self, error: JournalError) -> None:
        if not self._has_warned:
            _LOG.warning("%s; the results are kept in memory", error.message)
            self._has_warned = True

    def _work(self) -> None:
        wait_s = FIRST_LOOK_S
        while self._watched:
            is_last = self._wait(wait_s)
            begun = self._clock.monotonic()
            if not self._look() or is_last:
                return
            took_s = self._clock.monotonic() - begun
            wait_s = min(_LONGEST_WAIT_S, max(wait_s * _SLOWER, took_s))

    def _wait(self, seconds: float) -> bool:
        """Wait for the next look, and return whether it is the last one."""
        stop = self._means.stop
        left = self._until - self._clock.monotonic()
        if left > 0 and not stop.is_requested:
            self._clock.wait(stop.event, min(seconds, left))
        return stop.is_requested or self._clock.monotonic() >= self._until

    def _look(self) -> bool:
        """Look once; return whether looking again makes sense."""
        left_s = max(_LAST_LOOK_S, self._until - self._clock.monotonic())
        try:
            seen = rows_of(self._means.reader, self._watched, within_s=left_s)
        except SignInError as error:
            _LOG.warning("what was cancelled could not be confirmed: %s", error.message)
            return False
        except HostscanError as error:
            _LOG.warning("list could not be read while confirming: %s", error.message)
            return True
        for job_id in self._watched.keys() - seen.keys():
            watch = self._watched.pop(job_id)
            self._settle(watch, Outcome.GONE, "it is not in the list any more", None)
        for job in seen.values():
            self._see(job)
        return True

    def _see(self, job: ScanJob) -> None:
        watch = self._watched[job.id]
        outcome = ended_as(job, is_ours=watch.is_ours)
        if outcome is not None:
            del self._watched[job.id]
            self._settle(watch, outcome, ended_text(job, is_ours=watch.is_ours), status_text(job))
        elif job.is_active and watch.if_active is not None:
            del self._watched[job.id]
            self._log.settle(watch.position, watch.if_active)

    def _settle(
        self, watch: Watched, outcome: Outcome, detail: str | None, status: str | None
    ) -> None:
        found = Result(outcome, detail, status)
        self._log.settle(watch.position, found.after(self._log.job(watch.position)))
