"""How an object is made, from its facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres.layout import named, relation_of, text
from isotype.catalog.postgres.names import mentions, paths, qualified
from isotype.catalog.postgres.repair.steps import Phase, Step
from isotype.dialects.literals.sql import postgres_string, sql_identifier

Attributes = Mapping[str, Value]

SQL_WORDS = {
    "table": "TABLE",
    "view": "VIEW",
    "materialized view": "MATERIALIZED VIEW",
    "foreign table": "FOREIGN TABLE",
    "index": "INDEX",
    "sequence": "SEQUENCE",
    "column sequence": "SEQUENCE",
    "enum type": "TYPE",
    "composite type": "TYPE",
    "domain": "DOMAIN",
    "function": "FUNCTION",
    "procedure": "PROCEDURE",
    "schema": "SCHEMA",
    "extension": "EXTENSION",
    "constraint": "CONSTRAINT",
    "trigger": "TRIGGER",
    "policy": "POLICY",
    "rule": "RULE",
}


def creation(facts: Facts, kind: str, path: Path) -> Iterator[Step]:
    """Everything that makes an object as it is in the facts, its comment and its state included, not its parts."""
    attributes = named(facts, kind, path)
    yield from _MAKERS[kind](facts, path, attributes)
    if attributes.get("comment") is not None:
        yield Step(Phase.COMMENT, comment(facts, kind, path, attributes["comment"]))


def parts(facts: Facts, relation: Path) -> Iterator[tuple[str, Path]]:
    """The parts of a relation that are made after it."""
    for kind in ("constraint", "index", "trigger", "policy", "rule", "row", "hypertable"):
        for path in facts.of(kind):
            if relation_of(facts, kind, path) == relation:
                yield kind, path


def address(facts: Facts, kind: str, path: Path) -> str:
    """An object as COMMENT ON and DROP name it."""
    word = SQL_WORDS[kind]
    if kind in ("constraint", "trigger", "policy", "rule"):
        return f"{word} {sql_identifier(path[2])} ON {qualified(path[:2])}"
    if kind == "column sequence":
        return f"{word} {text(facts, kind, path, 'name')}"
    if kind in ("function", "procedure"):
        return f"{word} {signature(path)}"
    return f"{word} {qualified(path)}"


def signature(path: Path) -> str:
    """A function with the types of its arguments."""
    name, _, arguments = path[1].rpartition("(") if path[1].count("(") == 1 else path[1].partition("(")
    return f"{qualified((path[0], name))}({arguments}"


def function_name(path: Path) -> Path:
    """A function's name without its arguments."""
    return path[0], path[1].partition("(")[0]


def comment(facts: Facts, kind: str, path: Path, words: Value) -> str:
    """What says the comment of an object, or takes it away."""
    target = f"COLUMN {qualified(path)}" if kind == "column" else address(facts, kind, path)
    return f"COMMENT ON {target} IS {'NULL' if words is None else postgres_string(str(words))}"


def alter(path: Path, change: str, word: str = "TABLE") -> str:
    """ALTER of a relation."""
    return f"ALTER {word} {qualified(path[:2])} {change}"


# Relations


def _table(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    kept = "UNLOGGED TABLE" if of["persistence"] == "unlogged" else "TABLE"
    head = f"CREATE {kept} {qualified(path)}"
    columns = columns_of(facts, path)
    if of["bound"] is not None:
        body = f" PARTITION OF {of['parents']} {of['bound']}"
    else:
        definitions = ",\n".join(f"    {column_definition(facts, column)}" for column in columns)
        body = f" (\n{definitions}\n)" if definitions else " ()"
        body += f" INHERITS ({of['parents']})" if of["parents"] else ""
    body += f" PARTITION BY {of['partition_key']}" if of["partition_key"] else ""
    body += f" USING {sql_identifier(str(of['method']))}" if of["method"] not in (None, "heap") else ""
    body += f" WITH ({of['options']})" if of["options"] else ""
    note = "rows of the default partition that belong into it refuse it" if of["bound"] not in (None, "DEFAULT") else ""
    yield Step(Phase.DEFINE, head + body, path, note)
    for column in columns:
        attributes = named(facts, "column", column)
        if of["bound"] is not None:
            yield from _column_of_partition(facts, path, column, attributes)
        yield from column_state(facts, column, attributes)
    yield from table_state(facts, path, of)


def _column_of_partition(facts: Facts, path: Path, column: Path, of: Attributes) -> Iterator[Step]:
    parent = (*paths(text(facts, "table", path, "parents"))[0], column[2])
    inherited = named(facts, "column", parent) if parent in facts.of("column") else of
    if of["default"] != inherited["default"]:
        yield Step(Phase.TABLE, default(column, of["default"]))


def columns_of(facts: Facts, relation: Path) -> list[Path]:
    """The columns of a relation in their order."""
    return [path for path in facts.of("column") if path[:2] == relation]


def table_state(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    """What is said of a table after it is made."""
    if of["toast_options"]:
        yield Step(Phase.STATE, alter(path, f"SET ({_prefixed('toast.', str(of['toast_options']))})"))
    if of["row_security"]:
        yield Step(Phase.STATE, alter(path, "ENABLE ROW LEVEL SECURITY"))
    if of["forced_row_security"]:
        yield Step(Phase.STATE, alter(path, "FORCE ROW LEVEL SECURITY"))
    if of["replica_identity"] != "d":
        yield Step(Phase.STATE, replica_identity(facts, path, of["replica_identity"]))


def replica_identity(facts: Facts, path: Path, of: Value) -> str:
    """What makes a table identify its rows to a replica as the facts say."""
    words = {"d": "DEFAULT", "f": "FULL", "n": "NOTHING"}.get(str(of), "")
    if not words:
        found = [
            other[-1]
            for kind in ("constraint", "index")
            for other in facts.of(kind)
            if relation_of(facts, kind, other) == path and named(facts, kind, other)["replica_identity"]
        ]
        words = f"USING INDEX {sql_identifier(found[0])}" if found else "DEFAULT"
    return alter(path, f"REPLICA IDENTITY {words}")


def _prefixed(prefix: str, options: str) -> str:
    return ", ".join(prefix + option for option in options.split(", "))


def column_definition(facts: Facts, path: Path) -> str:
    """A column as CREATE TABLE and ADD COLUMN take it."""
    of = named(facts, "column", path)
    words = [sql_identifier(path[2]), str(of["type"])]
    if of["collation"]:
        words.append(f"COLLATE {of['collation']}")
    if of["generated"]:
        words.append(f"GENERATED ALWAYS AS ({of['expression']}) {str(of['generated']).upper()}")
    elif of["identity"]:
        words.append(identity(facts, path, of["identity"]))
    elif of["default"] is not None:
        words.append(f"DEFAULT {of['default']}")
    if of["not_null"] in ("yes", "no inherit"):
        words.append("NOT NULL" if of["not_null"] == "yes" else "NOT NULL NO INHERIT")
    return " ".join(words)


def identity(facts: Facts, path: Path, of: Value) -> str:
    """The identity of a column with the options of its sequence."""
    made = f"GENERATED {str(of).upper()} AS IDENTITY"
    if path not in facts.of("column sequence"):
        return made
    return f"{made} ({sequence_options(named(facts, 'column sequence', path))})"


def sequence_options(of: Attributes) -> str:
    """The options of a sequence but for its type."""
    return (
        f"START WITH {of['start']} INCREMENT BY {of['increment']} MINVALUE {of['minimum']} MAXVALUE {of['maximum']}"
        f" CACHE {of['cache']} {'CYCLE' if of['cycle'] else 'NO CYCLE'}"
    )


def default(path: Path, of: Value) -> str:
    """What sets or drops a default."""
    change = "DROP DEFAULT" if of is None else f"SET DEFAULT {of}"
    return alter(path, f"ALTER COLUMN {sql_identifier(path[2])} {change}")


def column_state(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    """What is said of a column after it is made."""
    column = f"ALTER COLUMN {sql_identifier(path[2])}"
    if of["storage"]:
        yield Step(Phase.STATE, alter(path, f"{column} SET STORAGE {str(of['storage']).upper()}"))
    if of["compression"]:
        yield Step(Phase.STATE, alter(path, f"{column} SET COMPRESSION {of['compression']}"))
    if of["comment"] is not None:
        yield Step(Phase.COMMENT, comment(facts, "column", path, of["comment"]))
    sequence = facts.of("column sequence").get(path)
    if sequence and not of["identity"]:
        yield from owned_sequence(facts, path)
        if words := text(facts, "column sequence", path, "comment"):
            yield Step(Phase.COMMENT, comment(facts, "column sequence", path, words))


def owned_sequence(facts: Facts, path: Path) -> Iterator[Step]:
    """The sequence of a serial column."""
    of = named(facts, "column sequence", path)
    name = str(of["name"])
    yield Step(Phase.DEFINE, f"CREATE SEQUENCE {name} AS {of['type']} {sequence_options(of)}", paths(name)[0])
    yield Step(Phase.STATE, f"ALTER SEQUENCE {name} OWNED BY {qualified(path)}")


def _column(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    needed = of["not_null"] == "yes" and of["default"] is None and not of["generated"] and not of["identity"]
    note = "a table with rows needs a value for each of them first" if needed else ""
    # A computed column needs those that it is made of.
    phase = Phase.COMPUTED if of["generated"] else Phase.COLUMN
    yield Step(phase, alter(path, f"ADD COLUMN {column_definition(facts, path)}"), note=note)
    yield from column_state(facts, path, {**of, "comment": None})


def _column_sequence(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    if not named(facts, "column", path)["identity"]:
        yield from owned_sequence(facts, path)


def _view(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    options = f" WITH ({of['options']})" if of["options"] else ""
    definition = str(of["definition"]).rstrip().removesuffix(";")
    yield Step(Phase.VIEW, f"CREATE VIEW {qualified(path)}{options} AS\n{definition}", path)
    for column in columns_of(facts, path):
        attributes = named(facts, "column", column)
        if attributes["default"] is not None:
            change = f"ALTER COLUMN {sql_identifier(column[2])} SET DEFAULT {attributes['default']}"
            yield Step(Phase.STATE, alter(path, change, "VIEW"))
        if attributes["comment"] is not None:
            yield Step(Phase.COMMENT, comment(facts, "column", column, attributes["comment"]))


def _materialized_view(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    method = f" USING {sql_identifier(str(of['method']))}" if of["method"] not in (None, "heap") else ""
    options = f" WITH ({of['options']})" if of["options"] else ""
    definition = str(of["definition"]).rstrip().removesuffix(";")
    empty = "" if of["populated"] else "\nWITH NO DATA"
    head = f"CREATE MATERIALIZED VIEW {qualified(path)}{method}{options}"
    yield Step(Phase.VIEW, f"{head} AS\n{definition}{empty}", path)
    for column in columns_of(facts, path):
        words = text(facts, "column", column, "comment")
        if words:
            yield Step(Phase.COMMENT, comment(facts, "column", column, words))


# Parts of relations


def _constraint(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    name = sql_identifier(path[2])
    kind = str(of["type"])
    phase = {"foreign key": Phase.REFERENCE, "check": Phase.CHECK}.get(kind, Phase.UNIQUE)
    note = "" if not of["validated"] else _REFUSALS[kind]
    yield Step(phase, alter(path, f"ADD CONSTRAINT {name} {of['definition']}"), note=note)
    if of["options"]:
        yield Step(Phase.STATE, f"ALTER INDEX {qualified((path[0], path[2]))} SET ({of['options']})")


_REFUSALS = {
    "primary key": "rows with equal or null keys refuse it",
    "unique": "equal rows refuse it",
    "foreign key": "rows that refer to nothing refuse it",
    "check": "rows that break it refuse it",
    "exclusion": "rows that exclude each other refuse it",
}


def _index(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    definition = str(of["definition"])
    unique = definition.startswith("CREATE UNIQUE")
    # A reference may need a unique index; an index of a materialized view needs the view.
    on_table = (path[0], str(of["table"])) in facts.of("table")
    phase = Phase.UNIQUE if unique and on_table else Phase.INDEX
    # The server prints ONLY for an index of a partitioned table, whose parts would then have none.
    sql = definition.replace(" ON ONLY ", " ON ", 1)
    yield Step(phase, sql, note="equal rows refuse it" if unique else "")


def _trigger(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    yield Step(Phase.USE, str(of["definition"]))
    if of["enabled"] != "origin":
        yield Step(Phase.STATE, trigger_state(path, of["enabled"]))


def trigger_state(path: Path, of: Value, word: str = "TRIGGER") -> str:
    """What enables or disables a trigger or rule."""
    verb = {"origin": "ENABLE", "disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}
    return alter(path, f"{verb[str(of)]} {word} {sql_identifier(path[2])}")


RULE_STATES = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}


def _rule(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    yield Step(Phase.USE, str(of["definition"]).rstrip().removesuffix(";"))
    if of["enabled"] != "O":
        yield Step(Phase.STATE, trigger_state(path, RULE_STATES[str(of["enabled"])], "RULE"))


def _policy(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    words = [
        f"CREATE POLICY {sql_identifier(path[2])} ON {qualified(path[:2])}",
        f"AS {'PERMISSIVE' if of['permissive'] else 'RESTRICTIVE'} FOR {of['command']} TO {policy_roles(of['roles'])}",
    ]
    if of["using"] is not None:
        words.append(f"USING ({of['using']})")
    if of["with_check"] is not None:
        words.append(f"WITH CHECK ({of['with_check']})")
    yield Step(Phase.USE, " ".join(words))


def policy_roles(roles: Value) -> str:
    """The roles of a policy; `public` is everybody."""
    return ", ".join("PUBLIC" if role == "public" else sql_identifier(role) for role in str(roles).split(", "))


def _row(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    key, values = json.loads(path[2]), json.loads(str(of["values"]))
    row = {**key, **values}
    columns = {name: named(facts, "column", (*path[:2], name)) for name in row}
    over = " OVERRIDING SYSTEM VALUE" if any(column["identity"] == "always" for column in columns.values()) else ""
    literals = ", ".join(row_literal(value) for value in row.values())
    names = ", ".join(map(sql_identifier, row))
    note = "a row that has one of its unique values refuses it" if _is_unique_otherwise(facts, path[:2]) else ""
    yield Step(Phase.ROW, f"INSERT INTO {qualified(path[:2])} ({names}){over} VALUES ({literals})", note=note)
    for name, column in columns.items():
        if column["identity"]:
            yield Step(Phase.STATE, continuation((*path[:2], name)))


def _is_unique_otherwise(facts: Facts, table: Path) -> bool:
    """Whether something but the key of a table may not be in two of its rows."""
    return any(path[:2] == table and values[0] == "unique" for path, values in facts.of("constraint").items()) or any(
        relation_of(facts, "index", path) == table and str(values[1]).startswith("CREATE UNIQUE")
        for path, values in facts.of("index").items()
    )


def continuation(path: Path) -> str:
    """What makes the sequence of a column go on after the values that are there."""
    column = sql_identifier(path[2])
    sequence = f"pg_get_serial_sequence({postgres_string(qualified(path[:2]))}, {postgres_string(path[2])})"
    return f"SELECT setval({sequence}, max({column})) FROM {qualified(path[:2])} HAVING max({column}) IS NOT NULL"


def row_literal(value: str | None) -> str:
    """A value of a row; the column gives it its type."""
    return "NULL" if value is None else postgres_string(value)


# What stands by itself


def _schema(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    yield Step(Phase.SCHEMA, f"CREATE SCHEMA {qualified(path)}")


def _extension(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    schema = str(of["schema"])
    if schema != "pg_catalog":
        yield Step(Phase.SCHEMA, f"CREATE SCHEMA IF NOT EXISTS {sql_identifier(schema)}")
    yield Step(Phase.EXTENSION, f"CREATE EXTENSION {qualified(path)} WITH SCHEMA {sql_identifier(schema)}")


def _enum(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    labels = ", ".join(map(postgres_string, json.loads(str(of["labels"] or "[]"))))
    yield Step(Phase.DEFINE, f"CREATE TYPE {qualified(path)} AS ENUM ({labels})", path)


def _composite(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    columns = ", ".join(f"{sql_identifier(name)} {kind}" for name, kind in json.loads(str(of["columns"] or "[]")))
    yield Step(Phase.DEFINE, f"CREATE TYPE {qualified(path)} AS ({columns})", path)


def _domain(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    words = [f"CREATE DOMAIN {qualified(path)} AS {of['type']}"]
    if of["collation"]:
        words.append(f"COLLATE {of['collation']}")
    if of["default"] is not None:
        words.append(f"DEFAULT {of['default']}")
    if of["not_null"]:
        words.append("NOT NULL")
    checks = json.loads(str(of["checks"] or "[]"))
    at_once = [(name, check) for name, check in checks if not check.endswith("NOT VALID")]
    words += [f"CONSTRAINT {sql_identifier(name)} {check}" for name, check in at_once]
    yield Step(Phase.DEFINE, " ".join(words), path)
    for name, check in checks:
        if (name, check) not in at_once:
            sql = f"ALTER DOMAIN {qualified(path)} ADD CONSTRAINT {sql_identifier(name)} {check}"
            yield Step(Phase.STATE, sql)


def _sequence(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    yield Step(Phase.DEFINE, f"CREATE SEQUENCE {qualified(path)} AS {of['type']} {sequence_options(of)}", path)


def _function(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    """A function before the tables, unless it names one of them where the server looks when it is made."""
    definition = str(of["definition"]).rstrip()
    early = mentions(early_text(definition)).qualified
    phase = Phase.DEFINE_LATE if early & facts.of("table").keys() else Phase.DEFINE
    if early & (facts.of("view").keys() | facts.of("materialized view").keys()):
        phase = Phase.VIEW
    yield Step(Phase.SETTING, "SET LOCAL check_function_bodies = off")
    yield Step(phase, definition, function_name(path))


def early_text(definition: str) -> str:
    """The part of a function that the server reads when it is made: all but a body in quotes."""
    head, body, _ = definition.partition("\nAS ")
    return head if body else definition


def _statement(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    yield Step(Phase.STATE, str(of["definition"]))


def _hypertable(facts: Facts, path: Path, of: Attributes) -> Iterator[Step]:
    from isotype.catalog.postgres.repair.hypertables import hypertable_steps

    yield from hypertable_steps(facts, path, of)


_MAKERS: Mapping[str, Callable[[Facts, Path, Attributes], Iterator[Step]]] = {
    "table": _table,
    "view": _view,
    "materialized view": _materialized_view,
    "column": _column,
    "column sequence": _column_sequence,
    "constraint": _constraint,
    "index": _index,
    "trigger": _trigger,
    "policy": _policy,
    "rule": _rule,
    "row": _row,
    "schema": _schema,
    "extension": _extension,
    "enum type": _enum,
    "composite type": _composite,
    "domain": _domain,
    "sequence": _sequence,
    "function": _function,
    "procedure": _function,
    "statistics": _statement,
    "hypertable": _hypertable,
}

CREATABLE = frozenset(_MAKERS)
"""Kinds that can be made from their facts."""
