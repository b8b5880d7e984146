"""The SQL layer: one file per database, each loading as it is into an empty one.

```
text        statements laid out, names qualified, what cannot be said as a comment
postgres    the sections of postgres.sql
functions   the functions its checks call
extensions  what extensions make of its tables
triggers    its trigger functions, partition maintenance, refreshing of views
sqlite      the sections of sqlite.sql
guards      its triggers, and what they say about items and typed JSON
statements  the same in pieces, for models that carry them
```
"""

from __future__ import annotations

from collections.abc import Collection

from isotype.domain.ledger import NotExpressible
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.sql.statements import SqlStatements
from isotype.layers.sql.text import comment, note
from isotype.tables.model import Tables

__all__ = ["SqlStatements", "render"]


def render(
    tables: Tables,
    renderer: Renderer,
    options: Options,
    statements: SqlStatements | None = None,
    databases: Collection[str] = ("postgres", "sqlite"),
) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """`postgres.sql` and `sqlite.sql`, or that of the named databases only, and what it cannot express; `statements`
    when somebody has them already."""
    made = statements or SqlStatements(tables)
    files: dict[str, str] = {}
    ledger: set[NotExpressible] = set()
    for name in databases:
        file = made.postgres_file() if name == "postgres" else made.sqlite_file()
        ledger |= file.gaps
        files[f"{name}.sql"] = renderer(
            f"sql/{name}.sql.j2",
            header=[line for part in header(options.header_source) for line in comment(part)],
            description=comment(tables.comment.strip()) if tables.comment.strip() else [],
            notes=[line for gap in sorted(file.gaps) for line in note(gap)],
            sections=[section for section in file.sections if section.statements],
        )
    return files, tuple(sorted(ledger))
