"""Who it is: joined looks, the neighbourhood, the margin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import identification
from appliance.identification import Ambiguous, Enrolled, Identified, Template, Unknown, identify, join
from tests.worlds.people import gallery, looks, person, threshold_of


def test_a_delegate_is_identified_with_distance_threshold_and_margin() -> None:
    enrolled = gallery(20)
    threshold = threshold_of(enrolled, 3, 0.01)
    found = identify(join(looks(7, 3, seed=1)), enrolled, threshold)
    assert isinstance(found, Identified)
    assert found.delegate == "dv-007"
    assert 0 < found.distance <= found.threshold == threshold
    assert found.margin > identification.MARGIN


def test_a_stranger_is_unknown() -> None:
    enrolled = gallery(20)
    found = identify(join(looks(500, 3)), enrolled, threshold_of(enrolled, 3, 0.01))
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


def test_a_small_gallery_has_no_neighbourhoods() -> None:
    enrolled = gallery(identification.CROWDING_FROM - 1)
    assert np.array_equal(enrolled.scores(looks(700, 4)), enrolled.distances(looks(700, 4)))


def test_a_score_is_the_distance_and_what_the_neighbourhoods_say() -> None:
    enrolled = gallery(25)
    look = looks(3, 1, seed=5)
    distances = enrolled.distances(look)[0].astype(float)
    between = enrolled.distances(enrolled.means).astype(float)
    np.fill_diagonal(between, np.inf)
    near = np.sort(between, axis=1)[:, : identification.NEIGHBOURS].mean(axis=1)
    for place in range(25):
        around = np.sort(np.delete(distances, place))[: identification.NEIGHBOURS].mean()
        expected = distances[place] + identification.CROWDING * (2 * near.mean() - near[place] - around)
        assert float(enrolled.scores(look)[0, place]) == pytest.approx(expected, abs=1e-4)


def test_leaving_a_delegate_out_is_as_if_they_had_never_been_enrolled() -> None:
    full = gallery(30)
    smaller = Enrolled([t for n, t in enumerate(full.templates) if n not in (4, 9)])
    left = full.scores(looks(4, 3), np.array([4, 9]))
    assert left.shape == (3, 28)
    assert (
        np.abs(left - smaller.scores(looks(4, 3))).max() < 0.01
    )  # the usual neighbourhood is still the whole gallery's
    assert np.argsort(left[0])[:3].tolist() == np.argsort(smaller.scores(looks(4, 3))[0])[:3].tolist()


def test_the_rows_of_a_large_gallery_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gallery(45)
    monkeypatch.setattr(identification, "_ROWS", 20)
    assert np.allclose(gallery(45).scores(looks(3, 2)), whole.scores(looks(3, 2)), atol=1e-6)
