"""Changes of a database, enumerated from its facts: every attribute that is read, of every object that has it.

```
relations     tables, columns, views
constraints   keys, uniques, references, checks, exclusions
indexes
programs      triggers, policies, rules, functions
kinds         types, sequences, extensions, schemas, what the language has no word for, reference rows
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.catalog.facts import Facts
from isotype.catalog.postgres.queries import ATTRIBUTES
from tests.catalog.mutations import constraints, indexes, kinds, programs, relations
from tests.catalog.mutations.model import Changes, Mutation, Spot

__all__ = ["CHANGES", "UNCHANGED", "Mutation", "mutations"]

CHANGES: Mapping[str, Changes] = {
    **relations.CHANGES,
    **constraints.CHANGES,
    **indexes.CHANGES,
    **programs.CHANGES,
    **kinds.CHANGES,
}

UNCHANGED: Mapping[tuple[str, str], str] = {
    **{("table", attribute): "only views have one" for attribute in ("definition", "populated")},
    **{
        (kind, attribute): "only tables have one"
        for kind in ("view", "materialized view")
        for attribute in ATTRIBUTES["view"]
        if attribute not in ("definition", "options", "populated", "comment", "method", "persistence")
    },
    **{("view", attribute): "a view stores nothing" for attribute in ("method", "persistence", "populated")},
    ("materialized view", "persistence"): "PostgreSQL makes none that is unlogged",
    ("sequence", "name"): "only the sequence of a column has a name apart from its path",
    ("column sequence", "name"): "what the sequence of a column is called does not matter",
    ("policy", "with_check"): "no database of the suite has one",
    ("domain", "collation"): "no database of the suite has one",
}
"""Attributes of a kind that no object of the suite can have otherwise, and why."""


def mutations(facts: Facts) -> Iterator[Mutation]:
    """Every change of every object."""
    for kind, change in CHANGES.items():
        for path in facts.of(kind):
            for attribute, sql in change(Spot(facts, kind, path)):
                yield Mutation(kind, path, attribute, sql)
    yield from kinds.strangers(facts)
