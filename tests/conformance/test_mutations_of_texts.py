"""`verify` finds what is broken in the text that models and SQL files carry beside what a table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.layers import Options, sql
from isotype.layers.rendering import Renderer, shipped
from tests.conformance.conftest import asked
from tests.conformance.mutations import models_text, python_text, sql_text
from tests.conformance.mutations.tables import alone
from tests.conformance.test_run import break_file
from tests.probes.domains import bindings, schema

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


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
def test_faults_of_sql_are_about_what_no_node_says(database: str) -> None:
    """Functions, triggers and forms are broken, each fault once; columns, keys and rules are not."""
    tables, known = bindings("library").tables, set[tuple[str, str, str]]()
    table = next(one for one in tables.tables if one.name == "loans")
    files, _ = sql.render(alone(tables, table), Renderer(), Options("schema.yaml"), databases=(database,))
    text = files[f"{database}.sql"]
    found = list(sql_text.faults(text, table, known))
    assert all(text.startswith(one.old, one.at) and one.old != one.new for one in found)
    names = {one.function for one in found}
    assert {"loans_state_transitions", "loans_started_at_guard"} <= names
    assert not names & {"loans_pkey", "chk_order", "chk_lost", "loans_phase_check"}
    assert not list(sql_text.faults(text, table, known))
