"""A constraint definition in parts, so that a difference can be named."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.expressions.clauses import Clauses
from isotype.catalog.expressions.indexes import IndexKey, key, key_parts
from isotype.catalog.expressions.normal import normal, normal_check
from isotype.catalog.expressions.tokens import Unread
from isotype.catalog.expressions.types import NOWHERE, Scope
from isotype.domain.values import frozen


@frozen
class ConstraintDefinition:
    """What `pg_get_constraintdef` says of a constraint; a part that its kind does not have is as it is here.

    `kind` is `check`, `primary key`, `unique`, `foreign key`, `exclusion` or `not null`. `period` is true where the
    last column is a span of time: WITHOUT OVERLAPS of a key, PERIOD of a reference.
    """

    kind: str
    expression: str = ""
    columns: tuple[str, ...] = ()
    keys: tuple[IndexKey, ...] = ()
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    period: bool = False
    target: str = ""
    target_columns: tuple[str, ...] = ()
    match: str = "simple"
    on_update: str = "no action"
    on_delete: str = "no action"
    on_delete_columns: tuple[str, ...] = ()
    method: str = ""
    predicate: str | None = None
    deferrable: str = "no"
    inherited: bool = True
    valid: bool = True
    enforced: bool = True

    def parts(self, scope: Scope = NOWHERE) -> Mapping[str, object]:
        """The parts by which two definitions are compared, by their names; equal where they mean the same.

        The order in which a reference pairs its columns with those of its target does not matter.
        """
        made: dict[str, object] = {"kind": self.kind}
        match self.kind:
            case "check":
                made |= {"expression": normal_check(self.expression, scope), "inherited": self.inherited}
            case "foreign key":
                made |= {
                    "columns": frozenset(zip(self.columns, self.target_columns, strict=False)) or self.columns,
                    "period": self.period and self.columns[-1:],
                    "target": self.target,
                    "match": self.match,
                    "on update": self.on_update,
                    "on delete": (self.on_delete, frozenset(self.on_delete_columns)),
                }
            case "exclusion":
                made |= key_parts(self.keys, scope)
                made |= {
                    "operators": tuple(item.operator for item in self.keys),
                    "method": self.method,
                    "predicate": self.predicate and normal(self.predicate, scope),
                }
            case _:
                made |= {"columns": self.columns, "period": self.period}
        if self.kind in ("primary key", "unique", "exclusion"):
            made |= {"include": frozenset(self.include), "nulls distinct": self.nulls_distinct}
        return made | {"deferrable": self.deferrable, "valid": self.valid, "enforced": self.enforced}


def constraint_definition(text: str) -> ConstraintDefinition | None:
    """The parts of what `pg_get_constraintdef` prints; None for what this reader does not know."""
    try:
        return _read(Clauses(text))
    except Unread:
        return None


_KINDS: Mapping[tuple[str, ...], str] = {
    ("check",): "check",
    ("primary", "key"): "primary key",
    ("unique",): "unique",
    ("foreign", "key"): "foreign key",
    ("exclude",): "exclusion",
    ("not", "null"): "not null",
}
_MATCHES: Mapping[tuple[str, ...], str] = {
    ("match", "full"): "full",
    ("match", "partial"): "partial",
    ("match", "simple"): "simple",
}
_ACTIONS: Mapping[tuple[str, ...], str] = {
    ("cascade",): "cascade",
    ("restrict",): "restrict",
    ("set", "null"): "set null",
    ("set", "default"): "set default",
    ("no", "action"): "no action",
}


def _read(clauses: Clauses) -> ConstraintDefinition:
    made: dict[str, object] = {}
    match kind := clauses.one_of(_KINDS):
        case "check":
            made["expression"] = clauses.group()
        case "not null":
            made["columns"] = (clauses.name(),)
        case "primary key" | "unique":
            made["nulls_distinct"] = not clauses.accept("nulls", "not", "distinct")
            made["columns"], made["period"] = _columns(clauses)
            made |= _include(clauses)
        case "foreign key":
            made |= _reference(clauses)
        case "exclusion":
            clauses.require("using")
            made["method"] = clauses.name()
            made["keys"] = tuple(key(clauses.text, piece) for piece in clauses.list())
            made |= _include(clauses)
            if clauses.accept("where"):
                made["predicate"] = clauses.group()
        case _:
            raise Unread
    made |= _state(clauses)
    clauses.finish()
    return ConstraintDefinition(kind, **made)  # type: ignore[arg-type]


def _columns(clauses: Clauses) -> tuple[tuple[str, ...], bool]:
    """Columns, and whether the last one is a span of time."""
    names: list[str] = []
    period = False
    for piece in clauses.list():
        words = [token.text for token in piece]
        if len(words) == 3 and words[1:] == ["without", "overlaps"]:
            period = True
        elif len(words) == 2 and words[0] == "period":
            period = True
            words = words[1:]
        elif len(words) != 1:
            raise Unread
        names.append(words[0])
    return tuple(names), period


def _include(clauses: Clauses) -> dict[str, object]:
    return {"include": clauses.names()} if clauses.accept("include") else {}


def _reference(clauses: Clauses) -> dict[str, object]:
    made: dict[str, object] = {}
    made["columns"], made["period"] = _columns(clauses)
    clauses.require("references")
    made["target"] = clauses.qualified()
    made["target_columns"], _ = _columns(clauses)
    made["match"] = clauses.one_of(_MATCHES, "simple")
    if clauses.accept("on", "update"):
        made["on_update"] = clauses.one_of(_ACTIONS)
    if clauses.accept("on", "delete"):
        made["on_delete"] = clauses.one_of(_ACTIONS)
        if clauses.opens():
            made["on_delete_columns"] = clauses.names()
    return made


def _state(clauses: Clauses) -> dict[str, object]:
    """When a constraint is checked, and of which rows."""
    made: dict[str, object] = {}
    while True:
        if clauses.accept("deferrable"):
            made["deferrable"] = "initially deferred" if clauses.accept("initially", "deferred") else "yes"
            clauses.accept("initially", "immediate")
        elif clauses.accept("no", "inherit"):
            made["inherited"] = False
        elif clauses.accept("not", "valid"):
            made["valid"] = False
        elif clauses.accept("not", "enforced"):
            made["enforced"] = False
        elif not clauses.accept("enforced"):
            return made
