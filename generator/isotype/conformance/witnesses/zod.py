"""The Zod validators, in the one process of Node that a run has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import Answer, NotAsked, Told
from isotype.conformance.witnesses.node import STRIPS, find_modules, find_node, version
from isotype.layers.specifiers import schemas_name
from isotype.layers.zod_operations import PARTS
from isotype.layers.zod_types import schema_name
from isotype.probes import Probe
from isotype.probes.inputs import inputs_name
from isotype.probes.moves import moves
from isotype.shapes.model import ApiOperation, StateMachine

_CONFIGURATION = {
    "compilerOptions": {
        **{"module": "nodenext", "target": "es2022", "skipLibCheck": True, "noCheck": True, "types": []},
        **{"rootDir": "source", "outDir": "out"},
    },
    "include": ["source/**/*.ts"],
}


class Zod:
    name, target, apart = "zod", "zod", True

    def __init__(self, of: Compiled, root: Path, engines: Engines) -> None:
        entry = built(of, root)
        self._entry, self._types = str(entry), str(entry.parents[1] / "types" / entry.name)
        self._process = engines.node()
        # What does not load is found now, and not among the values.
        self._process.ask(["judge", self._entry, []])
        self.inputs = dict(_inputs(of.bindings.shapes.operations))

    def asks(self, probe: Probe) -> bool:
        """Everything."""
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        question = [[self.inputs.get(probe.shape) or [schema_name(probe.shape)], probe.text] for probe in probes]
        answers = self._process.ask(["judge", self._entry, question])
        return [Answer(reason, value, fault=fault) for reason, value, fault in answers]

    def move(self, machines: Sequence[StateMachine]) -> Sequence[Told]:
        """The interfaces say how states move: validators see one at a time."""
        return [Told(*answer) for answer in self._process.ask(["move", self._types, list(map(about_moves, machines))])]

    def close(self) -> None:
        """Node is the run's."""


def about_moves(of: StateMachine) -> list[object]:
    """What Node is asked about a state machine: the names of a function and two tables, and every move."""
    stem = f"{of.name[:1].lower()}{of.name[1:]}"
    return [f"canMove{of.name}", f"{stem}Moves", f"{stem}Starts", [[one.source, one.target] for one in moves(of)]]


def _inputs(operations: Sequence[ApiOperation]) -> Iterator[tuple[str, list[str]]]:
    """Where the schema stands of what each operation is given, for each place of its parameters."""
    for operation in operations:
        for part, location in PARTS:
            yield inputs_name(operation, location), [schemas_name(operation.identifier), part]


def built(of: Compiled, root: Path) -> Path:
    """The validators as JavaScript, beside the packages they import: the path of their barrel."""
    folder = of.folder / "javascript"
    modules = find_modules("zod", root, Path.cwd())
    folder.mkdir()
    (folder / "node_modules").symlink_to(modules)
    (folder / "package.json").write_text('{"type": "module"}')
    for layer in ("types", "zod"):
        shutil.copytree(of.folder / of.package / layer, folder / "source" / layer)
    node = find_node()
    try:
        compiler = find_modules("typescript", root, Path.cwd()) / "typescript" / "bin" / "tsc"
    except NotAsked:
        if version(node) < STRIPS:
            raise
        return _stripped(node, folder)
    (folder / "tsconfig.json").write_text(json.dumps(_CONFIGURATION))
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [node, compiler, "-p", "tsconfig.json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    entry = folder / "out" / "zod" / "index.js"
    if not entry.exists():
        raise NotAsked(f"the validators do not compile: {(done.stdout or done.stderr).strip()[:300]}")
    return entry


_STRIP = """
import { readdirSync, readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
for (const layer of ["types", "zod"]) {
  mkdirSync(`out/${layer}`, { recursive: true });
  for (const name of readdirSync(`source/${layer}`)) {
    const text = readFileSync(`source/${layer}/${name}`, "utf8");
    writeFileSync(`out/${layer}/${name.replace(/\\.ts$/, ".js")}`, stripTypeScriptTypes(text));
  }
}
"""


def _stripped(node: str, folder: Path) -> Path:
    (folder / "strip.mjs").write_text(_STRIP)
    done = subprocess.run([node, "strip.mjs"], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAsked(f"Node cannot read the validators: {done.stderr.strip()[-300:]}")
    return folder / "out" / "zod" / "index.js"
