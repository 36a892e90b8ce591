"""The uplink service stepped by hand, over a real broker, with a real central server at the other end."""

from __future__ import annotations

import socket
import sqlite3
import threading
from typing import Any

import pytest

from appliance import record
from appliance.config import Configuration
from appliance.control import Client
from appliance.events import ConfigurationChanged, PartRestored, Writer
from appliance.journal import Fact
from appliance.journal import Writer as JournalWriter
from appliance.services.loop import Turn
from appliance.services.state import State as Folders
from appliance.services.uplink import UplinkService
from appliance.uplink import connection_test
from appliance.uplink.broker import Changed, Message, State
from appliance.uplink.connection_test import TITLES
from appliance.uplink.paho import PahoBroker
from appliance.values import Refusal
from tests import assembly
from tests.assembly import DEVICE, SITE
from tests.worlds.mosquitto import Mosquitto, SecureMosquitto
from tests.worlds.uplink import ADDRESS, QUICK, Box, Centre, HandClock, until


@pytest.fixture
def box(tmp_path, broker, centre):
    with Box(tmp_path / "box", broker.settings(), centre.key, batch_events=7) as made:
        yield made


class Listener:
    """Somebody else at the broker, who hears everything and may say anything."""

    def __init__(self, broker: Mosquitto, box: Box) -> None:
        self._broker = PahoBroker(broker.settings(), "listener", ("meeting/v1/#",), pause=QUICK)
        self.heard: dict[str, bytes] = {}
        self._online = False
        until(self.hear, [box.uplink])

    def hear(self) -> bool:
        for happening in self._broker.poll():
            if isinstance(happening, Message):
                self.heard[happening.topic] = happening.payload
            elif isinstance(happening, Changed):
                self._online = happening.condition.state is State.ONLINE
        return self._online

    def said_on(self, topic: str) -> bytes | None:
        self.hear()
        return self.heard.get(topic)

    def say(self, topic: str, payload: bytes) -> None:
        self._broker.publish(topic, payload)

    def close(self) -> None:
        self._broker.close()


@pytest.fixture
def listener(broker, box):
    made = Listener(broker, box)
    yield made
    made.close()


def ask(box: Box, do: str, **args: Any) -> Any:
    """Ask on uplink.sock while the service is turned."""
    answers: list[Any] = []
    client = Client(box.folders.socket("uplink"), timeout=30)
    asking = threading.Thread(target=lambda: answers.append(client.ask(do, **args)))
    asking.start()
    until(lambda: bool(answers), [box.uplink], seconds=40)
    asking.join()
    return answers[0]


def test_a_whole_meeting_arrives_and_is_receipted(box, centre):
    last = box.meet()

    until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])

    summary = centre.views.summary()
    assert (summary["verified"], summary["events"], summary["lost"], summary["duplicated"]) == (True, last, 0, 0)
    assert [r["verdict"]["outcome"] for r in summary["devices"][0]["results"]] == ["carried"]
    assert box.status()["state"] == "online"
    assert centre.alarms() == []


def test_birth_result_and_will_are_retained(box, broker, centre):
    last = box.meet()
    until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
    box.clock.advance(2)

    late = Listener(broker, box)
    try:
        until(lambda: b'"acknowledged":%d' % last in (late.said_on(ADDRESS.state) or b""), [box.uplink])
        assert b'"online":true' in late.heard[ADDRESS.state]
        until(lambda: late.said_on(ADDRESS.result(assembly.BALLOT)) is not None, [box.uplink])
        record.parse_envelope(late.heard[ADDRESS.result(assembly.BALLOT)])

        box.uplink.close()
        until(lambda: b'"online":false' in (late.said_on(ADDRESS.state) or b""), [centre.service])
        until(lambda: not centre.views.rooms()[0].online, [centre.service])
    finally:
        late.close()
        box.start_uplink()


def test_without_a_broker_the_state_is_off(tmp_path):
    with Box(tmp_path / "box", None, "") as box:
        box.meet()
        box.uplink.step()
        assert (box.status()["state"], box.status()["broker"]) == ("off", "")
        assert "[broker]" in box.status()["remedy"]


def test_without_centrals_key_nothing_is_sent_and_it_says_so(tmp_path, broker, centre):
    with Box(tmp_path / "box", broker.settings(), "") as box:
        box.meet()
        until(lambda: box.status()["state"] == "online", [box.uplink])
        assert "uplink.central_key" in box.status()["detail"]
        assert centre.head == 0


def test_it_waits_for_the_ballot_service_and_says_so(box, centre):
    box.stop_ballot()
    last = box.chatter(3)
    until(lambda: "ballot service does not answer" in box.status()["detail"], [box.uplink, centre.service])
    assert box.status()["acknowledged"] == 0

    box.start_ballot()
    box.clock.advance(2)
    until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
    assert "ballot service" not in box.status()["detail"]


def test_it_waits_for_the_journal_and_says_so(tmp_path):
    folders, clock = Folders(tmp_path), HandClock()
    uplink = UplinkService(folders, Configuration(), None, Client(folders.socket("ballot")), clock)
    uplink.step()
    assert "no journal yet" in uplink.status("en")["detail"]

    folders.journal.parent.mkdir()
    folders.journal.touch()  # the very first moment of a new journal: a file without tables
    clock.advance(2)
    uplink.step()
    assert "no journal yet" in uplink.status("en")["detail"]

    writer = JournalWriter(folders.journal, Writer.BALLOT)
    writer.append([Fact("fact-0001", PartRestored(part="p"))], clock.now())
    clock.advance(2)
    until(lambda: uplink.status("en")["head"] == 1, [uplink])
    assert "journal yet" not in uplink.status("en")["detail"]
    uplink.close()
    writer.close()


@pytest.mark.parametrize(
    ("signer", "changes", "said"),
    [
        (assembly.signer(66), {}, "signed by key"),
        (None, {"hash": "ab" * 32}, "another entry"),
        (None, {"device": "phong-2"}, "phong-2"),
        (None, {"seq": 999}, "does not have"),
    ],
)
def test_a_forged_receipt_is_ignored_and_shown(box, broker, centre, listener, signer, changes, said):
    centre.stop()
    box.chatter(5)
    until(lambda: box.uplink.in_flight > 0, [box.uplink])
    entry = box.writer.entry(6)
    statement = {"at": assembly.at(1), "device": DEVICE, "hash": entry.hash.hex(), "seq": 6, "site": SITE} | changes

    listener.say(ADDRESS.receipt, record.seal(record.RECEIPT, statement, signer or centre.signer))

    until(lambda: box.status()["state"] == "no-receipts", [box.uplink])
    assert said in box.status()["detail"]
    assert box.status()["acknowledged"] == 0
    centre.start()
    box.clock.advance(60)
    until(lambda: box.status()["acknowledged"] == 6, [box.uplink, centre.service])
    assert box.status()["state"] == "online"


def test_silence_of_central_is_a_state_and_everything_is_sent_again(box, centre):
    centre.stop()
    last = box.chatter(5)
    until(lambda: box.uplink.in_flight > 0, [box.uplink])
    box.clock.advance(20)
    until(lambda: box.status()["state"] == "no-receipts", [box.uplink])
    assert "central" in box.status()["remedy"]

    centre.start()
    box.clock.advance(20)
    until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])


def test_a_command_is_handed_on_with_its_signature(box, centre, listener):
    envelope = record.seal(record.COMMAND, {"do": "open"}, centre.signer)
    until(lambda: box.status()["state"] == "online", [box.uplink])
    listener.say(ADDRESS.command, envelope)
    assert box.desk is not None
    desk = box.desk
    until(lambda: desk.commands == [envelope.decode()], [box.uplink])


def test_a_command_while_the_ballot_service_is_down_does_no_harm(box, listener):
    until(lambda: box.status()["state"] == "online", [box.uplink])
    box.stop_ballot()
    listener.say(ADDRESS.command, b"{}")
    listener.say(ADDRESS.command, b"\xff")
    until(lambda: listener.said_on(ADDRESS.command) == b"\xff", [box.uplink])
    box.uplink.step()


def test_a_changed_configuration_asks_for_a_restart_once(box):
    until(lambda: box.status()["head"] == 1, [box.uplink])
    box.record(ConfigurationChanged(configuration="00", keys=("door.looks",), by="technician"))
    assert box.uplink.step() is Turn.AGAIN
    box.record(ConfigurationChanged(configuration="01", keys=("broker.host",), by="technician"))
    assert box.uplink.step() is Turn.RESTART

    box.restart_uplink()
    assert [box.uplink.step() for _ in range(3)] == [Turn.AGAIN] * 3


def test_the_journal_is_opened_for_reading_only(box):
    until(lambda: box.status()["head"] == 1, [box.uplink])
    reader = box.uplink._reader
    assert reader is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._db.execute("DELETE FROM entry")


# On uplink.sock -------------------------------------------------------------------------------------------------------


def test_status_speaks_both_languages(box):
    answer = ask(box, "status")
    assert set(answer) == {"service", "state", "detail", "remedy", "acknowledged", "head", "broker"}
    vietnamese = ask(box, "status", language="vi")
    assert vietnamese["detail"] != answer["detail"]


def test_an_unknown_question_is_refused(box):
    assert isinstance(ask(box, "sing"), Refusal)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may be busy: a step of the connection test may take its time."""
    monkeypatch.setattr(connection_test, "SECONDS", 30.0)


@pytest.mark.usefixtures("patient")
def test_the_connection_test_goes_through_all_steps(tmp_path):
    with (
        SecureMosquitto(tmp_path) as secure,
        Centre(tmp_path / "centre", None) as centre,
        Box(tmp_path / "box", secure.settings_of(str(ADDRESS)), centre.key) as box,
    ):
        until(lambda: box.status()["state"] == "online", [box.uplink])
        answer = ask(box, "test", **secure.settings_of(str(ADDRESS)).model_dump())
        assert [step["title"] for step in answer["steps"]] == list(TITLES)
        assert [step["ok"] for step in answer["steps"]] == [True] * 5
        assert box.status()["state"] == "online", "the running connection was not taken over"

        stranger = ask(box, "test", **secure.settings_of("tinh-mau/phong-9").model_dump())
        assert [step["ok"] for step in stranger["steps"]] == [True, True, True, True, False]
        assert "Not authorized" in stranger["steps"][-1]["detail"]

        uncertain = ask(box, "test", **secure.settings(ca_file=str(secure.authority.pair.certificate)).model_dump())
        assert uncertain["steps"][-1]["ok"] is False


@pytest.fixture
def no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that are none are refused at once: a resolver on the network takes as long as it likes."""
    known = socket.getaddrinfo

    def lookup(host: str, *more: Any, **named: Any) -> Any:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.mark.usefixtures("patient", "no_resolver")
def test_the_connection_test_stops_where_it_fails(box, broker):
    settings = broker.settings().model_dump()
    steps = [
        ask(box, "test", **settings | {"host": "broker.invalid"}),
        ask(box, "test", **settings | {"port": 1}),
        ask(box, "test", **settings | {"ca_file": "/nowhere/ca.crt"}),
        ask(box, "test", **settings),
    ]
    oks = [[step["ok"] for step in answer["steps"]] for answer in steps if isinstance(answer, dict)]
    assert oks == [[False], [True, False], [True, True, False], [True, True, None, True, True]]


def test_a_connection_test_with_settings_that_are_none_is_refused(box):
    assert isinstance(ask(box, "test", port="many"), Refusal)
