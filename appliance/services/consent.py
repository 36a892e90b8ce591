"""The texts that delegates agree to: files `<version>.<language>.txt` in the state directory's `consent` folder.

What was agreed to must be found again: the journal keeps version, language and the SHA-256 of the text. As long as the
folder is empty the template that comes with the appliance stands in for it; a lawyer should read it before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from appliance.errors import ConfigurationError

LONGEST = 48
"""Characters of a version with its language: with the digest it fits into the journal's 120."""


@dataclass(frozen=True)
class Consent:
    """One text in one language. `is_template`: it came with the appliance."""

    name: str
    language: str
    text: str
    is_template: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def stated(self) -> str:
        """As it stands in the journal: `2026-1.vi sha256:…`."""
        return f"{self.name}.{self.language} sha256:{self.digest}"


def folder_of(root: Path) -> Path:
    """Where the texts of a state directory lie."""
    return root / "consent"


def texts(root: Path) -> list[Consent]:
    """Everything that delegates can agree to here, by version and language."""
    folder = folder_of(root)
    own = [_read(path) for path in sorted(folder.glob("*.*.txt"))] if folder.is_dir() else []
    return own or template()


def template() -> list[Consent]:
    """The text that comes with the appliance, in each language."""
    shipped = resources.files("appliance.resources") / "consent"
    names = sorted(file.name for file in shipped.iterdir() if file.name.endswith(".txt"))
    return [Consent(*_split(name), (shipped / name).read_text("utf-8"), is_template=True) for name in names]


def find(root: Path, version: str, language: str) -> Consent | None:
    """The text of `2026-1` in that language, or of `2026-1.en`; None if it is not here."""
    for one in texts(root):
        if version in (one.name, f"{one.name}.{one.language}") and one.language == language:
            return one
    return next((one for one in texts(root) if version == f"{one.name}.{one.language}"), None)


def _read(path: Path) -> Consent:
    version, language = _split(path.name)
    try:
        return Consent(version, language, path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigurationError("consent", [f"{path}: not text in UTF-8; save it as UTF-8"]) from error
    except OSError as error:
        raise ConfigurationError("consent", [f"{path}: {error.strerror}; let everybody read it: chmod 644"]) from error


def _split(name: str) -> tuple[str, str]:
    version, language, _ = name.rsplit(".", 2)
    if len(version) + len(language) >= LONGEST:
        raise ConfigurationError(
            "consent", [f"{name}: a version has at most {LONGEST - 4} characters; rename the file"]
        )
    return version, language
