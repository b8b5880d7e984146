"""Values at and beyond every edge of a type, with the verdict where the documentation leaves no doubt."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.formats import FORMATS
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.shapes import Shapes
from tests.agreement.samples import (
    FORMS,
    LONGEST,
    distinct,
    limits,
    record,
    samples,
    texts,
    type_limits,
    usual,
    written,
)
from tests.agreement.values import Json, Raw, write
from tests.schemas_layer.wire_forms import examples

TEXT = frozenset({"text"})
JSON = frozenset({"json"})


@dataclass(frozen=True, slots=True)
class Change:
    """A value for a place, and why.

    `taken` is the verdict its type demands, None where only agreement is asked for. `stored` is true when the change is
    a fact of the value, which a row has too, and false when it is one of JSON text. `constructs` are entries of a
    ledger that excuse a witness for taking it.
    """

    what: str
    value: Json
    taken: bool | None
    stored: bool = False
    constructs: frozenset[str] = frozenset()


def changes(of: Type, shapes: Shapes) -> Iterator[Change]:
    """Everything worth asking about a type; null and absence belong to the property."""
    loose = frozenset({"pattern"} if _is_loose(of) else ())
    for change in _changes(of, shapes):
        yield replace(change, constructs=change.constructs | loose)


def _is_loose(of: Type) -> bool:
    """Whether SQLite cannot say a pattern of the type."""
    if isinstance(of, Array | Map):
        return _is_loose(of.item if isinstance(of, Array) else of.value)
    found = (*of.patterns, *filter(None, [FORMATS.get(of.base)])) if isinstance(of, Scalar) else ()
    return any(isinstance(sqlite_condition(pattern, "x"), NotExpressible) for pattern in found)


def _changes(of: Type, shapes: Shapes) -> Iterator[Change]:
    yield from wrong_kinds(of)
    yield from essential(of, shapes)
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            yield from _texts(of)
        case Scalar(base=base) if base in FORMS:
            yield from _documented(base, True)
        case Scalar(base=base) if base == "decimal" and not of.number:
            yield from _decimal_texts(of)
        case Scalar(base="bigint", number=False):
            yield from _documented("bigint", of.minimum is None and of.maximum is None)
        case Scalar(base="json"):
            yield from _json()
        case Scalar(base="bool"):
            pass
        case Scalar():
            yield from _numbers(of)
        case EnumType(enum=enum):
            first = enum.texts[0]
            for text in (first.upper(), first.title(), first + " ", " " + first, first + "\n", "", first + "x"):
                yield Change(f"not a value: {text!r}", text, text in enum.texts, stored=True)
            yield from _odd_texts("", TEXT)
        case Array():
            yield from _arrays(of, shapes)
        case Map():
            yield from _maps(of, shapes)
        case ObjectType(name=name):
            yield Change("an object with every property", record(name, shapes, whole=True), None)
        case Opaque():
            yield from _odd_texts("a", TEXT)


def essential(of: Type, shapes: Shapes) -> Iterator[Change]:
    """What is asked again wherever a type stands: its samples, and the nearest values beyond its bounds."""
    for number, value in enumerate(samples(of, shapes)):
        yield Change(f"sample {number}", value, True, stored=True)
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            longest = max(texts(of), key=len)
            if of.longest is not None and of.longest <= LONGEST:
                long = longest + longest[-1:] * (of.longest + 1 - len(longest)) if longest else "a" * (of.longest + 1)
                yield Change("one code point too long", long, False, stored=True)
            if of.min_length:
                yield Change("one code point too short", longest[: of.min_length - 1], False, stored=True)
        case Scalar(base=base) if base == "decimal" or base in INTEGERS:
            yield from _beyond(of)
        case EnumType():
            yield Change("no value of the enum", "no such value", False, stored=True)
        case Array():
            if of.min_items:
                few = list(islice(distinct(of.item, shapes), of.min_items - 1))
                yield Change("one item too few", few, False, stored=True)
            if of.max_items is not None and of.max_items <= 200:
                many = list(islice(distinct(of.item, shapes), of.max_items + 1))
                if len(many) <= of.max_items:
                    many = (many * (of.max_items + 1))[: of.max_items + 1]
                yield Change("one item too many", many, False, stored=True)


def wrong_kinds(of: Type, in_json: bool = False) -> Iterator[Change]:
    """Every kind of JSON value that the type is not; what is kept as JSON could hold each of them."""
    stored = in_json or isinstance(of, Map | ObjectType)
    kinds: dict[str, Json] = {"boolean": True, "number": 1, "string": "1", "array": [], "object": {}}
    for kind, value in kinds.items():
        if kind not in _kinds(of):
            yield Change(f"a JSON {kind}", value, False, stored)


def _kinds(of: Type) -> tuple[str, ...]:
    match of:
        case Scalar(base="json"):
            return ("boolean", "number", "string", "array", "object")
        case Scalar(base="bool"):
            return ("boolean",)
        case Scalar(base=base) if base in ("int", "smallint", "float") or of.number:
            return ("number",)
        case Array():
            return ("array",)
        case Map() | ObjectType():
            return ("object",)
    return ("string",)


# Texts


def _texts(of: Scalar) -> Iterator[Change]:
    free = not of.patterns and of.base not in FORMATS
    typical = texts(of)[0]
    if of.base in FORMATS:
        plain = free or (not of.patterns and of.min_length is None and (of.longest or 99) > 60)
        yield from _documented(of.base, plain)
    if of.longest is not None and of.longest <= LONGEST:
        # As many code points as are allowed, and twice as many UTF-16 units.
        owls = "🦉" * of.longest
        yield Change("as long as may be, outside the BMP", owls, True if free else None, stored=True)
        yield Change("too long, outside the BMP", owls + "🦉", False, stored=True)
        marks = ("e\u0301" * of.longest)[: of.longest]
        yield Change("as long as may be, combined", marks, True if free else None, stored=True)
        yield Change("too long, combined", marks + "x", False, stored=True)
    if of.min_length:
        yield Change("too short in code points", "🦉" * (of.min_length - 1), False, stored=True)
    short = typical[:-1] if of.longest is not None and len(typical) >= of.longest else typical
    for text in (short + "\n", short + "\r", short + "\u2028", "\n" + short, short + " ", " " + short, short + "\x85"):
        within = len(text) >= (of.min_length or 0)
        yield Change(f"with {text[-1]!r} or {text[0]!r}", text, True if free and within else None, stored=True)
    for text in (short.upper(), short.title(), "\u0661" + short[1:], "é" + short[1:], "\ufeff" + short[1:], "_", "-"):
        yield Change(f"{text[:12]!r}", text, None, stored=True)
    yield Change("empty", "", True if free and not of.min_length else None, stored=True)
    yield from _odd_texts(short, TEXT)


def _odd_texts(near: str, constructs: frozenset[str]) -> Iterator[Change]:
    for text in ("\0", f"{near}\0", f"\0{near}"):
        yield Change("with U+0000", text, False, stored=True)
    for text in ("\ud83e", "\udd89", f"{near}\udc00", f"\ud83e{near}", "\udd89\ud83e"):
        yield Change("with an unpaired surrogate", text, False, constructs=constructs)


def _documented(heading: str, exact: bool) -> Iterator[Change]:
    """The examples of docs/wire-forms.md; `exact` when nothing narrows the type further."""
    constructs = frozenset({heading})
    for example in examples():
        # Whether null is taken is up to the property.
        if example.heading == heading and example.text != "null":
            if example.canonical is None:
                yield Change(f"documented {example.text}", Raw(example.text), False, constructs=constructs)
            else:
                taken = True if exact else None
                yield Change(f"documented {example.text}", Raw(example.text), taken)


# Numbers


def _beyond(of: Scalar) -> Iterator[Change]:
    step = Decimal(1) if of.base in INTEGERS else Decimal(1).scaleb(-of.scale)
    low, high = limits(of)
    for value, edge, within in ((low - step, type_limits(of)[0], 1), (high + step, type_limits(of)[1], -1)):
        excuses = {"wide decimal inside JSON"} if of.base == "decimal" else set()
        if of.base == "decimal" and not of.number and (value - edge) * within >= 0:
            excuses |= {"bounds of decimals", "range of a wide decimal"}
        yield Change("just out of range", written(of, value), False, stored=True, constructs=frozenset(excuses))


def _numbers(of: Scalar) -> Iterator[Change]:
    """Numbers that are JSON numbers."""
    low, high = limits(of)
    inside = next((number for number in (Decimal(7), Decimal(1), Decimal(0), low) if low <= number <= high), low)
    number = f"{inside:f}"
    if inside == inside.to_integral_value():
        whole = f"{inside:.0f}"
        yield Change("written with a point", Raw(f"{whole}.0"), None if of.base == "float" else True)
        yield Change("written with an exponent", Raw(f"{whole}e0"), None if of.base == "float" else True)
        yield Change("written with an exponent", Raw(f"{whole}0E-1"), None if of.base == "float" else True)
    if of.above is None and of.below is None:
        yield Change("minus zero", Raw("-0"), low <= 0 <= high)
        yield Change("minus zero with a point", Raw("-0.0"), low <= 0 <= high)
    for text in (
        "1e400",
        "-1e400",
        "1" * 400,
        "NaN",
        "Infinity",
        "-Infinity",
        f"+{number}",
        f"0{number}",
        f"{number}.",
    ):
        yield Change(f"no finite JSON number {text[:9]}", Raw(text), False)
    yield Change("as text", number, False)
    yield Change("false", False, False)
    if of.base in INTEGERS:
        yield Change("with a fraction", Raw(f"{inside:.0f}.5"), False)
        for text in ("9007199254740993", "1e18", "1e300", "4294967297", "-9223372036854775809"):
            fits = low <= Decimal(text) <= high
            yield Change(f"large {text}", Raw(text), None if fits else False, stored=False)
    elif of.base == "decimal":
        digits = frozenset({"decimal with wire: number"})
        yield Change("one digit too many", Raw(f"{inside:.{of.scale}f}1"), False, constructs=digits)
        yield Change("a tiny number", Raw("1e-7"), of.scale > 6 and low <= 0, constructs=digits)
        yield Change("a sum with rounding", Raw("0.30000000000000004"), False, constructs=digits)
        yield Change("more digits than a double has", Raw(f"{inside:f}.00000000000000000000001"), None)
    else:
        yield from _floats(of)


def _floats(of: Scalar) -> Iterator[Change]:
    yield Change("the least above zero", 5e-324, None, stored=False)
    for bound, included, outward in (
        (of.minimum, True, -math.inf),
        (of.above, False, -math.inf),
        (of.maximum, True, math.inf),
        (of.below, False, math.inf),
    ):
        if bound is not None:
            edge = float(bound)
            yield Change("at a bound", edge, included, stored=True)
            yield Change("beyond a bound", math.nextafter(edge, outward), False, stored=True)
            yield Change("within a bound", math.nextafter(edge, -outward), True, stored=True)
    if of.maximum is None and of.below is None:
        yield Change("the greatest double", 1.7976931348623157e308, True, stored=True)
        yield Change("just more than the greatest double", Raw("1.7976931348623159e308"), False)


def _decimal_texts(of: Scalar) -> Iterator[Change]:
    typical = str(usual(of, _NO_SHAPES))
    point = typical if "." in typical else f"{typical}.0"
    free = of.minimum is None and of.maximum is None and of.above is None and of.below is None
    zero = free or (limits(of)[0] <= 0 <= limits(of)[1])
    for text in (
        *(f"+{typical}", f"0{typical}", f" {typical}", f"{typical} ", f"{typical}\n", f"{typical}e0", "", "-", "."),
        *("NaN", "Infinity", "-Infinity", "0x1", "1_0", "\uff11", ".5", "1.", "1,5", "--1", "1e2", f"{point}.0"),
    ):
        yield Change(f"no decimal: {text!r}", text, False)
    yield Change("one digit too many", typical + ("0" if of.scale else ".0"), False)
    bounds = frozenset({"bounds of decimals"})
    yield Change("zero", "0", zero, constructs=bounds)
    yield Change("minus zero", "-0", zero, constructs=bounds)
    yield Change("as a JSON number", Raw(typical), False)
    if of.scale:
        yield Change("fewer digits", typical[:-1].rstrip("."), None)
        yield Change("minus zero with digits", "-0." + "0" * of.scale, zero, constructs=bounds)
    yield Change("as many digits as a bigger type has", "9" * (of.precision + 20), False)


# Structures


def _json() -> Iterator[Change]:
    yield from _documented("json", True)
    for text in ('{"a": "\\ud83e"}', '{"\\udc00": 1}', '["\\u0000"]', "[1e400]", '{"a": {"b": [-1e400]}}'):
        yield Change(f"inside: {text}", Raw(text), False, constructs=JSON)
    for text in ('{"": null}', "[null]", "1e308", '"\\ud83e\\udd89"', '{"toJSON": 1, "then": 2, "length": -1}'):
        yield Change(f"inside: {text}", Raw(text), True, stored=True)
    yield Change("objects too deep", Raw('{"a": ' * 65 + "1" + "}" * 65), False, constructs=JSON)
    yield Change("objects as deep as may be", Raw('{"a": ' * 64 + "1" + "}" * 64), True)


def _arrays(of: Array, shapes: Shapes) -> Iterator[Change]:
    size = max(of.min_items or 0, 1)
    items = list(islice(distinct(of.item, shapes), size))
    if not items or of.max_items == 0:
        return
    rest = items[1:]
    yield Change("a null item", [*rest, None], of.nullable_items, stored=True)
    yield Change("an array in an array", [[items[0]], *rest], _is_json(of.item), stored=False)
    for change in changes(of.item, shapes):
        one = [change.value, *rest]
        alone = not rest and not of.sorted
        taken = False if change.taken is False else True if change.taken and alone else None
        extra = _inside(change.constructs, of.item) | ({"sorted"} if of.sorted else frozenset())
        # Arrays and JSON hold items in a form of their own, which only values of the type have.
        yield replace(change, what=f"item: {change.what}", value=one, taken=taken, constructs=extra)
    yield from _orders(of, shapes)


def _inside(constructs: frozenset[str], of: Type) -> frozenset[str]:
    plain = {"text form inside JSON"} if isinstance(of, Scalar) and of.base in (*FORMS, "decimal") else set()
    return constructs | plain


def _orders(of: Array, shapes: Shapes) -> Iterator[Change]:
    few, most = of.min_items or 0, 5 if of.max_items is None else of.max_items
    pair = list(islice(distinct(of.item, shapes), 2))
    if len(pair) < 2 or few > 2 or most < 2:
        return
    first, second = pair
    yield Change("ascending", [first, second], True, stored=True)
    yield Change("descending", [second, first], not of.sorted, stored=True, constructs=frozenset({"sorted"}))
    yield Change("the same twice", [first, first], not of.unique_items, stored=True)
    if most >= 3 and few <= 3:
        unordered = frozenset({"sorted"})
        taken = not of.unique_items and not of.sorted
        yield Change("the same again, apart", [first, second, first], taken, stored=True, constructs=unordered)
    if of.nullable_items:
        yield Change("two nulls", [None, None], not of.unique_items, stored=True)
        yield Change("null first", [None, first], not of.sorted, stored=True, constructs=frozenset({"sorted"}))
    if isinstance(of.item, Scalar) and (of.item.base in ("int", "smallint", "float") or of.item.number):
        other = Raw(f"{float(first.text if isinstance(first, Raw) else first)!r}")
        yield Change("the same in two spellings", [first, other], not of.unique_items)
    if of.item == Scalar("uuid"):
        spelled = [first, str(first).upper()]
        excuse = frozenset({"unique_items of values with several spellings"})
        yield Change("the same in two cases", spelled, not of.unique_items or first == spelled[1], constructs=excuse)


def _is_json(of: Type) -> bool:
    return isinstance(of, Scalar) and of.base == "json"


def _maps(of: Map, shapes: Shapes) -> Iterator[Change]:
    value = usual(of.value, shapes)
    yield Change("a null value", {"a": None}, of.nullable_values, stored=True)
    for key in ("", "__proto__", "constructor", "toString", "é🦉", "a b", "a\n"):
        yield Change(f"the key {key!r}", {key: value}, True, stored=True)
    yield Change("a key twice", Raw(f'{{"a": [[]], "a": {write(value)}}}'), True)
    yield Change("a key with U+0000", {"a\0": value}, False)
    yield Change("a key with an unpaired surrogate", {"a\ud83e": value}, False, constructs=TEXT)
    if of.max_items is not None and of.max_items <= 200:
        yield Change("as many keys as may be", {f"k{n}": value for n in range(of.max_items)}, True, stored=True)
        yield Change("one key too many", {f"k{n}": value for n in range(of.max_items + 1)}, False, stored=True)
    for change in (*wrong_kinds(of.value, in_json=True), *changes(of.value, shapes)):
        inside = _inside(change.constructs, of.value)
        yield replace(change, what=f"value: {change.what}", value={"a": change.value}, constructs=inside)


_NO_SHAPES = Shapes("", "", "", "", (), (), (), {})
