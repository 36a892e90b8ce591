"""`appliance bench identify`: who is found and who is named wrongly, on folders of pictures."""

from __future__ import annotations

import argparse
import json

import cv2

from appliance.cli import arguments, detector_option
from appliance.services.enrolment import SMALLEST_FACE
from appliance.services.measure_identify import measure


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench identify`."""
    for name, text in (("gallery", "who is enrolled"), ("probes", "the same people"), ("strangers", "nobody enrolled")):
        parser.add_argument(
            f"--{name}", type=arguments.folder, required=True, metavar="DIR", help=f"{text}: <identity>/<image>"
        )
    detector_option.configure(parser)
    parser.add_argument(
        "--cohort", type=arguments.folder, metavar="DIR", help="strangers who sharpen the threshold, tested on nobody"
    )
    parser.add_argument("--frames", type=arguments.whole(), default=1, metavar="K", help="pictures joined as one track")
    parser.add_argument("--fpir", type=arguments.share, default=0.01, help="share of strangers who may be named")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    cv2.setNumThreads(1)
    result = measure(
        args.gallery,
        args.probes,
        args.strangers,
        frames=args.frames,
        fpir=args.fpir,
        cohort=args.cohort,
        detector=detector_option.opened(args, SMALLEST_FACE),
    )
    print(json.dumps(result) if args.json else "\n".join(f"{key}\t{value}" for key, value in result.items()))
    return 0
