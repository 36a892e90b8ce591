"""The threshold from the gallery: for its size, for the looks that are joined, and what it says of itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import identification
from appliance.calibration import TAIL_FROM, Tail, calibrate, confirmed, fit, interval, shares
from appliance.identification import Enrolled, Identified, Template, identify, join
from tests.worlds.people import gallery, looks, person, threshold_of


@pytest.mark.parametrize("size", [5, 20, 60])
@pytest.mark.parametrize("count", [1, 3])
def test_the_share_of_strangers_named_stays_within_what_was_asked(size: int, count: int) -> None:
    enrolled = gallery(size)
    threshold = threshold_of(enrolled, count, 0.01)
    strangers = np.array([join(looks(10_000 + n, count)) for n in range(1000)])
    named = (enrolled.distances(strangers).min(axis=1) <= threshold).mean()
    assert named <= 0.02
    delegates = np.array([join(looks(n % size, count, seed=100 + n)) for n in range(100)])
    found = [identify(look, enrolled, threshold) for look in delegates]
    assert not [d for n, d in enumerate(found) if isinstance(d, Identified) and d.delegate != f"dv-{n % size:03}"]


def test_fewer_allowed_mistakes_mean_a_lower_threshold() -> None:
    for size in (3, 10, 40):
        enrolled = gallery(size)
        steps = [threshold_of(enrolled, 1, fpir) for fpir in (0.001, 0.003, 0.01, 0.03, 0.1)]
        assert steps == sorted(steps)
        assert len(set(steps)) == 5


def test_more_joined_looks_mean_a_lower_threshold_when_there_is_nothing_to_learn_from() -> None:
    nobody = Enrolled([])
    assert threshold_of(nobody, 3, 0.01) < threshold_of(nobody, 1, 0.01)


def test_a_tiny_gallery_is_held_down_by_the_prior() -> None:
    alone = Enrolled([Template("mot", looks(1, 3))])
    assert threshold_of(alone, 1, 0.01) == pytest.approx(0.432 - 0.05 * 2.326, abs=0.001)
    assert threshold_of(gallery(2), 1, 0.01) < 0.40


def test_a_gallery_of_look_alikes_gets_a_lower_threshold() -> None:
    near = Enrolled(
        [
            Template(t.delegate, np.array([join(np.array([v, v, person(77)])) for v in t.images]))
            for t in gallery(30).templates
        ]
    )
    assert threshold_of(near, 1, 0.01) < threshold_of(gallery(30), 1, 0.01) - 0.05


def test_one_person_under_two_ids_does_not_spoil_the_threshold_for_the_others() -> None:
    twice = Enrolled([*gallery(30).templates, Template("dv-again", looks(3, 3, seed=9))])
    assert threshold_of(twice, 3, 0.01) == pytest.approx(threshold_of(gallery(30), 3, 0.01), abs=0.02)
    assert identification.twins(twice) == [("dv-003", "dv-again")]
    assert identification.twins(gallery(30)) == []


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 12), st.integers(1, 9), st.floats(0.0005, 0.3))
def test_every_gallery_has_a_finite_threshold(size: int, count: int, fpir: float) -> None:
    threshold = threshold_of(gallery(size, pictures=2), count, fpir)
    assert math.isfinite(threshold)
    assert threshold < 0.6


def test_the_fitted_tail_finds_the_quantiles_of_what_it_was_fitted_to() -> None:
    drawn = 0.45 - 0.03 * np.random.default_rng(1).gumbel(size=20_000)
    tail = fit(drawn)
    for share in (0.01, 0.1, 0.5):
        assert tail.quantile(share) == pytest.approx(float(np.quantile(drawn, share)), abs=0.004)
    assert Tail(0.4, 0.02).quantile(-math.expm1(-1)) == pytest.approx(0.4)


def test_the_expected_share_is_the_threshold_read_backwards() -> None:
    for size in (5, 40):
        calibration = calibrate(gallery(size), looks=3, fpir=0.01)
        for share in (0.001, 0.01, 0.2):
            assert calibration.expected_fpir(calibration.threshold_for(share)) == pytest.approx(share, rel=1e-6)
        assert calibration.expected_fpir(-1.0) < 1e-5
        assert calibration.expected_fpir(2.0) == 0.5


def test_the_interval_is_counted_over_people_and_holds_the_share_allowed() -> None:
    calibration = calibrate(gallery(60), looks=1, fpir=0.01)
    assert (calibration.strangers, len(calibration.non_mated)) == (60, 180)
    low, high = calibration.interval
    assert low <= calibration.counted_fpir(calibration.threshold) <= high < 0.15
    assert calibration.counted_fpir(2.0) == 1


def test_genuine_scores_are_of_pictures_that_are_not_in_the_template() -> None:
    enrolled = gallery(30)
    calibration = calibrate(enrolled, looks=1, fpir=0.01)
    assert len(calibration.mated) == 90
    fresh = np.concatenate([enrolled.scores(looks(n, 3, seed=7))[:, n] for n in range(30)])
    assert float(np.median(calibration.mated)) >= float(np.median(fresh))
    assert float(np.median(calibration.mated)) == pytest.approx(float(np.median(fresh)), abs=0.05)
    assert calibration.fnir(calibration.threshold) == pytest.approx(0, abs=0.1)
    assert calibrate(gallery(30, pictures=1), looks=1, fpir=0.01).fnir(0.3) is None


def test_a_cohort_makes_a_small_gallery_sure_of_itself() -> None:
    enrolled = gallery(6)
    cohort = np.array([looks(2000 + n, 1)[0] for n in range(200)])
    alone, informed = (calibrate(enrolled, looks=1, fpir=0.01, cohort=c) for c in (None, cohort))
    assert (alone.tail, informed.strangers) == (None, 206)
    assert informed.tail is not None
    strangers = np.array([looks(9000 + n, 1)[0] for n in range(2000)])
    assert (enrolled.scores(strangers).min(axis=1) <= informed.threshold).mean() <= 0.015
    assert informed.interval[1] < 0.05
    assert alone.interval[1] > 0.3


def test_a_cohort_that_lies_near_lowers_the_threshold() -> None:
    enrolled = gallery(40)
    near = np.array([join(np.array([looks(n % 40, 1)[0], looks(5000 + n, 1)[0]])) for n in range(100)])
    assert calibrate(enrolled, looks=1, fpir=0.01, cohort=near).threshold < threshold_of(enrolled, 1, 0.01) - 0.02


def test_from_so_many_strangers_on_there_is_a_tail() -> None:
    assert calibrate(gallery(TAIL_FROM - 1), looks=1, fpir=0.01).tail is None
    assert calibrate(gallery(TAIL_FROM), looks=1, fpir=0.01).tail is not None


def test_strangers_at_the_door_confirm_the_share_or_do_not() -> None:
    assert not confirmed(0, 0, 0.01)
    assert not confirmed(380, 0, 0.01)
    assert confirmed(381, 0, 0.01)
    assert not confirmed(381, 1, 0.01)


def test_wilsons_interval_is_as_published() -> None:
    assert interval(2, 342) == pytest.approx((0.00160, 0.02106), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(10, 10)[1] == pytest.approx(1.0)


def test_the_searches_of_a_visit_share_what_is_allowed_and_the_last_has_most() -> None:
    assert shares([5]) == [(5, 1.0)]
    for plan in ([5, 3], [1, 3, 5]):
        parts = shares(plan)
        assert [looks for looks, _ in parts] == sorted(plan)
        assert sum(part for _, part in parts) == pytest.approx(1)
        assert max(parts, key=lambda each: each[1])[0] == 5
