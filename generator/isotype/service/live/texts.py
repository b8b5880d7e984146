"""Values as texts in an address: those that a parameter takes, and those that it must refuse.

A parameter holds a text as it is, and a number or a boolean as JSON writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from isotype.domain.lazy import NamedTuple
from isotype.domain.types import INTEGERS, Array, EnumType, Scalar, Type
from isotype.probes import Meaning
from isotype.probes.candidates import essential
from isotype.probes.records import Records
from isotype.probes.values import Json, Raw, write
from isotype.shapes.model import ApiParameter

MOST = 200
"""Longer texts are not put into an address, unless nothing shorter is taken."""

LONGEST = 4000


class Fault(NamedTuple):
    """A text that a parameter refuses, and the constraint that refuses it."""

    text: str
    constraint: str


def of(value: Json) -> str:
    """A value as text."""
    return value if isinstance(value, str) else write(value)


def many(parameter: ApiParameter, value: Json) -> tuple[tuple[str, str], ...]:
    """A parameter of a query with its value: an array says the name again for each item."""
    if isinstance(parameter.type, Array):
        return tuple((parameter.name, of(item)) for item in value)
    return ((parameter.name, of(value)),)


def in_path(path: str, values: dict[str, Json]) -> str:
    """A path with its parameters filled in."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(of(value), safe=""))
    return path


def taken(parameter: ApiParameter, records: Records) -> Iterator[Json]:
    """Values that a parameter takes, and that an address can hold."""
    samples = [value for value in records.samples(parameter.type) if value is not None]
    fitting = [value for value in samples if len(of(value)) <= MOST] or samples[:1]
    yield from (value for value in fitting if travels(parameter, of(value)))


def refused(parameter: ApiParameter, records: Records) -> Iterator[Fault]:
    """One text for each constraint that a parameter has, and for each bound."""
    if isinstance(parameter.type, Array):
        return
    seen: dict[tuple[str, bool], None] = {}
    for text in _texts(parameter.type, records):
        if not travels(parameter, text) or len(text) > LONGEST:
            continue
        constraint = verdict(parameter.type, text, records.meaning)
        # A bound below and one above are two.
        key = (constraint, text.startswith("-") or len(text) < 2)
        if constraint and key not in seen:
            seen[key] = None
            yield Fault(text, constraint)


def verdict(of_type: Type, text: str, meaning: Meaning) -> str:
    """The constraint that refuses a text as the value of a parameter; '' where it is taken."""
    if is_json(of_type):
        try:
            judged = meaning.text(of_type, False, text)
        except ValueError:
            return "type"
        if not judged.refusals and text.strip() != text:
            return "type"
    else:
        judged = meaning.value(of_type, False, text)
    return judged.refusals[0].constraint if judged.refusals else ""


def is_json(of_type: Type) -> bool:
    """Whether a parameter of a type is a number or a boolean."""
    match of_type:
        case Scalar(base="bigint" | "decimal", number=number):
            return number
        case Scalar(base=base):
            return base in INTEGERS or base in ("float", "bool")
    return False


def _texts(of_type: Type, records: Records) -> Iterator[str]:
    yield "no-such-value"
    for candidate in essential(of_type, records.samples):
        value = candidate.value
        if isinstance(value, str | int | float | Raw) and not isinstance(value, bool):
            yield of(value)
    if isinstance(of_type, EnumType):
        yield of_type.enum.texts[0] + "x"
    if is_json(of_type):
        yield "1.5"
        yield "true"


def travels(parameter: ApiParameter, text: str) -> bool:
    """Whether a text arrives as it is: an empty one may stand for none, and a path is taken apart at its slashes."""
    if not text or not text.isprintable() or text != text.strip():
        return False
    if parameter.location == "header":
        return text.isascii()
    return parameter.location != "path" or fits_path(text)


def fits_path(value: Json) -> bool:
    """Whether a value can be a step of a path, which is taken apart at its slashes."""
    text = of(value)
    return bool(text) and not ({"/", "\\"} & set(text) or text in (".", ".."))
