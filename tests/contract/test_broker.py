"""The contract of `Broker`, over a real mosquitto: in the clear, and with TLS and the access rules that are shipped."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from appliance import config
from appliance.uplink.broker import Acknowledged, Broker, Changed, Denied, Happening, Message, State, Will
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import Address
from tests.worlds.mosquitto import Mosquitto, SecureMosquitto

BOX, NEIGHBOUR = Address("tinh-mau", "phong-1"), Address("tinh-mau", "phong-2")
EVERYTHING = "meeting/v1/+/+/state"


class World:
    """A mosquitto and the brokers made on it."""

    def __init__(self, mosquitto: Mosquitto) -> None:
        self.mosquitto = mosquitto
        self._made: list[Broker] = []

    def settings(self, name: str) -> config.Broker:
        """How `name` connects."""
        if isinstance(self.mosquitto, SecureMosquitto):
            return self.mosquitto.settings_of(name)
        return self.mosquitto.settings()

    def broker(self, name: str, *subscriptions: str, will: Will | None = None) -> Broker:
        """A broker of that name, connecting."""
        made = PahoBroker(self.settings(name), name, subscriptions, will, pause=(0.02, 0.1))
        self._made.append(made)
        return made

    def close(self) -> None:
        """Close everything."""
        for broker in self._made:
            broker.close()
        self.mosquitto.kill()


@pytest.fixture(params=[Mosquitto, SecureMosquitto], ids=["plain", "tls"])
def world(request: pytest.FixtureRequest, tmp_path) -> Iterator[World]:
    made = World(request.param(tmp_path))
    yield made
    made.close()


def wait(broker: Broker, wanted: Callable[[Happening], Any], seconds: float = 60.0) -> Happening:
    """Poll, woken by the descriptor alone, until something wanted happens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        select.select([broker.fileno()], [], [], deadline - time.monotonic())
        for happening in broker.poll():
            if wanted(happening):
                return happening
    raise AssertionError(f"did not happen within {seconds} s")


def online(happening: Happening) -> bool:
    return isinstance(happening, Changed) and happening.condition.state is State.ONLINE


def test_comes_online_by_itself(world):
    wait(world.broker(str(BOX)), online)


def test_a_message_arrives_and_is_acknowledged_with_its_token(world):
    reader = world.broker("central", EVERYTHING)
    wait(reader, online)
    writer = world.broker(str(BOX))
    wait(writer, online)

    token = writer.publish(BOX.state, b"\x00 bytes \xff")

    assert wait(writer, lambda h: isinstance(h, Acknowledged)) == Acknowledged(token)
    assert wait(reader, lambda h: isinstance(h, Message)) == Message(BOX.state, b"\x00 bytes \xff")


def test_retained_messages_wait_for_those_who_come_later(world):
    writer = world.broker(str(BOX))
    wait(writer, online)
    writer.publish(BOX.state, b"retained", retain=True)
    wait(writer, lambda h: isinstance(h, Acknowledged))

    late = world.broker("central", EVERYTHING)

    assert wait(late, lambda h: isinstance(h, Message)) == Message(BOX.state, b"retained")


def test_more_messages_than_the_broker_allows_in_flight_all_arrive_in_order(world):
    reader = world.broker("central", EVERYTHING)
    wait(reader, online)
    writer = world.broker(str(BOX))
    wait(writer, online)
    for number in range(150):
        writer.publish(BOX.state, b"%d" % number)

    arrived: list[Happening] = []

    def all_there(happening: Happening) -> bool:
        arrived.append(happening)
        return len(arrived) == 150

    wait(reader, all_there)

    assert arrived == [Message(BOX.state, b"%d" % number) for number in range(150)]


def test_reconnects_to_a_broker_that_was_killed_and_says_so(world):
    broker = world.broker(str(BOX))
    wait(broker, online)

    world.mosquitto.kill()
    wait(broker, lambda h: isinstance(h, Changed) and h.condition.state is State.UNREACHABLE)
    forgotten = broker.publish(BOX.state, b"said to nobody")
    world.mosquitto.start()
    wait(broker, online)
    token = broker.publish(BOX.state, b"said to the new one")

    assert token != forgotten
    assert wait(broker, lambda h: isinstance(h, Acknowledged)) == Acknowledged(token)


def test_the_will_is_spoken_when_the_client_vanishes(world):
    reader = world.broker("central", EVERYTHING)
    wait(reader, online)
    vanishing = world.broker(str(BOX), will=Will(BOX.state, b"gone"))
    wait(vanishing, online)

    world.broker(str(BOX))  # same client id: the broker drops the first connection, as a lost one

    assert wait(reader, lambda h: isinstance(h, Message)) == Message(BOX.state, b"gone")


def test_the_farewell_is_spoken_when_the_client_leaves(world):
    reader = world.broker("central", EVERYTHING)
    wait(reader, online)
    leaving = world.broker(str(BOX), will=Will(BOX.state, b"gone"))
    wait(leaving, online)

    leaving.close(Will(BOX.state, b"left"))

    assert wait(reader, lambda h: isinstance(h, Message)) == Message(BOX.state, b"left")


def test_a_surprise_in_the_thread_is_raised_by_poll(world, monkeypatch):
    reader = world.broker("central", EVERYTHING)
    wait(reader, online)
    monkeypatch.setattr("appliance.uplink.paho.Message", None)  # calling None is a bug like any other
    writer = world.broker(str(BOX))
    wait(writer, online)
    writer.publish(BOX.state, b"x")

    with pytest.raises(TypeError):
        wait(reader, lambda _: False)


def test_nothing_listening_is_unreachable(world):
    world.mosquitto.kill()

    changed = wait(world.broker(str(BOX)), lambda h: isinstance(h, Changed))

    assert isinstance(changed, Changed)
    assert changed.condition.state is State.UNREACHABLE
    assert str(world.mosquitto.port) in changed.condition.detail


def test_a_name_that_does_not_resolve_is_unreachable_and_named(monkeypatch: pytest.MonkeyPatch):
    def nobody_knows(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)  # a resolver on the network takes as long as it likes
    broker = PahoBroker(config.Broker(host="broker.invalid", port=8883), "x", ())
    try:
        changed = wait(broker, lambda h: isinstance(h, Changed))
    finally:
        broker.close()

    assert isinstance(changed, Changed)
    assert changed.condition.state is State.UNREACHABLE
    assert "broker.invalid" in changed.condition.detail


def test_a_refused_topic_is_denied_with_the_reason(tmp_path):
    with SecureMosquitto(tmp_path) as mosquitto:
        broker = PahoBroker(mosquitto.settings_of(str(BOX)), str(BOX), ())
        try:
            wait(broker, online)
            token = broker.publish(NEIGHBOUR.state, b"in another's name")

            denied = wait(broker, lambda h: isinstance(h, Acknowledged | Denied))
        finally:
            broker.close()

    assert denied == Denied(token, NEIGHBOUR.state, "Not authorized")
