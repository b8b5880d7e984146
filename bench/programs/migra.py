"""Ask migra, in the form of its successor `results`, about changes of a database: one JSON document to a line.

    migra.py URL
    {"sql": "ALTER TABLE …"}    a change, made in a transaction that is rolled back
    {"found": true}             whether migra has anything to say of the changed database

It runs in the environment of the peers, and knows nothing else of this project.
"""

from __future__ import annotations

import json
import sys

import psycopg
from results.dbdiff import Migration
from results.schemainspect import PostgreSQL


def main(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.cursor()
        expected = PostgreSQL(cursor)
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                with connection.transaction(force_rollback=True):
                    cursor.execute(asked["sql"].encode())
                    cursor.execute("SET LOCAL search_path = public; SET LOCAL check_function_bodies = on")
                    answer = {"found": _says(cursor, expected)}
            except Exception as error:  # whatever a peer stumbles over is its answer
                answer = {"found": None, "error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


def _says(cursor: psycopg.Cursor[tuple[object, ...]], expected: PostgreSQL) -> bool:
    migration = Migration(PostgreSQL(cursor), expected)
    migration.set_safety(False)
    migration.add_all_changes_ordered()
    return bool(migration.statements)


main(sys.argv[1])
