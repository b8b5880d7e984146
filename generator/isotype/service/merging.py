"""The values that several schemas take at once, and those that any of them takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from isotype.domain.values import replace
from isotype.service.languages import relation
from isotype.service.model import (
    NOTHING,
    NUMBER,
    OBJECT,
    TEXT,
    Boolean,
    Bound,
    Constants,
    List,
    Null,
    Number,
    Object,
    Option,
    Property,
    Reference,
    Schema,
    Text,
)

DEEPEST = 12
"""Schemas that are merged deeper inside others are compared as references to both."""

Schemas = Mapping[str, Schema]

ANYTHING = Schema((Null(), Boolean(), Number(), Text(), List(), Object()))
"""Any JSON value, by its kinds."""


def resolved(schema: Schema | None, schemas: Schemas) -> tuple[tuple[Option, str], ...]:
    """The options of a schema with references looked up, each with the name it was found under last, '' for none."""
    return tuple(_resolved(ANYTHING if schema is None else schema, schemas, "", ()))


def _resolved(schema: Schema, schemas: Schemas, name: str, within: tuple[str, ...]) -> Iterable[tuple[Option, str]]:
    for option in schema.options:
        if not isinstance(option, Reference):
            yield option, name
        elif option.name not in within:
            named = schemas.get(option.name, NOTHING)
            yield from _resolved(named, schemas, option.name, (*within, option.name))


def unread(schema: Schema | None, schemas: Schemas) -> frozenset[tuple[str, str]]:
    """The words of a schema, and of those that it refers to, which are compared as they are written."""
    found: set[tuple[str, str]] = set()
    waiting, seen = [ANYTHING if schema is None else schema], set()
    while waiting:
        one = waiting.pop()
        found |= set(one.unread)
        for option in one.options:
            if isinstance(option, Reference) and option.name not in seen:
                seen.add(option.name)
                waiting.append(schemas.get(option.name, NOTHING))
    return frozenset(found)


def union(parts: Iterable[Schema | None]) -> Schema | None:
    """What any of the schemas takes."""
    options: dict[Option, None] = {}
    words: dict[tuple[str, str], None] = {}
    for part in parts:
        if part is None:
            return None
        options.update(dict.fromkeys(part.options))
        words.update(dict.fromkeys(part.unread))
    found = tuple(options)
    addresses = [option for option in found if isinstance(option, Text) and option.form in ("ipv4", "ipv6")]
    if len({option.form for option in addresses}) > 1:
        found = (*(option for option in found if option not in addresses), Text("inet"))
    return Schema(found, tuple(words))


def intersection(left: Schema | None, right: Schema | None, schemas: Schemas, depth: int = 0) -> Schema | None:
    """What both schemas take."""
    if left is None or right is None or left == right:
        return right if left is None else left
    words = tuple(dict.fromkeys((*unread(left, schemas), *unread(right, schemas))))
    if depth > DEEPEST:
        return Schema(left.options, (*words, ("allOf", json.dumps(str(right.options)))))
    merged: dict[Option, None] = {}
    for one, _ in resolved(left, schemas):
        for other, _ in resolved(right, schemas):
            both = _both(one, other, schemas, depth + 1)
            if both is not None:
                merged[both] = None
    return Schema(tuple(merged), words)


def _both(left: Option, right: Option, schemas: Schemas, depth: int) -> Option | None:
    match left, right:
        case Constants(), Constants():
            values = left.values & right.values
            return Constants(left.kind, values) if values else None
        case (Constants() as constants, other) | (other, Constants() as constants):
            values = frozenset(value for value in constants.values if takes(other, constants.kind, value))
            return Constants(constants.kind, values) if values else None
        case Number(), Number():
            return _numbers(left, right)
        case Text(), Text():
            return _texts(left, right)
        case List(), List():
            items = intersection(left.items, right.items, schemas, depth)
            unique = left.unique or right.unique
            return List(items, max(left.fewest, right.fewest), _fewer(left.most, right.most), unique)
        case Object(), Object():
            return _objects(left, right, schemas, depth)
        case _:
            return left if type(left) is type(right) else None


def takes(option: Option, kind: str, value: str) -> bool:
    """Whether an option takes a constant; what is not looked at inside lists and objects counts as taken."""
    data: Any = json.loads(value)
    match option:
        case Number():
            return kind == NUMBER and _takes_number(option, Decimal(str(data)))
        case Text():
            short = kind == TEXT and option.shortest <= len(data) <= (option.longest or len(data))
            return short and all(_searched(pattern, data) for pattern in option.patterns)
        case List():
            return isinstance(data, list)
        case Object():
            return kind == OBJECT
        case _:
            return False


def _takes_number(option: Number, value: Decimal) -> bool:
    if option.whole and value != value.to_integral_value():
        return False
    low, high = option.least, option.greatest
    if low is not None and (value < low.value or (low.exclusive and value == low.value)):
        return False
    return high is None or not (value > high.value or (high.exclusive and value == high.value))


def _searched(pattern: str, text: str) -> bool:
    found = relation((f"^{re.escape(text)}$",), (pattern,))
    return found is None or found.left_in_right


def _numbers(left: Number, right: Number) -> Number:
    return Number(
        left.whole or right.whole,
        tighter(left.least, right.least, 1),
        tighter(left.greatest, right.greatest, -1),
        left.step if right.step is None else right.step,
        left.form or right.form,
    )


def tighter(left: Bound | None, right: Bound | None, direction: int) -> Bound | None:
    """The bound that leaves less; `direction` is 1 for lower bounds and -1 for upper ones."""
    if left is None or right is None:
        return right if left is None else left
    if left.value == right.value:
        return left if left.exclusive else right
    return left if direction * left.value > direction * right.value else right


def _texts(left: Text, right: Text) -> Text:
    return Text(
        left.form or right.form,
        tuple(sorted({*left.patterns, *right.patterns})),
        max(left.shortest, right.shortest),
        _fewer(left.longest, right.longest),
        left.digits or right.digits,
        tighter(left.least, right.least, 1),
        tighter(left.greatest, right.greatest, -1),
        left.without_nul or right.without_nul,
        left.or_number and right.or_number,
    )


def _objects(left: Object, right: Object, schemas: Schemas, depth: int) -> Object:
    names = dict.fromkeys(prop.name for prop in (*left.properties, *right.properties))
    own = {prop.name: prop for prop in left.properties}
    others = {prop.name: prop for prop in right.properties}
    properties = []
    for name in names:
        one, other = own.get(name), others.get(name)
        if one is None or other is None:
            known, closing = (other, left) if one is None else (one, right)
            assert known is not None
            schema = intersection(known.schema, closing.further, schemas, depth)
            if closing.is_open or known.required:
                properties.append(replace(known, schema=schema))
        else:
            schema = intersection(one.schema, other.schema, schemas, depth)
            properties.append(
                Property(
                    name,
                    schema,
                    one.required or other.required,
                    other.default or one.default,
                    one.deprecated or other.deprecated,
                    one.read_only or other.read_only,
                    one.write_only or other.write_only,
                )
            )
    return Object(
        tuple(properties),
        intersection(left.further, right.further, schemas, depth),
        max(left.fewest, right.fewest),
        _fewer(left.most, right.most),
        left.names_without_nul or right.names_without_nul,
        (*left.rules, *(rule for rule in right.rules if rule not in left.rules)),
    )


def _fewer(left: int | None, right: int | None) -> int | None:
    known = [most for most in (left, right) if most is not None]
    return min(known) if known else None
