"""What a database is, spelled so that two of them can be compared."""

from __future__ import annotations

import re
import sqlite3
import subprocess

import pytest

from tests.engines.postgres import Database, find_installation


def dump(database: Database) -> str:
    """The whole schema as the server's own tool writes it."""
    tool = find_installation().binaries / "pg_dump"
    if not tool.exists():
        pytest.skip("this PostgreSQL comes without pg_dump")
    command = [str(tool), "--schema-only", "--no-owner", database.url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r"\\(un)?restrict .*", "", text)


def facts(connection: sqlite3.Connection) -> dict[str, object]:
    """What SQLite knows of its tables, beside how their statements were laid out."""
    found: dict[str, object] = {}
    for kind, name, text in connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall():
        if kind == "table":
            for pragma in ("table_xinfo", "foreign_key_list", "index_list"):
                rows = connection.execute(f'PRAGMA {pragma}("{name}")').fetchall()
                # Keys and references count in no particular order.
                found[f"{name}.{pragma}"] = rows if pragma == "table_xinfo" else sorted(row[2:] for row in rows)
            found[f"{name}.checks"] = sorted(_checks(text))
            found[f"{name}.strict"] = _tight(text).endswith("STRICT")
        else:
            found[f"{kind} {name}"] = _tight(text or "")
    return found


def _tight(sql: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"^\s*--.*$", "", sql, flags=re.MULTILINE)).removesuffix(";")


def _checks(sql: str) -> list[str]:
    pieces = re.split(r"CONSTRAINT(?=\w+CHECK)", _tight(sql).removesuffix(")STRICT"))[1:]
    return [re.split(r"CONSTRAINT(?=\w+(?:UNIQUE|FOREIGNKEY|PRIMARYKEY))", piece)[0].rstrip(",") for piece in pieces]
