"""`--detector` and `--yunet`, for whatever measures faces."""

from __future__ import annotations

import argparse
from pathlib import Path

from appliance.errors import DeviceError
from appliance.face.detector import CHOICES, Detector, open_detector
from appliance.face.models import catalogue, check, digest_of, yunet_path
from appliance.services import state as states


def configure(parser: argparse.ArgumentParser) -> None:
    """Add both options."""
    parser.add_argument("--detector", choices=CHOICES, default="auto", help="auto: YuNet where its file is, else HOG")
    parser.add_argument("--yunet", type=Path, metavar="FILE", help="YuNet's file (default: the state directory's)")


def opened(args: argparse.Namespace, smallest_face: int) -> Detector:
    """The detector they name. Raises `DeviceError` for a file that is missing or not the one of models.toml."""
    if args.detector == "hog":
        return open_detector("hog", smallest_face, None)
    if args.yunet is None:
        return open_detector(args.detector, smallest_face, yunet_path(states.find(args.state).models))
    if not args.yunet.is_file():
        raise DeviceError(f"{args.yunet}: no such file; name YuNet's with --yunet, or leave --yunet out")
    check(args.yunet, digest_of(args.yunet), catalogue()["detector"].sha256, "name another file with --yunet")
    return open_detector(args.detector, smallest_face, args.yunet)
