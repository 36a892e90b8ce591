"""The figures of the report against the calibration they come from, and the count of strangers at the door."""

from __future__ import annotations

import json

import numpy as np
import pytest

from appliance import det
from appliance.calibration import calibrate
from appliance.enrolment import LOOKALIKE, Look, cost
from appliance.events import (
    CheckedIn,
    CheckInRevoked,
    ConfigurationChanged,
    DelegateEnrolled,
    DelegateForgotten,
    Event,
    FaceNotIdentified,
    GalleryRenewed,
)
from appliance.gallery_report import Enrolment, Report, Strangers, report
from appliance.identification import Enrolled, Template, join
from appliance.values import Method
from tests.worlds.people import gallery, looks, person

NO_COHORT = np.empty((0, 128), np.float32)


def lines(enrolled: Enrolled, **twins: str) -> dict[str, Enrolment]:
    good = [Look(turn, 0.9, False) for turn in (-0.2, 0.0, 0.2)]
    return {
        t.delegate: Enrolment(good[: len(t.images)], "2026-1.vi sha256:00", "2026-11-01T08:00:00Z", "2027-11-01",
                              twins.get(t.delegate, ""))
        for t in enrolled.templates
    }  # fmt: skip


def of(enrolled: Enrolled, cohort: np.ndarray = NO_COHORT, **twins: str) -> Report:
    return report(enrolled, lines(enrolled, **twins), cohort, plan=(3, 5), fpir=0.01)


@pytest.mark.parametrize("size", [2, 30])
def test_every_figure_is_the_calibrations(size: int) -> None:
    enrolled = gallery(size)
    found = of(enrolled)
    assert [one.looks for one in found.searches] == [3, 5]
    for one, allowed in zip(found.searches, (0.0025, 0.0075), strict=True):
        asked = calibrate(enrolled, looks=one.looks, fpir=allowed, cohort=None)
        assert one.threshold == asked.threshold
        assert one.expected == pytest.approx(asked.expected_fpir(asked.threshold))
        assert (one.interval, one.counted) == (asked.interval, asked.counted_fpir(asked.threshold))
        assert (one.fnir, one.strangers) == (asked.fnir(asked.threshold), size)
        assert sum(one.stranger_columns) == asked.non_mated.size
        assert sum(one.own_columns) == asked.mated.size == one.own
        assert one.fitted == (size >= 20)
    assert found.expected == pytest.approx(0.01, rel=0.01), "the searches share what a visit may cost"


def test_the_drawn_points_are_counts_and_never_turn_back() -> None:
    enrolled = gallery(30)
    one = of(enrolled).searches[0]
    asked = calibrate(enrolled, looks=3, fpir=0.0025, cohort=None)
    for points in (one.steps, one.curve):
        across, up = [p[0] for p in points], [p[1] for p in points]
        assert across == sorted(across)
        assert up == sorted(up, reverse=True)
    assert one.steps[-1][0] == 1.0 or one.steps[-1][1] == 0.0
    counts = {round(n / asked.non_mated.size, 6) for n in range(asked.non_mated.size + 1)}
    assert {p[0] for p in one.steps} <= counts


def test_a_large_gallery_sends_no_more_points_than_can_be_seen() -> None:
    found = of(gallery(150)).searches[0]
    assert 100 < len(found.steps) <= 240
    assert found.steps[0][0] < 0.01, "the end that matters is kept whole"


def test_of_one_delegate_nothing_can_be_counted_and_it_says_so() -> None:
    one = of(gallery(1)).searches[0]
    assert (one.strangers, one.interval, one.fitted) == (0, (0.0, 1.0), False)
    assert one.steps == one.curve == ()
    assert 0 < one.threshold < 0.5


def test_nobody_enrolled_is_a_report_too() -> None:
    found = of(Enrolled([]))
    assert (found.delegates, found.pictures, found.pairs, found.lines) == (0, 0, (), ())


def test_one_picture_each_leaves_the_share_of_missed_delegates_open() -> None:
    enrolled = Enrolled([Template(t.delegate, t.images[:1]) for t in gallery(25).templates])
    one = of(enrolled).searches[0]
    assert (one.fnir, one.own, one.steps) == (None, 0, ())
    assert sum(one.stranger_columns) > 0
    assert of(enrolled).lines[0].covered.poor[0] == "few"


def test_a_cohort_counts_as_strangers() -> None:
    cohort = np.array([join(looks(5000 + n, 1)) for n in range(40)], np.float32)
    found = of(gallery(10), cohort)
    assert (found.cohort, found.searches[0].strangers, found.searches[0].fitted) == (40, 50, True)


def test_lookalikes_are_named_once_with_what_they_cost() -> None:
    twin = np.array([join(np.array([v, v, v, v, v, person(99)])) for v in looks(0, 3)], np.float32)
    enrolled = Enrolled([*gallery(3).templates, Template("dv-tw", twin)])
    (pair,) = of(enrolled).pairs
    assert (pair.first, pair.second, pair.twins) == ("dv-000", "dv-tw", False)
    means = {t.delegate: t.mean for t in enrolled.templates}
    assert pair.distance == pytest.approx(float(np.linalg.norm(means["dv-000"] - means["dv-tw"])), abs=1e-3)
    assert pair.distance < LOOKALIKE
    assert (pair.ambiguous, pair.misnamed) == cost(pair.distance)
    (stated,) = report(
        enrolled, lines(enrolled) | {"dv-tw": Enrolment([Look()] * 3, "", "", "", "dv-000")}, NO_COHORT,
        plan=(3, 5), fpir=0.01,
    ).pairs  # fmt: skip
    assert stated.twins


def test_it_is_json_and_comes_back_the_same() -> None:
    found = of(gallery(4)).json()
    again = json.loads(json.dumps(found))
    assert again["searches"][0]["threshold"] == found["searches"][0]["threshold"]
    assert len(again["searches"][0]["own_columns"]) == det.BINS
    assert again["lines"][0]["covered"]["delegate"] == "dv-000"


# Strangers at the door -----------------------------------------------------------------------------------------------


UNKNOWN = FaceNotIdentified(meeting="m-1", decision="unknown", looks=5)


def by(method: Method, delegate: str = "an") -> CheckedIn:
    return CheckedIn(meeting="m-1", delegate=delegate, method=method, by="door")


def revoked(delegate: str = "an") -> CheckInRevoked:
    return CheckInRevoked(meeting="m-1", delegate=delegate, by="thu-ky", reason="nhầm người")


def counted(*events: Event) -> tuple[int, int, int, int]:
    strangers = Strangers()
    for event in events:
        strangers.take(event)
    live = strangers.json(0.01)
    return live["seen"], live["named"], live["seen_ever"], live["named_ever"]


def test_unknown_visits_and_faces_taken_back_are_strangers() -> None:
    ambiguous = FaceNotIdentified(meeting="m-1", decision="ambiguous", looks=5)
    assert counted(UNKNOWN, UNKNOWN, ambiguous, by(Method.FACE), revoked()) == (3, 1, 3, 1)


def test_only_a_check_in_by_face_can_be_a_false_name_and_only_once() -> None:
    assert counted(by(Method.PIN), revoked()) == (0, 0, 0, 0)
    assert counted(by(Method.FACE), revoked(), by(Method.HAND), revoked()) == (1, 1, 1, 1)
    assert counted(by(Method.FACE), revoked("binh")) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        DelegateEnrolled(delegate="x", model="e" * 64, images=3, consent="v1"),
        DelegateForgotten(delegate="x", reason="hết hạn"),
        ConfigurationChanged(configuration="c" * 64, keys=("door.fpir",), by="technician"),
        GalleryRenewed(delegates=3, cohort=40, reason="a cohort"),
    ],
)
def test_another_threshold_begins_another_count(change: Event) -> None:
    assert counted(UNKNOWN, by(Method.FACE), change, UNKNOWN) == (1, 0, 2, 0)
    assert counted(by(Method.FACE), change, revoked()) == (0, 0, 1, 1), "it was named under the threshold before"


def test_a_renewal_changes_no_distance_and_no_count() -> None:
    assert counted(UNKNOWN, GalleryRenewed(delegates=3, reason="meeting m-1 ended")) == (1, 0, 1, 0)
    other = ConfigurationChanged(configuration="c" * 64, keys=("web.port",), by="technician")
    assert counted(UNKNOWN, other) == (1, 0, 1, 0)


def test_some_hundred_strangers_without_a_name_confirm_one_per_cent() -> None:
    strangers = Strangers()
    for _ in range(380):
        strangers.take(UNKNOWN)
    assert not strangers.json(0.01)["confirmed"]
    strangers.take(UNKNOWN)
    assert strangers.json(0.01)["confirmed"]
    strangers.take(by(Method.FACE))
    strangers.take(revoked())
    assert not strangers.json(0.01)["confirmed"]
