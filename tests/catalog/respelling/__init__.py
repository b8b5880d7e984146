"""Other spellings of every expression of a database, each of which means the same.

```
places      where a database has expressions
laws        other spellings of a tree, by every law at every node
words       other spellings of a text, which are gone once the server has read it
printing    trees as SQL
```
"""

from __future__ import annotations

from collections.abc import Iterator

from isotype.catalog.expressions import parse
from isotype.catalog.facts import Facts, Path
from isotype.domain.values import frozen
from tests.catalog.respelling.laws import spellings
from tests.catalog.respelling.places import Place, places
from tests.catalog.respelling.printing import written
from tests.catalog.respelling.words import in_words

__all__ = ["Respelling", "respellings"]


@frozen
class Respelling:
    """One expression in another spelling: the law that makes it the same, and the SQL that writes it."""

    law: str
    kind: str
    path: Path
    role: str
    expression: str
    sql: str


def respellings(facts: Facts) -> Iterator[list[Respelling]]:
    """For each expression of a database, all its other spellings."""
    for place in places(facts):
        if made := [*_of(place)]:
            yield made


def _of(place: Place) -> Iterator[Respelling]:
    tree = parse(place.text)
    if tree is None:
        return
    known = {written(tree)}
    for law, text in (
        ("as it is read", written(tree)),
        *in_words(tree),
        *((law, written(changed)) for law, changed in spellings(tree, place.scope)),
    ):
        if text not in known or law == "as it is read":
            known.add(text)
            yield Respelling(law, place.kind, place.path, place.role, text, place.statement(text))
