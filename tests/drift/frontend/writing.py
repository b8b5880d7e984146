"""Interfaces as a person writes them: those of a domain, to be changed or spelled otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from isotype.cli import pipeline
from isotype.dialects.typescript import type_text
from isotype.drift.frontend import types
from isotype.drift.frontend.targets import TypesFile
from isotype.drift.frontend.types import Result
from isotype.drift.source import Source
from isotype.shapes.model import Property, Shape, Shapes
from isotype.workspace import configuration
from tests.engines import ROOT

DOMAINS = tuple(domain.name for domain in configuration.load(str(ROOT)).domains)


@dataclass(frozen=True)
class Line:
    """A property: its name, its type without null and undefined, and whether it may be absent or null."""

    name: str
    type: str
    optional: bool = False
    nullable: bool = False

    def __str__(self) -> str:
        return f"{self.name}{'?' if self.optional else ''}: {self.type}{' | null' if self.nullable else ''}"


def line(prop: Property) -> Line:
    name = prop.name if prop.name.isidentifier() else f'"{prop.name}"'
    return Line(name, type_text(prop.type), not prop.required, prop.nullable)


def lines(shape: Shape) -> tuple[Line, ...]:
    """The properties of a shape."""
    return tuple(map(line, shape.properties))


def written(name: str, body: Iterable[Line]) -> str:
    """An interface."""
    return f"export interface {name} {{\n" + "".join(f"  {one};\n" for one in body) + "}\n"


@cache
def source_of(name: str) -> Source:
    """What a domain of this project compiles to."""
    found = configuration.load(str(ROOT), [name])
    return Source(found, found.domains[0], "0", lambda: pipeline.load(pipeline.real(), found, found.domains[0])[0])


def shapes_of(name: str) -> Shapes:
    return source_of(name).shapes


def project(root: Path, domain: str, body: str, file: str = "types.ts") -> Path:
    """A file of a frontend that may speak of every generated type; these stand beside it."""
    for path, text in source_of(domain).types.items():
        target = root / "generated" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    names = [*shapes_of(domain).by_name, *(enum.name for enum in shapes_of(domain).enums)]
    support = ["Json"] if "support.ts" in source_of(domain).types else []
    imports = f'import type {{ {", ".join([*names, *support])} }} from "./generated/index.js";\n'
    made = root / file
    made.write_text(imports + body)
    return made


def judged(domain: str, file: Path, named: dict[str, str], whole: bool = False) -> Result:
    """What is found in a file whose types are the generated ones of these names."""
    wanted = TypesFile(file.name, str(file.resolve()), named, whole)
    result = types.judge(source_of(domain), [wanted])
    assert not result.failures, [str(it) for it in result.failures]
    return result
