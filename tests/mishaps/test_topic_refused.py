"""The broker's access rules refuse a topic: paho alone would count it as published; nothing is taken as delivered."""

from __future__ import annotations

from tests.worlds.mosquitto import Mosquitto, SecureMosquitto
from tests.worlds.uplink import ADDRESS, Box, Centre, until

RULES = """\
listener {{port}} 127.0.0.1
allow_anonymous true
acl_file {acl}
"""


def test_a_refused_events_topic_is_a_state_and_nothing_moves_on(tmp_path):
    acl = tmp_path / "acl"
    forbidden = f"topic deny {ADDRESS.events}\ntopic readwrite meeting/v1/#\n"
    acl.write_text(forbidden)
    with (
        Mosquitto(tmp_path, RULES.format(acl=acl)) as broker,
        Centre(tmp_path / "centre", broker.settings()) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key) as box,
    ):
        last = box.meet()
        until(lambda: box.status()["state"] == "refused", [box.uplink, centre.service])

        status = box.status()
        assert ADDRESS.events in status["detail"]
        assert "Not authorized" in status["detail"]
        assert "ACL" in status["remedy"]
        assert (status["acknowledged"], centre.head) == (0, 0)

        broker.kill()
        both = [box.uplink, centre.service]
        until(lambda: not centre.service.online and box.status()["state"] == "unreachable", both)
        acl.write_text("topic readwrite meeting/v1/#\n")
        broker.start()
        # The pause after a refusal holds the batch back until central listens again, and until every refusal was heard:
        # sent earlier it would reach nobody, and be sent again only when a clock that stands still had moved on.
        until(lambda: centre.service.online and box.status()["state"] == "online", both)
        box.clock.advance(60)
        until(lambda: box.status()["acknowledged"] == last, both)
        assert box.status()["state"] == "online"


def test_a_refused_topic_is_not_tried_in_a_circle(tmp_path):
    acl = tmp_path / "acl"
    acl.write_text(f"topic deny {ADDRESS.events}\ntopic readwrite meeting/v1/#\n")
    with (
        Mosquitto(tmp_path, RULES.format(acl=acl)) as broker,
        Centre(tmp_path / "centre", None) as centre,
        Box(tmp_path / "box", broker.settings(), centre.key, window_batches=1) as box,
    ):
        box.chatter(5)
        until(lambda: box.status()["state"] == "refused", [box.uplink])

        for _ in range(5):
            box.uplink.step()
            assert box.uplink.in_flight == 0
        box.clock.advance(60)
        box.uplink.step()
        assert box.uplink.in_flight == 1


def test_a_box_with_anothers_certificate_can_say_nothing_in_our_name(tmp_path):
    with SecureMosquitto(tmp_path) as broker:
        stranger, central_side = broker.settings_of("tinh-mau/phong-9"), broker.settings_of("central")
        with (
            Centre(tmp_path / "centre", central_side) as centre,
            Box(tmp_path / "box", stranger, centre.key) as box,
        ):
            box.meet()
            until(lambda: box.status()["state"] == "refused", [box.uplink, centre.service])

            assert (box.status()["acknowledged"], centre.head) == (0, 0)
            assert centre.views.rooms()[0].online is False
