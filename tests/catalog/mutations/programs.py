"""Changes of triggers, policies, rules, functions and procedures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isotype.catalog.postgres.names import qualified
from isotype.dialects.literals.sql import sql_identifier
from tests.catalog.mutations.model import Spot


def _trigger(spot: Spot) -> Iterator[tuple[str, str]]:
    name, table = sql_identifier(spot.path[2]), spot.table
    yield "", f"DROP TRIGGER {name} ON {table}"
    yield "", f"ALTER TRIGGER {name} ON {table} RENAME TO renamed"
    yield "comment", f"COMMENT ON TRIGGER {name} ON {table} IS 'Otherwise.'"
    for state in ("DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"):
        yield "enabled", f"ALTER TABLE {table} {state} TRIGGER {name}"
    if spot.is_partitioned:
        for path, values in spot.facts.of("table").items():
            if values[6] is not None and values[5] == ".".join(spot.path[:2]):
                yield "on_partitions", f"ALTER TABLE {qualified(path)} DISABLE TRIGGER {name}"
    definition = spot.text("definition")
    again = f"DROP TRIGGER {name} ON {table}; "
    for attribute, other in _definitions(spot, definition):
        if other != definition:
            yield attribute, again + other


def _definitions(spot: Spot, definition: str) -> Iterator[tuple[str, str]]:
    head, function = definition.rsplit(" EXECUTE FUNCTION ", 1)
    timing = next(word for word in (" BEFORE ", " AFTER ", " INSTEAD OF ") if word in head)
    before, _, after = head.partition(timing)
    events, _, rest = after.partition(" ON ")
    yield "timing", f"{before}{' AFTER ' if timing == ' BEFORE ' else ' BEFORE '}{after} EXECUTE FUNCTION {function}"
    if " WHEN (" not in rest:
        # A condition reads OLD or NEW, which not every event has.
        more = "DELETE" if "DELETE" not in events else "INSERT"
        yield "events", f"{before}{timing}{events} OR {more} ON {rest} EXECUTE FUNCTION {function}"
    if " WHEN (" not in rest:
        if "REFERENCING" not in rest:
            yield "condition", f"{head} WHEN (CURRENT_USER <> 'nobody') EXECUTE FUNCTION {function}"
    else:
        yield "condition", re.sub(r" WHEN \(.*\)$", "", head) + f" EXECUTE FUNCTION {function}"
    if " FOR EACH ROW" in head and " WHEN (" not in head and " OLD TABLE" not in head:
        yield "level", f"{head.replace(' FOR EACH ROW', ' FOR EACH STATEMENT')} EXECUTE FUNCTION {function}"
    yield "arguments", f"{head} EXECUTE FUNCTION {function.replace('()', '(1)')}"
    if "UPDATE" in events and "UPDATE OF" not in events:
        column = sql_identifier(next(iter(spot.columns())))
        narrowed = events.replace("UPDATE", f"UPDATE OF {column}")
        yield "columns", f"{before}{timing}{narrowed} ON {rest} EXECUTE FUNCTION {function}"


def _policy(spot: Spot) -> Iterator[tuple[str, str]]:
    name, table, of = sql_identifier(spot.path[2]), spot.table, spot.of
    yield "", f"DROP POLICY {name} ON {table}"
    yield "comment", f"COMMENT ON POLICY {name} ON {table} IS 'Otherwise.'"
    yield "roles", f"ALTER POLICY {name} ON {table} TO pg_monitor"
    if of["using"]:
        yield "using", f"ALTER POLICY {name} ON {table} USING ({of['using']} OR CURRENT_USER = 'nobody')"
    again = f"DROP POLICY {name} ON {table}; CREATE POLICY {name} ON {table}"
    using = f"USING ({of['using']})" if of["using"] else ""
    kind = "RESTRICTIVE" if of["permissive"] else "PERMISSIVE"
    yield "permissive", f"{again} AS {kind} FOR {of['command']} {using}"
    other = "DELETE" if of["command"] != "DELETE" else "SELECT"
    yield "command", f"{again} FOR {other} {using}"


def _rule(spot: Spot) -> Iterator[tuple[str, str]]:
    name, table = sql_identifier(spot.path[2]), spot.table
    yield "", f"DROP RULE {name} ON {table}"
    yield "enabled", f"ALTER TABLE {table} DISABLE RULE {name}"
    definition = spot.text("definition").replace("CREATE RULE", "CREATE OR REPLACE RULE", 1)
    yield (
        "definition",
        re.sub(r"\bON (DELETE|UPDATE|INSERT)\b", "ON UPDATE", definition, count=1).replace(
            "ON UPDATE", "ON INSERT" if " ON UPDATE" in spot.text("definition") else "ON UPDATE", 1
        ),
    )


def _function(spot: Spot) -> Iterator[tuple[str, str]]:
    schema, name = spot.path
    called = f"{sql_identifier(schema)}.{sql_identifier(name.partition('(')[0])}({name.partition('(')[2]}"
    word = spot.kind.upper()
    yield "", f"DROP {word} {called} CASCADE"
    yield "", f"ALTER {word} {called} RENAME TO renamed"
    yield "comment", f"COMMENT ON {word} {called} IS 'Otherwise.'"
    definition = spot.text("definition")
    settings = ["SET work_mem = '1MB'"]
    if "SECURITY DEFINER" not in definition:
        settings.append("SECURITY DEFINER")
    if spot.kind == "function":
        settings.append("COST 77")
        settings.append("STRICT" if "STRICT" not in definition else "CALLED ON NULL INPUT")
        settings.append("VOLATILE" if "STABLE" in definition or "IMMUTABLE" in definition else "STABLE")
        settings.append("PARALLEL RESTRICTED")
        settings.append("LEAKPROOF")
        if "RETURNS SETOF" in definition or "RETURNS TABLE" in definition:
            settings.append("ROWS 77")
    for setting in settings:
        yield "definition", f"ALTER {word} {called} {setting}"
    tag = re.search(r"AS (\$\w*\$)", definition)
    if tag is not None:
        body = definition.replace(f"AS {tag[1]}", f"AS {tag[1]} ", 1)
        yield "definition", f"SET LOCAL check_function_bodies = off; {body}"


CHANGES = {
    "trigger": _trigger,
    "policy": _policy,
    "rule": _rule,
    "function": _function,
    "procedure": _function,
}
