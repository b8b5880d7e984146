"""Typed JSON: what the databases take inside a document is what the wire takes."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.engines import sqlite as sqlite_engine
from tests.engines.postgres import Database, Server
from tests.sql.support import Postgres, postgres_sql, postgres_takes, sqlite_sql, sqlite_takes

WIRE_FORMS = Path(__file__).parent.parent.parent / "docs" / "wire-forms.md"

LOST_BY_SQLITE = ("timestamp", "local_timestamp", "time", "duration", "bytes", "inet", "email", "url", "json")
"""Types of which SQLite holds less than the wire form inside JSON; the ledger says so."""


class Examples(NamedTuple):
    """One block of the page: a type, and JSON texts it takes and refuses."""

    declaration: str
    taken: tuple[str, ...]
    refused: tuple[str, ...]


def blocks() -> Iterator[Examples]:
    """Every example block of the page on wire forms."""
    for heading, body in re.findall(r"```examples (.*)\n((?:.*\n)*?)```", WIRE_FORMS.read_text("utf-8")):
        lines = body.splitlines()
        taken = tuple(line.split(" = ")[0] for line in lines if " = " in line)
        refused = tuple(line.rpartition(" ! ")[0] for line in lines if " ! " in line)
        yield Examples(declaration(heading), taken, refused)


def declaration(heading: str) -> str:
    """`decimal(5,2) wire: number` and `int[] sorted` as a field."""
    if heading.startswith("enum("):
        return "{type: Shape}"
    kind, *words = heading.replace("wire: number", "wire:number").split()
    rest = "".join(f", {word.replace(':', ': ')}" if ":" in word else f", {word}: true" for word in words)
    return f"{{type: '{kind}'{rest}}}"


EXAMPLES = tuple(blocks())
NAMES = [f"{number}: {example.declaration}" for number, example in enumerate(EXAMPLES)]


def schema() -> str:
    objects = "".join(f"  D{n}: {{fields: {{v: {example.declaration}}}}}\n" for n, example in enumerate(EXAMPLES))
    entities = "".join(
        f"  E{n}: {{table: e{n}, fields: {{document: {{type: 'D{n}?'}}, list: {{type: 'D{n}[]', default: []}}}}}}\n"
        for n in range(len(EXAMPLES))
    )
    return f"enums: {{Shape: [round, square, 3d-printed]}}\nobjects:\n{objects}entities:\n{entities}"


@pytest.fixture(scope="module")
def postgres_documents(postgres: Server) -> Iterator[Postgres]:
    name = postgres.create_database()
    with Database(postgres, name).connect() as connection:
        connection.execute(postgres_sql(schema()))
        yield connection
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def sqlite_documents() -> Iterator[sqlite3.Connection]:
    with closing(sqlite_engine.connect()) as connection:
        connection.executescript(sqlite_sql(schema()))
        yield connection


def document(value: str) -> str:
    """The JSON text of an object with the value, as an SQL string."""
    return "'" + f'{{"v": {value}}}'.replace("'", "''") + "'"


def is_about_text(value: str) -> bool:
    """Whether the example is about JSON text alone: its depth, digits that no double holds."""
    return "[" * 65 in value or "0000000000000001" in value


def repeats_a_key(value: str) -> bool:
    """Whether some object of the text has a key twice: a fact of the text, which no layer writes into SQLite."""
    repeated: list[object] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(found)) < len(found):
            repeated.append(found)
        return dict(found)

    json.loads(value, object_pairs_hook=pairs)
    return bool(repeated)


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=NAMES)
def test_postgres_takes_the_wire_form(postgres_documents: Postgres, number: int) -> None:
    """Each example of the page gets its verdict as a property of a document, and as one in a list."""
    example = EXAMPLES[number]
    for value in (*example.taken, *example.refused):
        if not is_about_text(value):
            wanted = value in example.taken
            insert = f"INSERT INTO e{number} (document) VALUES ({document(value)})"
            assert postgres_takes(postgres_documents, insert) == wanted, value
            insert = f"INSERT INTO e{number} (list) VALUES (ARRAY[{document(value)}]::jsonb[])"
            assert postgres_takes(postgres_documents, insert) == wanted, value


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=NAMES)
def test_sqlite_takes_the_wire_form(sqlite_documents: sqlite3.Connection, number: int) -> None:
    """SQLite takes every example that is taken, and refuses the others but for what its ledger names."""
    example = EXAMPLES[number]
    insert = f"INSERT INTO e{number} (document) VALUES ({{}})"
    for value in example.taken:
        if not repeats_a_key(value):
            assert sqlite_takes(sqlite_documents, insert.format(document(value))), value
    if not any(f"'{name}'" in example.declaration for name in LOST_BY_SQLITE):
        for value in example.refused:
            if "\\ud" not in value:
                assert not sqlite_takes(sqlite_documents, insert.format(document(value))), value


PERSON = """
objects:
  Person:
    fields:
      name:  {type: text, min_length: 1}
      nick:  text?
      born:  {type: date, optional: true}
      motto: {type: 'text?', optional: true}
      age:   {type: int, min: 0}
      limit: {type: int, max: 150}
      tags:  {type: 'string(5)[]', min_items: 1, unique_items: true}
      marks: {type: 'map(int)', max_items: 2}
    rules:
      young: {that: age <= limit}
      named: {that: nick IS NULL OR nick <> name}
      few:   {that: cardinality(tags) < age}
entities:
  Card: {fields: {id: {type: int, key: true}, person: Person}}
"""

WHOLE = '"name":"a","nick":null,"age":3,"limit":3,"tags":["x"],"marks":{"m":1}'
PERSONS = {
    f"{{{WHOLE}}}": True,
    f'{{{WHOLE},"born":"2000-01-01","motto":null}}': True,
    f'{{{WHOLE},"born":null}}': False,
    f'{{{WHOLE},"born":"2000-02-30"}}': False,
    f'{{{WHOLE},"extra":1}}': False,
    "{" + WHOLE.replace('"nick":null,', "") + "}": False,
    "{" + WHOLE.replace('"nick":null', '"nick":"a"') + "}": False,
    "{" + WHOLE.replace('"nick":null', '"nick":"b"') + "}": True,
    "{" + WHOLE.replace('"name":"a"', '"name":""') + "}": False,
    "{" + WHOLE.replace('"name":"a"', '"name":null') + "}": False,
    "{" + WHOLE.replace('"age":3', '"age":4') + "}": False,
    "{" + WHOLE.replace('["x"]', "[]") + "}": False,
    "{" + WHOLE.replace('["x"]', '["x","x"]') + "}": False,
    "{" + WHOLE.replace('["x"]', '["xxxxxx"]') + "}": False,
    "{" + WHOLE.replace('["x"]', '["x","y"]') + "}": True,
    "{" + WHOLE.replace('{"m":1}', '{"m":1,"n":2,"o":3}') + "}": False,
    "{" + WHOLE.replace('{"m":1}', '{"m":"1"}') + "}": False,
    "{" + WHOLE.replace('{"m":1}', "[]") + "}": False,
    "[]": False,
    "null": False,
    '"text"': False,
}


def test_a_document_is_whole(database: Database, sqlite: sqlite3.Connection) -> None:
    """Presence, null, unknown keys, nested parts and rules get one verdict from both databases."""
    sqlite.executescript(sqlite_sql(PERSON))
    with database.connect() as connection:
        connection.execute(postgres_sql(PERSON))
        for number, (text, wanted) in enumerate(PERSONS.items()):
            insert = f"INSERT INTO cards (id, person) VALUES ({number}, '{text}')"
            assert postgres_takes(connection, insert) == wanted, text
            assert sqlite_takes(sqlite, insert) == wanted, text


GAUGES = """
entities:
  Gauge:
    fields:
      id: {type: int, key: true}
      values: map(float)
      rates:  {type: 'map(Rate)', default: {}}
types:
  Rate: {base: 'decimal(5,2)', wire: number}
"""


@pytest.mark.parametrize(
    ("values", "rates", "taken"),
    [
        ("-9223372036854775808", "0.25", True),
        ("1.7976931348623157e308", "-999.99", True),
        ("1", "1000", False),
        ("1", "-9223372036854775808", False),
    ],
)
def test_the_least_integer_is_a_number(
    values: str, rates: str, taken: bool, database: Database, sqlite: sqlite3.Connection
) -> None:
    """A number of 64 bits that has no opposite is judged like any other."""
    sqlite.executescript(sqlite_sql(GAUGES))
    insert = f"""INSERT INTO gauges (id, "values", rates) VALUES (1, '{{"a":{values}}}', '{{"a":{rates}}}')"""
    assert sqlite_takes(sqlite, insert) == taken
    with database.connect() as connection:
        connection.execute(postgres_sql(GAUGES))
        assert postgres_takes(connection, insert) == taken


TREE = """
{schema}
objects:
  Tree: {{fields: {{title: string(9), children: 'Tree[]', twin: {{type: Tree?, optional: true}}, leaf: 'Leaf?'}}}}
  Leaf: {{fields: {{root: 'Tree?', size: {{type: int, min: 1}}}}}}
entities:
  Plant: {{fields: {{id: {{type: int, key: true}}, tree: Tree}}}}
"""


@pytest.mark.parametrize("declared", ["database: {schema: garden}", ""])
def test_a_document_may_contain_its_like(database: Database, sqlite: sqlite3.Connection, declared: str) -> None:
    """A recursive object is judged to its last leaf, in a declared schema or in whichever one was current."""
    schema = TREE.format(schema=declared)
    sqlite.executescript(sqlite_sql(schema))

    def tree(*children: str, title: str = "t", leaf: str = "null") -> str:
        return f'{{"title":"{title}","children":[{",".join(children)}],"leaf":{leaf}}}'

    def plant(number: int, text: str, prefix: str) -> str:
        return f"INSERT INTO {prefix}plants (id, tree) VALUES ({number}, '{text}')"

    taken = [tree(), tree(tree(tree()), tree()), tree(leaf=f'{{"root":{tree()},"size":1}}')]
    refused = [tree(tree(tree(title="much too long"))), tree("1"), tree(leaf=f'{{"root":{tree("1")},"size":1}}')]
    with database.connect() as connection:
        connection.execute(postgres_sql(schema))
        connection.execute("SET search_path = ''")
        for number, text in enumerate(taken + refused):
            statement = plant(number, text, "garden." if declared else "public.")
            assert postgres_takes(connection, statement) == (text in taken), text
    for number, text in enumerate(taken):
        assert sqlite_takes(sqlite, plant(number, text, "garden_" if declared else ""))
