"""A camera that may be lost and comes back: opened again with growing pauses, by the clock, without waiting.

It may also be shut for a while: then the device is given back, and nothing is tried.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.camera import Camera, CameraLost, Frame
from appliance.events import Event, PartFailed, PartRestored
from appliance.services.clock import Clock

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses between attempts to open a lost camera; the last one goes on."""


STEADY_SECONDS = 60.0
"""A camera that worked for as long is tried again soon; with a loose plug it would fill the journal otherwise."""


class KeptCamera:
    """Reads one camera and knows how it fares: `lost` says why it is away, `over` that a recording ended, `is_shut`."""

    def __init__(self, open_camera: Callable[[], Camera] | None, clock: Clock, *, shut: bool = False) -> None:
        """Opens the camera unless it is to be shut; raises `CameraLost` if it is not there to begin with.

        None: no camera is configured.
        """
        self._open, self._clock, self.is_shut = open_camera, clock, shut
        self._camera = open_camera() if open_camera and not shut else None
        self._failures, self._retry_at, self._back_at = 0, 0.0, 0.0
        self.lost: CameraLost | None = None
        self.over = False

    @property
    def state(self) -> str:
        """`ok`, `lost`, `shut` or `none`."""
        if self._open is None:
            return "none"
        if self.is_shut:
            return "shut"
        return "lost" if self.lost is not None or self.over else "ok"

    @property
    def until_retry(self) -> float:
        """Seconds until `read` tries again; infinite where there is nothing to try."""
        if self.lost is None or self.is_shut:
            return float("inf")
        return max(self._retry_at - self._clock.monotonic(), 0.0)

    def read(self) -> tuple[Frame | None, Event | None]:
        """A frame, or None if there is none now; and what has to be recorded: the loss or the return, each once."""
        if self._camera is None:
            return (None, None) if self.lost is None or self.until_retry > 0 else (None, self._try_again())
        try:
            frame = self._camera.read()
        except CameraLost as lost:
            self.close()
            return None, self._lose(lost)
        if frame is None:
            self.close()
            self.over = True
            return None, None
        if self.lost is None:
            return frame, None
        # A device that opens may still be silent: it is back with its first frame.
        self.lost, self._back_at = None, self._clock.monotonic()
        return frame, PartRestored(part="camera")

    def shut(self, shut: bool) -> Event | None:
        """Give the device back until told otherwise, or open it again at once; what has to be recorded of that.

        A camera that was lost before is lost after it too, until it gives a frame.
        """
        if shut == self.is_shut:
            return None
        self.is_shut = shut
        if shut:
            self.close()
            return None
        return None if self.over else self._try_again()

    def close(self) -> None:
        """Give the device back."""
        if self._camera is not None:
            self._camera.close()
        self._camera = None

    def _try_again(self) -> Event | None:
        if self._open is None:
            return None
        try:
            self._camera = self._open()
        except CameraLost as lost:
            return self._lose(lost)
        return None

    def _lose(self, lost: CameraLost) -> Event | None:
        known, self.lost = self.lost is not None, lost
        if not known and self._clock.monotonic() - self._back_at > STEADY_SECONDS:
            self._failures = 0
        self._retry_at = self._clock.monotonic() + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1
        return None if known else PartFailed(part="camera", symptom=lost.symptom[:500], remedy=lost.remedy[:500])
