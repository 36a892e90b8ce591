"""Every page in every state for screen readers and large letters: axe-core finds nothing, nothing is cut off.

axe-core checks names, roles, contrast, headings and landmarks; what it cannot see (where the focus goes, what is
spoken) is in `test_keyboard.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import council
from tests.browser.conftest import Opener
from tests.browser.house import House

NARROWEST = 320
"""CSS pixels that 1280 have left at 400 %: WCAG 2.2, 1.4.10 (reflow)."""

PASSWORD = "mat-khau-ky-thuat"


def faults(page: Any) -> list[str]:
    """What axe-core finds, with everything folded out."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {v['impact']} {v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


def overflow(page: Any) -> str:
    """The address of a page that must be scrolled sideways at 400 %; empty: it need not."""
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    return f"{page.url} is {beyond} px too wide" if beyond > 0 else ""


class Look:
    """Looks at pages and collects what is wrong with them."""

    def __init__(self, house: House, lang: str) -> None:
        self._house, self._lang = house, lang
        self.found: list[str] = []

    def at(self, page: Any, *addresses: str, reflows: bool = True) -> None:
        """Go there and look; without `reflows` for screens on a wall, which are as large as they are."""
        for address in addresses:
            answer = page.goto(f"{self._house.url}{address}?lang={self._lang}")
            assert answer.ok or answer.status == 422, f"{address}: {answer.status}"
            self.found += faults(page)
            if reflows and (wide := overflow(page)):
                self.found.append(wide)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_before_a_meeting(house: House, opened: Opener, lang: str) -> None:
    look = Look(house, lang)
    technician = opened(f"{house.url}/technician/claim")
    look.at(technician, "/", "/sign-in/secretary", "/technician/claim")
    technician.fill("[name=code]", house.claim_code)
    technician.fill("[name=password]", PASSWORD)
    technician.fill("[name=again]", PASSWORD)
    technician.click("main button")
    technician.wait_for_url("**/technician")
    pages = ("", "/camera", "/keypads", "/broker", "/configuration", "/access")
    look.at(technician, *(f"/technician{page}" for page in pages), "/sign-in/technician", "/keypads")
    secretary = council.desk(house, opened)
    desks = ("", "/convene", "/convene/new", "/roll", "/conclusions", "/minutes", "/slips", "/slips/send")
    look.at(secretary, *(f"/secretary{page}" for page in desks), "/enrolment")
    look.at(opened(house.screen("hall")), "/hall", reflows=False)
    look.at(opened(house.screen("door")), "/door", reflows=False)
    assert not look.found, "\n".join(look.found)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_in_every_state_of_a_meeting(house: House, opened: Opener, lang: str) -> None:
    look, links = Look(house, lang), council.sit(house, present=5)
    secretary, hall = council.desk(house, opened), opened(house.screen("hall"))
    delegate, chair = opened(links["dv-03"]), opened(links["dv-01"])

    def everybody() -> None:
        look.at(secretary, "/secretary")
        look.at(hall, "/hall", reflows=False)
        look.at(delegate, "/delegate")
        look.at(chair, "/chair")

    house.do("report_absence", delegate="dv-08", reason="đi công tác")
    look.at(opened(house.screen("door")), "/door", "/", reflows=False)
    # In the other language the words differ, hardly the pages.
    states = STATES if lang == "vi" else STATES[:4]
    for state in states:
        state(house)
        if lang == "vi" or state in (running, tied):
            everybody()
        if state is tied:
            look.at(secretary, "/secretary/roll", "/secretary/conclusions", "/secretary/minutes", "/keypads")
    look.at(secretary, "/secretary/minutes")
    look.at(delegate, "/delegate/history", "/delegate/slips", "/chair")
    assert not look.found, "\n".join(look.found)


def no_quorum(_house: House) -> None:
    """Five of nine are there: six are needed."""


def running(house: House) -> None:
    """With a time limit; somebody has voted."""
    house.do("check_in", delegate="dv-06", reason="đến muộn")
    house.do("take_up", item="du-toan")
    house.do("open", item="du-toan")
    council.press(house, "m-2026-12.du-toan.1", {"dv-03": "for", "dv-04": "against"})


def held(house: House) -> None:
    """It rests."""
    house.do("hold", ballot="m-2026-12.du-toan.1")


def tied(house: House) -> None:
    """One for, one against, a keypad locked, something noted and concluded, a task."""
    house.do("resume", ballot="m-2026-12.du-toan.1")
    house.do("close", ballot="m-2026-12.du-toan.1")
    house.do("lock_seat", seat="S04", reason="bàn phím không phản hồi")
    house.do("note_proceeding", item="du-toan", text="Đại biểu Mẫu 04 đề nghị làm rõ.")
    house.do("record_conclusion", item="du-toan", text="Thống nhất.")
    dates = {"deadline": "2026-12-20", "report_deadline": "2026-12-25"}
    lead = {"lead_unit": "Sở Mẫu 1", "lead_head": "Đại biểu Mẫu 01"}
    house.do("assign_task", task={"id": "nv-1", "text": "Trình dự toán", "item": "du-toan", **lead, **dates})


def secret(house: House) -> None:
    """A secret ballot with one vote in its box."""
    house.do("passphrase", passphrase=council.PASSPHRASE)
    house.do("open", item="nhan-su")
    council.press(house, "m-2026-12.nhan-su.1", {"dv-03": "for"})


def sealed(house: House) -> None:
    """After a power cut, and closed: the box waits for the passphrase."""
    house.stop("ballot", number=9)
    house.start("ballot")
    house.do("close", ballot="m-2026-12.nhan-su.1")


def by_hands(house: House) -> None:
    """The box is counted, and hands are raised."""
    house.do("passphrase", passphrase=council.PASSPHRASE)
    house.do("open", item="quy-che", voting="hands", reason="thiết bị biểu quyết không hoạt động")


def in_secret_session(house: House) -> None:
    """Hands counted; the session is secret."""
    witness = {"witness": "dv-03", "pin": house.pins["dv-03"]}
    ballot = {"ballot": "m-2026-12.quy-che.1", "votes_for": 5, "votes_against": 1, "abstentions": 0}
    house.do("count_hands", **ballot, **witness)
    house.do("secret_session", on=True)


def ended(house: House) -> None:
    """Everything is over; the minutes wait to be confirmed."""
    house.do("secret_session", on=False)
    house.do("end_meeting", leave_undecided=True)


STATES = (no_quorum, running, held, tied, secret, sealed, by_hands, in_secret_session, ended)
"""What a meeting comes to, in this order."""
