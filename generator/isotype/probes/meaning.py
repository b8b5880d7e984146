"""What the schema itself says of a value: taken, with its canonical form, or refused, with every reason.

This is the meaning that docs/wire-forms.md and docs/semantics.md give to types, constraints, presence and rules, said
once more as plain functions over the wire projection. Every layer is held against it, and it shares no code with them
but the printer of patterns for Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from isotype.domain.formats import FORMATS
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, SAFE_INTEGER, TEXTUAL, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes import forms
from isotype.probes.logic import UNKNOWN, finds, operand, refuses
from isotype.probes.values import NotJson, number, read
from isotype.shapes import Shapes
from isotype.shapes.model import OUTPUT, UPDATE, Operand, Property, Shape, ShapeRule

Path = tuple[str, ...]
KNOWN = 200_000
"""Verdicts kept at once; most probes differ in one property, so most of each has been judged before."""

DEEPEST_JSON = 64


class Refusal(NamedTuple):
    """Why a value is refused: where, by which constraint, and what the value is of.

    `constraint` is a word of CONSTRAINTS, or `rule` with the name of a rule behind a colon. `of` is the base of a
    scalar (`… number` where it travels as one), `enum`, `array`, `map`, `object`, `opaque`, or '' for a record; of an
    array it is that of the items.
    """

    path: Path
    constraint: str
    of: str


CONSTRAINTS = (
    *("type", "form", "range", "digits", "size", "length", "padding", "pattern", "enum", "text", "surrogate"),
    *("number", "depth"),
    *("items", "unique_items", "sorted", "keys", "null", "required", "read_only", "unknown", "rule", "transition"),
)
"""What can refuse a value: another JSON type; another form of text; a bound; more digits behind or before the point
than a decimal has; a length; blanks beyond the greatest length; a pattern; no member; U+0000; half a surrogate pair; no
finite number; too deep; too few or many items; the same item twice; items out of order; too many keys; null; absence; a
property that is not for this input; one that nobody knows; a rule; a move or a start."""


class Judged(NamedTuple):
    """The canonical form of a value, or why it is refused; of what is refused no form is promised."""

    value: Any
    refusals: tuple[Refusal, ...] = ()


class Meaning:
    """Judges values of one domain, and remembers."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._known: dict[tuple[int, bool, str], Judged] = {}
        # A type is known by its identity, and so has to stay.
        self._kept: dict[int, Type] = {}
        # Rules with the names of what they read, and what they said of it; the shape has to stay as well.
        self._read_by: dict[int, tuple[Shape, tuple[tuple[ShapeRule, tuple[str, ...]], ...]]] = {}
        self._verdicts: dict[tuple[object, ...], bool] = {}
        # Shapes of one name may be several; each has to stay.
        self._places: dict[tuple[int, Path], tuple[Shape, Property]] = {}
        self._names = {name: frozenset(prop.name for prop in of.properties) for name, of in shapes.by_name.items()}

    def text(self, of: Type, nullable: bool, text: str) -> Judged:
        """The verdict on a JSON text for a type."""
        key = (id(of), nullable, text)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > KNOWN:
                self._known.clear()
            self._kept[id(of)] = of
            found = self._known[key] = self._read(of, nullable, text)
        return found

    def _read(self, of: Type, nullable: bool, text: str) -> Judged:
        try:
            return self.value(of, nullable, read(text))
        except NotJson:
            return Judged(None, (Refusal((), "type", word(of)),))

    def record(self, shape: Shape, texts: Mapping[str, str]) -> Judged:
        """The verdict on a record given by the JSON text of each property."""
        found: list[Refusal] = []
        made: dict[str, Any] = {}
        for prop in shape.properties:
            text = texts.get(prop.name)
            if text is None:
                found += _absent(prop, shape.direction, made)
                continue
            value, refusals = self.text(prop.type, prop.nullable, text)
            made[prop.name] = value
            found += [refusal._replace(path=(prop.name, *refusal.path)) for refusal in refusals]
        found += _unknown(shape, self._names[shape.name], texts)
        found += () if found else self._broken(shape, texts, made)
        return Judged(made, tuple(found))

    def again(self, shape: Shape, texts: Mapping[str, str], made: Mapping[str, Any], name: str) -> Judged:
        """The verdict on a record in which one property is another, and all others are `made` and as they should be."""
        prop = next(prop for prop in shape.properties if prop.name == name)
        now = {other: value for other, value in made.items() if other != name}
        text = texts.get(name)
        if text is None:
            refusals = _absent(prop, shape.direction, now)
        else:
            now[name], refusals = self.text(prop.type, prop.nullable, text)
            refusals = tuple(refusal._replace(path=(name, *refusal.path)) for refusal in refusals)
        return Judged(now, refusals or tuple(self._broken(shape, texts, now)))

    def whole(self, shape: Shape, text: str) -> Judged:
        """The verdict on a JSON text for a shape."""
        try:
            value = read(text)
        except NotJson:
            return Judged(None, (Refusal((), "type", "object"),))
        return self.value(ObjectType(shape.name), False, value)

    def value(self, of: Type, nullable: bool, value: Any) -> Judged:
        """The verdict on a value that was read from JSON."""
        found: list[Refusal] = []
        made = self._value(of, nullable, value, (), found)
        return Judged(made, tuple(found))

    def _value(self, of: Type, nullable: bool, value: Any, path: Path, found: list[Refusal]) -> Any:
        if value is None:
            if not nullable:
                found.append(Refusal(path, "null", word(of)))
            return None
        match of:
            case Scalar(base="json"):
                found += (Refusal(path, word, "json") for word in sorted(_json(value)))
                return value
            case Scalar():
                return _scalar(of, value, path, found)
            case EnumType(enum=enum):
                if value not in enum.texts or not isinstance(value, str):
                    found.append(Refusal(path, "enum" if isinstance(value, str) else "type", "enum"))
                return value
            case Opaque():
                found += (Refusal(path, word, "opaque") for word in _text(value))
                return value
            case Array():
                return self._array(of, value, path, found)
            case Map():
                return self._map(of, value, path, found)
            case ObjectType(name=name):
                return self._object(self.shapes.shape(name), value, path, found)

    def _array(self, of: Array, value: Any, path: Path, found: list[Refusal]) -> Any:
        if not isinstance(value, list):
            found.append(Refusal(path, "type", "array"))
            return value
        before = len(found)
        made = [self._value(of.item, of.nullable_items, item, (*path, str(n)), found) for n, item in enumerate(value)]
        if len(value) < (of.min_items or 0) or (of.max_items is not None and len(value) > of.max_items):
            found.append(Refusal(path, "items", word(of.item)))
        if before == len(found) and (of.unique_items or of.sorted):
            if of.unique_items and len({_same(item) for item in made}) < len(made):
                found.append(Refusal(path, "unique_items", word(of.item)))
            if of.sorted and not _ascending(of.item, made):
                found.append(Refusal(path, "sorted", word(of.item)))
        return made

    def _map(self, of: Map, value: Any, path: Path, found: list[Refusal]) -> Any:
        if not isinstance(value, dict):
            found.append(Refusal(path, "type", "map"))
            return value
        for key in value:
            found += (Refusal((*path, key), word, "map") for word in _text(key))
        if of.max_items is not None and len(value) > of.max_items:
            found.append(Refusal(path, "keys", "map"))
        return {
            key: self._value(of.value, of.nullable_values, item, (*path, key), found) for key, item in value.items()
        }

    def _object(self, shape: Shape, value: Any, path: Path, found: list[Refusal]) -> Any:
        if not isinstance(value, dict):
            found.append(Refusal(path, "type", "object"))
            return value
        before, names = len(found), self._names[shape.name]
        made: dict[str, Any] = {}
        for prop in shape.properties:
            if prop.name in value:
                here = (*path, prop.name)
                made[prop.name] = self._value(prop.type, prop.nullable, value[prop.name], here, found)
            else:
                found += (
                    refusal._replace(path=(*path, *refusal.path)) for refusal in _absent(prop, shape.direction, made)
                )
        found += (refusal._replace(path=(*path, *refusal.path)) for refusal in _unknown(shape, names, value))
        if before == len(found):
            found += (refusal._replace(path=path) for refusal in self._rules(shape, made))
        return made

    # Rules

    def _broken(self, shape: Shape, texts: Mapping[str, str], made: Mapping[str, Any]) -> Iterator[Refusal]:
        """The rules that refuse a record; what one says of the same texts is worked out once."""
        if id(shape) not in self._read_by:
            self._read_by[id(shape)] = (shape, tuple((rule, _read_names(rule)) for rule in shape.rules))
        for rule, names in self._read_by[id(shape)][1]:
            key = (id(rule), id(shape), *map(texts.get, names))
            broken = self._verdicts.get(key)
            if broken is None:
                if len(self._verdicts) > KNOWN:
                    self._verdicts.clear()
                broken = self._verdicts[key] = self._refuses(shape, rule, made)
            if broken:
                yield Refusal((), f"rule:{rule.name}", "")

    def _rules(self, shape: Shape, made: Mapping[str, Any]) -> Iterator[Refusal]:
        for rule in shape.rules:
            if self._refuses(shape, rule, made):
                yield Refusal((), f"rule:{rule.name}", "")

    def _refuses(self, shape: Shape, rule: ShapeRule, made: Mapping[str, Any]) -> bool:
        operands = {one.field: one for one in rule.operands}
        return refuses(rule.expression, lambda name: self.operand(shape, operands[name], made))

    def operand(self, shape: Shape, of: Operand, made: Mapping[str, Any]) -> Any:
        """What a rule takes for a field of a record in canonical form, defaults filled in."""
        if not of.known:
            return UNKNOWN
        prop = self.at(shape, of.wire)
        value: Any = made
        for name in of.wire:
            if value is None:
                return None
            if name not in value:
                return _when_absent(shape, prop, of)
            value = value[name]
        return operand(prop.type, value)

    def at(self, shape: Shape, path: Path) -> Property:
        """The property at a path of wire names."""
        found = self._places.get((id(shape), path))
        if found is None:
            found = self._places[id(shape), path] = (shape, self._at(shape, path))
        return found[1]

    def _at(self, shape: Shape, path: Path) -> Property:
        prop = next(prop for prop in shape.properties if prop.name == path[0])
        if len(path) == 1:
            return prop
        assert isinstance(prop.type, ObjectType)
        return self.at(self.shapes.shape(prop.type.name), path[1:])


def _read_names(rule: ShapeRule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(operand.wire[0] for operand in rule.operands if operand.known))


def _when_absent(shape: Shape, prop: Property, of: Operand) -> Any:
    if shape.direction == OUTPUT:
        return None
    if shape.direction == UPDATE:
        return UNKNOWN
    if of.default is not None:
        return operand(prop.type, plain(of.default.value))
    return UNKNOWN if prop.server_default else None


def _absent(prop: Property, direction: str, made: dict[str, Any]) -> tuple[Refusal, ...]:
    """Why a property may not be left out; else what it means then is noted, as far as that is known."""
    if prop.required:
        return (Refusal((prop.name,), "required", word(prop.type)),)
    if prop.default is not None:
        made[prop.name] = plain(prop.default.value)
    elif prop.nullable and direction != UPDATE and not prop.server_default:
        made[prop.name] = None
    return ()


def _unknown(shape: Shape, known: frozenset[str], given: Mapping[str, Any]) -> Iterator[Refusal]:
    """Properties that an input does not take."""
    if shape.direction == OUTPUT or given.keys() <= known:
        return
    reasons = dict(shape.refused)
    for name in given:
        if name not in known:
            yield Refusal((name,), "read_only" if name in reasons else "unknown", "")


def plain(value: JsonValue) -> Any:
    """A constant of the schema as JSON is read."""
    match value:
        case Decimal():
            return number(float(value))
        case tuple() | list():
            return [plain(item) for item in value]
        case Mapping():
            return {name: plain(item) for name, item in value.items()}
    return value


def word(of: Type) -> str:
    """What a value is of, in a word."""
    match of:
        case Scalar(base=base, number=True):
            return f"{base} number"
        case Scalar(base=base):
            return base
        case EnumType():
            return "enum"
        case Array():
            return "array"
        case Map():
            return "map"
        case ObjectType():
            return "object"
        case Opaque():
            return "opaque"


# Scalars


def _scalar(of: Scalar, value: Any, path: Path, found: list[Refusal]) -> Any:
    kind, base = word(of), of.base

    def refuse(*words: str) -> None:
        found.extend(Refusal(path, one, kind) for one in words)

    if base == "bool":
        if not isinstance(value, bool):
            refuse("type")
        return value
    if base in TEXTUAL:
        refuse(*_textual(of, value))
        return value
    if base in forms.FORMS:
        if not isinstance(value, str):
            refuse("type")
            return value
        canonical = forms.canonical(base, value)
        if canonical is None:
            refuse("range" if forms.is_formed(base, value) else "form")
            return value
        return canonical
    if base in ("bigint", "decimal") and not of.number:
        return _written_number(of, value, refuse)
    return _number(of, value, refuse)


def _text(value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield "type"
        return
    if "\0" in value:
        yield "text"
    if not value.isascii() and any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        yield "surrogate"


def _textual(of: Scalar, value: Any) -> Iterator[str]:
    yield from _text(value)
    if not isinstance(value, str):
        return
    if of.longest is not None and len(value) > of.longest:
        yield "padding" if len(value.rstrip(" ")) <= of.longest else "length"
    if len(value) < (of.min_length or 0):
        yield "length"
    if of.base in FORMATS and not finds(FORMATS[of.base], value):
        yield "form"
    if not all(finds(pattern, value) for pattern in of.patterns):
        yield "pattern"


_BIGINT = regular(r"0|-?[1-9][0-9]{0,18}")
_DECIMAL = regular(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")


def _written_number(of: Scalar, value: Any, refuse: Any) -> Any:
    """A number that travels as text."""
    if not isinstance(value, str):
        refuse("type")
        return value
    if of.base == "bigint":
        if not _BIGINT.fullmatch(value):
            refuse("form")
            return value
        low, high = INTEGERS["bigint"]
        if not low <= int(value) <= high or not within(of, Decimal(value)):
            refuse("range")
        return value
    found = _DECIMAL.fullmatch(value)
    if not found:
        refuse("form")
        return value
    sign, whole, fraction = found[1], found[2], found[3] or ""
    if len(fraction) > of.scale:
        refuse("digits")
    if whole != "0" and len(whole) > of.precision - of.scale:
        refuse("size")
        return value
    if len(fraction) > of.scale:
        return value
    if not within(of, Decimal(value)):
        refuse("range")
    digits = f"{whole}.{fraction:0<{of.scale}}" if of.scale else whole
    return digits if not digits.strip("0.") else sign + digits


def _number(of: Scalar, value: Any, refuse: Any) -> Any:
    """A JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse("type")
        return value
    if value in (float("inf"), float("-inf")):
        refuse("number")
        return value
    if of.base == "float":
        if not within(of, value):
            refuse("range")
        return value
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if of.base == "decimal":
        refuse(*_digits(of, exact))
    elif exact != exact.to_integral_value():
        refuse("type")
        return value
    else:
        low, high = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" else INTEGERS[of.base]
        if not low <= exact <= high:
            refuse("range")
            return value
    if not within(of, exact):
        refuse("range")
    return value


def fits_digits(of: Scalar, value: Decimal) -> bool:
    """Whether a number has no more digits than its decimal type."""
    return not any(_digits(of, value))


def _digits(of: Scalar, value: Decimal) -> Iterator[str]:
    """Which end of a number has too many digits."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).rstrip("0")
    if text and -exponent - (len(digits) - len(text)) > of.scale:
        yield "digits"
    if value and len("".join(map(str, digits)).lstrip("0")) + exponent > of.precision - of.scale:
        yield "size"


def within(of: Scalar, value: Decimal | float) -> bool:
    """Whether a number keeps the bounds of its type; for a float the bound too is the nearest double."""
    read: Any = float if of.base == "float" else Decimal
    return (
        (of.minimum is None or value >= read(of.minimum))
        and (of.maximum is None or value <= read(of.maximum))
        and (of.above is None or value > read(of.above))
        and (of.below is None or value < read(of.below))
    )


# Structures


def _json(value: Any) -> set[str]:
    """What is wrong with free JSON."""
    found: set[str] = set()
    waiting = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, str):
            found.update(_text(part))
        elif isinstance(part, float):
            if part in (float("inf"), float("-inf")):
                found.add("number")
        elif isinstance(part, dict | list):
            if depth == DEEPEST_JSON:
                found.add("depth")
            if isinstance(part, dict):
                for key in part:
                    found.update(_text(key))
            waiting += [(inner, depth + 1) for inner in (part.values() if isinstance(part, dict) else part)]
    return found


def _same(item: Any) -> Any:
    """What is equal for equal canonical values, and differs for 1 and true."""
    match item:
        case bool() | None:
            return (str(item),)
        case dict():
            return frozenset((key, _same(part)) for key, part in item.items())
        case list():
            return tuple(map(_same, item))
    return item


def _ascending(of: Type, items: list[Any]) -> bool:
    """Whether items ascend, nulls last; text by code point."""
    values = [operand(of, item) for item in items]
    known = [value for value in values if value is not None]
    if any(value is not None for value in values[len(known) :]):
        return False
    return all(low <= high for low, high in pairwise(known))
