"""`verify` finds what is broken in the text that models and SQL files carry beside what a table says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.layers import Options, sql
from isotype.layers.rendering import Renderer, shipped
from isotype.tables.model import Table, Tables
from tests.conformance.conftest import asked
from tests.conformance.mutations import models_text, python_text, same_sql, sql_text
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.python_text import Fault
from tests.conformance.mutations.tables import alone
from tests.conformance.test_run import break_file
from tests.probes.domains import bindings, bound, schema

STORED = """
isotype: 1
domain: shop
entities:
  Item:
    fields:
      id:    {type: int, key: true}
      at:    timestamp
      price: 'decimal(6,2)'
      sizes: 'int[]'
"""
FORMS: dict[str, tuple[str, str, str]] = {
    "an instant without its zone": (
        "isoformat(timespec='microseconds')}Z\"",
        "isoformat(timespec='microseconds')}\"",
        "at",
    ),
    "an instant read without its zone": ('.removesuffix("Z")).replace(tzinfo=UTC)', '.removesuffix("Z"))', "at"),
    "a decimal as text": ('"INTEGER" if precision <= self._widest_integer else "TEXT"', '"TEXT"', "price"),
    "an item that is another": ("self.item.write_item(item) for", "self.item.write_item(item + 1) for", "sizes"),
}


def ask(tmp_path: Path) -> Matrix:
    """All boundaries of the items, put to the models."""
    with asked(schema(STORED), tmp_path, ["models"]) as (of, found, missing):
        assert not missing
        return run(of, found, missing, Request())


def test_models_write_to_sqlite_what_is_meant(tmp_path: Path) -> None:
    """What models write to SQLite and read of it is what the SQL file means by each value."""
    assert ask(tmp_path).disagreements == ()


@pytest.mark.parametrize("name", FORMS)
def test_another_form_on_sqlite_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that models write in another form, or read as another value, is found at its field."""
    old, new, field = FORMS[name]
    break_file(monkeypatch, "models/_columns.py", old, new)
    facts = [one.fact for one in ask(tmp_path).disagreements]
    assert facts and all(re.match(f"gives back another value: {field}: .* SQLite as ", fact) for fact in facts), facts


def test_every_column_type_is_broken() -> None:
    """Each kind of column whose own functions decide something has a fault that rows are asked about."""
    text = shipped("support/columns.py")
    classes = {name.partition(".")[0] for name in python_text.functions(text) if name.endswith(".judge")}
    broken = {one.function.partition(".")[0] for one in models_text.faults(text, models_text.COLUMNS)}
    assert classes <= broken and not any(map(models_text.MAKING.fullmatch, broken))


def printed(tables: Tables, database: str) -> str:
    """What the SQL layer prints."""
    files, _ = sql.render(tables, Renderer(), Options("schema.yaml"), databases=(database,))
    return files[f"{database}.sql"]


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_faults_of_sql_are_about_what_no_node_says(database: str) -> None:
    """Functions, triggers and forms are broken; columns, keys and rules are not."""
    tables = bindings("library").tables
    table = next(one for one in tables.tables if one.name == "loans")
    text = printed(alone(tables, table), database)
    found = [fault for _, fault in sql_text.faults(text, table)]
    assert all(text.startswith(one.old, one.at) and one.old != one.new for one in found)
    names = {one.function for one in found}
    assert {"loans_state_transitions", "loans_started_at_guard"} <= names
    assert not names & {"loans_pkey", "chk_order", "chk_lost", "loans_phase_check"}


ITEMS = """
isotype: 1
domain: shop
objects:
  Place: {fields: {code: {type: string(10), pattern: '^[0-9]{5}$'}, name: string(10)}}
  Mark: {fields: {name: text}}
  Loose: {fields: {name: {type: text, optional: true}}}
entities:
  Item:
    fields:
      id:    {type: int, key: true}
      sizes: 'int[]'
      order: {type: 'int[]', sorted: true}
      apart: {type: 'int[]', sorted: true, unique_items: true}
      flat:  'float?[]'
      names: {type: 'string(9)[]', items: {pattern: '^[a-z]+$'}}
      codes: {type: 'string(9)[]', items: {pattern: '^[0-9]+$'}}
      days:  'date[]'
      held:  'Mark[]'
      place: Place
      loose: Loose
      one:   time
      other: time
      above: int
    rules:
      chk_above: above > id
"""


@cache
def faults(database: str) -> tuple[Tables, Table, str, dict[sql_text.Key, list[Fault]]]:
    """The faults of the items, by what they are where names do not count."""
    tables = bound(schema(ITEMS)).tables
    [table] = tables.tables
    text = printed(tables, database)
    found: dict[sql_text.Key, list[Fault]] = {}
    for key, fault in sql_text.faults(text, table):
        found.setdefault(key, []).append(fault)
    return tables, table, text, found


def test_one_text_is_one_fault() -> None:
    """Columns of one form, and the triggers of one condition for INSERT and UPDATE, are the same text."""
    _, _, _, found = faults("sqlite")
    together = [{fault.function for fault in of} for of in found.values()]
    assert {"items_one_guard", "items_other_guard"} in together
    assert {"items_sizes_items_check_insert", "items_sizes_items_check_update"} in together
    # What reads the row before, and when a trigger comes, is asked of each.
    alone = [of for (kind, _, _), of in found.items() for fault in of if fault.old in ("NEW", "BEFORE")]
    assert alone and all(len(of) == len({fault.at for fault in of}) == 1 for of in alone)


def proved(database: str, old: str, new: str, within: str, near: str) -> str:
    """The proof of one fault, the one at which a text stands."""
    tables, table, text, found = faults(database)
    [fault] = (
        fault
        for of in found.values()
        for fault in of
        if (fault.old, fault.new, fault.function) == (old, new, within)
        and text[fault.at - len(near) :].startswith(near)
    )
    rewrite = Rewrite("", fault.old, fault.new, fault.at, fault.function)
    return same_sql.proof(database, tables, table, text, rewrite, lambda of: printed(of, database))


def test_a_refusal_comes_before_or_after() -> None:
    """A trigger that refuses a row does so at either time; nothing says so of one that refuses at another event."""
    head = "CREATE TRIGGER items_sizes_items_check_insert "
    assert proved("sqlite", "BEFORE", "AFTER", "items_sizes_items_check_insert", head) == same_sql.REFUSED_ANYHOW
    event = "CREATE TRIGGER items_sizes_items_check_insert BEFORE "
    assert not proved("sqlite", "INSERT", "UPDATE", "items_sizes_items_check_insert", event)


def test_items_in_order_may_be_the_same_where_nothing_tells_them_apart() -> None:
    """That an item is above the one before says no more where no two are the same, and more where they may be."""
    proof = proved("sqlite", ">", ">=", "items_apart_items_check_insert", "WHERE previous ")
    assert proof == same_sql.APART
    assert not proved("sqlite", ">", ">=", "items_order_items_check_insert", "WHERE previous ")


def test_an_array_is_flat_where_nulls_are_looked_for() -> None:
    """PostgreSQL looks for nulls in no array of several dimensions; where an item may be null it does not look."""
    lost = [f"coalesce(array_ndims({name}), 1) = 1\n        AND" for name in ("days", "flat")]
    assert proved("postgres", lost[0], "", "items_days_guard", "(\n        ") == same_sql.NESTED
    assert not proved("postgres", lost[1], "", "items_flat_guard", "(\n        ")


def test_a_strict_function_refuses_null_too() -> None:
    """Where a function judges each item, nulls need not be looked for; where nothing does, they need."""
    held, order = "array_position(held, NULL) IS NULL AND", 'array_position("order", NULL) IS NULL\n        AND'
    assert proved("postgres", held, "", "items_held_items_check", "(") == same_sql.NO_NULL
    assert not proved("postgres", order, "", "items_order_items_check", "(\n        ")


def test_an_item_is_text_where_a_pattern_takes_nothing_else() -> None:
    """No number in JSON reads as letters; some read as digits."""
    lost = "item.type = 'text'\n                AND"
    assert proved("sqlite", lost, "", "items_names_items_check_insert", "(\n                ") == same_sql.NO_OTHER_TEXT
    assert not proved("sqlite", lost, "", "items_codes_items_check_insert", "(\n                ")


def test_json_is_an_object_where_a_property_is_asked_for() -> None:
    """Only an object has a property that must be there; any JSON lacks one that need not."""
    place, loose = (f"AND json_type({name}) = 'object'" for name in ("place", "loose"))
    assert proved("sqlite", place, "", "items_place_guard", " ") == same_sql.OF_OBJECT
    assert not proved("sqlite", loose, "", "items_loose_guard", " ")


def test_a_bound_is_said_beside() -> None:
    """What is greater than the least number is not that one itself; at the other end nothing says so."""
    low = proved("sqlite", "2147483648", "2147483647", "items_above_guard", "BETWEEN -")
    assert low == same_sql.BOUNDED == proved("sqlite", "2147483648", "2147483649", "items_above_guard", "BETWEEN -")
    assert not proved("sqlite", "2147483648", "2147483649", "items_id_guard", "BETWEEN -")
    assert not proved("sqlite", "2147483647", "2147483646", "items_above_guard", "AND ")


@pytest.mark.parametrize("column", [True, False])
def test_the_number_of_a_row_lasts_where_it_is_no_column(column: bool) -> None:
    """What finds the row of a stamp is the same before and after, unless a column is another name of it."""
    key = "{type: int, key: true, default: identity}" if column else "{type: uuid, key: true}"
    stamped = "updated: {type: timestamp, default: now, on_update: now}"
    of = schema(f"isotype: 1\ndomain: shop\nentities: {{Item: {{fields: {{id: {key}, {stamped}}}}}}}")
    tables = bound(of).tables
    [table] = tables.tables
    text = printed(tables, "sqlite")
    [fault] = (one for _, one in sql_text.faults(text, table) if one.old == "NEW")
    rewrite = Rewrite("", fault.old, fault.new, fault.at, fault.function)
    proof = same_sql.proof("sqlite", tables, table, text, rewrite, lambda of: printed(of, "sqlite"))
    assert proof == ("" if column else same_sql.LASTING)


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_a_text_is_proved_as_the_node_that_it_is_printed_from(database: str) -> None:
    """A length beside a pattern of five digits is any length from five; without a pattern it is not."""
    code, name, within = {
        "postgres": ("char_length(document ->> 'code') <= ", "char_length(document ->> 'name') <= ", "is_place"),
        "sqlite": (
            "length(json_extract(NEW.place, '$.code')) <= ",
            "length(json_extract(NEW.place, '$.name')) <= ",
            "items_place_object_check_update",
        ),
    }[database]
    assert proved(database, "10", "11", within, code)
    assert not proved(database, "10", "11", within, name)


JUDGED = """
isotype: 1
domain: shop
objects:
  Place: {fields: {code: string(10), extra: {type: json, optional: true}}}
  Signed: {fields: {at: timestamp, host: inet, lasts: duration}}
enums: {Stage: [first, last]}
entities:
  Item:
    fields:
      id:      {type: int, key: true}
      sizes:   {type: 'int[]', items: {min: 1}}
      place:   Place
      places:  'Place[]'
      opens:   time
      closes:  'time[]'
      signed:  Signed?
      host:    inet?
      stage:   {type: Stage, transitions: {first: [last], last: []}, initial: first}
      updated: {type: timestamp, default: now, on_update: now}
"""
_NOW = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"
FOUND: dict[str, tuple[str, str, str]] = {
    "a property that nobody knows, in SQLite": ("sqlite", "entry.key NOT IN ('code', 'extra')", "entry.key IS NULL"),
    "JSON that is none": ("sqlite", "json_valid(sizes)", "TRUE"),
    "a property that nobody knows, in a list": (
        "sqlite",
        "json_each(item.value) AS entry WHERE",
        "json_each(item.value) AS entry WHERE FALSE AND",
    ),
    "an hour too many in a list": ("sqlite", "item.value < '24:00:00.000000'", "TRUE"),
    "a stamp of every row": ("sqlite", "rowid = NEW.rowid AND ", ""),
    "a stamp that calls itself": ("sqlite", f" AND updated IS NOT {_NOW}", ""),
    "a stamp that comes too early": ("sqlite", "AFTER UPDATE ON items", "BEFORE UPDATE ON items"),
    "an hour too many": ("sqlite", "opens < '24:00:00.000000'", "opens <= '24:00:00.000000'"),
    "U+0000 behind a list": ("sqlite", "instr(sizes, char(0)) = 0", "TRUE"),
    "a list that an UPDATE gives": ("sqlite", "UPDATE OF sizes ON", "UPDATE OF id ON"),
    "a property that nobody knows, in PostgreSQL": ("postgres", "document - ARRAY['code', 'extra']::TEXT[]", "'{}'"),
    "what is no object": ("postgres", "jsonb_typeof(document) = 'object'", "TRUE"),
    "a number that is as great as one may be": ("postgres", "(@ > 1.7", "(@ >= 1.7"),
    "a number that is too great": ("postgres", "8e308 || @", "8e308 && @"),
    "a wrong item beside a right one": ("postgres", "1 <= ALL", "1 <= ANY"),
    "an offset inside JSON": ("postgres", "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])", "Z"),
    "an instant that is the first": ("postgres", "FROM 12) <= value", "FROM 12) < value"),
    "a cast of what is not looked at": ("postgres", "([0-9]{1,9}D)?", "([0-9]{0,9}D)?"),
    "nine groups inside JSON": ("postgres", "(?!:*([0-9a-fA-F]+:+){7}[0-9a-fA-F])", ""),
    "a start from nothing": ("postgres", "NEW.stage IS NULL OR ", ""),
}


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_the_text_of_databases_is_what_is_meant(database: str, tmp_path: Path) -> None:
    """Nothing that is broken below is wrong in what is printed."""
    with asked(schema(JUDGED), tmp_path, [database]) as (of, found, missing):
        assert not missing
        assert run(of, found, missing, Request()).disagreements == ()


@pytest.mark.parametrize("name", FOUND)
def test_a_fault_of_sql_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a function, a trigger or a form of a column no longer says is found."""
    database, old, new = FOUND[name]
    break_file(monkeypatch, f"sql/{database}.sql", old, new)
    with asked(schema(JUDGED), tmp_path, [database]) as (of, found, missing):
        assert not missing
        assert run(of, found, missing, Request()).disagreements
