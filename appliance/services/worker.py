"""One thread beside a loop, for work that must not hold it up. The loop stays the only one that decides."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from appliance.keypad.alarm import Alarm

LONGEST_QUEUE = 100
"""Jobs that may wait; with 30 ms each, the last one waits three seconds."""


class Worker:
    """Runs jobs one after another. Argon2 lets go of Python's lock while it computes, so votes go on beside it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "worker")
        self._alarm = Alarm()
        self._waiting = 0
        self._done: deque[tuple[Future[Any], Callable[[Any], None]]] = deque()

    def submit(self, job: Callable[[], Any], then: Callable[[Any], None]) -> bool:
        """Do `job` on the thread, and `then` with its result in the loop's `collect`; False if too much is waiting."""
        if self._waiting >= LONGEST_QUEUE:
            return False
        self._waiting += 1

        def finished(future: Future[Any]) -> None:
            self._done.append((future, then))
            self._alarm.ring()

        self._thread.submit(job).add_done_callback(finished)
        return True

    def collect(self) -> None:
        """Continue with the jobs that are done. What a job raised is raised here."""
        self._alarm.silence()
        while self._done:
            future, then = self._done.popleft()
            self._waiting -= 1
            then(future.result())

    def fileno(self) -> int:
        """Readable when `collect` has something."""
        return self._alarm.fileno()

    def close(self) -> None:
        """Wait for the job at hand; drop the others."""
        self._thread.shutdown(cancel_futures=True)
        self._alarm.close()
