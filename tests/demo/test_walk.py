"""The clip of a door: who is in it, when, and whether a detector and a descriptor see them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.demo.portrait import COUNCIL, Person, draw
from appliance.demo.scenery import corridor
from appliance.demo.vetting import Faces
from appliance.demo.walk import Arrival, Walk

WHO = [Person.from_seed(seed) for seed in COUNCIL[:3]]


@pytest.fixture(scope="module")
def faces() -> Faces:
    pytest.importorskip("dlib")
    return Faces()


def test_the_same_walk_gives_the_same_frames() -> None:
    first, second = (Walk([Arrival(WHO[0], 0.2)], seed=5) for _ in range(2))
    assert all((first.frame(i) == second.frame(i)).all() for i in (0, 7, 15, len(first) - 1))
    assert (first.frame(15) != Walk([Arrival(WHO[0], 0.2)], seed=6).frame(15)).any()


def test_frames_do_not_depend_on_their_order() -> None:
    walk = Walk([Arrival(WHO[0], 0.0)])
    forward = [walk.frame(i) for i in range(8, 12)]
    backward = [walk.frame(i) for i in reversed(range(8, 12))]
    assert all((a == b).all() for a, b in zip(forward, reversed(backward), strict=True))


@settings(max_examples=12, deadline=None)
@given(
    size=st.sampled_from([(640, 360), (640, 480), (320, 180)]),
    at=st.floats(0, 3),
    stand=st.floats(0.1, 2),
    lane=st.floats(-1, 1),
    reach=st.floats(60, 190),
    data=st.data(),
)
def test_every_frame_is_a_picture_of_the_size_asked_for(
    size: tuple[int, int], at: float, stand: float, lane: float, reach: float, data: st.DataObject
) -> None:
    walk = Walk([Arrival(WHO[0], at, stand=stand, lane=lane, reach=reach)], size=size)
    index = data.draw(st.integers(0, len(walk) + 3))
    frame = walk.frame(index)
    assert (*frame.shape, str(frame.dtype)) == (size[1], size[0], 3, "uint8")
    quiet = np.abs(frame.astype(int) - corridor(size)).max() <= 10
    assert quiet or walk.present(index) == (0,)


def test_people_enter_stand_and_leave() -> None:
    walk = Walk([Arrival(WHO[0], 0.5, approach=1.0, stand=1.0, leave=0.5)], fps=10)
    assert len(walk) == 40
    present = [walk.present(i) for i in range(len(walk))]
    assert [i for i, who in enumerate(present) if who] == list(range(5, 30))
    assert [i for i in range(len(walk)) if walk.standing(i)] == list(range(15, 25))
    faces = [walk.pose(0, i / 10).face for i in range(5, 16)]
    assert faces == sorted(faces)
    assert faces[0] == pytest.approx(60)
    assert faces[-1] == pytest.approx(170)
    assert walk.pose(0, 2.99).x > 640, "out of the picture"


def test_a_photograph_walks_up_too(faces: Faces) -> None:
    drawn = draw(WHO[1], size=480)
    share = drawn.alpha[..., None] / 255
    photograph = (drawn.rgb * share + 120 * (1 - share)).astype(np.uint8)
    (box,) = faces.find(photograph)
    walk = Walk([Arrival(photograph, 0.0, face=box)], size=(640, 480))
    (seen,) = faces.describe(walk.frame(15))
    assert np.linalg.norm(seen - faces.template(WHO[1])) < 0.3


def test_a_photograph_without_the_place_of_its_face_is_refused() -> None:
    with pytest.raises(ValueError, match="place of its face"):
        Arrival(np.zeros((10, 10, 3), np.uint8), 0.0)


@pytest.mark.parametrize("size", [(640, 360), (640, 480)])
def test_standing_people_are_found_and_known(faces: Faces, size: tuple[int, int]) -> None:
    seeds = COUNCIL[3:12:3] if size[1] == 360 else COUNCIL[14:23:4]
    people = [Person.from_seed(seed) for seed in seeds]
    templates = [faces.template(person) for person in people]
    walk = Walk([Arrival(person, 2.5 * n) for n, person in enumerate(people)], size=size, seed=1)
    for n in range(len(people)):
        frames = [i for i in range(len(walk)) if walk.standing(i) == (n,)]
        for i in frames[2::6]:
            (seen,) = faces.describe(walk.frame(i))
            distances = [float(np.linalg.norm(seen - t)) for t in templates]
            assert distances[n] < 0.35
            assert all(d > 0.35 for m, d in enumerate(distances) if m != n)


def test_two_side_by_side_are_both_found(faces: Faces) -> None:
    pair = [Arrival(WHO[0], 0.0, lane=-0.5, reach=150), Arrival(WHO[2], 0.2, lane=0.5, reach=150)]
    left, right = faces.describe(Walk(pair).frame(16))
    for seen, own, other in ((left, WHO[0], WHO[2]), (right, WHO[2], WHO[0])):
        assert np.linalg.norm(seen - faces.template(own)) < 0.35
        assert np.linalg.norm(seen - faces.template(other)) > 0.35
