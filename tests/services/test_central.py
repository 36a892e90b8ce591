"""The central service stepped by hand: what it hears, what it answers, its page, its commands."""

from __future__ import annotations

import json
import urllib.request

import pytest

from appliance import record, verification
from appliance.central import commands, pages
from appliance.services.central import Pages
from appliance.uplink.broker import Acknowledged, Changed, Message, State
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import for_device
from tests import assembly
from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import ADDRESS, QUICK, Centre, until


class Device:
    """A device reduced to its connection."""

    def __init__(self, broker: Mosquitto, centre: Centre) -> None:
        self.broker = PahoBroker(broker.settings(), str(ADDRESS), for_device(ADDRESS), pause=QUICK)
        self.messages: list[Message] = []
        self.acknowledged: set[int] = set()
        self.online = False
        self._centre = centre
        until(lambda: self.hear() and centre.service.online, [centre.service])

    def hear(self) -> bool:
        for happening in self.broker.poll():
            match happening:
                case Message():
                    self.messages.append(happening)
                case Changed(condition):
                    self.online = condition.state is State.ONLINE
                case Acknowledged(token):
                    self.acknowledged.add(token)
        return self.online

    def heard(self, topic: str) -> list[bytes]:
        self.hear()
        return [message.payload for message in self.messages if message.topic == topic]


@pytest.fixture
def device(broker, centre):
    made = Device(broker, centre)
    yield made
    made.broker.close()


@pytest.fixture(scope="module")
def journal():
    return assembly.signed(assembly.sat(21, present=15, votes=assembly.CARRIED))


def receipts(centre, device):
    opened = [
        verification.open_envelope(r, record.RECEIPT, centre.signer.public_key) for r in device.heard(ADDRESS.receipt)
    ]
    return [statement["seq"] for statement in opened]


def test_batches_are_receipted_over_mqtt(centre, device, journal):
    device.broker.publish(ADDRESS.events, assembly.batch_file(journal[:10]))
    device.broker.publish(ADDRESS.events, assembly.batch_file(journal[10:]))
    until(lambda: len(journal) in receipts(centre, device), [centre.service])
    assert [seq for seq in receipts(centre, device) if seq] == [10, len(journal)]
    assert centre.views.summary()["verified"]


def test_a_central_that_comes_back_says_how_far_it_is(centre, device, journal):
    centre.ingest.batch(ADDRESS.site, ADDRESS.device, assembly.batch_file(journal[:10]))
    centre.stop()
    centre.start()
    until(lambda: 10 in receipts(centre, device), [centre.service])


def test_a_command_is_sent_once_and_shown_until_the_device_confirms(centre, device, journal):
    statement = commands.issue(
        centre.archive, centre.signer, str(ADDRESS), "open", {"item": "nd-1"}, centre.clock.now().at
    )
    until(lambda: bool(device.heard(ADDRESS.command)), [centre.service])
    for _ in range(3):
        centre.service.step()

    (envelope,) = device.heard(ADDRESS.command)
    assert verification.open_envelope(envelope, record.COMMAND, centre.signer.public_key) == statement
    (shown,) = centre.views.commands(str(ADDRESS))
    assert (shown["number"], shown["accepted"]) == (1, False)
    assert shown["sent_at"] == centre.clock.now().at


def test_a_command_that_waited_too_long_is_never_sent(centre, device):
    commands.issue(centre.archive, centre.signer, str(ADDRESS), "open", {"item": "nd-1"}, centre.clock.now().at)
    centre.clock.advance(61)
    until(lambda: not centre.archive.unsent_commands(), [centre.service])
    assert centre.views.commands(str(ADDRESS))[0]["sent_at"] == "expired"
    assert device.heard(ADDRESS.command) == []


def test_the_page_answers_from_its_own_thread(centre, device, journal):
    device.broker.publish(ADDRESS.events, assembly.batch_file(journal))
    until(lambda: centre.head == len(journal), [centre.service])
    application = pages.create(centre.views, lambda: centre.service.condition, centre.key, "vi")
    shown = Pages(application, "127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{shown.port}/api/summary.json", timeout=60) as answer:
            summary = json.load(answer)
    finally:
        shown.close()
    assert (summary["verified"], summary["events"]) == (True, len(journal))
