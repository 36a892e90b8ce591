"""Whether a ballot may open, and everything that is fixed when it does."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import BallotOpened
from appliance.rules import Rule
from appliance.values import Item, Refusal, Voting

AS_PLANNED = "theo chương trình phiên họp"
"""The reason that stands in the record for a show of hands as the agenda has it: the minutes are Vietnamese."""


@dataclass(frozen=True)
class Wish:
    """How somebody wants a ballot held. `key`: the public key of a secret one's box; `override`: the chair's reason."""

    by: str
    voting: Voting
    limit_seconds: int | None = None
    reason: str = ""
    key: str = ""
    override: str = ""


@dataclass(frozen=True)
class Standing:
    """Who counts for the quorum just now, in the order of the roster. The numbers are weights where votes have them."""

    members: tuple[str, ...]
    present: tuple[str, ...]
    total: int
    here: int
    quorum: int

    @property
    def has_quorum(self) -> bool:
        """Whether a ballot may open without the chair's override."""
        return self.here >= self.quorum

    @property
    def missing(self) -> int:
        """By how much the quorum is missed."""
        return max(0, self.quorum - self.here)


def standing(rule: Rule, roll: Roll) -> Standing:
    """The quorum as it stands: who is on the roll and, under a rule with weights, represented by somebody there."""
    members = roll.members
    present = tuple(d for d in members if d in roll.present or (rule.weighted and d in roll.represented))
    total, here = (roll.weight(members), roll.weight(present)) if rule.weighted else (len(members), len(present))
    return Standing(members, present, total, here, rule.quorum_of(total))


def open_ballot(
    rule: Rule, roll: Roll, item: Item, wish: Wish, *, chair: str, earlier: tuple[Ballot, ...], running: Ballot | None
) -> BallotOpened | Refusal:
    """Decide on opening a ballot on an item; `earlier` are the ballots on that item, in order.

    Refused while another ballot runs, without a quorum that the chair did not override, and without a reason where one
    is needed.
    """
    if running is not None:
        return Refusal(code="ballot-running", message=f"ballot {running.id} is still open; close it first")
    now = standing(rule, roll)
    reason = wish.reason.strip() or _planned(item, wish, earlier)
    refusal = _hindrance(rule, wish, reason, earlier, now.members) or _quorum_refusal(now, wish.override)
    if refusal is not None:
        return refusal
    return BallotOpened(
        ballot=f"{roll.meeting}.{item.id}.{len(earlier) + 1}",
        meeting=roll.meeting,
        item=item.id,
        question=item.question or item.title,
        method=wish.voting,
        preset=rule.preset,
        majority=item.majority,
        electorate=now.members,
        present=now.present,
        weights={d: roll.roster[d].weight for d in now.members} if rule.weighted else {},
        proxies=dict(roll.represented) if rule.weighted else {},
        chair=chair if chair in now.members else "",
        quorum=now.quorum,
        needed=rule.needed(item.majority, now.total, now.here),
        limit_seconds=wish.limit_seconds,
        key=wish.key,
        replaces=earlier[-1].id if earlier else "",
        reason=reason,
        override="" if now.has_quorum else wish.override,
        by=wish.by,
    )


def _planned(item: Item, wish: Wish, earlier: tuple[Ballot, ...]) -> str:
    """Why hands are shown where the agenda had planned them: nobody has to say that, and nobody an untruth instead."""
    planned = item.voting is Voting.HANDS and wish.voting is Voting.HANDS and not earlier
    return AS_PLANNED if planned else ""


def _hindrance(
    rule: Rule, wish: Wish, reason: str, earlier: tuple[Ballot, ...], electorate: tuple[str, ...]
) -> Refusal | None:
    if not electorate:
        return Refusal(code="no-members", message="nobody on the roster is a member: nobody may vote")
    if earlier and earlier[-1].awaits_count:
        return Refusal(
            code="ballot-uncounted", message=f"the box of {earlier[-1].id} is not counted yet; annul it first"
        )
    if (earlier or wish.voting is Voting.HANDS) and not reason:
        return Refusal(
            code="reason-missing",
            message="another ballot on an item, and a show of hands that the agenda does not plan, need a reason",
        )
    if rule.weighted and wish.voting is not Voting.OPEN:
        return Refusal(code="weights-need-names", message=f"under {rule.preset} votes have weights: only open voting")
    if wish.voting is Voting.SLIP:
        return Refusal(code="not-in-session", message="opinion slips are sent outside a session")
    return None


def _quorum_refusal(now: Standing, override: str) -> Refusal | None:
    if now.has_quorum or override:
        return None
    return Refusal(code="no-quorum", message=f"{now.here} of {now.total} present, {now.quorum} needed")
