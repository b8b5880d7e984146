"""What a database is told of a table, with one fault in its text at a time, put to the rows that `verify` asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from isotype.domain.values import frozen
from isotype.tables.model import Table
from tests.conformance.mutations import sql_text
from tests.conformance.mutations.model import Mutant, Rewrite, Subject, Verdict, verdict
from tests.conformance.mutations.rows import Engine, Rows


@frozen
class BrokenText:
    """A table, and what is broken of what is printed of it."""

    table: str
    rewrite: Rewrite


class RowsText:
    """Asks one database about the faults of its text."""

    def __init__(self, subject: Subject, rows: Rows, engine: Engine) -> None:
        self._subject, self._rows, self._engine = subject, rows, engine
        self._tables = {table.name: table for table in subject.bindings.tables.tables}

    def mutants(self) -> Iterator[Mutant]:
        """Every fault, in what all tables have in common once."""
        known: set[tuple[str, str, str]] = set()
        for table in self._tables.values():
            text = self._rows.whole(table.name)
            for fault in sql_text.faults(text, table, known):
                line = text.count("\n", 0, fault.at) + 1
                where = f"{table.name}:{line} {fault.function}: {_short(fault.old)} made {_short(fault.new)}"
                rewrite = Rewrite(f"{self._engine.name}.sql", fault.old, fault.new, fault.at, fault.function)
                yield Mutant(self._engine.name, f"text: {fault.kind}", where, BrokenText(table.name, rewrite))

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant."""
        of = mutant.broken
        assert isinstance(of, BrokenText)
        whole, table = self._rows.whole(of.table), self._tables[of.table]
        text = of.rewrite.applied(whole)
        outcome, said = self._rows.judged(of.table, text, _columns(whole, table, of.rewrite.within))
        return verdict(self._subject.name, mutant, outcome, said)


def _columns(text: str, table: Table, within: str) -> Sequence[str]:
    """The columns that a function, a trigger or a CHECK is about: those it reads, or those whose CHECKs call it."""
    names = [column.name for column in table.columns]
    own = {part.name: set(re.findall(r"\w+", text[part.start : part.end])) for part in sql_text.parts(text, table)}
    read = own.get(within, set())
    if any(name in read for name in names):
        return [name for name in names if name in read]
    return [name for name in names if any(within in words and name in words for words in own.values())]


def _short(text: str) -> str:
    return " ".join(text.split())[:80] or "nothing"
