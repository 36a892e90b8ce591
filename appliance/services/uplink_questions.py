"""What the technician's page asks the uplink: how it is, and a test of settings that takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from appliance.config import Broker as Settings
from appliance.control import Request, Server
from appliance.uplink import connection_test
from appliance.uplink.topics import Address
from appliance.values import Refusal, explain


class Questions:
    """Answers on uplink.sock: `status {language}`; `test {fields of [broker]}` → `{steps: [{title, ok, detail}]}`."""

    def __init__(
        self,
        path: Path,
        address: Address,
        status: Callable[[str], dict[str, Any]],
        may_connect: Callable[[], bool],
        users: Collection[int],
    ) -> None:
        """`may_connect`: whether a test may go out at all. `users`: the uids that may ask beside our own and root."""
        self._server = Server(path, users=users)
        self._address, self._status, self._may_connect = address, status, may_connect
        self._tests: list[tuple[Future[list[dict[str, Any]]], Request]] = []
        # Two at a time: a third asker waits, a technician's finger cannot start a hundred connections.
        self._workers = ThreadPoolExecutor(2, "connection-test")

    def watch(self, fd: int) -> None:
        """Let `answer` return early when this descriptor becomes readable."""
        self._server.watch(fd)

    def unwatch(self, fd: int) -> None:
        """Not any more."""
        self._server.unwatch(fd)

    def answer(self, timeout: float) -> None:
        """Answer what has been asked and what has been tested, waiting at most `timeout` seconds for something new."""
        for request in self._server.poll(timeout):
            if request.do == "status":
                request.reply(self._status(str(request.args.get("language", ""))))
            elif request.do == "test":
                self._begin(request)
            else:
                request.refuse(Refusal(code="unknown-command", message=f"{request.do!r}: known are status and test"))
        for work, request in [pair for pair in self._tests if pair[0].done()]:
            request.reply({"steps": work.result()})
            self._tests.remove((work, request))

    def close(self) -> None:
        """Stop listening; a test that runs is not waited for."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._server.close()

    def _begin(self, request: Request) -> None:
        if not self._may_connect():
            request.refuse(Refusal(code="secret-session", message="a secret session is on: nothing connects anywhere"))
            return
        try:
            settings = Settings.model_validate(request.args)
        except ValidationError as error:
            request.refuse(Refusal(code="malformed", message=explain(error)[:500]))
            return
        self._tests.append((self._workers.submit(connection_test.steps, settings, self._address), request))
