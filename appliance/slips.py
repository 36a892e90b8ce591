"""Opinion slips (phiếu ghi ý kiến): a question to all members outside a session, until a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from appliance import rules
from appliance import tally as counting
from appliance.attendance import moment
from appliance.events import (
    Event,
    ResultSigned,
    SlipAnnounced,
    SlipAnswered,
    SlipClosed,
    SlipExtended,
    SlipReminded,
    SlipSent,
    TieDecided,
)
from appliance.rules import Outcome, Tally, Verdict
from appliance.values import Choice, Delegate, Refusal, Role

BY_DEADLINE = "deadline"
"""`by` of a slip that the box closed because its time had come."""


@dataclass(frozen=True)
class Answer:
    """A member's last answer. `at` is UTC, ISO 8601."""

    choice: Choice
    opinion: str
    at: str


@dataclass(frozen=True)
class Slip:
    """One slip from its sending on: a fold of its facts. Times are UTC, ISO 8601.

    `reminders`: when, and who had not answered. `announced`: meeting → when. `envelope` is None while a signed result
    is missing, also after the chair decided a tie and before that is signed.
    """

    sent: SlipSent
    sent_at: str
    deadline: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    reminders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extensions: tuple[SlipExtended, ...] = ()
    closed_at: str | None = None
    closed_by: str = ""
    announced: Mapping[str, str] = field(default_factory=dict)
    tie: TieDecided | None = None
    tie_at: str | None = None
    envelope: str | None = None

    @property
    def id(self) -> str:
        """The slip's identifier, unique in the journal: it has no dot, a ballot's has."""
        return self.sent.slip

    @property
    def is_open(self) -> bool:
        """Whether answers count."""
        return self.closed_at is None

    @property
    def members(self) -> tuple[str, ...]:
        """Ids of all members asked, in the roster's order: N of the rule."""
        return tuple(d.id for d in self.sent.members)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Who has not answered."""
        return tuple(d for d in self.members if d not in self.answers)

    @property
    def assumed(self) -> int:
        """How many count as agreeing because they did not answer: a state of its own, 0 unless the body wants it.

        Nobody before the close.
        """
        return len(self.unanswered) if self.sent.silence_agrees and not self.is_open else 0


Slips = Mapping[str, Slip]


def apply(slips: Slips, event: Event, at: str) -> Slips:
    """All slips after `event`; the same mapping where it concerns none."""
    if isinstance(event, SlipSent):
        return slips if event.slip in slips else {**slips, event.slip: Slip(event, at, event.deadline)}
    name = event.ballot if isinstance(event, ResultSigned | TieDecided) else str(getattr(event, "slip", ""))
    if name not in slips:
        return slips
    after = _after(slips[name], event, at)
    return slips if after is slips[name] else {**slips, name: after}


def _after(slip: Slip, event: Event, at: str) -> Slip:
    if isinstance(event, ResultSigned):
        return replace(slip, envelope=event.envelope)
    if isinstance(event, SlipAnnounced):
        return replace(slip, announced={event.meeting: at, **slip.announced})
    if isinstance(event, TieDecided):
        decides = not slip.is_open and slip.tie is None
        return replace(slip, tie=event, tie_at=at, envelope=None) if decides else slip
    return _while_open(slip, event, at) if slip.is_open else slip


def _while_open(slip: Slip, event: Event, at: str) -> Slip:
    if isinstance(event, SlipAnswered) and event.delegate in slip.members:
        return replace(slip, answers={**slip.answers, event.delegate: Answer(event.choice, event.opinion, at)})
    if isinstance(event, SlipReminded):
        return replace(slip, reminders=(*slip.reminders, (at, event.delegates)))
    if isinstance(event, SlipExtended):
        return replace(slip, deadline=event.deadline, extensions=(*slip.extensions, event))
    if isinstance(event, SlipClosed):
        return replace(slip, closed_at=at, closed_by=event.by)
    return slip


def unsigned(slips: Slips) -> list[Slip]:
    """Closed slips whose result, as it now is, was not signed yet."""
    return [slip for slip in slips.values() if not slip.is_open and slip.envelope is None]


def undecided(slips: Slips) -> list[Slip]:
    """Closed slips with a tie that waits for the chair."""
    return [s for s in slips.values() if not s.is_open and s.tie is None and verdict(s).outcome is Outcome.TIED]


def holders(slips: Slips) -> dict[str, Delegate]:
    """Whom the open slips ask, by id."""
    return {d.id: d for slip in slips.values() if slip.is_open for d in slip.sent.members}


def contradictions(slips: Slips, delegates: Iterable[Delegate]) -> list[str]:
    """Sentences on ids that are somebody else's in an open slip: a PIN belongs to an id, so neither may have it."""
    return _somebody_else(delegates, holders(slips), "an opinion slip that is still open")


def _somebody_else(delegates: Iterable[Delegate], known: Mapping[str, Delegate], where: str) -> list[str]:
    pairs = [(d, known[d.id]) for d in delegates if d.id in known]
    return [f"{d.id} is {d.name} here and {k.name} in {where}; use another id" for d, k in pairs if d.name != k.name]


def is_due(slip: Slip, at: str) -> bool:
    """Whether the deadline of an open slip has come."""
    return slip.is_open and moment(at) >= moment(slip.deadline)


# Decisions -----------------------------------------------------------------------------------------------------------


def send(slips: Slips, wanted: SlipSent, at: str, roster: Iterable[Delegate] = ()) -> SlipSent | Refusal:
    """Decide on a new slip; `needed` is set here from the rule. `roster` is the one of the meeting in progress."""
    if wanted.slip in slips:
        return Refusal(code="slip-exists", message=f"a slip {wanted.slip} was sent before; name this one anew")
    if moment(wanted.deadline) <= moment(at):
        return Refusal(code="deadline-past", message=f"the deadline {wanted.deadline} has passed")
    rule = rules.PRESETS.get(wanted.preset)
    if rule is not None and rule.weighted:
        return Refusal(code="weights-need-session", message=f"under {wanted.preset} votes have weights: no slips")
    problems = [
        *faults(wanted.preset, wanted.majority, wanted.members, wanted.chair),
        *contradictions(slips, wanted.members),
    ]
    problems += _somebody_else(wanted.members, {d.id: d for d in roster}, "the meeting in progress")
    if problems or rule is None:
        return Refusal(code="contradiction", message="; ".join(problems))
    n = len(wanted.members)
    return wanted.model_copy(update={"needed": rule.needed(wanted.majority, n, n)})


def faults(preset: str, majority: str, members: Sequence[Delegate], chair: str) -> list[str]:
    """What contradicts itself in a slip whose fields are right each by itself."""
    ids, rule = [d.id for d in members], rules.PRESETS.get(preset)
    problems = [f"{d.id} is no member: a slip goes to members alone" for d in members if d.role is not Role.MEMBER]
    problems += [f"{d} stands more than once" for d in dict.fromkeys(ids) if ids.count(d) > 1]
    if chair and chair not in ids:
        problems.append(f"chair: {chair!r} is not one of the members asked")
    if rule is None:
        problems.append(f"preset: {preset!r} does not exist; known: {', '.join(sorted(rules.PRESETS))}")
    elif majority not in rule.majorities:
        problems.append(f"majority: {majority!r} is not in {preset}; known: {', '.join(sorted(rule.majorities))}")
    return problems


def answer(slip: Slip | None, delegate: str, choice: Choice, opinion: str, at: str) -> SlipAnswered | Refusal:
    """Decide on an answer: until the deadline, by a member."""
    if slip is None:
        return Refusal(code="no-slip", message="no such slip was sent")
    if delegate not in slip.members:
        return Refusal(code="not-asked", message=f"{delegate} is not asked by slip {slip.id}")
    if not slip.is_open or is_due(slip, at):
        return Refusal(code="slip-closed", message=f"slip {slip.id} is closed: no answer counts any more")
    return SlipAnswered(slip=slip.id, delegate=delegate, choice=choice, opinion=opinion.strip())


def remind(slip: Slip, at: str, *, by: str) -> SlipReminded | Refusal:
    """Decide on a reminder to all who have not answered."""
    if not slip.is_open or is_due(slip, at):
        return Refusal(code="slip-closed", message=f"slip {slip.id} is closed")
    if not slip.unanswered:
        return Refusal(code="all-answered", message=f"everybody has answered slip {slip.id}")
    return SlipReminded(slip=slip.id, delegates=slip.unanswered, by=by)


def extend(slip: Slip, deadline: str, at: str, *, by: str, reason: str) -> SlipExtended | Refusal:
    """Decide on a later deadline: never an earlier one, and not once the deadline has come."""
    if not slip.is_open or is_due(slip, at):
        return Refusal(code="slip-closed", message=f"slip {slip.id} is closed: a new one would be needed")
    if moment(deadline) <= moment(slip.deadline):
        return Refusal(code="deadline-earlier", message=f"{deadline} is not later than the deadline {slip.deadline}")
    return SlipExtended(slip=slip.id, deadline=deadline, by=by, reason=reason.strip())


def close(slip: Slip, at: str, *, by: str) -> SlipClosed | Refusal:
    """Decide on closing: at the deadline, or once everybody has answered."""
    if not slip.is_open:
        return Refusal(code="slip-closed", message=f"slip {slip.id} is closed")
    if slip.unanswered and not is_due(slip, at):
        missing = len(slip.unanswered)
        return Refusal(code="slip-awaited", message=f"{missing} have not answered {slip.id}; it ends {slip.deadline}")
    return SlipClosed(slip=slip.id, by=by)


def announce(slip: Slip, meeting: str, *, by: str) -> SlipAnnounced | Refusal:
    """Decide on announcing the result at a session, once in each."""
    if slip.is_open:
        return Refusal(code="slip-open", message=f"slip {slip.id} is open until {slip.deadline}: it has no result")
    if meeting in slip.announced:
        return Refusal(code="slip-announced", message=f"slip {slip.id} was announced at {meeting} already")
    return SlipAnnounced(slip=slip.id, meeting=meeting, by=by)


# Counting ------------------------------------------------------------------------------------------------------------


def tally(slip: Slip) -> Tally:
    """The answers as they were given; whoever gave none is in `not_cast`, also where that counts as agreement."""
    choices = [slip.answers[d].choice for d in slip.members if d in slip.answers]
    return Tally(
        for_=choices.count(Choice.FOR),
        against=choices.count(Choice.AGAINST),
        abstain=choices.count(Choice.ABSTAIN),
        not_cast=len(slip.unanswered),
        absent=0,
    )


def verdict(slip: Slip) -> Verdict:
    """What the rule makes of the answers, with those who count as agreeing by their silence.

    After the chair decided a tie, what that reading makes of it.
    """
    counts, sent = tally(slip), slip.sent
    counts = replace(counts, for_=counts.for_ + slip.assumed, not_cast=counts.not_cast - slip.assumed)
    chair, rule = slip.answers.get(sent.chair), rules.preset(sent.preset)
    found = rules.verdict(rule, sent.majority, counts, chair.choice if chair else None)
    ruled = rules.ruled(found, slip.tie.reading) if slip.tie is not None else None
    return with_silence(ruled or found, slip.assumed)


def with_silence(verdict: Verdict, silent: int) -> Verdict:
    """The verdict whose sentence says how many agreed by saying nothing: nobody may read them as answers."""
    if not silent:
        return verdict
    said = {
        "vi": f"trong số tán thành có {silent} thành viên không trả lời, được tính là tán thành",
        "en": f"those for include {silent} who did not answer, which counts as agreement",
    }
    sentence = {language: f"{text.removesuffix('.')}; {said[language]}." for language, text in verdict.sentence.items()}
    return replace(verdict, sentence=sentence)


def decide_tie(slip: Slip, reading: str, *, by: str, reason: str) -> TieDecided | Refusal:
    """Decide on the chair's statement about a slip."""
    found = None if slip.is_open else verdict(slip)
    wish = TieDecided(ballot=slip.id, reading=reading, by=by, reason=reason.strip())
    return counting.state_reading(wish, found, slip.tie)
