"""How fast the uplink drains a journal through a real broker into a real archive, beside a bare paho client."""

from __future__ import annotations

import base64
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from appliance import config, record
from appliance.central.archive import Archive
from appliance.central.ingest import Ingest
from appliance.config import Configuration
from appliance.control import Client, Server
from appliance.errors import DeviceError
from appliance.events import DeviceInstalled, Event, PartRestored, Writer
from appliance.journal import Fact, Reader
from appliance.journal import Writer as JournalWriter
from appliance.services.central import CentralService
from appliance.services.clock import SystemClock
from appliance.services.state import State
from appliance.services.uplink import UplinkService, will
from appliance.uplink.paho import PahoBroker
from appliance.uplink.private_broker import PrivateBroker
from appliance.uplink.topics import Address, for_central, for_device
from appliance.vault.keys import KeyFileSigner

BARE_WINDOW = 100
"""Messages in flight of the bare client: where it is fastest (measured.md)."""

DEADLINE_SECONDS = 600.0


@dataclass(frozen=True)
class Measurement:
    """`drained`: every event is archived once and signed for. Rates are per second of wall clock."""

    drained: bool
    events_per_s: float
    paho_messages_per_s: float


def measure(events: int) -> Measurement:
    """Fill a journal with that many facts, then let it drain. Raises `DeviceError` without mosquitto."""
    with tempfile.TemporaryDirectory(prefix="bench-uplink-") as folder:
        broker = PrivateBroker(Path(folder) / "broker")
        try:
            bare = _bare(broker, events)
            drained, seconds = _drain(Path(folder), broker, events)
        finally:
            broker.kill()
    return Measurement(drained, round(events / seconds, 1), round(bare, 1))


def _bare(broker: PrivateBroker, count: int) -> float:
    """One message an event, QoS 1, to nobody: as fast as the client and the broker go."""
    acknowledged = 0
    done = threading.Event()

    def one_more(*_: object) -> None:
        nonlocal acknowledged
        acknowledged += 1
        if acknowledged == count:
            done.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.max_inflight_messages_set(BARE_WINDOW)
    client.on_publish = one_more
    client.connect(broker.host, broker.port)
    client.loop_start()
    payload = record.body_of(PartRestored(part="bench"))
    began = time.perf_counter()
    for _ in range(count):
        client.publish("bench/bare", payload, qos=1)
    if not done.wait(DEADLINE_SECONDS):
        raise DeviceError(f"the bare client got {acknowledged} of {count} acknowledgements; is the machine overloaded?")
    seconds = time.perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return count / seconds


def _drain(folder: Path, broker: PrivateBroker, events: int) -> tuple[bool, float]:
    """Journal → uplink → broker → central → archive → receipt, each in its thread; whether all came, and seconds."""
    clock, state = SystemClock(), State(folder / "box")
    address = Address("bench", "box")
    signer, central_signer = KeyFileSigner(Ed25519PrivateKey.generate()), KeyFileSigner(Ed25519PrivateKey.generate())
    last = _fill(state, address, signer, events)
    settings = config.Broker(host=broker.host, port=broker.port)
    configuration = Configuration(
        box=config.Box(site=address.site, device=address.device),
        broker=settings,
        uplink=config.Uplink(central_key=central_signer.public_key.hex()),
    )
    archive = Archive(f"sqlite:///{folder / 'archive.sqlite'}")
    devices = {str(address): record.fingerprint(signer.public_key)}
    ingest = Ingest(archive, devices, central_signer, lambda: clock.now().at)
    central = CentralService(archive, ingest, PahoBroker(settings, "central", for_central()), clock)
    stopping = threading.Event()
    desk = threading.Thread(target=_sign, args=(state, address, signer, stopping))
    desk.start()
    while not central.online:
        central.step()
    turning = threading.Thread(target=_turn, args=(central, stopping))
    turning.start()
    connect = partial(PahoBroker, settings, str(address), for_device(address), will(address))
    uplink = UplinkService(state, configuration, connect, Client(state.socket("ballot")), clock)
    began = time.perf_counter()
    try:
        while uplink.status("en")["acknowledged"] < last and time.perf_counter() - began < DEADLINE_SECONDS:
            uplink.step()
        seconds = time.perf_counter() - began
        archived = archive.present_below(address.site, address.device, last)
        doubled = archive.duplicated(address.site, address.device)
        return archived == last and doubled == 0, seconds
    finally:
        uplink.close()
        stopping.set()
        turning.join()
        desk.join()
        central.close()


def _fill(state: State, address: Address, signer: KeyFileSigner, events: int) -> int:
    """A journal of that many facts; the last sequence."""
    journal = JournalWriter(state.journal, Writer.BALLOT)
    key = base64.b64encode(signer.public_key).decode()
    facts: list[Event] = [DeviceInstalled(site=address.site, device=address.device, public_key=key)]
    facts += [PartRestored(part=f"part-{n}") for n in range(events - 1)]
    when = SystemClock().now()
    for start in range(0, len(facts), 500):
        journal.append([Fact(f"bench-{start + n}", event) for n, event in enumerate(facts[start : start + 500])], when)
    last, _ = journal.head()
    journal.close()
    return last


def _turn(central: CentralService, stopping: threading.Event) -> None:
    while not stopping.is_set():
        central.step()


def _sign(state: State, address: Address, signer: KeyFileSigner, stopping: threading.Event) -> None:
    """The ballot service's part in it: checkpoints over the socket, as in a room."""
    server, reader, clock = Server(state.socket("ballot")), Reader(state.journal), SystemClock()
    while not stopping.is_set():
        for request in server.poll(0.1):
            entry = reader.entry(request.args["seq"])
            if entry is not None:
                at = clock.now().at
                sealed = record.checkpoint(address.site, address.device, entry.seq, entry.hash, at, signer)
                request.reply({"envelope": sealed.decode()})
    server.close()
    reader.close()
