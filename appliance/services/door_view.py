"""What the door service shows of itself on its socket: the preview and its state, as JSON values."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2

from appliance.camera import Frame
from appliance.services.kept_camera import KeptCamera
from appliance.services.recogniser import Recogniser
from appliance.values import Delegate

UPSIDE_DOWN = (
    "faces are seen only when the picture is turned over",
    "turn the camera over, or change camera.rotate (0 or 180)",
)

PREVIEW_WIDTH = 640
JPEG_QUALITY = 70


@dataclass(frozen=True)
class Message:
    """What the screen says. `since` is the clock's monotonic second at which it was first said."""

    code: str
    since: float
    delegate: Delegate | None = None

    def json(self) -> dict[str, Any]:
        """`{code, name, seat}`."""
        return {"code": self.code, **_named(self.delegate)}


@dataclass(frozen=True)
class FaceView:
    """A face in the preview. `delegate` only where the name may be shown."""

    box: tuple[float, float, float, float]
    state: str
    delegate: Delegate | None = None

    def json(self, frame: Frame) -> dict[str, Any]:
        """`{box, state, name, seat}`, the box as shares of the frame."""
        height, width = frame.image.shape[:2]
        x, y, w, h = self.box
        box = [round(x / width, 4), round(y / height, 4), round(w / width, 4), round(h / height, 4)]
        return {"box": box, "state": self.state, **_named(self.delegate)}


def preview(frame: Frame | None, faces: Sequence[FaceView], message: Message) -> dict[str, Any]:
    """The answer to `frame`: `{jpeg, faces, message, size}`."""
    if frame is None:
        return {"jpeg": None, "faces": [], "message": message.json(), "size": None}
    height, width = frame.image.shape[:2]
    shown = [face.json(frame) for face in faces]
    return {"jpeg": jpeg(frame), "faces": shown, "message": message.json(), "size": [width, height]}


def status(
    camera: KeptCamera,
    frame: Frame | None,
    times: Sequence[float],
    recogniser: Recogniser,
    model: str,
    *,
    dropped: int,
    tracks: int,
    upside_down: bool,
) -> dict[str, Any]:
    """The answer to `status`. `times`: when the last frames were taken in, seconds of the monotonic clock.

    `dropped`: frames that the camera gave while the door was busy with others, since its start.
    """
    span = times[-1] - times[0] if len(times) > 1 else 0.0
    symptom, remedy = (camera.lost.symptom, camera.lost.remedy) if camera.lost else ("", "")
    if camera.over:
        symptom, remedy = "recording over", "start the door again, or set camera.repeat"
    elif upside_down and not symptom:
        symptom, remedy = UPSIDE_DOWN
    return {
        "service": "door",
        "camera": camera.state,
        "symptom": symptom,
        "remedy": remedy,
        "frames_per_second": round((len(times) - 1) / span, 1) if span else 0.0,
        "dropped": dropped,
        "focus": focus(frame) if frame else 0.0,
        "gallery": {
            "identities": len(recogniser.enrolled.delegates),
            "threshold": round(recogniser.thresholds[0], 4),
            "model": model,
        },
        "tracks": tracks,
    }


def jpeg(frame: Frame) -> str:
    """The frame as a JPEG in base64, at most 640 pixels wide. It exists in memory only."""
    picture = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
    height, width = picture.shape[:2]
    if width > PREVIEW_WIDTH:
        size = (PREVIEW_WIDTH, max(1, round(height * PREVIEW_WIDTH / width)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return base64.b64encode(data.tobytes()).decode()


def focus(frame: Frame) -> float:
    """How sharp the middle of the picture is: the variance of its Laplacian. Turn the lens until it is largest."""
    height, width = frame.detection.shape
    middle = frame.detection[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
    return round(float(cv2.Laplacian(middle, cv2.CV_64F).var()), 1) if middle.size else 0.0


def _named(delegate: Delegate | None) -> dict[str, str | None]:
    return {"name": delegate.name if delegate else None, "seat": delegate.seat if delegate else None}
