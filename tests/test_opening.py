"""What a ballot needs before it opens, and what is fixed when it does."""

from __future__ import annotations

from dataclasses import replace

from appliance import attendance, ballot, opening, tally
from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import (
    BallotAnnulled,
    BallotOpened,
    ProxyGiven,
)
from appliance.opening import Wish
from appliance.presets import BOARD, UBND, Rule
from appliance.values import Choice, Item, Refusal, Voting
from tests import assembly
from tests.council import CLOSED, IDS, ITEM, after, begun, code, held_by, press, roll

# Opening -------------------------------------------------------------------------------------------------------------


WISH = Wish(by="secretary", voting=Voting.OPEN)


def asked(
    made: Roll,
    wish: Wish = WISH,
    *,
    rule: Rule = UBND,
    item: Item = ITEM,
    chair: str = "dv-01",
    running: Ballot | None = None,
    earlier: tuple[Ballot, ...] = (),
) -> BallotOpened | Refusal:
    return opening.open_ballot(rule, made, item, wish, chair=chair, earlier=earlier, running=running)


def test_opening_freezes_electorate_present_quorum_and_threshold():
    fact = asked(roll(15))
    assert isinstance(fact, BallotOpened)
    assert (fact.electorate, fact.present) == (IDS, IDS[:15])
    assert (fact.quorum, fact.needed, fact.chair) == (14, 11, "dv-01")
    assert (fact.ballot, fact.question) == (assembly.BALLOT, assembly.QUESTION)


def test_another_ballot_on_an_item_names_the_one_before_and_says_why():
    closed = after(begun(), CLOSED)
    assert code(asked(roll(15), earlier=(closed,))) == "reason-missing"
    second = asked(roll(15), replace(WISH, reason="câu hỏi chưa rõ"), earlier=(closed,))
    assert isinstance(second, BallotOpened)
    assert second.ballot == f"{assembly.MEETING}.{assembly.ITEM}.2"
    assert (second.replaces, second.reason) == (closed.id, "câu hỏi chưa rõ")


def test_without_a_quorum_of_all_members_nothing_opens():
    assert code(asked(roll(13))) == "no-quorum"
    assert isinstance(asked(roll(14)), BallotOpened)


def test_guests_make_no_quorum():
    made = attendance.apply(roll(13), assembly.arrived("dv-22"), assembly.at(50))
    assert len(made.present) == 14
    assert code(asked(made)) == "no-quorum"


def test_a_roster_of_guests_alone_votes_on_nothing():
    assert code(asked(roll(0, of=0, guests=5))) == "no-members"


def test_one_ballot_at_a_time():
    assert code(asked(roll(15), running=begun())) == "ballot-running"


def test_a_chair_who_is_no_member_has_no_side():
    assert isinstance(fact := asked(roll(15), chair="dv-22"), BallotOpened)
    assert fact.chair == ""


def test_an_item_without_a_question_is_asked_by_its_title():
    item = Item(id="x", title="Kế hoạch")
    fact = asked(roll(15), item=item)
    assert isinstance(fact, BallotOpened)
    assert fact.question == "Kế hoạch"


def test_the_next_ballot_waits_for_a_box_that_is_not_counted():
    waiting = after(held_by(Voting.SECRET), CLOSED)
    assert code(asked(roll(15), replace(WISH, reason="x"), earlier=(waiting,))) == "ballot-uncounted"
    annulled = after(waiting, BallotAnnulled(ballot=assembly.BALLOT, by="secretary", reason="quên mật khẩu"))
    assert (annulled.awaits_count, annulled.has_result) == (False, False)
    assert isinstance(asked(roll(15), replace(WISH, reason="quên mật khẩu"), earlier=(annulled,)), BallotOpened)


def test_a_show_of_hands_needs_a_reason_and_a_slip_is_none_of_a_session():
    assert code(asked(roll(15), replace(WISH, voting=Voting.HANDS))) == "reason-missing"
    assert isinstance(asked(roll(15), replace(WISH, voting=Voting.HANDS, reason="bàn phím hỏng")), BallotOpened)
    assert code(asked(roll(15), replace(WISH, voting=Voting.SLIP))) == "not-in-session"


# Weights and overrides -----------------------------------------------------------------------------------------------


def shares() -> Roll:
    """Three members with 60, 30 and 10 of a hundred; the second represents the first."""
    people = tuple(d.model_copy(update={"weight": w}) for d, w in zip(assembly.members(3), (60, 30, 10), strict=True))
    made = attendance.convene(assembly.convened(people))
    proxy = ProxyGiven(meeting=made.meeting, giver="dv-01", holder="dv-02", document="giấy ủy quyền", by="secretary")
    return attendance.apply(attendance.apply(made, assembly.arrived("dv-02"), assembly.at(0)), proxy, assembly.at(1))


def test_weights_and_proxies_count_for_quorum_threshold_and_votes():
    fact = asked(shares(), rule=BOARD, chair="dv-02")
    assert isinstance(fact, BallotOpened)
    assert (fact.present, fact.proxies) == (("dv-01", "dv-02"), {"dv-01": "dv-02"})
    assert (fact.quorum, fact.needed) == (65, 59), "65 of 100; 65 % of the 90 present are 58.5"
    made = ballot.apply(ballot.begin(fact, assembly.at(0)), assembly.vote("dv-02", Choice.FOR), assembly.at(1))
    counts = tally.tally(after(made, CLOSED))
    assert (counts.for_, counts.not_cast, counts.absent) == (90, 0, 10)
    assert code(press(made, shares(), "dv-01")) == "represented"


def test_the_quorum_as_it_stands_is_what_an_opening_goes_by():
    now = opening.standing(UBND, roll(13))
    assert (now.here, now.total, now.quorum, now.missing, now.has_quorum) == (13, 21, 14, 1, False)
    now = opening.standing(UBND, roll(15))
    assert (now.here, now.missing, now.has_quorum) == (15, 0, True)
    board = opening.standing(BOARD, shares())
    assert (board.present, board.here, board.total, board.quorum) == (("dv-01", "dv-02"), 90, 100, 65)


def test_a_show_of_hands_that_the_agenda_plans_has_its_reason_from_there():
    """Else somebody would have to choose a reason that is not true."""
    planned = ITEM.model_copy(update={"voting": Voting.HANDS})
    hands = replace(WISH, voting=Voting.HANDS)
    first = asked(roll(15), hands, item=planned)
    assert isinstance(first, BallotOpened)
    assert first.reason == opening.AS_PLANNED
    said = asked(roll(15), replace(hands, reason="chủ tọa đề nghị"), item=planned)
    assert isinstance(said, BallotOpened)
    assert said.reason == "chủ tọa đề nghị"
    assert code(asked(roll(15), hands, item=planned, earlier=(after(begun(), CLOSED),))) == "reason-missing"


def test_where_there_are_weights_nothing_is_secret_or_by_hands():
    for voting in (Voting.SECRET, Voting.HANDS):
        wish = replace(WISH, voting=voting, reason="x")
        assert code(asked(shares(), wish, rule=BOARD)) == "weights-need-names"


def test_the_chair_may_let_a_ballot_open_without_a_quorum_and_it_says_so():
    fact = asked(roll(13), replace(WISH, override="bão, đường bị cắt"))
    assert isinstance(fact, BallotOpened)
    assert (fact.override, fact.quorum, len(fact.present)) == ("bão, đường bị cắt", 14, 13)
    unneeded = asked(roll(14), replace(WISH, override="bão, đường bị cắt"))
    assert isinstance(unneeded, BallotOpened)
    assert unneeded.override == "", "with a quorum nothing was overridden"
