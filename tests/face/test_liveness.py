"""Heads and sheets: geometry with known answers, rendered presentations, and the question to turn one's head."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.demo.person import Person
from appliance.demo.portrait import COUNCIL, draw
from appliance.face import Box
from appliance.face.liveness import ENOUGH, Outcome, Verdict, Watch, judge
from appliance.face.liveness_border import carried, upright
from appliance.face.liveness_challenge import LIMIT_SECONDS, TURN, Answer, Challenge, Side
from appliance.face.liveness_geometry import (
    FACE,
    MIDDLE,
    PATCH,
    Figures,
    View,
    compare,
    head_depth,
    smooth_motion,
    summed,
)
from appliance.services.species import HEAD, presentation

WIDE = 640


def grid() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(-0.45, 0.45, 9), np.linspace(-0.5, 0.5, 9))
    return np.c_[x.ravel(), y.ravel()]


def view(at: np.ndarray, size: float) -> View:
    scale = size / FACE
    place = np.array([[scale, 0, 320 - MIDDLE * scale], [0, scale, 180 - MIDDLE * scale]])
    return View(at * FACE + MIDDLE, np.ones(len(at), bool), place, WIDE)


def seen(shape: np.ndarray, yaw: float, distance: float) -> np.ndarray:
    """Points (n, 3: right, down, towards the camera), face widths, from `distance`, brought to the same size."""
    a = np.radians(yaw)
    x, z = shape[:, 0] * np.cos(a) + shape[:, 2] * np.sin(a), shape[:, 2] * np.cos(a) - shape[:, 0] * np.sin(a)
    return np.c_[x, shape[:, 1]] * (distance / (distance - z))[:, None]


def figures(depth: np.ndarray, yaw: float) -> Figures:
    """Of a face with that depth (n) that comes from 70 to 160 pixels and has turned."""
    shape = np.c_[grid(), depth]
    focal = 0.8 * WIDE
    steps = [
        compare(view(seen(shape, 0, focal / 70), 70), view(seen(shape, yaw * n / 9, focal / size), size), None)
        for n, size in enumerate(np.linspace(75, 160, 10))
    ]
    return summed([step for step in steps if step is not None])


@pytest.mark.parametrize("yaw", [0, 8, 15])
def test_a_plane_leaves_next_to_nothing_where_a_head_would(yaw: float):
    flat = figures(np.zeros(81), yaw)
    assert flat.relief < 0.2 * flat.expected
    assert judge(flat).outcome is Outcome.PRESENTATION


@pytest.mark.parametrize("radius", [1.1, 1.5])
def test_so_does_a_bent_sheet(radius: float):
    bent = figures(np.sqrt(radius**2 - grid()[:, 0] ** 2) - radius, 12)
    assert bent.relief < 0.5 * bent.expected
    assert judge(bent) == Verdict(Outcome.PRESENTATION, "sheet", judge(bent).figures)


def test_a_head_that_turns_leaves_what_is_expected_of_it():
    head = figures(head_depth(grid()), 15)
    assert head.relief > 0.7 * head.expected
    assert head.expected > ENOUGH
    assert judge(head).outcome is Outcome.LIVE


def test_whoever_stands_still_is_neither_live_nor_accused():
    at = seen(np.c_[grid(), head_depth(grid())], 0, 4)
    steps = [compare(view(at, 120), view(at, 120 + n / 10), None) for n in range(10)]
    verdict = judge(summed([step for step in steps if step is not None]))
    assert (verdict.outcome, verdict.reason) == (Outcome.UNDECIDED, "too-little-motion")


def test_nothing_seen_is_undecided():
    assert judge(summed([])).outcome is Outcome.UNDECIDED
    assert Watch().verdict().outcome is Outcome.UNDECIDED


def test_points_that_move_by_themselves_do_not_bend_the_fit():
    at = grid()
    moved = at @ np.array([[1.02, 0.01], [-0.01, 0.98]]) + 0.03 * at[:, :1] * at[:, 1:]
    talking = at[:, 1] > 0.3
    moved[talking & (np.arange(81) % 2 == 0), 1] += 0.06
    _, gap = smooth_motion(at, moved)
    assert np.sqrt(np.median(gap)) < 1e-3


def test_edges_beside_a_face_keep_their_place_on_a_sheet_and_lose_it_in_a_room():
    def patch(inner: float) -> np.ndarray:
        picture = np.full((PATCH, PATCH), 90, np.uint8)
        near, far = round(MIDDLE - inner * FACE), round(MIDDLE + inner * FACE)
        cv2.rectangle(picture, (near, 0), (far, PATCH), 200, -1)
        return picture

    sheet, same, room = upright(patch(1.0)), upright(patch(1.04)), upright(patch(0.75))
    assert min(carried(sheet, same)) > 0.9
    assert max(carried(sheet, room)) < 0.5
    assert carried(upright(np.full((PATCH, PATCH), 90, np.uint8)), same) == (0.0, 0.0)


# Rendered: wiring and geometry, not people --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def portrait() -> tuple[np.ndarray, Box]:
    drawn = draw(Person.from_seed(COUNCIL[0]), size=360)
    share = drawn.alpha[..., None] / 255
    ground = np.random.default_rng(5).uniform(60, 200, (24, 24, 3)).astype(np.float32)
    behind = cv2.resize(ground, (360, 360), interpolation=cv2.INTER_CUBIC)
    picture = (drawn.rgb * share + np.clip(behind, 0, 255) * (1 - share)).astype(np.uint8)
    return picture, Box(118, 120, 132, 132)


def watched(species: str, portrait: tuple[np.ndarray, Box], *, grey: bool = False) -> Verdict:
    watch = Watch()
    for n, shot in enumerate(presentation(species, [portrait[0]], portrait[1], [3], frames=16)):
        image = cv2.cvtColor(shot.image, cv2.COLOR_RGB2GRAY) if grey else shot.image
        watch.watch(image, shot.box, n / 10)
    return watch.verdict()


@pytest.mark.parametrize("species", ["photograph_moved", "photograph_turned", "photograph_bent", "phone_still"])
def test_sheets_are_found(species: str, portrait: tuple[np.ndarray, Box]):
    assert watched(species, portrait).outcome is Outcome.PRESENTATION


def test_a_head_is_not_taken_for_a_sheet(portrait: tuple[np.ndarray, Box]):
    verdict = watched(HEAD, portrait)
    assert verdict.outcome is not Outcome.PRESENTATION
    assert verdict.figures["relief"] > ENOUGH


def test_grey_frames_tell_the_same(portrait: tuple[np.ndarray, Box]):
    assert watched("phone_still", portrait, grey=True) == watched("phone_still", portrait)


@pytest.mark.parametrize("box", [Box(-90, -40, 200, 200), Box(600, 300, 200, 200), Box(2000, 2000, 80, 80)])
def test_a_face_over_the_edge_of_a_frame_does_no_harm(box: Box):
    watch = Watch()
    frames = np.random.default_rng(1).integers(0, 255, (8, 360, 640, 3)).astype(np.uint8)
    for n, frame in enumerate(frames):
        watch.watch(frame, box, n / 10)
    assert watch.verdict().outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_frames_have_nothing_to_follow(level: int):
    watch = Watch()
    for n in range(8):
        watch.watch(np.full((360, 640, 3), level, np.uint8), Box(200, 100, 80 + 10 * n, 80 + 10 * n), n / 10)
    assert watch.verdict().reason == "too-little-motion"


def test_small_faces_and_frames_too_close_are_not_looked_at():
    watch = Watch()
    frame = np.random.default_rng(1).integers(0, 255, (360, 640, 3)).astype(np.uint8)
    for n in range(50):
        watch.watch(frame, Box(200, 100, 30, 30), n / 10)
    assert watch.verdict().figures["frames"] == 0
    for n in range(90):
        watch.watch(frame, Box(200, 100, 90, 90), 10 + n / 100)
    assert 5 <= watch.verdict().figures["frames"] <= 12


# The question --------------------------------------------------------------------------------------------------------


def asked(side: Side) -> Challenge:
    challenge = Challenge(side)
    for n in range(3):
        challenge.see(0.02, n / 10)
    assert challenge.asks is side
    return challenge


def swept(challenge: Challenge, to: float, *, start: float = 0.3) -> Answer:
    for n, turn in enumerate(np.linspace(0.02, to, 6)):
        challenge.see(float(turn), start + n / 10)
    challenge.see(to, start + 0.6)
    return challenge.see(to, start + 0.7)


@pytest.mark.parametrize(("side", "to"), [(Side.LEFT, 0.25), (Side.RIGHT, -0.25)])
def test_a_turn_to_the_side_that_was_asked_for_passes(side: Side, to: float):
    challenge = asked(side)
    assert swept(challenge, to) is Answer.PASSED
    assert challenge.is_over
    assert challenge.asks is None


def test_a_turn_to_the_other_side_does_not():
    assert swept(asked(Side.LEFT), -0.25) is Answer.WRONG_SIDE


def test_a_turned_picture_shifts_its_nose_too_little():
    challenge = asked(Side.LEFT)
    assert swept(challenge, TURN - 0.03) is Answer.ASKED
    assert challenge.see(0.0, 0.4 + LIMIT_SECONDS) is Answer.LATE


def test_one_picture_after_another_is_a_jump():
    challenge = asked(Side.LEFT)
    assert challenge.see(0.25, 0.3) is Answer.JUMPED


def test_nothing_is_asked_before_somebody_looks_straight():
    challenge = Challenge(Side.RIGHT)
    for n in range(20):
        assert challenge.see(0.3 if n % 2 else 0.0, n / 10) is Answer.WAITING
    assert challenge.asks is None


def test_a_face_out_of_sight_does_not_stop_the_time():
    challenge = asked(Side.LEFT)
    assert challenge.see(None, 1.0) is Answer.ASKED
    assert challenge.see(None, 1.0 + LIMIT_SECONDS) is Answer.LATE


def test_nothing_changes_an_answer_that_was_given():
    challenge = asked(Side.LEFT)
    swept(challenge, 0.25)
    assert challenge.see(-0.3, 1.5) is Answer.PASSED
