"""The council of the demo: who is on the roster, who has a template, and who walks up to the door.

All of them are fictitious: drawn from seeds, named as samples. The photographs, where there are some, are of people
known from image-processing examples; they come as a guest and as strangers, never as members.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.demo import portrait
from appliance.demo.photographs import Photographs
from appliance.demo.portrait import Person
from appliance.demo.walk import Arrival, Walk
from appliance.values import Delegate, Item, Role

Image = NDArray[np.uint8]

MEMBERS = 21
BY_FACE = 15
"""Members 01 to 15 walk up to the camera."""
BY_PIN = "dv-16"
"""Gave no consent to a template and types the PIN at the door."""
BY_HAND = "dv-17"
"""Put on the roll by the secretary."""
ENROLLED_BUT_ABSENT = ("dv-18", "dv-19")
GUEST = "khach-01"

MEETING = "hop-mau"
TITLE = "Phiên họp mẫu của Ủy ban nhân dân tỉnh Mẫu"

AGENDA = (
    Item(
        id="nd-1",
        title="Kế hoạch mẫu về chuyển đổi số",
        question="Ủy ban nhân dân có thông qua Kế hoạch mẫu về chuyển đổi số không?",
    ),
    Item(
        id="nd-2",
        title="Phương án mẫu về phân bổ dự toán",
        question="Ủy ban nhân dân có thông qua Phương án mẫu về phân bổ dự toán không?",
    ),
    Item(id="nd-3", title="Báo cáo mẫu về tiến độ", question="Ủy ban nhân dân có thông qua Báo cáo mẫu không?"),
)


def member(number: int) -> str:
    """The id of a member, numbered from 1."""
    return f"dv-{number:02d}"


def roster(*, guest: bool) -> tuple[Delegate, ...]:
    """21 members, and the guest in the photograph where there is one."""
    members = tuple(
        Delegate(
            id=member(n),
            name=f"Đại biểu Mẫu {n:02d}",
            title="Chủ tịch" if n == 1 else "Ủy viên",
            unit=f"Đơn vị Mẫu {n:02d}",
            role=Role.MEMBER,
            seat=f"{n:02d}",
        )
        for n in range(1, MEMBERS + 1)
    )
    visitor = Delegate(id=GUEST, name="Khách mời trong Ảnh", title="Khách mời", unit="Ảnh mẫu", role=Role.GUEST)
    return (*members, visitor) if guest else members


@dataclass(frozen=True)
class Council:
    """What the demo enrolls and who comes.

    `photographs` may be None. With `comes` False a real camera or clip stands at the door: then nobody of the council
    has a template or walks up, for a gallery of people who cannot come would only make the door stricter.
    """

    photographs: Photographs | None
    comes: bool = True

    @property
    def enrolled(self) -> tuple[str, ...]:
        """Ids of everybody with a template."""
        if not self.comes:
            return ()
        members = tuple(member(n) for n in range(1, BY_FACE + 1)) + ENROLLED_BUT_ABSENT
        return (*members, GUEST) if self.photographs else members

    @property
    def walking_up(self) -> tuple[str, ...]:
        """Ids of the enrolled who come to the door."""
        if not self.comes:
            return ()
        members = tuple(member(n) for n in range(1, BY_FACE + 1))
        return (*members, GUEST) if self.photographs else members

    @property
    def strangers(self) -> int:
        """How many people come whom nobody enrolled."""
        return 2 + (len(self.photographs.strangers) if self.photographs else 0)

    def save_pictures(self, folder: Path) -> None:
        """Write the pictures to enroll from: `<delegate>/<image>`, as a secretariat would collect them."""
        for delegate, pictures in self._pictures():
            (folder / delegate).mkdir(parents=True)
            for number, picture in enumerate(pictures, 1):
                path = folder / delegate / f"{number}.png"
                cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))

    def _pictures(self) -> Iterator[tuple[str, list[Image]]]:
        for delegate in self.enrolled:
            if delegate == GUEST and self.photographs:
                yield delegate, list(self.photographs.enrolled)
            else:
                yield delegate, [_on_grey(self._person(delegate), yaw) for yaw in (-12.0, 0.0, 12.0)]

    def _person(self, delegate: str) -> Person:
        return Person.from_seed(portrait.COUNCIL[int(delegate.removeprefix("dv-")) - 1])

    def walk(self, *, size: tuple[int, int] = (640, 360), fps: int = 10) -> Walk:
        """Everybody who comes to the door, one after another, some side by side, strangers in between."""
        arrivals: list[Arrival] = []
        start = 0.5
        for group in self._groups():
            lanes = (0.0,) if len(group) == 1 else (-0.5, 0.5)
            arrivals += [self._arrival(who, start, lane) for who, lane in zip(group, lanes, strict=True)]
            start = max(a.until for a in arrivals) + 0.2
        return Walk(arrivals, size=size, fps=fps, seed=7)

    def _groups(self) -> list[tuple[Person | Image, ...]]:
        """Those who arrive together; the pair shows that two at once are told apart."""
        members: list[Person | Image] = [self._person(member(n)) for n in range(1, BY_FACE + 1)]
        strangers: list[Person | Image] = [Person.from_seed(seed) for seed in portrait.STRANGERS[:2]]
        if self.photographs:
            members.append(self.photographs.met)
            strangers += self.photographs.strangers
        groups: list[tuple[Person | Image, ...]] = [(m,) for m in members[:4]]
        groups.append((members[4], members[5]))
        groups += [(m,) for m in members[6:]]
        step = len(groups) // (len(strangers) + 1)
        for position, stranger in enumerate(strangers, 1):
            groups.insert(position * (step + 1) - 1, (stranger,))
        return groups

    @staticmethod
    def _arrival(who: Person | Image, at: float, lane: float) -> Arrival:
        face = None if isinstance(who, Person) else _face_in(who)
        reach = 150.0 if lane else 170.0
        return Arrival(who, at, approach=0.7, stand=0.9, leave=0.3, lane=lane, reach=reach, face=face)


def _on_grey(person: Person, yaw: float) -> Image:
    drawn = portrait.draw(person, size=480, yaw=yaw)
    alpha = drawn.alpha[..., None] / 255.0
    return (drawn.rgb * alpha + 190.0 * (1 - alpha)).astype(np.uint8)


def _face_in(photograph: Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the largest face that the door's own detector sees."""
    import dlib

    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    boxes = dlib.get_frontal_face_detector()(grey, 1)
    largest = max(boxes, key=lambda box: box.area())
    return largest.left(), largest.top(), largest.right(), largest.bottom()
