"""The fleet: a domain that says everything that can be said of answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from isotype.domain.model import Domain
from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, Rendered, render
from tests.domains.rows import Package, packaged

SOURCE = Path(__file__).parent / "fleet.yaml"


@cache
def understood() -> Domain:
    """The fleet; its schema is read without a finding."""
    loaded = load({"fleet.yaml": SOURCE.read_text("utf-8")})
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    return loaded.domain


@cache
def rendered() -> Rendered:
    """All its layers."""
    return render(understood(), Options("fleet.yaml", {layer: LayerOptions(f"fleet/{layer}") for layer in LAYERS}))


def write(folder: Path) -> Path:
    """Write its layers into `folder`/fleet; that folder."""
    for (layer, path), text in rendered().files.items():
        target = folder / "fleet" / layer / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return folder / "fleet"


@pytest.fixture
def domain() -> Domain:
    return understood()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """Its generated Python, imported."""
    with packaged("fleet", write(tmp_path_factory.mktemp("shapes"))) as made:
        yield made
