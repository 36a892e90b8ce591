"""Enrolling at the door, guided: the socket's commands, who may give them, and what becomes of the looks."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance import events
from appliance.errors import ConfigurationError, ControlError
from appliance.events import CheckedIn, DelegateEnrolled, DelegateForgotten, GalleryRenewed, MeetingEnded
from appliance.face.gallery import Gallery
from appliance.identification import join
from appliance.journal import Writer
from appliance.services.consent import Consent
from appliance.services.door_enrolment import ALONE_SECONDS, DoorEnrolment
from appliance.services.gallery import Keeper
from appliance.services.gallery_report import Reporter
from tests.worlds.doorway import Doorway, direction

KEY, MODEL = bytes(range(32)), "e" * 64
CONSENT = Consent("2026-1", "vi", "Tôi đồng ý.\n")
ROLES = {"t": "technician", "s": "secretary", "d": "delegate", "h": "hall"}


class Hall:
    """Everything of one test: the doorway, its gallery, the sign-ins that the ballot service knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.silent = self.unreadable = False
        self.consents = [CONSENT]
        self.world = Doorway(folder, [], roster=["an", "binh"])
        self.restart()

    def open(self, read_only: bool = False) -> Gallery:
        return Gallery(self.folder / "g" / "gallery.sqlite", KEY, MODEL, self.folder / "keys", read_only=read_only)

    def restart(self) -> None:
        """The door anew, with an enrolment desk."""
        self.world.door.close()
        writer = Writer(self.folder / "journal.sqlite", events.Writer.GALLERY)
        clock, corridor = self.world.clock, self.world.corridor
        keeper = Keeper(self.open, writer, clock, renew_after_meeting=True)
        self.desk = DoorEnrolment(
            detector=corridor,
            embedder=corridor,
            open_gallery=self.open,
            keeper=keeper,
            writer=writer,
            clock=clock,
            role_of=self.role_of,
            consents=self._texts,
            keep_days=365,
            reporter=Reporter(lambda: self.open(True), looks=3, fpir=0.01, model=MODEL, clock=clock),
        )
        self.world._more = {"enrolling": self.desk, "gallery": self.open(True)}
        self.world.start()

    def _texts(self) -> list[Consent]:
        if self.unreadable:
            raise ConfigurationError("consent", ["2026-1.vi.txt: not text in UTF-8; save it as UTF-8"])
        return self.consents

    def role_of(self, token: str) -> str:
        self.asked.append(token)
        if self.silent:
            raise ControlError("ballot does not answer")
        return ROLES.get(token, "")

    def ask(self, do: str, token: str = "t", **args: Any) -> Any:
        """One request: the result, or the refusal's code."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(str(self.folder / "door.sock"))
            peer.sendall(json.dumps({"id": "question-1", "do": do, "token": token, "args": args}).encode() + b"\n")
            peer.setblocking(False)
            received = b""
            for _ in range(200):
                self.world.door.step()
                try:
                    received += peer.recv(1 << 20)
                except BlockingIOError:
                    continue
                if received.endswith(b"\n"):
                    answer = json.loads(received)
                    return answer["result"] if answer["ok"] else answer["refusal"]["code"]
        raise AssertionError(f"no answer to {do}")

    def start(self, delegate: str = "an", token: str = "t", **more: Any) -> Any:
        args = {"delegate": delegate, "consent": "2026-1", "language": "vi", "digest": CONSENT.digest, "agreed": True}
        return self.ask("enrolment_start", token, **{**args, **more})

    def stand(self, name: str, turn: float = 0.0, **more: Any) -> None:
        self.world.corridor.stand(name, **more)
        self.world.corridor.people[name].turned = turn

    def show_all_sides(self, name: str, **more: Any) -> dict[str, Any]:
        """The delegate does what the page asks for."""
        for _ in range(200):
            session = self.ask("enrolment")["session"]
            if session["complete"]:
                return session
            side = session["steps"][session["at"]]["side"]
            self.stand(name, {"front": 0.0, "left": 0.2, "right": -0.2}[side], **more)
            self.world.steps(2)
        raise AssertionError(session)

    def close(self) -> None:
        self.world.close()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    one = Hall(tmp_path)
    yield one
    one.close()


def test_a_delegate_is_guided_and_kept(hall: Hall) -> None:
    state = hall.start(glasses="sometimes", expires="2027-06-30")
    assert [(s["side"], s["glasses"]) for s in state["session"]["steps"]] == [
        ("front", False),
        ("left", False),
        ("right", False),
        ("front", True),
    ]
    session = hall.show_all_sides("an")
    assert [step["taken"] for step in session["steps"]] == [2, 2, 2, 2]
    assert hall.world.facts(DelegateEnrolled) == [], "nothing is kept before the operator says so"
    state = hall.ask("enrolment_keep", "s")
    assert state["session"] is None
    assert (state["result"]["used"], state["result"]["expires"]) == (8, "2027-06-30")
    (fact,) = hall.world.facts(DelegateEnrolled)
    assert (fact.delegate, fact.images, fact.consent, fact.expires) == ("an", 8, CONSENT.stated, "2027-06-30")
    (line,) = state["enrolled"]
    assert (line["delegate"], line["expires"], line["poor"]) == ("an", "2027-06-30", [])
    gallery = hall.open(True)
    looks = gallery.looks()["an"]
    assert [look.glasses for look in looks] == [False] * 6 + [True] * 2
    assert (max(look.turn or 0 for look in looks), min(look.turn or 0 for look in looks)) == (0.2, -0.2)
    (template,) = gallery.templates()
    assert float(np.linalg.norm(template.mean - direction("an"))) < 0.2
    gallery.close()


def test_the_door_knows_them_from_then_on_and_nobody_before(hall: Hall) -> None:
    hall.world.convene()
    hall.start()
    hall.show_all_sides("an")
    assert hall.world.message() == "enrolling"
    assert hall.ask("frame", "")["faces"][0]["name"] is None
    assert hall.world.facts(CheckedIn) == [], "while somebody is enrolled nobody is identified"
    hall.ask("enrolment_keep")
    hall.stand("an")
    hall.world.steps(25)
    (fact,) = hall.world.facts(CheckedIn)
    assert fact.delegate == "an"


@pytest.mark.parametrize(
    "do", ["enrolment", "enrolment_start", "enrolment_skip", "enrolment_again", "enrolment_keep", "enrolment_cancel"]
)
def test_only_staff_may(hall: Hall, do: str) -> None:
    for token, said in (("", "not-signed-in"), ("forged", "not-signed-in"), ("d", "not-allowed"), ("h", "not-allowed")):
        assert hall.ask(do, token) == said
    hall.silent = True
    assert hall.ask(do, "t") == "ballot-silent"


def test_a_consent_text_that_cannot_be_read_stops_no_door(hall: Hall) -> None:
    hall.unreadable = True
    assert hall.ask("enrolment") == "consent-unreadable"
    hall.unreadable = False
    assert hall.ask("enrolment")["consents"][0]["name"] == "2026-1"


def test_a_sign_in_that_ended_changes_nothing_even_if_it_was_believed_a_moment_ago(hall: Hall) -> None:
    hall.start()
    hall.ask("enrolment", "t")
    count = len(hall.asked)
    hall.ask("enrolment", "t")
    assert len(hall.asked) == count, "a page that only looks does not ask the ballot service each time"
    hall.silent = True
    assert hall.ask("enrolment_cancel", "t") == "ballot-silent"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agreed": False}, "malformed"),
        ({"delegate": "tên có dấu"}, "malformed"),
        ({"digest": "0" * 64}, "consent-changed"),
        ({"language": "en"}, "consent-changed"),
        ({"consent": "2025-9"}, "consent-changed"),
        ({"expires": "2026-11-22"}, "date-past"),
        ({"expires": "2027-02-30"}, "date-past"),
        ({"expires": "soon"}, "malformed"),
        ({"glasses": "perhaps"}, "malformed"),
    ],
)
def test_without_agreement_to_the_text_that_was_shown_nothing_begins(
    hall: Hall, change: dict[str, Any], said: str
) -> None:
    assert hall.start(**change) == said
    assert not hall.desk.running


def test_one_at_a_time(hall: Hall) -> None:
    hall.start("an")
    assert hall.start("binh") == "enrolment-running"
    hall.ask("enrolment_cancel")
    assert hall.start("binh")["session"]["delegate"] == "binh"


def test_nothing_to_keep_or_to_skip(hall: Hall) -> None:
    for do in ("enrolment_keep", "enrolment_skip", "enrolment_again"):
        assert hall.ask(do) == "no-enrolment"
    hall.start()
    assert hall.ask("enrolment_keep") == "not-complete"
    for _ in range(3):
        hall.ask("enrolment_skip")
    assert hall.ask("enrolment_keep") == "not-complete", "every step skipped: there is nothing"


def test_who_cannot_turn_is_enrolled_from_the_front(hall: Hall) -> None:
    hall.start()
    hall.stand("an")
    hall.world.steps(12)
    for _ in range(2):
        hall.ask("enrolment_skip")
    state = hall.ask("enrolment_keep")
    assert state["result"]["used"] == 2
    assert state["enrolled"][0]["poor"] == ["few", "narrow"]


def test_each_look_is_told_what_is_wrong(hall: Hall) -> None:
    hall.start()
    assert hall.ask("enrolment")["session"]["problem"] == "no-face"
    hall.stand("an", 0.15)
    hall.world.steps(1)
    assert hall.ask("enrolment")["session"]["problem"] == "look-straight"
    hall.stand("binh", x=400)
    hall.world.steps(1)
    assert hall.ask("enrolment")["session"]["problem"] == "two-faces"
    hall.world.corridor.leave("binh")
    hall.stand("an", width=40)
    hall.world.steps(1)
    assert hall.ask("enrolment")["session"]["problem"] == "too-small"


def test_somebody_else_who_steps_in_is_not_mixed_in(hall: Hall) -> None:
    hall.start()
    hall.stand("an")
    hall.world.steps(3)
    hall.world.corridor.leave("an")
    hall.stand("binh")
    hall.world.steps(10)
    session = hall.ask("enrolment")["session"]
    assert (session["problem"], session["steps"][0]["taken"]) == ("another-person", 1)
    hall.ask("enrolment_again")
    hall.world.steps(10)
    assert hall.ask("enrolment")["session"]["steps"][0]["taken"] == 2, "from the beginning, it is the right one"


def test_a_person_enrolled_under_another_id_is_refused_unless_they_are_twins(hall: Hall) -> None:
    for name in ("an", "binh"):
        hall.start(name)
        hall.show_all_sides("an")
        state = hall.ask("enrolment_keep")
    assert [one["delegate"] for one in state["result"]["duplicates"]] == ["an"]
    assert state["session"]["complete"], "what was taken is still there"
    assert len(hall.world.facts(DelegateEnrolled)) == 1
    state = hall.ask("enrolment_keep", twins=["an"])
    assert state["result"]["used"] == 6
    assert [line["twin"] for line in state["enrolled"]] == ["", "an"]


def test_lookalikes_are_named_with_what_they_cost(hall: Hall) -> None:
    hall.start("an")
    hall.show_all_sides("an")
    hall.ask("enrolment_keep")
    hall.world.corridor.leave("an")
    alike = join(np.array([direction("an", turn=0.28)]))
    hall.start("binh")
    hall.show_all_sides("binh", as_=alike)
    result = hall.ask("enrolment_keep")["result"]
    (one,) = result["lookalikes"]
    assert one["delegate"] == "an"
    assert 0.25 < one["distance"] < 0.30
    assert 0 < one["ambiguous"] < 0.02
    assert result["used"] == 6


def test_an_enrolment_whose_page_is_gone_gives_the_door_back(hall: Hall) -> None:
    hall.start()
    hall.world.clock.advance(ALONE_SECONDS - 1)
    hall.world.steps(1)
    assert hall.desk.running
    hall.world.clock.advance(2)
    hall.world.steps(2)
    assert not hall.desk.running


# Keeping the gallery -------------------------------------------------------------------------------------------------


def enrolled(hall: Hall, **more: Any) -> None:
    hall.start(**more)
    hall.show_all_sides("an")
    hall.ask("enrolment_keep")


def test_an_expired_template_is_forgotten_on_its_day(hall: Hall) -> None:
    enrolled(hall, expires="2026-11-24")
    hall.world.clock.advance(24 * 3600)
    hall.world.steps(2)
    assert hall.world.facts(DelegateForgotten) == []
    hall.world.clock.advance(24 * 3600)
    hall.world.steps(2)
    assert hall.world.facts(DelegateForgotten) == [DelegateForgotten(delegate="an", reason="expired 2026-11-24")]
    assert hall.ask("enrolment")["enrolled"] == []
    assert hall.world.door._recogniser.enrolled.delegates == ()


def test_an_expired_template_is_forgotten_at_the_start(hall: Hall) -> None:
    enrolled(hall, expires="2026-11-24")
    hall.world.clock.advance(5 * 24 * 3600)
    hall.restart()
    assert [fact.delegate for fact in hall.world.facts(DelegateForgotten)] == ["an"]


def test_after_a_meeting_the_gallery_is_renewed_once(hall: Hall) -> None:
    enrolled(hall)
    hall.world.convene()
    hall.world.steps(2)
    assert hall.world.facts(GalleryRenewed) == []
    hall.world.append(MeetingEnded(meeting="m-1", by="thu-ky"))
    hall.world.steps(3)
    assert hall.world.facts(GalleryRenewed) == [GalleryRenewed(delegates=1, reason="meeting m-1 ended")]
    hall.restart()
    hall.world.steps(3)
    assert len(hall.world.facts(GalleryRenewed)) == 1


def test_a_meeting_that_ended_while_the_door_was_off_is_caught_up_with(hall: Hall) -> None:
    enrolled(hall)
    hall.world.convene()
    hall.world.append(MeetingEnded(meeting="m-1", by="thu-ky"))
    hall.restart()
    hall.world.steps(2)
    assert [fact.reason for fact in hall.world.facts(GalleryRenewed)] == ["meeting m-1 ended"]
    assert hall.world.door._recogniser.enrolled.delegates == ("an",), "the door reads the renewed gallery"


def test_the_report_is_for_technician_and_secretary_alone(hall: Hall) -> None:
    assert hall.ask("gallery_report", "d") == "not-allowed"
    assert hall.ask("gallery_report", "nobody") == "not-signed-in"
    assert hall.ask("gallery_report", "") == "not-signed-in"
