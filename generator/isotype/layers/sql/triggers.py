"""What PostgreSQL runs by itself or on request: stamps, transitions, partitions, refreshing."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.dialects.postgres import now
from isotype.domain.names import LONGEST
from isotype.domain.types import Scalar
from isotype.layers.sql.text import comment, dollar_quoted, qualified
from isotype.tables.model import Partitions, StoredView, Table, TransitionGuard

TRANSITION_STATE = "IS001"
"""The SQLSTATE of a move that is not allowed; CONSTRAINT carries the trigger's name."""


def stamp_statements(table: Table) -> Iterator[str]:
    """The trigger that sets columns to the current instant on every UPDATE."""
    if table.stamp is None:
        return
    lines = ["BEGIN"]
    for name in table.stamp.columns:
        lines.append(f"    NEW.{sql_identifier(name)} := {now(table.column(name).type)};")
    lines += ["    RETURN NEW;", "END"]
    yield from _trigger(table, table.stamp.name, "BEFORE UPDATE", lines)


def transition_statements(table: Table) -> Iterator[str]:
    """The triggers of each state machine of the table."""
    for guard in table.transition_guards:
        every = not guard.transitions.bounds_starts
        apart = table.partitions is not None
        event = "BEFORE UPDATE" if every or apart else "BEFORE INSERT OR UPDATE"
        yield from _trigger(table, guard.name, event, _moves(table, guard))
        if apart and not every:
            # A row that an UPDATE moves to another partition is inserted there; the statement knows better.
            event = "AFTER INSERT"
            yield from _trigger(table, guard.start, event, _starts(guard), "REFERENCING NEW TABLE AS new_rows")


def _starts(guard: TransitionGuard) -> list[str]:
    """The function that judges all new rows of a statement."""
    column = f"new_rows.{sql_identifier(guard.column)}"
    return [
        "DECLARE",
        "    start text;",
        "BEGIN",
        f"    SELECT {column} INTO start FROM new_rows",
        f"        WHERE {column} NOT IN ({_list(guard.transitions.initial)}) LIMIT 1;",
        "    IF FOUND THEN",
        f"        RAISE EXCEPTION {postgres_string(_message(guard.column, 'cannot start as %'))}, start",
        f"            USING {_facts(guard)};",
        "    END IF;",
        "    RETURN NULL;",
        "END",
    ]


def _moves(table: Table, guard: TransitionGuard) -> list[str]:
    """The function that judges a row; new rows of a partitioned table are judged elsewhere."""
    column = sql_identifier(guard.column)
    nullable = table.column(guard.column).nullable
    lines = ["BEGIN"]
    if not guard.transitions.bounds_starts:
        if nullable:
            lines += [f"    IF OLD.{column} IS NULL THEN", "        RETURN NEW;", "    END IF;"]
    elif nullable or table.partitions is None:
        lines += [
            *(["    -- A new row was nothing before: OLD is NULL."] if table.partitions is None else []),
            f"    IF OLD.{column} IS NULL THEN",
            f"        IF NEW.{column} IS NULL OR NEW.{column} IN ({_list(guard.transitions.initial)}) THEN",
            "            RETURN NEW;",
            "        END IF;",
            f"        RAISE EXCEPTION {postgres_string(_message(guard.column, 'cannot start as %'))}, NEW.{column}",
            f"            USING {_facts(guard)};",
            "    END IF;",
        ]
    branches = [
        f"        WHEN {postgres_string(value)} THEN NEW.{column} IN ({_list(targets)})"
        for value, targets in guard.transitions.moves
        if targets
    ]
    same = f"    IF NEW.{column} = OLD.{column}"
    # What ends in no branch is NULL, and moves nowhere.
    lines += [f"{same} OR (CASE OLD.{column}", *branches, "    END) THEN"] if branches else [f"{same} THEN"]
    move = postgres_string(_message(guard.column, "cannot move from % to %"))
    return [
        *lines,
        "        RETURN NEW;",
        "    END IF;",
        f"    RAISE EXCEPTION {move}, OLD.{column}, NEW.{column}",
        f"        USING {_facts(guard)};",
        "END",
    ]


def _message(column: str, rest: str) -> str:
    return f"{column.replace('%', '%%')} {rest}"


def _facts(guard: TransitionGuard) -> str:
    column, name = postgres_string(guard.column), postgres_string(guard.name)
    return (
        f"ERRCODE = '{TRANSITION_STATE}', CONSTRAINT = {name},\n"
        f"            SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = {column}"
    )


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(map(postgres_string, values))


def _trigger(table: Table, name: str, event: str, body: list[str], whole: str = "") -> Iterator[str]:
    """A function and the trigger that calls it: for each row, or once for all rows that `whole` names."""
    function = qualified(table.schema, name)
    text = dollar_quoted("\n".join(body))
    yield f"CREATE FUNCTION {function}() RETURNS trigger\n    LANGUAGE plpgsql\n    AS {text};"
    yield (
        f"CREATE TRIGGER {sql_identifier(name)}\n"
        f"    {event} ON {qualified(table.schema, table.name)}\n"
        + (f"    {whole}\n    FOR EACH STATEMENT" if whole else "    FOR EACH ROW")
        + f" EXECUTE FUNCTION {function}();"
    )


_STEPS = {
    "day": "lower_bound + 1",
    "week": "lower_bound + 7",
    "month": "date_trunc('month', lower_bound) + INTERVAL '1 month'",
    "year": "lower_bound + INTERVAL '1 year'",
}
_SHORTENING = (
    f"            IF octet_length(child) > {LONGEST} THEN",
    f"                child := left(child, {LONGEST - 9}) || '_'"
    " || left(encode(sha256(convert_to(child, 'UTF8')), 'hex'), 8);",
    "            END IF;",
)
_SUFFIXES = {"year": "YYYY", "month": 'YYYY"m"MM', "week": 'YYYY"m"MM"d"DD', "day": 'YYYY"m"MM"d"DD'}


def partition_statements(table: Table, partitions: Partitions) -> Iterator[str]:
    """The first partitions, and the one for everything else."""
    parent = qualified(table.schema, table.name)
    zone = _zone(table, partitions)
    for bound in partitions.bounds:
        yield (
            f"CREATE TABLE {qualified(table.schema, bound.name)} PARTITION OF {parent}\n"
            f"    FOR VALUES FROM ('{bound.lower}{zone}') TO ('{bound.upper}{zone}');"
        )
    yield f"CREATE TABLE {qualified(table.schema, partitions.default)} PARTITION OF {parent} DEFAULT;"


def maintenance_statement(table: Table, partitions: Partitions) -> str:
    """The function that creates partitions ahead of an instant, and drops those which are older than is kept."""
    parent, default = qualified(table.schema, table.name), qualified(table.schema, partitions.default)
    key, zone = sql_identifier(partitions.column), _zone(table, partitions)
    kept = partitions.keep_days is not None
    step = _STEPS[partitions.every]
    # The same names as the partitions above have, shortened by the same rule.
    name = f"{postgres_string(table.name + '_')} || to_char(lower_bound, '\"y\"{_SUFFIXES[partitions.every]}')"
    place = f"format('%I.%I', {postgres_string(table.schema)}, child)" if table.schema else "quote_ident(child)"
    stored = ", ".join(sql_identifier(column.name) for column in table.columns if column.computed is None)
    ahead = max(len(partitions.bounds), 1)
    body = [
        "DECLARE",
        "    today date := (instant AT TIME ZONE 'UTC')::date;",
        f"    lower_bound date := '{partitions.bounds[0].lower}';",
        "    upper_bound date;",
        f"    ahead integer := {ahead};",
        "    child text;",
        *(
            [f"    kept_from timestamptz := (today - {partitions.keep_days})::timestamp AT TIME ZONE 'UTC';"]
            if kept
            else []
        ),
        "BEGIN",
        "    LOOP",
        f"        upper_bound := {step};",
        "        IF upper_bound > today THEN",
        f"            child := {name};",
        *(_SHORTENING if len(f"{table.name}_y2025m10d01".encode()) > LONGEST else ()),
        f"            child := {place};",
        "            IF to_regclass(child) IS NULL THEN",
        "                EXECUTE format(",
        f"                    'CREATE TABLE %s (LIKE {_quoted(parent)}'",
        "                    ' INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS)', child",
        "                );",
        "                -- Rows that came before their partition wait in the default one.",
        "                EXECUTE format(",
        f"                    'WITH early AS (DELETE FROM {_quoted(default)}'",
        f"                    ' WHERE {_quoted(key)} >= %L AND {_quoted(key)} < %L RETURNING *)'",
        f"                    ' INSERT INTO %s ({_quoted(stored)}) SELECT {_quoted(stored)} FROM early',",
        f"                    lower_bound || '{zone}', upper_bound || '{zone}', child",
        "                );",
        "                EXECUTE format(",
        f"                    'ALTER TABLE {_quoted(parent)} ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',",
        f"                    child, lower_bound || '{zone}', upper_bound || '{zone}'",
        "                );",
        "            END IF;",
        "            EXIT WHEN ahead = 0;",
        "            ahead := ahead - 1;",
        "        END IF;",
        "        lower_bound := upper_bound;",
        "    END LOOP;",
    ]
    if kept:
        body += [
            "    FOR child IN",
            "        SELECT inhrelid::regclass::text",
            "        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid",
            f"        WHERE inhparent = {postgres_string(parent)}::regclass",
            "            AND substring(pg_get_expr(relpartbound, inhrelid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz"
            " <= kept_from",
            "    LOOP",
            "        EXECUTE format('DROP TABLE %s', child);",
            "    END LOOP;",
            f"    DELETE FROM {default} WHERE {key} < kept_from;",
        ]
    body.append("END")
    dropping = f", and drops what is older than {partitions.keep_days} days" if kept else ""
    function = qualified(table.schema, partitions.maintain)
    return "\n".join(
        (
            *comment(f"Creates the partition of {table.name} that holds the instant and {ahead} after it{dropping}."),
            *comment(f"Call it at least once per {partitions.every}."),
            f"CREATE FUNCTION {function}(instant timestamptz) RETURNS void",
            "    LANGUAGE plpgsql",
            "    SET timezone = 'UTC'",
            "    SET datestyle = 'ISO, YMD'",
            f"    AS {dollar_quoted(chr(10).join(body))};",
        )
    )


def _zone(table: Table, partitions: Partitions) -> str:
    """What makes a bound of an instant mean UTC, whatever the session's time zone is."""
    of = table.column(partitions.column).type
    return " 00:00:00+00" if isinstance(of, Scalar) and of.base == "timestamp" else ""


def _quoted(text: str) -> str:
    """Text inside a quoted format()."""
    return text.replace("%", "%%").replace("'", "''")


def refresh_statement(view: StoredView) -> str:
    """The function that refreshes a materialized view, without blocking its readers where it can."""
    name = qualified(view.schema, view.name)
    every = f" Call it every {view.refresh_seconds} seconds." if view.refresh_seconds else ""
    if can_refresh_concurrently(view):
        body = [
            "BEGIN",
            f"    IF (SELECT relispopulated FROM pg_class WHERE oid = {postgres_string(name)}::regclass) THEN",
            f"        REFRESH MATERIALIZED VIEW CONCURRENTLY {name};",
            "    ELSE",
            f"        REFRESH MATERIALIZED VIEW {name};",
            "    END IF;",
            "END",
        ]
    else:
        body = ["BEGIN", f"    REFRESH MATERIALIZED VIEW {name};", "END"]
    return "\n".join(
        (
            *comment(f"Refreshes {view.name}.{every}"),
            f"CREATE FUNCTION {qualified(view.schema, view.refresh)}() RETURNS void",
            "    LANGUAGE plpgsql",
            f"    AS {dollar_quoted(chr(10).join(body))};",
        )
    )


def can_refresh_concurrently(view: StoredView) -> bool:
    """PostgreSQL needs a unique index over plain columns and all rows for that."""
    return any(
        index.unique and index.where is None and not index.where_sql and all(key.column for key in index.keys)
        for index in view.indexes
    )
