"""The same rules over the same rows, judged by each engine: `T`, `F`, `N` for NULL, `E` for a refusal by error.

A witness that cannot express a rule gives None for it; `?` stands for a verdict that is not known.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from psycopg.types.json import Jsonb

from isotype.dialects.expressions import postgres, python, sqlite, typescript
from isotype.domain.expressions import Expression
from isotype.domain.ledger import NotExpressible
from tests.engines import ROOT
from tests.engines.node import Node, Undefined
from tests.engines.postgres import Database
from tests.engines.typescript import compile_typescript
from tests.rules.fields import FIELDS, Row, physical, wire

SUPPORT = ROOT / "templates" / "support"
Verdicts = list[str | None]

_JUDGE = """
CREATE FUNCTION verdicts(rule text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; letter text; place int;
BEGIN
  BEGIN
    EXECUTE format('SELECT string_agg(CASE (%s) WHEN TRUE THEN ''T'' WHEN FALSE THEN ''F'' ELSE ''N'' END, ''''
      ORDER BY place) FROM rows', rule) INTO answer;
    RETURN answer;
  EXCEPTION WHEN numeric_value_out_of_range THEN
    answer := '';
  END;
  FOR place IN SELECT rows.place FROM rows ORDER BY rows.place LOOP
    BEGIN
      EXECUTE format('SELECT CASE (%s) WHEN TRUE THEN ''T'' WHEN FALSE THEN ''F'' ELSE ''N'' END
        FROM rows WHERE place = $1', rule) INTO letter USING place;
    EXCEPTION WHEN numeric_value_out_of_range THEN
      letter := 'E';
    END;
    answer := answer || letter;
  END LOOP;
  RETURN answer;
END $$
"""


def quoted(name: str) -> str:
    return f'"{name}"'


def by_postgres(database: Database, rules: Sequence[Expression], rows: Sequence[Row]) -> list[str]:
    """What PostgreSQL says."""
    columns = ", ".join(f"{quoted(name)} {kind.postgres}" for name, kind in FIELDS.items())
    with database.connect() as connection:
        connection.execute("CREATE TYPE status AS ENUM ('pending', 'done', 'lost')")
        connection.execute(f"CREATE TABLE rows (place int, {columns})")
        connection.execute(_JUDGE)
        markers = ", ".join("%s" + ("::varchar[]" if name == "states" else "") for name in FIELDS)
        for place, row in enumerate(rows):
            values = [Jsonb(row[name]) if name == "doc" and row[name] is not None else row[name] for name in FIELDS]
            connection.execute(f"INSERT INTO rows VALUES (%s, {markers})", [place, *values])
        answers: list[str] = []
        for rule in rules:
            found = connection.execute("SELECT verdicts(%s)", [postgres.print_expression(rule, quoted)]).fetchone()
            assert found is not None
            answers.append(found[0])
        return answers


def by_sqlite(connection: sqlite3.Connection, rules: Sequence[Expression], rows: Sequence[Row]) -> Verdicts:
    """What SQLite says; rules over array items are printed as a trigger would hold them."""
    columns = ", ".join(f"{quoted(name)} {kind.sqlite}" for name, kind in FIELDS.items())
    connection.execute(f"CREATE TABLE rows (place INTEGER, {columns}) STRICT")
    marks = ", ".join("?" * (len(FIELDS) + 1))
    for place, row in enumerate(rows):
        values = [physical(kind.type, row[name]) for name, kind in FIELDS.items()]
        connection.execute(f"INSERT INTO rows VALUES ({marks})", [place, *values])
    return [_sqlite_verdict(connection, rule, len(rows)) for rule in rules]


def _sqlite_verdict(connection: sqlite3.Connection, rule: Expression, count: int) -> str | None:
    text = sqlite.print_expression(rule, quoted)
    if isinstance(text, NotExpressible):
        text = sqlite.print_expression(rule, quoted, context="trigger")
    if isinstance(text, NotExpressible):
        return None
    # Both conditions steer a jump, as a CHECK and the WHEN of a trigger do.
    query = f"SELECT CASE WHEN {text} THEN 'T' WHEN NOT ({text}) THEN 'F' ELSE 'N' END FROM rows WHERE place = ?"
    answer = ""
    for place in range(count):
        try:
            answer += connection.execute(query, [place]).fetchone()[0]
        except sqlite3.OperationalError as error:
            assert str(error) == "integer overflow", (text, error)
            answer += "E"
    return answer


@cache
def support() -> ModuleType:
    """The emitted Python support module."""
    specification = importlib.util.spec_from_file_location("emitted_rules", SUPPORT / "rules.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def python_function(rule: Expression) -> Callable[[Mapping[str, Any]], Any]:
    """The compiled rule, over values by field name."""
    printed = python.print_expression(rule, lambda name: f"row[{name!r}]")
    assert not isinstance(printed, NotExpressible), printed
    names = {name: getattr(support(), name) for name in printed.helpers}
    function: Callable[[Mapping[str, Any]], Any] = eval(f"lambda row: {printed.text}", names)
    return function


def letter(verdict: object) -> str:
    """A Python verdict as a letter."""
    module = support()
    letters = {id(True): "T", id(False): "F", id(None): "N", id(module.UNKNOWN): "?", id(module.OVERFLOW): "E"}
    return letters[id(verdict)]


def by_python(rules: Sequence[Expression], rows: Sequence[Row]) -> list[str]:
    """What the emitted Python says."""
    functions = [python_function(rule) for rule in rules]
    return ["".join(letter(function(row)) for row in rows) for function in functions]


def by_typescript(node: Node, folder: Path, rules: Sequence[Expression], rows: Sequence[Row]) -> list[str]:
    """What the emitted TypeScript says, after the compiler has agreed to it; an operand may be `UNKNOWN`."""
    folder.joinpath("rules.ts").write_text((SUPPORT / "rules.ts").read_text())
    folder.joinpath("cases.ts").write_text(typescript_module(rules))
    unknown = support().UNKNOWN
    values = [
        {name: Undefined() if row[name] is unknown else wire(kind.type, row[name]) for name, kind in FIELDS.items()}
        for row in rows
    ]
    answers: list[str] = node.call(compile_typescript(folder) / "cases.js", "judge", values)
    return answers


def typescript_module(rules: Sequence[Expression]) -> str:
    """A module of all the rules and a function that judges rows by them."""
    fields = "".join(f"  {name}: {kind.typescript} | null | undefined;\n" for name, kind in FIELDS.items())
    functions: list[str] = []
    helpers: set[str] = set()
    for rule in rules:
        printed = typescript.print_expression(rule, lambda name: f"row.{name}")
        assert not isinstance(printed, NotExpressible), printed
        helpers |= printed.helpers
        functions.append(f"  (row) => {printed.text},\n")
    return (
        f'import {{ {", ".join(sorted({*helpers, "OVERFLOW"}))}, type Verdict }} from "./rules.js";\n'
        f"interface Row {{\n{fields}}}\n"
        f"const rules: readonly ((row: Row) => Verdict)[] = [\n{''.join(functions)}];\n"
        "const letter = (verdict: Verdict): string =>\n"
        '  verdict === undefined ? "?" : verdict === OVERFLOW ? "E" : verdict === null ? "N" : verdict ? "T" : "F";\n'
        "export const judge = (rows: readonly Row[]): string[] =>\n"
        '  rules.map((rule) => rows.map((row) => letter(rule(row))).join(""));\n'
    )
