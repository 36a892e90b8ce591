"""Edges → presses: what bouncing, spikes, and keys that stay down come to."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.keypad.debounce import Clean, Debouncer, Held, LetGo, Pressed

WINDOW = 0.02
STUCK = 10.0
Edge = tuple[bool, float]


def debouncer(**more: object) -> Debouncer:
    return Debouncer([1, 2], window=WINDOW, stuck_seconds=STUCK, **more)  # type: ignore[arg-type]


def run(edges: list[Edge], asked_at: list[float] = (), until: float | None = None) -> list[Clean]:  # type: ignore[assignment]
    """Feed the edges of line 1 in order, and ask for what has settled at other times between."""
    key = debouncer()
    end = (edges[-1][1] if edges else 0.0) + 1.0 if until is None else until
    clean: list[Clean] = []
    steps = sorted([(at, down) for down, at in edges] + [(at, None) for at in [*asked_at, end]], key=lambda s: s[0])
    for at, down in steps:
        clean += key.settle(at) if down is None else key.edge(1, down, at)
    return clean


def presses(clean: list[Clean]) -> list[Pressed]:
    return [c for c in clean if isinstance(c, Pressed)]


bounce = st.lists(st.floats(0.0001, WINDOW * 0.9), min_size=0, max_size=12)
calm = st.floats(WINDOW * 1.1, 5.0)


def train(start: float, gaps: list[float], down: bool) -> list[Edge]:
    """Edges that end at the level `down`: the contact chatters in gaps shorter than the window."""
    gaps = gaps if len(gaps) % 2 == 0 else gaps[:-1]
    edges, at = [(down, start)], start
    for n, gap in enumerate(gaps):
        at += gap
        edges.append((down if n % 2 else not down, at))
    return edges


@st.composite
def strokes(draw: st.DrawFn) -> tuple[list[Edge], list[float]]:
    """Key strokes with bouncing contacts, each down and up for longer than a window; and when each began."""
    edges: list[Edge] = []
    begins = []
    at = 1.0
    for _ in range(draw(st.integers(1, 6))):
        begins.append(at)
        edges += train(at, draw(bounce), True)
        edges += train(edges[-1][1] + draw(calm), draw(bounce), False)
        at = edges[-1][1] + draw(calm)
    return edges, begins


@settings(max_examples=500)
@given(strokes())
def test_every_stroke_is_one_press_however_the_contact_bounces(stroke: tuple[list[Edge], list[float]]) -> None:
    edges, begins = stroke
    assert [p.at for p in presses(run(edges))] == begins


@settings(max_examples=500)
@given(strokes(), st.lists(st.floats(0.0, 40.0), max_size=40))
def test_what_comes_out_does_not_depend_on_how_often_one_asks(
    stroke: tuple[list[Edge], list[float]], asked_at: list[float]
) -> None:
    edges, _ = stroke
    end = edges[-1][1] + 50.0
    assert run(edges, asked_at, end) == run(edges, [], end)


@settings(max_examples=500)
@given(bounce)
def test_spikes_shorter_than_the_window_are_no_press(gaps: list[float]) -> None:
    gaps = gaps if len(gaps) % 2 else [*gaps, 0.001]
    at, edges = 1.0, [(True, 1.0)]
    for n, gap in enumerate(gaps):
        at += gap
        edges.append((bool(n % 2), at))
    assert edges[-1][0] is False
    assert presses(run(edges)) == []


@settings(max_examples=500)
@given(st.floats(STUCK * 1.01, STUCK * 50), st.lists(st.floats(0.0, 600.0), max_size=20))
def test_a_key_held_down_presses_once_and_is_stuck_until_it_is_let_go(held: float, asked_at: list[float]) -> None:
    clean = run([(True, 1.0), (False, 1.0 + held)], asked_at)
    assert [type(c) for c in clean] == [Pressed, Held, LetGo]
    assert clean[1].at == 1.0 + STUCK


@settings(max_examples=300)
@given(strokes())
def test_a_stuck_key_votes_again_once_it_is_free(stroke: tuple[list[Edge], list[float]]) -> None:
    edges, begins = stroke
    later = [(down, at + STUCK * 3) for down, at in edges]
    clean = run([(True, 1.0), (False, 1.0 + STUCK * 2), *later])
    assert len(presses(clean)) == 1 + len(begins)


def test_a_key_that_is_down_at_the_start_casts_nothing_and_is_found_stuck() -> None:
    key = debouncer(now=5.0, down=[1])
    assert key.settle(6.0) == []
    assert key.due() == 5.0 + STUCK
    assert key.settle(5.0 + STUCK) == [Held(1, 5.0 + STUCK)]
    key.edge(1, False, 20.0)
    assert key.settle(20.0 + WINDOW) == [LetGo(1, 20.0)]


def test_lines_do_not_disturb_one_another() -> None:
    key = debouncer()
    key.edge(1, True, 1.0)
    key.edge(2, True, 1.005)
    key.edge(2, False, 1.01)
    assert key.settle(1.1) == [Pressed(1, 1.0)]


def test_due_says_when_a_press_settles_and_nothing_at_rest() -> None:
    key = debouncer()
    assert key.due() == math.inf
    key.edge(1, True, 1.0)
    assert key.due() == 1.0 + WINDOW
    key.settle(1.0 + WINDOW)
    assert key.due() == 1.0 + STUCK
    key.edge(1, False, 2.0)
    key.settle(2.0 + WINDOW)
    assert key.due() == math.inf
