"""Generators that do a comparable job, on the same entities, beside the part of ours that does it."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.commands import CPARSE
from bench.linkml import schema as linkml_schema
from bench.measure import Command, ratio
from bench.projects import ISOTYPE, fresh, project
from bench.rows import known, skipped

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".cache" / "peers"
COUNT = 100


def measure(parent: Path) -> None:
    """Print a row per generator."""
    folder = project(parent, COUNT, (*ISOTYPE, "generate"))
    (folder / "linkml.yaml").write_text(linkml_schema(COUNT), encoding="utf-8")
    document = "generated/bench/openapi/openapi.json"

    def row(what: str, program: Path, *arguments: str, runner: Command = ()) -> None:
        if not program.exists():
            skipped(what, "it did not install")
        else:
            known(what, ratio((*runner, program, *arguments), CPARSE, folder, 3).cpu, f"Cparse of N={COUNT}")

    def ours(what: str, settings: str = "") -> None:
        anew = fresh(parent, COUNT, settings)
        known(what, ratio((*ISOTYPE, "generate"), CPARSE, anew, 5).cpu, f"Cparse of N={COUNT}")

    ours("isotype, all layers")
    ours("isotype, Pydantic", 'only = ["schemas"]\n')
    row("LinkML's gen-pydantic", PEERS / "python" / "bin" / "gen-pydantic", "linkml.yaml")
    generator = Path(sys.executable).parent / "datamodel-codegen"
    form = ("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin")
    row("datamodel-code-generator, from our OpenAPI", generator, "--input", document, *form, "--output", "peer.py")
    ours("isotype, interfaces", 'only = ["types"]\n')
    typescript = PEERS / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    row("openapi-typescript, from our OpenAPI", typescript, document, "-o", "peer.ts", runner=("node",))
