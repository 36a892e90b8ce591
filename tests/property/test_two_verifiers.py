"""Two verifiers, two codes, one answer: over any poll that can be held, and over what is then altered in its result."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import record
from appliance.values import Choice, Voting
from tests import assembly, polls
from tests.polls import Poll
from tests.verifiers import both, first_status, second_status

RULES = [("ubnd", "ordinary"), ("hdnd", "ordinary"), ("hdnd", "two-thirds"), ("simple", "ordinary")]
BOARD = [("board", "ordinary"), ("board", "special")]
CHOICES = st.sampled_from(Choice)


@st.composite
def held(draw: st.DrawFn) -> Poll:
    """Any poll: method, rule, who is there, weights and proxies, who votes for what, what is entered by hand."""
    weighted = draw(st.booleans())
    method = Voting.OPEN if weighted else draw(st.sampled_from(Voting))
    preset, majority = draw(st.sampled_from(BOARD if weighted else RULES))
    members = draw(st.integers(1, 9))
    present = members if method is Voting.SLIP else draw(st.integers(0, members))
    there = st.sampled_from(range(1, present + 1)) if present else st.nothing()
    weights = draw(st.lists(st.integers(1, 1000), min_size=members, max_size=members)) if weighted else ()
    away = st.sampled_from(range(present + 1, members + 1)) if present < members else st.nothing()
    votes = {} if method is Voting.HANDS else draw(st.dictionaries(there, CHOICES))
    counts = draw(st.lists(CHOICES, max_size=present))
    return Poll(
        method,
        preset,
        majority,
        members=members,
        present=present,
        chair=draw(st.integers(1, members)),
        weights=tuple(weights),
        proxies=draw(st.dictionaries(away, there)) if weighted else {},
        votes=votes,
        entered=draw(st.dictionaries(there, CHOICES)) if method is Voting.OPEN else {},
        hands=(counts.count(Choice.FOR), counts.count(Choice.AGAINST), counts.count(Choice.ABSTAIN)),
        opinions=dict.fromkeys(votes, draw(st.text(max_size=9))),
        silence_agrees=draw(st.booleans()),
        override="Việc không thể hoãn",
        number=draw(st.integers(1, 2)),
    )


def ruled(data: st.DataObject, poll: Poll) -> list[record.Entry]:
    """The journal; a tie is decided by the chair, or is left as it is."""
    entries = polls.held(poll)
    readings = [reading["id"] for reading in polls.statements(entries)[-1]["verdict"]["readings"]]
    chosen = data.draw(st.sampled_from(["", *readings]))
    return polls.held(Poll(**(vars(poll) | {"reading": chosen}))) if chosen else entries


def intact_for_both(data: st.DataObject) -> None:
    poll = data.draw(held())
    entries = ruled(data, poll)
    assert both(assembly.batch_file(entries)) == (0, 0)
    for stated in polls.statements(entries):
        assert both(record.seal(record.RESULT, stated, assembly.signer())) == (0, 0)


@settings(max_examples=150)
@given(st.data())
def test_what_was_held_is_intact_for_both(data: st.DataObject):
    intact_for_both(data)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@settings(max_examples=3_000, derandomize=False)
@given(st.data())
def test_what_was_held_is_intact_for_both_three_thousand_times(data: st.DataObject):
    intact_for_both(data)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all values in a statement, the deepest too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, one in inner for place in places(one, (*way, key)))]


OTHER: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 12),
    st.sampled_from(
        ["", "for", "against", "abstain", "carried", "lost", "tied", "open", "secret", "slip", "dv-01", "dv-02"]
    ),
    st.just([]),
    st.just({}),
)


def altered(data: st.DataObject, stated: dict[str, Any]) -> dict[str, Any]:
    """The statement with another value at one place, or with one left out, doubled or exchanged."""
    other = copy.deepcopy(stated)
    *way, last = data.draw(st.sampled_from([place for place in places(other) if place]))
    around: Any = other
    for key in way:
        around = around[key]
    what = data.draw(st.sampled_from(["put", "drop", "double"]))
    if what == "put":
        around[last] = data.draw(OTHER)
    elif what == "drop":
        del around[last]
    elif isinstance(around, list):
        around.append(copy.deepcopy(around[last]))
    else:
        around[f"{last}x"] = around[last]
    return other


CORE = {"tally", "votes", "list", "took_part", "weights", "proxies", "assumed", "hands"}
"""Fields of which the second verifier says the same as the first, whatever stands in them."""


OF_THE_BOX = {"software", "configuration", "models", "rule", "verdict"}
"""Fields that may hold what no entry tells: the box's own, and how its version words articles and sentences."""


@settings(max_examples=300)
@given(st.data())
def test_what_is_altered_is_found_by_the_first_and_the_second_never_refuses_what_the_first_takes(data: st.DataObject):
    entries = ruled(data, data.draw(held()))
    stated = polls.statements(entries)[-1]
    other = altered(data, stated)
    sealed = record.seal(record.RESULT, other, assembly.signer())
    first, second = first_status(sealed), second_status(sealed)
    assert first >= second, "what the first takes the second takes"
    changed = {name for name in stated.keys() | other.keys() if stated.get(name) != other.get(name)}
    if changed <= CORE:
        assert first == second
    if first == 0 and not changed <= OF_THE_BOX:
        # It is a right statement about another poll, and so not about the one that the entries tell of.
        run = assembly.signed(entries[:-1], sealed, stated["ballot"])
        assert both(assembly.batch_file(run))[0] == 1
