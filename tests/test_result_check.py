"""Results of every way of voting: intact as they are made, and found by both verifiers wherever they are altered.

Every altered statement is signed again by the right key: only its meaning is wrong.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest

from appliance import record, rules, verification
from appliance.values import Choice, Voting
from tests import assembly, polls
from tests.polls import Poll
from tests.verifiers import both, second

FORMAT = Path(__file__).parent.parent / "docs" / "record-format.md"
FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN
SIDES = {1: FOR, 2: FOR, 3: AGAINST, 4: ABSTAIN}

POLLS = {
    "open": Poll(members=5, present=5, votes=SIDES, entered={5: FOR}),
    "secret": Poll(Voting.SECRET, members=5, present=4, votes=SIDES),
    "hands": Poll(Voting.HANDS, members=5, present=5, hands=(3, 1, 1)),
    "slip": Poll(Voting.SLIP, members=5, present=5, votes={1: FOR, 2: FOR, 3: AGAINST}, opinions={3: "Chưa rõ."}),
    "silent slip": Poll(Voting.SLIP, members=5, present=5, votes={1: FOR, 2: AGAINST}, silence_agrees=True),
    "council": Poll(
        preset="hdnd", majority="two-thirds", members=9, present=8, votes=dict.fromkeys(range(1, 7), FOR) | {7: AGAINST}
    ),
    "votes cast": Poll(preset="simple", members=5, present=3, votes={1: FOR, 2: ABSTAIN}),
    "shares": Poll(
        preset="board", members=3, present=2, weights=(40, 40, 20), proxies={3: 2}, votes={1: FOR, 2: AGAINST}
    ),
    "tie": Poll(members=5, present=5, votes={1: FOR, 2: AGAINST, 3: ABSTAIN}),
    "ruled": Poll(members=5, present=5, votes={1: FOR, 2: AGAINST, 3: ABSTAIN}, reading="tie-clause-for"),
    "override": Poll(members=6, present=3, votes={1: FOR}, override="Bão, đường bị cắt"),
}


def statement(name: str) -> dict[str, Any]:
    poll = POLLS[name]
    return polls.statements(polls.held(poll))[-1]


def sealed(stated: dict[str, Any]) -> bytes:
    return record.seal(record.RESULT, stated, assembly.signer())


def written(formula: str, numbers: dict[str, int]) -> int:
    """What the document's `⌈2N/3⌉` or `⌊N/2⌋ + 1` comes to."""
    found = re.fullmatch(r"([⌈⌊])(\d*)([NPC])/(\d+)[⌉⌋]( \+ 1)?", formula)
    assert found is not None, formula
    part = Fraction(int(found[2] or 1) * numbers[found[3]], int(found[4]))
    return (ceil(part) if found[1] == "⌈" else floor(part)) + (1 if found[5] else 0)


def test_the_rules_in_the_document_are_those_of_both_verifiers():
    text = FORMAT.read_text("utf-8").split("| preset | quorum | majority | needed |\n|---|---|---|---|\n")[1]
    rows = [[cell.strip(" `") for cell in row.split("|")[1:-1]] for row in text.split("\n\n")[0].splitlines()]
    quorums = {preset: formula for preset, formula, _, _ in rows if formula}
    assert {(preset, majority) for preset, _, majority, _ in rows} == {
        (name, majority) for name, rule in rules.PRESETS.items() for majority in rule.majorities
    }
    for (preset, _, majority, formula), total in itertools.product(rows, range(1, 200)):
        rule, here, cast = rules.preset(preset), total * 2 // 3, total // 2
        wanted = rule.majorities[majority]
        quorum = written(quorums[preset], {"N": total})
        needed = max(1, written(formula.split(",")[0], {"N": total, "P": here, "C": cast}))
        assert (rule.quorum_of(total), second.RULES[preset][0](total)) == (quorum, quorum)
        assert max(1, second.RULES[preset][1][majority](total, here, cast)) == needed
        assert wanted.of({"all": total, "present": here, "cast": cast}[wanted.share.base]) == needed
        assert rule.needed(majority, total, here) == (None if "null" in formula else needed)


@pytest.mark.parametrize("name", POLLS)
def test_as_it_is_made_it_is_intact(name: str):
    assert both(sealed(statement(name))) == (0, 0)


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Put a value at `a.b.0.c`; a callable is given what stands there."""

    def apply(stated: dict[str, Any]) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = stated
        for part in way:
            place = place[part]
        place[last] = value(place[last]) if callable(value) else value

    return apply


READING = {"id": "tie-clause-for", "outcome": "carried", "sentence": {"vi": "", "en": ""}}


def more(n: int) -> int:
    return n + 1


ALTERED = [
    ("open", change("tally.for", more)),
    ("open", change("tally.absent", more)),
    ("open", change("votes.dv-03", "for")),
    ("open", change("votes", {})),
    ("open", change("rule.needed", 1)),
    ("open", change("rule.quorum", 1)),
    ("open", change("rule.preset", "simple")),
    ("open", change("rule.majority", "two-thirds")),
    ("open", change("verdict.outcome", "lost")),
    ("open", change("present", lambda p: p[:-1])),
    ("open", change("chair", "dv-99")),
    ("open", change("override", "không cần")),
    ("open", change("entered.0.witness", "dv-05")),
    ("open", change("entered.0.delegate", "dv-99")),
    ("open", change("weights", {"dv-01": 9, "dv-02": 1, "dv-03": 1, "dv-04": 1, "dv-05": 1})),
    ("open", change("proxies", {"dv-04": "dv-01"})),
    ("open", change("method", "secret")),
    (
        "open",
        change("ruling", {"reading": "tie-clause-for", "by": "dv-01", "at": "2026-11-22T01:00:00Z", "reason": ""}),
    ),
    ("open", change("electorate.0.role", "guest")),
    ("open", change("electorate", lambda people: [*people, people[0]])),
    ("secret", change("list.0.choice", lambda c: "against" if c != "against" else "for")),
    ("secret", change("list", lambda votes: votes[:-1])),
    ("secret", change("list", lambda votes: [*votes, {"tracker": "AAAAAAAA", "choice": "for"}])),
    ("secret", change("list.0.tracker", "abc")),
    ("secret", change("took_part", lambda who: who[:-1])),
    ("secret", change("took_part.0", "dv-05")),
    ("secret", change("votes", {"dv-01": "for"})),
    ("hands", change("tally.against", more)),
    ("hands", change("hands", None)),
    ("slip", change("tally.not_cast", more)),
    ("slip", change("assumed", 2)),
    ("slip", change("silence_agrees", True)),
    ("silent slip", change("assumed", 0)),
    ("silent slip", change("silence_agrees", False)),
    ("council", change("rule.needed", 3)),
    ("council", change("verdict.outcome", "lost")),
    ("votes cast", change("rule.needed", 1)),
    ("votes cast", change("verdict.outcome", "lost")),
    ("shares", change("weights.dv-01", 60)),
    ("shares", change("proxies", {})),
    ("shares", change("proxies", {"dv-03": "dv-01"})),
    ("shares", change("rule.needed", 50)),
    ("shares", change("verdict.outcome", "carried")),
    ("tie", change("verdict.outcome", "carried")),
    ("tie", change("verdict.readings", [])),
    ("tie", change("verdict.readings", lambda r: r[:1])),
    ("tie", change("ruling", {"reading": "coin", "by": "dv-01", "at": "2026-11-22T01:00:00Z", "reason": ""})),
    ("tie", change("ruling", {"reading": "tie-clause-for", "by": "dv-01", "at": "2026-11-22T01:00:00Z", "reason": ""})),
    ("override", change("override", "")),
    ("override", change("present", lambda p: p[:-1])),
    ("open", change("verdict.readings", [READING])),
    ("open", change("list", [{"tracker": "AAAAAAAA", "choice": "for"}])),
    ("open", change("took_part", ["dv-01"])),
    ("open", change("hands", {"by": "secretary", "witness": "dv-06"})),
    ("open", change("entered.0.witness", 5)),
    ("open", change("votes.dv-99", "for")),
    ("open", change("tally.for", True)),
    ("open", change("tally.for", 3.0)),
    ("open", change("head.seq", "7")),
    ("open", change("silence_agrees", 0)),
    ("open", change("electorate.0.weight", "1")),
    ("open", change("electorate.0.seat", 5)),
    ("open", change("verdict.sentence", {"vi": "Được thông qua."})),
    ("secret", change("list", lambda votes: [*votes[:-1], votes[0]])),
    ("secret", change("took_part", lambda who: [*who[:-1], who[0]])),
    ("secret", change("entered", [{"delegate": "dv-01", "by": "x", "witness": "dv-02", "reason": "y"}])),
    ("secret", change("assumed", 1)),
    ("secret", change("tally", {"for": 1, "against": 2, "abstain": 1, "not_cast": 0, "absent": 1})),
    ("hands", change("tally", {"for": 6, "against": -1, "abstain": 0, "not_cast": 0, "absent": 0})),
    ("hands", change("tally", {"for": 7, "against": 0, "abstain": 0, "not_cast": -2, "absent": 0})),
    ("hands", change("votes", {"dv-01": "for"})),
    ("slip", change("present", lambda p: p[:-1])),
    ("slip", change("votes", {"dv-01": "for"})),
    ("slip", change("tally", {"for": 3, "against": 1, "abstain": 0, "not_cast": 1, "absent": 0})),
    ("slip", change("override", "không cần")),
    ("council", change("rule.majority", "ordinary")),
    ("council", change("rule.preset", "ubnd")),
    ("votes cast", change("votes.dv-02", "against")),
    ("votes cast", change("rule.preset", "ubnd")),
    ("shares", change("weights", {})),
    ("shares", change("weights.dv-03", 0)),
    ("shares", change("votes.dv-03", "for")),
    ("shares", change("present", lambda p: p[:-1])),
    ("shares", change("electorate.0.weight", 41)),
    ("shares", change("method", "hands")),
    ("shares", change("rule.majority", "special")),
    ("tie", change("verdict.readings.0.id", "coin")),
    ("tie", change("verdict.readings.0.outcome", "lost")),
    ("tie", change("verdict.readings", lambda r: r[::-1])),
    ("tie", change("chair", "")),
    ("tie", change("chair", "dv-02")),
    ("ruled", change("ruling", None)),
    ("ruled", change("ruling.reading", "majority-clause")),
    ("ruled", change("ruling.reading", "tie-clause-against")),
    ("ruled", change("verdict.outcome", "lost")),
    ("ruled", change("verdict.outcome", "tied")),
    ("ruled", change("verdict.readings", [])),
]

LEFT_TO_THE_FIRST = [
    ("open", change("verdict.sentence.vi", "Không được thông qua: 0/5 tán thành.")),
    ("open", change("verdict.sentence.en", lambda text: text.replace("3 of 5", "4 of 5"))),
    ("tie", change("verdict.readings.0.sentence.vi", "Được thông qua.")),
    ("silent slip", change("verdict.sentence.en", lambda text: text.replace("4 of 5", "1 of 5"))),
    ("open", change("present", lambda p: p[::-1])),
    ("secret", change("took_part", lambda p: p[::-1])),
    ("open", change("ballot", "m-2026-11.noi-dung-1.2")),
    ("open", change("ballot", "m-2026-11.noi-dung-1.01")),
    ("open", change("ballot", "phieu-1")),
    ("open", change("item", "noi-dung-2")),
    ("open", change("replaces", "m-2026-11.noi-dung-1.0")),
    ("open", change("deadline", "2026-11-22T01:00:00.000Z")),
    ("open", change("opinions", {"dv-01": "Nhất trí."})),
    ("hands", change("reason", "")),
    ("slip", change("ballot", "m-2026-11.noi-dung-1.1")),
    ("slip", change("meeting", "m-2026-11")),
    ("slip", change("deadline", "")),
    ("slip", change("reason", "vì")),
    ("slip", change("opinions", {"dv-05": "Chưa trả lời mà có ý kiến."})),
    ("slip", change("opinions", {"dv-01": ""})),
    ("slip", change("entered", [{"delegate": "dv-01", "by": "x", "witness": "dv-02", "reason": "y"}])),
    ("open", change("entered.0.reason", "")),
    ("ruled", change("ruling.by", "")),
    ("open", change("site", "")),
]
"""Faults of form and wording: docs/record-format.md says that the second verifier does not look for them."""


@pytest.mark.parametrize(("name", "alter"), ALTERED, ids=lambda one: one if isinstance(one, str) else "")
def test_whatever_is_altered_both_find_it(name: str, alter: Callable[[dict[str, Any]], None]):
    stated = statement(name)
    before = copy.deepcopy(stated)
    alter(stated)
    assert record.canonical(stated) != record.canonical(before)
    assert both(sealed(stated)) == (1, 1)


@pytest.mark.parametrize(("name", "alter"), LEFT_TO_THE_FIRST, ids=lambda one: one if isinstance(one, str) else "")
def test_form_and_wording_are_found_by_the_first_alone(name: str, alter: Callable[[dict[str, Any]], None]):
    stated = statement(name)
    alter(stated)
    assert both(sealed(stated)) == (1, 0)


@pytest.mark.parametrize("field", ["vi", "en"])
def test_a_later_version_may_word_articles_and_the_end_of_a_sentence_otherwise(field: str):
    """Records are to be checked years later: their numbers and outcomes, not the words of that day's software."""
    stated = statement("ruled")
    stated["rule"] |= {"quorum_article": "Luật mới, Điều 1", "needed_article": "Luật mới, Điều 2"}
    for told in (stated["verdict"], *stated["verdict"]["readings"]):
        told["sentence"][field] = told["sentence"][field].split("(")[0] + "(Luật mới, Điều 2)."
    assert both(sealed(stated)) == (0, 0)
    entries = polls.held(POLLS["ruled"])[:-1]
    assert both(assembly.batch_file(assembly.signed(entries, sealed(stated), POLLS["ruled"].id))) == (0, 0)


@pytest.mark.parametrize("name", POLLS)
def test_no_field_may_be_missing_and_none_added(name: str):
    for field in statement(name):
        stated = statement(name)
        del stated[field]
        assert both(sealed(stated)) == (1, 1), field
    assert both(sealed(statement(name) | {"extra": 1})) == (1, 1)


@pytest.mark.parametrize(("reading", "outcome"), [("tie-clause-for", "carried"), ("majority-clause", "lost")])
def test_a_ruling_that_the_chair_may_make_is_intact_in_a_run(reading: str, outcome: str):
    entries = polls.held(Poll(members=5, present=5, votes={1: FOR, 2: AGAINST, 3: ABSTAIN}, reading=reading))
    assert both(assembly.batch_file(entries)) == (0, 0)
    first, last = polls.statements(entries)
    assert (first["verdict"]["outcome"], first["ruling"]) == ("tied", None)
    assert (last["verdict"]["outcome"], last["ruling"]["reading"]) == (outcome, reading)
    assert last["verdict"]["readings"] == first["verdict"]["readings"]


LIES: list[tuple[Poll, dict[str, Any]]] = [
    (Poll(members=7, present=5, votes=SIDES), {"electorate.6": "electorate.5"}),
    (Poll(members=6, present=5, votes=SIDES), {"weights": {f"dv-{n:02}": 1 for n in range(1, 7)}}),
    (Poll(members=6, present=5, votes={1: FOR}), {"proxies": {"dv-03": "dv-02"}}),
    (
        Poll(Voting.SLIP, members=5, votes=SIDES),
        {"present": ["dv-01", "dv-02", "dv-03", "dv-04"], "tally.not_cast": 0, "tally.absent": 1},
    ),
    (
        Poll(Voting.HANDS, members=5, present=5, hands=(0, 0, 0)),
        {"hands": None},
    ),
    (
        Poll(preset="board", members=4, present=2, weights=(40, 30, 20, 10), proxies={3: 1}, votes={1: FOR}),
        {"proxies": {"dv-03": "dv-01", "dv-04": "dv-01"}},
    ),
    (
        Poll(preset="board", members=3, present=3, weights=(40, 30, 30)),
        {"proxies": {"dv-03": "dv-02", "dv-02": "dv-01"}},
    ),
    (
        Poll(preset="board", members=3, present=3, weights=(40, 30, 30)),
        {"proxies": {"dv-03": "dv-04"}},
    ),
]
"""Statements in which everything else agrees: one check alone finds each of them."""


@pytest.mark.parametrize(("poll", "changes"), LIES)
def test_a_lie_that_agrees_with_all_the_rest_is_found_by_both(poll: Poll, changes: dict[str, Any]):
    (stated,) = polls.statements(polls.held(poll))
    assert both(sealed(stated)) == (0, 0)
    for path, value in changes.items():
        change(path, stated["electorate"][5] if value == "electorate.5" else value)(stated)
    assert both(sealed(stated)) == (1, 1)


def test_nothing_in_a_secret_result_ties_a_name_to_a_choice():
    """Whoever turns two electors' choices round has the same statement, but for the trackers drawn for them."""
    poll = POLLS["secret"]
    turned = dataclasses.replace(poll, votes={**poll.votes, 1: poll.votes[3], 3: poll.votes[1]})
    one, other = (polls.statements(polls.held(each))[-1] for each in (poll, turned))
    for stated in (one, other):
        assert stated["votes"] == {}
        assert stated["entered"] == []
        stated["head"] = {}
        stated["list"] = sorted(vote["choice"] for vote in stated["list"])
    assert one == other


@pytest.mark.parametrize(
    ("name", "alter", "step"),
    [
        ("open", change("tally.for", -1), 6),
        ("open", change("votes.dv-03", "for"), 7),
        ("secret", change("took_part", lambda who: who[:-1]), 7),
        ("shares", change("weights.dv-01", 60), 7),
        ("open", change("rule.needed", 1), 8),
        ("ruled", change("ruling.reading", "coin"), 8),
    ],
)
def test_the_first_names_the_step_that_fails(name: str, alter: Callable[[dict[str, Any]], None], step: int):
    stated = statement(name)
    alter(stated)
    report = verification.check_result(sealed(stated), [assembly.FINGERPRINT])
    assert (report.steps[-1].number, report.steps[-1].ok) == (step, False)
    assert report.steps[-1].detail
