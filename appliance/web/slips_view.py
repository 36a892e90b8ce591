"""What the pages show of opinion slips: values made from the fold. No I/O.

While a slip is open no answer is in any of these values but the reader's own: pages cannot leak what they never had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from appliance import rules, slips
from appliance.attendance import moment
from appliance.minutes import Minutes
from appliance.rules import Outcome
from appliance.slips import Answer, Slip, Slips
from appliance.values import Choice, Delegate, Document
from appliance.web import view
from appliance.web.view import ReadingView, readings


@dataclass(frozen=True)
class Question:
    """What everybody may read of a slip. `deadline` is the one in force; `extended` the reason of the last extension.

    `overdue`: its deadline has come and it is not closed yet. `confirmed`: whether the article's text was read.
    """

    id: str
    title: str
    question: str
    body: str
    documents: tuple[Document, ...]
    electorate: int
    needed: int | None
    majority: Mapping[str, str]
    article: str
    confirmed: bool
    wording: Mapping[str, Mapping[Choice, str]]
    silence_agrees: bool
    sent_at: str
    deadline: str
    extended: str
    is_open: bool
    overdue: bool
    closed_at: str | None


@dataclass(frozen=True)
class Opinion:
    """One member's answer, by name, after the close."""

    name: str
    answer: Answer


@dataclass(frozen=True)
class SlipResult:
    """A closed slip in its five states. `silent` gave no answer, `assumed` neither, and count as agreeing."""

    for_: int
    against: int
    abstain: int
    silent: int
    assumed: int
    outcome: Outcome
    sentence: Mapping[str, str]
    readings: tuple[ReadingView, ...]
    undecided: bool
    ruling: str
    opinions: tuple[Opinion, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Announced:
    """A closed slip as the hall reads it: in counts, nobody by name."""

    asked: Question
    result: SlipResult


@dataclass(frozen=True)
class Extension:
    """A deadline that was moved: from, to, why."""

    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class SlipView:
    """One slip on the secretary's page: who has answered, after the close also what."""

    asked: Question
    answered: tuple[Delegate, ...]
    unanswered: tuple[Delegate, ...]
    reminders: tuple[tuple[str, tuple[str, ...]], ...]
    extensions: tuple[Extension, ...]
    by_deadline: bool
    result: SlipResult | None
    announced: tuple[tuple[str, str], ...]
    to_announce: bool


@dataclass(frozen=True)
class SlipsView:
    """The secretary's page. `meeting`: the title of the one in progress, `chair`: who presides it, else empty."""

    meeting: str
    chair: str
    open: tuple[SlipView, ...]
    closed: tuple[SlipView, ...]
    announced: tuple[SlipView, ...]


@dataclass(frozen=True)
class MySlip:
    """One slip as a member asked sees it. `reminded`: when last; `result` only once it was announced."""

    asked: Question
    mine: Answer | None
    reminded: str | None
    result: SlipResult | None


@dataclass(frozen=True)
class MySlips:
    """A delegate's page of slips: `me` by name, those to answer, those answered or over."""

    me: str
    waiting: tuple[MySlip, ...]
    others: tuple[MySlip, ...]


def question(slip: Slip, at: str) -> Question:
    """The public part of a slip; `at` is now, UTC."""
    sent, rule = slip.sent, rules.preset(slip.sent.preset)
    majority = rule.majorities[sent.majority]
    return Question(
        id=slip.id,
        title=sent.title,
        question=sent.question,
        body=sent.body,
        documents=sent.documents,
        electorate=len(sent.members),
        needed=sent.needed,
        majority=majority.words,
        article=majority.citation.article,
        confirmed=majority.citation.read,
        wording=rule.wording,
        silence_agrees=sent.silence_agrees,
        sent_at=slip.sent_at,
        deadline=slip.deadline,
        extended=slip.extensions[-1].reason if slip.extensions else "",
        is_open=slip.is_open,
        overdue=slips.is_due(slip, at),
        closed_at=slip.closed_at,
    )


def result(slip: Slip) -> SlipResult | None:
    """The result; None while it is open."""
    if slip.is_open:
        return None
    counts, found, tie = slips.tally(slip), slips.verdict(slip), slip.tie
    names = {d.id: d.name for d in slip.sent.members}
    return SlipResult(
        for_=counts.for_,
        against=counts.against,
        abstain=counts.abstain,
        silent=counts.not_cast - slip.assumed,
        assumed=slip.assumed,
        outcome=found.outcome,
        sentence=found.sentence,
        readings=readings(found, tie.reading if tie else ""),
        undecided=tie is None and bool(found.readings),
        ruling=tie.reason if tie else "",
        opinions=tuple(Opinion(names[d], slip.answers[d]) for d in slip.members if d in slip.answers),
        unanswered=tuple(names[d] for d in slip.unanswered),
    )


def announced(slip: Slip) -> Announced | None:
    """A closed slip for the hall; None while it is open."""
    known = result(slip)
    if known is None or slip.closed_at is None:
        return None
    return Announced(question(slip, slip.closed_at), replace(known, opinions=(), unanswered=()))


def secretary(known: Slips, minutes: Minutes | None, at: str) -> SlipsView:
    """The secretary's page: open ones by their deadline, the others the latest first."""
    meeting = minutes if minutes is not None and minutes.ended_at is None else None
    views = [_slip(slip, minutes, meeting, at) for slip in known.values()]
    over = sorted((v for v in views if not v.asked.is_open), key=lambda v: v.asked.closed_at or "", reverse=True)
    return SlipsView(
        meeting=meeting.convened.title if meeting is not None else "",
        chair=view.name_of(meeting, meeting.chair) if meeting is not None and meeting.chair else "",
        open=tuple(sorted((v for v in views if v.asked.is_open), key=lambda v: moment(v.asked.deadline))),
        closed=tuple(v for v in over if not v.announced),
        announced=tuple(v for v in over if v.announced),
    )


def _slip(slip: Slip, minutes: Minutes | None, meeting: Minutes | None, at: str) -> SlipView:
    names = {d.id: d.name for d in slip.sent.members}
    titles = {minutes.id: minutes.convened.title} if minutes is not None else {}
    return SlipView(
        asked=question(slip, at),
        answered=_people(slip, slip.answers),
        unanswered=_people(slip, slip.unanswered),
        reminders=tuple((when, tuple(names[d] for d in whom)) for when, whom in slip.reminders),
        extensions=_extensions(slip),
        by_deadline=slip.closed_by == slips.BY_DEADLINE,
        result=result(slip),
        announced=tuple((titles.get(name, name), when) for name, when in slip.announced.items()),
        to_announce=not slip.is_open and meeting is not None and meeting.id not in slip.announced,
    )


def _people(slip: Slip, ids: Iterable[str]) -> tuple[Delegate, ...]:
    """In the order of the roster: an order of answering would be told by nothing else here."""
    wanted = set(ids)
    return tuple(d for d in slip.sent.members if d.id in wanted)


def _extensions(slip: Slip) -> tuple[Extension, ...]:
    deadlines = [slip.sent.deadline, *(e.deadline for e in slip.extensions)]
    return tuple(Extension(b, e.deadline, e.reason) for b, e in zip(deadlines, slip.extensions, strict=False))


def delegate(known: Slips, minutes: Minutes | None, name: str, at: str) -> MySlips:
    """The page of the delegate called `name` (an id): only slips that ask them.

    An id that was somebody else's before shows nothing of theirs.
    """
    named = [(slip.sent_at, slip, d) for slip in known.values() for d in slip.sent.members if d.id == name]
    holders = [(when, d.name) for when, _, d in named]
    if minutes is not None and name in minutes.roll.roster:
        holders.append((minutes.convened_at, minutes.roll.roster[name].name))
    me = max(holders, default=("", ""))[1]
    mine = [_mine(slip, name, at) for _, slip, d in named if d.name == me]
    waiting = [m for m in mine if m.asked.is_open and m.mine is None]
    return MySlips(
        me=me,
        waiting=tuple(sorted(waiting, key=lambda m: moment(m.asked.deadline))),
        others=tuple(m for m in reversed(mine) if m not in waiting),
    )


def _mine(slip: Slip, name: str, at: str) -> MySlip:
    return MySlip(
        asked=question(slip, at),
        mine=slip.answers.get(name),
        reminded=max((when for when, whom in slip.reminders if name in whom), default=None),
        result=result(slip) if slip.announced else None,
    )


def asked_beside(known: Slips, delegates: Iterable[Delegate]) -> tuple[Delegate, ...]:
    """Whom open slips ask and who is none of `delegates`: they sign in, too."""
    there = {d.id for d in delegates}
    return tuple(d for d in slips.holders(known).values() if d.id not in there)
