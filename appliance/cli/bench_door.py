"""`appliance bench door`: a clip through the door's pipeline beside the `face_recognition` loop."""

from __future__ import annotations

import argparse
import json

import cv2

from appliance import config
from appliance.cli import arguments, detector_option
from appliance.services.measure_door import measure


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench door`."""
    defaults = config.Door()
    parser.add_argument("video", help="a clip, a folder of pictures, or folder/%%d.jpg")
    parser.add_argument("--gallery", type=arguments.folder, required=True, metavar="DIR", help="<delegate>/<image>")
    parser.add_argument("--smallest-face", type=arguments.whole(), default=defaults.smallest_face, metavar="PIXELS")
    detector_option.configure(parser)
    parser.add_argument("--looks", type=arguments.whole(), default=defaults.looks)
    parser.add_argument("--fpir", type=arguments.share, default=defaults.fpir)
    parser.add_argument(
        "--enrolled", type=arguments.whole(0), default=0, metavar="N", help="fill the gallery up with made-up templates"
    )
    parser.add_argument("--realtime", action="store_true", help="frames come at their time; those missed are counted")
    parser.add_argument("--no-reference", action="store_true", help="without the face_recognition loop")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    cv2.setNumThreads(1)
    result = measure(
        args.video,
        args.gallery,
        detector=detector_option.opened(args, args.smallest_face),
        looks=args.looks,
        fpir=args.fpir,
        reference=not args.no_reference,
        enrolled=args.enrolled,
        realtime=args.realtime,
    )
    print(json.dumps(result) if args.json else "\n".join(f"{key}\t{value}" for key, value in result.items()))
    return 0
