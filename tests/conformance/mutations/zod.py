"""The validators of Zod, broken: a module of some schemas, evaluated beside the whole layer in one process of Node."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import Answer
from isotype.conformance.processes import Lines
from isotype.conformance.witnesses.node import find_node
from isotype.conformance.witnesses.zod import Zod
from isotype.domain.values import replace
from isotype.layers import LayerOptions, Options, zod
from isotype.layers.rendering import Renderer
from isotype.layers.zod_types import schema_name
from isotype.probes import Probe
from isotype.probes.forms import FORMS, canonical
from isotype.probes.inputs import with_inputs
from isotype.probes.spellings import PAIRS
from isotype.shapes.model import Shapes
from tests.conformance.mutations import reaching
from tests.conformance.mutations.inputs import given
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.near_texts import BASES, near
from tests.conformance.mutations.pydantic import MODULE, alone
from tests.conformance.mutations.wire import Ask, Unloaded
from tests.engines import ROOT

SCRIPT = Path(__file__).with_name("zod.mjs")
_POINTED = re.compile(r"\brefuse\(\s*context,\s*\[[^\]]*\],")
_LAYERS = ("types", "zod")
REASON = "every function of the module does the same with every value that tells its parts from one another"
_EXPORTED = re.compile(r"^export (?:async )?(?:const|function) (\w+)", re.MULTILINE)


class Validators:
    """The layer `zod` of a compiled domain; `process` runs SCRIPT, and is somebody else's."""

    def __init__(self, of: Compiled, engines: Engines, process: Lines) -> None:
        self.witness = Zod(of, ROOT, engines)
        self._folder = str(of.folder / "javascript" / "out" / "zod")
        self._sources = of.folder / of.package / "zod"
        self._shapes = of.bindings.shapes
        self._process = process
        self._told = False
        self._renderer = Renderer()
        self._options = Options("schema.yaml", {layer: LayerOptions(layer) for layer in _LAYERS})

    def printed(self, shapes: Shapes, names: Sequence[str], enums: bool = False) -> Hashable:
        operations = given(shapes, names)
        part = replace(shapes, modules=()) if operations else alone(shapes, names)
        files, _ = zod.render(replace(part, operations=operations), self._renderer, self._options)
        # Where a refusal points at is for people.
        text = _POINTED.sub("refuse(context, [],", files["operations.ts" if operations else f"{MODULE}.ts"])
        # What is broken may call functions that the whole does without.
        lacking = [name for name in ("support", "rules") if not _imported(text, name) <= self._exported(name)]
        others = {name: files[f"{name}.ts"] for name in (*lacking, *(("enums",) if enums else ()))}
        return text, json.dumps(others)

    @cache  # noqa: B019 -- as long as the layer, which is one of few.
    def _exported(self, name: str) -> frozenset[str]:
        path = Path(self._folder) / f"{name}.js"
        return frozenset(_EXPORTED.findall(path.read_text())) if path.exists() else frozenset()

    def source(self, path: str) -> str:
        return (self._sources / path).read_text(encoding="utf-8")

    def rewritten(self, rewrite: Rewrite) -> Iterator[tuple[Sequence[str], Hashable]]:
        path = self._sources / rewrite.path
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if rewrite.old in text:
            stem = rewrite.path.removesuffix(".ts")
            others = {stem: rewrite.applied(text)}
            if stem == "rules":
                # The verdicts of rules are read there.
                others["support"] = (self._sources / "support.ts").read_text(encoding="utf-8")
            operations = self._sources / "operations.ts"
            if stem == "support" and operations.exists() and rewrite.reaches(self._reached("operations", stem)):
                yield (
                    [name for name in with_inputs(self._shapes).by_name if name not in self._shapes.by_name],
                    (operations.read_text(encoding="utf-8"), json.dumps(others)),
                )
            for module in self._shapes.modules:
                own = (self._sources / f"{module.name}.ts").read_text(encoding="utf-8")
                if f'from "./{stem}.js"' in own and rewrite.reaches(self._reached(module.name, stem)):
                    yield [shape.name for shape in module.shapes], (own, json.dumps(others))

    @cache  # noqa: B019 -- as long as the layer, which is one of few.
    def _reached(self, module: str, stem: str) -> frozenset[str]:
        """The names of a support module that a module of schemas makes use of."""
        names = _imported(self.source(f"{module}.ts"), stem)
        if stem == "rules" and (self._sources / "support.ts").exists():
            names |= _imported(self.source("support.ts"), stem)
        return reaching.of_typescript(self.source(f"{stem}.ts"), [name.removeprefix("type ") for name in names])

    def same(self, rewrite: Rewrite) -> str:
        if not self._told:
            self._process.ask(["texts", _texts()])
            self._told = True
        text = self.source(rewrite.path)
        stem = rewrite.path.removesuffix(".ts")
        found = self._process.ask(["same", self._folder, stem, text, rewrite.applied(text)])
        return REASON if found is True else ""

    @contextmanager
    def loaded(self, printed: Hashable) -> Iterator[Ask]:
        assert isinstance(printed, tuple)
        text, others = printed
        modules = {f"./{name}.js": other for name, other in json.loads(others).items()}
        said = self._process.ask(["load", self._folder, text, modules])
        if said:
            raise Unloaded(said[:300])

        inputs = self.witness.inputs

        def ask(probes: Sequence[Probe]) -> Sequence[Answer]:
            question = [[inputs.get(probe.shape) or [schema_name(probe.shape)], probe.text] for probe in probes]
            answers = self._process.ask(["judge", question])
            return [Answer(reason, value, fault=fault) for reason, value, fault in answers]

        yield ask


def _imported(text: str, name: str) -> frozenset[str]:
    """What a module imports from one of its siblings."""
    found = re.findall(rf'^import {{([^}}]*)}} from "./{name}\.js"', text, re.MULTILINE)
    return frozenset(one.strip() for names in found for one in names.split(",") if one.strip())


def _texts() -> dict[str, Any]:
    """Texts of each form and beside it, those that a schema takes, and those of which lists are made."""
    found: dict[str, Any] = {base: near(base) for base in BASES}
    found["taken"] = {base: [text for text in near(base) if canonical(base, text) is not None] for base in FORMS}
    found["pairs"] = {base: PAIRS[base] for base in PAIRS}
    return found


def process() -> Lines:
    """Node, which judges by whatever was loaded last."""
    return Lines(SCRIPT, find_node())
