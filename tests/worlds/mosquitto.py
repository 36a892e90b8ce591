"""A real mosquitto on a free loopback port, to kill and start again: `with Mosquitto(tmp_path) as broker: …`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from appliance import config
from appliance.central.certificates import Authority
from appliance.uplink.private_broker import OPEN_ON_LOOPBACK, PrivateBroker

SHIPPED = Path(__file__).parents[2] / "firmware_config" / "broker"


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


class SecureMosquitto(Mosquitto):
    """The configuration and access rules that are shipped, with certificates of a private authority."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder / "certs", datetime.now(UTC))
        self.authority.server(self.host)
        changes = {
            "listener 8883": "listener {port} 127.0.0.1",
            "/etc/mosquitto/certs": str(folder / "certs"),
            "/etc/mosquitto/acl": str(SHIPPED / "acl"),
            "/var/lib/mosquitto/": f"{folder}/",
            "log_dest syslog": "log_dest stderr",
        }
        configuration = (SHIPPED / "mosquitto.conf").read_text("utf-8")
        for shipped, here in changes.items():
            assert shipped in configuration, f"{shipped!r} is no longer in the configuration that is shipped"
            configuration = configuration.replace(shipped, here)
        super().__init__(folder, configuration)

    def settings_of(self, name: str, **more: str | int) -> config.Broker:
        """What `central`, or a device by its `site/device`, needs to connect with a certificate of its own."""
        pair = self.authority.client(name)
        files = {"cert_file": str(pair.certificate), "key_file": str(pair.key)}
        return self.settings(ca_file=str(self.authority.pair.certificate), **files, **more)
