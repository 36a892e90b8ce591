"""`appliance bench liveness`: which pictures of faces are taken for pictures, and which people are."""

from __future__ import annotations

import argparse
import json
from typing import Any

import cv2

from appliance.cli import arguments, detector_option
from appliance.services.measure_liveness import measure
from appliance.services.species import FRAMES
from appliance.values import Liveness

SMALLEST_FACE = 70
"""Pixels. Presentations begin with smaller ones, as visits do."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench liveness`."""
    parser.add_argument(
        "--portraits", type=arguments.folder, required=True, metavar="DIR", help="<identity>/<image>: the texture"
    )
    parser.add_argument(
        "--bona-fide", nargs="+", default=[], metavar="VIDEO", help="clips of living faces (a video, or a folder)"
    )
    modes = [str(mode) for mode in Liveness if mode is not Liveness.OFF]
    parser.add_argument("--mode", choices=modes, default=str(Liveness.PASSIVE))
    parser.add_argument("--presentations", type=arguments.whole(), default=40, metavar="N", help="of each species")
    parser.add_argument("--frames", type=arguments.whole(), default=FRAMES, help="of each presentation, at 10 a second")
    parser.add_argument("--smallest-face", type=arguments.whole(), default=SMALLEST_FACE, metavar="PIXELS")
    detector_option.configure(parser)
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    cv2.setNumThreads(1)
    result = measure(
        args.portraits,
        args.bona_fide,
        detector=detector_option.opened(args, args.smallest_face),
        mode=Liveness(args.mode),
        presentations=args.presentations,
        frames=args.frames,
    )
    print(json.dumps(result) if args.json else "\n".join(_lines(result)))
    return 0


def _lines(result: dict[str, Any]) -> list[str]:
    lines = ["attacks are synthetic: portraits and clips on paper and phones drawn by geometry"]
    for name, account in result["species"].items():
        lines.append(f"{name}\tAPCER {_share(account, 'apcer')}\tnon-response {account['non_response']}")
    for name, account in result["clips"].items():
        lines.append(f"{name}\tBPCER {_share(account, 'bpcer')}\tnon-response {account['non_response']}")
    if result["synthetic_heads"]:
        lines.append(f"synthetic heads (not people)\tBPCER {_share(result['synthetic_heads'], 'bpcer')}")
    plain = ("mode", "detector", "portraits", "portraits_without_a_face", "bona_fide", "bpcer", "bpcer_interval")
    return [*lines, *(f"{key}\t{result[key]}" for key in (*plain, "cpu_ms_per_frame"))]


def _share(account: dict[str, Any], name: str) -> str:
    if account[name] is None:
        return "not measured"
    low, high = account["interval"]
    return f"{account[name]:.1%} ({low:.1%}–{high:.1%}) of {account['presentations']}"
