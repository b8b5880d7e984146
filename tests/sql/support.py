"""Schemas compiled to SQL, and databases that say whether they take a row."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from isotype.domain.ledger import NotExpressible
from isotype.language import load
from isotype.layers import sql
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer
from isotype.tables import Tables, project
from tests.schemas import used

EVERYTHING = Path(__file__).parent.parent / "schemas" / "everything.yaml"

Postgres = psycopg.Connection[tuple[Any, ...]]


def read(text: str) -> Tables:
    """The tables of a schema, which must be without findings."""
    loaded = load({"schema.yaml": text if "isotype: 1" in text else f"isotype: 1\ndomain: shop\n{text}"}, used)
    assert not loaded.findings, "\n".join(map(str, loaded.findings))
    assert loaded.domain is not None
    return project(loaded.domain)


@cache
def compiled(text: str) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The files of a schema by name, and the ledger."""
    return sql.render(read(text), Renderer(), Options("schema/shop.yaml"))


def postgres_sql(text: str) -> str:
    return compiled(text)[0]["postgres.sql"]


def sqlite_sql(text: str) -> str:
    return compiled(text)[0]["sqlite.sql"]


def postgres_takes(connection: Postgres, statement: str) -> bool:
    """Whether PostgreSQL takes a row; a refusal must be one of the value, not of the statement."""
    try:
        connection.execute(statement)
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
        return False
    return True


def sqlite_takes(connection: sqlite3.Connection, statement: str) -> bool:
    """Whether SQLite takes a row."""
    try:
        connection.execute(statement)
    except sqlite3.IntegrityError:
        return False
    return True


def violated(connection: Postgres, statement: str) -> str:
    """The name of the constraint by which PostgreSQL refuses a statement; '' when it does not."""
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        return error.diag.constraint_name or str(error)
    return ""
