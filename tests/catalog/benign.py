"""Changes without meaning, for every object that can have them: storage, order, names of the server's, ownership."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

from isotype.catalog.expressions import constraint_definition, index_definition
from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres.names import paths, qualified
from isotype.catalog.postgres.partitions import range_of
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.values import frozen
from tests.catalog.mutations.indexes import written as index_sql
from tests.catalog.mutations.model import Spot, literal


@frozen
class Benign:
    """One change that means nothing; after a `repaired` one our own repair has run, which puts columns at the end."""

    change: str
    path: Path
    sql: str
    repaired: bool = False

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.change} of {'.'.join(self.path)}"


def benign(facts: Facts) -> Iterator[Benign]:
    """Every change without meaning of every object."""
    for kind, find in _FINDERS.items():
        for path in facts.of(kind):
            for change, sql in find(Spot(facts, kind, path)):
                yield Benign(change, path, sql, change == "physical order of columns")
    yield from _of_database(facts)


OWNER = "CREATE ROLE somebody; "


def _owned(word: str, object: str) -> Iterator[tuple[str, str]]:
    yield "owner", f"{OWNER}ALTER {word} {object} OWNER TO somebody"


def _table(spot: Spot) -> Iterator[tuple[str, str]]:
    yield from _owned("TABLE", spot.sql)
    yield "privileges", f"{OWNER}GRANT SELECT, INSERT, UPDATE ON {spot.sql} TO somebody"
    yield "statistics", f"ANALYZE {spot.sql}"
    yield from _options(spot, "TABLE")
    yield from _undeclared_row(spot)
    if spot.is_partitioned:
        yield from _further_partitions(spot)


def _undeclared_row(spot: Spot) -> Iterator[tuple[str, str]]:
    """A copy of a declared row, with another value wherever two rows may not have the same."""
    row = next((path for path in spot.facts.of("row") if path[:2] == spot.path), None)
    if row is None:
        return
    unlike = set(json.loads(row[2]))
    for type in ("unique", "primary key"):
        for definition in spot.constraints(type).values():
            read = constraint_definition(definition)
            unlike |= set(read.columns) if read else set()
    for path, values in spot.facts.of("index").items():
        index = index_definition(str(values[1]))
        if index and index.unique and (path[0], values[0]) == spot.path:
            unlike |= {key.column for key in index.keys if key.column}
    columns = {name: of for name, of in spot.columns().items() if not of["generated"]}
    where = " AND ".join(f"{sql_identifier(n)}::text = {literal(str(v))}" for n, v in json.loads(row[2]).items())
    items = ", ".join(
        _unlike(name, str(of["type"])) if name in unlike else sql_identifier(name) for name, of in columns.items()
    )
    names = ", ".join(map(sql_identifier, columns))
    yield "rows nobody declares", f"INSERT INTO {spot.sql} ({names}) SELECT {items} FROM {spot.sql} WHERE {where}"


def _unlike(name: str, type: str) -> str:
    column = sql_identifier(name)
    if type == "uuid":
        return "gen_random_uuid()"
    if type.startswith(("text", "character")):
        return f"(CASE WHEN {column} LIKE '%@%' THEN 'x' || {column} ELSE reverse({column}) END)"
    return f"{column} + 1"


def _further_partitions(spot: Spot) -> Iterator[tuple[str, str]]:
    """The next partition of the declared naming and interval, and one after a gap."""
    parts = [path for path in spot.facts.of("table") if paths(spot.facts.of("table")[path][5]) == (spot.path,)]
    ranges = {path: found for path in parts if (found := range_of(spot.facts, path))}
    if not ranges:
        return
    last = max(ranges, key=lambda path: ranges[path].upper)
    of = ranges[last]
    whole_month = of.lower.day == 1 and of.upper.day == 1
    for gap in (0, 5):
        lower, upper = of.lower, of.upper
        for _ in range(gap + 1):
            lower, upper = upper, _after(upper) if whole_month else upper + (of.upper - of.lower)
        name = re.sub(r"y\d{4}(m\d\d)?(d\d\d)?$", lambda it: _stamp(lower, it), last[1])  # noqa: B023 -- used at once
        bounds = f"FOR VALUES FROM ('{lower}{of.clock}') TO ('{upper}{of.clock}')"
        made = f"CREATE TABLE {qualified((spot.path[0], name))} PARTITION OF {spot.sql} {bounds}"
        yield "further partition", made


def _after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _stamp(day: date, found: re.Match[str]) -> str:
    return f"y{day.year:04}" + (f"m{day.month:02}" if found[1] else "") + (f"d{day.day:02}" if found[2] else "")


_SWITCHES = ("on", "yes", "1", "t", "TRUE")


def _options(spot: Spot, word: str) -> Iterator[tuple[str, str]]:
    for option in spot.text("options").split(", "):
        name, _, value = option.partition("=")
        if value == "true":
            for other in _SWITCHES:
                yield "spelling of an option", f"ALTER {word} {spot.sql} SET ({name} = {other})"
        elif value:
            yield "spelling of an option", f"ALTER {word} {spot.sql} SET ({name} = '{value}.0')"


def _column(spot: Spot) -> Iterator[tuple[str, str]]:
    if not spot.is_of_table:
        return
    table, name, of = f"ALTER TABLE {spot.table}", sql_identifier(spot.path[2]), spot.of
    column = f"{table} ALTER COLUMN {name}"
    yield "statistics", f"{column} SET STATISTICS 77"
    yield "statistics", f"{column} SET (n_distinct = 5)"
    yield "privileges", f"{OWNER}GRANT SELECT ({name}) ON {spot.table} TO somebody"
    type = str(of["type"])
    if of["default"] is None and not of["generated"] and not of["identity"] and "." not in type:
        yield "default that is null", f"{column} SET DEFAULT NULL"
        yield "default that is null", f"{column} SET DEFAULT NULL::{type}"
    if spot.is_partition or spot.is_inherited or spot.is_partition_key:
        return
    if not _is_shown(spot):
        if type.startswith(("timestamp with", "time with")):
            yield "precision that is the finest", f"{column} TYPE {type.replace(' ', '(6) ', 1)}"
        if of["storage"] is None:
            collation = f" COLLATE {of['collation']}" if of["collation"] else ""
            yield "type that is written again", f"{column} TYPE {type}{collation}"
    if not spot.has_rows:
        yield "physical order of columns", f"{table} DROP COLUMN {name} CASCADE"


def _is_shown(spot: Spot) -> bool:
    """Whether a view, a policy or the like may depend on the column, so that the server keeps its type."""
    texts = [
        str(it) for kind in ("view", "materialized view") for values in spot.facts.of(kind).values() for it in values
    ]
    for kind in ("policy", "rule", "trigger"):
        texts += [str(it) for path, values in spot.facts.of(kind).items() if path[:2] == spot.path[:2] for it in values]
    texts += [
        str(values[4]) for path, values in spot.facts.of("column").items() if path[:2] == spot.path[:2] and values[3]
    ]
    return any(re.search(rf"\b{re.escape(spot.path[2])}\b", it) for it in texts) or bool(spot.of["generated"])


def _constraint(spot: Spot) -> Iterator[tuple[str, str]]:
    table, name, definition = f"ALTER TABLE {spot.table}", sql_identifier(spot.path[2]), spot.text("definition")
    read = constraint_definition(definition)
    assert read is not None
    comment = spot.comment_on(f"CONSTRAINT {name} ON {spot.table}")
    on_new = _comment_on_newest(spot)
    is_named_to = any(
        it[1].split(" REFERENCES ")[-1].startswith(f"{qualified(spot.path[:2])}(") for it in _references(spot)
    )
    # A partitioned table takes no reference that is not valid.
    if read.kind == "check" or (read.kind == "foreign key" and not spot.is_partitioned):
        again = f"{table} DROP CONSTRAINT {name}; {table} ADD CONSTRAINT {name} {definition} NOT VALID"
        yield "validated later", f"{again}; {table} VALIDATE CONSTRAINT {name}{comment}"
    if read.kind in ("check", "foreign key", "exclusion") or (read.kind == "unique" and not is_named_to):
        yield "name that the server makes up", f"{table} DROP CONSTRAINT {name}; {table} ADD {definition}{on_new}"
    if _is_made_up(spot, read.kind, read.columns):
        yield "name for what the server names", f"{table} RENAME CONSTRAINT {name} TO given_by_somebody"
    if read.kind == "unique" and read.deferrable == "no" and not is_named_to:
        index = _unique_index(spot, definition)
        on_index = spot.comment_on(f"INDEX {qualified((spot.path[0], spot.path[2]))}")
        yield "unique index for a unique constraint", f"{table} DROP CONSTRAINT {name}; {index}{on_index}"


def _unique_index(spot: Spot, definition: str) -> str:
    """The index that a UNIQUE constraint makes, as a statement."""
    nulls = " NULLS NOT DISTINCT" if "NULLS NOT DISTINCT" in definition else ""
    columns = definition.partition("(")[2]
    return f"CREATE UNIQUE INDEX {sql_identifier(spot.path[2])} ON {spot.table} ({columns}{nulls}"


def _references(spot: Spot) -> Iterator[tuple[Path, str]]:
    for path, values in spot.facts.of("constraint").items():
        if values[0] == "foreign key":
            yield path, str(values[1])


def _is_made_up(spot: Spot, kind: str, columns: tuple[str, ...]) -> bool:
    joined = "_".join(columns)
    names = {
        "primary key": f"{spot.path[1]}_pkey",
        "unique": f"{spot.path[1]}_{joined}_key",
        "foreign key": f"{spot.path[1]}_{joined}_fkey",
    }
    return names.get(kind) == spot.path[2]


def _comment_on_newest(spot: Spot) -> str:
    """The statement that gives the newest constraint of the table its comment; '' where there is none."""
    if spot.of["comment"] is None:
        return ""
    return (
        f"; DO $do$ BEGIN EXECUTE format('COMMENT ON CONSTRAINT %I ON {spot.table} IS %L', (SELECT conname"
        f" FROM pg_constraint WHERE conrelid = '{spot.table}'::regclass ORDER BY oid DESC LIMIT 1),"
        f" {literal(spot.text('comment'))}); END $do$"
    )


def _index(spot: Spot) -> Iterator[tuple[str, str]]:
    read = index_definition(spot.text("definition"))
    assert read is not None
    comment = spot.comment_on(f"INDEX {spot.sql}")
    yield "made again", f"DROP INDEX {spot.sql}; {index_sql(read)}{comment}"
    if spot.of["comment"] is None:
        unnamed = index_sql(read).replace(f" INDEX {sql_identifier(read.name)} ON ", " INDEX ON ", 1)
        yield "name that the server makes up", f"DROP INDEX {spot.sql}; {unnamed}"
    if not read.only:
        yield "made again", f"REINDEX INDEX {spot.sql}"
    plain = all(key.column and not key.operator_class and not key.collation for key in read.keys)
    ascending = all((key.order, key.nulls) == ("ascending", "last") for key in read.keys)
    home = spot.path[0], spot.text("table")
    if (
        read.unique
        and plain
        and ascending
        and read.predicate is None
        and not read.options
        and home in spot.facts.of("table")
    ):
        columns = ", ".join(str(key.expression) for key in read.keys)
        include = f" INCLUDE ({', '.join(map(sql_identifier, read.include))})" if read.include else ""
        nulls = "" if read.nulls_distinct else "NULLS NOT DISTINCT "
        name = sql_identifier(spot.path[1])
        made = f"ALTER TABLE {qualified(home)} ADD CONSTRAINT {name} UNIQUE {nulls}({columns}){include}"
        on = spot.comment_on(f"CONSTRAINT {name} ON {qualified(home)}")
        yield "unique constraint for a unique index", f"DROP INDEX {spot.sql}; {made}{on}"


def _trigger(spot: Spot) -> Iterator[tuple[str, str]]:
    name = sql_identifier(spot.path[2])
    comment = spot.comment_on(f"TRIGGER {name} ON {spot.table}")
    if spot.of["enabled"] == "origin":
        yield "made again", f"DROP TRIGGER {name} ON {spot.table}; {spot.text('definition')}{comment}"


def _function(spot: Spot) -> Iterator[tuple[str, str]]:
    schema, name = spot.path
    called = f"{sql_identifier(schema)}.{sql_identifier(name.partition('(')[0])}({name.partition('(')[2]}"
    word = spot.kind.upper()
    yield from _owned(word, called)
    yield "privileges", f"REVOKE ALL ON {word} {called} FROM PUBLIC"
    yield "made again", f"SET LOCAL check_function_bodies = off; {spot.text('definition')}"


def _view(spot: Spot) -> Iterator[tuple[str, str]]:
    yield from _owned(spot.kind.upper(), spot.sql)
    yield "privileges", f"{OWNER}GRANT SELECT ON {spot.sql} TO somebody"
    yield from _options(spot, spot.kind.upper())
    if spot.kind == "view":
        options = f" WITH ({spot.text('options')})" if spot.of["options"] else ""
        yield "made again", f"CREATE OR REPLACE VIEW {spot.sql}{options} AS {spot.text('definition')}"
    else:
        yield "statistics", f"ANALYZE {spot.sql}"


def _type(spot: Spot) -> Iterator[tuple[str, str]]:
    yield from _owned("DOMAIN" if spot.kind == "domain" else "TYPE", spot.sql)
    yield "privileges", f"REVOKE ALL ON TYPE {spot.sql} FROM PUBLIC"


def _sequence(spot: Spot) -> Iterator[tuple[str, str]]:
    name = spot.text("name") or spot.sql
    yield "where a sequence stands", f"SELECT nextval('{name}')"
    yield "where a sequence stands", f"ALTER SEQUENCE {name} RESTART"
    if spot.kind == "column sequence":
        yield "name of a column's sequence", f"ALTER SEQUENCE {name} RENAME TO called_otherwise"
    else:
        yield from _owned("SEQUENCE", name)


def _schema(spot: Spot) -> Iterator[tuple[str, str]]:
    yield from _owned("SCHEMA", spot.sql)
    yield "privileges", f"GRANT USAGE ON SCHEMA {spot.sql} TO PUBLIC"


_FINDERS = {
    "table": _table,
    "column": _column,
    "constraint": _constraint,
    "index": _index,
    "trigger": _trigger,
    "function": _function,
    "procedure": _function,
    "view": _view,
    "materialized view": _view,
    **dict.fromkeys(("enum type", "domain", "composite type"), _type),
    **dict.fromkeys(("sequence", "column sequence"), _sequence),
    "schema": _schema,
}

# Of the database as a whole

_SETTINGS = (
    *("search_path = pg_temp", "timezone = 'Asia/Tokyo'", "datestyle = 'German'", "intervalstyle = iso_8601"),
    *("extra_float_digits = 3", "bytea_output = escape", "quote_all_identifiers = on", "row_security = on"),
    *("standard_conforming_strings = off", "lc_monetary = 'C'", "xmloption = document", "escape_string_warning = off"),
    *("default_transaction_read_only = on", "jit = on", "enable_seqscan = off", "array_nulls = off"),
)
_ELSEWHERE = (
    "CREATE TABLE elsewhere.more (id integer PRIMARY KEY)",
    "CREATE VIEW elsewhere.more AS SELECT 1 AS one",
    "CREATE TYPE elsewhere.more AS ENUM ('one')",
    "CREATE SEQUENCE elsewhere.more",
    "CREATE FUNCTION elsewhere.more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE pg_temp.more (id integer)",
)
EXTENSIONS = (
    *("btree_gin", "btree_gist", "citext", "cube", "fuzzystrmatch", "hstore", "intarray", "isn", "ltree", "pgcrypto"),
    *("pg_trgm", "seg", "tablefunc", "tcn", "tsm_system_rows", "unaccent", "uuid-ossp", "pg_stat_statements"),
)


def _of_database(facts: Facts) -> Iterator[Benign]:
    for setting in _SETTINGS:
        yield Benign("setting of the session", (setting.partition(" ")[0],), f"SET LOCAL {setting}")
    for made in _ELSEWHERE:
        yield Benign("other schema", ("elsewhere",), f"CREATE SCHEMA elsewhere; {made}")
    installed = facts.of("extension")
    for name in EXTENSIONS:
        if (name,) not in installed:
            for schema in facts.schemas:
                sql = f"CREATE EXTENSION {sql_identifier(name)} SCHEMA {sql_identifier(schema)}"
                yield Benign("what an extension owns", (schema, name), sql)
