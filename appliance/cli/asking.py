"""How a verb asks the ballot service, and how it prints what came of something that ended with a result."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from appliance.control import Client
from appliance.errors import RefusedError
from appliance.services.state import State
from appliance.values import Refusal

PATIENCE = 30.0
"""Seconds for an answer. Some of them are slow on purpose: a PIN is derived before it is compared."""


def ask(state: State, do: str, **args: Any) -> Any:
    """The ballot service's answer. Raises `RefusedError`, and `ControlError` where it does not answer."""
    return granted(Client(state.socket("ballot"), timeout=PATIENCE).ask(do, **args))


def granted(answer: Any | Refusal) -> Any:
    """An answer that is no refusal. Raises `RefusedError`."""
    if isinstance(answer, Refusal):
        raise RefusedError(f"{answer.message} ({answer.code})")
    return answer


def tell(ended: Mapping[str, Any]) -> None:
    """The outcome of a ballot or slip for machines, the sentences for people."""
    print(ended["outcome"])
    for sentence in ended["sentence"].values():
        print(sentence, file=sys.stderr)
