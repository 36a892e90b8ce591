"""A second way of counting: from the plain JSON of an exported record, written from docs/record-format.md alone.

It imports nothing of the appliance and keeps no state between passes: each ballot is counted by looking once through
all entries for what concerns it.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import dropwhile
from math import ceil, floor
from typing import Any

Fact = tuple[str, dict[str, Any]]
Outcome = tuple[dict[str, int], str]

MAJORITIES = {
    # preset, majority → share, "of what", "more than" or "at least"
    ("ubnd", "ordinary"): (Fraction(1, 2), "all", "more"),
    ("hdnd", "ordinary"): (Fraction(1, 2), "all", "more"),
    ("hdnd", "two-thirds"): (Fraction(2, 3), "all", "least"),
    ("simple", "ordinary"): (Fraction(1, 2), "cast", "more"),
    ("board", "ordinary"): (Fraction(65, 100), "present", "least"),
    ("board", "special"): (Fraction(75, 100), "present", "least"),
}

COUNTED_AT = {"open": "BallotClosed", "hands": "HandsCounted", "secret": "SecretBallotCounted"}
"""Method → the fact after which a ballot has a result, unless it was annulled before."""


def results(export: bytes) -> dict[str, Outcome]:
    """Counts and outcome of every ballot and slip that has them."""
    facts = [(entry["kind"], json.loads(entry["body"])) for entry in json.loads(export)["events"]]
    ballots = {fact["ballot"]: fact for kind, fact in reversed(facts) if kind == "BallotOpened"}
    found = {name: _ballot(opened, _about(facts, "ballot", name)) for name, opened in ballots.items()}
    for kind, fact in facts:
        if kind == "SlipSent":
            found[fact["slip"]] = _slip(
                fact, _about(facts, "slip", fact["slip"]) + _about(facts, "ballot", fact["slip"])
            )
    return {name: outcome for name, outcome in found.items() if outcome is not None}


def _about(facts: list[Fact], field: str, name: str) -> list[Fact]:
    return [(kind, fact) for kind, fact in facts if fact.get(field) == name]


def _ballot(opened: dict[str, Any], facts: list[Fact]) -> Outcome | None:
    facts = list(dropwhile(lambda fact: fact[0] != "BallotOpened", facts))
    method = opened["method"]
    ends = [(kind, fact) for kind, fact in facts if kind in (COUNTED_AT[method], "BallotAnnulled")]
    if not ends or ends[0][0] == "BallotAnnulled":
        return None
    _, counted = ends[0]
    votes: dict[str, str] = {}
    if method == "hands":
        sides = [counted["votes_for"], counted["votes_against"], counted["abstentions"]]
    elif method == "secret":
        sides = _sides([vote["choice"] for vote in counted["votes"]])
    else:
        votes = _last_votes(opened, facts)
        sides = _weighed(opened, votes)
    weight = {who: opened["weights"].get(who, 1) for who in opened["electorate"]}
    present, everybody = sum(weight[who] for who in opened["present"]), sum(weight.values())
    counts = _counts(sides, present - sum(sides), everybody - present)
    return counts, _outcome(opened, counts, votes.get(opened["chair"]), facts)


def _last_votes(opened: dict[str, Any], facts: list[Fact]) -> dict[str, str]:
    """What each of those present pressed last while votes counted."""
    votes: dict[str, str] = {}
    resting = False
    for kind, fact in facts:
        if kind == "BallotClosed":
            break
        if kind in ("BallotHeld", "BallotResumed"):
            resting = kind == "BallotHeld"
        elif kind in ("VoteCast", "VoteEntered") and not resting and fact["delegate"] in opened["present"]:
            votes[fact["delegate"]] = fact["choice"]
    return votes


def _weighed(opened: dict[str, Any], votes: dict[str, str]) -> list[int]:
    sides = [0, 0, 0]
    for who in opened["present"]:
        choice = votes.get(opened["proxies"].get(who, who))
        if choice is not None:
            sides[("for", "against", "abstain").index(choice)] += opened["weights"].get(who, 1)
    return sides


def _sides(choices: list[str]) -> list[int]:
    return [choices.count("for"), choices.count("against"), choices.count("abstain")]


def _counts(sides: list[int], not_cast: int, absent: int) -> dict[str, int]:
    return dict(zip(("for", "against", "abstain", "not_cast", "absent"), (*sides, not_cast, absent), strict=True))


def _slip(sent: dict[str, Any], facts: list[Fact]) -> Outcome | None:
    answers: dict[str, str] = {}
    for kind, fact in facts:
        if kind == "SlipAnswered":
            answers[fact["delegate"]] = fact["choice"]
        elif kind == "SlipClosed":
            break
    else:
        return None
    sides = _sides(list(answers.values()))
    silent = len(sent["members"]) - len(answers)
    counts = _counts(sides, silent, 0)
    assumed = silent if sent["silence_agrees"] else 0
    with_silence = counts | {"for": counts["for"] + assumed, "not_cast": silent - assumed}
    return counts, _outcome(sent, with_silence, answers.get(sent["chair"]), facts)


def _outcome(rule: dict[str, Any], n: dict[str, int], chair: str | None, facts: list[Fact]) -> str:
    by_rule = by_the_rule(rule["preset"], rule["majority"], n, chair)
    stated = [fact["reading"] for kind, fact in facts if kind == "TieDecided"]
    if by_rule == "tied" and stated:
        return "carried" if stated[0] == "tie-clause-for" else "lost"
    return by_rule


def by_the_rule(preset: str, majority: str, n: dict[str, int], chair: str | None) -> str:
    """What a rule makes of counts before the chair states anything; `chair` is None where nobody knows that side."""
    share, of_what, kind = MAJORITIES[preset, majority]
    cast, everybody = n["for"] + n["against"], sum(n.values())
    whole = {"all": everybody, "present": everybody - n["absent"], "cast": cast}[of_what]
    needed = floor(share * whole) + 1 if kind == "more" else ceil(share * whole)
    if n["for"] >= max(1, needed):
        return "carried"
    if preset != "ubnd" or n["for"] != n["against"] or n["for"] == 0:
        return "lost"
    if chair == "against":
        return "lost"
    if chair == "for" and cast == everybody:
        return "carried"
    return "tied"
