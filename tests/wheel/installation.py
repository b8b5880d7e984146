"""An environment that holds the wheel and what the wheel asks for, and nothing of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

from tests.engines import ROOT

_OUTSIDE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


class Installation:
    """A virtual environment with the wheel in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "bin" / "isotype"
        self.python = folder / "bin" / "python"

    def run(self, *arguments: str, folder: Path, program: Path | None = None) -> subprocess.CompletedProcess[str]:
        """The command of the environment, run in a folder."""
        variables = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
        home = {"XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder)}
        return subprocess.run(
            [program or self.program, *arguments],
            cwd=folder,
            env=variables | home,
            capture_output=True,
            text=True,
            check=False,
        )


def build(folder: Path) -> Path:
    """The wheel, built from the tree without a network."""
    from hatchling.builders.wheel import WheelBuilder

    [built] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def install(wheel: Path, folder: Path) -> Installation:
    """A new environment with the wheel, and with the packages it requires as they are installed here."""
    venv.create(folder, with_pip=False, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    [metadata] = site.glob("isotype-*.dist-info")
    installed = Distribution.at(metadata)
    for needed in {it.metadata["Name"]: it for it in _requirements(installed)}.values():
        _copy(needed, site)
    [script] = installed.entry_points.select(group="console_scripts", name="isotype")
    made = Installation(folder)
    made.program.write_text(
        f"#!{made.python}\nimport sys\nfrom {script.module} import {script.attr}\nsys.exit({script.attr}())\n",
        encoding="utf-8",
    )
    made.program.chmod(0o755)
    return made


def _requirements(of: Distribution) -> Iterator[Distribution]:
    """What a distribution requires without extras, all the way down."""
    for requirement in of.requires or ():
        if ";" in requirement:
            # The only markers among what is needed here are extras and other platforms.
            continue
        name = re.match(r"[\w.-]+", requirement)
        assert name is not None
        found = distribution(name[0])
        yield found
        yield from _requirements(found)


def _copy(needed: Distribution, site: Path) -> None:
    """The files of an installed distribution that lie in its site-packages."""
    for file in needed.files or ():
        if ".." in file.parts or "__pycache__" in file.parts:
            continue
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.locate(), target)
