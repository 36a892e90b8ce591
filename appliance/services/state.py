"""The state directory: where each service keeps what it owns, and the configuration file.

Each folder has one owner; on a Pi they are different users and the modes hold it (systemd/ and tmpfiles).
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from appliance import config
from appliance.config import Configuration
from appliance.errors import ConfigurationError


@dataclass(frozen=True)
class State:
    """Paths below one directory."""

    root: Path

    @property
    def configuration_file(self) -> Path:
        """TOML; written by the ballot service for the technician's page."""
        return self.root / "appliance.toml"

    @property
    def journal(self) -> Path:
        """The spine."""
        return self.root / "journal" / "journal.sqlite"

    @property
    def vault(self) -> Path:
        """Ballot service only: device key, sign-in secrets."""
        return self.root / "vault"

    @property
    def gallery(self) -> Path:
        """Door service only: encrypted templates."""
        return self.root / "gallery" / "gallery.sqlite"

    @property
    def gallery_key(self) -> Path:
        """Folder of the gallery's key: outside the gallery."""
        return self.root / "keys"

    @property
    def models(self) -> Path:
        """Door service: model files that no package brings, and what is made of those that a package brings."""
        return self.root / "models"

    @property
    def uplink(self) -> Path:
        """Uplink's own small state."""
        return self.root / "uplink"

    @property
    def central(self) -> Path:
        """The central server's key and default archive."""
        return self.root / "central"

    def socket(self, service: str) -> Path:
        """The control socket of a service. /run on a Pi: RUNTIME_DIRECTORY is systemd's."""
        return Path(os.environ.get("APPLIANCE_SOCKETS", self.root / "run")) / f"{service}.sock"

    def configuration(self) -> Configuration:
        """What the file says, defaults where it is silent or absent. Raises `ConfigurationError`."""
        path = self.configuration_file
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return Configuration()
        except (IsADirectoryError, NotADirectoryError) as error:
            raise ConfigurationError(str(path), [str(error.strerror)]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(str(path), [f"not TOML: {error}"]) from error
        return config.parse(table, str(path))


def find(argument: str | None = None) -> State:
    """The state directory: the argument, $APPLIANCE_STATE, $STATE_DIRECTORY (systemd's), or the user's own.

    It need not be there yet. Raises `ConfigurationError` where something else than a folder is.
    """
    named = argument or os.environ.get("APPLIANCE_STATE") or os.environ.get("STATE_DIRECTORY")
    root = Path(named) if named else platformdirs.user_state_path("appliance")
    if root.exists() and not root.is_dir():
        raise ConfigurationError("the state directory", [f"{root}: is no folder; name another with --state"])
    return State(root)
