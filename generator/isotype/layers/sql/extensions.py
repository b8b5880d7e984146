"""What extensions of PostgreSQL make of tables; every statement does without where the extension is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.domain.model import Extension, Span
from isotype.domain.types import Scalar
from isotype.layers.sql.text import comment, dollar_quoted, qualified
from isotype.tables.model import Distribution, Hypertable, IndexKey, Table, Tables

TIMESCALEDB, CITUS = "timescaledb", "citus"

PRELOADED = {TIMESCALEDB: "timescaledb.disable_load", CITUS: "citus.shard_count"}
"""Extensions that a server must load at its start, by a setting that it has when it did."""


def extension_statement(extension: Extension) -> str:
    """Creates an extension; an optional one where the server has it."""
    name = sql_identifier(extension.name)
    place = f" SCHEMA {sql_identifier(extension.schema)}" if extension.schema else ""
    create = f"CREATE EXTENSION IF NOT EXISTS {name}{place};"
    if not extension.optional:
        return create
    literal = postgres_string(extension.name)
    conditions = [f"EXISTS (SELECT FROM pg_available_extensions WHERE name = {literal})"]
    if extension.name in PRELOADED:
        conditions.append(f"current_setting('{PRELOADED[extension.name]}', true) IS NOT NULL")
    return _block([f"    IF {f'{chr(10)}        AND '.join(conditions)} THEN", f"        {create}", "    END IF;"])


def _block(lines: Iterable[str]) -> str:
    return f"DO {dollar_quoted(chr(10).join(('BEGIN', *lines, 'END')))};"


def _guarded(extension: str, lines: Iterable[str], otherwise: Iterable[str] = ()) -> Iterator[str]:
    """Statements that run where an extension is there, and those that run where it is not."""
    yield f"    IF EXISTS (SELECT FROM pg_extension WHERE extname = '{extension}') THEN"
    yield from (f"        {line}" for line in lines)
    other = [f"        {line}" for line in otherwise]
    if other:
        yield "    ELSE"
        yield from other
    yield "    END IF;"


def _function(tables: Tables, extension: str, name: str) -> str:
    """A function of an extension, by the schema that the extension was given."""
    schema = next((known.schema for known in tables.extensions if known.name == extension), "")
    return qualified(schema, name)


def _interval(span: Span) -> str:
    return f"INTERVAL '{span}'"


def _named(table: Table) -> str:
    return postgres_string(qualified(table.schema, table.name))


# --- hypertables ------------------------------------------------------------------------------------------------------


def hypertable_statement(tables: Tables, table: Table, hypertable: Hypertable) -> str:
    """Turns a table into chunks, before it has rows; its indexes are those that the schema asks for."""
    call = [
        f"PERFORM {_function(tables, TIMESCALEDB, 'create_hypertable')}(",
        f"    {_named(table)}, {postgres_string(hypertable.column)},",
        f"    chunk_time_interval => {_interval(hypertable.every)}, create_default_indexes => false",
        ");",
    ]
    missing = postgres_string(f"{table.name} stays a plain table: this database does not have timescaledb")
    return _block(_guarded(TIMESCALEDB, call, [f"RAISE NOTICE {missing};"]))


def policy_statement(tables: Tables, table: Table, hypertable: Hypertable) -> str:
    """Compression and retention, which only one of the two editions of TimescaleDB offers; '' without either."""
    lines = list(_policies(tables, table, hypertable))
    if not lines:
        return ""
    refused = f"{table.name} is not compressed and keeps all its rows: this edition of timescaledb has no policies"
    choice = [
        "IF current_setting('timescaledb.license') = 'apache' THEN",
        f"    RAISE WARNING {postgres_string(refused)};",
        "ELSE",
        *(f"    {line}" for line in lines),
        "END IF;",
    ]
    return _block(_guarded(TIMESCALEDB, choice))


def _policies(tables: Tables, table: Table, hypertable: Hypertable) -> Iterator[str]:
    compression = hypertable.compression
    if compression is not None:
        segments = ", ".join(map(sql_identifier, compression.segment_by))
        order = ", ".join(map(_ordered, compression.order_by))
        yield f"ALTER TABLE {qualified(table.schema, table.name)} SET ("
        yield "    timescaledb.compress,"
        if segments:
            yield f"    timescaledb.compress_segmentby = {postgres_string(segments)},"
        yield f"    timescaledb.compress_orderby = {postgres_string(order)}"
        yield ");"
        function = _function(tables, TIMESCALEDB, "add_compression_policy")
        yield f"PERFORM {function}({_named(table)}, {_interval(compression.after)});"
    if hypertable.keep is not None:
        function = _function(tables, TIMESCALEDB, "add_retention_policy")
        yield f"PERFORM {function}({_named(table)}, {_interval(hypertable.keep)});"


def _ordered(key: IndexKey) -> str:
    nulls = f" NULLS {key.nulls.upper()}" if key.nulls else ""
    return f"{sql_identifier(key.column)}{' DESC' if key.descending else ''}{nulls}"


def trim_statement(tables: Tables, table: Table, hypertable: Hypertable) -> str:
    """The function that drops what is no longer kept, for where no policy does; '' where all is kept."""
    if hypertable.keep is None:
        return ""
    of = table.column(hypertable.column).type
    base = of.base if isinstance(of, Scalar) else ""
    limit = f"instant - {_interval(hypertable.keep)}"
    if base != "timestamp":
        limit = f"({limit}) AT TIME ZONE 'UTC'"
    if base == "date":
        limit = f"({limit})::date"
    drop = f"PERFORM {_function(tables, TIMESCALEDB, 'drop_chunks')}({_named(table)}, older_than => {limit});"
    name = qualified(table.schema, table.name)
    delete = f"DELETE FROM {name} WHERE {sql_identifier(hypertable.column)} < {limit};"
    body = "\n".join(("BEGIN", *_guarded(TIMESCALEDB, [drop], [delete]), "END"))
    text = f"Drops from {table.name} what is older than {hypertable.keep}; with timescaledb, whole chunks of it."
    return "\n".join(
        (
            *comment(text),
            *comment("Call it daily where no retention policy runs."),
            f"CREATE FUNCTION {qualified(table.schema, hypertable.maintain)}(instant timestamptz) RETURNS void",
            "    LANGUAGE plpgsql",
            "    SET timezone = 'UTC'",
            f"    AS {dollar_quoted(body)};",
        )
    )


# --- distribution -----------------------------------------------------------------------------------------------------


def distribution_statements(tables: Tables) -> Iterator[str]:
    """Spreads tables over a cluster: copies first, then those that others are kept with, then the others."""
    spread = [(table, table.distribution) for table in tables.tables if table.distribution]
    for table, distribution in sorted(spread, key=lambda pair: (bool(pair[1].column), bool(pair[1].beside))):
        missing = f"{table.name} stays a plain table: this database does not have citus"
        notice = f"RAISE NOTICE {postgres_string(missing)};"
        yield _block(_guarded(CITUS, _distribution(tables, table, distribution), [notice]))


def _distribution(tables: Tables, table: Table, distribution: Distribution) -> list[str]:
    if not distribution.column:
        return [f"PERFORM {_function(tables, CITUS, 'create_reference_table')}({_named(table)});"]
    beside = qualified(distribution.beside_schema, distribution.beside) if distribution.beside else "none"
    return [
        f"PERFORM {_function(tables, CITUS, 'create_distributed_table')}(",
        f"    {_named(table)}, {postgres_string(distribution.column)}, colocate_with => {postgres_string(beside)}",
        ");",
    ]
