"""When a secret session may begin and end, and what a meeting still needs that was convened within one."""

from __future__ import annotations

from appliance import minutes, secret_session
from appliance.events import BallotOpened, PartFailed, PartRestored, SecretSessionBegan, SecretSessionEnded
from appliance.minutes import Minutes
from appliance.values import Refusal
from tests import assembly

PEOPLE = assembly.members(3)
IDS = tuple(d.id for d in PEOPLE)


def meeting(*facts: BallotOpened | SecretSessionBegan) -> Minutes:
    made: Minutes | None = minutes.begin(assembly.convened(PEOPLE), assembly.at(0))
    for fact in facts:
        made = minutes.apply(made, fact, assembly.at(10))
    assert made is not None
    return made


BEGAN = SecretSessionBegan(meeting=assembly.MEETING, by="secretary")


def code(outcome: object) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


def test_it_begins_and_ends_once():
    began = secret_session.switch(False, meeting(), on=True, by="secretary")
    assert began == BEGAN
    assert code(secret_session.switch(True, meeting(), on=True, by="secretary")) == "secret-session-on"
    ended = secret_session.switch(True, meeting(), on=False, by="secretary")
    assert ended == SecretSessionEnded(meeting=assembly.MEETING, by="secretary")
    assert code(secret_session.switch(False, meeting(), on=False, by="secretary")) == "secret-session-off"


def test_it_may_begin_before_anybody_meets():
    assert secret_session.switch(False, None, on=True, by="key") == SecretSessionBegan(meeting="", by="key")


def test_it_does_not_end_while_a_ballot_is_open():
    voting = meeting(assembly.opened(IDS, IDS))
    assert code(secret_session.switch(True, voting, on=False, by="secretary")) == "ballot-running"
    assert isinstance(secret_session.switch(False, voting, on=True, by="secretary"), SecretSessionBegan)


def test_it_is_on_from_the_one_fact_to_the_other():
    on = secret_session.apply(False, BEGAN)
    assert on
    assert secret_session.apply(on, assembly.opened(IDS, IDS))
    assert not secret_session.apply(on, SecretSessionEnded(meeting="", by="technician"))


def test_a_radio_that_could_not_be_switched_is_known_until_it_could():
    failed = PartFailed(part=secret_session.RADIOS, symptom="phy0 stays on", remedy="take it out")
    keypad = PartFailed(part="keypad-01-for", symptom="stuck", remedy="free the key")
    symptoms, symptom = [], ""
    for event in (keypad, failed, keypad, PartRestored(part="keypad-01-for"), PartRestored(part=secret_session.RADIOS)):
        symptom = secret_session.still_sending(symptom, event)
        symptoms.append(symptom)
    assert symptoms == ["", *["phy0 stays on"] * 3, ""]


def test_a_meeting_convened_within_one_has_to_say_so():
    assert secret_session.catch_up(True, meeting()) == BEGAN
    assert secret_session.catch_up(True, meeting(BEGAN)) is None
    assert secret_session.catch_up(False, meeting()) is None
    assert secret_session.catch_up(True, None) is None
