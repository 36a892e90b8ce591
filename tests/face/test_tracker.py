"""Which face of this frame is which of the last."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.face import Box, Face
from appliance.face.tracker import Tracker


def face(x: float, y: float = 100, w: float = 100) -> Face:
    return Face(Box(x, y, w, w), 1.0)


def numbers(tracker: Tracker, faces: Sequence[Face], at: float) -> list[int]:
    return [tracked.track for tracked in tracker.update(faces, at)[0]]


def test_a_face_that_moves_keeps_its_track() -> None:
    tracker = Tracker()
    assert [numbers(tracker, [face(100 + 20 * n)], 0.1 * n) for n in range(10)] == [[1]] * 10


def test_two_faces_that_pass_each_other_keep_theirs_by_nearness() -> None:
    tracker = Tracker()
    assert numbers(tracker, [face(0), face(400)], 0.0) == [1, 2]
    assert numbers(tracker, [face(390), face(10)], 0.1) == [2, 1], "the order of the detector means nothing"


def test_a_face_far_from_all_others_begins_a_track() -> None:
    tracker = Tracker()
    numbers(tracker, [face(0)], 0.0)
    assert numbers(tracker, [face(300)], 0.1) == [2]


def test_a_face_of_another_size_in_the_same_place_begins_a_track() -> None:
    tracker = Tracker()
    numbers(tracker, [face(100, w=100)], 0.0)
    assert numbers(tracker, [face(60, y=60, w=180)], 0.1) == [2]


def test_a_short_gap_is_bridged_and_a_long_one_ends_the_visit() -> None:
    tracker = Tracker(unseen_seconds=1.0)
    numbers(tracker, [face(100)], 0.0)
    assert tracker.update([], 0.5) == ([], [])
    assert numbers(tracker, [face(110)], 0.9) == [1]
    assert tracker.update([], 1.8) == ([], [])
    assert tracker.update([], 2.0)[1] == [1]
    assert numbers(tracker, [face(110)], 2.1) == [2]


def test_a_renewed_track_goes_on_in_its_place_under_a_new_number() -> None:
    tracker = Tracker()
    numbers(tracker, [face(100)], 0.0)
    assert tracker.renew(1) == 2
    assert numbers(tracker, [face(100)], 0.1) == [2]


def test_the_best_pair_first_would_leave_the_other_two_apart() -> None:
    """Two people shift to the right: the left one now stands nearest to where the right one stood."""
    tracker = Tracker()
    numbers(tracker, [face(0), face(100)], 0.0)
    assert numbers(tracker, [face(70), face(170)], 0.1) == [1, 2]


def test_two_people_who_cross_keep_their_numbers_by_how_they_went() -> None:
    """At one frame they stand in each other's place, after a step that is longer than they are apart."""
    tracker, seen = Tracker(), []
    for n in range(12):
        seen.append(numbers(tracker, [face(100 + 30 * n, y=100), face(430 - 30 * n, y=130)], 0.1 * n))
    assert seen == [[1, 2]] * 12


def surely(tracker: Tracker, faces: Sequence[Face], at: float) -> list[bool]:
    return [tracked.sure for tracked in tracker.update(faces, at)[0]]


def test_somebody_who_walks_up_steadily_is_surely_the_same() -> None:
    tracker = Tracker()
    boxes = [face(100 + 20 * n, w=60 * 1.1**n) for n in range(8)]
    assert [surely(tracker, [box], 0.1 * n) for n, box in enumerate(boxes)] == [[True]] * 8


@pytest.mark.parametrize(
    ("other", "at"),
    [(face(160), 0.1), (face(100, w=140), 0.1), (face(100), 0.5)],
    ids=["a jump", "another size", "out of sight"],
)
def test_what_may_be_somebody_else_is_the_same_track_and_not_sure(other: Face, at: float) -> None:
    tracker = Tracker()
    surely(tracker, [face(100)], 0.0)
    (tracked,) = tracker.update([other], at)[0]
    assert (tracked.track, tracked.sure) == (1, False)


def test_where_one_face_hides_another_neither_is_sure() -> None:
    tracker = Tracker()
    assert surely(tracker, [face(100), face(160)], 0.0) == [True, True]
    assert surely(tracker, [face(125)], 0.1) == [False]


def test_two_faces_never_share_a_track() -> None:
    tracker = Tracker()
    numbers(tracker, [face(100)], 0.0)
    assert sorted(numbers(tracker, [face(105), face(95)], 0.1)) == [1, 2]


BOXES = st.lists(st.builds(face, st.floats(0, 600), st.floats(0, 400), st.floats(40, 300)), max_size=6)


@settings(max_examples=200)
@example([([face(0.0, 0.0, 40.0)], 0.0), ([face(0.0, 0.0, 41.0)], 2.5e-167), ([face(0.0, 0.0, 40.0)], 1.0)])
@given(st.lists(st.tuples(BOXES, st.floats(0, 2)), max_size=10))
def test_every_face_has_one_track_and_an_ended_track_never_comes_back(story: list[tuple[list[Face], float]]) -> None:
    tracker, now, gone, known = Tracker(), 0.0, set(), set()
    for faces, pause in story:
        now += pause
        tracked, ended = tracker.update(faces, now)
        gone |= set(ended)
        assert [t.face for t in tracked] == faces
        assert all(t.sure for t in tracked if t.track not in known), "nobody else can have been there"
        known |= {t.track for t in tracked}
        assert len({t.track for t in tracked}) == len(faces)
        assert not gone & {t.track for t in tracked}
