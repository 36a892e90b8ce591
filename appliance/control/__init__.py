"""The Unix sockets between services: one JSON object a line, each answered with one.

A request is `{"id": …, "do": …, "token": …, "args": {…}}`; an answer `{"ok": true, "result": …}` or
`{"ok": false, "refusal": {"code": …, "message": …}}`. `id` is made by the client: a request repeated with the same id
is the same command, not a second one. Only AF_UNIX is ever opened here, and only peers of permitted users are answered.
"""

from appliance.control.client import Client
from appliance.control.server import Request, Server

__all__ = ["Client", "Request", "Server"]
