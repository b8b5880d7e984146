"""What has to be made anew when something changes: the live objects that hold on to it.

PostgreSQL refuses to change a column that a view shows, or to drop a key that a reference needs. Such objects are
dropped and made again. They are found by name in what the server prints of them, where it qualifies every name: that
finds all of them, and now and then one too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres.layout import relation_of, text, value
from isotype.catalog.postgres.names import mentions, paths
from isotype.catalog.postgres.repair.creating import early_text, function_name
from isotype.domain.values import frozen

VIEWS = ("view", "materialized view")


@frozen
class Target:
    """A live object that goes, or a column (kind `column type`) whose type changes where it stands."""

    kind: str
    path: Path


class Dependants:
    """Answers which objects of a database hold on to another; what it is asked often is found once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def closure(self, targets: list[Target]) -> dict[Target, Target]:
        """The targets and all that holds on to them, each with the first target for which it is there."""
        found = {target: target for target in targets}
        waiting = list(targets)
        while waiting:
            target = waiting.pop()
            for dependant in self.of(target):
                if dependant not in found:
                    found[dependant] = found[target]
                    waiting.append(dependant)
        return found

    def of(self, target: Target) -> Iterator[Target]:
        """What holds on to one object, directly."""
        match target.kind:
            case "column" | "column type":
                for relation in self._family(target.path[:2]):
                    yield from self._of_column((*relation, target.path[2]), target.kind == "column")
            case "view" | "materialized view":
                yield from self._of_view(target.path)
            case "function" | "procedure":
                yield from self._naming(function_name(target.path), everywhere=True)
            case "enum type" | "domain" | "composite type":
                yield from self._of_type(target.path)
            case "constraint" | "index":
                yield from self._of_key(target)

    def _family(self, table: Path) -> Iterator[Path]:
        """A table and those that inherit from it, partitions too."""
        yield table
        for child in self._children.get(table, ()):
            yield from self._family(child)

    @cached_property
    def _children(self) -> dict[Path, list[Path]]:
        found: dict[Path, list[Path]] = {}
        for path in self._facts.of("table"):
            for parent in paths(value(self._facts, "table", path, "parents")):
                found.setdefault(parent, []).append(path)
        return found

    def _of_column(self, path: Path, dropped: bool) -> Iterator[Target]:
        table, column = path[:2], path[2]
        for kind, other, shown in self._texts:
            if kind == "foreign key":
                own = other[:2] == table
                if column in mentions(shown).words and (own or table in mentions(shown).qualified):
                    yield Target("constraint", other)
            elif kind in ("trigger", "policy", "generated", *(("constraint", "index") if dropped else ())):
                kind = "column" if kind == "generated" else kind
                if relation_of(self._facts, kind, other) == table and column in mentions(shown).words:
                    if other != path:
                        yield Target(kind, other)
                elif kind == "policy" and self._names(shown, table, column):
                    yield Target(kind, other)
            elif kind in (*VIEWS, "rule", "function", "procedure") and self._names(shown, table, column):
                yield Target(kind, other)

    @staticmethod
    def _names(shown: str, table: Path, column: str) -> bool:
        found = mentions(shown)
        return table in found.qualified and column in found.words

    def _of_view(self, path: Path) -> Iterator[Target]:
        for kind in ("trigger", "rule", "index"):
            for other in self._facts.of(kind):
                if relation_of(self._facts, kind, other) == path:
                    yield Target(kind, other)
        yield from self._naming(path)

    def _naming(self, name: Path, everywhere: bool = False) -> Iterator[Target]:
        """What names a view or function; expressions of tables can name functions."""
        for kind, other, shown in self._texts:
            if name not in mentions(shown).qualified:
                continue
            if kind == "generated":
                yield Target("column", other)
            elif kind == "foreign key":
                continue
            elif kind in ("function", "procedure"):
                if function_name(other) != name:
                    yield Target(kind, other)
            elif (everywhere or kind not in ("constraint", "index")) and other != name:
                yield Target(kind, other)
        for other, default in self._defaults:
            if everywhere and name in mentions(default).qualified:
                yield Target("default", other)

    def _of_type(self, path: Path) -> Iterator[Target]:
        for column, values in self._facts.of("column").items():
            if path in paths(str(values[0])) and column[:2] in self._facts.of("table"):
                yield Target("column type", column)
        yield from self._naming(path, everywhere=True)

    def _of_key(self, target: Target) -> Iterator[Target]:
        relation = relation_of(self._facts, target.kind, target.path)
        definition = text(self._facts, target.kind, target.path, "definition")
        is_key = definition.startswith("PRIMARY KEY")
        if not is_key and not definition.startswith(("UNIQUE", "CREATE UNIQUE")):
            return
        for kind, other, shown in self._texts:
            _, _, referred = shown.partition(" REFERENCES ")
            if kind == "foreign key" and relation in mentions(referred).qualified:
                yield Target("constraint", other)
            elif kind in VIEWS and relation in mentions(shown).qualified and "GROUP BY" in shown and is_key:
                # A view may show columns that it does not group by, as long as the key is there.
                yield Target(kind, other)

    @cached_property
    def _texts(self) -> list[tuple[str, Path, str]]:
        """What can hold on to something: its kind, its path, and the text that the server reads when it is made."""
        facts = self._facts
        found = [
            (kind, path, text(facts, kind, path, "definition")) for kind in (*VIEWS, "rule") for path in facts.of(kind)
        ]
        for kind in ("function", "procedure"):
            found += [(kind, path, early_text(text(facts, kind, path, "definition"))) for path in facts.of(kind)]
        for path in facts.of("constraint"):
            kind = "foreign key" if value(facts, "constraint", path, "type") == "foreign key" else "constraint"
            found.append((kind, path, text(facts, "constraint", path, "definition")))
        found += [("index", path, text(facts, "index", path, "definition")) for path in facts.of("index")]
        for path in facts.of("trigger"):
            found.append(("trigger", path, text(facts, "trigger", path, "definition")))
        for path in facts.of("policy"):
            both = (text(facts, "policy", path, attribute) for attribute in ("using", "with_check"))
            found.append(("policy", path, " ".join(both)))
        for path, values in facts.of("column").items():
            if values[4] is not None:
                found.append(("generated", path, str(values[4])))
        return found

    @cached_property
    def _defaults(self) -> list[tuple[Path, str]]:
        return [(path, str(values[2])) for path, values in self._facts.of("column").items() if values[2] is not None]
