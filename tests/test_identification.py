"""Who it is: joined looks, the threshold from the gallery, the margin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import identification
from appliance.identification import Ambiguous, Enrolled, Identified, Template, Unknown, Vectors, identify, join

SCATTER = 0.28
"""How far a look lies from its person, as real looks do."""


def person(seed: int) -> Vectors:
    """Somebody: a direction. Directions of different seeds are about 0.55 apart, like faces."""
    rng = np.random.default_rng(seed)
    common = np.random.default_rng(999).normal(size=128)
    own = rng.normal(size=128)
    return join(np.array([common / np.linalg.norm(common) + 0.42 * own / np.linalg.norm(own)], dtype=np.float32))


def looks(who: int, count: int, seed: int = 0) -> Vectors:
    """Pictures of somebody, each a little off."""
    rng = np.random.default_rng([who, seed])
    off = rng.normal(size=(count, 128))
    return np.array([join(v[None]) for v in person(who) + SCATTER * off / np.linalg.norm(off, axis=1, keepdims=True)])


def gallery(size: int, pictures: int = 3) -> Enrolled:
    return Enrolled([Template(f"dv-{n:03}", looks(n, pictures)) for n in range(size)])


def test_a_delegate_is_identified_with_distance_threshold_and_margin() -> None:
    enrolled = gallery(20)
    threshold = identification.threshold(enrolled, 3, 0.01)
    found = identify(join(looks(7, 3, seed=1)), enrolled, threshold)
    assert isinstance(found, Identified)
    assert found.delegate == "dv-007"
    assert 0 < found.distance <= found.threshold == threshold
    assert found.margin > identification.MARGIN


def test_a_stranger_is_unknown() -> None:
    enrolled = gallery(20)
    found = identify(join(looks(500, 3)), enrolled, identification.threshold(enrolled, 3, 0.01))
    assert isinstance(found, Unknown)
    assert found.distance > found.threshold


def test_with_nobody_enrolled_everybody_is_unknown() -> None:
    assert identify(person(1), Enrolled([]), 0.3) == Unknown(math.inf, 0.3)


def test_two_delegates_about_equally_near_give_no_name() -> None:
    one, other = person(1), person(2)
    enrolled = Enrolled([Template("mot", one[None]), Template("hai", other[None])])
    found = identify(join(np.array([one, other])), enrolled, 1.0)
    assert isinstance(found, Ambiguous)
    assert set(found.delegates) == {"mot", "hai"}
    nearer = join(np.array([one, one, one, other]))
    assert isinstance(identify(nearer, enrolled, 1.0), Identified)


def test_exactly_at_the_threshold_is_still_identified_and_just_above_is_not() -> None:
    enrolled = Enrolled([Template("mot", person(1)[None])])
    look = person(2)
    distance = float(enrolled.distances(look[None])[0, 0])
    assert isinstance(identify(look, enrolled, distance), Identified)
    assert isinstance(identify(look, enrolled, np.nextafter(distance, 0)), Unknown)


def test_joining_is_the_mean_direction_of_length_one() -> None:
    joined = join(np.array([[1, 0], [0, 1]], dtype=np.float32))
    assert joined == pytest.approx([math.sqrt(0.5), math.sqrt(0.5)])
    assert float(np.linalg.norm(join(looks(3, 5)))) == pytest.approx(1, abs=1e-6)


def test_joined_looks_are_nearer_to_their_delegate() -> None:
    enrolled = gallery(5)
    single = enrolled.distances(looks(2, 30, seed=4))[:, 2].mean()
    joined = enrolled.distances(join(looks(2, 3, seed=4))[None])[0, 2]
    assert joined < single - 0.05


@pytest.mark.parametrize("size", [5, 20, 60])
@pytest.mark.parametrize("count", [1, 3])
def test_the_share_of_strangers_named_stays_within_what_was_asked(size: int, count: int) -> None:
    enrolled = gallery(size)
    threshold = identification.threshold(enrolled, count, 0.01)
    strangers = np.array([join(looks(10_000 + n, count)) for n in range(1000)])
    named = (enrolled.distances(strangers).min(axis=1) <= threshold).mean()
    assert named <= 0.02
    delegates = np.array([join(looks(n % size, count, seed=100 + n)) for n in range(100)])
    found = [identify(look, enrolled, threshold) for look in delegates]
    assert not [d for n, d in enumerate(found) if isinstance(d, Identified) and d.delegate != f"dv-{n % size:03}"]


def test_fewer_allowed_mistakes_mean_a_lower_threshold() -> None:
    for size in (3, 10, 40):
        enrolled = gallery(size)
        steps = [identification.threshold(enrolled, 1, fpir) for fpir in (0.001, 0.003, 0.01, 0.03, 0.1)]
        assert steps == sorted(steps)
        assert len(set(steps)) == 5


def test_more_joined_looks_mean_a_lower_threshold_when_there_is_nothing_to_learn_from() -> None:
    nobody = Enrolled([])
    assert identification.threshold(nobody, 3, 0.01) < identification.threshold(nobody, 1, 0.01)


def test_a_tiny_gallery_is_held_down_by_the_prior() -> None:
    alone = Enrolled([Template("mot", looks(1, 3))])
    assert identification.threshold(alone, 1, 0.01) == pytest.approx(0.441 - 0.05 * 2.326, abs=0.001)
    assert identification.threshold(gallery(2), 1, 0.01) < 0.40


def test_a_gallery_of_look_alikes_gets_a_lower_threshold() -> None:
    near = Enrolled(
        [
            Template(t.delegate, np.array([join(np.array([v, v, person(77)])) for v in t.images]))
            for t in gallery(30).templates
        ]
    )
    assert identification.threshold(near, 1, 0.01) < identification.threshold(gallery(30), 1, 0.01) - 0.05


def test_one_person_under_two_ids_does_not_spoil_the_threshold_for_the_others() -> None:
    twice = Enrolled([*gallery(30).templates, Template("dv-again", looks(3, 3, seed=9))])
    assert identification.threshold(twice, 3, 0.01) == pytest.approx(
        identification.threshold(gallery(30), 3, 0.01), abs=0.02
    )
    assert identification.twins(twice) == [("dv-003", "dv-again")]
    assert identification.twins(gallery(30)) == []


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 12), st.integers(1, 9), st.floats(0.0005, 0.3))
def test_every_gallery_has_a_finite_threshold(size: int, count: int, fpir: float) -> None:
    threshold = identification.threshold(gallery(size, pictures=2), count, fpir)
    assert math.isfinite(threshold)
    assert threshold < 0.6


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 2))
def test_a_name_is_never_said_beyond_the_threshold_or_within_the_margin(who: int, threshold: float) -> None:
    enrolled = gallery(8)
    look = join(looks(who, 1))
    distances = np.sort(enrolled.distances(look[None])[0])
    found = identify(look, enrolled, threshold)
    if isinstance(found, Identified):
        assert distances[0] <= threshold
        assert distances[1] - distances[0] >= identification.MARGIN
    elif isinstance(found, Unknown):
        assert distances[0] > threshold
