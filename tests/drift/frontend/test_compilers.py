"""The compilers that projects use: TypeScript up to 6 with its classic API, and the native one from 7 on."""

from __future__ import annotations

from pathlib import Path

from tests.drift.frontend.suite import mutated, respelled
from tests.engines import ROOT
from tests.engines.node import find_package
from tests.engines.typescript import biome

DOMAIN = "datainsight"


def test_each_knows_what_is_the_same(tmp_path: Path) -> None:
    """Changes are named and other spellings are silent with each, in the same words."""
    said = []
    for name in ("typescript", "typescript-classic"):
        modules = tmp_path / name / "node_modules"
        modules.mkdir(parents=True)
        (modules / "typescript").symlink_to(find_package(name))
        verdicts = [*mutated(DOMAIN, modules.parent), *respelled(DOMAIN, modules.parent)]
        assert [it for it in verdicts if not it.passed] == []
        said.append(verdicts)
    assert said[0] == said[1] != []


def test_programs_are_tidy() -> None:
    """What asks the compiler has nothing that Biome has anything against, and is formatted."""
    assert biome(ROOT / "generator/isotype/drift/frontend") == []
