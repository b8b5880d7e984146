"""The schemas of Pydantic, broken: a module of some classes, built beside the whole package."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import count
from types import ModuleType

from isotype.conformance.building import Compiled
from isotype.conformance.witnesses.pydantic import Pydantic
from isotype.domain.types import EnumType, ObjectType, innermost
from isotype.domain.values import replace
from isotype.layers import Options, schemas
from isotype.layers.rendering import Renderer, shipped
from isotype.shapes.model import ShapeModule, Shapes
from tests.conformance.mutations import reaching, same_forms, same_functions, same_schemas
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
        self._kept: list[str] = []
        rules = self._folder / "_rules.py"
        if not rules.exists():
            # What is broken may need what the whole does without.
            rules.write_text(shipped("support/rules.py"))

    def printed(self, shapes: Shapes, names: Sequence[str], enums: bool = False) -> Hashable:
        files, _ = schemas.render(alone(shapes, names), self._renderer, self._options)
        return files[f"{MODULE}.py"], json.dumps({"enums": files["enums.py"]} if enums else {})

    def source(self, path: str) -> str:
        return (self._folder / path).read_text(encoding="utf-8")

    def rewritten(self, rewrite: Rewrite) -> Iterator[tuple[Sequence[str], Hashable]]:
        folder = self._folder
        text = (folder / rewrite.path).read_text(encoding="utf-8") if (folder / rewrite.path).exists() else ""
        if rewrite.old in text:
            stem = rewrite.path.removesuffix(".py")
            others = json.dumps({stem: rewrite.applied(text)})
            for module in self._shapes.modules:
                own = (folder / f"{module.name}.py").read_text(encoding="utf-8")
                if f"from .{stem} import" in own and rewrite.reaches(self._reached(module.name, stem)):
                    yield [shape.name for shape in module.shapes], (own, others)

    @cache  # noqa: B019 -- as long as the layer, which is one of few.
    def _reached(self, module: str, stem: str) -> frozenset[str]:
        """The names of a support module that a module of shapes makes use of."""
        own = ast.parse((self._folder / f"{module}.py").read_text(encoding="utf-8"))
        taken = (one for one in own.body if isinstance(one, ast.ImportFrom) and (one.module, one.level) == (stem, 1))
        return reaching.of_python(self.source(f"{stem}.py"), [name.name for one in taken for name in one.names])

    def same(self, rewrite: Rewrite) -> str:
        if rewrite.path == "_rules.py":
            return same_functions.REASON if same_functions.computes_alike(*self._both(rewrite)) else ""
        if same_forms.PARTS.fullmatch(rewrite.within):
            # Classes of one schema use a form in some ways only.
            return same_forms.REASON if same_forms.reads_alike(*self._both(rewrite)) else ""
        whole = list(self.rewritten(replace(rewrite, new=rewrite.old)))
        for (names, before), (_, after) in zip(whole, self.rewritten(rewrite), strict=True):
            with self._built(before) as one, self._built(after) as other:
                if not same_schemas.reads_alike(*([getattr(of, name) for name in names] for of in (one, other))):
                    return ""
        return same_schemas.REASON

    def _both(self, rewrite: Rewrite) -> tuple[ModuleType, ModuleType]:
        """The whole module and the broken one."""
        text = self.source(rewrite.path)
        return self._support(text), self._support(rewrite.applied(text))

    @lru_cache(maxsize=4)  # noqa: B019 -- as long as the layer, which is one of few.
    def _support(self, text: str) -> ModuleType:
        return self._module(text, self._kept)

    @contextmanager
    def loaded(self, printed: Hashable) -> Iterator[Ask]:
        with self._built(printed) as module:
            witness = Pydantic.__new__(Pydantic)
            vars(witness).update(vars(self.witness), _module=module, _schemas={})
            yield witness.judge

    @contextmanager
    def _built(self, printed: Hashable) -> Iterator[ModuleType]:
        assert isinstance(printed, tuple)
        text, others = printed
        made: list[str] = []
        try:
            for stem, other in json.loads(others).items():
                name = self._module(other, made).__name__.rpartition(".")[2]
                text = text.replace(f"from .{stem} import", f"from .{name} import")
            yield self._module(text, made)
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
