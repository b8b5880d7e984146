"""The closed list of laws by which two spellings of one expression become the same tree.

Each law takes a tree whose parts are in normal form and gives an equal one, or the tree itself where it does not
apply. Equal means: on every row the same value, NULL included, and no error where there was none.
Nothing else is ever made equal. A law that needs a type rests where the type is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from isotype.catalog.expressions import literals
from isotype.catalog.expressions.knowledge import COMPARISONS, MATCHES, is_flat, risks, scalar, steady, total, type_of
from isotype.catalog.expressions.trees import Tree, size
from isotype.catalog.expressions.types import BINARY, EXACT, INTEGERS, NUMBERS, TEXTS, Scope, is_scalar, is_text

Law = Callable[[Tree, Scope], Tree]

LARGEST = 40
"""Nodes of an operand that is still repeated for every item of a list."""


# Literals.


def literal_value(tree: Tree, scope: Scope) -> Tree:
    """A literal is its value: `'t'::boolean` is true, `'007'::integer` is 7, an array in text is its items.

    The type stays, and so do the digits of a numeric, which its text shows.
    """
    _, name, text = tree
    if name == "boolean":
        return ("literal", name, literals.boolean(text) or text)
    if name in NUMBERS:
        return ("literal", name, _digits(name, text))
    if name.endswith("[]"):
        made = literals.items(text, name[:-2])
        if made == []:
            return ("literal", name, "{}")
        # The items of a type with a length may be cut to it.
        return ("array", *made) if made and "(" not in name else tree
    return tree


def _digits(name: str, text: str) -> str:
    value = literals.number(("literal", name, text))
    if value is None or not value[-1].isdigit():
        return text if value is None else value
    if name in INTEGERS:
        return str(int(text)) if text.lstrip("+-").isdigit() else text
    if name in BINARY:
        return repr(literals.floating(text, name))
    return text.removeprefix("+")


def cast_literal(tree: Tree, scope: Scope) -> Tree:
    """A cast of a literal that cannot fail or change it gives a literal of the other type.

    So between text and character varying without a length, among integers within their ranges, from an integer to
    numeric, and from any of them to the nearest binary number, which of an infinity and of NaN is the same. NULL of
    any type is NULL of the other, unless that is a domain, which may refuse it.
    """
    _, to, of = tree
    if of[0] == "null":
        return ("null", to) if is_scalar(to, scope) else tree
    if of[0] != "literal":
        return tree
    _, name, text = of
    if name in TEXTS and to in TEXTS:
        return ("literal", to, text)
    if name not in NUMBERS or to not in NUMBERS or (value := literals.number(of)) is None:
        return tree
    if name in INTEGERS and ((to in INTEGERS and literals.fits(text, to)) or to == "numeric"):
        return ("literal", to, text)
    if to in BINARY and name not in BINARY:
        if not value[-1].isdigit():
            return ("literal", to, value)
        binary = literals.floating(text, to)
        return tree if binary is None else ("literal", to, repr(binary))
    return tree


def cast_array(tree: Tree, scope: Scope) -> Tree:
    """A cast of an array is the cast of each of its items; an empty array of one type is that of any other."""
    _, to, of = tree
    if not to.endswith("[]"):
        return tree
    if of == ("array",) or (of[0] == "literal" and of[1].endswith("[]") and of[2] == "{}"):
        return ("literal", to, "{}")
    if "(" in to or of[0] != "array" or not is_flat(of, scope):
        return tree
    return ("array", *(("cast", to[:-2], item) for item in of[1:]))


def cast_same(tree: Tree, scope: Scope) -> Tree:
    """A cast to the type that an expression has does nothing.

    Between text and character varying no value changes, so of two such casts the outer one alone is left.
    """
    _, to, of = tree
    if type_of(of, scope) == to and not (of[0] == "column" and scope.columns[of[-1]] in scope.named):
        kept: Tree = of
        return kept
    if to in TEXTS and of[0] == "cast" and of[1] in TEXTS and is_text(type_of(of[2], scope)):
        return ("cast", to, of[2])
    return tree


def cast_now(tree: Tree, scope: Scope) -> Tree:
    """The moment at which the transaction began has a name in each of its types.

    A cast of `now()` to a date or a time without zone reads the session's time zone, as CURRENT_DATE and
    LOCALTIMESTAMP do; the text 'now', cast when a row is written, is the same moment.
    """
    _, to, of = tree
    if of in (("call", "now"), ("literal", "text", "now")):
        return _NOW.get(to, tree)
    if of == ("call", "LOCALTIMESTAMP") and to == "date":
        return _NOW[to]
    return tree


_NOW: Mapping[str, Tree] = {
    "timestamp with time zone": ("call", "now"),
    "timestamp without time zone": ("call", "LOCALTIMESTAMP"),
    "date": ("call", "CURRENT_DATE"),
}


def prefix_sign(tree: Tree, scope: Scope) -> Tree:
    """A sign before a literal number belongs to it, as long as the type has the number."""
    _, sign, of = tree
    if sign not in ("-", "+") or of[0] != "literal" or of[1] not in ("integer", "bigint", "numeric"):
        return tree
    _, name, text = of
    if sign == "+" or literals.number(of) == "0":
        return ("literal", name, text)
    if text.startswith("-") and name in INTEGERS and not literals.fits(text[1:], name):
        return tree
    if literals.number(of) in ("NaN", "Infinity", "-Infinity"):
        return tree
    return ("literal", name, text[1:] if text.startswith("-") else f"-{text}")


# Calls.


def call_name(tree: Tree, scope: Scope) -> Tree:
    """Functions that are one function under several names have one.

    `now` and `transaction_timestamp` give what CURRENT_TIMESTAMP gives, and six digits are all that it has.
    """
    name, arguments = tree[1], tree[2:]
    if name in ("CURRENT_TIMESTAMP", "LOCALTIMESTAMP") and arguments == (("literal", "integer", "6"),):
        return ("call", name)
    if name in _SAME_CALL and (arguments == () or name.islower()):
        return ("call", _SAME_CALL[name], *arguments)
    return tree


_SAME_CALL = {
    "CURRENT_TIMESTAMP": "now",
    "transaction_timestamp": "now",
    "CURRENT_ROLE": "CURRENT_USER",
    "USER": "CURRENT_USER",
    "char_length": "length",
    "character_length": "length",
    "substr": "substring",
    "strpos": "position",
}


# Comparisons.


def comparison_operands(tree: Tree, scope: Scope) -> Tree:
    """What is compared are values: a cast that keeps them all, and the type of a literal, do not matter.

    Integers, numerics and binary numbers are compared exactly; `EXACT` lists the casts that keep every number.
    Text and character varying are compared as text, also with a pattern, whichever of them a column is.
    """
    operator = tree[1]
    if tree[0] != "distinct" and operator not in COMPARISONS and operator not in MATCHES:
        return tree
    return (*tree[:-2], compared(tree[-2], scope), compared(tree[-1], scope))


def compared(tree: Tree, scope: Scope) -> Tree:
    """An operand of a comparison, as the value that it is."""
    value = literals.number(tree)
    if value is not None:
        return ("number", value)
    if tree[0] == "cast" and (type_of(tree[2], scope), tree[1]) in EXACT:
        return compared(tree[2], scope)
    return _plain_text(tree, scope)


def _plain_text(tree: Tree, scope: Scope) -> Tree:
    if tree[0] == "literal" and tree[1] in TEXTS:
        return ("literal", "text", tree[2])
    if tree[0] == "cast" and tree[1] in TEXTS and is_text(type_of(tree[2], scope)):
        return _plain_text(tree[2], scope)
    if tree[0] == "collate":
        return ("collate", _plain_text(tree[1], scope), tree[2])
    return tree


def comparison_direction(tree: Tree, scope: Scope) -> Tree:
    """`a > b` is `b < a`, and the operands of `=`, `<>` and IS DISTINCT FROM may change places."""
    if tree[0] == "distinct":
        return ("distinct", *sorted(tree[1:], key=repr))
    _, operator, left, right = tree
    if operator in (">", ">="):
        return ("operation", "<" if operator == ">" else "<=", right, left)
    if operator in ("=", "<>") and repr(right) < repr(left):
        return ("operation", operator, right, left)
    return tree


def comparison_with_truth(tree: Tree, scope: Scope) -> Tree:
    """`x = true` is x and `x = false` is NOT x; all are NULL where x is."""
    _, operator, left, right = tree
    if operator not in ("=", "<>"):
        return tree
    for truth, other in ((left, right), (right, left)):
        if truth[:2] == ("literal", "boolean") and truth[2] in ("true", "false"):
            return other if (truth[2] == "true") == (operator == "=") else ("not", other)
    return tree


def membership(tree: Tree, scope: Scope) -> Tree:
    """`x = ANY (a list)` is the disjunction of its equalities, `x <> ALL (a list)` the conjunction of its inequalities.

    So for every operator. An empty list is left alone: it decides even where x is NULL.
    """
    kind, operator, of, within = tree
    if within[0] != "array" or len(within) == 1 or "." in operator or not is_flat(within, scope):
        return tree
    made = tuple(("operation", operator, of, item) for item in within[1:])
    if len(made) == 1:
        return made[0]
    if not steady(of) or size(of) > LARGEST or not all(total(item, scope) for item in within[1:]):
        return tree
    return ("or" if kind == "any" else "and", *made)


# Logic.


def junction(tree: Tree, scope: Scope) -> Tree:
    """AND and OR are associative, commutative and idempotent, with NULL too.

    An operand that can fail keeps its place among others: one before it may decide, so that it is not asked.
    """
    kind, *of = tree
    operands: list[Tree] = []
    for item in of:
        operands.extend(item[1:] if item[0] == kind else (item,))
    made: list[Tree] = []
    for danger, run in groupby(operands, lambda item: risks(item, scope)):
        alike = list(run)
        if all(map(steady, danger)):
            alike.sort(key=repr)
        made += alike
    made = once(made)
    return made[0] if len(made) == 1 else (kind, *made)


def once(operands: Iterable[Tree]) -> list[Tree]:
    """Operands without those that came before and say the same again."""
    made: list[Tree] = []
    known: set[Tree] = set()
    for item in operands:
        if item not in known or not steady(item):
            known.add(item)
            made.append(item)
    return made


def negation(tree: Tree, scope: Scope) -> Tree:
    """NOT goes inward, as the server's own planner moves it: De Morgan, and the operator that is the negator.

    NOT of NULL is NULL on both sides. IS NULL is turned only where the value is not composite.
    """
    of = tree[1]
    match of[0]:
        case "not":
            inner: Tree = of[1]
            return inner
        case "and" | "or":
            return ("or" if of[0] == "and" else "and", *(("not", item) for item in of[1:]))
        case "operation" if of[1] in NEGATORS and "row" not in (of[2][0], of[3][0]):
            return ("operation", NEGATORS[of[1]], *of[2:])
        case "any" | "all" if of[1] in NEGATORS:
            return ("all" if of[0] == "any" else "any", NEGATORS[of[1]], *of[2:])
        case "is" if of[1] not in ("NULL", "NOT NULL") or scalar(of[2], scope):
            return ("is", of[1].removeprefix("NOT ") if of[1].startswith("NOT ") else f"NOT {of[1]}", of[2])
        case "literal" if of[1] == "boolean" and of[2] in ("true", "false"):
            return ("literal", "boolean", "false" if of[2] == "true" else "true")
    return tree


NEGATORS = {
    **{"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"},
    **{"~~": "!~~", "!~~": "~~", "~~*": "!~~*", "!~~*": "~~*", "~": "!~", "!~": "~", "~*": "!~*", "!~*": "~*"},
}


def truth_test(tree: Tree, scope: Scope) -> Tree:
    """IS UNKNOWN is IS NULL of a truth value; a cast that keeps values keeps NULL."""
    _, what, of = tree
    if what.endswith("UNKNOWN"):
        return ("is", what.replace("UNKNOWN", "NULL"), of)
    if what in ("NULL", "NOT NULL") and of[0] == "cast":
        kept = compared(of, scope)
        return ("is", what, kept) if scalar(kept, scope) else tree
    return tree


LAWS: Mapping[str, tuple[Law, ...]] = {
    "literal": (literal_value,),
    "cast": (cast_same, cast_literal, cast_array, cast_now),
    "prefix": (prefix_sign,),
    "call": (call_name,),
    "operation": (comparison_operands, comparison_with_truth, comparison_direction),
    "distinct": (comparison_operands, comparison_direction),
    "any": (membership,),
    "all": (membership,),
    "and": (junction,),
    "or": (junction,),
    "not": (negation,),
    "is": (truth_test,),
}
"""Which laws are asked for a tree of each kind, in this order, until none changes it."""
