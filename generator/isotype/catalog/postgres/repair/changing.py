"""How an object that is there becomes what is expected: attribute by attribute."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from isotype.catalog.differences import Difference
from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres.layout import named, relation_of, text, value
from isotype.catalog.postgres.names import paths, qualified
from isotype.catalog.postgres.repair.creating import (
    RULE_STATES,
    SQL_WORDS,
    alter,
    comment,
    continuation,
    default,
    function_name,
    identity,
    owned_sequence,
    replica_identity,
    row_literal,
    sequence_options,
    trigger_state,
)
from isotype.catalog.postgres.repair.rebuilding import VIEWS, Target
from isotype.catalog.postgres.repair.steps import Phase, Step
from isotype.catalog.postgres.repair.types import usual_storage
from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.domain.values import frozen

Change = Step | Target
"""A statement, or an object that has to be made anew."""


@frozen
class Sides:
    """Both sets of facts."""

    expected: Facts
    actual: Facts


def changes(sides: Sides, of: Difference) -> Iterator[Change]:
    """What makes one attribute of an object as it is expected."""
    live = of.live or of.path
    if of.kind == "row":
        # Its attributes are columns, which may be called anything.
        yield _updated_row(of)
    elif of.attribute == "comment":
        yield Step(Phase.COMMENT, _comment(sides, of, live))
    elif of.attribute == "name":
        yield _rename(of, live)
    elif of.kind in _CHANGES:
        yield from _CHANGES[of.kind](sides, of, live)
    else:
        yield decision("raw SQL makes it; it has to be dropped and made again")


def decision(note: str) -> Step:
    """No statement: a person has to decide."""
    return Step(Phase.DECIDE, "", note=note)


def _comment(sides: Sides, of: Difference, live: Path) -> str:
    # The sequence of a column may have another name on the live side.
    facts, path = (sides.actual, live) if of.kind == "column sequence" else (sides.expected, of.path)
    return comment(facts, of.kind, path, of.expected)


def _rename(of: Difference, live: Path) -> Step:
    old, new = sql_identifier(live[-1]), sql_identifier(of.path[-1])
    if of.kind == "constraint":
        return Step(Phase.SETTING, alter(live, f"RENAME CONSTRAINT {old} TO {new}"))
    return Step(Phase.SETTING, f"ALTER INDEX {qualified(live)} RENAME TO {new}")


# Relations


def _of_table(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    path = of.path
    match of.attribute:
        case "persistence":
            yield Step(Phase.STATE, alter(path, f"SET {'UNLOGGED' if of.expected == 'unlogged' else 'LOGGED'}"))
        case "method" if sides.actual.server.major < 15:
            yield decision("the rows of the table have to move to a new one with the expected access method")
        case "method":
            yield Step(Phase.TABLE, alter(path, f"SET ACCESS METHOD {sql_identifier(str(of.expected))}"))
        case "options" | "toast_options":
            yield from _options(of, qualified(path), "toast." if of.attribute == "toast_options" else "")
        case "partition_key":
            yield decision("the rows of the table have to move to a new one that is partitioned as expected")
        case "parents" | "bound" | "detached":
            yield from _belonging(sides, path)
        case "row_security":
            yield Step(Phase.STATE, alter(path, f"{'ENABLE' if of.expected else 'DISABLE'} ROW LEVEL SECURITY"))
        case "forced_row_security":
            yield Step(Phase.STATE, alter(path, f"{'' if of.expected else 'NO '}FORCE ROW LEVEL SECURITY"))
        case "replica_identity":
            yield Step(Phase.STATE, replica_identity(sides.expected, path, of.expected))


def _belonging(sides: Sides, path: Path) -> Iterator[Change]:
    """A partition is attached where and as it is expected; a table inherits from what is expected."""
    wanted, had = named(sides.expected, "table", path), named(sides.actual, "table", path)
    before, after = paths(had["parents"]), paths(wanted["parents"])
    if had["bound"] is not None or had["detached"]:
        ending = " FINALIZE" if had["detached"] else ""
        yield Step(Phase.DROP_PARTS, alter(before[0], f"DETACH PARTITION {qualified(path)}{ending}"))
        before = ()
    if wanted["bound"] is not None:
        for parent in before:
            yield Step(Phase.DROP_PARTS, alter(path, f"NO INHERIT {qualified(parent)}"))
        sql = alter(after[0], f"ATTACH PARTITION {qualified(path)} {wanted['bound']}")
        yield Step(Phase.TABLE, sql, note="rows outside the bounds refuse it")
        return
    for parent in before:
        if parent not in after:
            yield Step(Phase.DROP_PARTS, alter(path, f"NO INHERIT {qualified(parent)}"))
    for parent in after:
        if parent not in before:
            yield Step(Phase.TABLE, alter(path, f"INHERIT {qualified(parent)}"))


def _options(of: Difference, target: str, prefix: str = "", word: str = "TABLE") -> Iterator[Step]:
    wanted, had = _pairs(of.expected), _pairs(of.actual)
    if changed := [f"{prefix}{name}={value}" for name, value in wanted.items() if had.get(name) != value]:
        yield Step(Phase.STATE, f"ALTER {word} {target} SET ({', '.join(changed)})")
    if gone := [prefix + name for name in had if name not in wanted]:
        yield Step(Phase.STATE, f"ALTER {word} {target} RESET ({', '.join(gone)})")


def _pairs(options: Value) -> dict[str, str]:
    split = (option.partition("=") for option in str(options or "").split(", ") if option)
    return {name: given for name, _, given in split}


def _of_view(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    word = SQL_WORDS[of.kind]
    match of.attribute:
        case "options":
            yield from _options(of, qualified(of.path), word=word)
        case "populated":
            empty = "" if of.expected else " WITH NO DATA"
            yield Step(Phase.STATE, f"REFRESH MATERIALIZED VIEW {qualified(of.path)}{empty}")
        case _:
            yield Target(of.kind, live)


# Columns


def _of_column(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    path = of.path
    wanted, had = named(sides.expected, "column", path), named(sides.actual, "column", live)
    column = f"ALTER COLUMN {sql_identifier(path[2])}"
    if path[:2] not in sides.expected.of("table"):
        yield Step(Phase.STATE, alter(path, f"{column} {_default(of.expected)}", "VIEW"))
        return
    if wanted["generated"] != had["generated"] or wanted["expression"] != had["expression"]:
        if had["generated"] == "stored" and not wanted["generated"]:
            yield Step(Phase.COLUMN, alter(path, f"{column} DROP EXPRESSION"))
        elif of.attribute != "default":
            yield Target("column", live)
            return
    match of.attribute:
        case "type" | "collation":
            yield Target("column" if wanted["generated"] else "column type", live)
        case "not_null":
            yield from _not_null(of, column)
        case "default":
            if not wanted["identity"]:
                yield Step(Phase.TABLE, default(path, of.expected))
        case "identity":
            yield from _identity(sides, of, column)
        case "storage":
            storage = str(of.expected or usual_storage(str(wanted["type"]))).upper()
            yield Step(Phase.STATE, alter(path, f"{column} SET STORAGE {storage}"))
        case "compression":
            yield Step(Phase.STATE, alter(path, f"{column} SET COMPRESSION {of.expected or 'default'}"))


def _default(of: Value) -> str:
    return "DROP DEFAULT" if of is None else f"SET DEFAULT {of}"


def _not_null(of: Difference, column: str) -> Iterator[Step]:
    if of.expected == "no" or of.actual == "no inherit":
        yield Step(Phase.TABLE, alter(of.path, f"{column} DROP NOT NULL"))
    if of.expected in ("yes", "no inherit"):
        yield Step(Phase.TABLE, alter(of.path, f"{column} SET NOT NULL"), note="rows with null refuse it")
    elif of.expected == "not valid":
        yield decision("the constraint has to be made NOT VALID under its name")


def _identity(sides: Sides, of: Difference, column: str) -> Iterator[Step]:
    """An identity takes over where the sequence of a serial column stands."""
    path = of.path
    if of.expected is None:
        # Its sequence makes room for one of the same name.
        yield Step(Phase.DROP_PARTS, alter(path, f"{column} DROP IDENTITY"))
        if path in sides.expected.of("column sequence"):
            yield from owned_sequence(sides.expected, path)
            yield Step(Phase.STATE, continuation(path))
        return
    if of.actual is not None:
        yield Step(Phase.COLUMN, alter(path, f"{column} SET GENERATED {str(of.expected).upper()}"))
        return
    if value(sides.actual, "column", path, "default") is not None:
        yield Step(Phase.COLUMN, default(path, None))
    if path in sides.actual.of("column sequence"):
        yield Step(Phase.COLUMN, f"DROP SEQUENCE {text(sides.actual, 'column sequence', path, 'name')}")
    # Its type is what it should be by then.
    yield Step(Phase.TABLE, alter(path, f"{column} SET NOT NULL"), note="rows with null refuse it")
    yield Step(Phase.TABLE, alter(path, f"{column} ADD {identity(sides.expected, path, of.expected)}"))
    yield Step(Phase.STATE, continuation(path))


def _of_column_sequence(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    if _has_identity(sides.expected, of.path) == _has_identity(sides.actual, live):
        yield from _sequence(sides, of, text(sides.actual, "column sequence", live, "name"))


def _has_identity(facts: Facts, path: Path) -> bool:
    return value(facts, "column", path, "identity") is not None


def _of_sequence(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    if of.attribute != "name":
        yield from _sequence(sides, of, qualified(live))


def _sequence(sides: Sides, of: Difference, name: str) -> Iterator[Change]:
    wanted = named(sides.expected, of.kind, of.path)
    yield Step(Phase.STATE, f"ALTER SEQUENCE {name} AS {wanted['type']} {sequence_options(wanted)}")


# Parts of relations


def _of_constraint(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    match of.attribute:
        case "validated" if of.expected:
            sql = alter(of.path, f"VALIDATE CONSTRAINT {sql_identifier(live[-1])}")
            yield Step(Phase.REFERENCE, sql, note="rows that break it refuse it")
        case "options":
            yield from _options(of, qualified((live[0], live[-1])), word="INDEX")
        case "replica_identity":
            yield _identifying(sides, of)
        case _:
            yield _standing(sides, "constraint", live)


def _of_index(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    if of.attribute == "replica_identity":
        yield _identifying(sides, of)
    else:
        yield _standing(sides, "index", live)


def _standing(sides: Sides, kind: str, live: Path) -> Target:
    """The live object: an index may stand where a constraint is expected, and the other way round."""
    if live in sides.actual.of(kind):
        return Target(kind, live)
    return Target("index" if kind == "constraint" else "constraint", live)


def _identifying(sides: Sides, of: Difference) -> Step:
    table = relation_of(sides.expected, of.kind, of.path)
    assert table is not None
    return Step(
        Phase.STATE, replica_identity(sides.expected, table, value(sides.expected, "table", table, "replica_identity"))
    )


def _of_trigger(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    if of.attribute not in ("enabled", "on_partitions"):
        yield Target("trigger", live)
        return
    for part in (live[:2], *_partitions(sides.actual, live[:2])):
        state = trigger_state((*part, live[2]), value(sides.expected, "trigger", of.path, "enabled"))
        yield Step(Phase.STATE, state.replace("ALTER TABLE ", "ALTER TABLE ONLY ", 1))


def _partitions(facts: Facts, table: Path) -> Iterator[Path]:
    for path, values in facts.of("table").items():
        if values[6] is not None and table in paths(values[5]):
            yield path
            yield from _partitions(facts, path)


def _of_policy(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    yield Target("policy", live)


def _of_rule(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    if of.attribute == "definition":
        yield Target("rule", live)
    else:
        yield Step(Phase.STATE, trigger_state(live, RULE_STATES[str(of.expected)], "RULE"))


def _updated_row(of: Difference) -> Step:
    given = None if of.expected is None else str(of.expected)
    key = json.loads(of.path[2])
    where = " AND ".join(
        f"{sql_identifier(name)} IS NULL" if one is None else f"{sql_identifier(name)} = {row_literal(one)}"
        for name, one in key.items()
    )
    change = f"{sql_identifier(of.attribute)} = {row_literal(given)}"
    return Step(Phase.ROW_VALUE, f"UPDATE {qualified(of.path[:2])} SET {change} WHERE {where}")


# What stands by itself


def _of_function(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    wanted, had = str(of.expected), str(of.actual)
    if _interface(wanted) != _interface(had):
        yield Target(of.kind, live)
        return
    yield Step(Phase.SETTING, "SET LOCAL check_function_bodies = off")
    yield Step(Phase.DEFINE, wanted.rstrip(), function_name(of.path))


def _interface(definition: str) -> str:
    """The arguments and the result of a function, which cannot be replaced."""
    return definition.partition("\n LANGUAGE ")[0]


def _of_enum(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    wanted, had = json.loads(str(of.expected or "[]")), json.loads(str(of.actual or "[]"))
    if [label for label in wanted if label in had] != had:
        yield Target("enum type", live)
        return
    for position, label in enumerate(wanted):
        if label in had:
            continue
        place = f"AFTER {postgres_string(wanted[position - 1])}" if position else ""
        if not position and had:
            place = f"BEFORE {postgres_string(had[0])}"
        sql = f"ALTER TYPE {qualified(of.path)} ADD VALUE {postgres_string(label)} {place}".rstrip()
        yield Step(Phase.ALONE, sql)


def _of_domain(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    head = f"ALTER DOMAIN {qualified(of.path)}"
    if text(sides.expected, "domain", of.path, "type") != text(sides.actual, "domain", live, "type"):
        yield decision("the columns of the domain have to move to a new one")
        return
    match of.attribute:
        case "default":
            yield Step(Phase.STATE, f"{head} {_default(of.expected)}")
        case "not_null":
            verb = "SET" if of.expected else "DROP"
            yield Step(Phase.STATE, f"{head} {verb} NOT NULL", note="rows with null refuse it" if of.expected else "")
        case "checks":
            wanted, had = (dict(json.loads(str(side or "[]"))) for side in (of.expected, of.actual))
            for name, check in had.items():
                if wanted.get(name) != check:
                    yield Step(Phase.DROP_PARTS, f"{head} DROP CONSTRAINT {sql_identifier(name)}")
            for name, check in wanted.items():
                if had.get(name) != check:
                    sql = f"{head} ADD CONSTRAINT {sql_identifier(name)} {check}"
                    yield Step(Phase.CHECK, sql, note="rows that break it refuse it")
        case _:
            yield decision("the columns of the domain have to move to a new one")


def _of_composite(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    wanted, had = (dict(json.loads(str(side or "[]"))) for side in (of.expected, of.actual))
    kept = [name for name in had if name in wanted]
    if list(wanted)[: len(kept)] != kept or len(kept) < len(had):
        yield decision("the attributes of the type have to be taken away and added again in their order")
        return
    for name, kind in wanted.items():
        if had.get(name) != kind:
            verb = "ALTER ATTRIBUTE {} TYPE {}" if name in had else "ADD ATTRIBUTE {} {}"
            sql = f"ALTER TYPE {qualified(of.path)} {verb.format(sql_identifier(name), kind)} CASCADE"
            yield Step(Phase.DEFINE, sql, note="a column of the type refuses it" if name in had else "")


def _of_extension(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    yield Step(Phase.EXTENSION, f"ALTER EXTENSION {qualified(of.path)} SET SCHEMA {sql_identifier(str(of.expected))}")


def _of_statistics(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    yield Step(Phase.DROP_USES, f"DROP STATISTICS {qualified(live)}")
    yield Step(Phase.STATE, str(of.expected))


def _of_hypertable(sides: Sides, of: Difference, live: Path) -> Iterator[Change]:
    from isotype.catalog.postgres.repair.hypertables import hypertable_changes

    yield from hypertable_changes(sides.expected, of)


_CHANGES: Mapping[str, Callable[[Sides, Difference, Path], Iterator[Change]]] = {
    "table": _of_table,
    **dict.fromkeys(VIEWS, _of_view),
    "column": _of_column,
    "column sequence": _of_column_sequence,
    "sequence": _of_sequence,
    "constraint": _of_constraint,
    "index": _of_index,
    "trigger": _of_trigger,
    "policy": _of_policy,
    "rule": _of_rule,
    **dict.fromkeys(("function", "procedure"), _of_function),
    "enum type": _of_enum,
    "domain": _of_domain,
    "composite type": _of_composite,
    "extension": _of_extension,
    "statistics": _of_statistics,
    "hypertable": _of_hypertable,
}
