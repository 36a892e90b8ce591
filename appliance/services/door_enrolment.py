"""Enrolling at the door: commands of technician and secretary on the door's socket, and the gallery that it keeps.

The page has no rights of its own: each command carries the sign-in of the person who gives it, and the ballot service,
which owns sign-ins, is asked whose it is. The door's user alone may write the gallery; it is opened for writing for as
long as a template is kept, when an operator says so, and never from what the recogniser saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from appliance import enrolment
from appliance.camera import Frame
from appliance.control import Request
from appliance.enrolment import Glasses
from appliance.errors import ConfigurationError, ControlError
from appliance.events import DelegateEnrolled, DelegateForgotten, GalleryRenewed
from appliance.face.gallery import Gallery
from appliance.journal import Writer
from appliance.record import Entry
from appliance.services.clock import Clock
from appliance.services.consent import Consent
from appliance.services.door_view import FaceView
from appliance.services.enrolment import Describer, Finder, Result, Terms, keep
from appliance.services.enrolment_session import Session
from appliance.services.gallery import Keeper
from appliance.services.gallery_report import Reporter
from appliance.values import Identifier, Refusal, Value, explain

STAFF = ("technician", "secretary")

BELIEVED_SECONDS = 5.0
"""A sign-in that the ballot service confirmed is not asked about again for so long: a page asks five times a second."""

ALONE_SECONDS = 30.0
"""An enrolment that no page has asked about for so long ends by itself: the door has to identify people again."""


class Start(Value):
    """Begin → the state. `digest` is that of the consent text which the page showed; `agreed` that the delegate did."""

    delegate: Identifier
    consent: Annotated[str, Field(min_length=1, max_length=120)]
    language: Literal["vi", "en"]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    agreed: Literal[True]
    expires: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    glasses: Glasses = Glasses.NEVER


class Keep(Value):
    """Keep what was taken → the state. `twins`: those who look like one person are two."""

    twins: tuple[Identifier, ...] = ()


class DoorEnrolment:
    """The door's `Enrolling`. One enrolment at a time."""

    def __init__(
        self,
        *,
        detector: Finder,
        embedder: Describer,
        open_gallery: Callable[[bool], Gallery],
        keeper: Keeper,
        writer: Writer,
        clock: Clock,
        role_of: Callable[[str], str],
        consents: Callable[[], Sequence[Consent]],
        keep_days: int,
        reporter: Reporter,
    ) -> None:
        """`open_gallery(read_only)`; `role_of(token)` asks the ballot service, empty: nobody's; `writer`: the
        gallery's.

        Raises whatever the gallery raises if it cannot be used.
        """
        self._detector, self._embedder, self._open, self._keeper = detector, embedder, open_gallery, keeper
        self._writer, self._clock, self._role_of, self._consents = writer, clock, role_of, consents
        self._keep_days, self._reporter = keep_days, reporter
        self._session: Session | None = None
        self._asked = 0.0
        self._result: dict[str, Any] | None = None
        self._believed: dict[str, tuple[str, float]] = {}
        self._enrolled: list[dict[str, Any]] | None = None

    # As the door uses it ---------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether somebody is being enrolled."""
        return self._session is not None

    def hear(self, news: Sequence[Entry]) -> None:
        """New facts."""
        self._keeper.hear(news)
        self._reporter.hear(news)
        if any(isinstance(e.event, DelegateEnrolled | DelegateForgotten | GalleryRenewed) for e in news):
            self._enrolled = None

    def turn(self) -> None:
        """Keep the gallery; end an enrolment whose page is gone."""
        self._keeper.turn()
        self._reporter.turn()
        if self._session is not None and self._clock.monotonic() - self._asked > ALONE_SECONDS:
            self._session = None

    def take(self, frame: Frame) -> None:
        """A frame of whoever is being enrolled."""
        if self._session is not None:
            self._session.take(frame)

    def faces(self) -> Sequence[FaceView]:
        """What to draw."""
        return self._session.faces() if self._session is not None else ()

    def close(self) -> None:
        """Give the journal back."""
        self._keeper.close()
        self._reporter.close()

    # As the page uses it ---------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> bool:
        """`enrolment` and its commands, `gallery_report`; False for everything else."""
        if request.do == "gallery_report":
            refusal = self._permitted(request)
            if refusal is None:
                self._reporter.answer(request)
            else:
                request.refuse(refusal)
            return True
        act = {
            "enrolment": self._show,
            "enrolment_start": self._start,
            "enrolment_skip": self._skip,
            "enrolment_again": self._again,
            "enrolment_keep": self._keep,
            "enrolment_cancel": self._cancel,
        }.get(request.do)
        if act is None:
            return False
        refusal = self._permitted(request)
        try:
            outcome = refusal or act(request.args) or self._state()
        except ValidationError as error:
            outcome = Refusal(code="malformed", message=explain(error)[:500])
        except ConfigurationError as error:  # a text that somebody laid down wrongly ends no roll
            outcome = Refusal(code="consent-unreadable", message=str(error)[:500])
        if isinstance(outcome, Refusal):
            request.refuse(outcome)
        else:
            request.reply(outcome)
        return True

    def _permitted(self, request: Request) -> Refusal | None:
        now = self._clock.monotonic()
        role, until = self._believed.get(request.token, ("", 0.0))
        if now >= until or request.do != "enrolment":  # what changes something is always asked about
            try:
                role = self._role_of(request.token) if request.token else ""
            except ControlError as error:
                return Refusal(code="ballot-silent", message=str(error)[:500])
            self._believed = {request.token: (role, now + BELIEVED_SECONDS)}
        if not role:
            return Refusal(code="not-signed-in", message=f"{request.do}: sign in first")
        return None if role in STAFF else Refusal(code="not-allowed", message=f"{request.do}: not for {role}")

    def _show(self, _args: dict[str, Any]) -> None:
        self._asked = self._clock.monotonic()

    def _start(self, args: dict[str, Any]) -> Refusal | None:
        wanted = Start.model_validate(args)
        if self._session is not None:
            return Refusal(
                code="enrolment-running", message=f"{self._session.delegate} is being enrolled; cancel it first"
            )
        consent = next((c for c in self._consents() if (c.name, c.language) == (wanted.consent, wanted.language)), None)
        if consent is None or consent.digest != wanted.digest:
            return Refusal(
                code="consent-changed", message="the consent text is not the one that was shown; read it again"
            )
        today = date.fromisoformat(self._clock.now().at[:10])
        expires = wanted.expires or str(today + timedelta(days=self._keep_days))
        if not _is_date(expires) or expires <= str(today):
            return Refusal(code="date-past", message=f"expires {expires}: it is {today}; choose a later day")
        terms = Terms(consent.stated, expires)
        self._session = Session(wanted.delegate, terms, wanted.glasses, self._detector, self._embedder)
        self._result = None
        self._show(args)
        return None

    def _skip(self, _args: dict[str, Any]) -> Refusal | None:
        if self._session is None:
            return NOTHING
        self._session.skip()
        return None

    def _again(self, _args: dict[str, Any]) -> Refusal | None:
        if self._session is None:
            return NOTHING
        self._session.begin()
        self._result = None
        return None

    def _cancel(self, _args: dict[str, Any]) -> None:
        self._session = self._result = None

    def _keep(self, args: dict[str, Any]) -> Refusal | None:
        wanted, session = Keep.model_validate(args), self._session
        if session is None:
            return NOTHING
        if not session.complete or not session.seen:
            return Refusal(code="not-complete", message="looks are missing; take them, or skip what cannot be shown")
        twins = frozenset(frozenset((session.delegate, twin)) for twin in wanted.twins)
        terms = Terms(session.terms.consent, session.terms.expires, twins)
        gallery = self._open(False)
        try:
            result = keep(Result(session.delegate), session.seen, terms, gallery, self._writer, self._clock)
        finally:
            gallery.close()
        self._result = {**asdict(result), "expires": terms.expires}
        self._enrolled = None
        if result.used:
            self._session = None
        return None

    def _state(self) -> dict[str, Any]:
        """`{session, result, enrolled, consents, expires}`: the same as long as nothing happens."""
        today = date.fromisoformat(self._clock.now().at[:10])
        return {
            "session": self._session.json() if self._session is not None else None,
            "result": self._result,
            "enrolled": self._list(),
            "consents": [{**asdict(one), "digest": one.digest} for one in self._consents()],
            "expires": str(today + timedelta(days=self._keep_days)),
            "tomorrow": str(today + timedelta(days=1)),
        }

    def _list(self) -> list[dict[str, Any]]:
        if self._enrolled is None:
            gallery = self._open(True)
            try:
                looks = gallery.looks()
                self._enrolled = [
                    {**asdict(line), "poor": list(enrolment.coverage(line.delegate, looks[line.delegate]).poor)}
                    for line in gallery.enrolments()
                ]
            finally:
                gallery.close()
        return self._enrolled


NOTHING = Refusal(code="no-enrolment", message="nobody is being enrolled")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
