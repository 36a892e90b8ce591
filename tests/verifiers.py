"""Both verifiers asked the same: what `appliance verify` and `docs/second_verifier.py` would exit with."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from appliance import verification
from tests import assembly

SCRIPT = Path(__file__).parent.parent / "docs" / "second_verifier.py"


def load() -> ModuleType:
    """The script as a module, for sweeps that would take hours as processes."""
    spec = importlib.util.spec_from_file_location("second_verifier", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


second = load()


def _is_batch(data: bytes) -> bool:
    return data.startswith(b'{"checkpoint"')


def first_status(data: bytes, trusted: str | None = assembly.FINGERPRINT) -> int:
    """What `appliance verify` would exit with."""
    check = verification.check_batch if _is_batch(data) else verification.check_result
    report = check(data, [trusted] if trusted else [])
    return 0 if report.trusted else 3 if report.intact else 1


def second_status(data: bytes, trusted: str | None = assembly.FINGERPRINT) -> int:
    """What the second verifier would exit with: it knows of no other exceptions than these."""
    check = second.check_batch if _is_batch(data) else second.check_result
    try:
        check(data, trusted, lambda why, holds=True, _="": second.need(holds, why))
    except (ValueError, LookupError, TypeError, RecursionError):
        return 1
    return 0 if trusted else 3


def both(data: bytes, trusted: str | None = assembly.FINGERPRINT) -> tuple[int, int]:
    """The first's and the second's exit status: 0 intact and trusted, 3 intact, 1 not intact."""
    return first_status(data, trusted), second_status(data, trusted)
