"""Every property of every interface changed, one thing at a time, and what has to be said about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from isotype.dialects.typescript import type_text
from isotype.domain.types import Array, EnumType, Map, ObjectType, Scalar, Type
from isotype.shapes.model import Property, Shape, Shapes
from tests.drift.frontend.writing import Line, line, lines

Said = tuple[str, str, str]
"""What is said of a change: the way (`missing`, `extra`, `different`), the path within the type, and the attribute."""


@dataclass(frozen=True)
class Mutation:
    """One change: what kind it is, of which type, the changed properties, and everything that is to be said."""

    kind: str
    type: str
    body: tuple[Line, ...]
    said: frozenset[Said]
    word: str = ""


def chosen(shapes: Shapes, every: bool) -> list[Mutation]:
    """Every change; or else one of each kind for each kind of property."""
    found: dict[object, Mutation] = {}
    for shape in shapes.by_name.values():
        for index, (sample, mutation) in enumerate(mutations(shapes, shape)):
            key = (shape.name, index) if every else (mutation.kind, sample)
            found.setdefault(key, mutation)
    return list(found.values())


def mutations(shapes: Shapes, shape: Shape) -> Iterator[tuple[object, Mutation]]:
    """Every change of a shape, each with the kind of property that is changed."""
    body = lines(shape)
    more = Line("somethingElse", "string")
    yield (shape.variant, Mutation("extra property", shape.name, (*body, more), _said(("extra", more.name, ""))))
    index = Line("[key: string]", "unknown")
    yield (shape.variant, Mutation("any property", shape.name, (*body, index), _said(("extra", "{}", ""))))
    for at, prop in enumerate(shape.properties):
        for kind, changed, said, word in _changes(shapes, prop):
            after = (*body[:at], *changed, *body[at + 1 :])
            sample = (_category(prop.type), prop.required, prop.nullable)
            yield sample, Mutation(kind, shape.name, after, said, word)


def _said(*said: Said) -> frozenset[Said]:
    return frozenset(said)


def _category(of: Type) -> str:
    match of:
        case Scalar(base=base, number=number):
            return "number" if number else base
        case Array(item=item):
            return f"{_category(item)}[]"
        case Map(value=value):
            return f"{{{_category(value)}}}"
        case _:
            return type(of).__name__


def _changes(shapes: Shapes, prop: Property) -> Iterator[tuple[str, tuple[Line, ...], frozenset[Said], str]]:
    was, name = line(prop), prop.name

    def typed(kind: str, text: str, word: str, path: str = "", attribute: str = "type") -> object:
        return kind, (replace(was, type=text),), _said(("different", name + path, attribute)), word

    yield "missing", (), _said(("missing", name, "")), "is missing"
    renamed = replace(was, name=f"{name}Too")
    yield "renamed", (renamed,), _said(("missing", name, ""), ("extra", renamed.name, "")), renamed.name
    optional = replace(was, optional=not was.optional)
    word = "may be left out, and" if optional.optional else "is always there, and"
    yield "optional", (optional,), _said(("different", name, "optional")), word
    nullable = replace(was, nullable=not was.nullable)
    word = "may be null, and" if nullable.nullable else "is never null, and"
    yield "nullable", (nullable,), _said(("different", name, "nullable")), word
    yield from _typed(shapes, prop, typed)  # type: ignore[misc]


def _typed(shapes: Shapes, prop: Property, typed: object) -> Iterator[object]:
    assert callable(typed)
    was = line(prop).type
    yield typed("retyped", _other(prop.type), "of another type")
    yield typed("wider", f"({was}) | symbol", "wider")
    yield typed("any", "any", "wider")
    match prop.type:
        case EnumType(enum=enum):
            texts = [f'"{text}"' for text in enum.texts]
            if len(texts) > 1:
                yield typed("values fewer", " | ".join(texts[:-1]), f"lacks {texts[-1]}", attribute="values")
            yield typed("values more", f'{was} | "another"', 'has "another"', attribute="values")
            yield typed("values open", "string", "wider")
        case Array(item=item, nullable_items=nullable):
            null = " | null" if nullable else ""
            yield typed("items retyped", f"({_other(item)}{null})[]", "of another type", "[]")
            other = type_text(item) if nullable else f"{type_text(item)} | null"
            yield typed("items nullable", f"({other})[]", "null", "[]", "nullable")
        case Map(nullable_values=nullable):
            null = " | null" if nullable else ""
            yield typed("values retyped", f"Record<string, bigint{null}>", "of another type", "{}")
            yield typed("values any", "Record<string, any>", "wider", "{}")
        case Scalar() if (narrow := _narrow(was)) and narrow != was:
            yield typed("narrower", narrow, "narrower")
        case ObjectType(name=name):
            body = lines(shapes.by_name[name])
            for at, one in enumerate(body):
                rest = "; ".join(str(it) for it in (*body[:at], *body[at + 1 :]))
                kind, changed, _, _ = typed("nested property missing", f"{{ {rest} }}", "")
                if len(body) > 1:
                    path = f"{prop.name}.{one.name.strip(chr(34))}"
                    yield kind, changed, _said(("missing", path, "")), "is missing"


def _other(of: Type) -> str:
    match of:
        case Scalar(base="json"):
            return "bigint"
        case Scalar(base=base, number=number):
            return "string" if number or base in ("int", "smallint", "float", "bool") else "number"
        case _:
            return "bigint"


def _narrow(text: str) -> str:
    return {"string": '"only"', "number": "7", "boolean": "true", "Json": "string"}.get(text, "")
