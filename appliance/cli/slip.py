"""`appliance slip`: opinion slips from the command line of the box, from their sending to their announcement."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance import journal, roster, slip_file, slips
from appliance.cli.asking import ask, tell
from appliance.cli.tables import read_rows, read_toml
from appliance.errors import ConfigurationError, RecordError
from appliance.services import state as states
from appliance.services.state import State
from appliance.slips import Slip
from appliance.values import Delegate
from appliance.written import in_viet_nam


def configure(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each thing that is done with a slip."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    task = tasks.add_parser("send", help="put a question to all members, from a TOML file")
    task.add_argument("file", type=Path)
    task.add_argument("--roster", type=Path, metavar="FILE", help="ask the members of a CSV or XLSX file, too")
    task.add_argument("--of-meeting", action="store_true", help="ask the members of the present or last meeting, too")
    task = tasks.add_parser("list", help="all slips, the newest last")
    task.add_argument("--json", action="store_true", help="for machines")
    task = tasks.add_parser("show", help="one slip: who has answered; after the close also what")
    task.add_argument("slip")
    task.add_argument("--json", action="store_true", help="for machines")
    task = tasks.add_parser("remind", help="remind those who have not answered, and name them")
    task.add_argument("slip")
    task.add_argument("--links", action="store_true", help="issue them new PINs and links, shown this once")
    task.add_argument("--json", action="store_true", help="for machines")
    task = tasks.add_parser("extend", help="a later deadline")
    task.add_argument("slip")
    task.add_argument("deadline", type=_moment, help="2026-11-30T17:00, in the time of Viet Nam, or with its offset")
    task.add_argument("--reason", required=True)
    task = tasks.add_parser("close", help="close a slip that everybody has answered, or whose deadline has come")
    task.add_argument("slip")
    task = tasks.add_parser("announce", help="the result is announced at the session in progress")
    task.add_argument("slip")


def run(args: argparse.Namespace) -> int:
    """Do one task."""
    state = states.find(args.state)
    tasks = {
        "send": _send,
        "list": _list,
        "show": _show,
        "remind": _remind,
        "extend": _extend,
        "close": _close,
        "announce": _announce,
    }
    return tasks[args.task](state, args)


def _moment(text: str) -> datetime:
    try:
        return in_viet_nam(datetime.fromisoformat(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day and time; write 2026-11-30T17:00") from None


# Commands ------------------------------------------------------------------------------------------------------------


def _send(state: State, args: argparse.Namespace) -> int:
    table = read_toml(args.file)
    people = [*_of_meeting(state)] if args.of_meeting else []
    people += roster.parse(read_rows(args.roster), str(args.roster)) if args.roster else ()
    command = slip_file.parse(table, people, str(args.file))
    sent = ask(state, "send_slip", **command.model_dump(mode="json"))
    print(sent["slip"])
    print(f"{len(command.members)} members asked until {command.deadline.isoformat()}", file=sys.stderr)
    print("PINs and links for those named, whose older ones end: appliance meeting pins DELEGATE …", file=sys.stderr)
    return 0


def _of_meeting(state: State) -> Sequence[Delegate]:
    minutes = journal.read(state.journal).minutes
    if minutes is None:
        raise ConfigurationError("--of-meeting", ["no meeting was convened yet"])
    return minutes.convened.roster


def _remind(state: State, args: argparse.Namespace) -> int:
    reminded = ask(state, "remind_slip", slip=args.slip)
    issued = ask(state, "issue_pins", delegates=reminded["reminded"]) if args.links else []
    if args.json:
        print(json.dumps({**reminded, "issued": issued}, ensure_ascii=False, indent=2))
        return 0
    names = {d.id: d.name for d in _known(state, args.slip).sent.members}
    base = state.configuration().web.base_url
    links = {one["delegate"]: f"  {one['pin']}  {base}/d/{one['link']}" for one in issued}
    for delegate in reminded["reminded"]:
        print(f"{delegate:<12} {names[delegate]:<32}{links.get(delegate, '')}".rstrip())
    return 0


def _extend(state: State, args: argparse.Namespace) -> int:
    ask(state, "extend_slip", slip=args.slip, deadline=args.deadline.isoformat(), reason=args.reason)
    return 0


def _close(state: State, args: argparse.Namespace) -> int:
    tell(ask(state, "close_slip", slip=args.slip))
    return 0


def _announce(state: State, args: argparse.Namespace) -> int:
    ask(state, "announce_slip", slip=args.slip)
    return 0


# Reading -------------------------------------------------------------------------------------------------------------


def _known(state: State, name: str) -> Slip:
    known = journal.read(state.journal).slips.get(name)
    if known is None:
        raise RecordError(f"slip {name}: none of that name was sent; see appliance slip list")
    return known


def _list(state: State, args: argparse.Namespace) -> int:
    known = [summary(slip) for slip in journal.read(state.journal).slips.values()]
    if args.json:
        print(json.dumps(known, ensure_ascii=False, indent=2))
        return 0
    for shown in known:
        print(f"{shown['slip']:<24} {_standing(shown)}: {shown['title']}")
    return 0


def _show(state: State, args: argparse.Namespace) -> int:
    shown = summary(_known(state, args.slip))
    print(json.dumps(shown, ensure_ascii=False, indent=2) if args.json else "\n".join(_lines(shown)))
    return 0


def summary(slip: Slip) -> dict[str, Any]:
    """A slip in figures and sentences. While it is open it says who has answered, never what."""
    sent = slip.sent
    fields: dict[str, Any] = {
        "slip": slip.id,
        "title": sent.title,
        "question": sent.question,
        "sent_at": slip.sent_at,
        "deadline": slip.deadline,
        "extended": len(slip.extensions),
        "reminded": [{"at": at, "delegates": list(delegates)} for at, delegates in slip.reminders],
        "silence_agrees": sent.silence_agrees,
        "members": len(sent.members),
        "needed": sent.needed,
        "answered": [d for d in slip.members if d in slip.answers],
        "unanswered": list(slip.unanswered),
        "closed_at": slip.closed_at,
        "closed_by": slip.closed_by,
        "announced": dict(slip.announced),
    }
    return fields if slip.is_open else fields | _result(slip)


def _result(slip: Slip) -> dict[str, Any]:
    counts, verdict = slips.tally(slip), slips.verdict(slip)
    return {
        "for": counts.for_,
        "against": counts.against,
        "abstain": counts.abstain,
        "no_answer": counts.not_cast - slip.assumed,
        "counted_as_agreement": slip.assumed,
        "outcome": verdict.outcome,
        "sentence": verdict.sentence,
        "answers": {
            d: {"choice": given.choice, "opinion": given.opinion, "at": given.at} for d, given in slip.answers.items()
        },
    }


def _standing(shown: dict[str, Any]) -> str:
    if shown["closed_at"] is None:
        return f"open until {shown['deadline']}, {len(shown['answered'])} of {shown['members']} answered"
    told = f", announced at {', '.join(shown['announced'])}" if shown["announced"] else ", not announced yet"
    return f"closed {shown['closed_at']}, {shown['outcome']}{told}"


def _lines(shown: dict[str, Any]) -> list[str]:
    lines = [f"{shown['slip']}: {shown['title']}", shown["question"], _standing(shown)]
    lines.append("no answer counts as agreement" if shown["silence_agrees"] else "no answer is no agreement")
    lines += [f"reminded {one['at']}: {', '.join(one['delegates'])}" for one in shown["reminded"]]
    if shown["unanswered"]:
        lines.append(f"not answered: {', '.join(shown['unanswered'])}")
    if shown["closed_at"] is None:
        return lines
    lines.append(
        f"for {shown['for']}, against {shown['against']}, abstain {shown['abstain']}, no answer {shown['no_answer']}, "
        f"counted as agreement {shown['counted_as_agreement']}"
    )
    lines.append(shown["sentence"]["vi"])
    return lines + [f"  {d}  {one['choice']:<8} {one['opinion']}".rstrip() for d, one in shown["answers"].items()]
