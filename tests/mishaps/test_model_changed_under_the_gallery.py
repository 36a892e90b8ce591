"""Another face network than the one that made the templates: they never compare, and nothing pretends that they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import DeviceError
from tests.worlds.cabinet import MODEL, Cabinet, pictures

OTHER = "b" * 64


@pytest.mark.parametrize("read_only", [False, True])
def test_model_changed_under_the_gallery(tmp_path: Path, read_only: bool) -> None:
    cabinet = Cabinet(tmp_path)
    gallery = cabinet.open()
    gallery.enrol("an", pictures(1), consent="v1", at=cabinet.clock.now().at)
    gallery.close()
    stored = cabinet.path.read_bytes()

    with pytest.raises(DeviceError) as caught:
        cabinet.open(model=OTHER, read_only=read_only)
    for part in (MODEL, OTHER, "enrol everybody anew into an empty gallery, or put the former model back"):
        assert part in str(caught.value)
    assert cabinet.path.read_bytes() == stored, "a refusal changes nothing"

    gallery = cabinet.open()
    assert [template.delegate for template in gallery.templates()] == ["an"], "with the former model all is there"
    gallery.close()
