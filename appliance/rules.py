"""Quorum, threshold and tie-break: presets with the article quoted.

A preset is data with its citation inside; nothing here is a default that a reader would have to trust. Every citation
carries whether its text was read or is to be confirmed by a lawyer before anyone relies on it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import ConfigurationError
from appliance.events import Choice


@dataclass(frozen=True)
class Citation:
    """Where a rule stands. `read` is False where the text is known only at second hand and must be confirmed."""

    article: str
    read: bool

    def __str__(self) -> str:
        return self.article if self.read else f"{self.article} (to be confirmed)"


@dataclass(frozen=True)
class Tally:
    """Counts of a closed ballot; they add up to the electorate, with `absent` those not on the roll at the opening."""

    for_: int
    against: int
    abstain: int
    not_cast: int
    absent: int

    @property
    def electorate(self) -> int:
        """N: all members, present or not."""
        return self.for_ + self.against + self.abstain + self.not_cast + self.absent


class Outcome(enum.StrEnum):
    """What the rule makes of a tally. `TIED` is not decided by the machine: both readings go to the chair."""

    CARRIED = "carried"
    LOST = "lost"
    TIED = "tied"


@dataclass(frozen=True)
class Verdict:
    """The outcome, one sentence in each language with the numbers and the article, and the readings of a tie."""

    outcome: Outcome
    sentence: dict[str, str]
    readings: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One body's way of deciding. `quorum` and `needed` are functions of N, the number of all members."""

    preset: str
    body: dict[str, str]
    quorum: Callable[[int], int]
    needed: Callable[[int], int]
    quorum_citation: Citation
    needed_citation: Citation
    tie_citation: Citation
    wording: dict[str, dict[Choice, str]]
    majority: dict[str, str]
    """`needed` in a few words for each language, as a screen shows it beside the number."""


def _two_thirds_rounded_up(members: int) -> int:
    return (2 * members + 2) // 3


def _more_than_half(members: int) -> int:
    return members // 2 + 1


UBND = Rule(
    preset="ubnd",
    body={"vi": "Ủy ban nhân dân", "en": "People's Committee"},
    quorum=_two_thirds_rounded_up,
    needed=_more_than_half,
    quorum_citation=Citation("Luật 77/2015/QH13, Điều 114", read=True),
    needed_citation=Citation("Luật 77/2015/QH13, Điều 117 khoản 3", read=False),
    tie_citation=Citation("Luật 77/2015/QH13, Điều 117 khoản 3", read=False),
    wording={
        "vi": {Choice.FOR: "Tán thành", Choice.AGAINST: "Không tán thành", Choice.ABSTAIN: "Không biểu quyết"},
        "en": {Choice.FOR: "For", Choice.AGAINST: "Against", Choice.ABSTAIN: "Abstain"},
    },
    majority={"vi": "quá nửa tổng số thành viên", "en": "more than half of all members"},
)

PRESETS: dict[str, Rule] = {UBND.preset: UBND}


def preset(name: str) -> Rule:
    """The rule of that name; raises `ConfigurationError` naming those that exist."""
    try:
        return PRESETS[name]
    except KeyError:
        known = ", ".join(sorted(PRESETS))
        raise ConfigurationError("rules", [f"preset {name!r} does not exist; known: {known}"]) from None


def verdict(rule: Rule, tally: Tally, chair: Choice | None) -> Verdict:
    """Apply the rule to a closed ballot; `chair` is the chair's own vote where there is one.

    Carried: for ≥ needed(N). A tie is for = against with at least one vote each. When every member voted for or
    against, the chair's side decides. When some abstained, did not press or were absent, the article can be read both
    ways (tie clause, or "more than half of all" failed): the outcome is TIED and both readings are returned, unless
    the two readings agree.
    """
    needed = rule.needed(tally.electorate)
    if tally.for_ >= needed:
        return Verdict(Outcome.CARRIED, _sentence(rule, tally, Outcome.CARRIED))
    if tally.for_ != tally.against or tally.for_ == 0:
        return Verdict(Outcome.LOST, _sentence(rule, tally, Outcome.LOST))
    by_chair = {Choice.FOR: Outcome.CARRIED, Choice.AGAINST: Outcome.LOST}.get(chair) if chair else None
    if by_chair is None:
        return Verdict(Outcome.TIED, _sentence(rule, tally, Outcome.TIED), (Outcome.CARRIED, Outcome.LOST))
    everyone_took_a_side = tally.for_ + tally.against == tally.electorate
    if everyone_took_a_side or by_chair is Outcome.LOST:
        return Verdict(by_chair, _sentence(rule, tally, by_chair, tie=True))
    return Verdict(Outcome.TIED, _sentence(rule, tally, Outcome.TIED), (by_chair, Outcome.LOST))


_HEAD = {
    "vi": {Outcome.CARRIED: "Được thông qua", Outcome.LOST: "Không được thông qua", Outcome.TIED: "Chưa quyết định"},
    "en": {Outcome.CARRIED: "Carried", Outcome.LOST: "Lost", Outcome.TIED: "Not decided"},
}


def _sentence(rule: Rule, tally: Tally, outcome: Outcome, *, tie: bool = False) -> dict[str, str]:
    n, needed = tally.electorate, rule.needed(tally.electorate)
    vi = (
        f"{_HEAD['vi'][outcome]}: {tally.for_}/{n} tán thành, cần {needed} ({rule.majority['vi']}, "
        f"{rule.needed_citation.article})"
    )
    en = (
        f"{_HEAD['en'][outcome]}: {tally.for_} of {n} for, {needed} needed ({rule.majority['en']}, "
        f"{rule.needed_citation.article})"
    )
    if tie:
        vi += f"; số phiếu ngang nhau, theo ý kiến của Chủ tịch ({rule.tie_citation.article})"
        en += f"; a tie, decided by the Chairman's side ({rule.tie_citation.article})"
    if outcome is Outcome.TIED:
        vi += "; số phiếu ngang nhau, chủ tọa phải xác định cách áp dụng"
        en += "; a tie that can be read in two ways: the chair states which applies"
    return {"vi": vi + ".", "en": en + "."}
