"""`appliance doctor`: what is missing on this machine, and what to do."""

from __future__ import annotations

import argparse
import json
import sys

from appliance.services.diagnosis import Report, Use, examine

SIGNS = {"ok": "✓", "missing": "✗", "not needed here": "–"}


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance doctor`."""
    parser.add_argument(
        "--for",
        dest="use",
        choices=[str(use) for use in Use],
        default=str(Use.DEMO),
        help="what is wanted here (default: demo)",
    )
    parser.add_argument("--json", action="store_true", help="for a machine to read")


def run(args: argparse.Namespace) -> int:
    """Exit status 1 if something is missing that the use needs, else 0."""
    report = examine(Use(args.use), args.state)
    if args.json:
        json.dump(report.as_json(), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        print("\n".join(_lines(report)))
        _say(report)
    return 1 if report.missing else 0


def _lines(report: Report) -> list[str]:
    width = max(len(finding.name) for finding in report.findings)
    lines = []
    for finding in report.findings:
        state = finding.state(report.use)
        lines.append(f"{SIGNS[state]} {finding.name:<{width}}  {state:<15}  {finding.detail}")
        if finding.remedy:
            uses = ", ".join(sorted(finding.needed_for)) or "an option"
            lines.append(f"  {'':<{width}}  → {finding.remedy} (needed for: {uses})")
    return lines


def _say(report: Report) -> None:
    missing = ", ".join(finding.name for finding in report.missing)
    verdict = f"missing for {report.use}: {missing}" if missing else f"everything for {report.use} is here"
    print(f"doctor: {verdict}", file=sys.stderr)
