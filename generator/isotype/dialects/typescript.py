"""How TypeScript spells types, constants, imports and the constraints that its types cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from isotype.dialects.literals.typescript import typescript_doc, typescript_property, typescript_string
from isotype.dialects.literals.widths import width
from isotype.dialects.typescript_layout import INDENT, WIDTH, Code, Entries, Items, flat
from isotype.domain.lazy import regular
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type

_SCALARS = {"int": "number", "smallint": "number", "float": "number", "bool": "boolean", "json": "Json"}

_FORMS = {
    "email": "E-mail address",
    "url": "Absolute http or https URL",
    "bigint": "Integer as text",
    "timestamp": "Instant as RFC 3339",
    "local_timestamp": "Date and time without offset",
    "date": "Date as YYYY-MM-DD",
    "time": "Time as HH:MM:SS",
    "duration": "ISO 8601 duration in days and shorter units",
    "uuid": "UUID",
    "bytes": "Bytes as Base64",
    "inet": "IP address",
}
"""What a `string` holds, for those who read the type."""


_PIECES = regular(r"[0-9]+|.", re.ASCII)

NameOrder = tuple[tuple[int, int, str], ...]


def type_text(of: Type, nullable: bool = False) -> str:
    """The type as an interface spells it; `Json` is imported from the layer's support module."""
    text = _type_text(of)
    return f"{text} | null" if nullable else text


def _type_text(of: Type) -> str:
    match of:
        case Scalar(base=base, number=number):
            return "number" if number else _SCALARS.get(base, "string")
        case EnumType(enum=enum):
            return enum.name
        case ObjectType(name=name):
            return name
        case Array(item=item, nullable_items=nullable):
            inner = type_text(item, nullable)
            return f"({inner})[]" if nullable else f"{inner}[]"
        case Map(value=value, nullable_values=nullable):
            return f"{{ [key: string]: {type_text(value, nullable)} }}"
        case _:
            return "string"


def uses_json(of: Type) -> bool:
    """Whether the type's text speaks of `Json`."""
    match of:
        case Scalar(base=base):
            return base == "json"
        case Array(item=inner) | Map(value=inner):
            return uses_json(inner)
        case _:
            return False


def constant(value: JsonValue) -> Code:
    """A constant of the schema as an expression."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return typescript_string(value)
    if isinstance(value, int | Decimal):
        return number_text(value)
    if isinstance(value, Mapping):
        return Entries(tuple((typescript_property(key), constant(item)) for key, item in value.items()))
    return Items(tuple(map(constant, value)))


def default_words(value: JsonValue) -> str:
    """A sentence on what an absent value means."""
    return f"Left out, it is {flat(constant(value))}."


def parts(of: Type) -> Iterator[Type]:
    """A type, and the types of its items or values down to the last."""
    yield of
    if isinstance(of, Array):
        yield from parts(of.item)
    elif isinstance(of, Map):
        yield from parts(of.value)


def number_text(value: int | Decimal) -> str:
    """A number in the digits a person writes, in lower case as formatters leave it."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f") if -30 < value.adjusted() < 30 else str(value).lower().replace("e+", "e")
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def import_line(names: Iterable[str], source: str, types_only: bool = False) -> str:
    """An import, one name a line when it is long; names stand in the order Biome sorts them.

    The one name `* as x` is all that the module has.
    """
    word = "import type" if types_only else "import"
    different = frozenset(names)
    if len(different) == 1:
        (name,) = different
        shown = name if name.startswith("* as ") else f"{{ {name} }}"
        return f"{word} {shown} from {typescript_string(source)};"
    return _import_line(word, different, source)


# Most modules of a layer import the same names from the same places.
@lru_cache(maxsize=512)
def _import_line(word: str, names: frozenset[str], source: str) -> str:
    ordered = sorted(names, key=import_order)
    line = f"{word} {{ {', '.join(ordered)} }} from {typescript_string(source)};"
    if width(line) <= WIDTH:
        return line
    return f"{word} {{\n{''.join(f'{INDENT}{name},{chr(10)}' for name in ordered)}}} from {typescript_string(source)};"


def import_lines(types: Mapping[str, set[str]], values: Mapping[str, set[str]] = MappingProxyType({})) -> list[str]:
    """The imports of a file in the order Biome sorts them: names by specifier, types apart from values."""
    lines = []
    for source in sorted({*types, *values}, key=source_order):
        if source in types:
            lines.append(import_line(types[source], source, types_only=True))
        if source in values:
            lines.append(import_line(values[source], source))
    return lines


def source_order(source: str) -> tuple[int, NameOrder]:
    """Where Biome puts an import by its specifier: packages, then aliases, then paths."""
    if source.startswith("."):
        return (2, import_order(source))
    return (1 if source.startswith(("@/", "#", "~", "$", "%")) else 0, import_order(source))


# Modules import their neighbours in every layer of TypeScript, and a thousand entities have as many.
@lru_cache(maxsize=32768)
def import_order(name: str) -> NameOrder:
    """Where Biome puts a name: signs, then runs of digits by value, then letters, a capital before its small letter."""
    return tuple(map(_piece_order, _PIECES.findall(name)))


@lru_cache(maxsize=512)
def _piece_order(piece: str) -> tuple[int, int, str]:
    if piece.isdigit():
        return (1, int(piece), "")
    return (2, 0, piece.lower() + piece) if piece.isalpha() else (0, 0, piece)


def doc(text: str, indent: str = "", deprecated: bool = False) -> list[str]:
    """The lines of a JSDoc comment, with the tag that makes editors strike a name through."""
    if not deprecated:
        return typescript_doc(text, indent)
    lines = typescript_doc(text, indent)
    if not lines:
        return [f"{indent}/** @deprecated */"]
    body = [f"{indent} * {lines[0].strip()[4:-3]}"] if len(lines) == 1 else lines[1:-1]
    return [f"{indent}/**", *body, f"{indent} * @deprecated", f"{indent} */"]


def sentences(text: str, then: str) -> str:
    """A text with a sentence after it, which ends the one before."""
    if not (text and then):
        return text or then
    return f"{text} {then}" if text[-1] in ".!?:…" else f"{text}. {then}"


def described(description: str, of: Type) -> str:
    """A description, and after it what the type's constraints say in words."""
    words = ". ".join(_capital(part) for part in constraint_words(of))
    if not words:
        return description
    text = description.rstrip()
    if not text:
        return f"{words}."
    if "\n" in text:
        return f"{text}\n\n{words}."
    return f"{text}{'' if text.endswith(('.', '!', '?')) else '.'} {words}."


def constraint_words(of: Type) -> Iterator[str]:
    """What values a type takes beyond its TypeScript type, one phrase per constraint."""
    match of:
        case Scalar():
            yield from _scalar_words(of)
        case Array():
            yield from _count_words(of.min_items, of.max_items, "item", "items")
            if of.unique_items:
                yield "no item twice"
            if of.sorted:
                yield "items ascend"
            for words in constraint_words(of.item):
                yield f"items: {words}"
        case Map():
            yield from _count_words(None, of.max_items, "key", "keys")
            for words in constraint_words(of.value):
                yield f"values: {words}"
        case _:
            pass


def _scalar_words(of: Scalar) -> Iterator[str]:
    if of.base == "decimal":
        yield f"decimal{'' if of.number else ' as text'} of {of.precision} digits, {of.scale} after the point"
    elif not of.number and of.base in _FORMS:
        yield _FORMS[of.base]
    elif of.base in INTEGERS:
        yield "integer"
    if of.base in TEXTUAL:
        yield from _count_words(of.min_length, of.longest, "character", "characters")
    yield from _range_words(of)
    for pattern in of.patterns:
        yield f"matches {pattern.source}"


def _count_words(low: int | None, high: int | None, one: str, many: str) -> Iterator[str]:
    low = low or None
    if low is not None and high is not None:
        yield f"{low} to {high} {many}" if low != high else f"{low} {one if low == 1 else many}"
    elif low is not None:
        yield f"at least {low} {one if low == 1 else many}"
    elif high is not None:
        yield f"at most {high} {one if high == 1 else many}"


def _range_words(of: Scalar) -> Iterator[str]:
    if of.minimum is not None and of.maximum is not None:
        yield f"{number_text(of.minimum)} to {number_text(of.maximum)}"
    elif of.minimum is not None:
        yield f"at least {number_text(of.minimum)}"
    elif of.maximum is not None:
        yield f"at most {number_text(of.maximum)}"
    if of.above is not None:
        yield f"more than {number_text(of.above)}"
    if of.below is not None:
        yield f"less than {number_text(of.below)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
