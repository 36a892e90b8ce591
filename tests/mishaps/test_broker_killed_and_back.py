"""The broker is killed in the middle of the traffic and comes back: nothing is lost, nothing is there twice."""

from __future__ import annotations

import select
import time
from collections import deque
from functools import partial

import pytest

from appliance.uplink.broker import Changed, State
from appliance.uplink.paho import PahoBroker
from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import QUICK, Box, Centre, until


def _archived(centre: Centre, seq: int) -> bool:
    return centre.head >= seq


def test_nothing_is_lost_and_nothing_is_doubled(tmp_path):
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key, batch_events=3, window_batches=4) as box,
    ):
        last = box.chatter(300)
        for share in (50, 120, 200):
            until(partial(_archived, centre, share), [box.uplink, centre.service])
            broker.kill()
            until(lambda: box.status()["state"] == "unreachable", [box.uplink])
            broker.start()

        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service], seconds=40)

        summary = centre.views.summary()
        assert (summary["verified"], summary["events"], summary["lost"], summary["duplicated"]) == (True, last, 0, 0)


def test_what_the_broker_acknowledged_and_lost_is_sent_again(tmp_path):
    """PUBACK without a central server: the broker keeps nothing, so the box must not believe that it was delivered."""
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", None) as key_only,
        Box(tmp_path / "box", broker.settings(), key_only.key, receipt_seconds=5) as box,
    ):
        last = box.meet()
        until(lambda: box.status()["state"] == "online", [box.uplink])
        until(lambda: box.uplink.in_flight > 0, [box.uplink])
        assert box.status()["acknowledged"] == 0

        box.clock.advance(6)
        until(lambda: box.status()["state"] == "no-receipts", [box.uplink])
        broker.kill()
        broker.start()

        with Centre(tmp_path / "centre", broker.settings()) as centre:
            until(lambda: centre.service.online, [centre.service])
            box.clock.advance(6)
            until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
            assert box.status()["state"] == "online"
            assert centre.views.summary()["duplicated"] == 0


@pytest.mark.parametrize("receipted", [True, False])
def test_the_uplink_is_killed_between_receipt_and_its_note(tmp_path, receipted):
    """A box that forgets a receipt sends again, and central answers without archiving twice."""
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key) as box,
    ):
        last = box.chatter(40)
        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
        if not receipted:
            (box.folders.uplink / "receipt.json").unlink()

        box.restart_uplink()
        until(lambda: box.status()["head"] == last, [box.uplink])

        assert box.status()["acknowledged"] == (last if receipted else 0)
        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
        summary = centre.views.summary()
        assert (summary["verified"], summary["events"], summary["duplicated"]) == (True, last, 0)


class _DeadlyQueue(deque):
    """Messages that wait; whoever takes the first one finds the broker dead."""

    def __init__(self, broker: Mosquitto) -> None:
        super().__init__()
        self._broker = broker

    def popleft(self):
        if self._broker.pid is not None:
            self._broker.kill()
        return super().popleft()


def test_the_broker_dies_while_messages_are_handed_over(tmp_path):
    """The connection may end in the very call that sends: that is a lost connection like any other."""
    with Mosquitto(tmp_path) as broker:
        client = PahoBroker(broker.settings(), "sender", (), pause=QUICK)
        seen: list[State] = []

        def until_state(state: State) -> None:
            deadline = time.monotonic() + 20
            while state not in seen:
                assert time.monotonic() < deadline, seen
                select.select([client], [], [], 1.0)
                seen.extend(h.condition.state for h in client.poll() if isinstance(h, Changed))
            seen.clear()

        try:
            until_state(State.ONLINE)
            client._waiting = _DeadlyQueue(broker)
            for number in range(20):
                client.publish("t", b"x" * 1000 * number)
            until_state(State.UNREACHABLE)
            broker.start()
            until_state(State.ONLINE)
        finally:
            client.close()
