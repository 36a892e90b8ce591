"""All checks, in the order in which a newcomer would mend things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from appliance.services.diagnosis import software
from appliance.services.diagnosis.finding import Finding, Machine, Use

if TYPE_CHECKING:
    from appliance.services.clock import Clock


@dataclass(frozen=True)
class Report:
    """What was found, seen from one use."""

    use: Use
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What stands in the way of this use."""
        return tuple(finding for finding in self.findings if finding.state(self.use) == "missing")

    def as_json(self) -> dict[str, Any]:
        """`{for, ok, findings: [{name, state, detail, remedy, needed_for}]}`."""
        rows = [
            {
                "name": finding.name,
                "state": finding.state(self.use),
                "detail": finding.detail,
                "remedy": finding.remedy,
                "needed_for": sorted(finding.needed_for),
            }
            for finding in self.findings
        ]
        return {"for": self.use.value, "ok": not self.missing, "findings": rows}


def examine(use: Use, folder: str | None = None, machine: Machine | None = None, clock: Clock | None = None) -> Report:
    """Look at everything; `folder` is the state folder as on the command line.

    Takes a second or two: models are hashed, the journal's chain is recomputed. Without its packages, it looks only
    at what can be seen without them.
    """
    machine = machine or Machine()
    installed = software.packages()
    findings = [
        software.python(),
        installed,
        software.packages("dev"),
        software.pkg_resources(machine),
        software.libraries(machine),
        *software.programs(machine),
    ]
    if installed.ok:
        findings += _with_packages(machine, folder, clock)
    return Report(use, tuple(findings))


def _with_packages(machine: Machine, folder: str | None, clock: Clock | None) -> list[Finding]:
    # Imported here: these need pydantic and others, and doctor must be able to say that they are missing.
    from appliance.services import state as states
    from appliance.services.clock import SystemClock
    from appliance.services.diagnosis import box, devices, model_files

    state = states.find(folder)
    return [
        *model_files.models(state.models),
        model_files.network(state.models),
        devices.space(state.root),
        devices.durability(state.root),
        devices.camera(machine),
        devices.libcamera(machine),
        devices.pins(machine),
        devices.radios(machine),
        devices.swap(machine),
        devices.clock(clock or SystemClock()),
        box.configuration(state),
        box.folder(state),
        box.journal(state),
        *box.sockets(state),
    ]
