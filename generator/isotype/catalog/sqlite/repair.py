"""Differences → the statements that repair them, in one script that runs as it is.

What ALTER TABLE cannot do is done by making the table anew: a new table, its rows copied, the old one dropped, the new
one renamed, indexes and triggers made again. What nobody expects in a table is kept there; the statements that drop it
stand after all others, as destructive ones.

The list carries its own transaction, so that every statement is `alone`: foreign keys can be switched off outside one
only, or dropping a table would delete what refers to it. A script that goes on after an error must lose nothing
either: before a table is dropped a CHECK compares the numbers of rows, and takes everything back when they differ.
What follows then stands in a savepoint of its own, which nobody releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from isotype.catalog.differences import DIFFERENT, EXTRA, MISSING, UNMANAGED, Difference, Statement
from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.sqlite import printing
from isotype.catalog.sqlite.equivalence import RELATIONS, relation_of, values_of
from isotype.catalog.sqlite.tokens import fold, tokens, unquoted
from isotype.dialects.literals.sql import sql_identifier, sqlite_string

Changes = tuple[Difference, ...]

_STRICT_TYPES = frozenset(("INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"))
_REFUSABLE = "The rows can refuse this: nothing is changed then, and a person has to decide about them."


def statements(differences: Sequence[Difference], expected: Facts, actual: Facts) -> tuple[Statement, ...]:
    """The statements that repair; () when there is nothing to repair."""
    wanted = [difference for difference in differences if difference.way != UNMANAGED]
    if not wanted:
        return ()
    plan = _Plan(wanted, expected, actual)
    body = [*plan.statements()]
    if not any(statement.sql for statement in body):
        return tuple(body)
    # What frames them belongs to every difference for which a table is made anew: none is repaired without it.
    framed = tuple(dict.fromkeys(it for step in body if "temp.isotype_guard" in step.sql for it in step.differences))
    return (*_before(framed), *body, *_after(framed, plan.rebuilt, expected))


def _statement(sql: str, of: Iterable[Difference] = (), note: str = "", destructive: bool = False) -> Statement:
    return Statement(sql, tuple(of), note, destructive, alone=True)


def _before(framed: Changes) -> Iterator[Statement]:
    """What comes first; more of it where a table is made anew."""
    if framed:
        note = "Outside a transaction, where it has an effect; until the connection is closed."
        yield _statement("PRAGMA foreign_keys = OFF", framed, note)
        note = "Views and triggers keep the names they were written with."
        yield _statement("PRAGMA legacy_alter_table = ON", framed, note)
    yield _statement("SAVEPOINT isotype_repair", framed)
    if framed:
        yield _statement("CREATE TEMP TABLE isotype_guard (holds INTEGER NOT NULL CHECK (holds))", framed)


def _after(framed: Changes, rebuilt: Sequence[str], expected: Facts) -> Iterator[Statement]:
    if rebuilt:
        names = ", ".join(sqlite_string(name) for name in rebuilt)
        found = f"(SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name IN ({names})) = {len(rebuilt)}"
        lost = [f"SELECT * FROM pragma_foreign_key_check({sqlite_string(name)})" for name in _around(rebuilt, expected)]
        sound = "\n    AND ".join((found, *(f"NOT EXISTS ({query})" for query in lost)))
        note = "Every table is there and every reference finds its row; otherwise all is taken back."
        yield _statement(f"INSERT OR ROLLBACK INTO temp.isotype_guard\nSELECT {sound}", framed, note)
    if framed:
        yield _statement("DROP TABLE temp.isotype_guard", framed)
    yield _statement("RELEASE isotype_repair", framed)
    if framed:
        yield _statement("PRAGMA legacy_alter_table = OFF", framed)


def _around(rebuilt: Sequence[str], expected: Facts) -> list[str]:
    """The tables made anew, and those that refer to them."""
    folded = {fold(name) for name in rebuilt}
    referring = {
        path[1]
        for path in expected.of("constraint")
        if fold(unquoted(str(values_of(expected, "constraint", path)["target"] or " "))) in folded
    }
    return [*rebuilt, *sorted(referring - set(rebuilt))]


class _Plan:
    """What is done to which object; built once for a list of differences."""

    def __init__(self, differences: Sequence[Difference], expected: Facts, actual: Facts) -> None:
        self._expected, self._actual = expected, actual
        self._of: dict[tuple[str, str], list[Difference]] = {}
        self._parts: dict[Path, list[Difference]] = {}
        tables = {fold(path[1]): path for path in expected.of("table")}
        self._live = {fold(path[1]): path for path in actual.of("table")}
        for difference in differences:
            self._of.setdefault((difference.kind, difference.way), []).append(difference)
            if difference.kind in ("column", "constraint") or (difference.kind, difference.way) == ("table", DIFFERENT):
                self._parts.setdefault(tables[fold(difference.path[1])], []).append(difference)
        self._added = {
            path: made for path, of in self._parts.items() if (made := self._additions(path, of)) is not None
        }
        self.rebuilt = [
            path[1]
            for path, of in self._parts.items()
            if path not in self._added and any(difference.way != EXTRA for difference in of)
        ]
        missing = (difference.path[1] for difference in self._of.get(("table", MISSING), ()))
        self._anew = {fold(name) for name in (*self.rebuilt, *missing)}

    def statements(self) -> Iterator[Statement]:
        yield from self._drops()
        yield from self._missing_tables()
        for made in self._added.values():
            yield from made
        for path, of in self._parts.items():
            if path[1] in self.rebuilt:
                yield from self._rebuild(path, [difference for difference in of if difference.way != EXTRA])
        yield from self._rows()
        yield from self._creations()
        yield from self._destructive()

    # Indexes, triggers and views

    def _changed(self, kind: str) -> Iterator[tuple[Path, Path | None, list[Difference]]]:
        """Expected objects that are missing or different: their path, that of the live one, what differs."""
        live = {fold(path[-1]): path for path in self._actual.of(kind)}
        found: dict[Path, list[Difference]] = {}
        for (of, way), differences in self._of.items():
            if of == kind and way != EXTRA:
                for difference in differences:
                    found.setdefault(difference.path, []).append(difference)
        for path, differences in found.items():
            yield path, live.get(fold(path[-1])), differences

    def _drops(self) -> Iterator[Statement]:
        """What is otherwise goes first, so that nothing stands in the way of what comes."""
        for kind in ("trigger", "view", "index"):
            for _, live, differences in self._changed(kind):
                if live is not None:
                    yield _statement(f"DROP {kind.upper()} {sql_identifier(live[-1])}", differences)

    def _creations(self) -> Iterator[Statement]:
        for path, _, differences in self._changed("index"):
            if relation_of(self._expected, "index", path) not in self._anew:
                values = self._expected.of("index")[path]
                note = _REFUSABLE if values_of(self._expected, "index", path)["unique"] else ""
                yield _statement(printing.index(path, values), differences, note)
        views = set()
        for path, _, differences in self._changed("view"):
            views.add(fold(path[1]))
            if (other := self._in_the_way("view", path)) is not None:
                yield _statement("", differences, other)
                continue
            yield _statement(printing.view(path, self._expected.of("view")[path]), differences)
            yield from self._belongings(path, differences, kept=True)
        for path, _, differences in self._changed("trigger"):
            if fold(path[1]) not in self._anew | views:
                yield _statement(printing.trigger(path, self._expected.of("trigger")[path]), differences)

    def _in_the_way(self, kind: str, path: Path) -> str | None:
        """Why a relation cannot be made: another one, which nobody declares, has its name."""
        for other in RELATIONS:
            if other != kind and any(fold(live[1]) == fold(path[1]) for live in self._actual.of(other)):
                return f"A {other} is called {path[1]}: rename it or drop it, and run the comparison again."
        return None

    # Tables

    def _missing_tables(self) -> Iterator[Statement]:
        for difference in self._of.get(("table", MISSING), ()):
            path = difference.path
            if (other := self._in_the_way("table", path)) is not None:
                yield _statement("", [difference], other)
                continue
            yield _statement(printing.table(self._expected, path, path[1]), [difference])
            for own, values in printing.parts(self._expected, "row", path):
                yield _statement(printing.row(own, values), [difference])
            yield from self._belongings(path, [difference])

    def _belongings(self, path: Path, of: Sequence[Difference], kept: bool = False) -> Iterator[Statement]:
        """The indexes and triggers of a table made anew; with `kept` those that nobody expects too."""
        name = fold(path[1])
        for kind, make in (("index", printing.index), ("trigger", printing.trigger)):
            made: set[str] = set()
            for own, values in self._expected.of(kind).items():
                if relation_of(self._expected, kind, own) == name:
                    made.add(fold(own[-1]))
                    yield _statement(make(own, values), of)
            if kept:
                everywhere = {fold(own[-1]) for own in self._expected.of(kind)}
                for own, values in self._actual.of(kind).items():
                    if relation_of(self._actual, kind, own) == name and fold(own[-1]) not in everywhere:
                        yield _statement(make(own, values), of)

    def _additions(self, path: Path, of: Sequence[Difference]) -> list[Statement] | None:
        """ALTER TABLE … ADD COLUMN for each missing column, when that is all it takes; None otherwise."""
        needed = [difference for difference in of if difference.way != EXTRA]
        if not needed or any(difference.way != MISSING for difference in needed):
            return None
        columns = {fold(it.path[2]): it for it in needed if it.kind == "column"}
        ordered = [own for own, _ in printing.parts(self._expected, "column", path) if fold(own[2]) in columns]
        attached: dict[str, list[Difference]] = {name: [] for name in columns}
        for difference in needed:
            if difference.kind == "constraint":
                owner = self._owner(difference.path, ordered)
                if owner is None:
                    return None
                attached[owner].append(difference)
        if not all(_can_be_added(values_of(self._expected, "column", own)) for own in ordered):
            return None
        return [self._addition(own, [columns[fold(own[2])], *attached[fold(own[2])]]) for own in ordered]

    def _owner(self, path: Path, added: Sequence[Path]) -> str | None:
        """The added column that a constraint can stand with; None when it stands with none."""
        values = values_of(self._expected, "constraint", path)
        mentioned = {fold(unquoted(token)) for token in tokens(str(values["columns"] or values["expression"]))}
        # The last one: the others are there by then.
        owner = next((name for own in reversed(added) if (name := fold(own[2])) in mentioned), None)
        if values["type"] == "check":
            return owner
        return owner if values["type"] == "foreign key" and len(mentioned) == 1 else None

    def _addition(self, path: Path, of: Sequence[Difference]) -> Statement:
        words = [printing.column(path[-1], self._expected.of("column")[path])]
        for difference in of[1:]:
            values = self._expected.of("constraint")[difference.path]
            text = printing.constraint(difference.path[-1], values)
            head, reference, tail = text.partition("FOREIGN KEY")
            words.append(f"{head}REFERENCES{tail.partition(' REFERENCES')[2]}" if reference else text)
        sql = f"ALTER TABLE {sql_identifier(path[1])} ADD COLUMN " + "\n    ".join(words)
        return _statement(sql, of)

    def _rebuild(self, path: Path, of: Sequence[Difference]) -> Iterator[Statement]:
        """The table anew as it is expected, with what nobody expects in it kept."""
        live = self._live[fold(path[1])]
        expected_strict = values_of(self._expected, "table", path)["strict"]
        definitions = [
            printing.column(own[-1], values) for own, values in printing.parts(self._expected, "column", path)
        ]
        copied = _copied(self._expected, path, self._actual, live)
        for difference in self._of.get(("column", EXTRA), ()):
            if fold(difference.path[1]) == fold(path[1]):
                said = values_of(self._actual, "column", difference.path)
                kind = str(said["type"] or "")
                kept = kind if not expected_strict or kind in _STRICT_TYPES else "ANY"
                values = self._actual.of("column")[difference.path]
                definitions.append(printing.column(difference.path[-1], values, kept))
                copied += [] if said["generated"] else [difference.path[-1]]
        constraints = [
            printing.constraint(own[-1], values) for own, values in printing.parts(self._expected, "constraint", path)
        ]
        for difference in self._of.get(("constraint", EXTRA), ()):
            if fold(difference.path[1]) == fold(path[1]):
                constraints.append(
                    printing.constraint(difference.path[-1], self._actual.of("constraint")[difference.path])
                )
        unread = any(difference.attribute == "definition" for difference in of)
        note = "The text of this table was not understood: look at it for what must be kept." if unread else ""
        yield from self._replaced(path, live, [*definitions, *constraints], copied, of, note)
        yield from self._belongings(path, of, kept=True)

    def _replaced(
        self,
        path: Path,
        live: Path,
        definitions: Sequence[str],
        copied: Sequence[str],
        of: Sequence[Difference],
        note: str = "",
    ) -> Iterator[Statement]:
        """The steps from the old table to a new one with its rows."""
        fresh = f"isotype_new_{path[1]}"
        new, old = sql_identifier(fresh), sql_identifier(live[1])
        yield _statement(printing.create_table(fresh, definitions, self._expected.of("table")[path]), of, note)
        if copied:
            names = ", ".join(map(sql_identifier, copied))
            yield _statement(f"INSERT INTO {new} ({names})\nSELECT {names} FROM {old}", of, _REFUSABLE)
        if _counts(self._expected, path) and _counts(self._actual, live):
            yield _statement(f"DELETE FROM sqlite_sequence WHERE name = {sqlite_string(fresh)}", of)
            yield _statement(
                f"INSERT INTO sqlite_sequence (name, seq)\nSELECT {sqlite_string(fresh)}, seq FROM sqlite_sequence"
                f" WHERE name = {sqlite_string(live[1])}",
                of,
            )
        yield _statement(
            f"INSERT OR ROLLBACK INTO temp.isotype_guard\n"
            f"SELECT (SELECT count(*) FROM {new}) = (SELECT count(*) FROM {old})",
            of,
        )
        yield _statement(f"SAVEPOINT {sql_identifier(f'isotype_copied_{path[1]}')}", of)
        yield _statement(f"DROP TABLE {old}", of)
        yield _statement(f"ALTER TABLE {new} RENAME TO {sql_identifier(path[1])}", of)

    def _rows(self) -> Iterator[Statement]:
        """Reference rows, before triggers that may judge them are made again."""
        for difference in self._of.get(("row", MISSING), ()):
            yield _statement(printing.row(difference.path, self._expected.of("row")[difference.path]), [difference])
        changed: dict[Path, list[Difference]] = {}
        for difference in self._of.get(("row", DIFFERENT), ()):
            changed.setdefault(difference.path, []).append(difference)
        for path, of in changed.items():
            values = self._expected.of("row")[path]
            yield _statement(printing.changed_row(path, values, [it.attribute for it in of]), of)

    # What nobody expects

    def _destructive(self) -> Iterator[Statement]:
        for kind in ("trigger", "index"):
            for difference in self._of.get((kind, EXTRA), ()):
                yield _statement(f"DROP {kind.upper()} {sql_identifier(difference.path[-1])}", [difference], "", True)
        for path, differences in self._parts.items():
            of = [difference for difference in differences if difference.way == EXTRA]
            if not of:
                continue
            if all(difference.kind == "column" and self._can_be_dropped(difference.path) for difference in of):
                for difference in of:
                    table, column = map(sql_identifier, difference.path[1:])
                    sql = f"ALTER TABLE {table} DROP COLUMN {column}"
                    yield _statement(sql, [difference], "The values of the column are lost.", True)
            else:
                yield from self._bare(path, of)

    def _bare(self, path: Path, of: Sequence[Difference]) -> Iterator[Statement]:
        """The table anew, with nothing that nobody expects."""
        definitions = [
            printing.column(own[-1], values) for own, values in printing.parts(self._expected, "column", path)
        ]
        definitions += [
            printing.constraint(own[-1], values) for own, values in printing.parts(self._expected, "constraint", path)
        ]
        copied = [
            own[-1]
            for own, _ in printing.parts(self._expected, "column", path)
            if values_of(self._expected, "column", own)["generated"] is None
        ]
        for step in (*self._replaced(path, path, definitions, copied, of), *self._belongings(path, of)):
            yield _statement(step.sql, of, step.note, True)

    def _can_be_dropped(self, path: Path) -> bool:
        """Whether ALTER TABLE … DROP COLUMN is taken: nothing else may name the column."""
        name = fold(path[2])
        for kind in ("column", "constraint", "index", "trigger", "view"):
            for own, values in self._actual.of(kind).items():
                if own != path and not (kind in ("index", "trigger") and self._is_extra(kind, own)):
                    if kind == "column" and fold(own[1]) != fold(path[1]):
                        continue
                    if any(
                        name in map(fold, map(unquoted, tokens(value))) for value in values if isinstance(value, str)
                    ):
                        return False
        return True

    def _is_extra(self, kind: str, path: Path) -> bool:
        return any(difference.path == path for difference in self._of.get((kind, EXTRA), ()))


def _can_be_added(said: dict[str, Value]) -> bool:
    """Whether ALTER TABLE … ADD COLUMN takes it, whatever rows there are."""
    default = said["default"]
    if said["generated"] is not None:
        return said["generated"] == "virtual" and not said["not_null"]
    if default is None:
        return not said["not_null"]
    return printing.is_constant(str(default))


def _copied(expected: Facts, path: Path, actual: Facts, live: Path) -> list[str]:
    """The columns whose values go over."""
    had = {fold(own[-1]) for own, _ in printing.parts(actual, "column", live)}
    return [
        own[-1]
        for own, _ in printing.parts(expected, "column", path)
        if fold(own[-1]) in had and values_of(expected, "column", own)["generated"] is None
    ]


def _counts(facts: Facts, path: Path) -> bool:
    """Whether the table's key is AUTOINCREMENT."""
    return any(
        values_of(facts, "constraint", own)["autoincrement"] for own, _ in printing.parts(facts, "constraint", path)
    )
