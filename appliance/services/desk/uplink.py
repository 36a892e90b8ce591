"""What the uplink asks for: checkpoints over the journal, and commands of the central server carried out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError

from appliance import box_requests, record, verification, wire
from appliance.commands import Command
from appliance.errors import RecordError
from appliance.events import CommandAccepted
from appliance.services.desk.acts import act
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import Caller, Saved
from appliance.services.draft import Draft
from appliance.values import Identifier, Refusal, Value, explain

HELD_BACK = 300.0
"""Seconds between central's clock at the signing and ours. A broker that keeps a command must not choose its moment.
Central itself sends none that is older than a minute; the rest is for two clocks that disagree."""

CENTRAL = Caller(frozenset(), "central", "central")


class Order(Value):
    """The statement in a command envelope. `number` grows with every command of one central server to one device."""

    site: Identifier
    device: Identifier
    number: int = Field(ge=1, le=2**53, strict=True)
    do: str
    args: dict[str, Any]
    at: AwareDatetime


def _sign_checkpoint(desk: Desk, command: box_requests.SignCheckpoint, _caller: Caller, draft: Draft, _id: str) -> Any:
    entry = desk.writer.entry(command.seq)
    if entry is None:
        return Refusal(
            code="no-entry", message=f"the journal has no entry {command.seq}; its head is {desk.follower.seq}"
        )
    box = desk.configuration.box
    envelope = record.checkpoint(box.site, box.device, entry.seq, entry.hash, draft.when.at, desk.signer)
    return {"envelope": envelope.decode()}


def _from_central(desk: Desk, command: box_requests.FromCentral, _caller: Caller, draft: Draft, _id: str) -> Any:
    order = _verified(desk, command.envelope)
    if isinstance(order, Refusal):
        return order
    digest = hashlib.sha256(command.envelope.encode()).hexdigest()
    accepted = CommandAccepted(number=order.number, do=order.do, digest=digest)
    # A slash cannot stand in a client's own id, so nobody else's fact lies there.
    fact_id = f"central/{order.number}"
    standing = desk.standing(fact_id, draft)
    if standing is None and order.number <= max(desk.credentials.central_number, *_accepted_now(draft)):
        return Refusal(code="number-used", message=f"command {order.number} or a later one was here before")
    if standing is not None and standing != accepted:
        return Refusal(code="number-used", message=f"number {order.number} was used for another command")
    if standing is None and abs(draft.utc - order.at.timestamp()) > HELD_BACK:
        desk.credentials.use_central_number(order.number)
        return Refusal(
            code="held-back", message=f"signed at {order.at.isoformat()}; the clock here is at {draft.when.at}"
        )
    outcome = _decide(desk, order, draft, f"{fact_id}/fact")
    if isinstance(outcome, Saved):
        if standing is None:
            draft.state(accepted, fact_id)  # with the command's own fact in one transaction: both, or neither
        draft.afterwards(lambda: desk.credentials.use_central_number(order.number))
    else:
        desk.credentials.use_central_number(order.number)
    return outcome


def _accepted_now(draft: Draft) -> list[int]:
    """Numbers that this turn accepted already; at least a zero."""
    return [0, *(f.event.number for f in draft.facts if isinstance(f.event, CommandAccepted))]


def _decide(desk: Desk, order: Order, draft: Draft, fact_id: str) -> Any:
    try:
        inner = wire.parse(order.do, order.args)
    except RecordError as error:
        return Refusal(code="malformed", message=str(error)[:1000])
    return act(desk, inner, CENTRAL, draft, fact_id)


def _verified(desk: Desk, envelope: str) -> Order | Refusal:
    """The order in an envelope, if it is central's, for us, and one of those that central may give."""
    key = desk.configuration.uplink.central_key
    if not key:
        return Refusal(code="no-central-key", message="uplink.central_key is not set: no central server is trusted")
    try:
        order = Order.model_validate(verification.open_envelope(envelope.encode(), record.COMMAND, bytes.fromhex(key)))
    except RecordError as error:
        return Refusal(code="not-verified", message=str(error)[:1000])
    except ValidationError as error:
        return Refusal(code="not-verified", message=explain(error)[:1000])
    box = desk.configuration.box
    if (order.site, order.device) != (box.site, box.device):
        return Refusal(code="not-for-us", message=f"the command is for {order.site}/{order.device}")
    if (fault := wire.central_fault(order.do, order.args)) is not None:
        return Refusal(code="not-allowed", message=fault)
    return order


ANSWERS: dict[type[Command], Callable[..., Any]] = {
    box_requests.SignCheckpoint: _sign_checkpoint,
    box_requests.FromCentral: _from_central,
}
