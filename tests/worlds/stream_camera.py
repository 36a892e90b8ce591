"""A network camera on loopback: Motion JPEG over HTTP, as cheap cameras speak it. The test decides what it shows."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from appliance.camera import Image

PAUSE = 0.02


class StreamCamera:
    """Sends the current picture again and again until it is unplugged, or sends viewers elsewhere: `redirect_to`."""

    def __init__(self, picture: Image, *, redirect_to: str = "") -> None:
        self.unplugged = threading.Event()
        self.visitors = 0
        self._redirect_to = redirect_to
        self.show(picture)
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                world.visitors += 1
                world._serve(self)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/video.mjpg"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def show(self, picture: Image) -> None:
        """What viewers see from now on; RGB."""
        _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])
        self._jpeg = data.tobytes()

    def unplug(self) -> None:
        """Every viewer's connection ends."""
        self.unplugged.set()

    def close(self) -> None:
        """The server too."""
        self.unplug()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        if self._redirect_to:
            request.send_response(302)
            request.send_header("Location", self._redirect_to)
            request.end_headers()
            return
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        request.end_headers()
        try:
            while not self.unplugged.wait(PAUSE):
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(self._jpeg)}\r\n\r\n"
                request.wfile.write(head.encode() + self._jpeg + b"\r\n")
        except OSError:
            return  # the viewer left
