"""What of the schema a type of the wire and each of its properties is, and where that stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from isotype.domain.lazy import NamedTuple
from isotype.domain.names import snake
from isotype.domain.places import Place
from isotype.domain.types import Array, EnumType, Map, ObjectType, Type, innermost
from isotype.shapes.model import Shape, Shapes

Path = Sequence[str | int]
"""Names of properties; 0 goes into the items of an array, 1 into the values of a map."""


class Declared(NamedTuple):
    """What the schema calls a thing, the same in every layer; where it says so; and why an input refuses it, or ''."""

    name: str
    place: Place
    refused: str = ""


class Declarations:
    """The generated types of a domain by their names, each with what of the schema it is."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._types = dict(_types(shapes))

    @property
    def names(self) -> Collection[str]:
        """Every type of the layer `types` that a frontend may have written by hand."""
        return self._types.keys()

    def parts(self, name: str) -> int:
        """How many objects a type is: itself, and its properties."""
        origin = self._types[name]
        return 1 + len(origin.properties) if isinstance(origin, Shape) else 1

    def within(self, names: Iterable[str]) -> Iterator[str]:
        """All of the schema that stands in the types of these names, whatever they hold included."""
        waiting = list(names)
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            origin = self._types.get(name)
            if name in seen or origin is None:
                continue
            seen.add(name)
            if not isinstance(origin, Shape):
                yield name
                continue
            yield _owner(origin)
            for prop in (*origin.properties, *origin.client):
                if prop.field:
                    yield f"{_owner(origin)}.{prop.field}"
                part = innermost(prop.type)
                if isinstance(part, ObjectType | EnumType):
                    waiting.append(part.name if isinstance(part, ObjectType) else part.enum.name)

    def of(self, name: str, path: Path) -> Declared:
        """What the schema says at a path of the generated type of that name."""
        origin = self._types[name]
        if not isinstance(origin, Shape):
            return Declared(name, origin)
        found = Declared(_owner(origin), origin.place)
        of: Type | None = ObjectType(origin.name)
        for step in path:
            if isinstance(step, int):
                of = of.item if isinstance(of, Array) else of.value if isinstance(of, Map) else None
                continue
            if not isinstance(of, ObjectType) or of.name not in self._shapes.by_name:
                return found
            shape = self._shapes.by_name[of.name]
            prop = next((it for it in (*shape.properties, *shape.client) if it.name == step), None)
            if prop is None:
                refused = dict(shape.refused).get(step, "")
                return Declared(f"{_owner(shape)}.{snake(step)}", found.place, refused)
            name = f"{_owner(shape)}.{prop.field}" if prop.field else found.name
            found = Declared(name, shape.place_of(prop))
            of = prop.type
        return found


def _types(shapes: Shapes) -> Iterator[tuple[str, Shape | Place]]:
    """The names, each with its shape, or where its enum is; what has a shape's name is that shape."""
    for enum in shapes.enums:
        yield enum.name, enum.place
    for module in shapes.modules:
        for shape in module.shapes:
            if module.entity and shape.variant == "response":
                yield module.stem, shape
            elif shape.client:
                yield f"{shape.name}WithClient", shape
    yield from shapes.by_name.items()


def _owner(shape: Shape) -> str:
    """An entity whatever its variant; what is no entity by the name of its own shape."""
    return shape.name if shape.variant == "list" else shape.owner or shape.name
