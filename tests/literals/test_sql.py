"""SQL text is read back by both engines as what it was made from."""

from __future__ import annotations

import sqlite3

import pytest

from isotype.dialects.literals.sql import (
    KEYWORDS,
    postgres_string,
    sql_comment_lines,
    sql_identifier,
    sqlite_string,
)
from tests.engines.postgres import Database
from tests.literals.hostile import NAMES, NEVER_IN_SQL, TEXTS


@pytest.mark.parametrize(
    ("text", "postgres", "sqlite"),
    [
        ("plain", "'plain'", "'plain'"),
        ("it's", "'it''s'", "'it''s'"),
        (r"^\d+$", r"'^\d+$'", r"'^\d+$'"),
        ("a\nb", r"E'a\nb'", "('a' || char(10) || 'b')"),
        ("a\\'\n", r"E'a\\''\n'", "('a\\''' || char(10))"),
        ("\u202e\u2066", r"E'\u202e\u2066'", "char(8238, 8294)"),
        ("\U000e0041", r"E'\U000e0041'", "char(917569)"),
    ],
)
def test_strings_are_as_plain_as_they_can_be(text: str, postgres: str, sqlite: str) -> None:
    """Only what cannot be seen needs another form."""
    assert (postgres_string(text), sqlite_string(text)) == (postgres, sqlite)


def test_postgres_reads_strings_back(database: Database) -> None:
    """PostgreSQL gives back every hostile text."""
    with database.connect() as connection:
        for text in TEXTS:
            assert connection.execute(f"SELECT {postgres_string(text)}".encode()).fetchone() == (text,)


def test_sqlite_reads_strings_back(sqlite: sqlite3.Connection) -> None:
    """SQLite gives back every hostile text, also as a column's default."""
    for text in TEXTS:
        assert sqlite.execute(f"SELECT {sqlite_string(text)}").fetchone() == (text,)
    sqlite.execute(f"CREATE TABLE t (x TEXT DEFAULT {sqlite_string('a' + chr(10))}) STRICT")
    sqlite.execute("INSERT INTO t DEFAULT VALUES")
    assert sqlite.execute("SELECT x FROM t").fetchone() == ("a\n",)


@pytest.mark.parametrize("text", NEVER_IN_SQL)
@pytest.mark.parametrize("printer", [postgres_string, sqlite_string, sql_identifier])
def test_what_no_database_stores_is_a_bug(printer: object, text: str) -> None:
    """U+0000 and unpaired surrogates never reach a printer of SQL."""
    assert callable(printer)
    with pytest.raises(ValueError):
        printer(text)


def test_both_engines_read_identifiers_back(database: Database, sqlite: sqlite3.Connection) -> None:
    """A table and a column of any name can be made and asked, in the same spelling."""
    with database.connect() as connection:
        for number, name in enumerate(filter(None, NAMES)):
            column, table = sql_identifier(name), sql_identifier(f"{name}{number}")
            for statement in (
                f"CREATE TABLE {table} ({column} text)",
                f"SELECT {table}.{column}, {column} FROM {table}",
            ):
                described = connection.execute(statement.encode()).description
                assert described is None or {entry.name for entry in described} == {name}
                answer = sqlite.execute(statement).description
                assert answer is None or {entry[0] for entry in answer} == {name}
    with pytest.raises(ValueError):
        sql_identifier("")


@pytest.mark.parametrize(
    ("name", "spelled"), [("order_id", "order_id"), ("order", '"order"'), ("Aa", '"Aa"'), ("é", '"é"')]
)
def test_identifiers_are_quoted_only_when_needed(name: str, spelled: str) -> None:
    """A plain lower-case name that is no key word stands as it is."""
    assert sql_identifier(name) == spelled


def test_every_keyword_of_postgres_is_known(database: Database) -> None:
    """What PostgreSQL's own quoting quotes, ours quotes."""
    with database.connect() as connection:
        quoted = connection.execute("SELECT word FROM pg_get_keywords() WHERE quote_ident(word) <> word").fetchall()
    assert {word for (word,) in quoted} <= KEYWORDS


def test_every_other_word_is_a_plain_name_in_sqlite(database: Database, sqlite: sqlite3.Connection) -> None:
    """Words that we leave bare serve SQLite as the names of a table and a column."""
    with database.connect() as connection:
        words = {word for (word,) in connection.execute("SELECT word FROM pg_get_keywords()").fetchall()}
    others = "action after before cascade conflict database each exclude fail glob ignore key last materialized no of"
    for word in {
        *words,
        *others.split(),
        "plan",
        "pragma",
        "query",
        "regexp",
        "release",
        "rename",
        "row",
        "view",
    } - KEYWORDS:
        sqlite.execute(
            f"CREATE TABLE {word} ({word} TEXT, CHECK ({word} <> '' OR length({word}) = 0), UNIQUE ({word}))"
        )
        sqlite.execute(f"SELECT {word}.{word} FROM {word} WHERE {word} GLOB 'a*' ORDER BY {word}")
        sqlite.execute(f"DROP TABLE {word}")


def test_comments_stay_comments(database: Database, sqlite: sqlite3.Connection) -> None:
    """No text ends its comment lines, and each of its lines has its own."""
    assert sql_comment_lines("one\n\ntwo\u202e", "  ") == ["  -- one", "  --", "  -- two\\u202e"]
    with database.connect() as connection:
        for text in (*TEXTS, *NEVER_IN_SQL):
            lines = sql_comment_lines(text)
            assert all(line.startswith("--") and len(line.splitlines()) == 1 for line in lines)
            statement = "\n".join([*lines, "SELECT 1"])
            assert connection.execute(statement.encode()).fetchone() == (1,)
            assert sqlite.execute(statement).fetchone() == (1,)
