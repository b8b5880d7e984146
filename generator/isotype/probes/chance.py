"""Random values of a type, most of them taken by it."""

from __future__ import annotations

import random
from decimal import Decimal

from isotype.domain.types import INTEGERS, TEXTUAL, Array, Map, ObjectType, Scalar, Type
from isotype.probes.numbers import limits, step, written
from isotype.probes.records import Records
from isotype.probes.texts import by_chance, patterns_of
from isotype.probes.values import ABSENT, Json, Raw

_SIGNS = "aA0 é\u00e4ß\u0435漢🦉\u0301_-.,:/'\"\\\n\t%{}<>&"


def value(of: Type, records: Records, source: random.Random, depth: int = 0) -> Json:
    """A random value."""
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            return _text(of, source)
        case Scalar(base=base) if base in INTEGERS or base == "decimal":
            low, high = limits(of)
            unit = step(of)
            reach = int((high - low) / unit)
            if source.random() < 0.5:
                reach = min(reach, 10 ** source.randint(0, 9))
            start = Decimal(0) if low <= 0 <= high and source.random() < 0.5 else low
            number = start + unit * source.randint(0, max(0, reach))
            return written(of, min(number, high))
        case Scalar(base="float"):
            least, most = map(float, limits(of))
            double = source.choice((source.uniform(-1, 1), source.uniform(-1e6, 1e6), source.expovariate(1e-3)))
            return Raw(repr(min(max(double, least), most)))
        case Scalar(base="timestamp" | "date" | "local_timestamp" | "time" | "duration" as base):
            return _moment(base, source)
        case Scalar(base="uuid"):
            digits = f"{source.getrandbits(128):032x}"
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        case Scalar(base="inet"):
            if source.random() < 0.5:
                return ".".join(str(source.randint(0, 255)) for _ in range(4))
            return ":".join(f"{source.choice((0, 0, source.getrandbits(16))):x}" for _ in range(8))
        case Scalar(base="json"):
            return _document(source, 0)
        case Array():
            few = of.min_items or 0
            many = min(few + 4, few + 4 if of.max_items is None else of.max_items)
            return [value(of.item, records, source, depth + 1) for _ in range(source.randint(few, many))]
        case Map():
            count = source.randint(0, min(3, 3 if of.max_items is None else of.max_items))
            return {f"k{place}": value(of.value, records, source, depth + 1) for place in range(count)}
        case ObjectType(name=name) if depth < 3:
            shape = records.meaning.shapes.shape(name)
            made: dict[str, Json] = {}
            for prop in shape.properties:
                if prop.nullable and source.random() < 0.3:
                    made[prop.name] = None
                elif prop.required or source.random() < 0.6:
                    made[prop.name] = value(prop.type, records, source, depth + 1)
            return {name: item for name, item in made.items() if item is not ABSENT}
    found = records.samples(of)
    return source.choice(found) if found else None


def _text(of: Scalar, source: random.Random) -> str:
    patterns = patterns_of(of)
    if patterns:
        return by_chance(source.choice(patterns).root, source)
    few, most = of.min_length or 0, 40 if of.longest is None else of.longest
    size = source.choice((few, min(few + source.randint(0, 12), most), most if most < 300 else few))
    return "".join(source.choice(_SIGNS) for _ in range(size))


def _moment(base: str, source: random.Random) -> str:
    year = source.choice((source.randint(1, 9999), source.randint(1970, 2100)))
    day = f"{year:04}-{source.randint(1, 12):02}-{source.randint(1, 28):02}"
    if base == "date":
        return day
    if base == "duration":
        days = source.choice((0, source.randint(0, 10**6)))
        return f"P{days}DT{source.randint(0, 30)}H{source.randint(0, 90)}M{source.randint(0, 90)}S"
    digits = source.randint(0, 6)
    fraction = f".{source.randrange(10**digits):0{digits}}" if digits else ""
    clock = f"{source.randint(0, 23):02}:{source.randint(0, 59):02}:{source.randint(0, 59):02}{fraction}"
    if base == "time":
        return clock
    if base == "local_timestamp":
        return f"{day}T{clock}"
    zone = (
        "Z" if source.random() < 0.6 else f"{source.choice('+-')}{source.randint(0, 23):02}:{source.randint(0, 59):02}"
    )
    return f"{day}T{clock}{zone}"


def _document(source: random.Random, depth: int) -> Json:
    kind = source.randint(0, 7 if depth < 3 else 4)
    match kind:
        case 0:
            return source.choice((True, False, *((None,) if depth else ())))
        case 1:
            return source.randint(-1000, 1000)
        case 2:
            return round(source.uniform(-1e3, 1e3), 3)
        case 3 | 4:
            return "".join(source.choice(_SIGNS) for _ in range(source.randint(0, 6)))
        case 5:
            return [_document(source, depth + 1) for _ in range(source.randint(0, 3))]
    return {source.choice("abcdef"): _document(source, depth + 1) for _ in range(source.randint(0, 3))}
