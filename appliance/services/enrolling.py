"""What the door lends its camera to while somebody is enrolled before it: the seam between recognising and enrolling.

The door knows no more of enrolment than this. It hands frames over and gets boxes to draw; no look that it took of a
visitor goes this way, and it opens the gallery for reading alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from appliance.camera import Frame
from appliance.control import Request
from appliance.record import Entry
from appliance.services.door_view import FaceView


class Enrolling(Protocol):
    """Told of the journal and, while `running`, given the frames instead of the recogniser."""

    @property
    def running(self) -> bool:
        """Whether somebody is being enrolled: nobody is identified meanwhile."""
        ...

    def hear(self, news: Sequence[Entry]) -> None:
        """New facts, from the beginning of the journal on."""
        ...

    def turn(self) -> None:
        """Once a turn of the door: what is due."""
        ...

    def take(self, frame: Frame) -> None:
        """A frame of whoever is being enrolled."""
        ...

    def faces(self) -> Sequence[FaceView]:
        """What to draw into the preview."""
        ...

    def answer(self, request: Request) -> bool:
        """Answer a request about enrolment; False if it is about something else."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


class NoEnrolling:
    """A door at which nobody is enrolled: a recording that is measured, a test."""

    running = False

    def hear(self, news: Sequence[Entry]) -> None:
        """Nothing."""

    def turn(self) -> None:
        """Nothing."""

    def take(self, frame: Frame) -> None:
        """Nothing."""

    def faces(self) -> Sequence[FaceView]:
        """None."""
        return ()

    def answer(self, request: Request) -> bool:
        """Not here."""
        return False

    def close(self) -> None:
        """Nothing."""
