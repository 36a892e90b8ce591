"""Anything at all arrives on every topic: neither side falls over, nothing of it counts, and the traffic goes on."""

from __future__ import annotations

import json
import random

import pytest

from appliance import record
from appliance.uplink.broker import Acknowledged, Denied
from appliance.uplink.paho import PahoBroker
from tests import assembly
from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import ADDRESS, QUICK, Box, Centre, until

TOPICS = (
    ADDRESS.state,
    ADDRESS.events,
    ADDRESS.receipt,
    ADDRESS.command,
    ADDRESS.result("m.1.1"),
    "meeting/v1/tinh-mau/phong-1",
    "meeting/v1/tinh mau/phòng/events",
    "meeting/v1/a/b/result/x y",
    "meeting/v1/nobody/knows/events",
    "meeting/v1/nobody/knows/state",
    "meeting/v2/tinh-mau/phong-1/events",
)


def _garbage() -> list[bytes]:
    entries = assembly.sat(21, present=15, votes=assembly.CARRIED)
    good = assembly.batch_file(entries)
    random_bytes = random.Random(2026).randbytes(2000)
    deep = b"[" * 100_000
    return [
        b"",
        b"\x00",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"1e999",
        b"NaN",
        b"\xff\xfe",
        "phòng họp".encode(),
        random_bytes,
        deep,
        good[:-1],
        good.replace(b"dv-01", b"dv-02"),
        json.dumps(json.loads(good)).encode(),
        b'{"checkpoint":"","events":[]}',
        b'{"checkpoint":1,"events":[{}]}',
        b'{"checkpoint":"x","events":[{"seq":true}]}',
        record.seal(record.RECEIPT, {"seq": "1"}, assembly.signer(7)),
        record.seal("text/plain", {}, assembly.signer(7)),
        b'{"online":"perhaps","head":{"seq":-1}}',
        b'{"online":true,"head":{"seq":99999999999999999999999}}',
        b'{"online":true,"software":' + b'"' + b"x" * 5000 + b'"}',
    ]


@pytest.fixture(scope="module")
def garbage() -> list[bytes]:
    return _garbage()


def test_neither_side_falls_over(tmp_path, garbage):
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key) as box,
    ):
        vandal = PahoBroker(broker.settings(), "vandal", (), pause=QUICK)
        try:
            until(lambda: any(True for _ in vandal.poll()), [box.uplink, centre.service])
            until(lambda: centre.service.online and box.status()["state"] == "online", [box.uplink, centre.service])
            tokens = {vandal.publish(topic, payload) for topic in TOPICS for payload in garbage}

            def all_taken() -> bool:
                tokens.difference_update(h.token for h in vandal.poll() if isinstance(h, Acknowledged | Denied))
                return not tokens

            until(all_taken, [box.uplink, centre.service], seconds=60)
            last = box.meet()
            box.clock.advance(60)
            until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])
        finally:
            vandal.close()

        summary = centre.views.summary()
        assert (summary["verified"], summary["events"], summary["duplicated"]) == (True, last, 0)
        assert [device["device"] for device in summary["devices"]] == [str(ADDRESS)]
        assert {"bad-batch", "garbage", "bad-result"} <= set(centre.alarms())
