"""Indexes: keys written as text, expressions and raw SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable

from isotype.domain.expressions import Name
from isotype.domain.model import Index, IndexPart
from isotype.language.context import Outline
from isotype.language.fields import known_fields, waivers
from isotype.language.given import Given
from isotype.language.rules import Names, expression
from isotype.language.scope import Scope
from isotype.language.wording import quoted

_KEY = re.compile(
    r"(?P<field>[a-z][a-z0-9_]*)(?:\s+(?P<order>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?"
    r"(?:\s+(?P<class>(?!(?:asc|desc|nulls)\b)[a-z_][a-z0-9_]*))?"
    r"(?:\s+(?P<order_after>asc|desc))?(?:\s+nulls\s+(?P<nulls_after>first|last))?"
)
_ORDERED = ("btree",)


def read_indexes(
    scope: Scope, outline: Outline, given: Given | None, names: Names, unread: Iterable[str]
) -> tuple[Index, ...]:
    """The indexes of an entity or view."""
    if given is None:
        return ()
    made = []
    for name, index in given.words.items():
        if "on" in index:
            made.append(_index(scope, outline, name, given, index, names, unread))
    return tuple(made)


def _index(
    scope: Scope, outline: Outline, name: str, owner: Given, given: Given, names: Names, unread: Iterable[str]
) -> Index:
    method = given.get("using", "btree")
    parts: list[IndexPart] = []
    for number, key in enumerate(given.words["on"]):
        part = (
            _mapped_part(scope, key, names, unread)
            if isinstance(key, Given)
            else _text_part(scope, outline, given, number, key)
        )
        if part is None:
            continue
        if part.field and any(part.field == other.field for other in parts):
            message = f"index {name} names {quoted(part.field)} twice"
            scope.report_at("repeated-name", message, given.item_place("on", number), given.path, "remove one")
        if method not in _ORDERED and (part.order != "asc" or part.nulls):
            message = f"an index using {method} has no order"
            scope.report_at("bad-index", message, given.item_place("on", number), given.path, "leave out the order")
        parts.append(part)
    if given.get("unique") and method != "btree":
        scope.report("bad-index", f"an index using {method} cannot be unique", given, "unique", "use btree")
    where, where_sql, where_sqlite = given.get("where"), "", ""
    condition = None
    if isinstance(where, Given):
        where_sql, where_sqlite = where.text("sql"), where.text("sqlite")
    elif where is not None:
        condition = expression(scope, given, "where", names, unread=unread)
    included = known_fields(scope, given, "include", given.get("include") or (), outline, f"index {name}")
    return Index(
        name,
        tuple(parts),
        unique=given.get("unique", False),
        method=method,
        include=included,
        where=condition,
        where_sql=where_sql,
        where_sqlite=where_sqlite,
        description=given.text("description"),
        waivers=waivers(given),
        place=owner.key_place(name),
    )


def _text_part(scope: Scope, outline: Outline, given: Given, number: int, text: str) -> IndexPart | None:
    if text in outline.fields:
        return IndexPart(text)
    place, path = given.item_place("on", number), given.path_of("on")
    found = _KEY.fullmatch(text.strip())
    if found is None or (found["order"] and found["order_after"]) or (found["nulls"] and found["nulls_after"]):
        message = f"{quoted(text)} is no index key"
        suggestion = "write field [asc|desc] [nulls first|last] [operator class], or {expression: …} or {sql: …}"
        scope.report_at("bad-index", message, place, path, suggestion)
        return None
    name = found["field"]
    if not outline.knows(name):
        scope.unknown("field", name, outline.names(), place, path, f"index {given.path.rpartition('.')[2]}")
        return None
    return IndexPart(
        name,
        order=found["order"] or found["order_after"] or "asc",
        nulls=found["nulls"] or found["nulls_after"] or "",
        operator_class=found["class"] or "",
    )


def _mapped_part(scope: Scope, key: Given, names: Names, unread: Iterable[str]) -> IndexPart | None:
    if ("expression" in key) == ("sql" in key):
        if not key.broken:
            message = "an index key is either an expression or raw SQL"
            scope.report("bad-index", message, key, "", "write {expression: …} or {sql: …, sqlite: …}")
        return None
    order, nulls, operator_class = key.get("order", "asc"), key.get("nulls", ""), key.get("operator_class", "")
    if "sql" in key:
        return IndexPart(
            sql=key.text("sql"), sqlite=key.text("sqlite"), order=order, nulls=nulls, operator_class=operator_class
        )
    tree = expression(scope, key, "expression", names, unread=unread, computed=True, want="")
    if tree is None:
        return None
    if isinstance(tree, Name):
        return IndexPart(tree.name, order=order, nulls=nulls, operator_class=operator_class)
    return IndexPart(expression=tree, order=order, nulls=nulls, operator_class=operator_class)
