"""Constants of the schema held against types: defaults and reference rows, brought to canonical wire form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from types import MappingProxyType

from isotype.domain.formats import FORMATS
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.language import forms
from isotype.language.constants import canonical as canonical_form
from isotype.language.constants import example, has_form
from isotype.language.matching import found
from isotype.language.wording import did_you_mean, quoted

_WHOLE = regular(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_EXACT = regular(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_WIDE = Context(prec=4000)
_SURROGATE = regular("[\ud800-\udfff]")


class Property(NamedTuple):
    """A property of an object, as far as a constant needs to know it."""

    type: Type
    nullable: bool
    optional: bool


Structures = Callable[[str], Mapping[str, Property] | None]
"""The properties of an object by wire name; None when the object could not be read."""


class Misfit(Exception):
    """Why a value is none of its type."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


def fit(value: JsonValue, of: Type, structures: Structures) -> JsonValue:
    """The value in canonical wire form; raises `Misfit` when the type would refuse it."""
    match of:
        case Scalar():
            return _fit_scalar(value, of)
        case EnumType(enum=enum):
            if not isinstance(value, str) or value not in enum.texts:
                hint = did_you_mean(value, enum.texts) if isinstance(value, str) else "put it in quotes"
                raise Misfit(f"{shown(value)} is no value of {enum.name}", hint)
            return value
        case Array():
            return _fit_array(value, of, structures)
        case Map():
            return _fit_map(value, of, structures)
        case ObjectType(name=name):
            return _fit_object(value, name, structures)
        case Opaque():
            return _text(value)


def shown(value: JsonValue) -> str:
    """A value in a message."""
    match value:
        case str():
            return quoted(value)
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case tuple():
            return "a list"
        case Mapping():
            return "a mapping"
        case _:
            text = str(value)
            return text if len(text) <= 40 else text[:37] + "..."


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise Misfit(f"{shown(value)} is no text", "put it in quotes" if isinstance(value, int | Decimal) else "")
    if "\0" in value:
        raise Misfit("the text holds U+0000, which no database keeps", "leave it out")
    if _SURROGATE.search(value):
        raise Misfit("the text holds half of a surrogate pair")
    return value


def _fit_scalar(value: JsonValue, of: Scalar) -> JsonValue:
    base = of.base
    if base in TEXTUAL:
        return _fit_text(_text(value), of)
    if base in INTEGERS:
        return _fit_integer(value, of)
    if base == "decimal":
        return _fit_decimal(value, of)
    if base == "float":
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise Misfit(f"{shown(value)} is no number")
        try:
            finite = float(value) not in (float("inf"), float("-inf"))
        except OverflowError:
            finite = False
        if not finite:
            raise Misfit(f"{shown(value)} is more than a float holds")
        _within(value, of)
        return value
    if base == "bool":
        if not isinstance(value, bool):
            raise Misfit(f"{shown(value)} is neither true nor false")
        return value
    if base == "json":
        _fit_json(value)
        return value
    text = _text(value)
    if has_form(base):
        made = canonical_form(base, text)
        if made is None:
            noun, sample = example(base)
            raise Misfit(f"{quoted(text)} is not {noun}", f"such as {sample}")
        return made
    return _fit_form(text, base)


def _fit_text(text: str, of: Scalar) -> str:
    longest = of.longest
    if longest is not None and len(text) > longest:
        raise Misfit(f"{quoted(text)} has {len(text)} code points; the limit is {longest}")
    if of.min_length is not None and len(text) < of.min_length:
        raise Misfit(f"{quoted(text)} has {len(text)} code points; at least {of.min_length} are needed")
    for pattern in of.patterns:
        if not found(pattern, text):
            raise Misfit(f"{quoted(text)} does not match the pattern {pattern.source}")
    if of.base in FORMATS and not found(FORMATS[of.base], text):
        noun = "an e-mail address" if of.base == "email" else "an absolute http or https address"
        raise Misfit(f"{quoted(text)} is not {noun}")
    return text


def _fit_integer(value: JsonValue, of: Scalar) -> JsonValue:
    number = _integer(value, spelled=of.base == "bigint" and not of.number)
    if number is None:
        raise Misfit(f"{shown(value)} is no integer")
    low, high = INTEGERS[of.base]
    if not low <= number <= high:
        raise Misfit(f"{number} is beyond {of.base}, which is from {low} to {high}")
    _within(number, of)
    return str(number) if of.base == "bigint" and not of.number else number


def _integer(value: JsonValue, spelled: bool) -> int | None:
    """A whole number; `spelled` takes decimal digits in a text too."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if isinstance(value, Decimal):
        return int(value) if abs(value.adjusted()) < 30 and value == value.to_integral_value() else None
    if spelled and isinstance(value, str) and len(value) < 30 and _WHOLE.fullmatch(value):
        return int(value)
    return None


def _fit_decimal(value: JsonValue, of: Scalar) -> JsonValue:
    exact = _decimal(value, spelled=not of.number)
    if exact is None:
        raise Misfit(f"{shown(value)} is no number")
    if abs(exact) >= Decimal(1).scaleb(of.precision - of.scale):
        raise Misfit(f"{shown(value)} has more than {of.precision - of.scale} digits before the point")
    rounded = exact.quantize(Decimal(1).scaleb(-of.scale), context=_WIDE)
    if rounded != exact:
        raise Misfit(f"{shown(value)} has more than {of.scale} fraction digits", "digits are never rounded away")
    _within(rounded, of)
    if rounded == 0:
        rounded = abs(rounded)
    return rounded if of.number else f"{rounded:f}"


def _decimal(value: JsonValue, spelled: bool) -> Decimal | None:
    """An exact number; `spelled` takes its digits in a text too."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if spelled and isinstance(value, str) and len(value) <= 2002 and _EXACT.fullmatch(value):
        return Decimal(value)
    return None


def _within(value: int | Decimal, of: Scalar) -> None:
    if of.minimum is not None and value < of.minimum:
        raise Misfit(f"{value} is less than {of.minimum}")
    if of.maximum is not None and value > of.maximum:
        raise Misfit(f"{value} is more than {of.maximum}")
    if of.above is not None and value <= of.above:
        raise Misfit(f"{value} is not above {of.above}")
    if of.below is not None and value >= of.below:
        raise Misfit(f"{value} is not below {of.below}")


def _fit_json(value: JsonValue, top: bool = True) -> None:
    match value:
        case None:
            if top:
                raise Misfit("null is no JSON value of its own here", "a type ending in ? is nullable")
        case str():
            _text(value)
        case tuple():
            for item in value:
                _fit_json(item, False)
        case Mapping():
            for key, item in value.items():
                _text(key)
                _fit_json(item, False)
        case _:
            pass


_FORMS: Mapping[str, tuple[Callable[[str], str | None], str, str]] = MappingProxyType(
    {
        "duration": (forms.duration, "a duration of days, hours, minutes and seconds", "such as P1DT2H30M"),
        "bytes": (forms.binary, "base64 with padding", "such as aGVsbG8="),
        "inet": (forms.address, "the address of one host", "such as 192.0.2.1 or 2001:db8::1"),
    }
)


def _fit_form(text: str, base: str) -> str:
    canonical, noun, hint = _FORMS[base]
    made = canonical(text)
    if made is None:
        raise Misfit(f"{quoted(text)} is not {noun}", hint)
    return made


def _fit_array(value: JsonValue, of: Array, structures: Structures) -> JsonValue:
    if not isinstance(value, tuple):
        raise Misfit(f"{shown(value)} is no list")
    made: list[JsonValue] = []
    for index, item in enumerate(value):
        if item is None:
            if not of.nullable_items:
                raise Misfit(f"item {index + 1} is null", "T?[] is an array of nullable items")
            made.append(None)
            continue
        try:
            made.append(fit(item, of.item, structures))
        except Misfit as misfit:
            raise Misfit(f"item {index + 1}: {misfit.message}", misfit.suggestion) from None
    if of.min_items is not None and len(made) < of.min_items:
        raise Misfit(f"the list has {len(made)} items; at least {of.min_items} are needed")
    if of.max_items is not None and len(made) > of.max_items:
        raise Misfit(f"the list has {len(made)} items; the limit is {of.max_items}")
    comparable = isinstance(of.item, EnumType) or (isinstance(of.item, Scalar) and of.item.base != "json")
    if of.unique_items and comparable and len(set(made)) < len(made):
        raise Misfit("the list has equal items")
    if of.sorted and comparable and made != sorted(made, key=_order(of.item)):
        raise Misfit("the list does not ascend")
    return tuple(made)


def _order(item: Type) -> Callable[[JsonValue], Decimal | str]:
    if isinstance(item, Scalar) and (item.base in INTEGERS or item.base in ("decimal", "float")):
        return lambda value: Decimal(str(value))
    return str


def _fit_map(value: JsonValue, of: Map, structures: Structures) -> JsonValue:
    if not isinstance(value, Mapping):
        raise Misfit(f"{shown(value)} is no mapping")
    if of.max_items is not None and len(value) > of.max_items:
        raise Misfit(f"the mapping has {len(value)} keys; the limit is {of.max_items}")
    made: dict[str, JsonValue] = {}
    for key, item in value.items():
        if item is None and of.nullable_values:
            made[_text(key)] = None
            continue
        try:
            made[_text(key)] = fit(item, of.value, structures)
        except Misfit as misfit:
            raise Misfit(f"{quoted(key)}: {misfit.message}", misfit.suggestion) from None
    return MappingProxyType(made)


def _fit_object(value: JsonValue, name: str, structures: Structures) -> JsonValue:
    if not isinstance(value, Mapping):
        raise Misfit(f"{shown(value)} is no {name}", "write a mapping")
    properties = structures(name)
    if properties is None:
        return value
    made: dict[str, JsonValue] = {}
    for key, item in value.items():
        known = properties.get(key)
        if known is None:
            raise Misfit(f"{name} has no property {quoted(key)}", did_you_mean(key, properties))
        if item is None:
            if not known.nullable:
                raise Misfit(f"{quoted(key)} is null, which {name} does not allow")
            made[key] = None
            continue
        try:
            made[key] = fit(item, known.type, structures)
        except Misfit as misfit:
            raise Misfit(f"{quoted(key)}: {misfit.message}", misfit.suggestion) from None
    if lacking := [key for key, known in properties.items() if not known.optional and key not in made]:
        suggestion = f"add {quoted(lacking[0])}, or let it be optional"
        raise Misfit(f"the value lacks {quoted(lacking[0])} of {name}", suggestion)
    return MappingProxyType(made)
