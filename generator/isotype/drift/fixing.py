"""The script that repairs a database.

It can be run as it is: what only a person can decide, and what drops something, is commented out, and what nobody
declares is left alone. Statements that must be committed before others start come first, then all others together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.catalog.differences import Difference, Statement
from isotype.drift.wording import sentence


def script(name: str, domain: str, statements: Sequence[Statement]) -> str:
    """The script for one database; a comment alone when there is nothing to repair."""
    lines = [*_comment(f"Brings {name} to what the schema {domain} says. Made by isotype drift; read it before use.")]
    if not statements:
        return "\n".join((*lines, "-- Nothing has to be repaired.", ""))
    alone = [statement for statement in statements if statement.alone]
    together = [statement for statement in statements if not statement.alone]
    said: tuple[Difference, ...] = ()
    for statement in alone:
        lines += ["", *_statement(statement, said)]
        said = statement.differences
    if together:
        runs = any(statement.sql and not statement.destructive for statement in together)
        lines += ["", "BEGIN;"] if runs else []
        for statement in together:
            lines += ["", *_statement(statement, said)]
            said = statement.differences
        lines += ["", "COMMIT;"] if runs else []
    return "\n".join((*lines, ""))


def _statement(statement: Statement, said: tuple[Difference, ...]) -> Iterator[str]:
    """The statement below what it repairs, unless that was just `said`."""
    if statement.differences != said:
        for difference in dict.fromkeys(statement.differences):
            yield from _comment(_fact(difference))
    if statement.note:
        yield from _comment(statement.note)
    if not statement.sql:
        yield "-- A person has to decide."
    elif statement.destructive:
        yield "-- Destructive: take the comment signs away to run it."
        yield from _comment(f"{statement.sql};")
    else:
        yield f"{statement.sql};"


def _fact(difference: Difference) -> str:
    fact = sentence(difference)
    return f"{fact[:1].upper()}{fact[1:]}."


def repair(difference: Difference, statements: Sequence[Statement]) -> str:
    """What repairs one difference, for the report; comments where nothing can simply be run."""
    lines: list[str] = []
    for statement in statements:
        if difference in statement.differences:
            if statement.note:
                lines += _comment(statement.note)
            if statement.sql:
                text = f"{statement.sql};"
                lines += _comment(text) if statement.destructive else [text]
    return "\n".join(lines)


def _comment(text: str) -> Iterator[str]:
    # Whatever ends a line for PostgreSQL or an editor must not end the comment.
    for line in text.replace("\r", "\n").split("\n"):
        yield f"-- {line}".rstrip()
