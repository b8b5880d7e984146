"""Views: stored queries with declared columns."""

from __future__ import annotations

from isotype.domain.model import View
from isotype.domain.names import snake
from isotype.language.context import Context, Outline
from isotype.language.fields import plain_fields
from isotype.language.given import Given
from isotype.language.indexes import read_indexes
from isotype.language.rules import FieldTypes
from isotype.language.wire import check_object_names


def read_view(context: Context, name: str, given: Given) -> View | None:
    """A view of the schema; None when its query or columns could not be read."""
    scope = context.scope
    listed: Given | None = given.get("columns")
    if listed is None or "sql" not in given:
        return None
    columns = plain_fields(context, listed, "column")
    if not listed.spans:
        scope.report("no-fields", f"view {name} has no columns", given, "columns", "name what the query shows")
    if not given.text("sql"):
        scope.report("bad-value", f"the query of view {name} is empty", given, "sql")
    materialized = given.get("materialized", False)
    for word in ("refresh", "indexes"):
        if word in given and not materialized:
            message = f'"{word}" belongs to a materialized view'
            scope.report("misplaced-word", message, given, word, "write materialized: true")
    known = {column: (listed, words) for column, words in listed.words.items()}
    outline = Outline(name, given, known, frozenset(listed.broken))
    unread = frozenset(outline.names()) - {column.name for column in columns}
    check_object_names(context, columns, (), f"view {name}", given.path)
    return View(
        name=name,
        table=given.get("table") or snake(name),
        schema=given.get("schema") or scope.schema,
        sql=given.text("sql"),
        columns=columns,
        sqlite=given.text("sqlite"),
        materialized=materialized,
        refresh_seconds=given.get("refresh"),
        indexes=read_indexes(scope, outline, given.get("indexes"), FieldTypes(columns), unread),
        description=given.text("description"),
        place=scope.of("views").place(name),
    )
