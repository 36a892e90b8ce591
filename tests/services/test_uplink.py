"""The uplink service stepped by hand, over a real broker, with a real central server at the other end."""

from __future__ import annotations

from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import Box, Centre, until


def test_a_whole_meeting_arrives_and_is_receipted(tmp_path):
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key, batch_events=7) as box,
    ):
        last = box.meet()

        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])

        summary = centre.views.summary()
        assert (summary["verified"], summary["events"], summary["lost"], summary["duplicated"]) == (True, last, 0, 0)
        assert [r["verdict"]["outcome"] for r in summary["devices"][0]["results"]] == ["carried"]
        assert box.status()["state"] == "online"
        assert centre.alarms() == []
