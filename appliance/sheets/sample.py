"""The sample meeting that ships with the appliance: plainly made-up people, everything that a file may say."""

from importlib import resources

NAME = "meeting.toml"


def sample() -> bytes:
    """The file as it is, with its comments."""
    return (resources.files("appliance.resources") / NAME).read_bytes()
