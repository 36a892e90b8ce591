"""The next meeting gives a delegate's id to another person: the old slip of paper opens nothing any more."""

from __future__ import annotations

from pathlib import Path

from tests.worlds.room import room


def test_pin_link_and_sign_in_of_the_former_holder_end(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
        slips = {slip["delegate"]: slip for slip in hall.done("issue_pins")}
        tokens = {d: hall.done("sign_in_by_link", link=slip["link"])["token"] for d, slip in slips.items()}
        hall.done("end_meeting")
        roster = [
            {"id": "dv-01", "name": "Đại biểu Mẫu 01"},
            {"id": "dv-02", "name": "Đại biểu Mẫu 22"},
            {"id": "dv-04", "name": "Đại biểu Mẫu 04"},
        ]
        hall.done("convene", meeting="m2", title="Kỳ họp sau", roster=roster)

        assert hall.refused("who_am_i", tokens["dv-02"]) == "not-signed-in"
        assert hall.refused("sign_in_by_link", link=slips["dv-02"]["link"]) == "wrong-secret"
        assert hall.refused("sign_in_by_pin", delegate="dv-02", pin=slips["dv-02"]["pin"]) == "wrong-secret"
        assert not hall.service.credentials.is_code("dv-02", slips["dv-02"]["code"])

        assert hall.done("who_am_i", tokens["dv-01"])["subject"] == "dv-01", "the same person keeps theirs"
        assert hall.done("sign_in_by_pin", delegate="dv-01", pin=slips["dv-01"]["pin"])["subject"] == "dv-01"
        (new,) = hall.done("issue_pins", delegates=["dv-02"])
        assert hall.done("sign_in_by_pin", delegate="dv-02", pin=new["pin"])["subject"] == "dv-02"


def test_a_convening_that_is_refused_ends_nothing(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
        tokens = hall.tokens()
        roster = [{"id": "dv-02", "name": "Đại biểu Mẫu 22"}]
        assert hall.refused("convene", meeting="m2", title="Kỳ họp sau", roster=roster) == "meeting-in-progress"
        assert hall.done("who_am_i", tokens["dv-02"])["subject"] == "dv-02"
