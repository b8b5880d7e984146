"""Names that two things want: said before a database would say it, and nothing else is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest

from isotype.language import load
from isotype.layers import sql
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer
from isotype.tables import Tables, name_clashes, project
from tests.domains.conftest import SCHEMAS
from tests.engines import ROOT
from tests.engines.postgres import Database
from tests.schemas import used

ENTITY = "{fields: {id: {type: int, key: true}}}"


def _tables(text: str) -> Tables:
    loaded = load({"schema.yaml": f"isotype: 1\ndomain: shop\n{text}"}, used)
    assert loaded.domain is not None, [str(finding) for finding in loaded.findings]
    return project(loaded.domain)


def _messages(text: str) -> list[str]:
    return [finding.message.removeprefix("the ") for finding in name_clashes(_tables(text))]


CASES = {
    # name: (schema, who wants what, the engines that refuse the file)
    "an index and a key": (
        """
entities:
  Book: {fields: {id: {type: int, key: true}}, indexes: {pages_pkey: [id]}}
  Page: {fields: {id: {type: int, key: true}}}
""",
        ['database name "pages_pkey" is wanted by an index of books at line 5 and by the primary key of pages'],
        "postgres",
    ),
    "two constraints of a table": (
        """
entities:
  Book:
    fields: {id: {type: int, key: true}, a: {type: int, min: 1, unique: true, constraints: {check: books_a_key}}}
""",
        ['database name "books_a_key" is wanted by the unique of books over a and by check 1 of books'],
        "postgres",
    ),
    "a schema and its prefix": (
        """
entities:
  Book: {schema: shop, fields: {id: {type: int, key: true}}}
  ShopBook: {fields: {id: {type: int, key: true}}}
""",
        ['SQLite name "shop_books" is wanted by the table of Book and by the table of ShopBook'],
        "sqlite",
    ),
    "an index that differs in case": (
        """
entities:
  Book: {fields: {id: {type: int, key: true}}, indexes: {Idx_book: [id]}}
  Page: {fields: {id: {type: int, key: true}}, indexes: {idx_book: [id]}}
""",
        ['SQLite name "idx_book" is wanted by an index of books at line 5 and by an index of pages at line 6'],
        "sqlite",
    ),
    "the trigger of a table and that of another": (
        """
mixins: {Stamped: {at: {type: timestamp, default: now, on_update: now}}}
enums: {State: [a, b]}
entities:
  Book:
    table: b
    include: [Stamped]
    fields: {id: {type: int, key: true}}
  Page:
    table: b_stamp_c
    fields: {id: {type: int, key: true}, state: {type: State, column: c, transitions: {a: [b], b: []}}}
  Line:
    table: b_stamp
    fields:
      id: {type: int, key: true}
      state: {type: State, column: c_c, transitions: {a: [b], b: []}}
""",
        [
            'database name "b_stamp_c_c_transitions" is wanted by the trigger for the transitions of b_stamp_c.c'
            " and by the trigger for the transitions of b_stamp.c_c"
        ],
        "postgres sqlite",
    ),
    "the judges of two columns": (
        """
entities:
  A: {table: a, fields: {id: {type: int, key: true}, b_c: {type: 'duration[]'}}}
  AB: {table: a_b, fields: {id: {type: int, key: true}, c: {type: 'duration[]'}}}
""",
        [
            'database name "is_a_b_c" is wanted by the function that judges a.b_c'
            " and by the function that judges a_b.c",
            'SQLite name "a_b_c_items_check_insert" is wanted by the trigger of check 1 of a'
            " and by the trigger of check 1 of a_b",
        ],
        "postgres sqlite",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_clash_is_said(case: str) -> None:
    """Who wants the name is named, once for each pair."""
    text, expected, _ = CASES[case]
    assert _messages(text) == expected


@pytest.mark.parametrize("case", CASES)
def test_the_databases_say_so_too(case: str, database: Database, sqlite: sqlite3.Connection) -> None:
    """What is refused here would not load there."""
    text, _, engines = CASES[case]
    files = sql.render(_tables(text), Renderer(), Options("schema.yaml"))[0]
    refused = set()
    try:
        sqlite.executescript(files["sqlite.sql"])
    except sqlite3.OperationalError:
        refused.add("sqlite")
    try:
        with database.connect() as connection:
            connection.execute(files["postgres.sql"].encode())
    except (psycopg.errors.DuplicateTable, psycopg.errors.DuplicateObject, psycopg.errors.DuplicateFunction):
        refused.add("postgres")
    assert refused == set(engines.split())


def _fine() -> Iterator[str]:
    for path in SCHEMAS.values():
        yield (ROOT / path).read_text(encoding="utf-8").partition("\ndomain:")[2].partition("\n")[2]
    yield f"entities:\n  Book: {{schema: a, {ENTITY[1:]}\n  Page: {{schema: b, table: books, {ENTITY[1:]}\n"
    yield "entities:\n  Book: {fields: {id: {type: int, key: true}}, rules: {r: id > 0}}\n" + (
        "  Page: {fields: {id: {type: int, key: true}}, rules: {r: id > 0}}\n"
    )


@pytest.mark.parametrize("text", list(_fine()))
def test_nothing_else_is_said(text: str) -> None:
    """Equal names in different namespaces are no clash, and the schemas of the project have none."""
    assert _messages(text) == []
