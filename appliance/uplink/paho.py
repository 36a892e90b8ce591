"""`Broker` over paho-mqtt 2, MQTT 5.

paho's own loops are not used: they swallow the reason why a connection failed, reconnect with an unbounded number of
messages in flight, and end silently when a callback raises. One thread of ours owns the client and makes a new one for
each connection; everything crosses to the service through two queues.
"""

from __future__ import annotations

import itertools
import queue
import random
import select
import ssl
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from appliance import config
from appliance.uplink import tls
from appliance.uplink.bell import Bell
from appliance.uplink.broker import (
    PAYLOAD_LIMIT,
    Acknowledged,
    Changed,
    Condition,
    Denied,
    Happening,
    Message,
    State,
    Will,
)

CONNECT_SECONDS = 5.0
CONNACK_SECONDS = 10.0
FIRST_DELAY, LAST_DELAY = 0.5, 30.0
IN_FLIGHT = 16
"""Messages handed to the broker and not yet acknowledged; mosquitto's own limit is 20."""


@dataclass(frozen=True)
class _Outgoing:
    token: int
    topic: str
    payload: bytes
    retain: bool
    expiry: int | None


class PahoBroker:
    """Implements `Broker`. `pause` gives the first and the longest delay between two attempts, in seconds."""

    def __init__(
        self,
        settings: config.Broker,
        client_id: str,
        subscriptions: Sequence[str],
        will: Will | None = None,
        pause: tuple[float, float] = (FIRST_DELAY, LAST_DELAY),
    ) -> None:
        self._settings, self._client_id, self._will = settings, client_id, will
        self._subscriptions = tuple(subscriptions)
        self._pause = pause
        self._tokens = itertools.count(1)
        self._happenings: queue.SimpleQueue[Happening | BaseException] = queue.SimpleQueue()
        self._waiting: deque[_Outgoing] = deque()
        self._news, self._work = Bell(), Bell()  # for the service, and for the thread
        self._stopping = threading.Event()
        self._farewell: Will | None = None
        self._thread = threading.Thread(target=self._run, name=f"mqtt {client_id}", daemon=True)
        self._thread.start()

    # The service's side -----------------------------------------------------------------------------------------------

    def fileno(self) -> int:
        """See `Broker`."""
        return self._news.fileno()

    def poll(self) -> list[Happening]:
        """See `Broker`."""
        self._news.silence()
        happened: list[Happening] = []
        while True:
            try:
                one = self._happenings.get_nowait()
            except queue.Empty:
                return happened
            if isinstance(one, BaseException):
                raise one
            happened.append(one)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expiry: int | None = None) -> int:
        """See `Broker`."""
        outgoing = _Outgoing(next(self._tokens), topic, payload, retain, expiry)
        self._waiting.append(outgoing)
        self._work.ring()
        return outgoing.token

    def close(self, farewell: Will | None = None) -> None:
        """See `Broker`. Takes `CONNECT_SECONDS` at the most; the thread ends with its current attempt."""
        self._farewell = farewell
        self._stopping.set()
        self._work.ring()
        self._thread.join(CONNECT_SECONDS)
        if not self._thread.is_alive():
            self._news.close()
            self._work.close()

    # The thread's side ------------------------------------------------------------------------------------------------

    def _tell(self, happening: Happening | BaseException) -> None:
        self._happenings.put(happening)
        self._news.ring()

    def _run(self) -> None:
        try:
            delay = self._pause[0]
            while not self._stopping.is_set():
                self._waiting.clear()
                connection = _Connection(self)
                self._tell(Changed(connection.live()))
                delay = self._pause[0] if connection.online else min(delay * 2, self._pause[1])
                self._rest(delay)
        except BaseException as surprise:  # noqa: BLE001 - raised again by poll(), in the service's own thread
            self._tell(surprise)

    def _rest(self, delay: float) -> None:
        # Many boxes lose one broker in the same second: they should not all come back in the same one.
        if not self._stopping.is_set():
            select.select([self._work], [], [], delay * random.uniform(0.75, 1.25))
            self._work.silence()


class _Connection:
    """One client from connecting to its loss; lives in the broker's thread."""

    def __init__(self, owner: PahoBroker) -> None:
        self._owner = owner
        self._flying: dict[int, _Outgoing] = {}
        self._limit = IN_FLIGHT
        self._last_error = ""
        self._outcome: Condition | None = None
        self._subscribing: int | None = None
        self.online = False
        settings = owner._settings
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=owner._client_id,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_SECONDS
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_log = self._on_log
        if settings.username:
            client.username_pw_set(settings.username)
        if owner._will is not None:
            client.will_set(owner._will.topic, owner._will.payload, qos=1, retain=True)

    def live(self) -> Condition:
        """Connect and serve until it is over; why it is over."""
        settings = self._owner._settings
        try:
            context = tls.context(settings)
            secret = tls.password(settings)
        except OSError as error:
            return Condition(State.CERTIFICATE, str(error))
        if context is not None:
            self._client.tls_set_context(context)
        if secret is not None:
            self._client.username_pw_set(settings.username, secret)
        try:
            self._client.connect(settings.host, settings.port, keepalive=settings.keepalive_seconds)
        except OSError as error:
            return tls.trouble(settings, error)
        self._serve()
        return self._outcome or Condition(State.UNREACHABLE, self._last_error or "the connection was lost")

    def _serve(self) -> None:
        client, work = self._client, self._owner._work
        waited_from = time.monotonic()
        while client.socket() is not None:
            if self._owner._stopping.is_set():
                self._leave()
            elif not self.online and time.monotonic() - waited_from > CONNACK_SECONDS:
                self._outcome = Condition(State.UNREACHABLE, f"no answer to CONNECT within {CONNACK_SECONDS:g} s")
                client.disconnect()
            self._send_waiting()
            sock = client.socket()
            if sock is None:
                break  # sending has found out that the connection is lost
            # TLS may hold decrypted bytes that select() knows nothing of.
            pending = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
            writing = [sock] if client.want_write() else []
            readable, writable, _ = select.select([sock.fileno(), work.fileno()], writing, [], 0 if pending else 0.5)
            if work.fileno() in readable:
                work.silence()
            if pending or sock.fileno() in readable:
                client.loop_read()
            if writable:
                client.loop_write()
            client.loop_misc()

    def _leave(self) -> None:
        farewell = self._owner._farewell
        if farewell is not None and self.online:
            self._client.publish(farewell.topic, farewell.payload, qos=1, retain=True)
            deadline = time.monotonic() + 1.0
            while self._client.want_write() and self._client.socket() and time.monotonic() < deadline:
                self._client.loop_write()
        self._outcome = Condition(State.OFF)
        self._client.disconnect()

    def _send_waiting(self) -> None:
        waiting = self._owner._waiting
        while self.online and waiting and len(self._flying) < self._limit:
            one = waiting.popleft()
            properties = None
            if one.expiry is not None:
                properties = Properties(PacketTypes.PUBLISH)
                properties.MessageExpiryInterval = one.expiry
            info = self._client.publish(one.topic, one.payload, qos=1, retain=one.retain, properties=properties)
            self._flying[info.mid] = one

    # paho's callbacks ------------------------------------------------------------------------------------------------

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._outcome = Condition(State.REFUSED, f"CONNECT: {reason}")
            return
        self._limit = min(IN_FLIGHT, getattr(properties, "ReceiveMaximum", IN_FLIGHT))
        if self._owner._subscriptions:
            wanted = [(topic, SubscribeOptions(qos=1)) for topic in self._owner._subscriptions]
            _, self._subscribing = client.subscribe(wanted)
        else:
            self._now_online()

    def _on_subscribe(self, client: mqtt.Client, _data: Any, mid: int, reasons: Any, _properties: Any) -> None:
        if mid != self._subscribing:
            return
        answers = zip(self._owner._subscriptions, reasons, strict=True)
        failures = [f"SUBSCRIBE {topic}: {reason}" for topic, reason in answers if reason.is_failure]
        if failures:
            self._outcome = Condition(State.REFUSED, "; ".join(failures))
            client.disconnect()
        else:
            self._now_online()

    def _now_online(self) -> None:
        self._owner._waiting.clear()  # published for an earlier connection
        self.online = True
        self._owner._tell(Changed(Condition(State.ONLINE)))

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if self._outcome is None and not self.online and self._owner._settings.ca_file:
            # With TLS 1.3 a broker refuses our certificate only after the handshake has ended for us; it then hangs up.
            detail = "the broker hung up after the TLS handshake: it does not accept our certificate"
            self._outcome = Condition(
                State.CERTIFICATE, f"{detail}; {self._last_error}" if self._last_error else detail
            )
        elif self._outcome is None:
            self._outcome = Condition(State.UNREACHABLE, self._last_error or f"the connection was lost: {reason}")

    def _on_publish(self, _client: mqtt.Client, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        one = self._flying.pop(mid, None)
        if one is None:
            return  # the farewell
        denied = reason.is_failure
        self._owner._tell(Denied(one.token, one.topic, str(reason)) if denied else Acknowledged(one.token))

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if len(message.payload) <= PAYLOAD_LIMIT:
            self._owner._tell(Message(message.topic, bytes(message.payload)))

    def _on_log(self, _client: mqtt.Client, _data: Any, level: int, text: str) -> None:
        if level == mqtt.MQTT_LOG_ERR:
            self._last_error = text
