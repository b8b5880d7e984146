"""Broken tables that no row shows, each with the sentence that proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from isotype.dialects.expressions.sqlite import print_expression
from isotype.dialects.postgres.arrays import array_conditions
from isotype.dialects.postgres.guards import guard
from isotype.dialects.postgres.names import Names
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.domain.expressions import (
    BOOLEAN,
    UNTYPED,
    And,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    In,
    Literal,
    Match,
    Name,
    children,
    walk,
)
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, Scalar, Type, value_type
from isotype.domain.values import replace
from isotype.layers.models.types import holds_parts
from isotype.probes.logic import UNKNOWN, evaluate
from isotype.probes.numbers import type_limits
from isotype.probes.texts import patterns_of
from isotype.tables.model import Check, Column, JsonStructure, Table, Tables
from tests.conformance.mutations import deciding, expressions, intervals
from tests.conformance.mutations.equivalences import same_values
from tests.conformance.mutations.languages import same_texts

KEY = "A column of a primary key is never null."
SAME_CHECKS = "All CHECKs together refuse the same rows, of all values that the columns can hold."
NEARER = "More texts are refused, none of which is one of the type."
SAME_VALUES = "Both types hold the same values, as far as the CHECKs beside them let any in."
SAME_STRUCTURE = "Both typed objects are the same of all values that their properties can have."
NAME = "Only the name of a CHECK is another."
FORM = "Any JSON object is one of the type, and the form of its column says that already."
COMPUTED = "A model neither writes nor judges what the database computes."
NESTED = "PostgreSQL searches no array of several dimensions, so that the CHECK of the items refuses it by an error."
ROUNDED = "A column of PostgreSQL rounds to its scale what it is given, as `round` does."
FITS = "What is computed has no more digits than either type holds, of all rows that the CHECKs let in."
WHOLE = "What is computed is a whole number that a double holds and shows alike, of all rows that the CHECKs let in."
NULL_COMPUTED = "What is computed of it would be NULL, and is never."
SAME_RESULTS = "The same is computed of all rows that the CHECKs let in."
PARTS = "What only one of both types takes is inside typed JSON, which a model leaves to others, as the ledger says."
UNSAID = "What a model leaves out it does not judge but by its rules, which say the same."


def proof(engine: str, whole: Tables, broken: Tables) -> str:
    """The sentence that proves that no row shows what is broken; '' where there is none."""
    [before], [after] = whole.tables, broken.tables
    if before != after:
        return _of_table(engine, before, after)
    if len(whole.structures) != len(broken.structures):
        return ""
    pairs = [(one, other) for one, other in zip(whole.structures, broken.structures, strict=True) if one != other]
    return SAME_STRUCTURE if len(pairs) == 1 and _same_structures(engine, *pairs[0]) else ""


def _of_table(engine: str, before: Table, after: Table) -> str:
    checks_alone = replace(after, checks=before.checks) == before
    before, after = _judged(engine, before), _judged(engine, after)
    if checks_alone:
        if engine == "sqlite" and _is_said_by_form(before, after):
            return FORM
        same = deciding.same_refusals(_said(before), _said(after), _operands(engine, before))
        same = same or any(_same_texts(before, after, column.name) for column in before.columns)
        if same and _unsaid(before) == _unsaid(after):
            return SAME_CHECKS
        return NEARER if any(_is_nearer(before, after, column.name) for column in before.columns) else ""
    pairs = [(one, other) for one, other in zip(before.columns, after.columns, strict=True) if one != other]
    if len(pairs) != 1:
        return ""
    [(one, other)] = pairs
    key = before.primary_key.columns if before.primary_key else ()
    if replace(other, nullable=one.nullable) == one and one.name in key:
        return KEY
    if replace(other, nullable=one.nullable) == one and engine != "models" and _is_computed_from(before, one.name):
        return NULL_COMPUTED
    if replace(other, guard=one.guard) == one and engine == "sqlite":
        # There each form has its CHECK, under one name or the other.
        return NAME
    if replace(other, guard=one.guard) == one and engine == "postgres" and _is_searched(before, one):
        return NESTED
    if engine == "models" and one.computed is not None and one.computed == other.computed:
        return COMPUTED
    if one.computed is not None and replace(other, computed=one.computed) == one:
        return _of_computed(engine, before, one, other)
    if replace(other, type=one.type) == one:
        if engine == "postgres" and one.computed is not None and (said := _same_results_of(before, one, other.type)):
            return said
        if engine == "models" and _leaves_parts(one.type, other.type):
            return PARTS
        if engine != "models" and _same_texts(before, after, one.name):
            return SAME_VALUES
        return SAME_VALUES if _same_types(engine, before, one, other.type) else ""
    if replace(other, default=one.default) == one and engine == "models":
        return UNSAID if _same_defaults(before, one, other) else ""
    return ""


def _is_searched(table: Table, column: Column) -> bool:
    """Whether all that a guard says is that an array is flat, and the CHECK of its items looks for nulls in it."""
    of, name = column.type, column.name
    if not isinstance(of, Array) or len(guard(of, name, _NAMES)) != 1:
        return False
    judged = any(check.kind == "items" and check.columns == (name,) for check in table.checks)
    return judged and any(part.startswith("array_position(") for part in array_conditions(of, name, _NAMES))


_NAMES = Names(lambda enum: enum.name, str, str)


def _is_computed_from(table: Table, name: str) -> bool:
    """Whether a column that is never null would be, were another one null: whatever else a row holds."""
    computed = [of.computed.expression for of in table.columns if of.computed is not None and not of.nullable]
    return any(
        expression is not None and evaluate(expression, lambda read: None if read == name else UNKNOWN) is None
        for expression in computed
    )


def _same_results_of(table: Table, column: Column, other: Type) -> str:
    """The sentence that proves that both types hold all that is computed, and show it alike."""
    of, expression = column.type, column.computed.expression if column.computed is not None else None
    found = None if expression is None else intervals.reach(expression, intervals.columns(table))
    if found is None:
        return ""
    match of, other:
        case Scalar(base="decimal", scale=scale), Scalar(base="decimal", scale=places) if scale == places:
            # Rounded to the scale it may have one digit more.
            most = min(Fraction(10) ** (held.precision - scale) for held in (of, other))
            return FITS if found.size + Fraction(1, 10**scale) < most else ""
        case Scalar(base=base), Scalar(base="float") if base in INTEGERS:
            # What is no number of the type PostgreSQL refuses by itself, which a double does not.
            fits = found.size <= type_limits(intervals.by_itself(of))[1]
            shown = found.whole and found.size < _SPELLED and _is_only_compared(table, column.name)
            return WHOLE if fits and shown else ""
    return ""


_SPELLED = 10**15
"""Doubles from here on PostgreSQL shows with an exponent."""


def _is_only_compared(table: Table, name: str) -> bool:
    """Whether all that CHECKs ask of a column is how it stands beside constants."""
    rules = [check.expression for check in table.checks if check.expression is not None and name in check.columns]
    return all(_compares(node, name) for rule in rules for node in walk(rule))


def _compares(node: Expression, name: str) -> bool:
    """Whether a node does not read a column, or compares it with constants."""
    read = any(isinstance(part, Name) and part.name == name for part in children(node))
    others = all(isinstance(part, Name | Literal) for part in children(node))
    return not read or (isinstance(node, Compare | Between | In) and others and len(_named(node)) == 1)


def _named(node: Expression) -> set[str]:
    return {part.name for part in children(node) if isinstance(part, Name)}


def _unrounded(of: Expression, scale: int) -> Expression:
    """What a column of a scale makes the same value of: whatever comes out of it is rounded once more."""
    match of:
        case Call(function="round", arguments=(value, Literal(value=places))) if places == scale:
            return _unrounded(value, scale) if value.type.kind in ("decimal", "integer") else of
        case Case(branches=branches, otherwise=otherwise):
            plain = tuple((condition, _unrounded(result, scale)) for condition, result in branches)
            rest = None if otherwise is None else _unrounded(otherwise, scale)
            return replace(of, branches=plain, otherwise=rest, type=UNTYPED)
    return of


def _of_computed(engine: str, table: Table, one: Column, other: Column) -> str:
    """The sentence that proves that a column is computed alike."""
    before, after = (None if of.computed is None else of.computed.expression for of in (one, other))
    if before is None or after is None:
        return ""
    if engine == "postgres" and isinstance(one.type, Scalar) and one.type.base == "decimal":
        scale = one.type.scale
        if _unrounded(before, scale) == _unrounded(after, scale):
            return ROUNDED
    return SAME_RESULTS if deciding.same_results(before, after, _operands(engine, table), _said(table)) else ""


def _is_said_by_form(before: Table, after: Table) -> bool:
    """Whether all that is missing is a CHECK of free maps."""
    missing = [check for check in before.checks if check not in after.checks]
    free = Map(Scalar("json"), nullable_values=True)
    return len(after.checks) == len(before.checks) - 1 and [check.type for check in missing] == [free]


def _judged(engine: str, table: Table) -> Table:
    """The table with the CHECKs that the engine judges: of models rules alone, of SQLite what it has words for."""
    if engine == "models":
        return replace(table, checks=tuple(check for check in table.checks if check.kind == "rule"))
    if engine != "sqlite":
        return table
    found = []
    for check in table.checks:
        if check.expression is not None:
            whole = check.expression.parts if isinstance(check.expression, And) else (check.expression,)
            parts = tuple(part for part in whole if _is_expressible(part))
            if not parts:
                continue
            check = replace(check, expression=And(parts, type=BOOLEAN) if len(parts) > 1 else parts[0])
        found.append(check)
    return replace(table, checks=tuple(found))


def _is_expressible(part: Expression) -> bool:
    """Whether SQLite has words for a condition, in a CHECK or in a trigger."""
    return any(not isinstance(print_expression(part, str, place), NotExpressible) for place in ("check", "trigger"))


def _said(table: Table) -> list[Expression]:
    return [check.expression for check in table.checks if check.expression is not None]


def _unsaid(table: Table) -> list[tuple[str, Type | None]]:
    """CHECKs that are about the parts of a value."""
    return [(check.columns[0], check.type) for check in table.checks if check.expression is None]


def _same_texts(before: Table, after: Table, name: str) -> bool:
    """Whether nothing but what a column of text takes is another, and that are the same texts."""
    rest, others = ([check for check in table.checks if check.columns != (name,)] for table in (before, after))
    one, other = _texts(before, name), _texts(after, name)
    return rest == others and one is not None and other is not None and same_texts(one, other)


def _is_nearer(before: Table, after: Table, name: str) -> bool:
    """Whether only a column of text takes less, and still all that is meant: of a form it may take more than that."""
    rest, others = ([check for check in table.checks if check.columns != (name,)] for table in (before, after))
    one, other, meant = _texts(before, name), _texts(after, name), before.column(name).type
    if rest != others or one is None or other is None or not isinstance(meant, Scalar):
        return False
    return _are_among(other, one) and _are_among(meant, other)


def _are_among(one: Scalar, other: Scalar) -> bool:
    """Whether it is proved that all texts of a type are texts of another one."""
    plain = Scalar("text", length=one.longest, min_length=one.min_length, patterns=patterns_of(one))
    both = _at_least(replace(plain, patterns=(*plain.patterns, *patterns_of(other))), other.min_length or 0)
    if other.longest is not None:
        both = replace(both, length=_least(plain.length, other.longest))
    return same_texts(plain, both)


def _texts(table: Table, name: str) -> Scalar | None:
    """The texts that a column takes with all that its CHECKs ask of it alone; None where that is not to be said."""
    of = table.column(name).type
    if not isinstance(of, Scalar) or of.base not in TEXTUAL:
        return None
    found = Scalar("text", length=of.length)
    for check in table.checks:
        if check.columns == (name,):
            for part in check.expression.parts if isinstance(check.expression, And) else (check.expression,):
                narrowed = _narrowed(found, part)
                if narrowed is None:
                    return None
                found = narrowed
    return found


def _narrowed(of: Scalar, part: Expression | None) -> Scalar | None:
    """The texts for which a condition holds too."""
    match part:
        case Match(value=Name(), pattern=pattern, negated=False):
            return replace(of, patterns=(*of.patterns, pattern))
        case Between(
            value=Call(function="length"),
            low=Literal(value=int() as low),
            high=Literal(value=int() as high),
            negated=False,
        ):
            return replace(_at_least(of, low), max_length=_least(of.max_length, high))
        case Compare(op=op, left=Call(function="length"), right=Literal(value=int() as size)):
            match op:
                case ">=" | ">":
                    return _at_least(of, size + (op == ">"))
                case "<=" | "<":
                    return replace(of, max_length=_least(of.max_length, size - (op == "<")))
    return None


def _at_least(of: Scalar, size: int) -> Scalar:
    return replace(of, min_length=max(of.min_length or 0, size))


def _least(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)


def _operands(engine: str, table: Table, others: Mapping[str, Type] | None = None) -> Mapping[str, deciding.Operand]:
    """What each column can hold without its CHECKs."""
    key = table.primary_key.columns if table.primary_key else ()
    # What a model has not read is not known to it.
    further: tuple[Any, ...] = (UNKNOWN,) if engine == "models" else ()
    return {
        column.name: deciding.Operand(
            (others or {}).get(column.name) or held(engine, column.type),
            (None, *further)
            if (column.nullable and column.name not in key) or column.computed is not None
            else further,
        )
        for column in table.columns
    }


def held(engine: str, of: Type) -> Type:
    """What a column of the type holds by itself: a model all that is meant, a database what CHECKs still narrow."""
    of = _unwired(of)
    if engine == "models":
        return of
    match of:
        case Scalar(base=base) if base in TEXTUAL:
            return Scalar("text" if of.length is None else "string", length=of.length)
        case Scalar(base=base) if engine == "sqlite" and base in (*INTEGERS, "decimal"):
            return _stored(of)
        case Scalar():
            return intervals.by_itself(of)
        case EnumType(enum=enum) if not enum.native:
            return Scalar("text")
    return of


def _unwired(of: Type) -> Type:
    """The type as no JSON narrows it: what travels as a number is bound by nothing but its own bounds here."""
    match of:
        case Array(item=item):
            return replace(of, item=_unwired(item))
        case Scalar(number=True):
            return replace(of, number=False)
    return of


def _stored(of: Scalar) -> Scalar:
    """What SQLite's integers hold of a type of numbers: its size is asked for where the schema gives no bound."""
    if of.base == "decimal" and of.precision > WIDEST_INTEGER:
        return intervals.by_itself(of)
    low, high = type_limits(intervals.by_itself(of))
    decimal = Scalar("decimal", precision=WIDEST_INTEGER + 1, scale=of.scale)
    return replace(
        decimal if of.base == "decimal" else Scalar("bigint"),
        minimum=low if of.minimum is None and of.above is None else None,
        maximum=high if of.maximum is None and of.below is None else None,
    )


# Types


def _leaves_parts(one: Type, other: Type) -> bool:
    """Whether two types are maps or arrays of which the parts alone differ, and the ledger leaves those open."""
    if isinstance(one, Array) and isinstance(other, Array) and holds_parts(one):
        return replace(other, item=one.item) == one and (holds_parts(other) or other.item == Scalar("json"))
    if not (isinstance(one, Map) and isinstance(other, Map) and holds_parts(one)):
        return False
    return replace(other, value=one.value) == one


def _same_types(engine: str, table: Table, column: Column, other: Type) -> bool:
    one, another = held(engine, column.type), held(engine, other)
    if _stores(engine, column.type) != _stores(engine, other):
        return False
    if same_values(one, another):
        return True
    loose = _loose(one, another)
    if loose is None:
        return False
    before, after = list(_asked(column.name, one)), list(_asked(column.name, another))
    operands = _operands(engine, table, {column.name: loose})
    return deciding.same_refusals(before, after, operands, _said(table))


def same_bounds(table: Table, column: Column, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether SQLite refuses the same rows, whichever of two pairs of bounds it asks of a column of whole numbers."""
    free = Scalar("bigint")
    before, after = (list(_asked(column.name, replace(free, minimum=low, maximum=high))) for low, high in (one, other))
    operands = _operands("sqlite", table, {column.name: free})
    return deciding.same_refusals(before, after, operands, _said(_judged("sqlite", table)))


def _stores(engine: str, of: Type) -> object:
    """What decides how a number is kept."""
    if isinstance(of, Scalar) and of.base == "decimal":
        return of.scale, engine == "sqlite" and of.precision > WIDEST_INTEGER
    return None


def _loose(one: Type, other: Type) -> Type | None:
    """A type of all that both hold; None where that cannot be said."""
    if _is_text(one) and _is_text(other):
        return Scalar("text")
    match one, other:
        case Scalar(), Scalar() if one.number == other.number and one.scale == other.scale:
            both = {one.base, other.base}
            if both <= set(INTEGERS):
                return Scalar("bigint")
            if both == {"decimal"}:
                return Scalar("decimal", precision=60, scale=one.scale)
    return None


def _is_text(of: Type) -> bool:
    return isinstance(of, EnumType) or (isinstance(of, Scalar) and of.base in TEXTUAL)


def _asked(name: str, of: Type) -> Iterator[Expression]:
    """What a type asks of a value, as rules."""
    value = Name(name, type=value_type(of))
    match of:
        case EnumType(enum=enum):
            yield In(value, tuple(Literal(text, type=value.type) for text in enum.texts), type=BOOLEAN)
        case Scalar(base=base) if base in (*INTEGERS, "decimal"):
            low, high = type_limits(intervals.by_itself(of))
            sides = (
                (">=", low),
                ("<=", high),
                (">=", of.minimum),
                (">", of.above),
                ("<=", of.maximum),
                ("<", of.below),
            )
            for op, bound in sides:
                if bound is not None:
                    yield Compare(op, value, Literal(bound, type=value.type), type=BOOLEAN)
        case Scalar(base=base) if base in TEXTUAL:
            length = Call("length", (value,), type=value_type(Scalar("int")))
            for op, size in ((">=", of.min_length), ("<=", of.longest)):
                if size is not None:
                    yield Compare(op, length, Literal(size, type=length.type), type=BOOLEAN)
            yield from (Match(value, pattern, type=BOOLEAN) for pattern in patterns_of(of))


# Defaults


def _same_defaults(table: Table, one: Column, other: Column) -> bool:
    """Whether a new row that leaves a column out is refused alike with either default."""
    if one.default is not None and other.default is None:
        # Null is written for it then.
        return False
    if not one.nullable and one.default is None and other.default is not None:
        return False
    before, after = ([_with(rule, one.name, column) for rule in _rules(table.checks)] for column in (one, other))
    if before == after:
        return True
    if not all(column.default is None or column.default.kind == "literal" for column in (one, other)):
        return False
    return deciding.same_refusals(before, after, _operands("models", table))


def _with(rule: Expression, name: str, column: Column) -> Expression:
    """The rule with what a new row has where it says nothing of a column."""
    value = None if column.default is None else column.default.value
    constant = value if isinstance(value, str | int | Decimal) else None

    def said(node: Expression) -> Expression | None:
        return Literal(constant, type=node.type) if isinstance(node, Name) and node.name == name else None

    return expressions.substituted(rule, said)


# Typed JSON


def _same_structures(engine: str, one: JsonStructure, other: JsonStructure) -> bool:
    if one.rules != other.rules and one.properties == other.properties:
        types = {entry.name: entry for entry in one.properties}
        operands = {
            name: deciding.Operand(entry.type, (None,) if entry.nullable or entry.optional else ())
            for name, entry in types.items()
        }
        return deciding.same_refusals(_rules(one.rules), _rules(other.rules), operands)
    pairs = [pair for pair in zip(one.properties, other.properties, strict=False) if pair[0] != pair[1]]
    return (
        len(pairs) == 1
        and len(one.properties) == len(other.properties)
        and replace(pairs[0][1], type=pairs[0][0].type) == pairs[0][0]
        and same_values(pairs[0][0].type, pairs[0][1].type)
    )


def _rules(checks: Sequence[Check]) -> list[Expression]:
    """What a model judges beside the types of its columns."""
    return [check.expression for check in checks if check.kind == "rule" and check.expression is not None]
