"""The door, and what enrolls, on the devices that the configuration names."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from appliance import config, events
from appliance.camera.source import open_camera
from appliance.config import Configuration
from appliance.control import Client, Server
from appliance.errors import DeviceError, JournalError
from appliance.face import graph
from appliance.face.attention import Attentive
from appliance.face.detector import Detector, open_detector
from appliance.face.embedder import DlibEmbedder, Embedder, OnnxEmbedder
from appliance.face.gallery import Gallery
from appliance.face.models import catalogue, yunet_path
from appliance.journal import Reader, Writer
from appliance.keypad.gpio import open_factory
from appliance.services import consent
from appliance.services.bench.users import uids
from appliance.services.clock import Clock, SystemClock
from appliance.services.door import Door, started
from appliance.services.door_enrolment import DoorEnrolment
from appliance.services.door_lamp import DoorLamp, open_signals
from appliance.services.enrolment import SMALLEST_FACE, Enroller, Terms
from appliance.services.gallery import Keeper
from appliance.services.gallery_report import Reporter
from appliance.services.recogniser import Recogniser
from appliance.services.state import State
from appliance.values import Refusal
from appliance.vault import keys

log = logging.getLogger(__name__)


def open_gallery(state: State, *, read_only: bool = False) -> Gallery:
    """The gallery with its key, for the model of models.toml."""
    key = keys.symmetric_key(state.gallery_key, "gallery.key", seals=state.gallery)
    return Gallery(state.gallery, key, catalogue()["embedder"].sha256, state.gallery_key, read_only=read_only)


def open_embedder(state: State, configuration: Configuration) -> Embedder:
    """The network as `door.embedder` says. Where its graph is missing it is made now, which takes a second."""
    if configuration.door.embedder == "dlib":
        return DlibEmbedder()
    path = graph.path_in(state.models)
    if not path.exists():
        log.info("%s: not there yet; making it from dlib's file", path)
        # In a process of its own: this one would keep the 150 MB that the making takes.
        words = [sys.executable, "-m", "appliance", "models", "--state", str(state.root), "build"]
        if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode:
            raise DeviceError(f"{path}: could not be made; the reason is above")
    return OnnxEmbedder(graph.verified(state.models))


def detector_of(state: State, configuration: Configuration, smallest_face: int) -> Detector:
    """The detector that `door.detector` names; YuNet's file lies in the state directory."""
    choice = configuration.door.detector
    return open_detector(choice, smallest_face, None if choice == "hog" else yunet_path(state.models))


def open_writer(state: State, writer: events.Writer) -> Writer:
    """The journal for one more writer. Raises `JournalError` where the ballot service has not begun it yet."""
    reader = Reader(state.journal)
    begun = reader.head()[0] > 0
    reader.close()
    if not begun:
        raise JournalError(f"{state.journal}: empty; the ballot service begins it: `appliance run` starts that")
    return Writer(state.journal, writer)


@contextmanager
def open_enroller(state: State, terms: Terms, clock: Clock | None = None) -> Iterator[Enroller]:
    """What `appliance enroll` works with."""
    configuration = state.configuration()
    writer = open_writer(state, events.Writer.GALLERY)  # first: without a journal nothing is made
    embedder = open_embedder(state, configuration)
    detector = detector_of(state, configuration, SMALLEST_FACE)
    gallery = open_gallery(state)
    try:
        yield Enroller(gallery, writer, detector, embedder, clock or SystemClock(), terms)
    finally:
        gallery.close()
        writer.close()


def open_enrolling(state: State, configuration: Configuration, embedder: Embedder, clock: Clock) -> DoorEnrolment:
    """What keeps the gallery beside the door, and enrols before its camera."""
    writer = open_writer(state, events.Writer.GALLERY)

    def role_of(token: str) -> str:
        answer = Client(state.socket("ballot"), timeout=2.0).ask("who_am_i", token=token)
        return "" if isinstance(answer, Refusal) else str(answer["role"])

    return DoorEnrolment(
        detector=detector_of(state, configuration, SMALLEST_FACE),
        embedder=embedder,
        open_gallery=lambda read_only: open_gallery(state, read_only=read_only),
        keeper=Keeper(
            lambda: open_gallery(state),
            writer,
            clock,
            renew_after_meeting=configuration.gallery.renew_after_meeting,
        ),
        writer=writer,
        clock=clock,
        role_of=role_of,
        consents=lambda: consent.texts(state.root),
        keep_days=configuration.gallery.keep_days,
        reporter=Reporter(
            lambda: open_gallery(state, read_only=True),
            looks=configuration.door.looks,
            fpir=configuration.door.fpir,
            model=embedder.digests["embedder"],
            clock=clock,
        ),
    )


def build(state: State, configuration: Configuration, *, until_end: bool = False) -> Door:
    """The door service. `until_end`: a recording is read frame by frame, as fast as it goes, and then it is over."""
    door, camera = configuration.door, configuration.camera
    embedder = open_embedder(state, configuration)
    detector = detector_of(state, configuration, door.smallest_face)
    writer = open_writer(state, events.Writer.DOOR)
    signals = (
        DoorLamp(None, None)
        if door.lamp_pin is None and door.buzzer_pin is None
        else open_signals(door, open_factory(configuration.keypads.factory, configuration.keypads.chip))
    )
    clock = SystemClock()
    # First: the keeper makes the gallery, or brings it up to date, which reading alone cannot.
    enrolling = open_enrolling(state, configuration, embedder, clock)
    return Door(
        open_camera=partial(open_camera, camera, paced=not until_end) if camera.source else None,
        recogniser=Recogniser(Attentive(detector), embedder, looks=door.looks, fpir=door.fpir),
        gallery=open_gallery(state, read_only=True),
        writer=writer,
        clock=clock,
        server=Server(state.socket("door"), users=uids("web")),
        signals=signals,
        started=started(config.digest(configuration), embedder.digests),
        greeting_seconds=door.greeting_seconds,
        until_end=until_end,
        liveness=door.liveness,
        enrolling=enrolling,
    )
