"""What makes a table chunks of TimescaleDB, and changes how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.catalog.differences import Difference
from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres.layout import text
from isotype.catalog.postgres.names import qualified
from isotype.catalog.postgres.repair.steps import Phase, Step
from isotype.dialects.literals.sql import postgres_string, sql_identifier

EXTENSION = ("timescaledb",)


def hypertable_steps(facts: Facts, path: Path, of: Mapping[str, Value]) -> Iterator[Step]:
    """Everything that makes a table chunks; the rows it has move into them."""
    chunks = f"{_table(path)}, {postgres_string(str(of['column']))}"
    interval = f"chunk_time_interval => {_interval(of['interval'])}"
    sql = f"SELECT {_function(facts, 'create_hypertable')}({chunks}, {interval}, {_PLAIN})"
    yield Step(Phase.TABLE, sql)
    if of["compressed"]:
        yield _compression(path, of)
    for attribute, (_, add, _) in _POLICIES.items():
        if of[attribute] is not None:
            yield _policy(facts, path, add, of[attribute])


def hypertable_changes(facts: Facts, of: Difference) -> Iterator[Step]:
    """What changes one attribute."""
    wanted = dict(zip(_NAMES, facts.of("hypertable")[of.path], strict=True))
    if of.attribute == "column":
        yield Step(Phase.DECIDE, "", note="the rows of the table have to move to a new one that is chunked as expected")
    elif of.attribute == "interval":
        call = _function(facts, "set_chunk_time_interval")
        yield Step(Phase.STATE, f"SELECT {call}({_table(of.path)}, {_interval(of.expected)})")
    elif of.attribute in _POLICIES:
        remove, add, _ = _POLICIES[of.attribute]
        if of.actual is not None:
            yield Step(Phase.DROP_USES, f"SELECT {_function(facts, remove)}({_table(of.path)})")
        if of.expected is not None:
            yield _policy(facts, of.path, add, of.expected)
    else:
        yield _compression(of.path, wanted)


_PLAIN = "create_default_indexes => false, migrate_data => true"
_NAMES = ("column", "interval", "compressed", "segment_by", "order_by", "compress_after", "drop_after")
_POLICIES = {
    "compress_after": ("remove_compression_policy", "add_compression_policy", "compress_after"),
    "drop_after": ("remove_retention_policy", "add_retention_policy", "drop_after"),
}


def _compression(path: Path, of: Mapping[str, Value]) -> Step:
    if not of["compressed"]:
        return Step(Phase.STATE, f"ALTER TABLE {qualified(path)} SET (timescaledb.compress = false)")
    options = ["timescaledb.compress"]
    for name, attribute in (("segmentby", "segment_by"), ("orderby", "order_by")):
        if of[attribute]:
            options.append(f"timescaledb.compress_{name} = {postgres_string(str(of[attribute]))}")
    note = "chunks that are compressed already refuse it"
    return Step(Phase.STATE, f"ALTER TABLE {qualified(path)} SET ({', '.join(options)})", note=note)


def _policy(facts: Facts, path: Path, add: str, after: Value) -> Step:
    return Step(Phase.COMMENT, f"SELECT {_function(facts, add)}({_table(path)}, {_interval(after)})")


def _function(facts: Facts, name: str) -> str:
    return f"{sql_identifier(text(facts, 'extension', EXTENSION, 'schema'))}.{name}"


def _table(path: Path) -> str:
    return f"{postgres_string(qualified(path))}::regclass"


def _interval(of: Value) -> str:
    spelled = str(of)
    return spelled if spelled.isdigit() else f"INTERVAL {postgres_string(spelled)}"
