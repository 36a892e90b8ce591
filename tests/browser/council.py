"""A council for browser tests: nine members, a guest, a substitute; an agenda with a secret ballot and a time limit.

The functions drive pages as people do, each named by what somebody does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from appliance.control import Client
from appliance.values import Refusal
from tests.browser.conftest import Opener
from tests.browser.house import PATIENCE, House

SECRETARY = "mat-khau-thu-ky"
PASSPHRASE = "chim-xanh-tren-song"


def meeting(members: int = 9) -> dict[str, Any]:
    """The arguments of `convene`."""
    roster: list[dict[str, Any]] = [
        {"id": f"dv-{n:02}", "name": f"Đại biểu Mẫu {n:02}", "seat": f"S{n:02}", "unit": f"Sở Mẫu {(n - 1) % 4 + 1}"}
        for n in range(1, members + 1)
    ]
    roster.append({"id": "km-01", "name": "Khách mời Mẫu 01", "role": "guest"})
    roster.append(
        {"id": "dt-01", "name": "Người dự thay Mẫu 01", "role": "substitute", "substitute_for": f"dv-{members:02}"}
    )
    paper = {"title": "Tờ trình số 12 (mẫu)", "link": "https://tai-lieu.example/to-trinh-12"}
    agenda = [
        {
            "id": "ke-hoach",
            "title": "Kế hoạch năm 2027",
            "question": "Thông qua Kế hoạch năm 2027?",
            "documents": [paper],
        },
        {"id": "nhan-su", "title": "Giới thiệu nhân sự", "question": "Giới thiệu nhân sự mẫu?", "voting": "secret"},
        {"id": "du-toan", "title": "Điều chỉnh dự toán", "question": "Phê duyệt dự toán?", "limit_seconds": 600},
        {"id": "quy-che", "title": "Quy chế làm việc", "question": "Thông qua Quy chế làm việc?"},
    ]
    return {
        "meeting": "m-2026-12",
        "title": "Phiên họp thường kỳ tháng 12 năm 2026",
        "body": "Ủy ban nhân dân tỉnh Mẫu",
        "place": "Phòng họp Mẫu",
        "starts_at": "2026-12-01T08:00:00+07:00",
        "chair": "dv-01",
        "secretary": "dv-02",
        "roster": roster,
        "agenda": agenda,
    }


def sit(house: House, *, present: int = 7) -> dict[str, str]:
    """Convene, check the first `present` members in, issue links: delegate → personal link."""
    house.do("convene", **meeting())
    issued = house.do("issue_pins")
    house.pins = {one["delegate"]: one["pin"] for one in issued}
    house.links = {one["delegate"]: f"{house.url}/d/{one['link']}" for one in issued}
    for n in range(1, present + 1):
        house.do("check_in", delegate=f"dv-{n:02}", reason="kiểm thử")
    return house.links


def desk(house: House, opened: Opener, **size: int) -> Any:
    """The secretary, signed in."""
    house.password("secretary", SECRETARY)
    page = opened(f"{house.url}/sign-in/secretary", **size)
    page.fill("[name=password]", SECRETARY)
    page.click("main button")
    page.wait_for_url("**/secretary")
    return page


def passphrase(page: Any) -> bool:
    """Type the passphrase of the secret boxes; whether it was taken."""
    page.fill("#passphrase", PASSPHRASE)
    with page.expect_response("**/secretary/passphrase") as answer:
        page.click("#passphrase-set")
    return bool(answer.value.json()["ok"])


def say_yes(page: Any, selector: str) -> None:
    """Click, and answer the question that stands."""
    page.click(selector)
    page.click("#confirm [value=yes]")


@contextmanager
def on_page(name: str) -> Iterator[None]:
    """What fails in here says on whose page: the browser's errors do not."""
    try:
        yield
    except Exception as error:
        error.add_note(f"on this page: {name}")
        raise


def vote(page: Any, choice: str) -> None:
    """Press a key and wait until the page says that it is recorded."""
    if page.locator("#again:not([open])").count():
        page.click("#again-summary")
    page.click(f"#vote-{choice}")
    page.wait_for_selector(".mine.has")


def press(house: House, ballot: str, choices: dict[str, str]) -> None:
    """These members vote, each with the own sign-in, as a tablet would."""
    client = Client(house.socket("ballot"), timeout=PATIENCE)
    for delegate, choice in choices.items():
        known = client.ask("sign_in_by_link", link=house.links[delegate].rsplit("/", 1)[1])
        assert not isinstance(known, Refusal), (delegate, known)
        answer = client.ask("vote", token=known["token"], ballot=ballot, choice=choice)
        assert not isinstance(answer, Refusal), (delegate, answer)


def step(page: Any) -> None:
    """The next step, as soon as it listens; no question stands before it."""
    page.click("body:not(.settling) #step")


def at(page: Any, do: str) -> None:
    """Wait until that is the next step."""
    page.wait_for_selector(f"#next-step[data-step^='{do} ']")
