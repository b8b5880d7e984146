"""Other spellings of the same types: each must be silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from isotype.dialects.typescript import type_text
from isotype.domain.types import Array, EnumType, Map, ObjectType, Type
from isotype.shapes.model import Shape, Shapes
from tests.drift.frontend.writing import Line, line, lines, written

Spelling = Callable[[Shapes, Shape, str], str]
"""From a shape and the name that its type shall have to declarations of it."""

PRELUDE = """
export type Wrapped<T> = { [Key in keyof T]: T[Key] };
export type Nullable<T> = T | null;
export type Id = string & { readonly __brand: "Id" };
"""


def _aliased(_: Shapes, shape: Shape, name: str) -> str:
    body = "".join(f"  /** {one.name} */ readonly {one}, // said\n" for one in reversed(lines(shape)))
    return f"export type {name} = {{\n{body}}};\n"


def _quoted(_: Shapes, shape: Shape, name: str) -> str:
    return written(name, (replace(one, name=f'"{one.name}"') if one.name[0] != '"' else one for one in lines(shape)))


def _extended(_: Shapes, shape: Shape, name: str) -> str:
    body = lines(shape)
    half = len(body) // 2
    return written(f"{name}Base", body[:half]) + written(name, body[half:]).replace(name, f"{name} extends {name}Base")


def _intersected(_: Shapes, shape: Shape, name: str) -> str:
    body = lines(shape)
    half = len(body) // 2
    return f"export type {name} = {_inline(body[:half])} & {_inline(body[half:])};\n"


def _applied(_: Shapes, shape: Shape, name: str) -> str:
    return f"export type {name} = Wrapped<{_inline(lines(shape))}>;\n"


def _omitted(_: Shapes, shape: Shape, name: str) -> str:
    more = Line("left_out", "Date")
    return f'export type {name} = Omit<{_inline((*lines(shape), more))}, "left_out">;\n'


def _partly(_: Shapes, shape: Shape, name: str) -> str:
    may = [one for one in lines(shape) if one.optional]
    must = [one for one in lines(shape) if not one.optional]
    whole = _inline([replace(one, optional=False) for one in may])
    return f"export type {name} = Partial<{whole}> & Required<{_inline(must)}>;\n"


def _written_out(shapes: Shapes, shape: Shape, name: str) -> str:
    body = (replace(line(prop), type=_whole(shapes, prop.type, frozenset())) for prop in shape.properties)
    return written(name, body)


def _undefined(_: Shapes, shape: Shape, name: str) -> str:
    return written(
        name, (replace(one, type=f"{one.type} | undefined") if one.optional else one for one in lines(shape))
    )


def _nullable(_: Shapes, shape: Shape, name: str) -> str:
    body = (replace(one, type=f"Nullable<{one.type}>", nullable=False) if one.nullable else one for one in lines(shape))
    return written(name, body)


def _branded(_: Shapes, shape: Shape, name: str) -> str:
    return written(name, (replace(one, type="Id") if one.type == "string" else one for one in lines(shape)))


def _classed(_: Shapes, shape: Shape, name: str) -> str:
    body = "".join(f"  declare {one};\n" for one in lines(shape))
    more = (
        "  private secret = 1;\n  #hidden = 2;\n  shown(): string {\n    return `${this.secret}${this.#hidden}`;\n  }\n"
    )
    return f"export class {name} {{\n{body}{more}  onChange?: () => void;\n}}\n"


def _enumerated(_: Shapes, shape: Shape, name: str) -> str:
    enums: dict[str, str] = {}
    body = []
    for prop in shape.properties:
        one = line(prop)
        if isinstance(prop.type, EnumType):
            own = f"{name}{prop.type.enum.name}"
            values = "".join(f'  V{number} = "{text}",\n' for number, text in enumerate(prop.type.enum.texts))
            enums[own] = f"export enum {own} {{\n{values}}}\n"
            one = replace(one, type=own)
        body.append(one)
    return "".join(enums.values()) + written(name, body)


SPELLINGS: Mapping[str, Spelling] = {
    "as an alias, read-only, in another order": _aliased,
    "with quoted names": _quoted,
    "with a base": _extended,
    "as an intersection": _intersected,
    "as a generic type applied": _applied,
    "as what is left of another": _omitted,
    "as a part and a whole": _partly,
    "with everything written out": _written_out,
    "with undefined said": _undefined,
    "with null by an alias": _nullable,
    "with brands": _branded,
    "as a class": _classed,
    "with enums": _enumerated,
}

_SHARE = 5
"""One in so many is spelled, unless all are."""


@dataclass(frozen=True)
class Equivalent:
    """A shape and the way in which it is spelled."""

    kind: str
    shape: Shape

    def text(self, shapes: Shapes, name: str) -> str:
        """The type under a name of its own."""
        return SPELLINGS[self.kind](shapes, self.shape, name)


def chosen(shapes: Shapes, every: bool) -> list[Equivalent]:
    """Every shape in every spelling; or else in some of them, all of them used."""
    share = 1 if every else _SHARE
    return [
        Equivalent(kind, shape)
        for at, shape in enumerate(shapes.by_name.values())
        for number, kind in enumerate(SPELLINGS)
        if (at + number) % share == 0
    ]


def _inline(body: tuple[Line, ...] | list[Line]) -> str:
    return f"{{ {'; '.join(map(str, body))} }}"


def _whole(shapes: Shapes, of: Type, around: frozenset[str]) -> str:
    match of:
        case EnumType(enum=enum):
            listed = [f'"{text}"' for text in reversed(enum.texts)]
            return f"({' | '.join(listed)})"
        case Array(item=item, nullable_items=nullable):
            return f"ReadonlyArray<{_whole(shapes, item, around)}{' | null' if nullable else ''}>"
        case Map(value=value, nullable_values=nullable):
            return f"Readonly<Record<string, {_whole(shapes, value, around)}{' | null' if nullable else ''}>>"
        case ObjectType(name=name) if name not in around and shapes.by_name[name].properties:
            body = _properties(shapes, shapes.by_name[name], around | {name})
            return f"{{ {'; '.join(body)} }}"
        case _:
            return type_text(of)


def _properties(shapes: Shapes, shape: Shape, around: frozenset[str]) -> Iterator[str]:
    for prop in shape.properties:
        yield str(replace(line(prop), type=_whole(shapes, prop.type, around)))
