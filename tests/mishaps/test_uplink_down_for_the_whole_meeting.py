"""There is no network during the meeting: it is held all the same, and everything arrives afterwards."""

from __future__ import annotations

from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import Box, Centre, until


def test_everything_arrives_when_the_network_is_back(tmp_path):
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key, batch_events=10) as box,
    ):
        broker.kill()
        last = box.meet()
        until(lambda: box.status()["state"] == "unreachable", [box.uplink])
        assert box.status()["acknowledged"] == 0
        assert "kept" in box.status()["detail"]
        assert "cable" in box.status()["remedy"]

        broker.start()
        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])

        summary = centre.views.summary()
        assert (summary["verified"], summary["events"], summary["lost"], summary["duplicated"]) == (True, last, 0, 0)
        assert summary["devices"][0]["results"][0]["tally"]["for"] == 11


def test_the_uplink_service_itself_was_not_running(tmp_path):
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key) as box,
    ):
        box.uplink.close()
        last = box.meet()
        box.start_uplink()

        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])

        assert centre.views.summary()["verified"]


def test_central_was_down_and_had_lost_its_archive(tmp_path):
    """The box believes that all was receipted; central says that it has nothing, and gets it again."""
    with (
        Mosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key, batch_events=5, window_batches=2) as box,
    ):
        last = box.chatter(60)
        until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])

        box.clock.advance(2)
        until(lambda: centre.views.rooms()[0].head == last, [box.uplink, centre.service])
        centre.stop()
        for file in (tmp_path / "centre").glob("archive.sqlite*"):
            file.unlink()
        centre.start()
        until(lambda: centre.head == last, [box.uplink, centre.service])

        assert centre.views.summary()["verified"]
