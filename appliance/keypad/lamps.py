"""What the three lamps of a seat look like at a moment. Pure: the pattern follows from the time since it was set."""

from __future__ import annotations

from appliance.keypad import Lamp
from appliance.values import Choice

KEYS = (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)
"""The order of keys and lamps on a keypad and in the configuration."""

FAST = 0.06
"""Seconds on and off of a press that is not yet durable."""
REFUSAL = 0.15
"""Seconds on and off of a refusal: three times, then dark."""
SLOW = 0.5
"""Seconds on and off in the walk test."""
CALM = 1.0
"""Seconds on and off of a recorded vote that the lamps keep secret: unlike READY, whichever key it was."""

Lit = tuple[bool, bool, bool]
DARK: Lit = (False, False, False)
ALL: Lit = (True, True, True)


def lit(lamp: Lamp, choice: Choice | None, elapsed: float) -> tuple[Lit, float | None]:
    """Which lamps are on `elapsed` seconds after `lamp` was set, and at what `elapsed` that changes (None: never)."""
    one: Lit = ALL if choice is None else (choice is KEYS[0], choice is KEYS[1], choice is KEYS[2])
    if lamp is Lamp.RECORDED:
        return _blink(ALL, elapsed, CALM) if choice is None else (one, None)
    if lamp is Lamp.READY:
        return ALL, None
    if lamp is Lamp.RECEIVED:
        return _blink(one, elapsed, FAST)
    if lamp is Lamp.WALK:
        return _blink(ALL, elapsed, SLOW)
    if lamp is Lamp.REFUSED and elapsed < 6 * REFUSAL:
        return _blink(ALL, elapsed, REFUSAL)
    return DARK, None


def _blink(on: Lit, elapsed: float, half: float) -> tuple[Lit, float]:
    count = int(elapsed / half)
    return (DARK if count % 2 else on), (count + 1) * half
