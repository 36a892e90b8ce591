"""One suite over all cameras: what a frame is, what happens at the end, without a source, and when it is closed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance import config
from appliance.camera import Camera, CameraLost, Frame, Image
from appliance.camera.opencv import OpenCVCamera, masked
from appliance.camera.pi import PiCamera
from appliance.camera.replay import ReplayCamera
from appliance.camera.source import open_camera
from appliance.errors import DeviceError
from tests.worlds.stream_camera import StreamCamera

WIDTH, HEIGHT, FRAMES = 800, 600, 8


def painted(number: int = 0) -> Image:
    """Red above, blue below, and a white bar that moves right with the number."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[: HEIGHT // 2, :, 0] = 220
    picture[HEIGHT // 2 :, :, 2] = 220
    picture[:, 60 * number : 60 * number + 40] = 255
    return picture


def write_pictures(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(FRAMES):
        cv2.imwrite(str(folder / f"{number}.jpg"), cv2.cvtColor(painted(number), cv2.COLOR_RGB2BGR))


def write_video(path: Path) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (WIDTH, HEIGHT))
    for number in range(FRAMES):
        writer.write(cv2.cvtColor(painted(number), cv2.COLOR_RGB2BGR))
    writer.release()


@pytest.fixture(params=["folder", "pattern", "video", "stream", "pi"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Callable[..., Camera]]]:
    """The kind of camera, and how to open one that shows `painted` pictures (the Pi's shows what is before it)."""
    kind = request.param
    if kind == "pi":
        pytest.importorskip("libcamera", reason="no libcamera here: needs a Raspberry Pi or its virtual pipeline")
        yield kind, lambda rotate=0: PiCamera(width=WIDTH, height=HEIGHT, rotate=rotate)
    elif kind == "stream":
        stream = StreamCamera(painted())
        yield kind, lambda rotate=0: OpenCVCamera(stream.url, rotate=rotate)
        stream.close()
    else:
        write_pictures(tmp_path / "pictures")
        write_video(tmp_path / "clip.avi")
        source = {"folder": "pictures", "pattern": "pictures/%d.jpg", "video": "clip.avi"}[kind]
        yield kind, lambda rotate=0: ReplayCamera(str(tmp_path / source), rotate=rotate)


@pytest.fixture
def camera(opened: tuple[str, Callable[..., Camera]]) -> Iterator[Camera]:
    camera = opened[1]()
    yield camera
    camera.close()


def frames(camera: Camera, count: int) -> list[Frame]:
    return [frame for _ in range(count) if (frame := camera.read()) is not None]


def test_a_frame_is_rgb_with_a_smaller_grey_copy(camera: Camera) -> None:
    (frame,) = frames(camera, 1)
    assert frame.image.dtype == frame.detection.dtype == np.uint8
    assert frame.image.shape == (HEIGHT, WIDTH, 3)
    assert frame.detection.ndim == 2
    assert frame.detection.shape[1] < WIDTH
    assert frame.scale == pytest.approx(WIDTH / frame.detection.shape[1])
    assert frame.detection.shape[0] == pytest.approx(HEIGHT / frame.scale, abs=2)
    assert frame.image.flags["C_CONTIGUOUS"], "dlib reads it in place"
    assert frame.detection.flags["C_CONTIGUOUS"]


def test_index_and_time_only_grow(camera: Camera) -> None:
    seen = frames(camera, 4)
    assert len(seen) == 4
    assert all(a.index < b.index and a.monotonic < b.monotonic for a, b in pairwise(seen))


def test_channels_are_red_green_blue_and_the_right_way_up(opened: tuple[str, Callable[..., Camera]]) -> None:
    kind, open_it = opened
    if kind == "pi":
        pytest.skip("nobody knows what stands before a Pi's camera")
    for rotate, top in ((0, 0), (180, 2)):
        camera = open_it(rotate=rotate)
        (frame,) = frames(camera, 1)
        camera.close()
        above = frame.image[HEIGHT // 4, WIDTH // 2]
        assert int(above.argmax()) == top, f"rotate {rotate}: {above}"


def test_closing_twice_is_nothing(opened: tuple[str, Callable[..., Camera]]) -> None:
    camera = opened[1]()
    camera.close()
    camera.close()


# What only some of them do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["pictures", "pictures/%d.jpg", "clip.avi"])
def test_a_recording_gives_every_frame_in_order_and_then_none(tmp_path: Path, source: str) -> None:
    write_pictures(tmp_path / "pictures")
    write_video(tmp_path / "clip.avi")
    runs = []
    for _ in range(2):
        camera = ReplayCamera(str(tmp_path / source))
        runs.append(frames(camera, FRAMES))
        assert camera.read() is None
        assert camera.read() is None
    for number, (one, other) in enumerate(zip(*runs, strict=True)):
        assert np.array_equal(one.image, other.image)
        assert (one.index, one.monotonic) == (other.index, other.monotonic)
        assert one.image[10, 60 * number + 20].min() > 200, "the bar of this very picture"
    rate = 20 if source == "clip.avi" else 10
    assert [frame.monotonic for frame in runs[0]] == pytest.approx([n / rate for n in range(FRAMES)])


def test_a_repeated_recording_begins_again_and_counts_on(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures")
    camera = ReplayCamera(str(tmp_path / "pictures"), repeat=True)
    seen = frames(camera, 2 * FRAMES + 1)
    assert [frame.index for frame in seen] == list(range(2 * FRAMES + 1))
    assert np.array_equal(seen[0].image, seen[FRAMES].image)


def test_a_paced_recording_leaves_out_what_is_past(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures")
    now = [100.0]
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    camera = ReplayCamera(str(tmp_path / "pictures"), paced=True, time=lambda: now[0], sleep=sleep)
    first, second = frames(camera, 2)
    assert naps == pytest.approx([0.1])
    now[0] += 0.35  # the reader was busy
    (third,) = frames(camera, 1)
    assert [first.index, second.index, third.index] == [0, 1, 4]
    assert third.image[10, 60 * 4 + 20].min() > 200


@pytest.mark.parametrize("source", ["nowhere", "nowhere/%d.jpg", "nowhere.mp4", "/dev/video97", "97", "replay:nowhere"])
def test_a_missing_source_is_named_and_there_is_something_to_do(source: str) -> None:
    with pytest.raises(CameraLost) as caught:
        open_camera(config.Camera(source=source))
    assert isinstance(caught.value, DeviceError)
    assert source.removeprefix("replay:") in caught.value.symptom
    assert caught.value.remedy


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"no picture")
    camera = ReplayCamera(str(tmp_path))
    with pytest.raises(CameraLost, match=r"1\.jpg"):
        camera.read()


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no clip")
    with pytest.raises(CameraLost, match=r"clip\.mp4"):
        ReplayCamera(str(tmp_path / "clip.mp4"))


def test_without_libcamera_the_pi_camera_says_what_to_install() -> None:
    try:
        import libcamera  # noqa: F401
    except ImportError:
        with pytest.raises(CameraLost, match="python3-picamera2"):
            PiCamera()
    else:
        pytest.skip("libcamera is here")


def test_a_live_camera_gives_the_newest_frame_and_leaves_gaps() -> None:
    stream = StreamCamera(painted(0))
    camera = OpenCVCamera(stream.url)
    try:
        (first,) = frames(camera, 1)
        stream.show(painted(5))
        deadline = time.monotonic() + 20
        # Nobody reads while the camera goes on: what is read then is new, and the missed frames are counted.
        while camera.grabbed < first.index + 30 and time.monotonic() < deadline:
            stream.unplugged.wait(0.01)
        (later,) = frames(camera, 1)
        assert later.index - first.index >= 29
        assert later.image[10, 60 * 5 + 20].min() > 200
    finally:
        camera.close()
        stream.close()


def test_a_live_camera_that_is_unplugged_is_lost() -> None:
    stream = StreamCamera(painted())
    camera = OpenCVCamera(stream.url)
    try:
        assert camera.read() is not None
        stream.unplug()
        with pytest.raises(CameraLost, match="stopped giving frames"):
            frames(camera, 1000)
    finally:
        camera.close()
        stream.close()


def test_a_network_camera_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(CameraLost) as caught:
        OpenCVCamera("http://admin:geheim@127.0.0.1:9/video")
    assert "http://127.0.0.1:9/video" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_network_camera_may_not_send_us_elsewhere() -> None:
    elsewhere = StreamCamera(painted())
    liar = StreamCamera(painted(), redirect_to=elsewhere.url)
    try:
        with pytest.raises(CameraLost):
            OpenCVCamera(liar.url)
        assert liar.visitors > 0
        assert elsewhere.visitors == 0
    finally:
        liar.close()
        elsewhere.close()


def test_a_password_is_never_shown() -> None:
    assert masked("rtsp://user:pass@10.0.0.5:554/live") == "rtsp://10.0.0.5:554/live"
    assert masked("0") == "0"


def test_the_configuration_names_the_camera(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures")
    settings = config.Camera(source=f"replay:{tmp_path / 'pictures'}", rotate=180, frames_per_second=5)
    camera = open_camera(settings, paced=False)
    seen = frames(camera, 2)
    assert seen[1].monotonic == pytest.approx(0.2)
    assert int(seen[0].image[HEIGHT // 4, WIDTH // 2].argmax()) == 2
