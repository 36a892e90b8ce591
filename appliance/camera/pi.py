"""The Raspberry Pi's own camera through picamera2: a colour stream for chips, a small one for finding faces."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.camera import CameraLost, Frame, Image
from appliance.camera.framing import DETECTION_WIDTH

SILENCE_SECONDS = 5.0


class PiCamera:
    """Frames of the first camera that libcamera sees. `detection` is the Y plane of the ISP's `lores` stream."""

    def __init__(
        self, *, width: int = 640, height: int = 480, frames_per_second: float = 10.0, rotate: int = 0
    ) -> None:
        """`width` × `height` of the colour stream. Raises `CameraLost` where there is no libcamera or no camera."""
        try:
            from libcamera import Transform
            from picamera2 import Picamera2
        except ImportError as error:
            raise CameraLost(
                f"picamera2 cannot be loaded ({error})",
                "on Raspberry Pi OS: apt install python3-picamera2, script/bootstrap; elsewhere set camera.source to 0",
            ) from error
        if not Picamera2.global_camera_info():
            raise CameraLost("libcamera sees no camera", "check the ribbon cable, then `rpicam-hello --list-cameras`")
        self._rate, self._index, self._last = frames_per_second, -1, 0.0
        self._closed = False
        self._camera = Picamera2()
        small = (min(DETECTION_WIDTH, width), _even(height * min(DETECTION_WIDTH, width) / width))
        flip = int(rotate == 180)
        self._camera.configure(
            self._camera.create_video_configuration(
                main={"size": (width, height), "format": "RGB888"},
                lores={"size": small, "format": "YUV420"},
                transform=Transform(hflip=flip, vflip=flip),
                controls={"FrameRate": frames_per_second},
                buffer_count=4,
                queue=False,  # the newest frame, not the one that waited
            )
        )
        self._check()
        self._camera.start()

    def _check(self) -> None:
        """What configure() really gave: libcamera adjusts sizes and formats without a word."""
        given = self._camera.camera_configuration()
        main, lores = given["main"], given["lores"]
        if main["format"] not in ("RGB888", "BGR888") or lores is None or lores["format"] != "YUV420":
            got = f"main {main['format']}, lores {lores['format'] if lores else 'none'}"
            self._camera.close()
            self._closed = True
            raise CameraLost(f"this camera gives {got}", "RGB888 and YUV420 are needed: use a camera with the Pi's ISP")
        self._bgr = main["format"] == "RGB888"  # picamera2 names formats by their order in a word, not in memory
        self._small: tuple[int, int] = lores["size"]

    def read(self) -> Frame | None:
        """The next frame that the sensor finishes. Raises `CameraLost` after 5 s without one."""
        try:
            request = self._camera.capture_request(wait=SILENCE_SECONDS)
        except TimeoutError as error:
            raise CameraLost(
                f"the camera gave no frame for {SILENCE_SECONDS:.0f} s", "check the ribbon cable and restart the box"
            ) from error
        try:
            image: Image = request.make_array("main")
            planes: Image = request.make_array("lores")
            taken = request.get_metadata()["SensorTimestamp"] / 1e9
        finally:
            request.release()
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if self._bgr else np.ascontiguousarray(image)
        width, height = self._small
        detection = np.ascontiguousarray(planes[:height, :width])
        self._index += 1 if self._index < 0 else max(1, round((taken - self._last) * self._rate))
        self._last = taken
        return Frame(image, detection, image.shape[1] / width, self._index, taken)

    def close(self) -> None:
        """Stop the sensor and give it back."""
        if not self._closed:
            self._closed = True
            self._camera.stop()
            self._camera.close()


def _even(number: float) -> int:
    return max(2, round(number / 2) * 2)
