"""Signing in, and issuing what people sign in with. The slow hashes are computed by the worker."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Any

from appliance import __version__, attendance, box_requests, commands, record, slips
from appliance.attendance import Attendance
from appliance.events import BoxClaimed, CheckedIn, CredentialIssued
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Caller, Slow
from appliance.services.draft import Draft
from appliance.values import Delegate, Method, Refusal
from appliance.vault import credentials as vault
from appliance.vault import secret_words

WRONG = Refusal(code="wrong-secret", message="that is not right")


ALREADY_ISSUED = Refusal(code="already-issued", message="these PINs were issued and shown once; issue new ones")


def _identity(desk: Desk, _command: box_requests.Identity, _caller: Caller, _draft: Draft, _id: str) -> dict[str, Any]:
    box = desk.configuration.box
    return {
        "site": box.site,
        "device": box.device,
        "room": box.room,
        "language": box.language,
        "public_key": base64.b64encode(desk.signer.public_key).decode(),
        "fingerprint": record.fingerprint(desk.signer.public_key),
        "claimed": desk.credentials.claim_code is None,
        "software": __version__,
    }


def _locked(seconds: float) -> Refusal:
    return Refusal(code="locked", message=f"too many wrong attempts; try again in {math.ceil(seconds)} seconds")


def check(
    desk: Desk, draft: Draft, role: str, subject: str, what: str, given: str, then: Callable[[Draft], Any]
) -> Slow | Refusal:
    """Compare a password or PIN in the worker; `then` continues where it was right."""
    left = desk.credentials.begin_attempt(what, subject, draft.utc)
    if left > 0:
        return _locked(left)
    kept = desk.credentials.kept(role, subject, what)

    def finish(right: bool, later: Draft) -> Any:
        # A secret that was replaced while it was being checked is not right any more.
        if not right or desk.credentials.kept(role, subject, what) != kept:
            return WRONG
        desk.credentials.succeed(what, subject)
        return then(later)

    return Slow(lambda: vault.holds(kept, given), finish)


def _token(desk: Desk, draft: Draft, role: str, subject: str) -> dict[str, Any]:
    return {"token": desk.credentials.token(role, subject, draft.utc), "role": role, "subject": subject}


def _claim(desk: Desk, command: box_requests.Claim, _caller: Caller, draft: Draft, _id: str) -> Any:
    if desk.credentials.claim_code is None:
        return Refusal(code="already-claimed", message="this box was claimed before; sign in as technician")
    left = desk.credentials.begin_attempt("claim", "box", draft.utc)
    if left > 0:
        return _locked(left)
    if not desk.credentials.is_claim_code(command.code):
        return WRONG
    desk.credentials.succeed("claim", "box")

    def claimed(password_hash: str, later: Draft) -> Any:
        if desk.credentials.claim_code is None:
            return Refusal(code="already-claimed", message="somebody else claimed this box a moment ago")
        desk.credentials.claim(password_hash)
        later.state(BoxClaimed(), "claimed/box")
        return _token(desk, later, "technician", "technician")

    return Slow(lambda: vault.hash_password(command.password), claimed)


def _sign_in(desk: Desk, command: box_requests.SignIn, _caller: Caller, draft: Draft, _id: str) -> Any:
    role = command.role
    return check(desk, draft, role, role, "password", command.password, lambda later: _token(desk, later, role, role))


def _admitted(draft: Draft) -> dict[str, Delegate]:
    """Who may sign in by PIN, by id: the roster of the meeting in progress, and whom an open opinion slip asks."""
    roster = draft.meeting.roll.roster if draft.meeting is not None else {}
    return {**slips.holders(draft.slips), **roster}


def _sign_in_by_pin(desk: Desk, command: box_requests.SignInByPin, _caller: Caller, draft: Draft, _id: str) -> Any:
    admitted = _admitted(draft)
    if not admitted:
        return NO_MEETING
    if command.delegate not in admitted:
        return WRONG
    return check(
        desk,
        draft,
        "delegate",
        command.delegate,
        "pin",
        command.pin,
        lambda later: _token(desk, later, "delegate", command.delegate),
    )


def _sign_in_by_link(desk: Desk, command: box_requests.SignInByLink, _caller: Caller, draft: Draft, _id: str) -> Any:
    found = desk.credentials.by_link(command.link)
    return WRONG if found is None else _token(desk, draft, *found)


def _who_am_i(_desk: Desk, _command: box_requests.WhoAmI, caller: Caller, _draft: Draft, _id: str) -> Any:
    if not caller.subject:
        return Refusal(code="not-signed-in", message="this sign-in does not stand any more")
    return {"role": caller.role, "subject": caller.subject}


def _set_password(desk: Desk, command: box_requests.SetPassword, caller: Caller, _draft: Draft, _id: str) -> Any:
    def hashed(password_hash: str, later: Draft) -> dict[str, Any]:
        desk.credentials.set_password(command.role, password_hash)
        later.state(CredentialIssued(subject=command.role, what="password", by=caller.subject))
        return {}

    return Slow(lambda: vault.hash_password(command.password), hashed)


def _issue_screen_link(
    desk: Desk, command: box_requests.IssueScreenLink, _caller: Caller, _draft: Draft, _id: str
) -> dict[str, Any]:
    return {"link": desk.credentials.new_screen_link(command.screen)}


def _issue_pins(desk: Desk, command: box_requests.IssuePins, caller: Caller, draft: Draft, request_id: str) -> Any:
    admitted = _admitted(draft)
    if not admitted:
        return NO_MEETING
    unknown = [d for d in command.delegates if d not in admitted]
    if unknown:
        return Refusal(code="not-on-roster", message=f"not on the roster: {', '.join(unknown)}")
    if desk.standing(f"{request_id}/1", draft) is not None:
        return ALREADY_ISSUED
    everybody = draft.meeting.roll.roster if draft.meeting is not None else admitted
    wanted = list(dict.fromkeys(command.delegates)) or list(everybody)
    issued = [vault.Issued(d, secret_words.pin(), secret_words.key_code(), secret_words.link()) for d in wanted]

    def hashed(hashes: list[vault.IssuedHashes], later: Draft) -> list[dict[str, Any]] | Refusal:
        if desk.standing(f"{request_id}/1", later) is not None:
            return ALREADY_ISSUED
        desk.credentials.set_delegates(hashes)
        for number, one in enumerate(issued, 1):
            fact = CredentialIssued(subject=one.delegate, what="pin", by=caller.subject)
            later.state(fact, f"{request_id}/{number}")
        return [
            {
                "delegate": one.delegate,
                "name": admitted[one.delegate].name,
                "seat": admitted[one.delegate].seat,
                "pin": one.pin,
                "code": one.code,
                "link": one.link,
            }
            for one in issued
        ]

    return Slow(lambda: vault.hash_pins(issued), hashed)


def _check_in_by_pin(desk: Desk, command: box_requests.CheckInByPin, caller: Caller, draft: Draft, _id: str) -> Any:
    if draft.meeting is None:
        return NO_MEETING
    if command.delegate not in draft.meeting.roll.roster:
        return WRONG

    def right(later: Draft) -> Any:
        meeting = later.meeting
        if meeting is None:
            return NO_MEETING
        decision = attendance.check_in(meeting.roll, command.delegate, Method.PIN, by=caller.subject)
        if isinstance(decision, Refusal):
            return decision
        if isinstance(decision, CheckedIn):
            later.state(decision)
        delegate = meeting.roll.roster[command.delegate]
        return {"name": delegate.name, "seat": delegate.seat, "already": isinstance(decision, Attendance)}

    return check(desk, draft, "delegate", command.delegate, "pin", command.pin, right)


ANSWERS: dict[type[commands.Command], Callable[..., Any]] = {
    box_requests.Identity: _identity,
    box_requests.Claim: _claim,
    box_requests.SignIn: _sign_in,
    box_requests.SignInByPin: _sign_in_by_pin,
    box_requests.SignInByLink: _sign_in_by_link,
    box_requests.WhoAmI: _who_am_i,
    box_requests.SetPassword: _set_password,
    box_requests.IssueScreenLink: _issue_screen_link,
    box_requests.IssuePins: _issue_pins,
    box_requests.CheckInByPin: _check_in_by_pin,
}
