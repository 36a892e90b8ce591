"""Which seeds make a good council: found by dlib's detector in every pose, and clearly apart for its descriptors.

`python -m appliance.demo.vetting FIRST LAST` looks at every seed of a range (half a second each) and prints a choice;
`portrait.COUNCIL` and `portrait.STRANGERS` are such a choice, less the faces that looked odd to a person. dlib and the
model files are needed here and nowhere else in drawing.
"""

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.demo.portrait import Light, Person, draw

Image = NDArray[np.uint8]
Template = NDArray[np.float64]

CLEAR = 0.44
"""Distance that any two mean templates of the chosen keep at least."""
SPREAD = 0.2
"""Distance that the pictures of one chosen person keep at most from their mean."""


@dataclass(frozen=True)
class View:
    """One picture of a person: side of the square in pixels, degrees, light."""

    size: int
    yaw: float
    pitch: float
    light: Light

    def of(self, person: Person) -> Image:
        """The picture on a grey wall, RGB (size, size, 3)."""
        seen = draw(person, size=self.size, yaw=self.yaw, pitch=self.pitch, light=self.light)
        share = seen.alpha[..., None] / 255
        return (seen.rgb * share + 200 * (1 - share)).astype(np.uint8)


ENROLMENT = (
    View(360, 0, 0, Light()),
    View(360, 12, 4, Light(azimuth=30, elevation=30, warmth=0)),
    View(360, -12, -4, Light(azimuth=0, elevation=60, key=0.7, warmth=0.3)),
)
"""The pictures whose mean descriptor is a person's template."""

PROBES = (
    View(345, 25, 0, Light()),
    View(345, -25, 0, Light(azimuth=45, elevation=20, key=0.7, warmth=-0.2)),
    View(400, 0, 12, Light(azimuth=-50, elevation=30, key=0.8)),
    View(360, 0, -12, Light(azimuth=10, elevation=45, key=0.65, warmth=0)),
    View(380, 16, 8, Light(azimuth=-60, elevation=15, key=0.8, warmth=0.2)),
    View(345, -16, -8, Light(azimuth=20, elevation=50, key=0.6, fill=0.6)),
    View(440, 6, 3, Light(azimuth=60, elevation=25, key=0.75)),
    View(480, -8, 2, Light(azimuth=-20, elevation=40, key=0.9, fill=0.4)),
)
"""Other pictures of the same people, out to the edges of what a walk shows; the face is 130 pixels high or more."""


class Faces:
    """dlib's HOG detector without upsampling, 5-point alignment and ResNet descriptor; about 0.1 s a face."""

    @cached_property
    def _parts(self) -> tuple[Any, Any, Any, Any]:
        import dlib

        found = importlib.util.find_spec("face_recognition_models")
        if found is None or not found.submodule_search_locations:
            raise FileNotFoundError("the package face_recognition_models is not installed: its model files are needed")
        models = Path(found.submodule_search_locations[0]) / "models"
        return (
            dlib.get_frontal_face_detector(),
            dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat")),
            dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat")),
            dlib.get_face_chip,
        )

    def find(self, picture: Image) -> list[tuple[int, int, int, int]]:
        """Left, top, right, bottom of every face in an RGB picture."""
        return [(r.left(), r.top(), r.right(), r.bottom()) for r in self._parts[0](picture, 0)]

    def describe(self, picture: Image) -> list[Template]:
        """The descriptor (128,) of every face in an RGB picture, from left to right."""
        detect, landmarks, net, chip = self._parts
        boxes = sorted(detect(picture, 0), key=lambda box: int(box.left()))
        return [np.array(net.compute_face_descriptor(chip(picture, landmarks(picture, b), 150, 0.25))) for b in boxes]

    def look(self, person: Person, views: Sequence[View]) -> NDArray[np.float64] | None:
        """One descriptor (views, 128) for each view, or None when some view does not show exactly one face."""
        seen = [self.describe(view.of(person)) for view in views]
        return np.array([faces[0] for faces in seen]) if all(len(faces) == 1 for faces in seen) else None

    def template(self, person: Person) -> Template:
        """The mean descriptor (128,) of the enrolment pictures; ValueError when a face is not found in one."""
        seen = self.look(person, ENROLMENT)
        if seen is None:
            raise ValueError(f"seed {person.seed}: no single face in some enrolment picture")
        return np.asarray(seen.mean(axis=0))


def choose(templates: Mapping[int, Template], clear: float = CLEAR, tries: int = 300) -> tuple[int, ...]:
    """The largest set of seeds found, by repeated greedy choice, whose templates all lie `clear` or more apart."""
    seeds = sorted(templates)
    points = np.array([templates[s] for s in seeds])
    apart = np.linalg.norm(points[:, None] - points[None], axis=2) >= clear
    rng, best = np.random.default_rng(0), np.empty(0, dtype=int)
    for _ in range(tries):
        left, chosen = np.arange(len(seeds)), []
        while len(left):
            friends = apart[np.ix_(left, left)].sum(axis=1) + rng.random(len(left)) * 0.08 * len(left)
            pick = left[np.argmax(friends)]
            chosen.append(pick)
            left = left[apart[pick, left]]
        best = max(best, np.array(chosen), key=len)
    return tuple(seeds[i] for i in best)


def main(first: int, last: int) -> None:
    """Look at the seeds from `first` up to `last`, not included, and print the choice."""
    faces, templates = Faces(), dict[int, Template]()
    for seed in range(first, last):
        person = Person.from_seed(seed)
        seen = faces.look(person, ENROLMENT)
        if seen is None or np.max(np.linalg.norm(seen - seen.mean(axis=0), axis=1)) > SPREAD:
            continue
        others = faces.look(person, PROBES[:2])
        if others is not None:  # the far turns are where a detector fails first
            templates[seed] = seen.mean(axis=0)
    print(f"{len(templates)} of {last - first} usable", file=sys.stderr)
    print(choose(templates))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
