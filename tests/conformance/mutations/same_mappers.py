"""Broken mappers that no record shows, each with the sentence that proves it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isotype.binding.model import EntityBinding
from isotype.domain.expressions import IsNull, Name, walk
from isotype.domain.types import EnumType
from isotype.probes.logic import UNKNOWN, refuses
from isotype.shapes.model import Property, Shape, ShapeRule
from isotype.tables.model import Column
from tests.conformance.mutations.model import Rewrite

SAME_ROW = "Every new row has the same values: those assigned, all that rules leave there, its default, or null."

Facts = Mapping[str, Any]
"""What every body says that is taken, by field; a body that says nothing of it means the same."""
Path = tuple[tuple[str, bool], ...]
"""Which conditions of a function hold and which do not, in their order."""
Assigned = Sequence[tuple[str, str]]
"""What is assigned, one after the other: attributes of a row and names of the function's own, each with a value."""
BRANCHES = 8
"""A function of more conditions than these, one after the other, is not followed."""
_GIVEN = object()
"""A value of which nothing is known but that it is none of those a rule could name: it is not null."""


def proof(entity: EntityBinding, rewrite: Rewrite, whole: str) -> str:
    """The sentence that proves that no record shows what is broken in a mapper; '' where there is none."""
    if rewrite.within != "to_model":
        return ""
    before, after = (_assigned(_function(text)) for text in (whole, rewrite.applied(whole)))
    if before is None or after is None or before.keys() != after.keys():
        return ""
    facts = _said(entity)
    same = all(_is_same_row(entity, before[path], after[path], facts) for path in before)
    return SAME_ROW if same else ""


def _function(text: str) -> ast.FunctionDef:
    found = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "to_model")
    return next(found)


# What is assigned


def _assigned(function: ast.FunctionDef) -> Mapping[Path, Assigned] | None:
    """What a function assigns on each way through it; None where it does more than that."""
    branches = sum(isinstance(node, ast.If) for node in ast.walk(function))
    ways = _ways(function.body) if branches <= BRANCHES else None
    return None if ways is None else dict(ways)


def _ways(statements: Sequence[ast.stmt]) -> list[tuple[Path, Assigned]] | None:
    ways: list[tuple[Path, Assigned]] = [((), ())]
    for node in statements:
        further: list[tuple[Path, Assigned]] | None
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="model"), attr=name)], value=value):
                further = [((), ((f"model.{name}", ast.unparse(value)),))]
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                further = [((), ((name, ast.unparse(value)),))]
            case ast.If(test=test, body=body, orelse=orelse):
                taken, left = _ways(body), _ways(orelse)
                if taken is None or left is None:
                    return None
                said = ast.unparse(test)
                further = [(((said, True), *path), made) for path, made in taken]
                further += [(((said, False), *path), made) for path, made in left]
            case ast.Return(value=ast.Name(id="model")) if node is statements[-1]:
                further = [((), ())]
            case ast.Pass() | ast.Expr(ast.Constant()):
                further = [((), ())]
            case _:
                return None
        ways = [((*path, *more), (*made, *added)) for path, made in ways for more, added in further]
    return ways


def _said(entity: EntityBinding) -> Facts:
    """What every body says, by the words of a mapper."""
    facts = _facts(entity.shapes["create"])
    bodies = ((one.field, one.paths["create"].attributes) for one in entity.fields if "create" in one.paths)
    known = {f"create.{path[0]}": facts[field] for field, path in bodies if field in facts and len(path) == 1}
    return {"None": None, **known}


def _is_same_row(entity: EntityBinding, before: Assigned, after: Assigned, said: Facts) -> bool:
    """Whether a row has the same values in the end, and nothing else is assigned meanwhile that it could refuse."""
    columns = {f"model.{one.attribute}": one.column for one in entity.fields}
    added = [one for one in after if one not in before]
    if not all(said.get(value, _GIVEN) is None and name in columns and columns[name].nullable for name, value in added):
        return False
    if any(one not in after and (one[0] not in columns or one[1] not in said) for one in before):
        return False
    first, last = dict(before), dict(after)
    return all(
        first.get(name) == last.get(name)
        or (
            name in columns
            and (known := _value(columns[name], first.get(name), said)) is not _GIVEN
            and known == _value(columns[name], last.get(name), said)
        )
        for name in {**first, **last}
    )


def _value(column: Column, value: str | None, said: Facts) -> Any:
    """What a new row has in a column to which this is assigned, or nothing is."""
    if value is not None:
        return said.get(value, _GIVEN)
    if column.default is not None and column.default.kind == "literal":
        return column.default.value
    return None if column.nullable and column.default is None and column.computed is None else _GIVEN


# What bodies can say


def _facts(shape: Shape) -> Facts:
    """The properties of which rules leave one value that is known."""
    found: dict[str, Any] = {}
    while True:
        more = {
            prop.field: values[0]
            for prop in shape.properties
            if prop.field and prop.field not in found
            if len(values := list(_left(shape, prop, found))) == 1 and values[0] is not _GIVEN
        }
        if not more:
            return found
        found |= more


def _left(shape: Shape, prop: Property, facts: Facts) -> Iterator[Any]:
    """The values of a property that no rule refuses whatever else is said, as far as they can be told apart.

    What is left out means a value that is among them, or is made by the database, of which nothing is known.
    """
    if prop.server_default:
        yield from (_GIVEN, None)
        return
    values = prop.type.enum.texts if isinstance(prop.type, EnumType) else (_GIVEN,)
    nothing = prop.nullable or (not prop.required and prop.default is None)
    for value in (*values, *((None,) if nothing else ())):
        if not any(_refuses(rule, prop, value, facts) for rule in shape.rules):
            yield value


def _refuses(rule: ShapeRule, prop: Property, value: Any, facts: Facts) -> bool:
    """Whether a rule refuses a value whatever is not known."""
    known = {one.field for one in rule.operands if len(one.wire) == 1}
    if prop.field not in known:
        return False
    tested = {id(node.value) for node in walk(rule.expression) if isinstance(node, IsNull)}
    named = [node for node in walk(rule.expression) if isinstance(node, Name) and node.name == prop.field]
    if value is _GIVEN and not all(id(node) in tested for node in named):
        return False

    def read(name: str) -> Any:
        if name == prop.field:
            return value
        return facts.get(name, UNKNOWN) if name in known else UNKNOWN

    return refuses(rule.expression, read)
