"""Prints patterns as conditions of SQLite, which has GLOB and no regular expressions.

GLOB knows any character, any text and classes, but no repeats. Three shapes can be said with it exactly:

- *stretches*: pieces of fixed length around at most one repeated class, such as `^#[0-9a-f]{6}$`;
- *one alphabet*: repeats of one class between signs that are outside it, such as `^[0-9]+\\.[0-9]+$`;
- *neighbours*: texts of which first, last and neighbouring characters say all, such as `^[a-z]+(-[a-z]+)*$`.

A pattern of a few alternatives is the OR of theirs. What has none of these shapes is not expressible.
"""

from __future__ import annotations

from isotype.dialects.sqlite_patterns import neighbours, stretches
from isotype.dialects.sqlite_patterns.globs import Unreadable
from isotype.dialects.sqlite_patterns.rows import MAXIMUM_ROWS, Row, TooMany, rows, spread
from isotype.domain.ledger import NotExpressible
from isotype.domain.patterns import Pattern

NOT_EXPRESSIBLE = NotExpressible(
    "pattern", "sqlite", "SQLite has no regular expressions, and GLOB cannot say every pattern."
)


def sqlite_condition(pattern: Pattern, operand: str) -> str | NotExpressible:
    """A condition that is true exactly where the pattern is found in `operand`, and NULL where that is NULL.

    `operand` is a name or stands in parentheses, since it is repeated; it holds text without U+0000.
    The condition can stand beside AND as it is; before NOT it wants parentheses.
    """
    try:
        return (
            _one_row(pattern, operand)
            or _conjunction(neighbours.conditions(pattern.root, operand))
            or _either(rows(pattern.root), operand)
        )
    except (TooMany, Unreadable):
        return NOT_EXPRESSIBLE


def _one_row(pattern: Pattern, operand: str) -> str:
    try:
        found = rows(pattern.root)
    except TooMany:
        return ""
    return _conjunction(stretches.conditions(found[0], operand)) if len(found) == 1 else ""


def _either(waiting: list[Row], operand: str) -> str:
    """The OR of all rows; a short repeat is written out where a row has no shape without that."""
    options: list[str] = []
    while waiting:
        row, *waiting = waiting
        found = _conjunction(stretches.conditions(row, operand))
        if found:
            options.append(f"({found})" if " AND " in found else found)
        else:
            waiting = [*spread(row), *waiting]
        if len(options) + len(waiting) > MAXIMUM_ROWS:
            raise TooMany
    if not options:
        return f"length({operand}) < 0"
    return f"({' OR '.join(dict.fromkeys(options))})"


def _conjunction(conditions: list[str]) -> str:
    return " AND ".join(conditions)
