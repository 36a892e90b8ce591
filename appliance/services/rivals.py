"""Two people in one picture are never the same delegate: who of several that are taken for one keeps the name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appliance import identification
from appliance.identification import Ambiguous, Enrolled, Identified
from appliance.services.visits import Visit

CLEARLY = 2 * identification.MARGIN
"""By how much nearer one of them must be: a genuine look scatters by half the margin, and here are two."""


def contend(visit: Visit, visible: Sequence[Visit], enrolled: Enrolled, threshold: float) -> list[Visit]:
    """Settle the name that a visit has just got with whoever else is in the picture; those who lost one for good by it.

    The claims of the others are that of their last search, or, where they have not been searched yet, what their looks
    so far say (under `threshold`): the first to be searched has no better right. A name that is already on the roll
    stays there, for the journal takes nothing back; the secretary can. But it is no longer shown over either.
    """
    if not isinstance(visit.decision, Identified):
        visit.claim = None
        return []
    name, distance = visit.decision.delegate, visit.decision.distance
    visit.claim = name, distance
    lost = []
    for rival in visible:
        claimed = None if rival is visit else _claim(rival, name, enrolled, threshold)
        if claimed is None:
            continue
        if claimed < distance + CLEARLY:
            _dispute(visit, name)
        if distance < claimed + CLEARLY and rival.is_named:
            _dispute(rival, name)
            rival.searches, rival.pending = len(rival.plan), False
            lost.append(rival)
    return lost


def _claim(rival: Visit, name: str, enrolled: Enrolled, threshold: float) -> float | None:
    """How near somebody is to a delegate whom they may be taken for; None where they are not."""
    if rival.searches:
        return rival.claim[1] if rival.claim is not None and rival.claim[0] == name else None
    if not rival.looks:
        return None
    distances = enrolled.scores(rival.joined.reshape(1, -1))[0]
    nearest = int(np.argmin(distances))
    near = enrolled.delegates[nearest] == name and distances[nearest] <= threshold
    return float(distances[nearest]) if near else None


def _dispute(visit: Visit, name: str) -> None:
    if isinstance(visit.decision, Identified):
        visit.decision = Ambiguous((name, name), visit.decision.distance, visit.decision.threshold, 0.0)
