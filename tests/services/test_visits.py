"""What a visit may cost, which looks are taken, over whom a name is shown: the recogniser without a journal."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.calibration import calibrate
from appliance.face import Box, Face
from appliance.face.embedder import Descriptor
from appliance.face.liveness_challenge import Side
from appliance.identification import Enrolled, Identified
from appliance.services.proof import Proof
from appliance.services.recogniser import Recogniser
from appliance.services.visits import EMBEDDINGS, Visit
from appliance.values import Liveness
from tests.worlds.doorway import Corridor, direction, three_pictures
from tests.worlds.room import HandClock

NAMES = ("an", "binh", "chi", "dung")


@dataclass
class Passage:
    """A corridor and a recogniser with four enrolled; every visit that ever was is kept."""

    corridor: Corridor = field(default_factory=lambda: Corridor(HandClock()))
    ever: dict[int, Visit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recogniser = Recogniser(self.corridor, self.corridor, looks=3, fpir=0.01)
        self.recogniser.enrol([three_pictures(name) for name in NAMES])

    def frames(self, count: int) -> None:
        """So many frames, each checked for what must always hold."""
        for _ in range(count):
            frame = self.corridor.read()
            assert frame is not None
            sighting = self.recogniser.take(frame)
            for visit in (*sighting.visible, *sighting.ended):
                before = self.ever.setdefault(visit.track, visit)
                assert before is visit, "a track's number is never used again"
                assert visit.described <= EMBEDDINGS
                assert len(visit.looks) <= EMBEDDINGS
            shown = [name for visit in sighting.visible if (name := shown_over(visit))]
            assert len(set(shown)) == len(shown), "two people in one picture are never the same delegate"

    def over(self, name: str) -> str:
        """The name that is shown over somebody; empty where there is none."""
        (visit,) = (v for v in self.recogniser.visits.values() if v.face.box == self.corridor.people[name].box)
        return shown_over(visit)


def shown_over(visit: Visit) -> str:
    return (
        visit.decision.delegate
        if isinstance(visit.decision, Identified) and not (visit.doubtful or visit.pending)
        else ""
    )


def swap(corridor: Corridor, old: str, new: str, *, as_: Descriptor | None = None) -> None:
    """Somebody else, in the very same place, from one frame to the next."""
    box = corridor.people[old].box
    corridor.leave(old)
    corridor.stand(new, x=box.x, width=box.w, as_=as_)


def test_whoever_stands_there_for_a_minute_is_described_five_times_at_most() -> None:
    one = Passage()
    one.corridor.stand("an", x=50)
    one.corridor.stand("xa-la", x=400)
    one.frames(600)
    assert one.corridor.embeddings == {"an": 4, "xa-la": 5}, "one look is kept for a reason to doubt"
    assert len(one.ever) == 2
    assert [visit.searches for visit in one.ever.values()] == [1, 2]


def test_no_name_is_shown_over_whoever_steps_into_the_place_for_a_single_frame() -> None:
    """Whether the one before had looks to spare or had spent them all."""
    one = Passage()
    one.corridor.stand("an")
    for old, new in (("an", "xa-la"), ("xa-la", "binh"), ("binh", "chi"), ("chi", "an")):
        one.frames(40)
        assert one.over(old) == ("" if old == "xa-la" else old)
        swap(one.corridor, old, new)
        one.frames(1)
        assert one.over(new) == ""


def test_a_stranger_who_stands_still_is_searched_twice_and_one_who_fidgets_is_not_searched_again() -> None:
    """Each time it may be somebody else, which one look settles: it is the one who was not known before."""
    one = Passage()
    one.corridor.stand("xa-la", x=100)
    one.frames(30)
    assert one.corridor.described == 5
    hops = 20
    for n in range(hops):
        one.corridor.stand("xa-la", x=100 + 65 * (n % 2 == 0))
        one.frames(10)
    last = max(one.ever.values(), key=lambda v: v.track)
    assert last.decision is one.ever[1].decision, "what the first two searches gave"
    assert one.corridor.described <= 5 + hops
    assert all(v.resumed or v is last for v in one.ever.values())


def test_a_stranger_whose_looks_do_not_fit_one_another_gets_one_more_visit_and_no_third() -> None:
    """A face that changes with every look, and pixels that do not: no new person for each look."""
    one = Passage()
    one.corridor.stand("xa-la")
    for n in range(120):
        one.corridor.people["xa-la"].descriptor = direction(f"look {n // 2}")
        one.frames(1)
    assert len(one.ever) == 2
    assert one.corridor.described == 5 + 2
    assert max(v.searches for v in one.ever.values()) == 2


def test_a_delegate_who_fidgets_keeps_the_name_and_is_not_searched_for_again() -> None:
    one = Passage()
    one.corridor.stand("an", x=100)
    one.frames(10)
    decision = one.ever[1].decision
    for n in range(10):
        one.corridor.stand("an", x=100 + 65 * (n % 2 == 0))
        one.frames(5)
        assert one.over("an") == "an"
    assert max(one.ever.values(), key=lambda v: v.track).decision is decision


def test_a_blurred_or_turned_frame_is_passed_over_for_the_one_beside_it() -> None:
    one = Passage()
    one.corridor.stand("an")
    for n in range(12):
        one.corridor.people["an"].sharpness = 50.0 if n % 3 == 1 else 3.0
        one.frames(1)
    (visit,) = one.ever.values()
    assert one.over("an") == "an"
    assert visit.weights == [visit.weights[0]] * 3, "every look was a sharp one"
    assert visit.usable_frame == 1


def test_of_two_frames_between_looks_the_sharper_one_is_taken() -> None:
    one = Passage()
    one.corridor.stand("an")
    one.frames(1)  # the first look comes at once
    for sharpness in (50.0, 20.0, 20.0, 50.0):
        one.corridor.people["an"].sharpness = sharpness
        one.frames(1)
    (visit,) = one.ever.values()
    assert visit.decided_frame == 4
    assert visit.weights == pytest.approx([visit.weights[0]] * 3)


def test_a_poor_first_look_waits_a_fifth_of_a_second_for_a_better_one() -> None:
    one = Passage()
    one.corridor.stand("an")
    one.corridor.people["an"].sharpness = 9.0
    one.frames(2)
    assert one.corridor.described == 0
    one.frames(1)
    assert one.corridor.described == 1


def test_looks_are_joined_by_their_weight() -> None:
    visit = Visit(1, Face(Box(0, 0, 80, 80), 1.0), 0, (3, 5), Proof(Liveness.OFF, Side.LEFT))
    visit.add(direction("an"), 0.9)
    visit.add(direction("binh"), 0.1)
    joined = 0.9 * direction("an") + 0.1 * direction("binh")
    assert visit.joined == pytest.approx(joined / np.linalg.norm(joined), abs=1e-6)


def test_frames_that_come_faster_than_ten_a_second_are_left_out() -> None:
    one = Passage()
    one.corridor.stand("an")
    for _ in range(30):
        frame = one.corridor.read()
        assert frame is not None
        one.corridor.clock.advance(-0.2 / 3)  # thirty frames a second
        one.recogniser.take(frame)
    (visit,) = one.recogniser.visits.values()
    assert visit.decided_frame == 12, "three looks, 0.2 s apart"


def test_the_last_search_may_have_most_of_the_false_positives_and_both_no_more_than_all() -> None:
    corridor = Corridor(HandClock())
    templates = [three_pictures(name) for name in NAMES]
    enrolled = Enrolled(templates)
    two, one = (Recogniser(corridor, corridor, looks=looks, fpir=0.01) for looks in (3, EMBEDDINGS))
    for recogniser in (two, one):
        recogniser.enrol(templates)
    shares = [
        calibrate(enrolled, looks=n, fpir=0.01).expected_fpir(t) for n, t in zip((3, 5), two.thresholds, strict=True)
    ]
    assert shares == pytest.approx([0.0025, 0.0075], rel=0.02)
    assert one.thresholds == pytest.approx([calibrate(enrolled, looks=5, fpir=0.01).threshold])


MOVES = st.lists(
    st.tuples(
        st.sampled_from(("come", "go", "swap", "hop", "turn", "wait")),
        st.integers(0, 2),
        st.sampled_from((*NAMES, "xa-la", "xa-lam")),
        st.integers(1, 12),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_whatever_people_do_the_budget_holds_and_no_name_stands_over_somebody_else(
    moves: list[tuple[str, int, str, int]],
) -> None:
    one = Passage()
    places: dict[int, str] = {}
    for move, place, name, frames in moves:
        old = places.get(place)
        if move == "come" and old is None and name not in places.values():
            one.corridor.stand(name, x=20 + 210 * place)
            places[place] = name
        elif move == "swap" and old is not None and name not in places.values():
            swap(one.corridor, old, name)
            places[place] = name
        elif old is not None and move == "go":
            one.corridor.leave(places.pop(place))
        elif old is not None and move == "hop":
            one.corridor.stand(old, x=20 + 210 * place + 60 * (one.corridor.people[old].box.x == 20 + 210 * place))
        elif old is not None and move == "turn":
            one.corridor.people[old].turned = 0.4 - one.corridor.people[old].turned
        for _ in range(frames):
            one.frames(1)
            for who in places.values():
                assert one.over(who) in ("", who)
