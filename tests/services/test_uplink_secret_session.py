"""The uplink and a secret session: the line is cut, and the record waits until a technician releases it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from appliance import record
from appliance.control import Client
from appliance.events import SecretRecordReleased, SecretSessionBegan, SecretSessionEnded
from appliance.uplink.broker import State
from appliance.values import Refusal
from tests import assembly
from tests.worlds.uplink import ADDRESS, Box, Ear, until

BEGAN = SecretSessionBegan(meeting=assembly.MEETING, by="secretary")
ENDED = SecretSessionEnded(meeting=assembly.MEETING, by="secretary")
RELEASED = SecretRecordReleased(by="technician", reason="đã mang hồ sơ đã ký ra ngoài")


@pytest.fixture
def box(tmp_path, broker, centre):
    with Box(tmp_path / "box", broker.settings(), centre.key, batch_events=7) as made:
        last = made.chatter(3)
        until(lambda: made.status()["acknowledged"] == last, [made.uplink, centre.service])
        yield made


@pytest.fixture
def ear(broker, box):
    made = Ear(broker.settings(), box)
    yield made
    made.close()


def turn(box: Box, centre: Any) -> None:
    """Turns with time passing: whatever wants to leave has had every chance."""
    for _ in range(5):
        box.clock.advance(5)
        box.uplink.step()
    centre.service.step()


def ask(box: Box, do: str, **args: Any) -> Any:
    """Ask on uplink.sock; the service is turned once it has been asked."""
    answers: list[Any] = []
    asking = threading.Thread(
        target=lambda: answers.append(Client(box.folders.socket("uplink"), timeout=30).ask(do, **args))
    )
    asking.start()
    until(lambda: bool(answers), [box.uplink])
    asking.join()
    return answers[0]


def test_the_line_is_cut_in_the_next_turn_with_a_farewell(box, centre, ear):
    box.record(BEGAN)
    box.uplink.step()
    assert box.status()["state"] == State.SECRET_SESSION
    assert "nothing leaves this box" in box.status()["detail"]
    assert "technician" in box.status()["remedy"]
    until(lambda: ear.has_heard('"online":false'), [box.uplink])
    until(lambda: not centre.views.rooms()[0].online, [centre.service])


def test_nothing_is_heard_of_the_session_while_it_lasts(box, centre, ear):
    before = box.writer.head()[0]
    last = box.record(BEGAN) and box.meet()
    turn(box, centre)
    assert centre.head == before
    assert not ear.has_heard("SecretSessionBegan")
    assert not ear.has_heard("VoteCast")
    assert not ear.has_heard(f'"seq":{last}')
    assert not any(topic == ADDRESS.result(assembly.BALLOT) for topic, _ in ear.heard)
    assert box.connections == 1


def test_a_service_that_starts_during_the_session_does_not_connect_at_all(box, centre):
    box.record(BEGAN)
    box.restart_uplink()
    turn(box, centre)
    assert box.connections == 1
    assert box.status()["state"] == State.SECRET_SESSION


def test_after_the_end_it_connects_and_holds_the_record_back(box, centre, ear):
    before = box.writer.head()[0]
    box.record(BEGAN)
    box.meet()
    box.uplink.step()
    box.record(ENDED)
    box.chatter(5)
    until(lambda: box.status()["state"] == "online", [box.uplink, centre.service])
    turn(box, centre)
    assert box.connections == 2
    assert centre.head == before
    assert "has not been released" in box.status()["detail"]
    assert not ear.has_heard("SecretSessionBegan")
    assert not any(topic == ADDRESS.result(assembly.BALLOT) for topic, _ in ear.heard)
    until(lambda: centre.views.rooms()[0].online, [box.uplink, centre.service])
    assert centre.views.rooms()[0].head == before


@pytest.mark.parametrize("restart", [False, True])
def test_the_release_lets_everything_go_results_and_all(box, centre, ear, restart):
    box.record(BEGAN)
    box.meet()
    box.record(ENDED)
    if restart:
        box.restart_uplink()
    turn(box, centre)
    last = box.record(RELEASED)
    until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
    until(
        lambda: any(topic == ADDRESS.result(assembly.BALLOT) for topic, _ in ear.heard) or not ear.listen(),
        [box.uplink],
    )
    summary = centre.views.summary()
    assert (summary["verified"], summary["events"], summary["lost"], summary["duplicated"]) == (True, last, 0, 0)
    assert "released" not in box.status()["detail"]
    assert centre.alarms() == []


def test_a_result_of_a_secret_session_is_kept_for_the_release_although_another_meeting_began(box, centre, ear):
    box.record(BEGAN)
    box.meet()
    box.record(ENDED, assembly.convened(assembly.members(21), meeting="m-2026-12"))
    turn(box, centre)
    assert not any(topic == ADDRESS.result(assembly.BALLOT) for topic, _ in ear.heard)
    box.record(RELEASED)
    until(lambda: ear.has_heard("m-2026-12"), [box.uplink, centre.service])
    assert any(topic == ADDRESS.result(assembly.BALLOT) for topic, _ in ear.heard)


def test_no_command_comes_in_while_the_line_is_cut(box, centre, ear):
    box.record(BEGAN)
    box.uplink.step()
    ear._broker.publish(ADDRESS.command, record.seal(record.COMMAND, {"do": "open"}, centre.signer))
    until(lambda: any(topic == ADDRESS.command for topic, _ in ear.heard) or not ear.listen(), [box.uplink])
    turn(box, centre)
    assert box.desk.commands == []


def test_no_connection_is_tested_during_the_session_not_even_by_a_service_that_just_started(box, broker):
    settings = broker.settings().model_dump()
    assert not isinstance(ask(box, "test", **settings), Refusal)
    box.record(BEGAN)
    box.uplink.close()
    box.start_uplink()
    refused = ask(box, "test", **settings)
    assert isinstance(refused, Refusal)
    assert refused.code == "secret-session"
    box.record(ENDED)
    box.uplink.step()
    assert not isinstance(ask(box, "test", **settings), Refusal)
