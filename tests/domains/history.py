"""An Alembic environment like the one in `examples/`, for any domain."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from alembic.config import CommandLine

from isotype.language import load
from isotype.layers import LayerOptions, Options, render
from tests.domains.conftest import write
from tests.engines import ROOT

EXAMPLE = ROOT / "examples" / "pixcrawler"
FIRST = "revision --autogenerate --rev-id 0001 --message initial_schema"


@dataclass(frozen=True)
class History:
    """The folder of an environment, beside the generated package its `env.py` imports."""

    folder: Path

    @property
    def versions(self) -> list[Path]:
        """Its revisions, the first one first."""
        return sorted((self.folder / "versions").glob("*.py"))

    def attempt(self, url: str, *commands: str) -> tuple[bool, str]:
        """Run commands of Alembic on a database until one of them fails: whether none did, and what was printed."""
        output = StringIO()
        with _undisturbed(self.folder.name), redirect_stdout(output), patch.dict(os.environ, DATABASE_URL=url):
            try:
                for command in commands:
                    CommandLine().main(["-c", str(self.folder / "alembic.ini"), *command.split()])
            except SystemExit:
                return False, output.getvalue()
        return True, output.getvalue()

    def run(self, url: str, *commands: str) -> str:
        """The same where none may fail; what was printed."""
        succeeded, output = self.attempt(url, *commands)
        assert succeeded, output
        return output


@contextmanager
def _undisturbed(package: str) -> Iterator[None]:
    """Leave imports, logging and warnings of this process as a process of its own would."""
    path, handlers, level = sys.path[:], logging.root.handlers[:], logging.root.level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.path[:] = path
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]


def environment(domain: str, folder: Path) -> History:
    """The example's files in a folder of their own, for the models of a domain; without revisions."""
    write(domain, folder / "generated", "models", "schemas")
    return _environment(domain, folder)


def environment_of(domain: str, schema: str, folder: Path) -> History:
    """The same for a schema by its text; the revisions of an environment that is there stay."""
    loaded = load({f"{domain}.yaml": schema})
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    layers = {layer: LayerOptions(f"generated/{domain}/{layer}") for layer in ("models", "schemas")}
    shutil.rmtree(folder / "generated", ignore_errors=True)
    for (layer, path), text in render(loaded.domain, Options(f"{domain}.yaml", layers)).files.items():
        target = folder / "generated" / domain / layer / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return _environment(domain, folder)


def _environment(domain: str, folder: Path) -> History:
    home = folder / "examples" / domain
    (home / "versions").mkdir(parents=True, exist_ok=True)
    for name in ("alembic.ini", "env.py", "script.py.mako"):
        text = (EXAMPLE / name).read_text(encoding="utf-8")
        (home / name).write_text(text.replace("pixcrawler", domain), encoding="utf-8")
    return History(home)


def example(folder: Path) -> History:
    """The example itself with its revisions, in a folder of its own."""
    made = environment("pixcrawler", folder)
    shutil.copytree(EXAMPLE / "versions", made.folder / "versions", dirs_exist_ok=True)
    return made
