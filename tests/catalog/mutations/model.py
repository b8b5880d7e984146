"""What a change is, and what an enumeration asks about the object it changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres.layout import named
from isotype.catalog.postgres.names import paths, qualified
from isotype.domain.values import frozen


@frozen
class Mutation:
    """One change, and the difference it makes: of a kind of object, at a path, in an attribute ('' for the whole).

    `way` is '' unless the object is one that nobody declares: then it is how such a one is said.
    """

    kind: str
    path: Path
    attribute: str
    sql: str
    way: str = ""

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.kind} {self.attribute or self.way or 'itself'} of {'.'.join(self.path)}"


class Spot:
    """An object of a database: its facts, by name."""

    def __init__(self, facts: Facts, kind: str, path: Path) -> None:
        self.facts = facts
        self.kind = kind
        self.path = path
        self.major = facts.server.major
        self.of = named(facts, kind, path)

    def text(self, attribute: str) -> str:
        found = self.of[attribute]
        return "" if found is None else str(found)

    @property
    def sql(self) -> str:
        """The object as SQL names it, when it has its own place in a schema."""
        return qualified(self.path)

    @property
    def table(self) -> str:
        """The relation of the object, or the object that is one."""
        return qualified(self.path[:2])

    @cached_property
    def table_values(self) -> dict[str, Value]:
        return named(self.facts, "table", self.path[:2])

    @property
    def is_of_table(self) -> bool:
        return self.path[:2] in self.facts.of("table")

    @property
    def is_partitioned(self) -> bool:
        return self.is_of_table and self.table_values["partition_key"] is not None

    @property
    def is_partition(self) -> bool:
        return self.is_of_table and self.table_values["bound"] is not None

    @property
    def is_inherited(self) -> bool:
        """Whether the column is there because another table has it."""
        above = paths(self.table_values["parents"]) if self.is_of_table else ()
        return any((*parent, self.path[2]) in self.facts.of("column") for parent in above)

    @property
    def is_partition_key(self) -> bool:
        key = str(self.table_values["partition_key"] or "") if self.is_of_table else ""
        return self.path[2] in re.findall(r"\w+", key.partition("(")[2])

    @property
    def has_rows(self) -> bool:
        return any(path[:2] == self.path[:2] for path in self.facts.of("row"))

    def columns(self, table: Path | None = None) -> dict[str, dict[str, Value]]:
        """The columns of the relation, or of another."""
        relation = table or self.path[:2]
        return {path[2]: named(self.facts, "column", path) for path in self.facts.of("column") if path[:2] == relation}

    def constraints(self, type: str) -> dict[str, str]:
        """The definitions of the relation's constraints of a type, by name."""
        return {
            path[2]: str(values[1])
            for path, values in self.facts.of("constraint").items()
            if path[:2] == self.path[:2] and values[0] == type
        }

    def comment_on(self, object: str) -> str:
        """The statement that gives an object its comment back; '' where it has none."""
        return f"; COMMENT ON {object} IS {literal(self.text('comment'))}" if self.of["comment"] is not None else ""


Changes = Callable[[Spot], Iterator[tuple[str, str]]]
"""From an object to its changes: the attribute, and the SQL."""


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
