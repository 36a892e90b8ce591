"""How four kinds of bodies decide: data, each number with the article behind it and whether its text was read.

Where `Citation.read` is False the rule is known at second hand: a lawyer confirms it before anybody relies on it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.values import Choice


class Base(enum.StrEnum):
    """Of what a share is taken."""

    ALL = "all"  # all members, present or not
    PRESENT = "present"  # those present when the ballot opened
    CAST = "cast"  # votes for and against; abstentions are none


@dataclass(frozen=True)
class Share:
    """A part of a whole: at least `numerator`/`denominator` of it, or (`strict`) more than that."""

    numerator: int
    denominator: int
    strict: bool
    base: Base

    def of(self, whole: int) -> int:
        """The smallest whole number that reaches it: ⌊n·w/d⌋ + 1 where strict, else ⌈n·w/d⌉."""
        part = self.numerator * whole
        return part // self.denominator + 1 if self.strict else -(-part // self.denominator)


@dataclass(frozen=True)
class Citation:
    """Where a rule stands. `read` is False where the text is known only at second hand and must be confirmed."""

    article: str
    read: bool

    def __str__(self) -> str:
        return self.article if self.read else f"{self.article} (to be confirmed)"


@dataclass(frozen=True)
class Majority:
    """How many must be for. `words` says it in each language as a screen shows it beside the number."""

    name: str
    share: Share
    words: Mapping[str, str]
    citation: Citation

    def of(self, whole: int) -> int:
        """How many of a whole must be for; of nothing it is one: nobody carries a question for which nobody voted."""
        return max(1, self.share.of(whole))


@dataclass(frozen=True)
class Rule:
    """One body's way of deciding. `majorities` always has "ordinary"; `tie_citation` None: a tie is lost.

    `weighted`: votes count with the delegates' weights, and one may vote for another by proxy.
    """

    preset: str
    body: Mapping[str, str]
    quorum: Share
    quorum_citation: Citation
    majorities: Mapping[str, Majority]
    tie_citation: Citation | None
    wording: Mapping[str, Mapping[Choice, str]]
    weighted: bool = False

    def quorum_of(self, total: int) -> int:
        """How many of all must be present; weights where the rule has weights."""
        return self.quorum.of(total)

    def needed(self, majority: str, total: int, present: int) -> int | None:
        """How many must be for; None where that depends on the votes cast. `majority` is one of the rule's own."""
        wanted = self.majorities[majority]
        return {Base.ALL: wanted.of(total), Base.PRESENT: wanted.of(present), Base.CAST: None}[wanted.share.base]


def _named(*majorities: Majority) -> dict[str, Majority]:
    return {majority.name: majority for majority in majorities}


def _wording(for_: str, against: str, abstain: str) -> dict[str, dict[Choice, str]]:
    """The body's own words; in English every body's are the same."""
    return {
        "vi": {Choice.FOR: for_, Choice.AGAINST: against, Choice.ABSTAIN: abstain},
        "en": {Choice.FOR: "For", Choice.AGAINST: "Against", Choice.ABSTAIN: "Abstain"},
    }


UBND = Rule(
    preset="ubnd",
    body={"vi": "Ủy ban nhân dân", "en": "People's Committee"},
    quorum=Share(2, 3, strict=False, base=Base.ALL),
    quorum_citation=Citation("Luật 77/2015/QH13, Điều 114", read=True),
    majorities=_named(
        Majority(
            "ordinary",
            Share(1, 2, strict=True, base=Base.ALL),
            {"vi": "quá nửa tổng số thành viên", "en": "more than half of all members"},
            Citation("Luật 77/2015/QH13, Điều 117 khoản 3", read=False),
        ),
    ),
    tie_citation=Citation("Luật 77/2015/QH13, Điều 117 khoản 3", read=False),
    wording=_wording("Tán thành", "Không tán thành", "Không biểu quyết"),
)

HDND = Rule(
    preset="hdnd",
    body={"vi": "Hội đồng nhân dân", "en": "People's Council"},
    quorum=Share(2, 3, strict=False, base=Base.ALL),
    quorum_citation=Citation("Luật 77/2015/QH13, quy định về kỳ họp Hội đồng nhân dân", read=False),
    majorities=_named(
        Majority(
            "ordinary",
            Share(1, 2, strict=True, base=Base.ALL),
            {"vi": "quá nửa tổng số đại biểu", "en": "more than half of all deputies"},
            Citation("Luật 77/2015/QH13, Điều 91 khoản 3", read=True),
        ),
        Majority(
            "two-thirds",
            Share(2, 3, strict=False, base=Base.ALL),
            {"vi": "ít nhất hai phần ba tổng số đại biểu", "en": "at least two thirds of all deputies"},
            Citation("Luật 77/2015/QH13, Điều 91 khoản 3", read=False),
        ),
    ),
    tie_citation=None,
    wording=_wording("Tán thành", "Không tán thành", "Không biểu quyết"),
)

_OWN_RULES = Citation("Quy chế làm việc của tổ chức", read=False)

SIMPLE = Rule(
    preset="simple",
    body={"vi": "Cuộc họp theo đa số phiếu", "en": "Meeting by majority of votes cast"},
    quorum=Share(1, 2, strict=True, base=Base.ALL),
    quorum_citation=_OWN_RULES,
    majorities=_named(
        Majority(
            "ordinary",
            Share(1, 2, strict=True, base=Base.CAST),
            {"vi": "quá nửa số phiếu thuận và chống", "en": "more than half of the votes for and against"},
            _OWN_RULES,
        ),
    ),
    tie_citation=None,
    wording=_wording("Đồng ý", "Không đồng ý", "Không có ý kiến"),
)

# The charter of a company may ask for other shares than the law's own.
BOARD = Rule(
    preset="board",
    body={"vi": "Hội đồng thành viên", "en": "Members' council"},
    quorum=Share(65, 100, strict=False, base=Base.ALL),
    quorum_citation=Citation("Luật 59/2020/QH14, Điều 58", read=False),
    majorities=_named(
        Majority(
            "ordinary",
            Share(65, 100, strict=False, base=Base.PRESENT),
            {"vi": "ít nhất 65% vốn góp dự họp", "en": "at least 65% of the capital present"},
            Citation("Luật 59/2020/QH14, Điều 59", read=False),
        ),
        Majority(
            "special",
            Share(75, 100, strict=False, base=Base.PRESENT),
            {"vi": "ít nhất 75% vốn góp dự họp", "en": "at least 75% of the capital present"},
            Citation("Luật 59/2020/QH14, Điều 59", read=False),
        ),
    ),
    tie_citation=None,
    wording=_wording("Tán thành", "Không tán thành", "Không có ý kiến"),
    weighted=True,
)

PRESETS: dict[str, Rule] = {rule.preset: rule for rule in (UBND, HDND, SIMPLE, BOARD)}
"""Name → rule."""
