"""What stands on the door's screen: a greeting while it is fresh, else what helps whoever stands there now."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.face.quality import Hint
from appliance.services.door_view import Message
from appliance.services.visits import Visit
from appliance.values import Delegate

SETTLED_SECONDS = 0.3
"""A hint is given when its reason has lasted so long: a blink of the eye is no turned face."""

STANDING_SECONDS = 1.2
"""A hint that was given stands at least so long: nobody reads a text that flickers."""

TO_THE_PIN = ("unknown", "ambiguous", "presentation")
"""What sends somebody to their PIN."""

GREETINGS = ("welcome", "already", *TO_THE_PIN)
"""What is said to one person, at once."""

ASKED = ("turn-left", "turn-right")
"""A turn of the head, to the person's own side."""

HINTS = {
    Hint.TOO_SMALL: "closer",
    Hint.CUT_OFF: "middle",
    Hint.TURNED: "turn",
    Hint.BACKLIT: "backlit",
    Hint.TOO_DARK: "dark",
    Hint.TOO_BRIGHT: "bright",
    Hint.BLURRED: "still",
}
"""Why a look cannot be used → what the person is asked for."""


def stage(visible: Sequence[Visit]) -> str:
    """What the nearest person who is not done with has to do; `look` where there is nobody.

    Whoever has to use their PIN is told so for as long as they stand there and nobody else waits.
    """
    waiting = [visit for visit in visible if visit.pending or not visit.is_final]
    if waiting:
        nearest = max(waiting, key=lambda v: v.face.box.w)
        if (side := nearest.proof.asks) is not None:
            return f"turn-{side}"
        if not nearest.near:
            return "closer"
        if nearest.hint is not None:
            return HINTS[nearest.hint]
        return "look" if nearest.usable_frame is None else "hold"
    sent = [visit for visit in visible if visit.said in GREETINGS[2:]]
    return max(sent, key=lambda v: v.face.box.w).said if sent else "look"


class Screen:
    """Holds the message. Greetings and faults stand at once, hints when they have settled."""

    def __init__(self, greeting_seconds: float, now: float) -> None:
        """`now` and all other times: seconds of the monotonic clock."""
        self._greeting = greeting_seconds
        self._wanted, self._since = "look", now
        self.message = Message("look", now)

    def greet(self, code: str, delegate: Delegate | None, now: float) -> None:
        """Say what became of somebody."""
        self.message = Message(code, now, delegate)

    def state(self, code: str, now: float) -> None:
        """Say why nobody can be recognised just now, as long as that is so."""
        if code != self.message.code:
            self.message = Message(code, now)

    def hint(self, code: str, now: float) -> None:
        """Say what helps, once it has settled and what stands there has been read."""
        if code != self._wanted:
            self._wanted, self._since = code, now
        said, stood = self.message.code, now - self.message.since
        if said in GREETINGS:
            if stood < self._greeting or said == code:
                return
        elif said in ("look", "hold", *ASKED, *HINTS.values()):
            needed = 0.0 if said == "look" or code in ASKED else STANDING_SECONDS
            if said == code or stood < needed or now - self._since < SETTLED_SECONDS:
                return
        self.message = Message(code, now)
