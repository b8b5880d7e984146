"""What differs between two SQLite databases, and what only looks different.

Facts are spelled in one way when they are read, so that whole kinds are compared at once. What is left is judged:

```
names                                            SQLite does not tell upper from lower case
parts of a table that is missing or unmanaged     said once, of the table
keys and references without a name                equal to the named: no message ever says their name
a check under another name, or without            renamed: a refusal says its name
unique constraint and unique index                equal, under one name
triggers and indexes of one name                  one object, wherever they are
a table whose text was not understood             said once, of the table
rows that are not declared                        the database's own
JSON in a row                                     compared as values, not as text
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from isotype.catalog.differences import DIFFERENT, EXTRA, MISSING, UNMANAGED, Difference
from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.sqlite.printing import literal, summary
from isotype.catalog.sqlite.reading import ATTRIBUTES
from isotype.catalog.sqlite.tokens import fold, identifier, unquoted

RELATIONS = ("table", "view", "virtual table")

Values = dict[str, Value]


def differences(expected: Facts, actual: Facts) -> tuple[Difference, ...]:
    """What is otherwise in `actual`, in the order of kinds and paths."""
    if expected.objects == actual.objects:
        return ()
    found = list(_Comparison(expected, actual).differences())
    order = {kind: number for number, kind in enumerate(ATTRIBUTES)}
    found.sort(key=lambda it: (order[it.kind], it.path, it.attribute))
    return tuple(found)


def values_of(facts: Facts, kind: str, path: Path) -> Values:
    """The attributes of an object, by name."""
    return dict(zip(ATTRIBUTES[kind], facts.of(kind)[path], strict=True))


def relation_of(facts: Facts, kind: str, path: Path) -> str:
    """The folded name of the table or view that an object is, or belongs to."""
    if kind == "index":
        return fold(unquoted(str(facts.of(kind)[path][0])))
    return fold(path[1])


class _Comparison:
    """Two sets of facts, looked up by folded paths."""

    def __init__(self, expected: Facts, actual: Facts) -> None:
        self._expected, self._actual = expected, actual
        self._wanted = {kind: _folded(expected, kind) for kind in ATTRIBUTES}
        self._had = {kind: _folded(actual, kind) for kind in ATTRIBUTES}
        self._managed = _relations(expected)
        self._live = _relations(actual)
        self._unread = {
            fold(path[1])
            for facts in (expected, actual)
            for path, values in facts.of("table").items()
            if values[ATTRIBUTES["table"].index("unread")] is not None
        }

    def differences(self) -> Iterator[Difference]:
        for kind in ATTRIBUTES:
            if self._expected.of(kind) != self._actual.of(kind):
                wanted, had = self._wanted[kind], self._had[kind]
                missing = {path: own for path, own in wanted.items() if path not in had}
                extra = {path: own for path, own in had.items() if path not in wanted}
                for path, own in wanted.items():
                    if path in had:
                        yield from self._attributes(kind, own, had[path])
                yield from self._pairs(kind, missing, extra)
                yield from self._objects(kind, missing.values(), extra.values())

    def _objects(self, kind: str, missing: Iterable[Path], extra: Iterable[Path]) -> Iterator[Difference]:
        for path in missing:
            relation = relation_of(self._expected, kind, path)
            if kind in RELATIONS or self._is_on_both(relation):
                yield Difference(kind, path, "", MISSING, summary(self._expected, kind, path))
        for path in extra if kind != "row" else ():
            relation = relation_of(self._actual, kind, path)
            if kind in RELATIONS:
                yield Difference(kind, path, "", UNMANAGED, None, summary(self._actual, kind, path))
            elif self._is_on_both(relation):
                yield Difference(kind, path, "", EXTRA, None, summary(self._actual, kind, path))

    def _is_on_both(self, relation: str) -> bool:
        return relation in self._managed and self._managed[relation] == self._live.get(relation)

    def _attributes(self, kind: str, path: Path, live: Path) -> Iterator[Difference]:
        wanted, had = values_of(self._expected, kind, path), values_of(self._actual, kind, live)
        if wanted == had:
            return
        if kind == "row":
            yield from self._row(path, live, json.loads(str(wanted["values"])), json.loads(str(had["values"])))
            return
        unread = relation_of(self._expected, kind, path) in self._unread
        for name, value in wanted.items():
            if value == had[name] or name == "named":
                continue
            # Of a table that was not understood, pragmas say no more than which columns it has.
            if unread and kind in ("table", "column", "constraint") and name not in ("unread", "not_null"):
                continue
            yield Difference(
                kind,
                path,
                "definition" if name == "unread" else name,
                DIFFERENT,
                value,
                had[name],
                live if live != path else (),
            )

    def _row(self, path: Path, live: Path, wanted: Values, had: Values) -> Iterator[Difference]:
        for column, value in wanted.items():
            other = had.get(column)
            if value != other and not (self._holds_json(path, column) and _same_json(value, other)):
                yield Difference(
                    "row", path, column, DIFFERENT, literal(value), literal(other), live if live != path else ()
                )

    def _holds_json(self, path: Path, column: str) -> bool:
        """Whether a CHECK keeps a column to JSON."""
        check = f"json_valid({identifier(column)})"
        expression = ATTRIBUTES["constraint"].index("expression")
        return any(
            own[:2] == path[:2] and check in str(values[expression])
            for own, values in self._expected.of("constraint").items()
        )

    # What has another name or another place, and is the same

    def _pairs(self, kind: str, missing: dict[Path, Path], extra: dict[Path, Path]) -> Iterator[Difference]:
        """Take away what is on both sides under two paths; what differs in it all the same."""
        if kind == "constraint":
            missing_index = {p: own for p, own in self._wanted["index"].items() if p not in self._had["index"]}
            extra_index = {p: own for p, own in self._had["index"].items() if p not in self._wanted["index"]}
            _take(missing, {own for own in missing.values() if self._is_index(own, extra_index)})
            _take(extra, {own for own in extra.values() if self._is_index(own, missing_index, live=True)})
            for relation in [*self._unread]:
                _take(missing, {own for own in missing.values() if fold(own[1]) == relation})
                _take(extra, {own for own in extra.values() if fold(own[1]) == relation})
            yield from self._constraints(missing, extra)
        elif kind == "index":
            missing_key = {p: own for p, own in self._wanted["constraint"].items() if p not in self._had["constraint"]}
            extra_key = {p: own for p, own in self._had["constraint"].items() if p not in self._wanted["constraint"]}
            _take(missing, {own for own in missing.values() if self._is_key(own, extra_key)})
            _take(extra, {own for own in extra.values() if self._is_key(own, missing_key, live=True)})
        elif kind == "trigger":
            places = {path[-1]: path for path in extra}
            for path, own in list(missing.items()):
                other = places.get(path[-1])
                if other is not None and fold(own[1]) in self._live:
                    live = extra.pop(other)
                    del missing[path]
                    yield Difference("trigger", own, "table", DIFFERENT, own[1], live[1], live)
                    yield from self._attributes("trigger", own, live)

    def _is_index(self, path: Path, indexes: dict[Path, Path], live: bool = False) -> bool:
        """Whether a unique constraint is a unique index of its name on the other side."""
        here, there = (self._actual, self._expected) if live else (self._expected, self._actual)
        index = indexes.get((fold(path[0]), fold(path[2])))
        return index is not None and _same_uniqueness(here, path, there, index)

    def _is_key(self, path: Path, keys: dict[Path, Path], live: bool = False) -> bool:
        here, there = (self._actual, self._expected) if live else (self._expected, self._actual)
        key = keys.get((fold(path[0]), relation_of(here, "index", path), fold(path[1])))
        return key is not None and _same_uniqueness(there, key, here, path)

    def _constraints(self, missing: dict[Path, Path], extra: dict[Path, Path]) -> Iterator[Difference]:
        """Constraints of one table and one meaning under two names, then those that are meant to be one."""
        for likeness in (_meaning, _identity):
            places: dict[tuple[object, ...], list[Path]] = {}
            for path, own in extra.items():
                places.setdefault(likeness(own, values_of(self._actual, "constraint", own)), []).append(path)
            for path, own in list(missing.items()):
                wanted = values_of(self._expected, "constraint", own)
                found = places.get(likeness(own, wanted))
                if not found or (likeness is _identity and wanted["type"] == "check"):
                    continue
                live = extra.pop(found.pop(0))
                del missing[path]
                had = values_of(self._actual, "constraint", live)
                # The name of a key or a reference is never seen, so that one without differs in nothing.
                if wanted["named"] and (had["named"] or wanted["type"] == "check"):
                    name = live[-1] if had["named"] else None
                    yield Difference("constraint", own, "name", DIFFERENT, own[-1], name, live)
                yield from self._attributes("constraint", own, live)


def _folded(facts: Facts, kind: str) -> dict[Path, Path]:
    if kind == "row":
        # What a key holds is no name.
        return {(path[0], fold(path[1]), path[2]): path for path in facts.of(kind)}
    return {tuple(map(fold, path)): path for path in facts.of(kind)}


def _same_json(value: Value, other: Value) -> bool:
    try:
        return bool(json.loads(str(value)) == json.loads(str(other)))
    except ValueError:
        return False


def _relations(facts: Facts) -> dict[str, str]:
    return {fold(path[1]): kind for kind in RELATIONS for path in facts.of(kind)}


def _take(side: dict[Path, Path], paths: set[Path]) -> None:
    for path in [path for path, own in side.items() if own in paths]:
        del side[path]


def _meaning(path: Path, values: Values) -> tuple[object, ...]:
    return fold(path[1]), *(value for name, value in values.items() if name != "named")


def _identity(path: Path, values: Values) -> tuple[object, ...]:
    """What makes two constraints of a table one that was changed."""
    if values["type"] == "primary key":
        return fold(path[1]), "primary key"
    return fold(path[1]), values["type"], values["columns"]


def _same_uniqueness(of: Facts, constraint: Path, other: Facts, index: Path) -> bool:
    """Whether a unique constraint and an index refuse the same rows."""
    key, kept = values_of(of, "constraint", constraint), values_of(other, "index", index)
    return (
        key["type"] == "unique"
        and key["on_conflict"] is None
        and kept["unique"] is True
        and kept["where"] is None
        and key["columns"] == kept["keys"]
        and fold(constraint[1]) == relation_of(other, "index", index)
    )
