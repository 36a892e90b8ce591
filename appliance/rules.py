"""Quorum, threshold and tie-break: what a rule makes of a tally. The rules themselves are data, see `presets`."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from appliance.errors import ConfigurationError
from appliance.presets import PRESETS, Base, Citation, Majority, Rule, Share
from appliance.values import Choice

__all__ = [
    "PRESETS",
    "Base",
    "Citation",
    "Majority",
    "Outcome",
    "Reading",
    "Rule",
    "Share",
    "Tally",
    "Verdict",
    "majority",
    "preset",
    "ruled",
    "verdict",
]


@dataclass(frozen=True)
class Tally:
    """Counts of a closed ballot; they add up to the electorate, with `absent` those not on the roll at the opening.

    Under a rule with weights each count is a sum of weights.
    """

    for_: int
    against: int
    abstain: int
    not_cast: int
    absent: int

    @property
    def electorate(self) -> int:
        """N: all members, present or not."""
        return self.present + self.absent

    @property
    def present(self) -> int:
        """Those who could vote."""
        return self.for_ + self.against + self.abstain + self.not_cast

    @property
    def cast(self) -> int:
        """Votes for and against."""
        return self.for_ + self.against


class Outcome(enum.StrEnum):
    """What the rule makes of a tally. `TIED` is not decided by the machine: the readings go to the chair."""

    CARRIED = "carried"
    LOST = "lost"
    TIED = "tied"


@dataclass(frozen=True)
class Reading:
    """One way in which the rule can be read for a tie, with its sentence in each language."""

    id: str
    outcome: Outcome
    sentence: dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """The outcome, one sentence in each language with the numbers and the article, and the readings of a tie."""

    outcome: Outcome
    sentence: dict[str, str]
    readings: tuple[Reading, ...] = ()


def preset(name: str) -> Rule:
    """The rule of that name; raises `ConfigurationError` naming those that exist."""
    try:
        return PRESETS[name]
    except KeyError:
        known = ", ".join(sorted(PRESETS))
        raise ConfigurationError("rules", [f"preset {name!r} does not exist; known: {known}"]) from None


def majority(rule: Rule, name: str) -> Majority:
    """A rule's majority of that name; raises `ConfigurationError` naming those that it has."""
    try:
        return rule.majorities[name]
    except KeyError:
        known = ", ".join(rule.majorities)
        problem = f"the rule {rule.preset!r} has no majority {name!r}; known: {known}"
        raise ConfigurationError("rules", [problem]) from None


# Deciding ------------------------------------------------------------------------------------------------------------


def verdict(rule: Rule, majority: str, tally: Tally, chair: Choice | None) -> Verdict:
    """Apply the rule to a closed ballot. `chair` is the chair's own vote; None where there is none, or nobody knows it.

    Carried: for ≥ needed. Otherwise lost, unless the rule has a tie clause and for = against ≥ 1. Where everybody took
    a side and the chair's is known, it decides. Where somebody did not, the article can be read both ways (tie clause,
    or the majority failed); where the chair's side is not known (a secret ballot, a show of hands, no side taken),
    nobody but the chair can state it: TIED, with all readings, unless they agree.
    """
    if tally.for_ >= _needed(rule, majority, tally):
        return Verdict(Outcome.CARRIED, _sentence(rule, majority, tally, Outcome.CARRIED))
    if rule.tie_citation is None or tally.for_ != tally.against or tally.for_ == 0:
        return Verdict(Outcome.LOST, _sentence(rule, majority, tally, Outcome.LOST))
    sides = {Choice.FOR: (Outcome.CARRIED,), Choice.AGAINST: (Outcome.LOST,)}
    by_chair = sides.get(chair) if chair is not None else None
    everybody_took_a_side = tally.cast == tally.electorate
    open_outcomes = set(by_chair or (Outcome.CARRIED, Outcome.LOST)) | (
        set() if everybody_took_a_side else {Outcome.LOST}
    )
    if len(open_outcomes) == 1:
        (outcome,) = open_outcomes
        return Verdict(outcome, _sentence(rule, majority, tally, outcome, _by_chair(rule)))
    readings = [_tie_reading(rule, majority, tally, outcome) for outcome in by_chair or (Outcome.CARRIED, Outcome.LOST)]
    if not everybody_took_a_side:
        readings.append(_majority_reading(rule, majority, tally))
    return Verdict(Outcome.TIED, _sentence(rule, majority, tally, Outcome.TIED, _UNDECIDED), tuple(readings))


def ruled(before: Verdict, reading: str) -> Verdict | None:
    """The verdict of a tie after the chair has stated which reading applies; None where it is no reading of it.

    The readings stay with it: minutes show all of them, and which one the chair chose.
    """
    chosen = next((one for one in before.readings if one.id == reading), None)
    if chosen is None:
        return None
    sentence = {lang: f"{text[:-1]}{_STATED[lang]}." for lang, text in chosen.sentence.items()}
    return Verdict(chosen.outcome, sentence, before.readings)


def _needed(rule: Rule, name: str, tally: Tally) -> int:
    chosen = majority(rule, name)
    return chosen.of(_whole(chosen, tally))


def _whole(chosen: Majority, tally: Tally) -> int:
    """What the majority is a share of."""
    return {Base.ALL: tally.electorate, Base.PRESENT: tally.present, Base.CAST: tally.cast}[chosen.share.base]


# Saying --------------------------------------------------------------------------------------------------------------

_HEAD = {
    "vi": {Outcome.CARRIED: "Được thông qua", Outcome.LOST: "Không được thông qua", Outcome.TIED: "Chưa quyết định"},
    "en": {Outcome.CARRIED: "Carried", Outcome.LOST: "Lost", Outcome.TIED: "Not decided"},
}
_UNDECIDED = {
    "vi": "số phiếu ngang nhau, chủ tọa phải xác định cách áp dụng",
    "en": "a tie that can be read in more than one way: the chair states which applies",
}
_STATED = {"vi": "; chủ tọa đã xác định cách áp dụng này", "en": "; the chair stated that this reading applies"}


def _sentence(
    rule: Rule, name: str, tally: Tally, outcome: Outcome, more: dict[str, str] | None = None
) -> dict[str, str]:
    chosen, needed = majority(rule, name), _needed(rule, name, tally)
    whole = _whole(chosen, tally)
    unit = {"vi": " phần vốn", "en": " by weight"} if rule.weighted else {"vi": "", "en": ""}
    said = {
        "vi": f"{_HEAD['vi'][outcome]}: {tally.for_}/{whole}{unit['vi']} tán thành, cần {needed} "
        f"({chosen.words['vi']}, {chosen.citation.article})",
        "en": f"{_HEAD['en'][outcome]}: {tally.for_} of {whole}{unit['en']} for, {needed} needed "
        f"({chosen.words['en']}, {chosen.citation.article})",
    }
    return {lang: text + (f"; {more[lang]}" if more else "") + "." for lang, text in said.items()}


def _by_chair(rule: Rule) -> dict[str, str]:
    article = rule.tie_citation.article if rule.tie_citation is not None else ""
    return {
        "vi": f"số phiếu ngang nhau, theo ý kiến của Chủ tịch ({article})",
        "en": f"a tie, decided by the Chairman's side ({article})",
    }


def _tie_reading(rule: Rule, name: str, tally: Tally, outcome: Outcome) -> Reading:
    side = "for" if outcome is Outcome.CARRIED else "against"
    return Reading(f"tie-clause-{side}", outcome, _sentence(rule, name, tally, outcome, _by_chair(rule)))


def _majority_reading(rule: Rule, name: str, tally: Tally) -> Reading:
    missed = {
        "vi": f"số phiếu ngang nhau nhưng chưa đạt {majority(rule, name).words['vi']}",
        "en": f"a tie, and not {majority(rule, name).words['en']}",
    }
    return Reading("majority-clause", Outcome.LOST, _sentence(rule, name, tally, Outcome.LOST, missed))
