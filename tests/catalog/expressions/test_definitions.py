"""Definitions of indexes and constraints in named parts, as the server prints them."""

from __future__ import annotations

import pytest

from isotype.catalog.expressions import (
    ConstraintDefinition,
    IndexDefinition,
    IndexKey,
    Scope,
    constraint_definition,
    index_definition,
)
from tests.engines.postgres import Database

SCOPE = Scope({"a": "integer", "b": "integer", "t": "text", "v": "character varying(20)"}, {})

INDEXES: dict[str, set[str]] = {
    "CREATE INDEX i ON public.x (a)": set(),
    "CREATE UNIQUE INDEX i ON public.x (a)": {"unique"},
    "CREATE INDEX i ON public.x USING hash (a)": {"method"},
    "CREATE INDEX i ON public.x (b)": {"columns"},
    "CREATE INDEX i ON public.x ((a + 1))": {"columns"},
    "CREATE INDEX i ON public.x (a DESC)": {"order"},
    "CREATE INDEX i ON public.x (a NULLS FIRST)": {"order"},
    "CREATE INDEX i ON public.x (a DESC NULLS LAST)": {"order"},
    "CREATE INDEX i ON public.x (a) INCLUDE (b)": {"include"},
    "CREATE INDEX i ON public.x (a) WITH (fillfactor = 70)": {"options"},
    "CREATE INDEX i ON public.x (a) WHERE a > 1": {"predicate"},
}

CONSTRAINTS: dict[str, set[str] | None] = {
    "FOREIGN KEY (a) REFERENCES public.y (id)": set(),
    "FOREIGN KEY (b) REFERENCES public.y (id)": {"columns"},
    "FOREIGN KEY (a) REFERENCES public.y (code)": {"columns"},
    "FOREIGN KEY (a) REFERENCES public.z (id)": {"target"},
    "FOREIGN KEY (a) REFERENCES public.y (id) MATCH FULL": {"match"},
    "FOREIGN KEY (a) REFERENCES public.y (id) ON UPDATE CASCADE": {"on update"},
    "FOREIGN KEY (a) REFERENCES public.y (id) ON DELETE SET NULL": {"on delete"},
    "FOREIGN KEY (a) REFERENCES public.y (id) ON DELETE SET NULL (a)": {"on delete"},
    "FOREIGN KEY (a) REFERENCES public.y (id) DEFERRABLE": {"deferrable"},
    "FOREIGN KEY (a) REFERENCES public.y (id) DEFERRABLE INITIALLY DEFERRED": {"deferrable"},
    "FOREIGN KEY (a) REFERENCES public.y (id) NOT VALID": {"valid"},
    "UNIQUE (a)": None,
    "UNIQUE (b, a)": None,
    "UNIQUE NULLS NOT DISTINCT (a)": None,
    "UNIQUE (a) INCLUDE (b)": None,
    "PRIMARY KEY (a, b)": None,
    "CHECK (a > 1 AND t = 'it''s (\"')": None,
    "CHECK (a > 1) NO INHERIT NOT VALID": None,
    'EXCLUDE USING btree (lower(t) COLLATE "C" text_pattern_ops WITH OPERATOR(pg_catalog.=))': None,
}


@pytest.fixture
def made(database: Database) -> Database:
    with database.connect() as connection:
        connection.execute("CREATE TABLE public.y (id integer PRIMARY KEY, code integer UNIQUE)")
        connection.execute("CREATE TABLE public.z (id integer PRIMARY KEY)")
        connection.execute("CREATE TABLE public.x (a integer, b integer, t text, v varchar(20))")
    return database


def index(database: Database, statement: str) -> IndexDefinition:
    """What the server prints of an index, in parts."""
    with database.connect() as connection:
        connection.execute("SET search_path = ''")
        connection.execute(statement.encode())
        row = connection.execute("SELECT pg_get_indexdef('public.i'::regclass)").fetchone()
        connection.execute("DROP INDEX public.i")
    assert row is not None
    found = index_definition(row[0])
    assert found is not None, row
    return found


def constraint(database: Database, text: str) -> ConstraintDefinition:
    """What the server prints of a constraint, in parts."""
    with database.connect() as connection:
        connection.execute("SET search_path = ''")
        connection.execute(f"ALTER TABLE public.x ADD CONSTRAINT k {text}".encode())
        row = connection.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'k'").fetchone()
        connection.execute("ALTER TABLE public.x DROP CONSTRAINT k")
    assert row is not None
    found = constraint_definition(row[0])
    assert found is not None, row
    return found


def test_an_index_differs_in_the_part_that_does(made: Database) -> None:
    """Every part of an index has a name."""
    usual = index(made, next(iter(INDEXES))).parts(SCOPE)
    for statement, expected in INDEXES.items():
        parts = index(made, statement).parts(SCOPE)
        assert {name for name in parts if parts[name] != usual[name]} == set(expected), statement


def test_an_index_in_full(made: Database) -> None:
    """Nothing of a definition is lost."""
    found = index(
        made,
        'CREATE UNIQUE INDEX i ON public.x (a, lower(t) COLLATE "C" text_pattern_ops DESC, (a + b) NULLS FIRST)'
        " INCLUDE (b, v) WITH (fillfactor = 70, deduplicate_items = off) WHERE t = ' WHERE (' AND a IN (1, 2)",
    )
    assert (found.name, found.table, found.unique, found.method, found.only) == ("i", "public.x", True, "btree", False)
    assert found.keys == (
        IndexKey("a"),
        IndexKey("lower(t)", '"C"', "text_pattern_ops", "descending", "first"),
        IndexKey("((a + b))", nulls="first"),
    )
    assert [key.column for key in found.keys] == ["a", None, None]
    assert found.include == ("b", "v")
    assert found.options == ("deduplicate_items=off", "fillfactor=70")
    assert found.predicate is not None
    assert "' WHERE ('" in found.predicate


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a) WHERE t IN ('a', 'b')", "(a) WHERE t = 'b' OR t = 'a'"),
        ("(a) WITH (fillfactor = 70, deduplicate_items = off)", "(a) WITH (deduplicate_items = off, fillfactor = 70)"),
        ("(length(v))", "(char_length(v))"),
        ("((a + 1))", "((a + (1)))"),
        ("(a) INCLUDE (b, v)", "(a) INCLUDE (v, b)"),
        ("(t text_ops ASC NULLS LAST)", "(t)"),
    ],
)
def test_indexes_of_one_meaning_have_equal_parts(one: str, other: str, made: Database) -> None:
    """Spelling and order that mean nothing do not matter."""
    parts = [index(made, f"CREATE INDEX i ON public.x {text}").parts(SCOPE) for text in (one, other)]
    assert parts[0] == parts[1]


def test_a_constraint_differs_in_the_part_that_does(made: Database) -> None:
    """Every part of a constraint has a name."""
    major = made.server.major
    usual = constraint(made, next(iter(CONSTRAINTS))).parts(SCOPE)
    for text, expected in CONSTRAINTS.items():
        if major < 15 and ("SET NULL (" in text or "NULLS NOT" in text):
            continue
        parts = constraint(made, text).parts(SCOPE)
        if expected is not None:
            assert {name for name in parts if parts[name] != usual[name]} == set(expected), text
        else:
            assert parts["kind"] != usual["kind"]


def test_constraints_in_full(made: Database) -> None:
    """Nothing of a definition is lost."""
    check = constraint(made, "CHECK (a > 1 AND t = ')(') NO INHERIT NOT VALID")
    assert check == ConstraintDefinition("check", "((a > 1) AND (t = ')('::text))", inherited=False, valid=False)
    key = constraint(made, "UNIQUE (a, b) INCLUDE (t) DEFERRABLE INITIALLY IMMEDIATE")
    assert key == ConstraintDefinition("unique", columns=("a", "b"), include=("t",), deferrable="yes")
    exclusion = constraint(made, "EXCLUDE USING btree (a WITH =, (a + b) WITH =) WHERE (a > 1)")
    assert exclusion.keys == (IndexKey("a", operator="="), IndexKey("((a + b))", operator="="))
    assert exclusion.predicate == "(a > 1)"


def test_constraints_that_only_late_versions_print() -> None:
    """Periods, NOT ENFORCED and NOT NULL are read wherever they come from."""
    key = constraint_definition('PRIMARY KEY (id, "valid at" WITHOUT OVERLAPS)')
    assert key == ConstraintDefinition("primary key", columns=("id", "valid at"), period=True)
    reference = constraint_definition("FOREIGN KEY (a, PERIOD p) REFERENCES public.y(id, PERIOD q) NOT ENFORCED")
    assert reference is not None
    assert (reference.period, reference.target_columns, reference.enforced) == (True, ("id", "q"), False)
    assert constraint_definition("NOT NULL a NO INHERIT") == ConstraintDefinition(
        "not null", columns=("a",), inherited=False
    )


def test_the_order_of_the_columns_of_a_reference_is_free() -> None:
    """A reference is a set of pairs; a key is a sequence."""
    one, other, crossed = (
        constraint_definition(f"FOREIGN KEY ({columns}) REFERENCES public.y({target})")
        for columns, target in (("a, b", "c, d"), ("b, a", "d, c"), ("a, b", "d, c"))
    )
    assert one is not None and other is not None and crossed is not None
    assert one.parts() == other.parts()
    assert one.parts() != crossed.parts()
    first, second = (constraint_definition(f"UNIQUE ({columns})") for columns in ("a, b", "b, a"))
    assert first is not None and second is not None
    assert first.parts() != second.parts()


@pytest.mark.parametrize("text", ["", "CHECK", "CHECK (", "TRIGGER", "UNIQUE (a b)", "FOREIGN KEY (a)", "UNIQUE (a) x"])
def test_what_is_no_constraint_is_none(text: str) -> None:
    """An unknown definition is not guessed at."""
    assert constraint_definition(text) is None


@pytest.mark.parametrize(
    "text", ["", "CREATE INDEX", "CREATE INDEX i ON x (a)", "CREATE INDEX i ON x USING btree (a b c)"]
)
def test_what_is_no_index_is_none(text: str) -> None:
    """An unknown definition is not guessed at."""
    assert index_definition(text) is None
