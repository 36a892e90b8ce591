"""What pyproject.toml cannot say: pack the folders beside the package into the wheel, and compile the translations.

The repository keeps `firmware_config/`, `models/` and `systemd/` at its top, where a person looks for them. In a wheel
they lie inside the package, as `appliance/data/<folder>`.
"""

import shutil
from pathlib import Path
from typing import ClassVar

from setuptools import Command, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FOLDERS = ("firmware_config", "models", "systemd")
# Model weights may lie beside models.toml on a developer's machine: fetched by hash on every machine, never packed.
NOT_PACKED = {".bz2", ".dat", ".onnx", ".part", ".pyc"}


def packed_files():
    """The files of FOLDERS that go into the wheel, relative to ROOT, in a stable order."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(path.relative_to(ROOT) for path in found if path.suffix not in NOT_PACKED)


def compile_catalogues(package):
    """Compile every gettext catalogue of the checkout into `package`, at the same place; ValueError names a broken one.

    Sources are read from the checkout: a wheel carries the compiled ones alone.
    """
    # Imported here: `pip download` and editors run setup.py without the build requirements.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    checkout = ROOT / "appliance"
    for po in sorted(checkout.glob("*/translations/*/LC_MESSAGES/*.po")):
        try:
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parts[-3], abort_invalid=True)
        except PoFileError as error:
            raise ValueError(f"{po}: {error}") from error
        compiled = Path(package) / po.relative_to(checkout).with_suffix(".mo")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with compiled.open("wb") as target:
            write_mo(target, catalogue)


class BuildWithData(build_py):
    """The usual build, then the folders and the translations. An editable install finds both in the checkout."""

    def run(self):
        package = Path(self.build_lib) / "appliance"
        if not self.editable_mode:
            # What was deleted from the tree must not live on in the build folder of an earlier wheel.
            shutil.rmtree(package, ignore_errors=True)
        super().run()
        if self.editable_mode:
            compile_catalogues(ROOT / "appliance")
            return
        for source in packed_files():
            target = package / "data" / source
            self.mkpath(str(target.parent))
            self.copy_file(str(ROOT / source), str(target))
        compile_catalogues(package)


class CompileCatalogues(Command):
    """Compile the translations in the checkout, as script/bootstrap does after a change."""

    description = "compile the gettext catalogues beside their sources"
    user_options: ClassVar[list[tuple[str, str, str]]] = []

    def initialize_options(self):
        pass

    def finalize_options(self):
        pass

    def run(self):
        compile_catalogues(ROOT / "appliance")


setup(cmdclass={"build_py": BuildWithData, "compile_catalogues": CompileCatalogues})
