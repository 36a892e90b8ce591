"""Typed sections of the one configuration file, with defaults and units. Every error at once; unknown keys are refused.

`parse` decides; `services/state.py` reads the file. The technician's page and `appliance config` print these fields.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from appliance.errors import ConfigurationError
from appliance.values import Identifier, Liveness

Pin = Annotated[int, Field(ge=0, le=511)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(Section):
    """Whose box this is. Fixed at installation: the journal begins with it."""

    site: Identifier = "site"
    device: Identifier = "room-1"
    language: Literal["vi", "en"] = "vi"
    room: Annotated[str, Field(max_length=120)] = ""


class Camera(Section):
    """Where frames come from: `pi`, a USB index (`0`), a file, `rtsp://…`, `http://…`, `replay:FOLDER`, or nothing."""

    source: str = ""
    width: Annotated[int, Field(ge=160, le=4608)] = 640
    height: Annotated[int, Field(ge=120, le=2592)] = 480
    frames_per_second: Annotated[float, Field(gt=0, le=60)] = 10.0
    rotate: Literal[0, 180] = 0
    repeat: bool = False


class Door(Section):
    """Faces at the door. `fpir` is the share of strangers who may be given a name; sizes are pixels of the frame.

    `detector`: `auto` takes YuNet where its file is, dlib's HOG elsewhere. `embedder`: the network in ONNX Runtime, or
    in dlib, ten times slower. `liveness` counts where a meeting does not state its own.
    """

    detector: Literal["auto", "yunet", "hog"] = "auto"
    embedder: Literal["onnx", "dlib"] = "onnx"
    liveness: Liveness = Liveness.OFF
    smallest_face: Annotated[int, Field(ge=20, le=1000)] = 80
    looks: Annotated[int, Field(ge=1, le=5)] = 3
    fpir: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    lamp_pin: Pin | None = None
    buzzer_pin: Pin | None = None
    greeting_seconds: Annotated[float, Field(gt=0, le=30)] = 4.0


class Gallery(Section):
    """Templates of delegates. They are forgotten after `keep_days` where the enrolment states no date of its own.

    `renew_after_meeting`: a new secret rotation when a meeting has ended, so that older copies fit nothing any more.
    """

    keep_days: Annotated[int, Field(ge=1, le=3650)] = 365
    renew_after_meeting: bool = True


class Seat(Section):
    """Lines of one keypad, BCM numbering, in the order for, against, abstain."""

    keys: tuple[Pin, Pin, Pin]
    lamps: tuple[Pin, Pin, Pin]


class Keypads(Section):
    """Keypads at the seats. `factory` is gpiozero's pin factory: `lgpio` on a Pi, `mock` for keypads on the screen.

    `secret_key` is the line of the box's key switch: tied to ground while a secret session is wanted.
    """

    factory: Literal["lgpio", "mock"] = "lgpio"
    chip: Annotated[int, Field(ge=0, le=16)] = 0
    debounce_ms: Annotated[int, Field(ge=1, le=200)] = 20
    stuck_seconds: Annotated[float, Field(ge=2, le=600)] = 10.0
    secret_key: Pin | None = None
    seats: dict[Identifier, Seat] = {}

    @model_validator(mode="after")
    def _no_line_twice(self) -> Keypads:
        taken: dict[int, str] = {} if self.secret_key is None else {self.secret_key: "secret_key"}
        clashes = []
        for name, seat in self.seats.items():
            for role, pin in [("key", p) for p in seat.keys] + [("lamp", p) for p in seat.lamps]:
                if pin in taken:
                    clashes.append(f"pin {pin} is used by {taken[pin]} and by seat {name} ({role})")
                taken[pin] = f"seat {name} ({role})"
        if clashes:
            raise ValueError("; ".join(clashes))
        return self


class Web(Section):
    """The pages. `address` is what links and QR codes begin with; empty takes host and port."""

    host: str = "127.0.0.1"
    port: Port = 8080
    address: str = ""

    @model_validator(mode="after")
    def _address_that_tablets_can_open(self) -> Web:
        if self.host in ("0.0.0.0", "::") and not self.address:
            raise ValueError(f"address is needed beside host {self.host}: what tablets open, as http://192.0.2.10:8080")
        return self

    @property
    def base_url(self) -> str:
        """What a personal link begins with, without a slash at the end."""
        return self.address.rstrip("/") or f"http://{self.host}:{self.port}"


class Broker(Section):
    """The MQTT broker. `ca_file` makes the connection TLS; `cert_file` and `key_file` are the box's certificate."""

    host: str = ""
    port: Port = 8883
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    username: str = ""
    password_file: str = ""
    keepalive_seconds: Annotated[int, Field(ge=5, le=600)] = 30

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Broker:
        if bool(self.cert_file) != bool(self.key_file):
            raise ValueError("cert_file and key_file go together")
        if self.cert_file and not self.ca_file:
            raise ValueError("a client certificate needs ca_file, the authority of the broker's certificate")
        return self


class Uplink(Section):
    """Events out. `central_key` is the central server's Ed25519 key, 32 bytes in hexadecimal, shown on its page."""

    central_key: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    batch_events: Annotated[int, Field(ge=1, le=1000)] = 100
    window_batches: Annotated[int, Field(ge=1, le=100)] = 10
    receipt_seconds: Annotated[float, Field(gt=0, le=600)] = 15.0


class Central(Section):
    """The central server. `devices` maps `site/device` to the fingerprint that its technician read out."""

    host: str = "127.0.0.1"
    port: Port = 8090
    database: str = ""
    devices: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}

    @field_validator("devices")
    @classmethod
    def _named_in_full(cls, devices: dict[str, str]) -> dict[str, str]:
        wrong = [name for name in devices if name.count("/") != 1]
        if wrong:
            raise ValueError(f"write devices as site/device, not {', '.join(wrong)}")
        return devices


class Configuration(Section):
    """The whole file."""

    box: Box = Box()
    camera: Camera = Camera()
    door: Door = Door()
    gallery: Gallery = Gallery()
    keypads: Keypads = Keypads()
    web: Web = Web()
    broker: Broker = Broker()
    uplink: Uplink = Uplink()
    central: Central = Central()

    @model_validator(mode="after")
    def _door_pins_are_free(self) -> Configuration:
        taken = {pin: "a seat" for seat in self.keypads.seats.values() for pin in (*seat.keys, *seat.lamps)}
        if self.keypads.secret_key is not None:
            taken[self.keypads.secret_key] = "keypads.secret_key"
        named = {"door.lamp_pin": self.door.lamp_pin, "door.buzzer_pin": self.door.buzzer_pin}
        clashes = [f"{name} {pin} is also used by {taken[pin]}" for name, pin in named.items() if pin in taken]
        if self.door.lamp_pin is not None and self.door.lamp_pin == self.door.buzzer_pin:
            clashes.append(f"door.lamp_pin and door.buzzer_pin are both {self.door.lamp_pin}")
        if clashes:
            raise ValueError("; ".join(clashes))
        return self


SECTIONS: dict[str, type[Section]] = {
    name: info.annotation
    for name, info in Configuration.model_fields.items()
    if isinstance(info.annotation, type) and issubclass(info.annotation, Section)
}
"""Section name → its class, in the order of the file."""


def parse(table: dict[str, Any], source: str = "configuration") -> Configuration:
    """A configuration from a decoded TOML file.

    Raises `ConfigurationError` with every problem, each naming its key; a misspelled key is answered with the nearest.
    """
    try:
        return Configuration.model_validate(table)
    except ValidationError as error:
        raise ConfigurationError(source, [_problem(detail) for detail in error.errors(include_url=False)]) from error


def _problem(detail: Any) -> str:
    place = [str(part) for part in detail["loc"]]
    dotted = ".".join(place)
    if detail["type"] == "extra_forbidden":
        known = list(SECTIONS) if len(place) == 1 else list(_fields_at(place[:-1]))
        near = difflib.get_close_matches(place[-1], known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        return f"{dotted}: unknown key; {hint}"
    message = detail["msg"].removeprefix("Value error, ")
    shown = "" if detail["type"] in ("missing", "value_error") else f", not {masked(repr(detail['input']))}"
    return f"{dotted}: {message[0].lower()}{message[1:]}{shown}" if dotted else message


def _fields_at(place: list[str]) -> list[str]:
    section = SECTIONS.get(place[0], Seat)
    return list((Seat if len(place) > 1 else section).model_fields)


@dataclass(frozen=True)
class Setting:
    """One setting in force. `value` may be shown: passwords in addresses are masked; `stated`: by the file."""

    key: str
    value: Any
    stated: bool


def settings(configuration: Configuration) -> list[Setting]:
    """Everything in force, in the order of the file, each with where it comes from."""
    table = configuration.model_dump(mode="json")
    return [
        Setting(f"{name}.{key}", _shown(table[name][key]), key in getattr(configuration, name).model_fields_set)
        for name, section in SECTIONS.items()
        for key in section.model_fields
    ]


def masked(text: str) -> str:
    """`rtsp://user:secret@host` without the secret."""
    return re.sub(r"(://[^:/@\s]*:)[^\s]*@", r"\1***@", text)


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items()}
    return masked(value) if isinstance(value, str) else value


def digest(configuration: Configuration) -> str:
    """SHA-256 of everything in force, defaults included, secrets masked: hexadecimal.

    It leaves the box in every result, and a short password could be guessed from a digest over it.
    """
    shown = json.dumps(_shown(configuration.model_dump(mode="json")), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()


def changed_keys(before: Configuration, after: Configuration) -> tuple[str, ...]:
    """Dotted names of the settings that differ."""
    old, new = before.model_dump(), after.model_dump()
    return tuple(f"{s}.{key}" for s in SECTIONS for key in SECTIONS[s].model_fields if old[s][key] != new[s][key])
