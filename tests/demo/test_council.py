"""Who sits in the demo's council, and who comes to its door."""

from appliance import rules
from appliance.demo import council, morning, portrait, room
from appliance.demo.council import Council
from appliance.demo.person import Person
from appliance.values import Choice, Role


def test_the_roster_has_21_members_each_with_a_seat_of_their_own():
    roster = council.roster(guest=False)
    assert len(roster) == 21
    assert {d.role for d in roster} == {Role.MEMBER}
    assert len({d.seat for d in roster}) == 21


def test_everybody_who_walks_up_is_enrolled_and_strangers_are_nobody_of_the_council():
    demo = Council(None)
    assert set(demo.walking_up) <= set(demo.enrolled)
    assert council.BY_PIN not in demo.enrolled
    assert not set(portrait.STRANGERS) & set(portrait.COUNCIL)
    walkers = [a.who for a in demo.walk().arrivals]
    assert len(walkers) == len(demo.walking_up) + demo.strangers
    assert sum(isinstance(w, Person) and w.seed in portrait.STRANGERS for w in walkers) == demo.strangers


def test_the_first_item_is_carried_and_the_second_lost_although_most_of_the_votes_were_for():
    needed = rules.preset("ubnd").needed("ordinary", council.MEMBERS, council.MEMBERS)
    assert needed is not None
    first, second = list(morning.FIRST.values()), list(morning.SECOND.values())
    assert first.count(Choice.FOR) >= needed
    assert second.count(Choice.FOR) < needed
    assert second.count(Choice.FOR) > second.count(Choice.AGAINST)


def test_no_line_of_the_pi_is_wired_twice_in_the_room():
    lines = [*sum(room._KEY_LINES, ()), *sum(room._LAMP_LINES, ()), room.DOOR_LAMP, room.DOOR_BUZZER]
    assert len(lines) == len(set(lines))
    assert all(0 <= line <= 27 for line in lines)
