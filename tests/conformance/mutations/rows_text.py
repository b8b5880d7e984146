"""What a database is told of a table, with one fault in its text at a time, put to the rows that `verify` asks.

A row alone does not show what becomes of others: where it finds nothing, the questions about stamps are asked too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from isotype.conformance.beside import fault as fault_of
from isotype.conformance.model import Stage
from isotype.domain.values import frozen
from isotype.probes.scenes import Scene, scenes
from isotype.tables.model import Table, Tables
from tests.conformance.mutations import sql_text
from tests.conformance.mutations.model import (
    EQUIVALENT,
    FOUND,
    SURVIVED,
    UNLOADED,
    Mutant,
    Rewrite,
    Subject,
    Verdict,
    verdict,
)
from tests.conformance.mutations.questions import Questions
from tests.conformance.mutations.rows import Engine, Rows
from tests.conformance.mutations.same_sql import proof
from tests.conformance.mutations.tables import alone


@frozen
class BrokenText:
    """A fault, and all places where the same text has it: the tables, and what is broken of what is printed of them."""

    places: tuple[tuple[str, Rewrite], ...]


class RowsText:
    """Asks one database about the faults of its text, but for those that another domain is asked about."""

    def __init__(
        self,
        subject: Subject,
        questions: Questions,
        rows: Rows,
        engine: Engine,
        known: Container[sql_text.Key] = (),
    ) -> None:
        self._subject, self._rows, self._engine, self._known = subject, rows, engine, known
        self._tables = {table.name: table for table in subject.bindings.tables.tables}
        asked = scenes(subject.bindings.tables, questions.prober.records)
        self._scenes = {about.table.name: _in_one(found) for about, found in asked if about.word == "stamp"}

    def mutants(self) -> Iterator[Mutant]:
        """Every fault, in what several columns or tables have in common once."""
        found: dict[sql_text.Key, list[tuple[str, Rewrite]]] = {}
        for table in self._tables.values():
            for key, fault in sql_text.faults(self._rows.whole(table.name), table):
                if key not in self._known:
                    rewrite = Rewrite(f"{self._engine.name}.sql", fault.old, fault.new, fault.at, fault.function)
                    found.setdefault(key, []).append((table.name, rewrite))
        for (kind, _, _), places in found.items():
            table_name, first = places[0]
            line = self._rows.whole(table_name).count("\n", 0, first.at) + 1
            where = f"{table_name}:{line} {first.within}: {_short(first.old)} made {_short(first.new)}"
            yield Mutant(self._engine.name, f"text: {kind}", where, BrokenText(tuple(places)))

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant: it is found if it is at one of its places."""
        of = mutant.broken
        assert isinstance(of, BrokenText)
        made = [(UNLOADED, "")]
        for name, rewrite in of.places:
            whole, table = self._rows.whole(name), self._tables[name]
            text = rewrite.applied(whole)
            made.append(self._rows.judged(name, text, _columns(whole, table, rewrite.within)))
            if made[-1][0] == SURVIVED and (said := self._beside(table, text)):
                made[-1] = FOUND, said
            if made[-1][0] == FOUND:
                return verdict(self._subject.name, mutant, *made[-1])
        survived = next((one for one in made if one[0] == SURVIVED), None)
        if survived is None:
            return verdict(self._subject.name, mutant, *made[-1])
        proved = self.proof(mutant)
        return verdict(self._subject.name, mutant, *((EQUIVALENT, proved) if proved else survived))

    def _beside(self, table: Table, text: str) -> str:
        """What `verify` says of the stamps in several rows of a table; '' where nothing."""
        asked = self._scenes.get(table.name, ())
        with self._engine.loaded(alone(self._subject.bindings.tables, table), text) as witness:
            assert isinstance(witness, Stage)
            faults = zip(asked, map(fault_of, asked, witness.play(asked)), strict=True)
            return next((f"{said}: {scene.label}: {scene.text[:200]}" for scene, said in faults if said), "")

    def proof(self, mutant: Mutant) -> str:
        """Why no row shows a mutant at any of its places; '' where nothing says so."""
        assert isinstance(mutant.broken, BrokenText)
        said = {self._proof(*place) for place in mutant.broken.places}
        return min(said) if all(said) else ""

    def _proof(self, name: str, rewrite: Rewrite) -> str:
        tables = self._subject.bindings.tables
        whole = self._rows.whole(name)
        return proof(self._engine.name, tables, self._tables[name], whole, rewrite, self._engine.text)


def keys(tables: Tables, engine: Engine) -> frozenset[sql_text.Key]:
    """What the faults of all tables of a domain are."""
    texts = ((engine.text(alone(tables, table)), table) for table in tables.tables)
    return frozenset(key for text, table in texts for key, _ in sql_text.faults(text, table))


def _in_one(asked: Sequence[Scene]) -> tuple[Scene, ...]:
    """Questions without the rows of other tables, which are not there where a table stands alone."""
    return tuple(one._replace(given=tuple(row for row in one.given if row.table is one.about.table)) for one in asked)


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
