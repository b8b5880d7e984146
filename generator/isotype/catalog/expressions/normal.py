"""The normal form of an expression: two expressions with the same mean the same.

A form is a tree of tuples, to be compared and hashed, not read. An expression that this reader does not know is its
own form, as printed.
"""

from __future__ import annotations

from isotype.catalog.expressions import literals
from isotype.catalog.expressions.laws import LAWS, once
from isotype.catalog.expressions.reading import parse
from isotype.catalog.expressions.trees import Tree
from isotype.catalog.expressions.types import ENUM, NOWHERE, Scope, base, is_cut, is_scalar, normal_type

UNREAD = "unread"

NO_DEFAULT: Tree = ("no default",)


def normal(text: str, scope: Scope = NOWHERE) -> Tree:
    """The form of an expression that gives a value: an index key or predicate, a policy, a trigger's condition."""
    tree = parse(text)
    return (UNREAD, text) if tree is None else settled(tree, scope)


def normal_check(text: str, scope: Scope = NOWHERE) -> Tree:
    """The form of what a CHECK demands.

    A row for which it fails with an error is refused as one for which it is FALSE, so that here the parts of an AND
    may change places even if they can fail.
    """
    form = normal(text, scope)
    if form[0] != "and":
        return form
    return ("and", *once(sorted(form[1:], key=repr)))


def normal_assigned(text: str, type: str, scope: Scope = NOWHERE) -> Tree:
    """The form of an expression whose value is assigned to a column of the type: a generated column's."""
    tree = parse(text)
    if tree is None:
        return (UNREAD, text)
    declared = normal_type(type)
    to = base(declared, scope)
    form = settled(tree, scope)
    plain = form
    while plain[0] == "cast" and plain[1] in (declared, to):
        plain = plain[2]
    value = _assigned(plain, to)
    if value is not None:
        return ("assigned", value)
    # A cast to the column's own type is what assignment does, but for text: a cast cuts it, assignment refuses it.
    made = settled(("cast", to, plain), scope)
    return ("assignment", to, form) if is_cut(to) and made[0] not in ("null", "literal") else made


def normal_default(text: str | None, type: str, scope: Scope = NOWHERE, sequence: str | None = None) -> Tree:
    """The form of a column's default.

    A literal is the value that the column then has. NULL is what a column without a default gets, unless its type is
    a domain, which may have a default of its own. `sequence` names the one that the column owns, as the server
    qualifies it: its next value is the same default under every name.
    """
    if text is None:
        return NO_DEFAULT
    form = normal_assigned(text, type, scope)
    to = normal_type(type)
    if form[0] == "null" and (to not in scope.named or scope.named[to] == ENUM) and is_scalar(to, scope):
        return NO_DEFAULT
    if sequence is not None and _next(sequence, "regclass") in (form, *form[2:3]):
        return ("call", "nextval", ("own sequence",))
    return form


def is_read(form: Tree) -> bool:
    """Whether a form is more than the text it was made from."""
    return bool(form[0] != UNREAD)


def _next(sequence: str, type: str) -> Tree:
    return ("call", "nextval", ("literal", type, sequence))


def _assigned(form: Tree, to: str) -> Tree | None:
    """The value of a literal, or of an array of them, after it is assigned to the type."""
    if form[0] != "array" or not to.endswith("[]"):
        return literals.assigned(form, to)
    made: list[Tree] = []
    for item in form[1:]:
        value = ("null", "") if item[0] == "null" else literals.assigned(item, to[:-2])
        if value is None:
            return None
        made.append(value)
    return ("array", *made)


def settled(tree: Tree, scope: Scope) -> Tree:
    """The tree after every law, from the leaves up."""
    while True:
        made: list[object] = []
        for item in tree:
            made.append(settled(item, scope) if item.__class__ is tuple else item)
        tree = tuple(made)
        for law in LAWS.get(tree[0], ()):
            changed = law(tree, scope)
            if changed != tree:
                tree = changed
                break
        else:
            return tree
