"""Changes of a database, enumerated from its facts: every attribute that SQL can change of every object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres.layout import named
from isotype.domain.values import frozen

Attributes = Mapping[str, Value]


@frozen
class Mutation:
    """One change, and the difference it makes: of a kind of object, at a path, in an attribute ('' for the whole)."""

    kind: str
    path: Path
    attribute: str
    sql: str

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.kind} {self.attribute or 'itself'} of {'.'.join(self.path)}"


def mutations(facts: Facts) -> Iterator[Mutation]:
    """Every change of every object that is no partition's; those follow their table."""
    for kind, change in _CHANGES.items():
        for path in facts.of(kind):
            if _is_partition(facts, path):
                continue
            for attribute, sql in change(facts, path, named(facts, kind, path)):
                yield Mutation(kind, path, attribute, sql)


def _is_partition(facts: Facts, path: Path) -> bool:
    table = facts.of("table").get(path[:2])
    return table is not None and table[6] is not None


def _quoted(path: Path) -> str:
    return ".".join(f'"{name}"' for name in path)


def _table(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    table = f"ALTER TABLE {_quoted(path)}"
    yield "", f"DROP TABLE {_quoted(path)} CASCADE"
    yield "comment", f"COMMENT ON TABLE {_quoted(path)} IS 'Otherwise.'"
    yield "row_security", f"{table} ENABLE ROW LEVEL SECURITY"
    yield "forced_row_security", f"{table} FORCE ROW LEVEL SECURITY"
    yield "replica_identity", f"{table} REPLICA IDENTITY FULL"
    if not of["partition_key"]:
        yield "options", f"{table} SET (fillfactor = 55)"


_OTHER_TYPES = {"integer": "bigint", "text": "varchar(300)", "boolean": "text", "uuid": "text", "jsonb": "text"}


def _column(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    if path[:2] not in facts.of("table"):
        yield "comment", f"COMMENT ON COLUMN {_quoted(path)} IS 'Otherwise.'"
        return
    table = f"ALTER TABLE {_quoted(path[:2])}"
    column = f"{table} ALTER COLUMN {_quoted(path[2:])}"
    is_key = any(
        other[:2] == path[:2] and values[0] == "primary key" and path[2] in str(values[1])
        for other, values in facts.of("constraint").items()
    )
    yield "comment", f"COMMENT ON COLUMN {_quoted(path)} IS 'Otherwise.'"
    yield "", f"{table} DROP COLUMN {_quoted(path[2:])} CASCADE"
    if not is_key and not of["identity"]:
        yield "not_null", f"{column} {'DROP' if of['not_null'] == 'yes' else 'SET'} NOT NULL"
    if not of["generated"] and not of["identity"]:
        nothing = f"SET DEFAULT coalesce(NULL::{of['type']}, NULL)"
        yield "default", f"{column} {'DROP DEFAULT' if of['default'] else nothing}"
    if of["type"] in _OTHER_TYPES and not of["generated"]:
        freed = f"{column} DROP DEFAULT; " if of["default"] else ""
        yield "type", f"{freed}{column} TYPE {_OTHER_TYPES[str(of['type'])]}"
    if of["type"] == "text":
        yield "storage", f"{column} SET STORAGE EXTERNAL"
    if of["identity"]:
        yield "identity", f"{column} SET GENERATED ALWAYS"


def _constraint(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    table, name = f"ALTER TABLE {_quoted(path[:2])}", _quoted(path[2:])
    definition = str(of["definition"])
    yield "", f"{table} DROP CONSTRAINT {name} CASCADE"
    yield "comment", f"COMMENT ON CONSTRAINT {name} ON {_quoted(path[:2])} IS 'Otherwise.'"
    if of["type"] == "check":
        again = f"{table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name}"
        yield "expression", f"{again} CHECK (({definition.removeprefix('CHECK ')}) OR CURRENT_USER = 'nobody')"
        yield "validated", f"{again} {definition} NOT VALID"
    if of["type"] == "foreign key":
        again = f"{table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name}"
        yield "deferrable", f"{table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED"
        other, _, _ = definition.partition(" ON DELETE ")
        if other == definition:
            yield "on delete", f"{again} {definition} ON DELETE CASCADE"
        elif "DEFERRABLE" not in definition:
            yield "on delete", f"{again} {other}"


def _index(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    yield "", f"DROP INDEX {_quoted(path)} CASCADE"
    yield "comment", f"COMMENT ON INDEX {_quoted(path)} IS 'Otherwise.'"
    if " USING btree " in str(of["definition"]) and " ON ONLY " not in str(of["definition"]):
        yield "options", f"ALTER INDEX {_quoted(path)} SET (fillfactor = 55)"
    yield "valid", f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{_quoted(path)}'::regclass"


def _trigger(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    name, table = _quoted(path[2:]), _quoted(path[:2])
    yield "", f"DROP TRIGGER {name} ON {table}"
    yield "comment", f"COMMENT ON TRIGGER {name} ON {table} IS 'Otherwise.'"
    yield "enabled", f"ALTER TABLE {table} DISABLE TRIGGER {name}"


def _function(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    schema, name = path
    called = f'"{schema}"."{name.partition("(")[0]}"({name.partition("(")[2]}'
    yield "", f"DROP FUNCTION {called} CASCADE"
    yield "comment", f"COMMENT ON FUNCTION {called} IS 'Otherwise.'"
    yield "definition", f"ALTER FUNCTION {called} COST 77"


def _view(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    yield "", f"DROP VIEW {_quoted(path)} CASCADE"
    yield "comment", f"COMMENT ON VIEW {_quoted(path)} IS 'Otherwise.'"
    yield "options", f"ALTER VIEW {_quoted(path)} SET (security_barrier = true)"
    definition = str(of["definition"]).rstrip().removesuffix(";")
    yield "definition", f"CREATE OR REPLACE VIEW {_quoted(path)} AS SELECT * FROM ({definition}) AS inner_query LIMIT 5"


def _materialized_view(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    yield "", f"DROP MATERIALIZED VIEW {_quoted(path)} CASCADE"
    yield "comment", f"COMMENT ON MATERIALIZED VIEW {_quoted(path)} IS 'Otherwise.'"
    refreshed = " WITH NO DATA" if of["populated"] else ""
    yield "populated", f"REFRESH MATERIALIZED VIEW {_quoted(path)}{refreshed}"


def _enum(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    yield "labels", f"ALTER TYPE {_quoted(path)} ADD VALUE 'otherwise'"
    yield "comment", f"COMMENT ON TYPE {_quoted(path)} IS 'Otherwise.'"


def _column_sequence(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    yield "increment", f"ALTER SEQUENCE {of['name']} INCREMENT BY 3"


def _extension(facts: Facts, path: Path, of: Attributes) -> Iterator[tuple[str, str]]:
    yield "", f"DROP EXTENSION {_quoted(path)} CASCADE"


_CHANGES: Mapping[str, Callable[[Facts, Path, Attributes], Iterator[tuple[str, str]]]] = {
    "table": _table,
    "column": _column,
    "constraint": _constraint,
    "index": _index,
    "trigger": _trigger,
    "function": _function,
    "view": _view,
    "materialized view": _materialized_view,
    "enum type": _enum,
    "column sequence": _column_sequence,
    "extension": _extension,
}
