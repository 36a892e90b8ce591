"""The two drawings: where a share lies, what paths are made, and that nothing leaves the frame."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import det

share = st.floats(0, 1)
counted = st.lists(st.tuples(share, share), min_size=2, max_size=40).map(
    lambda points: list(zip(sorted(p[0] for p in points), sorted((p[1] for p in points), reverse=True), strict=True))
)


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+?) ([^ML]+)", path)]


@given(share, share)
def test_a_larger_share_lies_farther_along_and_both_within_the_axis(one: float, other: float) -> None:
    axis = det.Axis(58, 398)
    low, high = sorted((one, other))
    assert 58 <= axis.place(low) <= axis.place(high) <= 398


def test_the_scale_is_that_of_normal_deviates() -> None:
    axis = det.Axis(0, 1000)
    assert axis.place(det.LOWEST) == axis.place(0.0) == 0, "there is no zero on this scale: it lies on the edge"
    assert axis.place(det.HIGHEST) == axis.place(1.0) == 1000
    # From one half down to one deviation, and to two: equally far (16 % and 2.3 %).
    first = axis.place(0.5) - axis.place(0.158655)
    second = axis.place(0.158655) - axis.place(0.022750)
    assert first == pytest.approx(second, abs=0.05)
    assert first == pytest.approx(1000 / 3.2905, abs=0.05)


def test_ticks_rise_and_none_is_written_over_another() -> None:
    places = [place for place, _ in det.Det.across.ticks]
    assert places == sorted(places)
    assert min(after - before for before, after in itertools.pairwise(places)) > 12
    ups = [place for place, _ in det.Det.up.ticks]
    assert ups == sorted(ups, reverse=True), "up is towards smaller numbers"


@settings(max_examples=200)
@given(counted)
def test_steps_go_right_and_down_by_right_angles_and_stay_in_the_frame(points: list[tuple[float, float]]) -> None:
    path = det.det(points, [], mark=points[0], target=0.01, interval=(0.0, 1.0)).counted
    places = corners(path)
    frame = det.DET_FRAME
    for (x, y), (onward, down) in itertools.pairwise(places):
        assert onward >= x
        assert down >= y
        assert (onward == x) != (down == y)
    assert all(frame.left <= x <= frame.right and frame.top <= y <= frame.bottom for x, y in places)


def test_normal_scores_become_a_straight_line() -> None:
    from statistics import NormalDist

    own, strangers = NormalDist(0.2, 0.05), NormalDist(0.45, 0.05)
    points = [(strangers.cdf(t / 1000), 1 - own.cdf(t / 1000)) for t in range(290, 360, 10)]
    drawn = corners(det.det(points, points, mark=points[0], target=0.01, interval=(0, 1)).model)
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(drawn)]
    assert len(slopes) == 6
    assert slopes == pytest.approx([slopes[0]] * 6, rel=0.01)


def test_a_line_of_one_point_is_none() -> None:
    assert det.line([(1, 2), (1, 2)]) == ""
    assert det.line([(1, 2), (3, 4)]) == "M1 2L3 4"
    assert det.steps([(0, 0), (2, 5)]) == "M0 0L2 0L2 5"


@given(st.lists(st.integers(0, 50), min_size=det.BINS, max_size=det.BINS))
def test_columns_reach_their_height_and_end_on_their_line(counts: list[int]) -> None:
    path = det.columns(counts, 100, -80)
    if not any(counts):
        assert path == ""
        return
    tops = [float(top) for top in re.findall(r"V([\d.]+)H", path)]
    assert len(tops) == det.BINS
    assert min(tops) == 20
    assert tops == pytest.approx([100 - 80 * count / max(counts) for count in counts], abs=0.01)
    assert path.endswith("V100Z")


@given(st.floats(-1, 3))
def test_every_distance_has_its_column(distance: float) -> None:
    column = det.column(distance)
    assert 0 <= column < det.BINS
    if 0 <= distance < det.FARTHEST:
        assert column * 0.02 <= distance + 1e-9
        assert distance <= (column + 1) * 0.02 + 1e-9


def test_the_threshold_crosses_the_strip_at_its_distance() -> None:
    drawn = det.strip([1] * det.BINS, [0] * det.BINS, 0.4)
    assert drawn.threshold == {distance: place for place, distance in drawn.ticks}[0.4]
    assert drawn.strangers
    assert drawn.own == ""
