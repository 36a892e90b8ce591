"""Where the folders beside the package are: `models`, `firmware_config`, `systemd`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """The folder of that name: packed into the package (a wheel), else at the top of the checkout.

    Raises `FileNotFoundError` naming both places if it is in neither.
    """
    places = (_PACKAGE / "data" / name, _PACKAGE.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name}: neither at {places[0]} nor at {places[1]}; install the appliance anew")
