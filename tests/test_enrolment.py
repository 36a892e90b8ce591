"""What may become a template, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from appliance import enrolment
from appliance.enrolment import Coverage, Glasses, Look, Side, Step
from appliance.identification import Template, Vectors


def person(seed: int) -> Vectors:
    vector = np.random.default_rng(seed).normal(size=128)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def away(vector: Vectors, distance: float, seed: int = 99) -> Vectors:
    """A unit vector at that distance of another."""
    other = person(seed)
    across = other - (other @ vector) * vector
    cosine = 1 - distance**2 / 2
    turned = cosine * vector + np.sqrt(1 - cosine**2) * across / np.linalg.norm(across)
    return turned.astype(np.float32)


def looks(vector: Vectors, count: int, distance: float = 0.2) -> list[Vectors]:
    return [away(vector, distance, seed=1000 + n) for n in range(count)]


def test_a_picture_of_somebody_else_in_the_folder_is_left_out() -> None:
    found = enrolment.agreeing(np.array([*looks(person(1), 3), person(2)]))
    assert found == [0, 1, 2]


def test_the_order_of_the_pictures_does_not_matter() -> None:
    assert enrolment.agreeing(np.array([person(2), *looks(person(1), 2)])) == [1, 2]


def test_of_two_pictures_that_disagree_none_is_taken() -> None:
    assert enrolment.agreeing(np.array([person(1), person(2)])) is None
    assert enrolment.agreeing(np.array([*looks(person(1), 2), *looks(person(2), 2)])) is None


def test_one_picture_agrees_with_itself_and_two_near_ones_with_each_other() -> None:
    assert enrolment.agreeing(np.array([person(1)])) == [0]
    assert enrolment.agreeing(np.array([person(1), away(person(1), 0.39)])) == [0, 1]
    assert enrolment.agreeing(np.array([person(1), away(person(1), 0.41)])) is None


def test_a_look_that_is_somebody_elses_is_named() -> None:
    others = [Template("binh", np.array(looks(person(2), 3))), Template("chi", np.array(looks(person(3), 3)))]
    assert enrolment.nearer_to_another(away(person(3), 0.2), person(1), others) == "chi"
    assert enrolment.nearer_to_another(away(person(1), 0.2), person(1), others) == ""
    assert enrolment.nearer_to_another(person(4), person(1), others) == "", "a stranger is nobody's"


def test_lookalikes_are_named_nearest_first_and_duplicates_told_apart() -> None:
    near = [Template("a", away(person(1), 0.28)[None]), Template("b", away(person(1), 0.2)[None])]
    found = enrolment.lookalikes(person(1), [*near, Template("c", person(7)[None])])
    assert [(one.delegate, one.is_duplicate) for one in found] == [("b", True), ("a", False)]
    assert [round(one.distance, 2) for one in found] == [0.2, 0.28]


def test_nobody_looks_like_anybody_in_an_empty_gallery() -> None:
    assert enrolment.lookalikes(person(1), []) == []


def test_the_nearer_the_dearer() -> None:
    shares = [enrolment.cost(apart) for apart in (0.10, 0.15, 0.20, 0.25, 0.30, 0.40)]
    ambiguous, misnamed = zip(*shares, strict=True)
    assert list(misnamed) == sorted(misnamed, reverse=True)
    assert list(ambiguous[1:]) == sorted(ambiguous[1:], reverse=True)
    assert all(0 <= a <= 1 and 0 <= m <= 1 for a, m in shares)
    assert ambiguous[2] > 0.05, "every twentieth visit at 0.20"
    assert ambiguous[-1] < 1e-4, "ordinary people cost nothing"


@pytest.mark.parametrize("apart", [0.15, 0.20, 0.25])
def test_the_cost_is_what_drawing_it_gives(apart: float) -> None:
    """The same model, drawn 20,000 times instead of integrated."""
    rng = np.random.default_rng(5)
    d = np.clip(rng.normal(*enrolment.OWN, 20_000), 0.01, None)
    z = rng.normal(*enrolment.TOWARDS_OTHERS, 20_000)
    c, cosine = 1 - d**2 / 2, 1 - apart**2 / 2
    other = np.sqrt(np.maximum(2 - 2 * (c * cosine + np.sqrt(1 - c**2) * np.sqrt(1 - cosine**2) * z), 0))
    ambiguous, misnamed = enrolment.cost(apart)
    assert ambiguous == pytest.approx(float((np.abs(other - d) < 0.04).mean()), abs=0.03)
    assert misnamed == pytest.approx(float((other <= d - 0.04).mean()), abs=0.02)


def test_coverage_says_what_is_missing() -> None:
    wide = [Look(0.0, 0.9, False), Look(0.14, 0.8, False), Look(-0.15, 0.7, True)]
    assert enrolment.coverage("an", wide) == Coverage("an", 3, 0.14, -0.15, (False, True), 0.9, ())
    assert enrolment.coverage("an", [Look(0.0, 0.4), Look(0.02, 0.3)]).poor == ("few", "narrow", "soft")
    assert enrolment.coverage("an", [Look()] * 3) == Coverage("an", 3, None, None, (), None, ("unmeasured",))


def test_who_wears_glasses_sometimes_is_seen_with_and_without() -> None:
    assert enrolment.plan(Glasses.NEVER) == (
        Step(Side.FRONT, False, 2),
        Step(Side.LEFT, False, 2),
        Step(Side.RIGHT, False, 2),
    )
    assert {step.glasses for step in enrolment.plan(Glasses.ALWAYS)} == {True}
    sometimes = enrolment.plan(Glasses.SOMETIMES)
    assert [(step.side, step.glasses) for step in sometimes][-1] == (Side.FRONT, True)
    assert {step.glasses for step in sometimes} == {True, False}


@pytest.mark.parametrize(
    ("side", "turn", "said"),
    [
        (Side.FRONT, 0.05, ""),
        (Side.FRONT, -0.12, "look-straight"),
        (Side.LEFT, 0.15, ""),
        (Side.LEFT, 0.05, "turn-left"),
        (Side.LEFT, -0.2, "turn-left"),
        (Side.RIGHT, -0.15, ""),
        (Side.RIGHT, 0.15, "turn-right"),
    ],
)
def test_what_a_turn_is_told(side: Side, turn: float, said: str) -> None:
    assert enrolment.advice(side, turn) == said
