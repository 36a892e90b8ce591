"""Recordings as a camera: a folder of pictures, a numbered pattern, or a video. The same recording, the same frames."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count, takewhile
from pathlib import Path

import cv2

from appliance.camera import CameraLost, Frame, Image
from appliance.camera.framing import framed, from_bgr

PICTURES = {".bmp", ".jpeg", ".jpg", ".png", ".webp"}


class ReplayCamera:
    """Frames of a recording in order. `index` and `monotonic` are those of the recording, on and on if it repeats.

    Unpaced, every frame is given as fast as it is asked for. Paced, it behaves like a live camera: `read` waits until
    the frame is due and leaves out those that are past.
    """

    def __init__(
        self,
        source: str,
        *,
        frames_per_second: float = 10.0,
        rotate: int = 0,
        repeat: bool = False,
        paced: bool = False,
        time: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`source`: a folder (pictures in name order), `folder/%d.jpg`, or a video file, which states its own rate."""
        self._source, self._rotate, self._repeat, self._paced = source, rotate, repeat, paced
        self._time, self._sleep = time, sleep
        self._pictures = _pictures_of(source)
        self._rate = frames_per_second if self._pictures else _rate_of(source) or frames_per_second
        self._frames = self._open()
        self._index = 0
        self._began = 0.0

    def read(self) -> Frame | None:
        """The next frame, or None at the end. Raises `CameraLost` naming a picture that cannot be read."""
        if self._paced:
            self._wait()
        image = next(self._frames, None)
        if image is None and self._repeat:
            self._frames = self._open()
            image = next(self._frames, None)
        if image is None:
            return None
        frame = framed(image, self._index, self._index / self._rate, rotate=self._rotate)
        self._index += 1
        return frame

    def close(self) -> None:
        """Nothing more is read."""
        self._frames = iter(())
        self._repeat = False

    def _wait(self) -> None:
        now = self._time()
        if self._index == 0:
            self._began = now
        ahead = self._index / self._rate - (now - self._began)
        if ahead > 0:
            self._sleep(ahead)
        for _ in range(int(-ahead * self._rate)):
            if next(self._frames, None) is None:
                return
            self._index += 1

    def _open(self) -> Iterator[Image]:
        return _decode(self._pictures) if self._pictures else _play(self._source)


def _pictures_of(source: str) -> list[Path]:
    """The pictures of a folder or pattern; empty for a video. Raises `CameraLost` if there is nothing to replay."""
    path = Path(source)
    if "%" in path.name:
        first = 0 if path.with_name(path.name % 0).exists() else 1
        pictures = list(takewhile(Path.exists, (path.with_name(path.name % n) for n in count(first))))
    elif path.is_dir():
        pictures = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES)
    elif path.is_file():
        return []
    else:
        raise CameraLost(f"{source}: no such recording", "name a folder of pictures, folder/%d.jpg, or a video file")
    if not pictures:
        raise CameraLost(f"{source}: no pictures there", f"it needs files ending in {', '.join(sorted(PICTURES))}")
    return pictures


def _decode(pictures: list[Path]) -> Iterator[Image]:
    for path in pictures:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise CameraLost(f"{path}: not a picture that OpenCV can read", "take it out of the folder or save it anew")
        yield from_bgr(picture)


def _capture(source: str) -> cv2.VideoCapture:
    capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        raise CameraLost(f"{source}: not a video that OpenCV can read", "use MP4 or AVI, or a folder of pictures")
    return capture


def _rate_of(source: str) -> float:
    capture = _capture(source)
    try:
        rate = capture.get(cv2.CAP_PROP_FPS)
    finally:
        capture.release()
    return rate if 0.1 <= rate <= 1000 else 0.0


def _play(source: str) -> Iterator[Image]:
    capture = _capture(source)
    try:
        while True:
            given, picture = capture.read()
            if not given:
                return
            yield from_bgr(picture)
    finally:
        capture.release()
