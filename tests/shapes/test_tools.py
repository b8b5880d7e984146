"""The tools of every target have nothing to say, and modules that need one another in a circle are made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, render
from tests.engines import ROOT
from tests.engines.node import Node
from tests.engines.typescript import WEB, biome, compile_typescript, typecheck
from tests.shapes.conftest import write

CIRCLE = """
isotype: 1
domain: circle
entities:
  Hen:
    description: Comes from an egg
    fields: {id: {type: int, key: true}, name: text}
    api: {add: {origin: EggName?}, shapes: {HenName: [name]}}
  Egg:
    description: Comes from a hen
    fields: {id: {type: int, key: true}, name: text}
    api: {add: {origins: 'HenName[]'}, shapes: {EggName: [name]}}
"""


def run(*command: str, cwd: Path) -> None:
    found = subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_generated_code_is_clean(tmp_path: Path) -> None:
    """mypy, ruff, tsc and Biome are silent."""
    folder = write(tmp_path)
    for command in (("check",), ("format", "--check", "--diff")):
        run("-m", "ruff", *command, "--isolated", "--no-cache", "fleet/models", "fleet/schemas", cwd=tmp_path)
    options = ("--strict", "--no-error-summary", "--namespace-packages", "--explicit-package-bases")
    cache = ROOT / ".cache" / "mypy-generated"
    run("-m", "mypy", *options, "--cache-dir", str(cache), "--config-file=", "fleet", cwd=tmp_path)
    assert typecheck(folder, WEB) == []
    for layer in ("types", "zod", "client"):
        assert biome(folder / layer) == []


def test_modules_may_need_one_another(tmp_path: Path, node: Node) -> None:
    """Two files of schemas in a circle are loaded in either order, typed, and take what they mean."""
    loaded = load({"circle.yaml": CIRCLE})
    assert loaded.domain is not None and not loaded.findings, loaded.findings
    made = render(loaded.domain, Options("circle.yaml", {layer: LayerOptions(f"circle/{layer}") for layer in LAYERS}))
    for (layer, path), text in made.files.items():
        target = tmp_path / "circle" / layer / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    assert typecheck(tmp_path / "circle") == []
    compiled = compile_typescript(tmp_path / "circle")
    hen = {"id": 1, "name": "Ada", "origin": {"name": "first"}}
    egg = {"id": 1, "name": "first", "origins": [{"name": "Ada"}]}
    for first, name, value in (("hen", "henResponseSchema", hen), ("egg", "eggResponseSchema", egg)):
        program = compiled / f"{first}.mjs"
        program.write_text(
            f'import {{ {name} }} from "{compiled / "zod" / f"{first}.js"}";\n'
            f"export const ask = (value) => {name}.safeParse(value).success;\n"
        )
        assert node.call(str(program), "ask", value) is True
        assert node.call(str(program), "ask", {**value, "origin": 1, "origins": 1}) is False
        check = f"import circle.schemas as s; s.{name[:3].title()}Response.model_validate({value!r})"
        run("-c", check, cwd=tmp_path)
