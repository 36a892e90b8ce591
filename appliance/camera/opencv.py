"""Live cameras through OpenCV: USB by index or device, or the one network address that the configuration names."""

from __future__ import annotations

import os
import re
import threading
import time
from urllib.parse import urlsplit

import cv2

from appliance.camera import CameraLost, Frame, Image
from appliance.camera.framing import framed, from_bgr

SILENCE_SECONDS = 5.0
"""A live camera that gives no frame for so long is lost."""

# The address is opened and no other: no redirect is followed, no play list read, RTSP carries its media inside the same
# connection. OpenCV hands these to FFmpeg for network sources.
FFMPEG_OPTIONS = "rtsp_transport;tcp|max_redirects;0|protocol_whitelist;tcp,tls,http,https,httpproxy,rtp,rtsp,rtsps"


class OpenCVCamera:
    """The newest frame of a live camera. A thread of its own grabs, so that no stale frame waits in a driver's queue.

    `index` counts what the camera gave; frames that came while nobody asked leave gaps. `grabbed` is how many came.
    """

    def __init__(
        self, source: str, *, width: int = 640, height: int = 480, frames_per_second: float = 10.0, rotate: int = 0
    ) -> None:
        """`source`: `0`, `/dev/video0`, `rtsp://…` or `http://…`. Size and rate are asked of USB cameras only."""
        self._name, self._rotate = masked(source), rotate
        self._capture = _open(source, width, height, frames_per_second)
        self._newest: tuple[Image, int, float] | None = None
        self._lost = self._stop = False
        self.grabbed = 0
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._grab, name="camera", daemon=True)
        self._thread.start()

    def read(self) -> Frame | None:
        """The newest frame that was not read yet, waiting for it. Raises `CameraLost`."""
        with self._change:
            self._change.wait_for(lambda: self._newest is not None or self._lost, SILENCE_SECONDS)
            newest, self._newest = self._newest, None
        if newest is None:
            said = "stopped giving frames" if self._lost else f"gave no frame for {SILENCE_SECONDS:.0f} s"
            raise CameraLost(f"camera {self._name} {said}", "check its cable, its power and, on a network, its address")
        image, index, monotonic = newest
        return framed(from_bgr(image), index, monotonic, rotate=self._rotate)

    def close(self) -> None:
        """Stop the thread; it gives the device back."""
        self._stop = True
        self._thread.join(SILENCE_SECONDS + 1)

    def _grab(self) -> None:
        while not self._stop:
            given, image = self._capture.read()
            with self._change:
                if given:
                    self._newest = image, self.grabbed, time.monotonic()
                else:
                    self._lost = True
                self._change.notify_all()
            if not given:
                break
            self.grabbed += 1
        self._capture.release()


def is_network(source: str) -> bool:
    """Whether a source is reached over the network."""
    return re.match(r"(rtsps?|https?)://", source) is not None


def masked(source: str) -> str:
    """The source without a password that stands in its address."""
    if not is_network(source):
        return source
    parts = urlsplit(source)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return f"{parts.scheme}://{host}{parts.path}"


def _open(source: str, width: int, height: int, frames_per_second: float) -> cv2.VideoCapture:
    if is_network(source):
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = FFMPEG_OPTIONS
        limit = int(SILENCE_SECONDS * 1000)
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit]
        capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            raise CameraLost(
                f"camera {masked(source)} does not answer",
                "try the address in a video player on this network; check user name and password",
            )
        return capture
    device = f"/dev/video{source}" if source.isdigit() else source
    if not os.path.exists(device):
        raise CameraLost(f"there is no {device}", "plug the camera in; `ls /dev/video*` lists what the system sees")
    if not os.access(device, os.R_OK | os.W_OK):
        raise CameraLost(f"{device} may not be opened", "put the service's user into the group `video`")
    capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    if not capture.isOpened():
        raise CameraLost(
            f"{device} gives no pictures", "another program may hold it, or it is not a camera: try the next index"
        )
    # Motion JPEG: raw pictures of this size at this rate do not fit through USB 2.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_FPS, frames_per_second)
    return capture
