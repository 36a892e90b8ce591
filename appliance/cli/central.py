"""`appliance central`: the reference central server, its key, its commands, and certificates for the broker."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance import wire
from appliance.central import commands, pages
from appliance.central.archive import Archive
from appliance.central.certificates import Authority
from appliance.central.ingest import Ingest
from appliance.central.views import Views
from appliance.cli import arguments
from appliance.errors import ConfigurationError, DeviceError
from appliance.services import loop
from appliance.services import state as states
from appliance.services.central import CentralService, Pages
from appliance.services.clock import SystemClock
from appliance.services.state import State
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import for_central
from appliance.vault import keys


def configure(parser: argparse.ArgumentParser) -> None:
    """`appliance central [key | certificates DIR | command SITE/DEVICE …]`."""
    parts = parser.add_subparsers(dest="part", metavar="PART")
    parts.add_parser("key", help="print central's public key, for uplink.central_key of the devices")
    certificates = parts.add_parser("certificates", help="make a private authority and the certificates of a broker")
    certificates.add_argument("folder", type=arguments.place, metavar="DIR")
    certificates.add_argument("--broker", metavar="HOST", help="certificate for the broker under this name or address")
    certificates.add_argument("--device", action="append", default=[], metavar="SITE/DEVICE", help="may be repeated")
    command = parts.add_parser("command", help="sign a command to a device; the running server sends it")
    command.add_argument("device", metavar="SITE/DEVICE")
    command.add_argument("do", choices=wire.FROM_CENTRAL)
    command.add_argument("what", nargs="?", default="", help="open: the item; close: the ballot; convene: a JSON file")


def run(args: argparse.Namespace) -> int:
    """Run the server until it is told to stop, or do the part that was named."""
    folders = states.find(args.state)
    if args.part == "key":
        print(keys.signer(folders.central, "central.key").public_key.hex())
        return 0
    if args.part == "certificates":
        return _certificates(args, folders)
    if args.part == "command":
        return _command(args, folders)
    return _serve(folders)


def _serve(folders: State) -> int:
    configuration = folders.configuration()
    signer, clock, archive = keys.signer(folders.central, "central.key"), SystemClock(), _archive(folders)
    devices = configuration.central.devices
    ingest = Ingest(archive, devices, signer, lambda: clock.now().at)
    broker = None
    if configuration.broker.host:
        # Several central servers may share one archive and the load: each needs a name of its own at the broker.
        broker = PahoBroker(configuration.broker, f"central-{secrets.token_hex(4)}", for_central())
    service = CentralService(archive, ingest, broker, clock)
    views = Views(archive, devices, lambda: clock.now().at, clock.monotonic)
    language = configuration.box.language
    application = pages.create(views, lambda: service.condition, signer.public_key.hex(), language)
    host, port = configuration.central.host, configuration.central.port
    try:
        shown = Pages(application, host, port)
    except OSError as error:
        service.close()
        raise DeviceError(
            f"pages: {host}:{port} cannot be listened on ({error}); set central.host and central.port"
        ) from error
    print(f"central: http://{host}:{shown.port}/", file=sys.stderr, flush=True)
    try:
        return loop.turn(service)
    finally:
        shown.close()


def _archive(folders: State) -> Archive:
    folders.central.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = folders.configuration().central.database or f"sqlite:///{folders.central / 'archive.sqlite'}"
    return Archive(url)


def _certificates(args: argparse.Namespace, folders: State) -> int:
    authority = Authority(args.folder, datetime.now(UTC))
    made = [authority.client("central")] if not authority.pair.certificate.with_name("central.crt").exists() else []
    if args.broker:
        made.append(authority.server(args.broker))
    made += [authority.client(name) for name in args.device]
    for path in (authority.pair.certificate, *(pair.certificate for pair in made)):
        print(path)
    print("central: keep ca.key away from the broker; give each machine ca.crt and its own pair", file=sys.stderr)
    return 0


def _table(path: Path) -> dict[str, Any]:
    """The arguments of `convene` in a JSON file. Raises `ConfigurationError`."""
    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(str(path), [f"not a JSON file ({error})"]) from error
    if not isinstance(table, dict):
        raise ConfigurationError(str(path), ["not a JSON object"])
    return table


def _command(args: argparse.Namespace, folders: State) -> int:
    signer = keys.signer(folders.central, "central.key")
    match args.do:
        case "open":
            arguments = {"item": args.what}
        case "close":
            arguments = {"ballot": args.what}
        case "convene":
            arguments = _table(Path(args.what))
        case _:
            arguments = {}
    statement = commands.issue(_archive(folders), signer, args.device, args.do, arguments, SystemClock().now().at)
    print(json.dumps(statement, ensure_ascii=False))
    print(
        "central: signed; the running server sends it, its page shows whether the device accepted it", file=sys.stderr
    )
    return 0
