"""What the import contracts of pyproject.toml cannot say about the rooms."""

from __future__ import annotations

import subprocess
import sys
from itertools import permutations

import grimp

from tests.engines import ROOT

TARGETS = ("sql", "models", "schemas", "api", "zod", "typescript", "client", "openapi")


def test_every_room_is_a_package() -> None:
    """Every folder with modules has an `__init__.py`: the import contracts do not see into one that has none."""
    source = ROOT / "generator" / "isotype"
    folders = {path.parent for path in source.rglob("*.py")}
    assert [str(folder.relative_to(source)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_layers_do_not_know_each_other() -> None:
    """No target's layer imports another's, directly or through its own helpers."""
    graph = grimp.build_graph("isotype")
    found = {name for name in TARGETS if f"isotype.layers.{name}" in graph.modules}
    chains = [
        (importer, imported)
        for importer, imported in permutations(sorted(found), 2)
        if graph.direct_import_exists(
            importer=f"isotype.layers.{importer}", imported=f"isotype.layers.{imported}", as_packages=True
        )
    ]
    assert chains == []


def test_importing_isotype_imports_nothing_else() -> None:
    """`import isotype` costs what an empty module costs."""
    program = "import sys; before = set(sys.modules); import isotype; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT / "generator"
    )
    assert result.stdout.split() == ["isotype"]
