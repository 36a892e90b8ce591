"""Whether a ballot may open, and everything that is fixed when it does."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import BallotOpened
from appliance.rules import Rule
from appliance.values import Item, Refusal, Voting


@dataclass(frozen=True)
class Wish:
    """How somebody wants a ballot held. `key`: the public key of a secret one's box; `override`: the chair's reason."""

    by: str
    voting: Voting
    limit_seconds: int | None = None
    reason: str = ""
    key: str = ""
    override: str = ""


def open_ballot(
    rule: Rule, roll: Roll, item: Item, wish: Wish, *, chair: str, earlier: tuple[Ballot, ...], running: Ballot | None
) -> BallotOpened | Refusal:
    """Decide on opening a ballot on an item; `earlier` are the ballots on that item, in order.

    Refused while another ballot runs, without a quorum that the chair did not override, and without a reason where one
    is needed.
    """
    if running is not None:
        return Refusal(code="ballot-running", message=f"ballot {running.id} is still open; close it first")
    electorate = roll.members
    present = tuple(d for d in electorate if d in roll.present or (rule.weighted and d in roll.represented))
    total, here = (roll.weight(electorate), roll.weight(present)) if rule.weighted else (len(electorate), len(present))
    quorum = rule.quorum_of(total)
    refusal = _hindrance(rule, wish, earlier, electorate) or _quorum_refusal(here, total, quorum, wish.override)
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
        electorate=electorate,
        present=present,
        weights={d: roll.roster[d].weight for d in electorate} if rule.weighted else {},
        proxies=dict(roll.represented) if rule.weighted else {},
        chair=chair if chair in electorate else "",
        quorum=quorum,
        needed=rule.needed(item.majority, total, here),
        limit_seconds=wish.limit_seconds,
        key=wish.key,
        replaces=earlier[-1].id if earlier else "",
        reason=wish.reason.strip(),
        override=wish.override if here < quorum else "",
        by=wish.by,
    )


def _hindrance(rule: Rule, wish: Wish, earlier: tuple[Ballot, ...], electorate: tuple[str, ...]) -> Refusal | None:
    if not electorate:
        return Refusal(code="no-members", message="nobody on the roster is a member: nobody may vote")
    if earlier and earlier[-1].awaits_count:
        return Refusal(
            code="ballot-uncounted", message=f"the box of {earlier[-1].id} is not counted yet; annul it first"
        )
    if (earlier or wish.voting is Voting.HANDS) and not wish.reason.strip():
        return Refusal(code="reason-missing", message="another ballot on an item, and a show of hands, need a reason")
    if rule.weighted and wish.voting is not Voting.OPEN:
        return Refusal(code="weights-need-names", message=f"under {rule.preset} votes have weights: only open voting")
    if wish.voting is Voting.SLIP:
        return Refusal(code="not-in-session", message="opinion slips are sent outside a session")
    return None


def _quorum_refusal(here: int, total: int, quorum: int, override: str) -> Refusal | None:
    if here >= quorum or override:
        return None
    return Refusal(code="no-quorum", message=f"{here} of {total} present, {quorum} needed")
