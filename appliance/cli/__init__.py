"""The command line: `appliance VERB`, one per file. Data on stdout, talk on stderr, exit status tells the truth."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import select
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from appliance import __version__
from appliance.errors import ApplianceError, ConfigurationError

VERBS = {
    "run": "all services of one room, in one terminal",
    "demo": "a simulated room: replayed door, keypads on the screen, private broker, central server",
    "doctor": "what is missing on this machine, and what to do",
    "enroll": "make templates from pictures or from the camera",
    "gallery": "list or forget enrolled delegates",
    "meeting": "import, show or export a meeting",
    "slip": "opinion slips outside a session: send, show, remind, extend, close, announce",
    "password": "a new password for the secretary or the technician",
    "replay": "play a recorded session again and compare its record",
    "verify": "check a record offline, in numbered steps",
    "models": "list, check, build and fetch the model files",
    "config": "the configuration in force",
    "bench": "measure a part against its reference",
    "door": "the door service: frames → faces → roll",
    "ballot": "the ballot service: presses, votes, commands → signed facts",
    "web": "the pages",
    "uplink": "signed batches out, receipts and commands in",
    "central": "the reference central server",
}
"""Verb → one line of help. Each verb is a module here with `configure(parser)` and `run(args) -> int`."""


class _Verb(argparse.ArgumentParser):
    """A verb, or a part of one: the state directory may be named behind either."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_argument(
            "--state", metavar="DIR", default=argparse.SUPPRESS, help="state directory (default: $APPLIANCE_STATE)"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the exit status: 0 done, 1 could not be done, 2 wrong usage, others as the verb documents."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="appliance", description="Roll and ballots for meeting rooms.")
    parser.add_argument("--version", action="version", version=f"appliance {__version__}")
    parser.set_defaults(state=None)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_Verb)
    verb = next((w for w in words if not w.startswith("-")), "")
    for name, help_text in VERBS.items():
        sub = verbs.add_parser(name, help=help_text, description=help_text)
        if name == verb:  # other verbs are not imported: `verify` must not load OpenCV
            module = importlib.import_module(f"appliance.cli.{name}")
            module.configure(sub)
    args = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format=f"{args.verb}: %(message)s", stream=sys.stderr)
    return _run(module, args)


def _run(module: ModuleType, args: argparse.Namespace) -> int:
    """One verb, and what can be said in a sentence of what stopped it. Surprises pass through."""
    try:
        status = int(module.run(args))
        sys.stdout.flush()
        return status
    except ConfigurationError as error:
        print(f"appliance {args.verb}: {error.source} has {len(error.problems)} problem(s):", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return 1
    except ApplianceError as error:
        print(f"appliance {args.verb}: {error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        if error.filename is None:
            raise
        print(f"appliance {args.verb}: {error.filename}: {error.strerror}; on a box begin with sudo", file=sys.stderr)
        return 1
    except BrokenPipeError:
        if not _nobody_reads():
            raise
        return 1
    except KeyboardInterrupt:
        return 130


def _nobody_reads() -> bool:
    """Whether standard output is a pipe whose reader has left (`| head`); what is still unwritten is then dropped."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    if not any(events & select.POLLERR for _, events in poll.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True
