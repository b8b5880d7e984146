"""The schemas of Pydantic, broken: a module of some classes, built beside the whole package."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from types import ModuleType

from isotype.conformance.building import Compiled
from isotype.conformance.witnesses.pydantic import Pydantic
from isotype.domain.types import EnumType, ObjectType, innermost
from isotype.domain.values import replace
from isotype.layers import Options, schemas
from isotype.layers.rendering import Renderer, shipped
from isotype.shapes.model import ShapeModule, Shapes
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.wire import Ask, Unloaded

MODULE = "broken"
_numbers = count()


class Schemas:
    """The layer `schemas` of a compiled domain."""

    def __init__(self, of: Compiled) -> None:
        self.witness = Pydantic(of)
        self._package = f"{of.package}.schemas"
        self._folder = of.folder / of.package / "schemas"
        self._shapes = of.bindings.shapes
        self._renderer = Renderer()
        self._options = Options("schema.yaml")
        rules = self._folder / "_rules.py"
        if not rules.exists():
            # What is broken may need what the whole does without.
            rules.write_text(shipped("support/rules.py"))

    def printed(self, shapes: Shapes, names: Sequence[str], enums: bool = False) -> Hashable:
        files, _ = schemas.render(alone(shapes, names), self._renderer, self._options)
        return files[f"{MODULE}.py"], json.dumps({"enums": files["enums.py"]} if enums else {})

    def rewritten(self, rewrite: Rewrite) -> Iterator[tuple[Sequence[str], Hashable]]:
        folder = self._folder
        text = (folder / rewrite.path).read_text(encoding="utf-8") if (folder / rewrite.path).exists() else ""
        if rewrite.old in text:
            stem = rewrite.path.removesuffix(".py")
            others = json.dumps({stem: text.replace(rewrite.old, rewrite.new)})
            for module in self._shapes.modules:
                own = (folder / f"{module.name}.py").read_text(encoding="utf-8")
                if f"from .{stem} import" in own:
                    yield [shape.name for shape in module.shapes], (own, others)

    @contextmanager
    def loaded(self, printed: Hashable) -> Iterator[Ask]:
        assert isinstance(printed, tuple)
        text, others = printed
        made: list[str] = []
        try:
            for stem, other in json.loads(others).items():
                name = self._module(other, made).__name__.rpartition(".")[2]
                text = text.replace(f"from .{stem} import", f"from .{name} import")
            module = self._module(text, made)
            witness = Pydantic.__new__(Pydantic)
            vars(witness).update(vars(self.witness), _module=module, _schemas={})

            yield witness.judge
        finally:
            for name in made:
                del sys.modules[name]

    def _module(self, text: str, made: list[str]) -> ModuleType:
        name = f"{self._package}.broken_{next(_numbers)}"
        module = ModuleType(name)
        module.__package__ = self._package
        sys.modules[name] = module
        made.append(name)
        try:
            exec(compile(text, name, "exec"), vars(module))
            for found in list(vars(module).values()):
                if isinstance(found, type) and found.__module__ == name and hasattr(found, "model_rebuild"):
                    found.model_rebuild(force=True)
        except Exception as error:
            raise Unloaded(f"{type(error).__name__}: {error}"[:300]) from error
        return module


def alone(shapes: Shapes, names: Sequence[str]) -> Shapes:
    """The projection with a module that has these shapes only, which takes the others from where they are."""
    own = tuple(shapes.by_name[name] for name in names)
    held = [innermost(prop.type) for shape in own for prop in shape.properties]
    imports = {of.name for of in held if isinstance(of, ObjectType)} - set(names)
    enums = {of.enum.name for of in held if isinstance(of, EnumType)}
    module = ShapeModule(MODULE, "Broken", "", own, (), tuple(sorted(imports)), tuple(sorted(enums)))
    return replace(shapes, modules=(module,))
