"""Opening the demo's room: draw and enroll the council, start the services, play the meeting or hand it over."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from appliance import record
from appliance.demo import council as councils
from appliance.demo import photographs
from appliance.demo.council import Council
from appliance.demo.morning import FIRST, SECOND, DemoError, Morning
from appliance.demo.room import Room, furnish, start_services
from appliance.errors import ConfigurationError
from appliance.services.children import Children
from appliance.uplink.private_broker import PrivateBroker
from appliance.values import Delegate, Role
from appliance.vault import keys

Say = Callable[[str], None]

PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Options:
    """What the command line asked for. `source` is a camera index or a clip in place of the drawn arrivals."""

    folder: Path
    cache: Path
    source: str = ""
    faces: Path | None = None
    smallest_face: int = 80
    offline: bool = False


def once(options: Options, say: Say) -> dict[str, Any]:
    """Play a whole meeting; the account of it. Raises `DemoError` if anything went otherwise than it must."""
    started = time.monotonic()
    with _house(options, say, repeat=False) as (room, children, morning):
        morning.prepare(secrets.token_urlsafe(12))
        morning.try_too_early()
        say("the door opens")
        children.verb("door", "--until-end", "--state", str(room.room.root))
        morning.greet_until(lambda: not children.running("door"), seconds=240)
        if children.status("door") != 0:
            raise DemoError(f"the door service ended with status {children.status('door')}")
        morning.fill_the_hall()
        first, second = councils.AGENDA[0].id, councils.AGENDA[1].id
        ballots = [morning.vote_on(first, FIRST, changes_mind=2)]
        morning.press_too_late(ballots[0])
        ballots.append(morning.vote_on(second, SECOND))
        morning.end()
        summary = morning.await_receipt()
        account = morning.account(summary)
        account["verify"] = _verify_exports(room, ballots, options.folder, say)
    account["seconds"] = round(time.monotonic() - started, 1)
    _check(account, drawn=not options.source)
    return account


def open_house(options: Options, say: Say) -> None:
    """Start the room for people to walk through, until Ctrl-C."""
    with _house(options, say, repeat=True) as (room, children, morning):
        password = secrets.token_urlsafe(9)
        morning.prepare(password)
        children.verb("door", "--state", str(room.room.root))
        for line in _addresses(room, morning, password):
            say(line)
        report = morning.reporter()
        while True:
            time.sleep(1.0)
            children.watch()
            report()


@contextmanager
def _house(options: Options, say: Say, *, repeat: bool) -> Iterator[tuple[Room, Children, Morning]]:
    drawn = not options.source
    pictures = photographs.fetch(options.cache, say=say) if drawn and not options.offline else None
    council = Council(pictures, comes=drawn)
    clip = options.folder / "arrivals"
    with ExitStack() as put_away:
        # Nobody else reaches a loopback port of this machine; certificates are for real networks (firmware_config/).
        broker = PrivateBroker(options.folder / "broker")
        put_away.callback(broker.stop)
        room = furnish(
            options.folder,
            broker=(broker.host, broker.port),
            camera=options.source or f"replay:{clip}",
            repeat=repeat and drawn,
            smallest_face=options.smallest_face,
        )
        children = Children(say)
        put_away.callback(children.stop)
        start_services(children, room, say)
        guests = _collect_pictures(council, options)
        # Enrolling is another process: this one draws meanwhile.
        enrolling = put_away.enter_context(ThreadPoolExecutor(1)).submit(_enroll, room, options, say)
        if drawn:
            _draw_arrivals(council, clip, say)
        enrolling.result()
        roster = (*councils.roster(guest=pictures is not None), *guests)
        yield room, children, Morning(room, council, roster, say)


def _draw_arrivals(council: Council, clip: Path, say: Say) -> None:
    clip.mkdir(parents=True)
    walk = council.walk()
    say(f"drawing {len(walk)} frames of {len(walk.arrivals)} people who come to the door")
    for index, frame in enumerate(walk):
        cv2.imwrite(
            str(clip / f"{index:06d}.jpg"), cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92]
        )


def _collect_pictures(council: Council, options: Options) -> tuple[Delegate, ...]:
    """Pictures of the council and of the people of `--faces`, who come as guests; those guests."""
    pictures = options.folder / "enroll"
    council.save_pictures(pictures)
    guests = []
    for folder in sorted(options.faces.iterdir()) if options.faces else ():
        if not folder.is_dir() or not any(f.suffix.lower() in PICTURES for f in folder.iterdir()):
            raise ConfigurationError(str(options.faces), [f"{folder.name}: expected a folder of pictures"])
        shutil.copytree(folder, pictures / folder.name)
        guests.append(Delegate(id=folder.name, name=folder.name, title="Khách mời", role=Role.GUEST))
    return tuple(guests)


def _enroll(room: Room, options: Options, say: Say) -> None:
    pictures = options.folder / "enroll"
    people = len(list(pictures.iterdir())) if pictures.exists() else 0
    say(f"enrolling {people} people from their pictures")
    if people:
        _appliance("enroll", str(pictures), "--consent", "mau-1", "--state", str(room.room.root))


def _verify_exports(room: Room, ballots: list[str], folder: Path, say: Say) -> list[str]:
    """Export the journal and the results, and check each file as an outsider would; the files' names."""
    state = ("--state", str(room.room.root))
    fingerprint = record.fingerprint(keys.signer(room.room.vault).public_key)
    files = [folder / "journal.json", *(folder / f"{ballot}.json" for ballot in ballots)]
    _appliance("meeting", "export", "--out", str(files[0]), *state)
    for ballot, file in zip(ballots, files[1:], strict=True):
        _appliance("meeting", "export", "--result", ballot, "--out", str(file), *state)
    for file in files:
        _appliance("verify", str(file), "--fingerprint", fingerprint)
        say(f"appliance verify {file.name}: intact, signed by this room's key")
    return [file.name for file in files]


def _appliance(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "appliance", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DemoError(f"appliance {words[0]} ended with status {done.returncode}: {done.stderr.strip()[-2000:]}")


def _check(account: dict[str, Any], *, drawn: bool) -> None:
    faults = []
    stray = set(account["recognised"]) - set(account["walked_up"])
    missed = set(account["walked_up"]) - set(account["recognised"])
    if drawn and (stray or missed):
        faults.append(f"named wrongly: {sorted(stray)}; not recognised: {sorted(missed)}")
    verdicts = [ballot["verdict"] for ballot in account["ballots"]]
    if verdicts != ["carried", "lost"]:
        faults.append(f"the verdicts are {verdicts}")
    central = account["central"]
    if not central["verified"] or central["lost"] or central["duplicated"]:
        faults.append(f"central says {central}")
    if faults:
        raise DemoError("; ".join(faults) + f"; the account: {json.dumps(account, ensure_ascii=False)}")


def _addresses(room: Room, morning: Morning, password: str) -> Iterator[str]:
    hall = morning.screen_link("hall")
    door = morning.screen_link("door")
    first = morning.slips[councils.member(1)]
    yield f"secretary   {room.web}/secretary   password: {password}"
    yield f"technician  {room.web}/technician  claim code: printed by the ballot service above"
    yield f"hall        {room.web}/s/{hall}"
    yield f"door        {room.web}/s/{door}"
    yield f"delegate    {room.web}/d/{first['link']}  ({first['name']}, PIN {first['pin']})"
    yield f"keypads     {room.web}/keypads  (sign in as secretary first)"
    yield f"central     {room.central_page}/"
    yield "stop with Ctrl-C"
