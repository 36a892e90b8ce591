"""Sentences of the services in the reader's language: the shapes stand beside the code that says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

import appliance
from appliance import config
from appliance.errors import ConfigurationError
from appliance.services import door_view
from appliance.uplink import connection_test
from appliance.web import said


@pytest.fixture
def vietnamese() -> Iterator[None]:
    """A request of somebody who reads Vietnamese."""
    app = Flask("appliance.web")
    Babel(app)
    with app.test_request_context("/"), force_locale("vi"):
        yield


@pytest.mark.usefixtures("vietnamese")
@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("there is no /dev/video3", "không có /dev/video3"),
        ("camera 0 stopped giving frames", "camera 0 đã ngừng cho hình"),
        ("127.0.0.1:1: Connection refused", "127.0.0.1:1: bị từ chối kết nối"),
        (
            "name a folder of pictures, folder/%d.jpg, or a video file",
            "hãy nêu một thư mục ảnh, folder/%d.jpg, hoặc một tệp video",
        ),
        (door_view.UPSIDE_DOWN[0], "chỉ thấy khuôn mặt khi lật ngược hình"),
        (door_view.UPSIDE_DOWN[1], "hãy lật camera lại, hoặc đổi camera.rotate (0 hoặc 180)"),
        ("line 3 is not UTF-8; save the file as UTF-8", "dòng 3 không phải UTF-8; hãy lưu tệp dưới dạng UTF-8"),
        ("never said before", "never said before"),
    ],
)
def test_what_is_known_is_translated_and_the_rest_left_as_it_is(english: str, expected: str) -> None:
    assert said.translate(english) == expected


@pytest.mark.usefixtures("vietnamese")
def test_every_title_of_the_connection_test_and_every_common_fault_of_a_file_is_known() -> None:
    wrong = {
        "box": {"language": "fr"},
        "camera": {"width": "x", "sourc": "0"},
        "web": {"port": 0},
        "broker": {"cert_file": "a"},
        "keypads": {"debounce_ms": 900, "seats": {"A": {"keys": [1, 2, 3]}}},
        "uplink": {"central_key": "zz", "receipt_seconds": 0},
    }
    with pytest.raises(ConfigurationError) as error:
        config.parse(wrong)
    assert len(error.value.problems) == 9
    for english in (*connection_test.TITLES, *error.value.problems):
        assert said.translate(english) != english


@pytest.mark.parametrize("file", ["camera/opencv.py", "camera/pi.py", "camera/replay.py"])
def test_every_symptom_and_remedy_of_a_camera_has_its_shape(file: str) -> None:
    source = (Path(appliance.__file__).parent / file).read_text("utf-8")
    for call in re.findall(r"raise CameraLost\((.*?)\)(?: from \w+)?\n", source, re.DOTALL):
        for literal in re.findall(r'"([^"]+)"', call):
            # A literal with something filled in: any word stands for it, as it will when it is said.
            spoken = re.sub(r"\{[^}]*\}", "x", literal).replace("camera x x", "camera x stopped giving frames")
            assert any(shape.fullmatch(spoken) for shape, _ in said.SHAPES), spoken
