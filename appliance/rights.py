"""On whose behalf something is asked of the ballot service, and the groups that have a right in common."""

from __future__ import annotations

import enum


class Who(enum.StrEnum):
    """On whose behalf a command comes. A sign-in token proves the first six; the kernel's peer uid the rest."""

    TECHNICIAN = "technician"
    SECRETARY = "secretary"
    DELEGATE = "delegate"
    CHAIR = "chair"  # the delegate who presides over the meeting in progress
    HALL = "hall"  # the hall's screen
    DOOR = "door"  # the screen at the door
    ANYBODY = "anybody"  # not signed in
    CONSOLE = "console"  # a command line on the box: root, or the service's own user
    UPLINK = "uplink"  # the uplink service, itself speaking for nobody


STAFF = frozenset({Who.SECRETARY, Who.CONSOLE})
PRESIDING = frozenset({Who.CHAIR, Who.SECRETARY, Who.CONSOLE})
"""Who may give the chair's commands: the chair, or staff, for some of them with the chair's own PIN."""
SETUP = frozenset({Who.TECHNICIAN, Who.CONSOLE})
BOARD = frozenset({Who.TECHNICIAN, Who.SECRETARY, Who.HALL, Who.CONSOLE})
"""Who has the keypads on the screen. Never a delegate: every seat's keys are there, and lamps that tell its vote."""
EVERYBODY = frozenset(Who)
