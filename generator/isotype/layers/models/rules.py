"""The rules of a table as a method of its model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from isotype.binding.model import EntityBinding, FieldBinding
from isotype.dialects.expressions.code import FunctionCall
from isotype.dialects.expressions.python import print_expression
from isotype.dialects.literals.python import python_comment_lines, python_string
from isotype.dialects.python import INDENT, WIDTH, Code, bracket, call, constant, flat, from_rule, layout, sequence
from isotype.dialects.python_types import default
from isotype.domain.expressions import Expression
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Array, EnumType
from isotype.layers.models.types import TypeNames
from isotype.tables.model import Check, Table

_RULES = "._rules"


def is_ruled(tables: Iterable[Table]) -> bool:
    """Whether any table has a rule."""
    return any(True for table in tables for _ in _rules(table))


def rule_lines(entity: EntityBinding, names: TypeNames) -> list[str]:
    """The method that judges the rules on what is known of a row; nothing without rules."""
    entries: list[Code] = []
    notes: list[str] = []
    for rule, expression in _rules(entity.table):
        printed = print_expression(expression, lambda column: _operand(_field(entity, column), names))
        if isinstance(printed, NotExpressible):
            notes += python_comment_lines(f"Not judged here: {rule.name}. {printed.reason}", INDENT * 2, WIDTH)
            continue
        # A method sees these functions whatever the attributes of the class are called.
        _support(names).update({"refuses", *printed.helpers} - {"row"})
        verdict = call("refuses", from_rule(printed.code))
        message = python_string(rule.message or f"{rule.name} is broken")
        entries.append(bracket("(", (python_string(rule.name), message, verdict), ")", literal=True))
    if not (entries or notes):
        return []
    return [
        "",
        f"{INDENT}def __rules__(self, row: {names.use('.base', 'Row')}) -> {names.use('.base', 'Rules')}:",
        *notes,
        *layout(sequence(entries), f"{INDENT * 2}return "),
    ]


def gaps(table: Table) -> Iterator[NotExpressible]:
    """What the rules of a table say that Python cannot."""
    for _, expression in _rules(table):
        gap = _gap(expression)
        if gap is not None:
            yield gap


@lru_cache(maxsize=4096)
def _gap(expression: Expression) -> NotExpressible | None:
    printed = print_expression(expression, str)
    return printed if isinstance(printed, NotExpressible) else None


def _rules(table: Table) -> Iterator[tuple[Check, Expression]]:
    for check in table.checks:
        if check.kind == "rule" and check.expression is not None:
            yield check, check.expression


def _field(entity: EntityBinding, column: str) -> FieldBinding:
    return next(field for field in entity.fields if field.column.name == column)


def _support(names: TypeNames) -> set[str]:
    return names.imports.setdefault(_RULES, set())


def _operand(field: FieldBinding, names: TypeNames) -> FunctionCall:
    """How a rule reads a column, and what it reads where a new row leaves it out."""
    absent = _absent(field, names)
    return _read(python_string(field.attribute), *([] if absent is None else [flat(absent)]))


# Entities with fields alike have rules alike.
@lru_cache(maxsize=1024)
def _read(*arguments: str) -> FunctionCall:
    return FunctionCall("row", arguments)


def _absent(field: FieldBinding, names: TypeNames) -> Code | None:
    made, of = field.column.default, field.column.type
    if made is None and field.column.computed is None:
        return None
    if made is None or made.kind != "literal":
        _support(names).add("UNKNOWN")
        return "UNKNOWN"
    match of:
        case EnumType(enum=enum):
            member = next((value.member for value in enum.values if value.value == made.value), "")
            return f"{names.enum(enum)}.{member}" if member else None
        case Array(item=EnumType()):
            return constant(made.value)
    return None if made.value is None else default(made.value, of, names)
