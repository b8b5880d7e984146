"""Values worth asking about a type: the usual ones, those on both sides of every bound, and the classic traps.

Nothing here says which of them are taken; that is for `meaning` to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import permutations

from isotype.domain.lazy import NamedTuple
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.domain.values import replace
from isotype.probes.forms import FORMS
from isotype.probes.numbers import limits, moved, step, type_limits, written
from isotype.probes.spellings import EMAILS, EVERY, ORDERS, PAIRS, SPELLINGS, URLS
from isotype.probes.texts import LONGEST, REACHED, edges, of_length, texts, very_long
from isotype.probes.values import Json, Raw, write


class Candidate(NamedTuple):
    """A value, the constraint it is about (a word of CONSTRAINTS), and what is special about it."""

    constraint: str
    label: str
    value: Json


Samples = Callable[[Type], list[Json]]
"""Values that a type takes, usual ones first."""
Of = Callable[[Type, Samples], Iterator[Candidate]]
"""Candidates for a type."""

MOST_ITEMS = 200
"""More items or keys are made for the two sides of a bound alone."""
MOST_SIGNS = 1_000_000
"""A bound on items or keys is not reached where so many take more signs of JSON."""


def usual(of: Type) -> Iterator[Json]:
    """Values that the type probably takes; those that hold others are not among them."""
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            found = texts(of)
            yield from (found[min(2, len(found) - 1) :] if found else ())
            yield from found
        case Scalar(base=base) if base in FORMS:
            yield from SPELLINGS[base]
        case Scalar(base="bool"):
            yield from (True, False)
        case Scalar(base="json"):
            yield from ({"a": [1, 2.5, None, "é🦉"]}, [], 0, "", False)
        case Scalar():
            low, high = limits(of)
            middle = next((number for number in map(Decimal, (7, 1, 0)) if low <= number <= high), low)
            unit = step(of)
            near = (middle, low, high, moved(low, unit), moved(high, -unit), Decimal(0), moved(middle, unit))
            yield from (written(of, number) for number in dict.fromkeys(near))
        case EnumType(enum=enum):
            yield from enum.texts
        case Opaque():
            yield "some text"


def essential(of: Type, samples: Samples) -> Iterator[Candidate]:
    """What is asked wherever a type stands: values it takes, and the nearest beyond its bounds."""
    for place, value in enumerate(samples(of)):
        yield Candidate("type", f"sample {place}", value)
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            yield from _lengths(of)
            # What keeps every length and form, and no pattern.
            lengths = [len(text) for text in texts(of)][:1] or [of.min_length or 1]
            yield Candidate("pattern", "other signs", "~" * max(1, lengths[0]))
            yield Candidate("pattern", "a line after it", str((samples(of) or [""])[0]) + "\n")
            if of.patterns:
                yield from (Candidate("pattern", f"at an edge: {text!a}", text) for text in edges(of))
        case Scalar(base=base) if base in INTEGERS or base in ("decimal", "float"):
            yield from _bounds(of)
        case Scalar(base=base) if base in FORMS:
            yield Candidate("form", "no such form", "x")
            yield Candidate("form", "empty", "")
        case Scalar(base="json"):
            yield Candidate("text", "inside: U+0000", Raw('{"a":"\\u0000"}'))
        case EnumType(enum=enum):
            first = enum.texts[0]
            odd = ("no such value", first.swapcase(), first.upper(), first[:-1], first + " ", "")
            texts_of = (*enum.texts, *odd, *(value.member for value in enum.values))
            yield from (Candidate("enum", f"{text!r}", text) for text in dict.fromkeys(texts_of))
        case Array():
            yield from _counts(of, samples)
            yield from _orders(of, samples)
            yield from _items(of, samples, essential)
        case Map():
            yield from _keys(of, samples)
            yield from _entries(of, samples, essential)
        case ObjectType():
            for value in samples(of)[:1]:
                if isinstance(value, dict):
                    yield Candidate("unknown", "a further property inside", {**value, "no_such_property": 1})


def traps(of: Type, samples: Samples) -> Iterator[Candidate]:
    """What readers of values take apart differently."""
    yield from kinds(of, samples)
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            yield from _odd_texts(of, samples)
        case Scalar(base=base) if base in FORMS:
            yield from (Candidate("form", f"{text!r}", text) for text in SPELLINGS[base])
            yield from _hostile(str((samples(of) or [""])[0]), "form")
        case Scalar(base="bigint" | "decimal", number=False):
            yield from _odd_digits(of)
        case Scalar(base="json"):
            yield from _free_json()
        case Scalar(base="bool"):
            odd = ("0", "1", '"true"', '"false"', "TRUE", "yes", '""', "0.0")
            yield from (Candidate("type", text, Raw(text)) for text in odd)
        case Scalar():
            yield from _odd_numbers(of)
        case EnumType(enum=enum):
            first = enum.texts[0]
            odd_texts = (first.upper(), first.title(), f" {first}", f"{first}\n", f"{first}x", first[:-1], f"{first}\t")
            yield from (Candidate("enum", f"{text!r}", text) for text in odd_texts)
            yield from (Candidate("type", f"place {place}", place) for place in (0, 1))
            yield from _hostile(first, "enum")
        case Opaque():
            yield from _hostile("a", "text")
        case Array():
            yield from _items(of, samples, traps)
        case Map():
            yield from _odd_keys(of, samples)
            yield from _entries(of, samples, traps)
        case ObjectType():
            pass


def spelled(of: Type, samples: Samples) -> Iterator[Candidate]:
    """Every sign of a form at every place: much of the same, which is asked about a type once."""
    match of:
        case Scalar(base=base) if base in EVERY:
            yield from (Candidate("form", f"{text!r}", text) for text in EVERY[base])
        case Array(item=item):
            yield from _items(of, samples, spelled)
            if isinstance(item, Scalar) and (of.unique_items or of.sorted):
                pairs = ORDERS if item.base in TEXTUAL else permutations(PAIRS.get(item.base, ()), 2)
                yield from (Candidate("sorted", f"{one!r} and {other!r}", [one, other]) for one, other in pairs)


def kinds(of: Type, samples: Samples) -> Iterator[Candidate]:
    """Every kind of JSON value, right or wrong."""
    inside = (samples(of) or [0])[0]
    for label, value in (
        ("a boolean", True),
        ("the other boolean", False),
        ("a number", 1),
        ("zero", 0),
        ("a fraction", Raw("0.5")),
        ("a digit as text", "1"),
        ("an empty text", ""),
        ("the text null", "null"),
        ("an empty array", []),
        ("an empty object", {}),
        ("itself in an array", [inside]),
        ("itself in an object", {"value": inside}),
        ("its JSON as text", write(inside)),
    ):
        yield Candidate("type", label, value)
    digits = next((text for text in samples(of) if isinstance(text, str) and text.isascii() and text.isdecimal()), None)
    if digits is not None:
        yield Candidate("type", "its digits as a number", Raw(digits if digits[0] != "0" else f"1{digits[1:]}"))


# Texts


def _lengths(of: Scalar) -> Iterator[Candidate]:
    """Texts at and beyond each length, of signs that the patterns take, where such were found."""
    bounds = [(of.min_length, "shortest")] if of.min_length else []
    bounds += [(of.longest, "longest")] if of.longest is not None and of.longest <= LONGEST else []
    for bound, word in bounds:
        assert bound is not None
        for length, label in ((bound - 1, "one below"), (bound, "at"), (bound + 1, "one above")):
            text = of_length(of, length) if length >= 0 else None
            if text is not None:
                yield Candidate("length", f"{label} the {word}", text)
    if of.longest is not None and LONGEST < of.longest <= REACHED:
        for length, label in ((of.longest, "at"), (of.longest + 1, "one above")):
            text = very_long(of, length)
            if text is not None:
                yield Candidate("length", f"{label} the longest", text)
    if of.longest is not None and of.longest <= LONGEST:
        # As many code points as are allowed, and twice as many UTF-16 units; as many signs, and twice the code points.
        for length, label in ((of.longest, "at"), (of.longest + 1, "one above")):
            yield Candidate("length", f"{label} the longest, outside the BMP", "🦉" * length)
            yield Candidate("length", f"{label} the longest, combining", ("e\u0301" * length)[:length])
        yield Candidate("length", "the longest and a blank", (of_length(of, of.longest) or "a" * of.longest) + " ")
    if of.min_length:
        yield Candidate("length", "one below the shortest, outside the BMP", "🦉" * (of.min_length - 1))
        yield Candidate("length", "at the shortest, outside the BMP", "🦉" * of.min_length)
        yield Candidate("length", "at the shortest, all blank", " " * of.min_length)


def _odd_texts(of: Scalar, samples: Samples) -> Iterator[Candidate]:
    typical = str((samples(of) or ["a"])[0])
    short = typical[:-1] if of.longest is not None and len(typical) >= of.longest else typical
    about = "pattern" if of.patterns else "form" if of.base in ("email", "url") else "text"
    for sign in ("\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", " ", "\t", "\u00a0", "\u200b", "\x0b", "\x1f"):
        yield Candidate(about, f"{sign!r} after it", short + sign)
        yield Candidate(about, f"{sign!r} before it", sign + short)
    for head in ("\u0661", "é", "\ufeff", "\u0430", "ß", "\u0130", "\u017f", "\u212a", "_", "-", "²", "\uff11", "ﬁ"):
        yield Candidate(about, f"begins with {head!a}", head + short[1:])
    for text in (short.upper(), short.lower(), short.title(), short.swapcase()):
        yield Candidate(about, "another case", text)
    for text in (
        "",
        " ",
        "   ",
        "\t",
        "\n",
        "null",
        "undefined",
        "NaN",
        "__proto__",
        "constructor",
        "%",
        "\\",
        "'",
        '"',
    ):
        yield Candidate(about, f"{text!r}", text)
    for text in (
        "${x}",
        "{{x}}",
        "*/",
        "--",
        "';--",
        "\\u0000",
        "%s",
        "\x7f",
        "\x80",
        "\ufffd",
        "\uffff",
        "\U0010ffff",
    ):
        yield Candidate(about, f"{text!a}", text)
    yield Candidate(about, "half of it", typical[: len(typical) // 2])
    yield Candidate(about, "twice", typical + typical)
    if of.longest is None:
        yield Candidate("length", "long", (typical or "a") * (LONGEST // max(1, len(typical))))
    if of.base in ("email", "url"):
        yield from (Candidate("form", f"{text!a}", text) for text in (EMAILS if of.base == "email" else URLS))
        yield from (Candidate("form", f"at an edge: {text!a}", text) for text in edges(replace(of, patterns=())))
    yield from _hostile(short, "text")


def _hostile(near: str, about: str) -> Iterator[Candidate]:
    """What no text holds, and what no form does."""
    for text in ("\0", f"{near}\0", f"\0{near}", f"{near[:1]}\0{near[1:]}"):
        yield Candidate("text", "with U+0000", text)
    for text in ("\ud83e", "\udd89", "\udc00\udc00", f"{near}\udc00", f"\ud83e{near}", "\udd89\ud83e"):
        yield Candidate("surrogate", "with half a pair", text)
    yield Candidate(about, "a newline after it", f"{near}\n")
    yield Candidate(about, "a blank before it", f" {near}")


# Numbers


def _bounds(of: Scalar) -> Iterator[Candidate]:
    """Both sides of the least and the greatest value, and of each bound that is given."""
    low, high = limits(of)
    if of.base == "float":
        for bound in (of.minimum, of.above, of.maximum, of.below):
            if bound is not None:
                double = float(bound)
                for near in (math.nextafter(double, -math.inf), double, math.nextafter(double, math.inf)):
                    yield Candidate("range", f"near {double!r}", Raw(repr(near)))
        yield Candidate("range", "the greatest double", Raw("1.7976931348623157e308"))
        yield Candidate("range", "the least double", Raw("-1.7976931348623157e308"))
        return
    unit = step(of)
    # What its own bounds refuse first: rules may be content with that, and with nothing far beyond.
    for edge in dict.fromkeys((low, high, *type_limits(of))):
        for number in (moved(edge, -unit), edge, moved(edge, unit)):
            yield Candidate("range", f"near {edge:f}", written(of, number))
    if of.number or of.base in ("int", "smallint"):
        about = "digits" if of.base == "decimal" else "type"
        inside = low if low > 0 or high <= 0 else Decimal(0)
        yield Candidate(about, "between two units", Raw(f"{moved(inside, unit / 2):f}"))


def _odd_numbers(of: Scalar) -> Iterator[Candidate]:
    """What travels as a JSON number."""
    low, high = limits(of)
    inside = next((number for number in map(Decimal, (7, 1, 0)) if low <= number <= high), low)
    plain, whole = f"{inside:f}", f"{inside:.0f}"
    for text in (f"{whole}.0", f"{whole}e0", f"{whole}E+0", f"{whole}0e-1", f"{whole}0.0E-1", f"{whole}.000000"):
        yield Candidate("type", f"spelled {text}", Raw(text))
    for text in ("-0", "-0.0", "-0e0", "0.0", "-1", "1", "1.5", "-1.5", f"{whole}.5", "1e2", "1E2", "1e-2"):
        yield Candidate("range", f"spelled {text}", Raw(text))
    for text in (
        "NaN",
        "Infinity",
        "-Infinity",
        f"+{plain}",
        f"0{whole}",
        f"{whole}.",
        ".5",
        "0x1",
        "1_0",
        "--1",
        "01",
    ):
        yield Candidate("type", f"no JSON: {text}", Raw(text))
    for text in ("1e400", "-1e400", "1" * 400, "1e308", "1e309", "1e-400", "5e-324", "2.5e-324"):
        yield Candidate("number", f"{text[:9]}", Raw(text))
    for exponent in (15, 31, 32, 53, 63, 64):
        for value in (2**exponent - 1, 2**exponent, 2**exponent + 1):
            yield Candidate("range", f"2^{exponent}{value - 2**exponent:+}", Raw(str(value)))
            yield Candidate("range", f"-2^{exponent}{2**exponent - value:+}", Raw(str(-value)))
    for text in ("9007199254740993.0", "1e18", "1e300", "4294967296", "0.1", "0.30000000000000004", "1e-7", "1e21"):
        yield Candidate("digits" if of.base == "decimal" else "range", f"{text}", Raw(text))
    for text in (plain, f"{plain} ", "", "NaN", "1e2", "\u0661"):
        yield Candidate("type", f"as text {text!a}", text)
    if of.base == "decimal":
        fraction = "0" * max(0, of.scale - 1) + "1"
        for text in (
            f"{whole}.{fraction}",
            f"{whole}.0{fraction}",
            f"{whole}.{'0' * of.scale}5",
            f"{whole}.{'9' * 20}",
        ):
            yield Candidate("digits", text, Raw(text))
        yield Candidate("digits", "one digit too many", Raw("9" * (of.precision - of.scale + 1)))


def _odd_digits(of: Scalar) -> Iterator[Candidate]:
    """What travels as the text of a number."""
    low, high = limits(of)
    inside = next((number for number in map(Decimal, (7, 1, 0)) if low <= number <= high), low)
    value = str(written(of, inside))
    for text in (
        *(f"+{value}", f"0{value}", f"00{value}", f" {value}", f"{value} ", f"{value}\n", f"{value}e0", f"{value}E0"),
        *("", "-", ".", "+", "e1", "NaN", "nan", "Infinity", "-Infinity", "inf", "0x1", "1_0", "1,000", "1 000"),
        *("\uff11", "\u0661", "½", ".5", "1.", "1,5", "--1", "-+1", "1e2", "1E-2", "0.", "-.5", "1.2.3", "1-", "٣"),
    ):
        yield Candidate("form", f"{text!a}", text)
    for text in ("0", "-0", "00", "-00", "0.0", "-0.0", "-0.00", "1.0", "1.50", "0.1", "1"):
        yield Candidate("form", f"{text!a}", text)
    for exponent in (31, 53, 63, 64):
        for number in (2**exponent - 1, 2**exponent, 2**exponent + 1):
            yield Candidate("range", f"2^{exponent}{number - 2**exponent:+}", str(number))
            yield Candidate("range", f"-2^{exponent}{2**exponent - number:+}", str(-number))
    if of.base == "decimal":
        whole = f"{inside:.0f}"
        for text in (
            f"{whole}.{'0' * (of.scale + 1)}",
            f"{whole}.{'9' * (of.scale + 1)}",
            f"{whole}.{'0' * of.scale}5",
        ):
            yield Candidate("digits", f"{text[:20]!a}", text)
        if of.scale:
            yield Candidate("digits", "fewer digits", value[:-1].rstrip("."))
            yield Candidate("digits", "minus nothing", "-0." + "0" * of.scale)
        yield Candidate("digits", "too many digits", "9" * (of.precision - of.scale + 1))
        yield Candidate("digits", "far too many digits", "9" * (of.precision + 20))
        yield Candidate("digits", "more digits than a double has", f"{whole}.{'0' * 20}1")
    yield Candidate("range", "large", "9" * 19)
    yield Candidate("range", "larger", "9" * 20)
    yield Candidate("range", "very large", "9" * 400)
    yield Candidate("type", "as a number", Raw(f"{inside:f}"))


# Structures


def _free_json() -> Iterator[Candidate]:
    for text in ('{"a":"\\u0000"}', '{"\\u0000":1}', '["\\u0000"]', '"\\u0000"', '{"a":[{"b\\u0000":1}]}'):
        yield Candidate("text", f"inside: {text}", Raw(text))
    for text in ('{"a":"\\ud83e"}', '{"\\udc00":1}', '["\\udc00"]', '"\\ud83e"'):
        yield Candidate("surrogate", f"inside: {text}", Raw(text))
    for text in ("[1e400]", "-1e400", '{"a":{"b":[-1e400]}}'):
        yield Candidate("number", f"inside: {text}", Raw(text))
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        for depth in (64, 65):
            core = "" if opening == "[" else "1"
            yield Candidate("depth", f"{depth} deep", Raw(opening * depth + core + closing * depth))
    for text in (
        *("{}", "[]", "0", '""', "false", '{"":null}', "[null]", "1e308", '"\\ud83e\\udd89"', '{"b":1,"a":2}', "1.0"),
        *('{"a":1,"a":2}', '{"__proto__":{"x":1},"constructor":1}', '{"toJSON":1,"then":2,"length":-1}', "-0", "-0.0"),
        *("9007199254740993", "12345678901234567890", "0.1", "1e-7", "5e-324", '{"a\\nb":"\\u2028"}', '["\\ufeff"]'),
        # The first is an integer that is nearer to the greatest double than to what lies beyond, the second is beyond.
        *(str(int(1.7976931348623157e308) + 1), "1" * 400, f"[-{'9' * 400}]"),
        *('{"$ref":"#"}', '{"1":1,"0":0}', "NaN", "[1,]", '{"a":1,}', "// x", "'a'", "[1 2]", '"\t"', "\u00a01"),
    ):
        yield Candidate("type", f"free: {text!a}", Raw(text))


def distinct(of: Type, samples: Samples, count: int) -> list[Json]:
    """Up to so many different values of a type, ascending where they have an order."""
    if isinstance(of, Scalar) and (of.base in INTEGERS or of.base == "decimal"):
        low, high = limits(of)
        unit = step(of)
        start = Decimal(0) if low <= 0 and high >= count * unit else low
        values = (moved(start, unit * place) for place in range(count))
        return [written(of, value) for value in values if value <= high]
    if isinstance(of, Scalar) and of.base in TEXTUAL:
        made = {text for size in range(max(1, of.min_length or 1), 80) if (text := of_length(of, size)) is not None}
        found = {*made, *texts(of)} if of.longest is None else {*(t for t in made if len(t) <= of.longest), *texts(of)}
        return sorted(found)[:count]
    known: dict[str, Json] = {write(value): value for value in samples(of)}
    return list(known.values())[:count]


def _is_reached(bound: int, of: Type, samples: Samples) -> bool:
    """Whether so many values of a type are made."""
    return bound * (len(write((samples(of) or [0])[0])) + len(str(bound)) + 4) <= MOST_SIGNS


def unreached(of: Type, samples: Samples) -> Iterator[str]:
    """The bounds of a type, and of what it holds, that no candidate is at."""
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            if of.longest is not None and of.longest > REACHED:
                yield f"{of.longest:,} code points"
        case Array():
            if of.max_items is not None:
                counts = {len(candidate.value) for candidate in _counts(of, samples)}
                if of.max_items not in counts:
                    yield f"{of.max_items:,} items"
            yield from unreached(of.item, samples)
        case Map():
            if of.max_items is not None and not _is_reached(of.max_items, of.value, samples):
                yield f"{of.max_items:,} keys"
            yield from unreached(of.value, samples)


def _counts(of: Array, samples: Samples) -> Iterator[Candidate]:
    """As many items as may be, one fewer and one more."""
    bounds = [of.min_items] if of.min_items else []
    bounds += [of.max_items] if of.max_items is not None and _is_reached(of.max_items, of.item, samples) else []
    for bound in bounds:
        assert bound is not None
        for count in (bound - 1, bound, bound + 1)[bound > MOST_ITEMS :]:
            items = distinct(of.item, samples, count) if count > 0 else []
            if items and len(items) < count and not of.unique_items:
                items = (items[-1:] * (count - len(items))) and [*items, *items[-1:] * (count - len(items))]
            if len(items) == count:
                yield Candidate("items", f"{count} items", items)
    yield Candidate("items", "no items", [])
    yield Candidate("items", "three items", distinct(of.item, samples, 3))


def _orders(of: Array, samples: Samples) -> Iterator[Candidate]:
    few = of.min_items or 0
    values = distinct(of.item, samples, max(few, 3))
    if len(values) < 2:
        return
    first, second, rest = values[0], values[1], values[2:few]
    for label, items in (
        ("ascending", [first, second, *rest]),
        ("descending", [*rest, second, first]),
        ("the same twice", [first, first, second, *rest]),
        ("the same again, apart", [first, second, *rest, first]),
    ):
        yield Candidate("sorted" if label == "descending" else "unique_items", label, items)
    if of.nullable_items:
        yield Candidate("unique_items", "two nulls", [*values[: max(0, few - 2)], None, None])
        yield Candidate("sorted", "null first", [None, *values[: max(1, few - 1)]])
        yield Candidate("sorted", "null last", [*values[: max(1, few - 1)], None])
        yield Candidate("sorted", "null between", [first, None, second])


def _items(of: Array, samples: Samples, of_item: Of) -> Iterator[Candidate]:
    """Each of the candidates for an item as one of the items, and what is no item at all."""
    size = max(of.min_items or 0, 1)
    items = distinct(of.item, samples, size)
    if not items:
        return
    rest = items[1:]
    yield Candidate("null", "a null item", [*rest, None])
    yield Candidate("type", "an array in an array", [[items[0]], *rest])
    yield Candidate("type", "an object of indexes", {"0": items[0]})
    seen: set[str] = set()
    for candidate in of_item(of.item, samples):
        value = [candidate.value, *rest]
        text = write(value)
        if text not in seen:
            seen.add(text)
            yield Candidate(candidate.constraint, f"item: {candidate.label}", value)
    if of_item is essential and not rest and of.max_items != 1:
        for candidate in essential(of.item, samples):
            if candidate.constraint in _OF_EACH:
                both = _ascending(of.item, [items[0], candidate.value])
                yield Candidate(candidate.constraint, f"beside another: {candidate.label}", both)
    first = items[0]
    if isinstance(of.item, Scalar):
        if of.item.base in ("int", "smallint", "float") or of.item.number:
            other = Raw(repr(float(first.text if isinstance(first, Raw) else first)))
            yield Candidate("unique_items", "the same in two spellings", [first, other, *rest])
        for one, same in _TWINS.get(of.item.base, ()):
            yield Candidate("unique_items", "the same in two spellings", [one, same])


_OF_EACH = ("range", "length", "pattern", "enum")
"""Constraints that each item must keep, whatever stands beside it."""


def _ascending(of: Type, items: list[Json]) -> list[Json]:
    """Numbers from the least, so that no order is against them."""
    if not isinstance(of, Scalar) or of.base not in (*INTEGERS, "decimal", "float"):
        return items
    return sorted(items, key=lambda item: Decimal(item.text if isinstance(item, Raw) else str(item)))


_TWINS = {
    "uuid": (("6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11", "6F1C0A34-2A53-5F0E-9A55-3D7B1F1F9B11"),),
    "timestamp": (("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00"),),
    "time": (("08:30:00", "08:30:00.0"),),
    "duration": (("PT60S", "PT1M"),),
    "inet": (("::1", "0:0:0:0:0:0:0:1"),),
    "decimal": (("1", "1.0"), ("0", "-0")),
    "text": (("\u00e9", "e\u0301"),),
}


def _keys(of: Map, samples: Samples) -> Iterator[Candidate]:
    value = (samples(of.value) or [0])[0]
    if of.max_items is not None and _is_reached(of.max_items, of.value, samples):
        for count in (of.max_items - 1, of.max_items, of.max_items + 1)[of.max_items > MOST_ITEMS :]:
            yield Candidate("keys", f"{count} keys", {f"k{place}": value for place in range(count)})
    yield Candidate("keys", "no keys", {})


def _odd_keys(of: Map, samples: Samples) -> Iterator[Candidate]:
    value = (samples(of.value) or [0])[0]
    for key in ("", "__proto__", "constructor", "toString", "é🦉", "a b", "a\n", "0", "-1", "length"):
        yield Candidate("type", f"the key {key!r}", {key: value})
    yield Candidate("type", "a key twice", Raw(f'{{"a":[[]],"a":{write(value)}}}'))
    yield Candidate("text", "a key with U+0000", {"a\0": value})
    yield Candidate("surrogate", "a key with half a pair", {"a\ud83e": value})


def _entries(of: Map, samples: Samples, of_value: Of) -> Iterator[Candidate]:
    """Each of the candidates for a value as one of the values."""
    yield Candidate("null", "a null value", {"a": None})
    seen: set[str] = set()
    for candidate in of_value(of.value, samples):
        text = write(candidate.value)
        if text not in seen:
            seen.add(text)
            yield Candidate(candidate.constraint, f"value: {candidate.label}", {"a": candidate.value})
