"""Parentheses that change nothing, taken away.

OR binds least, then AND, then NOT, then everything else. So a group that is a whole operand of a condition may lose its
parentheses when what it holds binds tighter than what stands beside it:

```
(a = b) AND (c)          a = b AND c
a OR (b AND c)           a OR b AND c
a AND (b AND c)          a AND b AND c      evaluated in the same order
x = (1), NOT (x)         x = 1, NOT x       one word
```

What follows the AND of a BETWEEN, and what could be a list, a query or the arguments of a function, keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Node = str | list["Node"]

_BEFORE = frozenset(("AND", "OR", "WHEN", "THEN", "ELSE", "WHERE"))
_AFTER = frozenset(("AND", "OR", "WHEN", "THEN", "ELSE", "END"))
_BEFORE_ONE = _BEFORE | {"=", "<>", "<", ">", "<=", ">=", "NOT"}
_QUERY = frozenset(("SELECT", "VALUES", "WITH"))


def needed(words: Sequence[str]) -> list[str]:
    """The words without needless parentheses; all of them where those do not match."""
    if "(" not in words:
        return list(words)
    open_groups: list[list[Node]] = [[]]
    for word in words:
        if word == "(":
            open_groups.append([])
        elif word == ")":
            if len(open_groups) == 1:
                return list(words)
            group = _simplified(open_groups.pop())
            open_groups[-1].append(group)
        else:
            open_groups[-1].append(word)
    if len(open_groups) > 1:
        return list(words)
    return list(_flat(_simplified(open_groups[0])))


def _simplified(nodes: list[Node]) -> list[Node]:
    """The nodes with groups opened that need no parentheses."""
    if not any(isinstance(node, list) for node in nodes):
        return nodes
    ranges = _ends_of_ranges(nodes)
    made: list[Node] = []
    for at, node in enumerate(nodes):
        before = nodes[at - 1] if at else None
        after = nodes[at + 1] if at + 1 < len(nodes) else None
        if isinstance(node, list) and _is_needless(node, before, after, at - 1 in ranges):
            made += node
        else:
            made.append(node)
    return made


def _is_needless(group: list[Node], before: Node | None, after: Node | None, in_range: bool) -> bool:
    if not group or isinstance(before, list) or isinstance(after, list):
        return False
    first = group[0]
    if isinstance(first, str) and first in _QUERY:
        return False
    if len(group) == 1 and isinstance(first, str):
        return before is None or before in _BEFORE_ONE
    if in_range or not (before is None or before in _BEFORE) or not (after is None or after in _AFTER):
        return False
    outside = _operators(group)
    if "," in outside:
        return False
    return "OR" not in outside or "AND" not in (before, after)


def _operators(nodes: Sequence[Node]) -> set[str]:
    """The words of a group that stand in no CASE, an AND of a BETWEEN not among them."""
    ranges = _ends_of_ranges(nodes)
    found: set[str] = set()
    depth = 0
    for at, node in enumerate(nodes):
        if node == "CASE":
            depth += 1
        elif node == "END":
            depth -= 1
        elif isinstance(node, str) and not depth and at not in ranges:
            found.add(node)
    return found


def _ends_of_ranges(nodes: Sequence[Node]) -> set[int]:
    """Where an AND belongs to a BETWEEN."""
    found: set[int] = set()
    waiting = [False]
    for at, node in enumerate(nodes):
        if node == "CASE":
            waiting.append(False)
        elif node == "END" and len(waiting) > 1:
            waiting.pop()
        elif node == "BETWEEN":
            waiting[-1] = True
        elif node == "AND" and waiting[-1]:
            found.add(at)
            waiting[-1] = False
    return found


def _flat(nodes: Sequence[Node]) -> Iterator[str]:
    """The words again, with the parentheses that are left."""
    stack: list[Iterator[Node]] = [iter(nodes)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            if stack:
                yield ")"
        elif isinstance(node, list):
            yield "("
            stack.append(iter(node))
        else:
            yield node
