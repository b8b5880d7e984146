"""Every schema of the project, rendered once per run, and the one that uses every word of the language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, Rendered, render
from tests.engines import ROOT

SCHEMAS: Mapping[str, str] = {
    "library": "tests/schemas/everything.yaml",
    **{path.stem: f"schema/{path.name}" for path in sorted((ROOT / "schema").glob("*.yaml"))},
}


@cache
def rendered(name: str) -> Rendered:
    """Every layer of a domain, as `generate` would write it."""
    path = SCHEMAS[name]
    loaded = load({path: (ROOT / path).read_text()})
    assert loaded.domain is not None, [str(finding) for finding in loaded.findings]
    assert not loaded.findings, [str(finding) for finding in loaded.findings]
    layers = {layer: LayerOptions(f"generated/{name}/{layer}") for layer in LAYERS}
    return render(loaded.domain, Options(path, layers))


def write(name: str, folder: Path, *layers: str) -> Path:
    """Write the layers of a domain into `folder`/`name`/`layer`; the domain's folder."""
    for (layer, path), text in rendered(name).files.items():
        if layer in layers:
            target = folder / name / layer / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    return folder / name


@pytest.fixture(params=sorted(SCHEMAS), scope="session")
def domain(request: pytest.FixtureRequest) -> str:
    """The name of a domain."""
    return str(request.param)
