"""Spellings of one meaning: what the server prints of an attribute, brought to a form that compares."""

from __future__ import annotations

import re
from collections.abc import Mapping

from isotype.catalog.expressions import Scope, constraint_definition, index_definition, literals, trigger_definition
from isotype.catalog.expressions.clauses import Clauses
from isotype.catalog.expressions.tokens import Unread

# `x IN ('a', 'b')` over varchar comes back from its own text in another form, which means the same.
_CAST_LIST = re.compile(r"\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]")
_CAST_ITEM = re.compile(r"'(?:[^']|'')*'::character varying")
_SWITCHES = frozenset(
    {
        *("autosummarize", "autovacuum_enabled", "deduplicate_items", "fastupdate", "security_barrier"),
        *("security_invoker", "user_catalog_table", "vacuum_truncate"),
    }
)
"""Storage options that are on or off."""


def normal_options(spelled: str) -> str:
    """Storage options; a switch is `true` or `false`, a number has no digits that say nothing."""
    pairs = (option.partition("=") for option in spelled.split(", "))
    return ", ".join(f"{name}{sign}{_option(name, value)}" for name, sign, value in pairs)


def _option(name: str, value: str) -> str:
    if name in _SWITCHES:
        return literals.boolean(value) or value
    return literals.number(("literal", "numeric", value)) or value.lower()


def statistics(definition: str) -> object:
    """Extended statistics: the order of what they are about is that of the table's columns, and says nothing."""
    head, on, rest = definition.partition(" ON ")
    items, from_, table = rest.rpartition(" FROM ")
    try:
        pieces = Clauses(f"({items})").list()
    except Unread:
        return definition
    return head, on, frozenset(items[piece[0].start - 1 : piece[-1].end - 1] for piece in pieces), from_, table


def normal_query(spelled: str) -> str:
    """A query, or another text that holds expressions: lists that are cast as a whole are cast item by item."""
    return _CAST_LIST.sub(lambda found: f"ARRAY[{_CAST_ITEM.sub(_cast, found[1])}]", spelled)


def _cast(item: re.Match[str]) -> str:
    return f"({item[0]})::text"


def constraint_parts(definition: str, scope: Scope) -> Mapping[str, object]:
    """The parts of a constraint by their names, but for whether its rows were checked, which is an attribute."""
    read = constraint_definition(definition)
    if read is None:
        return {"definition": definition.removesuffix(" NOT VALID")}
    return {name: part for name, part in read.parts(scope).items() if name != "valid"}


def index_parts(definition: str, scope: Scope) -> Mapping[str, object]:
    """The parts of an index by their names."""
    read = index_definition(definition)
    if read is None:
        head, _, rest = definition.partition(" ON ")
        return {"definition": f"{head.partition(' INDEX ')[0]} ON {rest}"}
    return read.parts(scope)


def trigger_parts(definition: str, scope: Scope) -> Mapping[str, object]:
    """The parts of a trigger by their names."""
    read = trigger_definition(definition)
    return {"definition": definition} if read is None else read.parts(scope)


def unique_index(constraint: str, index: str) -> str:
    """The index that a UNIQUE constraint would make, in the place and under the name of another; '' for none."""
    match = re.fullmatch(r"UNIQUE( NULLS NOT DISTINCT)? (\([^()]*\))( INCLUDE \([^()]*\))?", constraint)
    if not match or " USING " not in index:
        return ""
    same, columns, include = (part or "" for part in match.groups())
    head = index.partition(" USING ")[0].replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1)
    return f"{head} USING btree {columns}{include}{same}"
