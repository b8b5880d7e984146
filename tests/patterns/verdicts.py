"""Which texts each engine finds a printed pattern in."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from pydantic_core import SchemaValidator, core_schema

from isotype.dialects import patterns as printers
from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.ledger import NotExpressible
from isotype.domain.patterns import Pattern
from tests.engines.node import Node

Verdicts = list[list[bool]]
Probe = tuple[Pattern, Sequence[str]]

SCRIPT = Path(__file__).with_name("engines.mjs")


def python(probes: Sequence[Probe], printer: Callable[[Pattern], str] = printers.python) -> Verdicts:
    return [[re.search(printer(pattern), text) is not None for text in texts] for pattern, texts in probes]


def pydantic(probes: Sequence[Probe]) -> Verdicts:
    """Rust's engine, as pydantic-core calls it."""
    verdicts: Verdicts = []
    for pattern, texts in probes:
        validator = SchemaValidator(core_schema.str_schema(pattern=printers.pydantic(pattern)))
        verdicts.append([validator.isinstance_python(text) for text in texts])
    return verdicts


def javascript(
    node: Node, probes: Sequence[Probe], printer: Callable[[Pattern], str] = printers.javascript, flags: str = "u"
) -> Verdicts:
    questions = [[printer(pattern), flags, list(texts)] for pattern, texts in probes]
    verdicts: Verdicts = node.call(SCRIPT, "found", questions)
    return verdicts


def postgres(connection: psycopg.Connection[tuple[object, ...]], probes: Sequence[Probe]) -> Verdicts:
    """One statement for all, over a table of questions."""
    verdicts: Verdicts = []
    with connection.cursor() as cursor:
        for pattern, texts in probes:
            cursor.execute(
                "SELECT text ~ %s FROM unnest(%s::text[]) WITH ORDINALITY AS texts (text, place) ORDER BY place",
                (printers.postgres(pattern), list(texts)),
            )
            verdicts.append([bool(found) for (found,) in cursor.fetchall()])
    return verdicts


def sqlite(connection: sqlite3.Connection, probe: Probe) -> list[bool] | None:
    """None when SQLite cannot say the pattern."""
    pattern, texts = probe
    condition = sqlite_condition(pattern, "x")
    if isinstance(condition, NotExpressible):
        return None
    statement = f"SELECT {condition} FROM (SELECT ? AS x)"
    assert connection.execute(statement, (None,)).fetchone() == (None,), "NULL is neither found nor refused"
    return [bool(connection.execute(statement, (text,)).fetchone()[0]) for text in texts]
