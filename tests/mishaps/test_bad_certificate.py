"""Certificates that are wrong in each way that happens: the state is `certificate`, and says which one it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance import config
from appliance.central.certificates import LEAF_DAYS, Authority
from tests.worlds.mosquitto import Mosquitto, SecureMosquitto
from tests.worlds.uplink import ADDRESS, Box, Centre, until


def _foreign_client(folder: Path, broker: SecureMosquitto) -> config.Broker:
    pair = Authority(folder / "foreign", datetime.now(UTC)).client(str(ADDRESS))
    ours = str(broker.authority.pair.certificate)
    return broker.settings(ca_file=ours, cert_file=str(pair.certificate), key_file=str(pair.key))


def _foreign_broker(folder: Path, broker: SecureMosquitto) -> config.Broker:
    other = Authority(folder / "foreign", datetime.now(UTC))
    return broker.settings_of(str(ADDRESS)).model_copy(update={"ca_file": str(other.pair.certificate)})


def _no_client_certificate(_: Path, broker: SecureMosquitto) -> config.Broker:
    return broker.settings(ca_file=str(broker.authority.pair.certificate))


def _another_host_name(_: Path, broker: SecureMosquitto) -> config.Broker:
    return broker.settings_of(str(ADDRESS)).model_copy(update={"host": "localhost"})


def _a_file_that_is_missing(folder: Path, broker: SecureMosquitto) -> config.Broker:
    return broker.settings_of(str(ADDRESS)).model_copy(update={"key_file": str(folder / "nowhere.key")})


def _a_key_of_another_certificate(_: Path, broker: SecureMosquitto) -> config.Broker:
    other = broker.authority.client("central")
    return broker.settings_of(str(ADDRESS)).model_copy(update={"key_file": str(other.key)})


def _expired(_: Path, broker: SecureMosquitto) -> config.Broker:
    folder = broker.authority.pair.certificate.parent
    old = Authority(folder, datetime.now(UTC) - timedelta(days=LEAF_DAYS + 1))
    pair = old.client(str(ADDRESS))
    ours = str(broker.authority.pair.certificate)
    return broker.settings(ca_file=ours, cert_file=str(pair.certificate), key_file=str(pair.key))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (_foreign_client, ("unknown ca", "UNKNOWN_CA", "does not accept")),
        (_foreign_broker, ("self-signed", "unable to get local issuer", "self signed")),
        (_no_client_certificate, ("certificate required", "does not accept")),
        (_another_host_name, ("Hostname mismatch", "localhost")),
        (_a_file_that_is_missing, ("nowhere.key",)),
        (_a_key_of_another_certificate, ("do not match", "KEY_VALUES_MISMATCH", "fit together")),
        (_expired, ("expired", "does not accept")),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "says",
)
def test_the_state_names_the_certificate(
    tmp_path: Path, wrong: Callable[[Path, SecureMosquitto], config.Broker], said: tuple[str, ...]
) -> None:
    with (
        SecureMosquitto(tmp_path) as broker,
        Centre(tmp_path / "centre", None) as centre,
        Box(tmp_path / "box", wrong(tmp_path, broker), centre.key) as box,
    ):
        box.meet()
        until(lambda: box.status()["state"] not in ("connecting", "unreachable"), [box.uplink])

        status = box.status()
        assert status["state"] == "certificate"
        assert any(word in status["detail"] for word in said), status["detail"]
        assert "ca_file" in status["remedy"]
        assert status["acknowledged"] == 0


def test_a_broker_without_tls_is_unreachable_and_says_why(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certs", datetime.now(UTC))
    with Mosquitto(tmp_path) as broker, Centre(tmp_path / "centre", None) as centre:
        settings = broker.settings(ca_file=str(authority.pair.certificate))
        with Box(tmp_path / "box", settings, centre.key) as box:
            until(lambda: box.status()["state"] == "unreachable", [box.uplink])

            assert "does not speak TLS" in box.status()["detail"]


def test_with_the_right_certificates_a_meeting_arrives(tmp_path: Path) -> None:
    with SecureMosquitto(tmp_path) as broker:
        box_side, central_side = broker.settings_of(str(ADDRESS)), broker.settings_of("central")
        with (
            Centre(tmp_path / "centre", central_side) as centre,
            Box(tmp_path / "box", box_side, centre.key) as box,
        ):
            last = box.meet()

            until(lambda: box.status()["acknowledged"] == last, [box.uplink, centre.service])

            assert box.status()["state"] == "online"
            assert centre.views.summary()["verified"]
