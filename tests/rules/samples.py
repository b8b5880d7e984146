"""Random rules, as text: everything the grammar can say over the fields of `fields`, and nothing it refuses."""

from __future__ import annotations

import random

_NUMBERS = ("small", "a", "b", "safe", "price", "cost", "rate")
_INTEGERS = ("small", "a", "b", "big", "other_big", "safe")
_INTEGER_LITERALS = ("0", "1", "-1", "7", "100", "32767", "2147483647", "-2147483648", "4294967296")
_BIG_LITERALS = ("9223372036854775807", "-9223372036854775808", "4611686018427387904")
_DECIMAL_LITERALS = ("0.5", "0.01", "9.995", "-0.0001", "10.00", "1234567.89")
_FLOAT_LITERALS = ("0", "0.1", "0.5", "-1.5", "1")
_TEXT_LITERALS = ("''", "'a'", "'A'", "'it''s \\ x'", "'é'", "'\ue000'", "'\U0001f600'", "'a\nb'")
_PATTERNS = ("'^[a-z]+$'", "'a'", "'^$'", "'[^a]'", "'^.$'", "'^[a-z0-9_%*]*$'")
_LIKES = ("'a%'", "'%'", "'_'", "'%\\%%'", "'a\\_%'", "'%*[?]'", "''", "'__'", "'%\\\\%'", "'a%b%'")
_INSTANTS = ("'2024-03-01T00:00:00Z'", "'2024-03-01T01:59:59.999999+02:00'", "'1969-12-31T23:59:59.500Z'")
_DAYS = ("'2024-02-29'", "'9999-12-31'")
_UUIDS = ("'6F1C0A34-2A53-5F0E-9A55-3D7B1F1F9B11'", "'00000000-0000-0000-0000-000000000000'")
_STATES = ("'pending'", "'done'", "'lost'")
_EQUALITY = ("=", "<>", "!=")
_ORDER = ("<", "<=", ">", ">=")

# Of each kind: its fields, its constants, an array field whose items are of that kind.
_KINDS = (
    (("name", "title"), _TEXT_LITERALS, "tags", True),
    (("status",), _STATES, "states", False),
    (("phase",), _STATES, "", False),
    (("started", "ended"), _INSTANTS, "moments", True),
    (("planned",), ("'2024-03-01T00:00:00'",), "", True),
    (("day", "last_day"), _DAYS, "", True),
    (("opens",), ("'08:30:00'", "'08:30:00.000001'"), "", True),
    (("token", "owner"), _UUIDS, "owners", True),
    (("score", "other_score"), _FLOAT_LITERALS, "", True),
)
_ARRAYS = ("levels", "bigs", "prices", "tags", "states", "moments", "owners")


def rule(source: random.Random, depth: int = 3) -> str:
    """A condition."""
    if depth <= 0 or source.random() < 0.3:
        return _predicate(source, depth)
    first, second = rule(source, depth - 1), rule(source, depth - 1)
    return source.choice(
        (
            f"{first} AND {second}",
            f"({first}) OR ({second})",
            f"NOT ({first})",
            f"({first}) AND ({second})",
            f"({first}) IS{source.choice(('', ' NOT'))} {source.choice(('NULL', 'TRUE', 'FALSE'))}",
            f"CASE WHEN {first} THEN {source.choice(('flag', 'TRUE', 'NULL', second))} ELSE {second} END",
            f"({first}) {source.choice(_EQUALITY)} ({second})",
            f"coalesce({first}, {source.choice(('TRUE', 'FALSE', second))})",
        )
    )


def _predicate(source: random.Random, depth: int) -> str:
    roll = source.random()
    negated = source.choice(("", "NOT "))
    if roll < 0.4:
        return _numeric(source, depth)
    if roll < 0.5:
        return source.choice(("flag", "ready", "flag = ready", "flag <> TRUE", "NOT ready", "flag IS NOT FALSE"))
    if roll < 0.6:
        anything = source.choice((*_NUMBERS, "name", "doc", "started", "wide", "levels", "flag", "score"))
        return f"{anything} IS {negated}NULL"
    if roll < 0.7:
        subject = source.choice(("name", "title", "status", "phase", "coalesce(name, title)"))
        return source.choice(
            (
                f"{subject} {negated}LIKE {source.choice(_LIKES)}",
                f"{subject} {source.choice(('~', '!~'))} {source.choice(_PATTERNS)}",
            )
        )
    return _comparison(source, depth, negated)


def _comparison(source: random.Random, depth: int, negated: str) -> str:
    fields, literals, array, ordered = source.choice(_KINDS)
    operator = source.choice((*_EQUALITY, *_ORDER) if ordered else _EQUALITY)

    def value() -> str:
        field = source.choice(fields)
        roll = source.random()
        if roll < 0.2:
            return f"coalesce({field}, {source.choice(literals)})"
        if roll < 0.3 and depth > 0:
            # A condition of its own beside the value; the field keeps the whole from being constant.
            return f"CASE WHEN {rule(source, 0)} THEN {source.choice(literals)} ELSE {field} END"
        return field if roll < 0.7 else source.choice(literals)

    field = source.choice(fields)
    forms = [f"{field} {operator} {value()}", f"{value()} {operator} {field}"]
    forms.append(f"{field} {negated}IN ({', '.join(source.choice((*literals, field)) for _ in range(3))})")
    if ordered:
        forms.append(f"{field} {negated}BETWEEN {value()} AND {value()}")
    if array:
        subject = source.choice((field, source.choice(literals)))
        forms.append(f"{subject} {operator} {source.choice(('ANY', 'ALL'))} ({array})")
    return source.choice(forms)


def _numeric(source: random.Random, depth: int) -> str:
    operator = source.choice((*_EQUALITY, *_ORDER))
    negated = source.choice(("", "NOT "))
    roll = source.random()
    if roll < 0.12:
        array = source.choice(_ARRAYS)
        return f"cardinality({array}) {operator} {source.choice(('0', '1', '2', 'a', 'small - 1'))}"
    if roll < 0.25:
        array = source.choice(("levels", "bigs", "prices"))
        subject = source.choice((*_NUMBERS, "big", "1", "9.99", "a + 1", "-big"))
        return f"{subject} {operator} {source.choice(('ANY', 'ALL'))} ({array})"
    if roll < 0.32:
        return f"wide {operator} {source.choice(('0.00000001', 'price', 'a', 'wide * 2'))}"
    integers = source.random() < 0.6
    value = _integer if integers else _number
    first, second, third = (value(source, depth) for _ in range(3))
    # A field stands on one side, so that no condition is constant.
    field = source.choice(_INTEGERS if integers else _NUMBERS)
    if roll < 0.45:
        return f"{field} {negated}BETWEEN {first} AND {second}"
    if roll < 0.55:
        options = ", ".join((source.choice(_INTEGER_LITERALS), source.choice(_INTEGERS), field))
        return f"{first} {negated}IN ({options})"
    if roll < 0.65:
        return f"{first} + {field} {operator} {third}"
    return f"{first} {operator} {field}"


def _integer(source: random.Random, depth: int) -> str:
    if depth <= 0 or source.random() < 0.35:
        return source.choice((*_INTEGERS, *_INTEGERS, *_INTEGER_LITERALS, source.choice(_BIG_LITERALS)))
    return _computed(source, depth, _integer, ("length(name)", "length(status)", "length(phase)", "cardinality(tags)"))


def _number(source: random.Random, depth: int) -> str:
    if depth <= 0 or source.random() < 0.35:
        return source.choice((*_NUMBERS, *_NUMBERS, *_DECIMAL_LITERALS, *_INTEGER_LITERALS))
    return _computed(source, depth, _number, ("length(title)", "big", "rate"))


def _computed(source: random.Random, depth: int, value: object, others: tuple[str, ...]) -> str:
    assert callable(value)
    first, second = value(source, depth - 1), value(source, depth - 1)
    field = source.choice(_INTEGERS[:3])
    return str(
        source.choice(
            (
                f"{field} {source.choice('+-*')} {first}",
                f"({field} - {first}) * ({field} + {second})",
                f"{first} - ({field} - {second})",
                f"-({field} + {first})",
                f"- {field}",
                f"abs({field} - {first})",
                f"coalesce({field}, {first})",
                f"coalesce({field} + {first}, {second})",
                f"CASE WHEN {rule(source, 0)} THEN {first} WHEN flag THEN {field} ELSE {second} END",
                source.choice(others),
            )
        )
    )
