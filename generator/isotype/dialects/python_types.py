"""How Pydantic schemas spell types and defaults: in the words of the emitted support module `_wire.py`."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import lru_cache

from isotype.dialects import patterns
from isotype.dialects.literals.python import python_raw_string, python_string
from isotype.dialects.literals.widths import width
from isotype.dialects.python import Code, call, constant, exact, flat, mapping, sequence, subscript
from isotype.domain.formats import FORMATS
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, SAFE_INTEGER, TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type

_PLAIN = {
    "bool": "Boolean",
    "timestamp": "Timestamp",
    "local_timestamp": "LocalTimestamp",
    "date": "CalendarDate",
    "time": "TimeOfDay",
    "duration": "Duration",
    "uuid": "Uuid",
    "bytes": "Base64",
    "inet": "IpAddress",
    "json": "Json",
}
_PYTHON = {
    "decimal": ("decimal", "Decimal"),
    "timestamp": ("datetime", "datetime"),
    "local_timestamp": ("datetime", "datetime"),
    "date": ("datetime", "date"),
    "time": ("datetime", "time"),
    "duration": ("datetime", "timedelta"),
    "uuid": ("uuid", "UUID"),
}
_BUILTINS = {"float": "float", "bool": "bool", "bytes": "bytes", **dict.fromkeys(INTEGERS, "int")}
"""The plain Python types of scalars; all others are text."""
_INTEGER_NAMES = {"smallint": "SmallInteger", "int": "Integer", "bigint": "BigInteger"}
_SAFE = [f"ge={-SAFE_INTEGER}", f"le={SAFE_INTEGER}"]
_FORMAT_WORDS = {"email": "email", "url": "uri"}
_UNION_WIDTH = 60
"""A longer type is made nullable by `Nullable[…]`, since a union is broken in ways hard to read."""


class Uses(NamedTuple):
    """The names that a piece of code uses, none of them in the way of another."""

    imports: tuple[tuple[str, frozenset[str]], ...]
    imported: frozenset[str]
    builtins: frozenset[str]


class Names:
    """The names a module uses, by where they come from; a name that the schema also uses gets an underscore."""

    def __init__(self, classes: Collection[str], attributes: Collection[str]) -> None:
        self._classes = classes
        self._attributes = attributes
        self.imports: dict[str, set[str]] = {}
        self.builtins: set[str] = set()
        self._bare: set[str] = set()
        self.taken: dict[int, Uses] = {}
        self.annotations: dict[tuple[int, bool], tuple[Type, Code]] = {}

    def use(self, module: str, name: str) -> str:
        """The name as the module spells it, imported from there."""
        if name in self._classes:
            self.imports.setdefault(module, set()).add(f"{name} as _{name}")
            return f"_{name}"
        if module in self.imports:
            self.imports[module].add(name)
        else:
            self.imports[module] = {name}
        return name

    def wire(self, name: str) -> str:
        """A name of the support module `_wire.py`."""
        return self.use("._wire", name)

    def builtin(self, name: str) -> str:
        """A built-in type, which an attribute of the same name would hide in its class."""
        self._bare.add(name)
        if name not in self._attributes:
            return name
        self.builtins.add(name)
        return f"_{name}"

    def uses(self) -> Uses:
        """All names used so far."""
        return _uses(
            tuple([(module, frozenset(names)) for module, names in self.imports.items()]), frozenset(self._bare)
        )

    def take(self, uses: Uses) -> bool:
        """Import the names; False where one of them means something else in this module."""
        if id(uses) in self.taken:
            return True
        if not (uses.imported.isdisjoint(self._classes) and uses.builtins.isdisjoint(self._attributes)):
            return False
        imports = self.imports
        for module, names in uses.imports:
            if module in imports:
                imports[module] |= names
            else:
                imports[module] = set(names)
        self._bare |= uses.builtins
        self.taken[id(uses)] = uses
        return True


# Most pieces of code use the same few names, and a module takes them once.
@lru_cache(maxsize=4096)
def _uses(imports: tuple[tuple[str, frozenset[str]], ...], builtins: frozenset[str]) -> Uses:
    return Uses(imports, frozenset(name for _, names in imports for name in names), builtins)


def python_scalar(base: str, names: Names) -> str:
    """The plain Python type of a scalar that is no JSON."""
    if base == "inet":
        return f"{names.use('ipaddress', 'IPv4Address')} | {names.use('ipaddress', 'IPv6Address')}"
    if base in _PYTHON:
        return names.use(*_PYTHON[base])
    return names.builtin(_BUILTINS.get(base, "str"))


def annotation(of: Type, nullable: bool, names: Names) -> Code:
    """The type as a field of a schema has it."""
    # The variants of an entity share the types of its fields.
    known = names.annotations.get((id(of), nullable))
    if known is None:
        known = names.annotations[id(of), nullable] = (of, _annotation(of, nullable, names))
    return known[1]


def _annotation(of: Type, nullable: bool, names: Names) -> Code:
    match of:
        case Scalar():
            return _scalar(of, nullable, names)
        case EnumType(enum=enum):
            return _or_none(enum.name, nullable, names)
        case ObjectType(name=name):
            return _or_none(name, nullable, names)
        case Array():
            items = subscript(names.builtin("list"), annotation(of.item, of.nullable_items, names))
            settings = _settings(
                min_length=of.min_items or None,
                max_length=of.max_items,
                unique=True if of.unique_items else None,
                ascending=True if of.sorted else None,
            )
            return _counted(items, settings, nullable, names)
        case Map():
            values = annotation(of.value, of.nullable_values, names)
            entries = subscript(names.builtin("dict"), names.wire("PlainText"), values)
            bounds = call(names.wire("Entries"), *_settings(max_length=of.max_items))
            return subscript(names.use("typing", "Annotated"), _or_none(entries, nullable, names), bounds)
        case _:
            return _or_none(names.wire("PlainText"), nullable, names)


def _counted(of: Code, settings: list[Code], nullable: bool, names: Names) -> Code:
    inner = _or_none(of, nullable, names)
    if not settings:
        return inner
    return subscript(names.use("typing", "Annotated"), inner, call(names.wire("Items"), *settings))


def _or_none(of: Code, nullable: bool, names: Names) -> Code:
    if not nullable:
        return of
    if isinstance(of, str):
        return f"{of} | None"
    if width(flat(of)) <= _UNION_WIDTH:
        return f"{flat(of)} | None"
    return subscript(names.wire("Nullable"), of)


def _scalar(of: Scalar, nullable: bool, names: Names) -> Code:
    if of.base in _PLAIN:
        return _or_none(names.wire(_PLAIN[of.base]), nullable, names)
    if of.base in TEXTUAL:
        return _text(of, nullable, names)
    if of.base in INTEGERS:
        return _integer(of, nullable, names)
    if of.base == "float":
        bounds = _bounds(of, lambda bound: repr(float(bound)))
        if not bounds:
            return _or_none(names.wire("FiniteFloat"), nullable, names)
        return _form(names.builtin("float"), nullable, "FloatForm", bounds, names)
    decimal = names.use("decimal", "Decimal")
    bounds = _bounds(of, lambda bound: exact(bound, decimal))
    form = "DecimalNumberForm" if of.number else "DecimalForm"
    return _form(decimal, nullable, form, [str(of.precision), str(of.scale), *bounds], names)


def _form(of: str, nullable: bool, form: str, settings: list[Code], names: Names) -> Code:
    inner = f"{of} | None" if nullable else of
    return subscript(names.use("typing", "Annotated"), inner, call(names.wire(form), *settings))


def _text(of: Scalar, nullable: bool, names: Names) -> Code:
    found = [*([FORMATS[of.base]] if of.base in FORMATS else []), *of.patterns]
    settings: list[Code] = [python_raw_string(patterns.pydantic(pattern)) for pattern in found]
    settings += _settings(min_length=of.min_length or None, max_length=of.longest)
    if of.base in FORMATS:
        settings.append(f'format="{_FORMAT_WORDS[of.base]}"')
    if not settings:
        return _or_none(names.wire("PlainText"), nullable, names)
    form = "WholeTextForm" if any(map(patterns.excludes_nul, found)) else "TextForm"
    return _form(names.builtin("str"), nullable, form, settings, names)


def _integer(of: Scalar, nullable: bool, names: Names) -> Code:
    bounds = _bounds(of, str)
    as_text = of.base == "bigint" and not of.number
    if of.base == "bigint" and of.number and bounds in ([], _SAFE):
        return _or_none(names.wire("SafeInteger"), nullable, names)
    if not bounds:
        return _or_none(names.wire(_INTEGER_NAMES[of.base]), nullable, names)
    if as_text:
        return _form(names.builtin("int"), nullable, "BigIntegerForm", bounds, names)
    low, high = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" else INTEGERS[of.base]
    given = {str(bound).partition("=")[0] for bound in bounds}
    below: list[Code] = [] if given & {"ge", "gt"} else [f"ge={low}"]
    above: list[Code] = [] if given & {"le", "lt"} else [f"le={high}"]
    return _form(names.builtin("int"), nullable, "IntegerForm", [*below, *bounds, *above], names)


def _bounds(of: Scalar, spell: Callable[[int | Decimal], str]) -> list[Code]:
    given = {"ge": of.minimum, "gt": of.above, "le": of.maximum, "lt": of.below}
    return [f"{name}={spell(bound)}" for name, bound in given.items() if bound is not None]


def _settings(**given: object) -> list[Code]:
    return [f"{name}={value}" for name, value in given.items() if value is not None]


_DURATION = regular(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?")
_DURATION_WORDS = ("days", "hours", "minutes", "seconds", "microseconds")
_READERS = {
    "timestamp": ("datetime", "datetime.fromisoformat"),
    "local_timestamp": ("datetime", "datetime.fromisoformat"),
    "date": ("datetime", "date.fromisoformat"),
    "time": ("datetime", "time.fromisoformat"),
    "uuid": ("uuid", "UUID"),
    "inet": ("ipaddress", "ip_address"),
}
"""Module and callable that make a value of its canonical text."""


def default(value: JsonValue, of: Type, names: Names) -> Code:
    """A constant of the schema, in wire form, as the Python value a schema holds."""
    if value is None:
        return "None"
    match of:
        case EnumType(enum=enum):
            member = next(item.member for item in enum.values if item.value == value)
            return f"{enum.name}.{member}"
        case Array(item=item) if isinstance(value, tuple | list):
            return sequence(default(part, item, names) for part in value)
        case Map(value=inner) if isinstance(value, Mapping):
            return mapping((key, default(part, inner, names)) for key, part in value.items())
        case ObjectType(name=name):
            return call(f"{name}.model_validate", constant(value))
        case Scalar():
            return _scalar_default(value, of, names)
    return constant(value)


def _scalar_default(value: JsonValue, of: Scalar, names: Names) -> Code:
    if of.base in INTEGERS:
        return str(int(str(value)))
    if of.base == "float":
        return repr(float(str(value)))
    if of.base == "decimal":
        return f'{names.use("decimal", "Decimal")}("{Decimal(str(value)):f}")'
    if of.base == "json" and isinstance(value, Mapping | tuple | list):
        # A literal would have the invariant type of its parts.
        return call(names.use("json", "loads"), python_string(_json_text(value)))
    if of.base == "bytes":
        return _bytes(b64decode(str(value)))
    if of.base == "duration":
        return _duration(str(value), names)
    if of.base in _READERS:
        module, reader = _READERS[of.base]
        head, _, method = reader.partition(".")
        return call(".".join(filter(None, (names.use(module, head), method))), python_string(str(value)))
    return constant(value)


def _duration(text: str, names: Names) -> Code:
    found = _DURATION.fullmatch(text)
    days, hours, minutes, seconds, fraction = found.groups() if found else (None,) * 5
    amounts = (days, hours, minutes, seconds, (fraction or "").ljust(6, "0"))
    named = zip(_DURATION_WORDS, (int(amount or 0) for amount in amounts), strict=True)
    parts = [f"{word}={amount}" for word, amount in named if amount]
    return call(names.use("datetime", "timedelta"), *parts)


def _json_text(value: JsonValue) -> str:
    import json

    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else dict(value) if isinstance(value, Mapping) else list(value)  # type: ignore[call-overload]


def _bytes(value: bytes) -> str:
    spelled = "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02x}" for byte in value)
    return f'b"{spelled}"'
