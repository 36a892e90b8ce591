"""The broker and the central server that both ends of the uplink are tested against."""

from __future__ import annotations

import pytest

from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import Centre


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as made:
        yield made


@pytest.fixture
def centre(tmp_path, broker):
    with Centre(tmp_path / "centre", broker.settings()) as made:
        yield made
