"""The rules of a shape as statements of a refinement.

An operand that the value does not carry is `undefined`: not known, which refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from isotype.dialects.expressions import typescript as expressions
from isotype.dialects.literals.typescript import typescript_access, typescript_comment_lines, typescript_string
from isotype.dialects.literals.widths import width
from isotype.dialects.typescript import constant
from isotype.dialects.typescript_layout import INDENT, WIDTH, Call, Items, flat, layout, ternary
from isotype.domain.identifiers import pascal
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.names import camel
from isotype.domain.types import ObjectType
from isotype.shapes.model import Operand, Shape, ShapeRule, Shapes


class Refinement(NamedTuple):
    """The statements over `row`, the functions of the rules module they call, and what could not be said."""

    statements: list[str]
    helpers: frozenset[str]
    missing: tuple[NotExpressible, ...]


class _Read(NamedTuple):
    """How the rules of a shape read it: the expression for each operand, and for each rule the statements before it."""

    operands: Mapping[str, str]
    statements: Sequence[Sequence[str]]


class Judged(NamedTuple):
    """What was printed before: rules by the identity of their expression and how they read it, since variants share
    most of them; and how rules read shapes, by the identity of properties and of operands."""

    rules: dict[object, Refinement]
    read: dict[object, _Read]


def refinement(shapes: Shapes, shape: Shape, indent: str, known: Judged) -> Refinement:
    """Every rule of a shape, its statements indented by `indent`."""
    statements: list[str] = []
    helpers: set[str] = set()
    missing: list[NotExpressible] = []
    same = (id(shape.properties), indent, *[id(rule.operands) for rule in shape.rules])
    read = known.read.get(same)
    if read is None:
        read = known.read[same] = _read(shapes, shape, indent)
    for rule, before in zip(shape.rules, read.statements, strict=True):
        statements.extend(before)
        wires = tuple([(operand.wire, read.operands[operand.field]) for operand in rule.operands])
        key = (id(rule.expression), rule.name, rule.source, rule.message, wires, indent)
        judged = known.rules.get(key)
        if judged is None:
            judged = known.rules[key] = _judged(rule, read.operands, indent)
        statements.extend(judged.statements)
        helpers.update(judged.helpers)
        missing.extend(judged.missing)
    return Refinement(statements, frozenset(helpers), tuple(missing))


def _read(shapes: Shapes, shape: Shape, indent: str) -> _Read:
    operands: dict[str, str] = {}
    statements: list[list[str]] = []
    for rule in shape.rules:
        before: list[str] = []
        for operand in rule.operands:
            if operand.field not in operands:
                operands[operand.field] = _operand(shapes, shape, operand, before, indent)
        statements.append(before)
    return _Read(operands, statements)


def _judged(rule: ShapeRule, operands: Mapping[str, str], indent: str) -> Refinement:
    """One rule, after the statements that make its operands."""
    statements = typescript_comment_lines(f"{rule.name}: {rule.source}", indent)
    printed = expressions.print_expression(rule.expression, operands.__getitem__)
    if isinstance(printed, NotExpressible):
        statements.extend(typescript_comment_lines(f"Not judged here: {printed.reason}", indent))
        return Refinement(statements, frozenset(), (printed,))
    verdict = f"{camel(rule.name)}Holds"
    statements.append(printed.layout(f"{indent}const {verdict} = ", ";", width=WIDTH, indent=INDENT))
    statements.append(_refusal(rule, verdict, indent))
    return Refinement(statements, printed.helpers, ())


def _refusal(rule: ShapeRule, verdict: str, indent: str) -> str:
    known = [operand for operand in rule.operands if operand.known]
    path = known[0].wire if len(known) == 1 else ()
    message = rule.message or f"{rule.name} does not hold: {rule.source}"
    call = Call(
        "refuse",
        ("context", Items(tuple(map(typescript_string, path))), verdict, typescript_string(message)),
    )
    return f"{indent}{layout(call, indent, len(indent))};"


def _operand(shapes: Shapes, shape: Shape, operand: Operand, statements: list[str], indent: str) -> str:
    """The expression for an operand, after statements that make it where one property access does not."""
    if not operand.known:
        return "undefined"
    value, null_if = _access(shapes, shape, operand.wire)
    name = f"given{pascal(operand.field)}"
    if null_if:
        statements.append(_declared(name, f"{null_if} === null", "null", value, indent))
        value = name
    if operand.default is not None:
        name = f"{name}OrDefault" if null_if else name
        statements.append(
            _declared(name, f"{value} === undefined", flat(constant(operand.default.value)), value, indent)
        )
        value = name
    return value


# Entities with fields alike have rules alike.
@lru_cache(maxsize=1024)
def _declared(name: str, condition: str, yes: str, no: str, indent: str) -> str:
    text = ternary(f"{indent}const {name} =", condition, yes, no, indent, ";")
    if max(map(width, text.splitlines())) <= WIDTH:
        return text
    return f"{indent}// biome-ignore format: the default is one constant\n{text}"


def _access(shapes: Shapes, shape: Shape, path: tuple[str, ...]) -> tuple[str, str]:
    """The property at a path, and the group on the way that may be null ('' when none may).

    Inside a group that is null every property is null; inside one that is absent nothing is known.
    """
    text = "row"
    null_if = ""
    absent = False
    at: Shape | None = shape
    for name in path:
        access = typescript_access(name)
        if absent:
            text += f"?{access}" if access.startswith(".") else f"?.{access}"
        else:
            text += access
        found = next((prop for prop in at.properties if prop.name == name), None) if at is not None else None
        if found is None or not isinstance(found.type, ObjectType) or name is path[-1]:
            at = None
            continue
        if found.nullable:
            # Of two groups that may be null the inner one decides; `?.` reaches it only when the outer one is there.
            null_if = text
        absent = not found.required
        at = shapes.shape(found.type.name)
    return text, null_if
