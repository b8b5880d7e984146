"""Types as the API spells them: what a service is given, and how a parameter is read."""

from __future__ import annotations

from isotype.binding.model import Bindings, EntityBinding
from isotype.dialects.python import Bracket, Code, bracket, call, flat, subscript
from isotype.dialects.python_types import Names, annotation, python_scalar
from isotype.domain.types import INTEGERS, Array, EnumType, Map, ObjectType, Scalar, Type
from isotype.shapes.model import ApiBody, ApiParameter, Shapes


class ApiNames(Names):
    """The names of a module of the API; `schemas` and `models` are the packages it imports from.

    What is imported from elsewhere makes way for the classes of the domain.
    """

    def __init__(self, shapes: Shapes, classes: frozenset[str], schemas: str, models: str, asynchronous: bool) -> None:
        super().__init__(classes, ())
        self.shapes = shapes
        self.schemas = schemas
        self.models = models
        self.asynchronous = asynchronous

    def wire(self, name: str) -> str:
        return self.use(f"{self.schemas}._wire", name)

    def schema(self, name: str) -> str:
        """The class of a shape."""
        return self._own(f"{self.schemas}.{self.shapes.shape(name).module}", name)

    def enum(self, name: str) -> str:
        """The class of an enum."""
        return self._own(f"{self.schemas}.enums", name)

    def model(self, entity: EntityBinding) -> str:
        """The mapped class of an entity."""
        return self._own(f"{self.models}.{entity.module}", entity.class_name)

    def named(self, of: Type) -> None:
        """Import the enums and shapes that an annotation names."""
        match of:
            case EnumType(enum=enum):
                self.enum(enum.name)
            case ObjectType(name=name):
                self.schema(name)
            case Array(item=inner) | Map(value=inner):
                self.named(inner)

    def _own(self, module: str, name: str) -> str:
        self.imports.setdefault(module, set()).add(name)
        return name


def domain_classes(bindings: Bindings) -> frozenset[str]:
    """The names of everything that a domain makes classes of."""
    return frozenset(
        (
            *bindings.shapes.by_name,
            *(enum.name for enum in bindings.shapes.enums),
            *(entity.class_name for entity in bindings.entities),
            *(view.class_name for view in bindings.views),
        )
    )


def plain_type(of: Type, nullable: bool, names: ApiNames) -> str:
    """A value as a service is given it, or gives it back."""
    text = flat(_plain(of, names))
    return f"{text} | None" if nullable else text


def _plain(of: Type, names: ApiNames) -> Code:
    match of:
        case Scalar(base="json"):
            return names.use("pydantic", "JsonValue")
        case Scalar(base=base):
            return python_scalar(base, names)
        case EnumType(enum=enum):
            return names.enum(enum.name)
        case ObjectType(name=name):
            return names.schema(name)
        case Array(item=item, nullable_items=empty):
            return subscript("list", plain_type(item, empty, names))
        case Map(value=value, nullable_values=empty):
            return subscript("dict", "str", plain_type(value, empty, names))
    return "str"


def result(body: ApiBody, names: ApiNames) -> str:
    """What a service answers with."""
    if body.type is not None:
        return plain_type(body.type, body.nullable, names)
    return "None" if body.media == "application/json" else "bytes"


def wired(of: Type, nullable: bool, names: ApiNames) -> Code:
    """A value as its schema judges it."""
    names.named(of)
    return annotation(of, nullable, names)


def parameter_type(parameter: ApiParameter, names: ApiNames) -> Code:
    """How a parameter is read: texts as they are, numbers and booleans as JSON writes them."""
    names.named(parameter.type)
    optional = not parameter.required and not parameter.has_default
    return _from_text(parameter.type, optional, names)


def _from_text(of: Type, optional: bool, names: ApiNames) -> Code:
    if isinstance(of, Array):
        # The items are read from text, one each; what is asked of the list stands around them.
        whole = annotation(of, False, names)
        items = subscript("list", _from_text(of.item, False, names))
        made: Code = items
        if isinstance(whole, Bracket) and whole.opening == _opening(names):
            made = with_metadata(items, names, *whole.parts[1:])
        return f"{flat(made)} | None" if optional else made
    code = annotation(of, optional, names)
    if not _is_json_word(of):
        return code
    return with_metadata(code, names, call(names.use("..dependencies", "FromText")))


def _is_json_word(of: Type) -> bool:
    """Whether JSON writes a value without quotes."""
    if not isinstance(of, Scalar):
        return False
    text = of.base in ("bigint", "decimal") and not of.number
    return of.base in ("bool", "float", "decimal", *INTEGERS) and not text


def with_metadata(code: Code, names: Names, *metadata: Code) -> Bracket:
    """The type with more said of it."""
    opening = _opening(names)
    if isinstance(code, Bracket) and code.opening == opening:
        return bracket(opening, (*code.parts, *metadata), "]")
    return bracket(opening, (code, *metadata), "]")


def _opening(names: Names) -> str:
    return f"{names.use('typing', 'Annotated')}["
