"""Types as models spell them: the Python type, and the column type of the support module `_columns.py`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from isotype.dialects import patterns
from isotype.dialects.literals.python import python_raw_string, python_string
from isotype.dialects.python import Code, call, exact, flat, subscript
from isotype.dialects.python_types import Names, python_scalar
from isotype.domain.formats import FORMATS
from isotype.domain.types import INTEGERS, PLAIN, Array, Enum, EnumType, Map, ObjectType, Opaque, Scalar, Type

_COLUMNS = {
    "float": "Float",
    "bool": "Boolean",
    "timestamp": "Timestamp",
    "local_timestamp": "LocalTimestamp",
    "date": "CalendarDate",
    "time": "TimeOfDay",
    "duration": "Duration",
    "uuid": "Uuid",
    "bytes": "Binary",
    "inet": "IpAddress",
    "json": "Json",
}
_BITS = {"smallint": 16, "int": 32, "bigint": 64}


class TypeNames(Names):
    """The names of a module of models; `enums` is the module the enums are imported from."""

    def __init__(self, classes: set[str], attributes: set[str], enums: str, schema: str) -> None:
        super().__init__(classes | attributes, attributes)
        self._enums = enums
        self.schema = schema

    def column(self, name: str) -> str:
        """A name of the support module `_columns.py`."""
        return self.use("._columns", name)

    def enum(self, enum: Enum) -> str:
        """The class of an enum."""
        return self.use(self._enums, enum.name)


def python_type(of: Type, nullable: bool, names: TypeNames) -> str:
    """What an attribute holds."""
    text = flat(_python(of, names))
    return f"{text} | None" if nullable and text != "Any" else text


def _python(of: Type, names: TypeNames) -> Code:
    match of:
        case Scalar(base="json"):
            return names.use("typing", "Any")
        case Scalar(base=base):
            return python_scalar(base, names)
        case EnumType(enum=enum):
            return names.enum(enum)
        case Array(item=item, nullable_items=nullable):
            return subscript(names.builtin("list"), python_type(item, nullable, names))
        case Map() | ObjectType():
            return subscript(names.builtin("dict"), names.builtin("str"), names.use("typing", "Any"))
    return names.builtin("str")


def column_type(of: Type, names: TypeNames, key: bool = False) -> Code:
    """What a column is made with; `key` is true for a whole primary key that nothing counts."""
    marks = ["key=True"] if key else []
    match of:
        case Scalar(base="decimal", precision=precision, scale=scale):
            bounds = _bounds(of, names)
            return call(names.column("ExactDecimal"), str(precision), str(scale), *marks, *bounds)
        case Scalar(base=base) if base in INTEGERS:
            return call(names.column("Integer"), str(_BITS[base]), *marks, *_bounds(of, names))
        case Scalar(base="float"):
            return call(names.column("Float"), *_bounds(of, names))
        case Scalar(base="bool"):
            return call(names.column("Boolean"), *marks)
        case Scalar(base=base) if base in _COLUMNS:
            return call(names.column(_COLUMNS[base]))
        case Scalar():
            return call(names.column("Text"), *_text(of))
        case EnumType(enum=enum):
            return call(names.column("Choice"), names.enum(enum), *_storage(enum, names))
        case Array(item=item):
            return call(names.column("Array"), column_type(item, names), *_items(of))
        case Opaque(sql=sql):
            return call(names.column("Opaque"), python_string(sql))
        case Map():
            given = {
                "max_items": of.max_items,
                "nullable_values": of.nullable_values or None,
                "typed": of.value != Scalar("json") or None,
            }
            return call(names.column("Entries"), *_settings(given))
    return call(names.column("Document"))


def _text(of: Scalar) -> list[Code]:
    found = [*([FORMATS[of.base]] if of.base in FORMATS else []), *of.patterns]
    settings: list[Code] = [str(of.length)] if of.length is not None or found else []
    settings += [python_raw_string(patterns.python(pattern)) for pattern in found]
    if of.min_length:
        settings.append(f"min_length={of.min_length}")
    if of.longest is not None and of.longest != of.length:
        settings.append(f"max_length={of.longest}")
    return settings


def _bounds(of: Scalar, names: TypeNames) -> list[Code]:
    given = {"ge": of.minimum, "gt": of.above, "le": of.maximum, "lt": of.below}
    return [f"{word}={_number(bound, of, names)}" for word, bound in given.items() if bound is not None]


def _number(bound: int | Decimal, of: Scalar, names: TypeNames) -> str:
    if of.base == "float":
        return repr(float(bound))
    return exact(bound, names.use("decimal", "Decimal")) if of.base == "decimal" else str(bound)


def _items(of: Array) -> list[Code]:
    given = {
        "nullable_items": of.nullable_items or None,
        "min_items": of.min_items or None,
        "max_items": of.max_items,
        "unique": of.unique_items or None,
        "ascending": of.sorted or None,
    }
    return _settings(given)


def _settings(given: Mapping[str, object]) -> list[Code]:
    return [f"{word}={value}" for word, value in given.items() if value is not None]


def _storage(enum: Enum, names: TypeNames) -> list[Code]:
    if not enum.native:
        return [f"length={enum.length}"] if enum.length is not None else []
    schema: list[Code] = [f"schema={python_string(names.schema)}"] if names.schema else []
    return [f"type_name={python_string(enum.database_name)}", *schema]


def holds_parts(of: Type) -> bool:
    """Whether a column holds JSON whose parts have types of their own."""
    if isinstance(of, PLAIN):
        return False
    match of:
        case Array(item=item):
            return holds_parts(item)
        case Map(value=Scalar(base="json")):
            return False
    return isinstance(of, Map | ObjectType)
