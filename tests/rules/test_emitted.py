"""Emitted rules and their support modules are code that the tools of their languages have nothing against."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from isotype.dialects.expressions import python, typescript
from isotype.domain.expressions import names
from isotype.domain.ledger import NotExpressible
from tests.engines.typescript import BIOME, biome, typecheck
from tests.rules.fields import FIELDS
from tests.rules.reading import random_rules
from tests.rules.witnesses import SUPPORT

RULES = random_rules(40, 60)
IMPORTS = """from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

"""


def write_python(folder: Path) -> None:
    """A module with one function per rule, laid out at ruff's own width."""
    folder.joinpath("rules.py").write_text((SUPPORT / "rules.py").read_text())
    functions, helpers = [], {"Mark", "Verdict"}
    for number, rule in enumerate(RULES):
        printed = python.print_expression(rule, str)
        assert not isinstance(printed, NotExpressible)
        helpers |= printed.helpers
        parameters = "".join(f"    {name}: {FIELDS[name].python} | Mark | None,\n" for name in names(rule))
        body = printed.layout("    return ", width=88)
        functions.append(f"\n\ndef rule_{number}(\n{parameters}) -> Verdict:\n{body}\n")
    imported = "".join(f"    {name},\n" for name in sorted(helpers, key=lambda name: (not name[0].isupper(), name)))
    folder.joinpath("cases.py").write_text(f"{IMPORTS}from rules import (\n{imported})\n{''.join(functions)}")


def write_typescript(folder: Path) -> None:
    """A module with one function per rule, laid out at a width of a hundred."""
    folder.joinpath("rules.ts").write_text((SUPPORT / "rules.ts").read_text())
    functions, helpers = [], set[str]()
    for number, rule in enumerate(RULES):
        printed = typescript.print_expression(rule, lambda name: f"row.{name}")
        assert not isinstance(printed, NotExpressible)
        helpers |= printed.helpers
        body = printed.layout("  return ", ";", width=100, indent="  ")
        functions.append(f"\nexport function rule{number}(row: Row): Verdict {{\n{body}\n}}\n")
    imported = "".join(f"  {name},\n" for name in sorted(helpers, key=lambda name: (name.lower(), name)))
    fields = "".join(f"  {name}: {kind.typescript} | null | undefined;\n" for name, kind in FIELDS.items())
    folder.joinpath("cases.ts").write_text(
        f'import {{\n{imported}  type Verdict,\n}} from "./rules.js";\n\n'
        f"interface Row {{\n{fields}}}\n{''.join(functions)}"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["mypy", "--strict", "--no-incremental", "--config-file=", "cases.py", "rules.py"],
        ["ruff", "check", "--isolated", "--line-length=88", "--select=A,B,C4,E,F,I,N,PTH,RUF,SIM,UP", "rules.py"],
        ["ruff", "check", "--isolated", "--select=B,E,F,I", "--ignore=E501", "cases.py"],
        ["ruff", "format", "--isolated", "--check", "--diff", "."],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_python_is_clean(command: list[str], tmp_path: Path) -> None:
    """mypy --strict, ruff check and ruff format find nothing, as rendered."""
    write_python(tmp_path)
    result = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_typescript_is_clean(tmp_path: Path) -> None:
    """The compiler at its strictest and Biome find nothing, as rendered."""
    write_typescript(tmp_path)
    assert typecheck(tmp_path) == []
    settings = {**BIOME, "formatter": {"indentStyle": "space", "lineWidth": 100}}
    assert biome(tmp_path, settings) == []
