"""Every word in both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from appliance import rules, values
from appliance.face.quality import Hint
from appliance.services import door_screen
from appliance.web import meeting_words, view, words

WEB = Path(words.__file__).parent
ROOT = WEB.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "n_": None, "gettext": None, "_l": None, "ngettext": (1, 2), "lazy_gettext": None}


def catalogue(language: str) -> Catalog:
    """The catalogue as it is in the tree."""
    data = (WEB / "translations" / language / "LC_MESSAGES" / "messages.po").read_bytes()
    return read_po(io.BytesIO(data), locale=language, abort_invalid=True)


def extracted() -> set[str]:
    """Every message id in the sources."""
    found = extract_from_dir(str(WEB), METHODS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_is_untranslated_and_nothing_left_over(language: str) -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue(language) if m.id}
    assert extracted() - set(known) == set(), "run pybabel extract and update (see babel.cfg)"
    assert set(known) - extracted() == set(), "no longer used"
    assert [
        i for i, m in known.items() if not all([m.string] if isinstance(m.string, str) else m.string or [None])
    ] == []
    assert [i for i, m in known.items() if m.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    vietnamese = catalogue("vi")
    for message in vietnamese:
        errors = list(message.check(vietnamese))
        assert errors == [], message.id


def test_vietnamese_is_vietnamese() -> None:
    same = {m.id for m in catalogue("vi") if m.id and m.id == m.string}
    assert same <= {"Camera"}


def test_every_refusal_that_a_person_can_meet_has_words() -> None:
    """The central server's commands are refused to no person; a face that was taken off the roll is told nothing."""
    machines = {"uplink.py"}
    sources = [*ROOT.glob("*.py"), *(p for p in (ROOT / "services" / "desk").glob("*.py") if p.name not in machines)]
    codes = {code for path in sources for code in re.findall(r'code="([a-z-]+)"', path.read_text("utf-8"))}
    assert len(codes) > 60
    assert codes - set(words.REFUSALS) == {"revoked"}
    assert set(words.VOTING) == set(values.Voting)
    assert set(words.PRESENCE) == set(values.Presence)
    assert set(words.CAPACITIES) == set(values.Capacity)
    assert set(words.OUTCOMES) == set(rules.Outcome)
    assert set(words.PHASES) == set(view.Phase)


def test_every_fault_of_a_task_has_words() -> None:
    source = (ROOT / "conclusions.py").read_text("utf-8")
    codes = set(re.findall(r'Fault\(\s*"[a-z_]+",\s*"([a-z-]+)"', source))
    assert len(codes) > 10
    assert codes <= set(meeting_words.TASKS)


def test_every_door_code_and_state_of_the_contract_has_words() -> None:
    of_the_door = {
        *door_screen.HINTS.values(),
        *door_screen.ASKED,
        *door_screen.GREETINGS,
        "look",
        "hold",
        "no-meeting",
        "camera-lost",
        "secret-session",
    }
    assert of_the_door | {"camera-none", "door-silent"} <= set(words.DOOR_HINTS)
    assert set(door_screen.HINTS) == set(Hint)
    assert set(words.UPLINK) == {
        "off",
        "connecting",
        "online",
        "unreachable",
        "certificate",
        "refused",
        "no-receipts",
        "secret-session",
    }
    assert set(words.ROLES) == set(values.Role)
    assert set(words.METHODS) == set(values.Method)
    assert set(words.CHANNELS) == set(values.Channel)
