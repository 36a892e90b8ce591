"""The asking side of a control socket."""

from __future__ import annotations

import json
import secrets
import socket
from pathlib import Path
from typing import Any

from appliance.errors import ControlError
from appliance.values import Refusal


class Client:
    """Asks one service. A connection lives for one request, so a client may be shared between threads."""

    def __init__(self, path: Path, *, timeout: float = 5.0) -> None:
        """`timeout` in seconds, for connecting and for the answer."""
        self._path = path
        self._timeout = timeout

    def ask(self, do: str, *, token: str = "", id: str = "", **args: Any) -> Any | Refusal:
        """The service's result, or its refusal. Raises `ControlError` if it does not answer."""
        request = {"id": id or secrets.token_hex(16), "do": do, "token": token, "args": args}
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout)
                connection.connect(str(self._path))
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as lines:
                    answer = json.loads(lines.readline())
        except (OSError, ValueError) as error:
            raise ControlError(
                f"{self._path.stem} does not answer on {self._path} ({error}); is the service running?"
            ) from error
        if answer["ok"]:
            return answer["result"]
        return Refusal.model_validate(answer["refusal"])
