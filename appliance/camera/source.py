"""Which camera a configuration means."""

from __future__ import annotations

from appliance import config
from appliance.camera import Camera
from appliance.camera.opencv import OpenCVCamera, is_network
from appliance.camera.pi import PiCamera
from appliance.camera.replay import ReplayCamera


def open_camera(settings: config.Camera, *, paced: bool = True) -> Camera:
    """Open the camera that `settings.source` names, and no other. Raises `CameraLost` saying why it cannot be opened.

    `paced`: recordings play in their own time, like a live camera; False gives every frame as fast as it is asked for.
    """
    source = settings.source
    rate, rotate = settings.frames_per_second, settings.rotate
    if source == "pi":
        return PiCamera(width=settings.width, height=settings.height, frames_per_second=rate, rotate=rotate)
    if source.isdigit() or source.startswith("/dev/") or is_network(source):
        return OpenCVCamera(source, width=settings.width, height=settings.height, frames_per_second=rate, rotate=rotate)
    return ReplayCamera(
        source.removeprefix("replay:"), frames_per_second=rate, rotate=rotate, repeat=settings.repeat, paced=paced
    )
