"""Trees of expressions: plain tuples, the kind first, every further item a word or a tree.

```
column      name…                        literal     type, text          null        type
number      value                        cast        type, of            call        name, argument…
named       name, argument               variadic    argument            operation   operator, left, right
prefix      operator, of                 and, or     of…                 not         of
is          what, of                     distinct    left, right         any, all    operator, left, array
array       item…                        row         item…               subscript   of, at…
slice       from, to                     field       of, name            collate     of, collation
case        of, (when, then)…, else      nothing
```

`number` stands only in normal forms: a value whose type does not matter. `nothing` is a part that was not written.
A `literal` has a type, `null` has one where it was written. Types and names are in the spelling of `types`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Tree: TypeAlias = tuple[Any, ...]

NOTHING: Tree = ("nothing",)


def parts(tree: Tree) -> list[Tree]:
    """The direct parts of a tree."""
    return [item for item in tree if item.__class__ is tuple]


def size(tree: Tree) -> int:
    """How many nodes a tree has."""
    return 1 + sum(map(size, parts(tree)))


def height(tree: Tree) -> int:
    """How many levels a tree has."""
    levels = 0
    level = [tree]
    while level:
        levels += 1
        level = [part for of in level for part in of if part.__class__ is tuple]
    return levels
