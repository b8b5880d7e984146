"""What differs between two PostgreSQL databases, and what only looks different.

Objects are compared by path, whole kinds at once while nothing differs. What is left is judged:

```
parts of a table that is missing or unmanaged     said once, of the table
constraints, indexes under another name           equal, or renamed
unique constraint and unique index                equal
further partitions                                declared by their naming and interval
parts of a detached partition                     said once, of the partition
columns of partitions                             said once, of the table
columns of views                                  follow from the view
attributes                                        in their normal form
```
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from isotype.catalog.differences import DIFFERENT, EXTRA, MISSING, UNMANAGED, Difference
from isotype.catalog.expressions import (
    Scope,
    normal,
    normal_assigned,
    normal_default,
    normal_type,
    query_form,
    query_scope,
    scopes,
)
from isotype.catalog.expressions.types import NOWHERE
from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres import spelling
from isotype.catalog.postgres.layout import RELATIONS, named, relation_of, text
from isotype.catalog.postgres.names import paths
from isotype.catalog.postgres.pairing import Sides, is_renamed, pair_off, same_uniqueness
from isotype.catalog.postgres.partitions import further_partitions, range_of
from isotype.catalog.postgres.queries import ATTRIBUTES

_FOLLOWING = ("", "type", "not_null", "default", "generated", "expression", "collation")
"""Attributes of a partition's column that follow the table's; '' is that it is there at all."""

_OWN = ("column", "constraint", "index", "trigger", "column sequence")
"""What a partition gets from its table, and keeps as its own when it is detached."""

TIMESCALE = ("timescaledb",)
_SUMMARY = ("definition", "labels", "type", "columns", "values", "command", "partition_key", "bound")


def differences(expected: Facts, actual: Facts, trimmed: Collection[Path] = ()) -> tuple[Difference, ...]:
    """What is otherwise in `actual`, in the order of kinds and paths; see `comparison.compare`."""
    kinds = [kind for kind in ATTRIBUTES if expected.of(kind) != actual.of(kind)]
    if not kinds:
        return ()
    missing: Sides = {kind: _only(expected, actual, kind) for kind in ATTRIBUTES}
    extra: Sides = {kind: _only(actual, expected, kind) for kind in ATTRIBUTES}
    further = set(further_partitions(expected, actual, extra["table"]))
    expired = _expired(expected, actual, missing["table"], trimmed)
    extra["table"] -= further
    missing["table"] -= expired
    _fold(expected, missing, expired)
    _fold(actual, extra, set())
    _fold_partitions(expected, actual, extra, further)
    for facts, side in ((expected, missing), (actual, extra)):
        _fold_identities(facts, side)
    judge = _Judge(expected, actual)
    found: list[Difference] = []
    for pair in pair_off(expected, actual, missing, extra, judge.scope):
        if is_renamed(expected, actual, pair):
            names = pair.path[-1], pair.live[-1]
            found.append(Difference(pair.kind, pair.path, "name", DIFFERENT, *names, live=pair.live))
        if pair.kind == pair.live_kind:
            found += judge.attributes(pair.kind, pair.path, pair.live)
        elif not same_uniqueness(expected, actual, pair):
            wanted, had = _summary(expected, pair.kind, pair.path), _summary(actual, pair.live_kind, pair.live)
            found.append(Difference(pair.kind, pair.path, "definition", DIFFERENT, wanted, had, pair.live))
    for kind in kinds:
        found += _objects(expected, actual, kind, missing[kind], extra[kind])
        live = actual.of(kind)
        for path, values in expected.of(kind).items():
            if path in live and live[path] != values:
                found += judge.attributes(kind, path, path)
    order = {kind: number for number, kind in enumerate(ATTRIBUTES)}
    found.sort(key=lambda difference: (order[difference.kind], difference.path, difference.attribute))
    return tuple(_once(found, expected, actual))


def _only(facts: Facts, other: Facts, kind: str) -> set[Path]:
    """The objects that the other side does not have."""
    return set(facts.of(kind).keys() - other.of(kind).keys())


def _objects(
    expected: Facts, actual: Facts, kind: str, missing: Iterable[Path], extra: Iterable[Path]
) -> Iterator[Difference]:
    for path in missing:
        yield Difference(kind, path, "", MISSING, _summary(expected, kind, path))
    if kind in ("extension", "row") or (kind == "hypertable" and TIMESCALE not in expected.of("extension")):
        # An extension that the schema does not ask for and a row it does not declare are the database's own; where
        # expected facts come from a server without chunks, nothing is known of them.
        return
    for path in extra:
        way = UNMANAGED if relation_of(actual, kind, path) is None else EXTRA
        yield Difference(kind, path, "", way, None, _summary(actual, kind, path))


def _summary(facts: Facts, kind: str, path: Path) -> Value:
    """The attribute that says most of an object."""
    values = named(facts, kind, path)
    return next((values[name] for name in _SUMMARY if values.get(name) is not None), None)


# What is said of the whole is not said of its parts


def _fold(facts: Facts, side: Sides, further: set[Path]) -> None:
    """Leave out the parts of relations that are on one side only, and the columns of views."""
    whole = {path for kind in RELATIONS for path in side[kind]} | further
    for kind, found in side.items():
        if found and kind not in RELATIONS:
            side[kind] = {path for path in found if relation_of(facts, kind, path) not in whole}
    side["column"] = {path for path in side["column"] if path[:2] in facts.of("table")}


def _fold_partitions(expected: Facts, actual: Facts, extra: Sides, further: set[Path]) -> None:
    """Leave out the columns of further partitions, and what detached ones have kept."""
    live = actual.of("table")
    detached = {
        path for path, values in expected.of("table").items() if values[5] and path in live and not live[path][5]
    }
    for kind in _OWN:
        whole = further if kind == "column" else detached
        if whole and extra[kind]:
            extra[kind] = {path for path in extra[kind] if relation_of(actual, kind, path) not in whole}


def _fold_identities(facts: Facts, side: Sides) -> None:
    """Leave out the sequences of identities that are on one side only: the column says so."""
    made = {path for path in side["column sequence"] if text(facts, "column", path, "identity")}
    side["column sequence"] -= made


def _expired(expected: Facts, actual: Facts, missing: set[Path], trimmed: Collection[Path]) -> set[Path]:
    """Declared partitions that are gone, and are older than every one that is left."""
    found: set[Path] = set()
    for table in trimmed:
        parts = {path for path in actual.of("table") if paths(text(actual, "table", path, "parents")) == (table,)}
        left = [kept.lower for path in parts if (kept := range_of(actual, path))]
        for path in missing:
            gone = range_of(expected, path)
            is_part = paths(text(expected, "table", path, "parents")) == (table,)
            if is_part and gone and left and gone.upper <= min(left):
                found.add(path)
    return found


def _once(found: list[Difference], expected: Facts, actual: Facts) -> Iterator[Difference]:
    """A column that changed in a table changed in its partitions too, which is said once."""
    said = {_change(difference, difference.path) for difference in found if difference.kind == "column"}
    for difference in found:
        if difference.kind == "column" and difference.attribute in _FOLLOWING:
            facts = actual if difference.way == EXTRA else expected
            table = facts.of("table").get(difference.path[:2])
            parents = paths(table[5]) if table else ()
            if any(_change(difference, (*parent, difference.path[2])) in said for parent in parents):
                continue
        yield difference


def _change(of: Difference, path: Path) -> tuple[Value | Path, ...]:
    return path, of.attribute, of.way, of.expected, of.actual


class _Judge:
    """Says which attributes of two objects differ in more than spelling."""

    def __init__(self, expected: Facts, actual: Facts) -> None:
        self._expected = expected
        self._actual = actual

    def scope(self, relation: Path) -> Scope:
        """What the names in expressions of a relation mean, as far as both sides agree on it."""
        return self._scopes.get((relation[0], relation[1]), self._plain)

    @cached_property
    def _scopes(self) -> dict[Path, Scope]:
        live = scopes(self._actual)
        found: dict[Path, Scope] = {}
        for relation, scope in scopes(self._expected).items():
            others = live[relation].columns if relation in live else {}
            agreed = {name: of for name, of in scope.columns.items() if others.get(name, of) == of}
            found[relation] = Scope(agreed, self._plain.named)
        return found

    @cached_property
    def _plain(self) -> Scope:
        sides = [next(iter(scopes(facts).values()), NOWHERE).named for facts in (self._expected, self._actual)]
        return Scope({}, {name: of for name, of in sides[0].items() if sides[1].get(name, of) == of})

    def attributes(self, kind: str, path: Path, live: Path) -> Iterator[Difference]:
        """The attributes in which a live object is otherwise than the expected one."""
        if kind == "row":
            yield from self._values(path)
            return
        wanted, had = named(self._expected, kind, path), named(self._actual, kind, live)
        whole = _WHOLE.get(kind, "")
        if whole and wanted[whole] != had[whole]:
            yield Difference(kind, path, whole, DIFFERENT, wanted[whole], had[whole], live if live != path else ())
            return
        for attribute, one in wanted.items():
            other = had[attribute]
            if one == other or self._follows(kind, path, attribute):
                continue
            changed = self._changed(kind, path, live, attribute, one, other)
            if changed:
                yield Difference(kind, path, changed, DIFFERENT, one, other, live if live != path else ())

    def _values(self, path: Path) -> Iterator[Difference]:
        wanted, had = (json.loads(text(side, "row", path, "values")) for side in (self._expected, self._actual))
        for column, one in wanted.items():
            if column in had and had[column] != one:
                yield Difference("row", path, column, DIFFERENT, one, had[column])

    def _follows(self, kind: str, path: Path, attribute: str) -> bool:
        """True for what is no fact of its own: the name of a column's sequence, what a view's columns are."""
        if kind == "column sequence":
            return attribute == "name"
        is_of_view = kind == "column" and path[:2] not in self._expected.of("table")
        return is_of_view and attribute not in ("default", "comment")

    def _changed(self, kind: str, path: Path, live: Path, attribute: str, one: Value, other: Value) -> str:
        """The attribute, or the part of a definition, that differs in more than spelling; '' for none."""
        if attribute == "definition" and kind in _PARTS:
            # One relation on both sides, so one scope.
            relation = relation_of(self._expected, kind, path) or path
            wanted, had = (_PARTS[kind](str(side), self.scope(relation)) for side in (one, other))
            parts = [name for name in {**wanted, **had} if wanted.get(name) != had.get(name)]
            return parts[0] if len(parts) == 1 else attribute if parts else ""
        same = self._form(self._expected, kind, path, attribute, one) == self._form(
            self._actual, kind, live, attribute, other
        )
        return "" if same else attribute

    def _form(self, facts: Facts, kind: str, path: Path, attribute: str, of: Value) -> object:
        if kind in ("column", "domain") and attribute == "default":
            return self._default(facts, kind, path, of)
        if not isinstance(of, str):
            return of
        match kind, attribute:
            case ("column" | "domain", "type"):
                return normal_type(of)
            case "view" | "materialized view", "definition":
                return query_form(of, query_scope(of, self._scopes))
            case "rule", "definition":
                return query_form(of)
            case "statistics", "definition":
                return spelling.statistics(of)
            case _, "definition":
                return spelling.normal_query(of)
            case _, "options" | "toast_options":
                return spelling.normal_options(of)
            case "column", "expression":
                return normal_assigned(of, text(facts, kind, path, "type"), self.scope(path[:2]))
            case "policy", "using" | "with_check":
                return normal(of, self.scope(path[:2]))
            case "domain", "checks":
                return self._checks(path, of)
        return of

    def _checks(self, path: Path, of: str) -> object:
        """The checks of a domain by name; what they judge is called `value`, of the type that both sides agree on."""
        types = {text(facts, "domain", path, "type") for facts in (self._expected, self._actual)}
        scope = Scope({"value": types.pop()} if len(types) == 1 else {}, self._plain.named)
        return {
            name: (spelling.constraint_parts(check, scope), check.endswith(" NOT VALID"))
            for name, check in json.loads(of)
        }

    def _default(self, facts: Facts, kind: str, path: Path, of: Value) -> object:
        """A default; the next number of the column's own sequence is that, whatever the sequence is called."""
        own = text(facts, "column sequence", path, "name") if path in facts.of("column sequence") else None
        scope = self.scope(path[:2]) if kind == "column" else self._plain
        return normal_default(None if of is None else str(of), text(facts, kind, path, "type"), scope, own)


_WHOLE = {"constraint": "type", "index": "table"}
"""What makes another object of it when it differs; the rest then follows."""

_PARTS: Mapping[str, Callable[[str, Scope], Mapping[str, object]]] = {
    "constraint": spelling.constraint_parts,
    "index": spelling.index_parts,
    "trigger": spelling.trigger_parts,
}
