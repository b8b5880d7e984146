"""An index definition in parts, so that a difference can be named."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.expressions.clauses import Clauses
from isotype.catalog.expressions.normal import normal
from isotype.catalog.expressions.reading import parse
from isotype.catalog.expressions.tokens import Token, Unread
from isotype.catalog.expressions.types import NOWHERE, Scope
from isotype.domain.values import frozen


@frozen
class IndexKey:
    """One key: a column or an expression as printed, and what stands after it.

    The server leaves out what is the default: the operator class of the type, its collation, ascending, nulls last.
    `operator` is what an exclusion constraint compares with.
    """

    expression: str
    collation: str = ""
    operator_class: str = ""
    order: str = "ascending"
    nulls: str = "last"
    operator: str = ""

    @property
    def column(self) -> str | None:
        """The column that the key is; None for an expression."""
        tree = parse(self.expression)
        return str(tree[1]) if tree is not None and tree[0] == "column" and len(tree) == 2 else None


@frozen
class IndexDefinition:
    """What `pg_get_indexdef` says of an index. `only` is true for one of a partitioned table alone."""

    name: str
    table: str
    unique: bool
    method: str
    keys: tuple[IndexKey, ...]
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    options: tuple[str, ...] = ()
    tablespace: str = ""
    predicate: str | None = None
    only: bool = False

    def parts(self, scope: Scope = NOWHERE) -> Mapping[str, object]:
        """The parts by which two definitions are compared, by their names; equal where they mean the same.

        The name of the index and of its table are not among them, nor whether it is `ONLY`.
        """
        return {
            "unique": self.unique,
            "method": self.method,
            **key_parts(self.keys, scope),
            "include": frozenset(self.include),
            "nulls distinct": self.nulls_distinct,
            "options": self.options,
            "tablespace": self.tablespace,
            "predicate": self.predicate and normal(self.predicate, scope),
        }


def key_parts(keys: tuple[IndexKey, ...], scope: Scope) -> dict[str, object]:
    """Keys by the names of their parts."""
    return {
        "columns": tuple(normal(key.expression, scope) for key in keys),
        "collations": tuple(key.collation for key in keys),
        "operator classes": tuple(key.operator_class for key in keys),
        "order": tuple((key.order, key.nulls) for key in keys),
    }


def index_definition(text: str) -> IndexDefinition | None:
    """The parts of what `pg_get_indexdef` prints; None for what this reader does not know."""
    try:
        return _read(Clauses(text))
    except Unread:
        return None


def _read(clauses: Clauses) -> IndexDefinition:
    clauses.require("create")
    unique = clauses.accept("unique")
    clauses.require("index")
    name = clauses.name()
    clauses.require("on")
    only = clauses.accept("only")
    table = clauses.qualified()
    clauses.require("using")
    method = clauses.name()
    keys = tuple(key(clauses.text, piece) for piece in clauses.list())
    include = clauses.names() if clauses.accept("include") else ()
    distinct = not clauses.accept("nulls", "not", "distinct")
    options = clauses.settings() if clauses.accept("with") else ()
    tablespace = clauses.name() if clauses.accept("tablespace") else ""
    predicate = clauses.rest() if clauses.accept("where") else None
    clauses.finish()
    return IndexDefinition(name, table, unique, method, keys, include, distinct, options, tablespace, predicate, only)


def key(text: str, piece: list[Token]) -> IndexKey:
    """A key from its words: an expression, then a collation, an operator class, an order, an operator."""
    clauses = Clauses(text[piece[0].start : piece[-1].end])
    expression = clauses.operand()
    collation = clauses.qualified() if clauses.accept("collate") else ""
    operator_class = ""
    if clauses.begins_name() and not clauses.begins("asc", "desc", "nulls", "with"):
        operator_class = clauses.qualified()
        if clauses.opens():
            operator_class += f" ({', '.join(clauses.settings())})"
    order = clauses.one_of({("desc",): "descending", ("asc",): "ascending"}, "ascending")
    nulls = clauses.one_of(
        {("nulls", "first"): "first", ("nulls", "last"): "last"}, "first" if order == "descending" else "last"
    )
    operator = clauses.operator() if clauses.accept("with") else ""
    clauses.finish()
    return IndexKey(expression, collation, operator_class, order, nulls, operator)
