"""A real mosquitto on a free loopback port, to kill and start again: `with Mosquitto(tmp_path) as broker: …`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from appliance import config
from appliance.uplink.private_broker import OPEN_ON_LOOPBACK, PrivateBroker


class Mosquitto(PrivateBroker):
    """`kill()` is SIGKILL, `stop()` SIGTERM, `start()` brings it back on the same port."""

    def __init__(self, folder: Path, configuration: str = OPEN_ON_LOOPBACK) -> None:
        """`configuration` may add lines, such as `acl_file`; it is started already."""
        super().__init__(folder / "mosquitto", configuration)

    def settings(self, **more: str | int) -> config.Broker:
        """What a device or a central server needs to connect."""
        return config.Broker.model_validate({"host": self.host, "port": self.port, **more})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
