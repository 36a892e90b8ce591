"""`appliance meeting`: import, show, run and export a meeting from the command line of the box."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from appliance import journal, record, release, tally
from appliance.ballot import Ballot
from appliance.cli import meeting_import, meeting_orders, meeting_papers, meeting_task, output
from appliance.cli.asking import ask, tell
from appliance.errors import RecordError
from appliance.journal import Reader
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.services import state as states
from appliance.services.state import State
from appliance.values import Voting


def configure(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each thing that is done with a meeting."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    meeting_import.configure(tasks)
    task = tasks.add_parser("show", help="roll, agenda and results of the meeting")
    task.add_argument("--json", action="store_true", help="for machines")
    task = tasks.add_parser("export", help="the whole journal with a signed checkpoint: `appliance verify` reads it")
    task.add_argument("--out", type=Path, metavar="FILE", help="instead of standard output")
    task.add_argument("--result", metavar="BALLOT", help="only the signed result of one ballot")
    meeting_orders.add(tasks.add_parser("open", help="open a ballot on an agenda item"), meeting_orders.OPENING)
    task = tasks.add_parser("close", help="close a ballot")
    task.add_argument("ballot")
    task = tasks.add_parser("end", help="end the meeting")
    task.add_argument("--leave-undecided", action="store_true", help="although the chair has not decided a tie")
    task = tasks.add_parser("pins", help="issue new PINs, key codes and links, shown this once; older ones end")
    task.add_argument("delegates", nargs="*", metavar="DELEGATE", help="default: everybody on the roster")
    task.add_argument("--json", action="store_true", help="for machines")
    meeting_papers.configure(tasks)
    meeting_orders.configure(tasks)
    meeting_task.configure(tasks)


def run(args: argparse.Namespace) -> int:
    """Do one task."""
    state = states.find(args.state)
    tasks = {
        **dict.fromkeys(meeting_import.TASKS, meeting_import.run),
        "show": _show,
        "export": _export,
        "open": _open,
        "close": _close,
        "end": _end,
        "pins": _pins,
        "minutes": meeting_papers.run,
        "assign-task": meeting_task.run,
    }
    if args.task in tasks:
        return tasks[args.task](state, args)
    return meeting_orders.run(state, args)


# Commands ------------------------------------------------------------------------------------------------------------


def _open(state: State, args: argparse.Namespace) -> int:
    opened = ask(state, "open", **meeting_orders.given(args, meeting_orders.OPENING))
    print(opened["ballot"])
    print(f"quorum {opened['quorum']}, needed {opened['needed']}", file=sys.stderr)
    return 0


def _close(state: State, args: argparse.Namespace) -> int:
    tell(ask(state, "close", ballot=args.ballot))
    return 0


def _end(state: State, args: argparse.Namespace) -> int:
    ask(state, "end_meeting", leave_undecided=args.leave_undecided)
    return 0


def _pins(state: State, args: argparse.Namespace) -> int:
    issued = ask(state, "issue_pins", delegates=args.delegates)
    if args.json:
        print(json.dumps(issued, ensure_ascii=False, indent=2))
        return 0
    base = state.configuration().web.base_url
    for one in issued:
        print(f"{one['seat'] or '-':>4}  {one['name']:<32} {one['pin']}  {one['code']}  {base}/d/{one['link']}")
    print("seat, name, PIN, key code (1 for, 2 against, 3 abstain), link: shown this once", file=sys.stderr)
    return 0


# Reading -------------------------------------------------------------------------------------------------------------


def _show(state: State, args: argparse.Namespace) -> int:
    follower = journal.read(state.journal)
    if follower.minutes is None:
        print("appliance meeting: no meeting was convened yet", file=sys.stderr)
        return 1
    shown = summary(follower.minutes)
    if args.json:
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(shown)))
    return 0


def summary(minutes: Minutes) -> dict[str, Any]:
    """A meeting in figures and sentences. Of an open ballot it says who has voted in numbers, never how."""
    roll = minutes.roll
    return {
        "meeting": minutes.id,
        "title": minutes.convened.title,
        "convened_at": minutes.convened_at,
        "ended_at": minutes.ended_at,
        "members": len(roll.members),
        "members_present": len(roll.members_present),
        "present": [
            {"delegate": d, "name": roll.roster[d].name, "at": mark.at, "method": mark.method}
            for d, mark in roll.present.items()
        ],
        "absent": [d.id for d in minutes.absent_members],
        "agenda": [{"item": item.id, "title": item.title} for item in minutes.convened.agenda],
        "ballots": [_ballot(b) for b in minutes.ballots.values()],
    }


def _ballot(shown: Ballot) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "ballot": shown.id,
        "question": shown.opened.question,
        "method": shown.opened.method,
        "opened_at": shown.opened_at,
        "closed_at": shown.closed_at,
    }
    if shown.opened.method is Voting.OPEN:
        fields["recorded"] = len(shown.votes)
    if shown.annulled is not None:
        fields |= {"annulled": shown.annulled.reason}
    elif shown.has_result:
        counts, verdict = tally.tally(shown), tally.verdict(shown)
        fields |= {
            "for": counts.for_,
            "against": counts.against,
            "abstain": counts.abstain,
            "not_cast": counts.not_cast,
            "absent": counts.absent,
            "outcome": verdict.outcome,
            "sentence": verdict.sentence,
        }
    return fields


def _lines(shown: dict[str, Any]) -> list[str]:
    lines = [
        f"{shown['meeting']}: {shown['title']}",
        f"convened {shown['convened_at']}" + (f", ended {shown['ended_at']}" if shown["ended_at"] else ""),
        f"{shown['members_present']} of {shown['members']} members present, {len(shown['present'])} on the roll",
    ]
    lines += [f"  {mark['at']}  {mark['method']:<5} {mark['name']}" for mark in shown["present"]]
    lines += [f"item {item['item']}: {item['title']}" for item in shown["agenda"]]
    for one in shown["ballots"]:
        lines.append(f"ballot {one['ballot']}: {_said(one)}")
    return lines


def _said(one: dict[str, Any]) -> str:
    """Of a ballot without a result why there is none; a secret one that is open says nothing of its box."""
    if "sentence" in one:
        return str(one["sentence"]["vi"])
    if "annulled" in one:
        return f"annulled: {one['annulled']}"
    if one["closed_at"]:
        return "closed; its box waits for the passphrase"
    return f"open, {one['recorded']} recorded" if "recorded" in one else f"open ({one['method']})"


def _export(state: State, args: argparse.Namespace) -> int:
    reader = Reader(state.journal)
    if args.result:
        data = _result(reader, args.result)
    else:
        reader.verify()  # a broken chain is named here, not at whoever is handed it
        entries = _showable(list(reader.after(0)))
        if not entries:
            raise RecordError("nothing of the journal can be exported yet")
        signed = ask(state, "sign_checkpoint", seq=entries[-1].seq)
        data = record.batch(entries, signed["envelope"].encode())
    if args.out is None:
        sys.stdout.buffer.write(data)
    else:
        output.write(args.out, data)
        print(f"{args.out}: {len(data)} bytes; check with: appliance verify {args.out}", file=sys.stderr)
    return 0


def _showable(entries: list[Entry]) -> list[Entry]:
    """All of them; while a ballot is open, those before its first vote."""
    until = release.fold(entries).showable.seq
    if until < len(entries):
        print(f"a ballot is open: entries {until + 1} to {len(entries)} are left out until its close", file=sys.stderr)
    return entries[:until]


def _result(reader: Reader, name: str) -> bytes:
    entry = reader.by_id(f"{name}/ruling") or reader.by_id(f"{name}/result")  # of a tie the one that decides it
    if entry is None:
        raise RecordError(f"ballot {name}: no signed result in the journal; is it closed, and is the name right?")
    envelope: str = entry.event.model_dump()["envelope"]
    return envelope.encode()
