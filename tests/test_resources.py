"""The folders beside the package: found in a checkout, named with both places where they are missing."""

import pytest

from appliance import resources


@pytest.mark.parametrize("name", ["models", "firmware_config", "systemd"])
def test_the_folders_are_found(name):
    assert any(resources.folder(name).iterdir())


def test_a_missing_folder_is_named_with_both_places():
    with pytest.raises(FileNotFoundError, match=r"no-such: neither at .*data/no-such nor at .*no-such"):
        resources.folder("no-such")
