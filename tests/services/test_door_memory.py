"""What the door holds in memory, and which model files it opens: in a process of its own, with the real models."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.face import graph
from appliance.face.models import catalogue
from appliance.services.state import State

MODELS = [model for model in catalogue().values() if model.package]

DOOR = """
import sys
from pathlib import Path
opened = []
sys.addaudithook(lambda event, words: opened.append(str(words[0])) if event == "open" else None)
sys.path.insert(0, sys.argv[1])

import cv2, numpy as np
from appliance import config
from appliance.camera.framing import framed
from appliance.face.gallery import Gallery
from appliance.services.bench import door
from appliance.services.state import State

cv2.setNumThreads(1)
state, configuration = State(Path(sys.argv[2])), config.Configuration()
embedder = door.open_embedder(state, configuration)
detector = door.detector_of(state, configuration, configuration.door.smallest_face)
picture = np.load(sys.argv[3])
for number in range(10):
    frame = framed(picture, number, number / 10)
    chips = [embedder.align(frame.image, face.box) for face in detector.find(frame)]
    assert chips, "the drawn face is not found"
    for chip in chips:
        embedder.describe(chip)
# The peak of this program's own memory; getrusage would count the process that started it.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1024)
print(*sorted({Path(name).name for name in opened if name.endswith((".dat", ".onnx"))}))
print(*sorted(name for name in ("face_recognition", "face_recognition_models", "onnx") if name in sys.modules))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a door says of itself whose package of models holds no file but the two of models.toml.

    Were the 68 points or the CNN detector opened by whatever library, they would be missing.
    """
    import numpy as np

    from tests.face.test_faces import scene

    folder = tmp_path_factory.mktemp("door")
    package = folder / "site" / "face_recognition_models"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('it is located, never imported')\n")
    for model in MODELS:
        (package / model.folder / model.file).symlink_to(model.verified())
    np.save(folder / "picture.npy", scene(360))
    graph.write(State(folder / "state").models)
    words = [sys.executable, "-c", DOOR, *(str(folder / name) for name in ("site", "state", "picture.npy"))]
    unit = (Path(__file__).resolve().parents[2] / "systemd/appliance-door.service").read_text("utf-8")
    environment = dict(re.findall(r"^Environment=(\w+)=(\S+)$", unit, re.MULTILINE))
    assert "MALLOC_MMAP_THRESHOLD_" in environment
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_stays_below_300_mb(said: list[str]) -> None:
    assert 100 < int(said[0]) < 300


def test_it_opens_no_model_but_those_of_the_list(said: list[str]) -> None:
    """dlib's two files are hashed in Python before dlib opens them, so they show; what dlib alone opened would fail."""
    points, network = MODELS[0].file, graph.path_in(Path()).name
    assert said[1].split() == sorted([points, network])
    assert said[2:] == [""]


def test_the_package_of_the_models_brings_what_may_not_be_used_too() -> None:
    """Else the test above would hold of itself."""
    here = {path.name for path in MODELS[0].place().parent.glob("*.dat")}
    assert {"shape_predictor_68_face_landmarks.dat", "mmod_human_face_detector.dat"} <= here
