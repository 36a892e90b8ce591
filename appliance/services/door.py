"""The door: frames → faces → decision → attendance. Records first, then greets."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Literal

from appliance import __version__, attendance
from appliance.attendance import Attendance, Roll
from appliance.camera import Camera, Frame
from appliance.control import Request, Server
from appliance.errors import DeviceError, JournalError
from appliance.events import (
    CheckedIn,
    ConfigurationChanged,
    DelegateEnrolled,
    DelegateForgotten,
    Event,
    FaceNotIdentified,
    GalleryRenewed,
    MeetingConvened,
    ServiceStarted,
)
from appliance.identification import Ambiguous, Identified
from appliance.journal import Fact, Follower, Writer
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.services import door_view
from appliance.services.clock import Clock
from appliance.services.door_lamp import Signals
from appliance.services.door_screen import TO_THE_PIN, Screen, stage
from appliance.services.door_view import FaceView
from appliance.services.enrolling import Enrolling, NoEnrolling
from appliance.services.kept_camera import KeptCamera
from appliance.services.loop import Turn
from appliance.services.recogniser import Recogniser, Templates
from appliance.services.upside_down import UpsideDown
from appliance.services.visits import Presented, Visit
from appliance.values import Delegate, Liveness, Method, Refusal

IDLE_SECONDS = 0.25
"""How long a turn without a camera waits for a question."""

OURS = ("box.", "camera.", "door.", "gallery.", "keypads.factory", "keypads.chip")
"""Settings that this service was built from."""


class Door:
    """Built with its devices; the loop turns it. Holds faces and descriptors in memory, and only figures leave it."""

    def __init__(  # noqa: PLR0913 - each device is an argument, and a test may give its own
        self,
        *,
        open_camera: Callable[[], Camera] | None,
        recogniser: Recogniser,
        gallery: Templates,
        writer: Writer,
        clock: Clock,
        server: Server,
        signals: Signals,
        started: ServiceStarted,
        greeting_seconds: float = 4.0,
        until_end: bool = False,
        liveness: Liveness = Liveness.OFF,
        enrolling: Enrolling | None = None,
    ) -> None:
        """`open_camera` None: no camera is configured. Refuses to start in doubt: clock, journal, camera, gallery.

        `liveness` counts for meetings that do not state their own.
        """
        self._recogniser, self._gallery = recogniser, gallery
        self._writer, self._clock, self._server, self._signals = writer, clock, server, signals
        self._enrolling = enrolling or NoEnrolling()
        self._until_end, self._model = until_end, started.models.get("embedder", "")
        self._liveness = recogniser.liveness = liveness
        now = clock.now()
        if now.at < "2026":
            raise DeviceError(f"the clock says {now.at}: a roll needs the right time; set it or connect a time server")
        if writer.head()[0] == 0:
            raise JournalError("the journal is empty; start `appliance ballot` first, it installs the device")
        self._follower = Follower(writer)
        past = self._follower.news()  # first: during a secret session the camera is not even opened
        self._meeting = ""
        self._camera = KeptCamera(open_camera, clock, shut=self._secret)
        self._frame: Frame | None = None
        self._visible: Sequence[Visit] = ()
        self._screen = Screen(greeting_seconds, clock.monotonic())
        self._upside_down = UpsideDown(recogniser.detector)
        self._times: deque[float] = deque(maxlen=30)
        self._dropped = 0
        self._recogniser.enrol(gallery.templates(), gallery.cohort())
        self._append(f"door/started/{now.at}", started)
        self._hear(past)  # and no restart: we were built from the configuration it led to

    def step(self) -> Turn:
        """One turn: what is new in the journal, one frame, its decisions, the answers."""
        if self._hear(self._follower.news()):
            return Turn.RESTART
        self._shut_camera(self._secret)
        frame, happened = self._camera.read()
        self._note(happened)
        if frame is not None:
            self._look(frame)
        self._enrolling.turn()
        self._say_default()
        message = self._screen.message
        self._signals.show(message.code, self._clock.monotonic() - message.since)
        for request in self._server.poll(0 if frame is not None else min(IDLE_SECONDS, self._camera.until_retry)):
            self._answer(request)
        return Turn.DONE if self._camera.over and self._until_end else Turn.AGAIN

    def close(self) -> None:
        """Give everything back."""
        self._camera.close()
        self._server.close()
        self._signals.close()
        self._gallery.close()
        self._enrolling.close()
        self._writer.close()

    # Journal ---------------------------------------------------------------------------------------------------------

    def _hear(self, news: Sequence[Entry]) -> bool:
        """Take in new facts; whether the service must begin anew."""
        restart = False
        for event in (entry.event for entry in news):
            if isinstance(event, ConfigurationChanged):
                restart |= any(key.startswith(OURS) for key in event.keys)
            elif isinstance(event, MeetingConvened):
                self._recogniser.liveness = event.liveness or self._liveness
        if any(isinstance(entry.event, DelegateEnrolled | DelegateForgotten | GalleryRenewed) for entry in news):
            self._recogniser.enrol(self._gallery.templates(), self._gallery.cohort())
        self._enrolling.hear(news)
        meeting = self._minutes.id if self._minutes else ""
        if meeting != self._meeting:
            self._meeting = meeting
            self._begin_anew()
        return restart

    def _begin_anew(self) -> None:
        """Whoever is seen from now on has just come."""
        self._recogniser.forget_visits()
        self._visible, self._frame = (), None

    @property
    def _secret(self) -> bool:
        """Whether a secret session is on: nothing here may see."""
        return self._follower.secret_session

    def _shut_camera(self, shut: bool) -> None:
        if shut != self._camera.is_shut:
            self._note(self._camera.shut(shut))
            self._begin_anew()
            self._times.clear()

    def _note(self, happened: Event | None) -> None:
        """Record what became of the camera."""
        if happened is not None:
            self._append(f"door/{type(happened).__name__}/{self._clock.now().at}", happened)
            self._begin_anew()

    @property
    def _minutes(self) -> Minutes | None:
        """The meeting in progress."""
        minutes = self._follower.minutes
        return minutes if minutes is not None and minutes.ended_at is None else None

    def _append(self, fact_id: str, event: Event) -> None:
        # A slash cannot stand in an id that a client of the ballot service makes: nobody else's fact lies there.
        self._writer.append([Fact(fact_id, event)], self._clock.now())

    # Faces -----------------------------------------------------------------------------------------------------------

    def _look(self, frame: Frame) -> None:
        if self._frame is not None:
            self._dropped += max(0, frame.index - self._frame.index - 1)
        self._frame = frame
        self._times.append(self._clock.monotonic())
        if self._enrolling.running:
            self._enrolling.take(frame)
            self._recogniser.forget_visits()
            self._visible = ()
            return
        minutes = self._minutes
        sighting = self._recogniser.take(frame, look=minutes is not None)
        self._visible = sighting.visible
        self._upside_down.watch(frame, faces=bool(sighting.visible))
        for visit in sighting.visible:
            visit.came = visit.came or self._clock.now().at
        if minutes is not None:
            for visit in sighting.decided:
                self._decide(visit, minutes)
            for visit in sighting.ended:
                if visit.decision is not None and not (visit.said or visit.resumed or visit.pending):
                    self._decide(visit, minutes)

    def _decide(self, visit: Visit, minutes: Minutes) -> None:
        """Record what a visit came to, then say it."""
        decision = visit.decision
        if isinstance(decision, Identified):
            outcome = attendance.check_in(
                minutes.roll, decision.delegate, Method.FACE, by="door", evidence=_evidence(decision, visit)
            )
            if not isinstance(outcome, Refusal):
                self._welcome(visit, minutes.roll, minutes.roll.roster[decision.delegate], outcome)
                return
        code: Literal["unknown", "ambiguous", "presentation"] = "unknown"
        if isinstance(decision, Ambiguous | Presented):
            code = "ambiguous" if isinstance(decision, Ambiguous) else "presentation"
        if visit.said not in TO_THE_PIN:  # once a person, however often they are looked at
            fact = FaceNotIdentified(meeting=minutes.id, decision=code, looks=len(visit.looks))
            self._append(f"door/{minutes.id}/visit/{visit.came}/{visit.track}", fact)
        self._say(visit, code)

    def _welcome(self, visit: Visit, roll: Roll, delegate: Delegate, outcome: CheckedIn | Attendance) -> None:
        if isinstance(outcome, CheckedIn):
            stays = len(roll.intervals.get(delegate.id, ()))  # whoever has left and returns is checked in once more
            again = f"/{stays}" if stays else ""
            self._append(f"door/{outcome.meeting}/check-in/{delegate.id}{again}", outcome)
        self._say(visit, "welcome" if isinstance(outcome, CheckedIn) else "already", delegate)

    # Saying ----------------------------------------------------------------------------------------------------------

    def _say(self, visit: Visit, code: str, delegate: Delegate | None = None) -> None:
        visit.said = code
        self._screen.greet(code, delegate, self._clock.monotonic())

    def _say_default(self) -> None:
        """What stands on the screen when no greeting does."""
        now = self._clock.monotonic()
        if self._secret:
            self._screen.state("secret-session", now)
        elif self._camera.state != "ok":
            self._screen.state("camera-lost", now)
        elif self._enrolling.running:
            self._screen.state("enrolling", now)
        elif self._minutes is None:
            self._screen.state("no-meeting", now)
        else:
            self._screen.hint(stage(self._visible), now)

    def _answer(self, request: Request) -> None:
        if self._enrolling.answer(request):
            return
        if request.do == "frame":
            request.reply(self._show())
        elif request.do == "status":
            request.reply(self._status())
        else:
            request.refuse(Refusal(code="unknown-command", message=f"door answers frame and status, not {request.do}"))

    def _show(self) -> dict[str, Any]:
        faces = [*self._enrolling.faces(), *(self._view(visit) for visit in self._visible)]
        return door_view.preview(self._frame, faces, self._screen.message)

    def _view(self, visit: Visit) -> FaceView:
        box = visit.face.box
        code, delegate = visit.said, None
        if code in ("welcome", "already"):
            # A face that cannot be compared may be another one by now: no name over it until it can be seen again.
            unseen = visit.doubtful or visit.hint is not None or not visit.near
            if unseen or self._minutes is None or not isinstance(visit.decision, Identified):
                code = ""
            else:
                delegate = self._minutes.roll.roster.get(visit.decision.delegate)
        state = {"already": "known"}.get(code, code) or ("looking" if visit.looks else "seen")
        return FaceView((box.x, box.y, box.w, box.h), state, delegate)

    def _status(self) -> dict[str, Any]:
        return door_view.status(
            self._camera,
            self._frame,
            self._times,
            self._recogniser,
            self._model,
            dropped=self._dropped,
            tracks=len(self._visible),
            upside_down=self._upside_down.suspected,
        )


def started(configuration: str, models: dict[str, str]) -> ServiceStarted:
    """The fact of the door's start; both as sha256 in hexadecimal."""
    return ServiceStarted(service="door", software=__version__, configuration=configuration, models=models)


def _evidence(decision: Identified, visit: Visit) -> dict[str, float]:
    return {
        "distance": round(decision.distance, 4),
        "threshold": round(decision.threshold, 4),
        "margin": round(decision.margin, 4),
        "looks": float(len(visit.looks)),
    }
