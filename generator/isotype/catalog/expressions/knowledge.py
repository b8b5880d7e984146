"""What is known of an expression without running it: its type, whether it can fail, whether it always says the same.

Only the server's own functions and operators are known: with an empty `search_path` it qualifies every other name.
"""

from __future__ import annotations

from collections.abc import Collection

from isotype.catalog.expressions.trees import Tree, parts
from isotype.catalog.expressions.types import EXACT, INTEGERS, TEXTS, Scope, base, is_scalar, is_text, normal_type

COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
MATCHES = frozenset({"~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*"})
_CONTAINMENTS = frozenset({"->", "->>", "#>", "#>>", "@>", "<@", "?", "?|", "?&", "&&", "@?", "@@"})

_VALUES = frozenset(
    {
        *("now", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP"),
        *("CURRENT_USER", "SESSION_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA"),
    }
)
TOTAL_CALLS = frozenset(
    {
        *("length", "lower", "upper", "btrim", "ltrim", "rtrim", "position", "starts_with", "octet_length", "md5"),
        *("cardinality", "array_length", "array_lower", "array_upper", "array_ndims"),
        *("jsonb_typeof", "json_typeof", "num_nulls", "num_nonnulls", "isfinite"),
        *("COALESCE", "NULLIF", "GREATEST", "LEAST"),
        *_VALUES,
    }
)
"""Functions that give a value for every argument, and the same value throughout a statement."""

STEADY_CALLS = TOTAL_CALLS | {
    *("substring", "replace", "reverse", "split_part", "initcap", "extract", "date_part", "date_trunc", "timezone"),
    *("abs", "mod", "round", "floor", "ceil", "sign", "array_position", "to_tsvector"),
    *("jsonb_array_length", "json_array_length", "left", "right", "lpad", "rpad", "array_to_string"),
}
"""Functions that give the same value for the same arguments throughout a statement."""

_RESULTS = {
    **dict.fromkeys(("length", "position", "octet_length", "cardinality", "array_length", "array_ndims"), "integer"),
    **dict.fromkeys(("num_nulls", "num_nonnulls", "array_lower", "array_upper"), "integer"),
    **dict.fromkeys(("lower", "upper", "btrim", "ltrim", "rtrim", "replace", "md5", "reverse", "split_part"), "text"),
    **dict.fromkeys(("initcap", "jsonb_typeof", "json_typeof"), "text"),
    **dict.fromkeys(("now", "CURRENT_TIMESTAMP"), "timestamp with time zone"),
    **dict.fromkeys(("isfinite", "starts_with"), "boolean"),
    "LOCALTIMESTAMP": "timestamp without time zone",
    "CURRENT_DATE": "date",
    "extract": "numeric",
    "date_part": "double precision",
}
_OVERLOADED = frozenset({"lower", "upper", "btrim", "ltrim", "rtrim", "reverse"})
"""Functions whose result depends on their argument: `lower` of a range is a bound."""


def type_of(tree: Tree, scope: Scope) -> str | None:
    """The type of an expression; a domain counts as the type below it."""
    match tree[0]:
        case "column":
            said = scope.columns.get(tree[-1])
            return base(normal_type(said), scope) if said else None
        case "literal" | "null" | "cast":
            return base(tree[1], scope) if tree[1] not in ("", "unknown") else None
        case "collate":
            return type_of(tree[1], scope)
        case "prefix" if tree[1] == "-":
            return type_of(tree[2], scope)
        case "subscript":
            return _item_type(tree, scope)
        case "and" | "or" | "not" | "is" | "distinct" | "any" | "all":
            return "boolean"
        case "operation":
            return _operation_type(tree, scope)
        case "call":
            return _call_type(tree, scope)
        case "case":
            found = {type_of(branch, scope) for branch in (*tree[3:-1:2], tree[-1]) if branch[0] not in _UNSAID}
            return found.pop() if len(found) == 1 else None
        case "array":
            found = {type_of(item, scope) for item in tree[1:]}
            return f"{one}[]" if len(found) == 1 and (one := found.pop()) and not one.endswith("]") else None
    return None


_UNSAID = ("nothing", "null")


def _operation_type(tree: Tree, scope: Scope) -> str | None:
    _, operator, left, right = tree
    if operator in COMPARISONS or operator in MATCHES or operator in ("@>", "<@", "?", "?|", "?&", "&&", "@?", "^@"):
        return "boolean"
    if operator in ("->>", "#>>"):
        return "text"
    if operator in _ARITHMETIC:
        return _wider(type_of(left, scope), type_of(right, scope))
    if operator == "||" and is_text(type_of(left, scope)) and is_text(type_of(right, scope)):
        return "text"
    return None


_ARITHMETIC = ("+", "-", "*", "/", "%")


def _wider(left: str | None, right: str | None) -> str | None:
    """The type of arithmetic on two whole numbers, or two of one type."""
    if left in INTEGERS and right in INTEGERS:
        return max(left, right, key=tuple(INTEGERS).index)
    return left if left == right == "numeric" else None


def _item_type(tree: Tree, scope: Scope) -> str | None:
    of = type_of(tree[1], scope)
    if of is None or not of.endswith("[]") or any(at[0] == "slice" for at in tree[2:]):
        return None
    return of[:-2]


def _call_type(tree: Tree, scope: Scope) -> str | None:
    name, arguments = tree[1], tree[2:]
    if name in ("COALESCE", "GREATEST", "LEAST"):
        found = {type_of(item, scope) for item in arguments}
        return found.pop() if len(found) == 1 else None
    if name in _OVERLOADED and not (arguments and is_text(type_of(arguments[0], scope))):
        return None
    return _RESULTS.get(name)


def is_flat(array: Tree, scope: Scope) -> bool:
    """Whether an array has one dimension: every item is of a known type that is no array."""
    for item in array[1:]:
        known = type_of(item, scope)
        if known is None or known.endswith("]"):
            return False
    return True


def scalar(tree: Tree, scope: Scope) -> bool:
    """Whether `IS NULL` and `IS NOT NULL` are opposites for it."""
    # No operator of the server's own gives a composite value.
    if tree[0] in ("operation", "prefix"):
        return "." not in tree[1]
    return is_scalar(type_of(tree, scope), scope)


def steady(tree: Tree) -> bool:
    """Whether it has one value throughout a statement, however often it is asked."""
    return _made_of(tree, STEADY_CALLS)


def _made_of(tree: Tree, calls: Collection[str]) -> bool:
    if tree[0] == "call" and tree[1] not in calls:
        return False
    if tree[0] in ("operation", "prefix", "any", "all") and "." in tree[1]:
        return False
    return all(_made_of(part, calls) for part in parts(tree))


def total(tree: Tree, scope: Scope) -> bool:
    """Whether it has a value, or NULL, on every row, so that it does not matter whether it is asked at all."""
    return not risks(tree, scope)


def risks(tree: Tree, scope: Scope) -> frozenset[Tree]:
    """The parts that may fail on some row, and are asked whenever the whole is.

    Of two expressions with the same risks either may be asked first: if one fails, so does the other.
    """
    if not _is_safe(tree, scope):
        return frozenset((tree,))
    found = frozenset[Tree]().union(*(risks(part, scope) for part in parts(tree)))
    # Not every part of these is asked: an earlier one may decide.
    if found and (tree[0] in ("and", "or", "case") or tree[:2] == ("call", "COALESCE")):
        return frozenset((tree,))
    return found


def _is_safe(tree: Tree, scope: Scope) -> bool:
    """Whether an expression cannot fail unless a part of it does."""
    match tree[0]:
        case "call":
            return tree[1] in TOTAL_CALLS
        case "operation" | "any" | "all":
            # A pattern that is no pattern fails on some rows only when it comes from a row.
            return tree[1] in COMPARISONS or tree[1] in _CONTAINMENTS or (tree[1] in MATCHES and _constant(tree[3]))
        case "cast":
            of = type_of(tree[2], scope)
            # What becomes text is printed; a type that is not the server's own may have a cast of its own.
            return (tree[1] in TEXTS and is_scalar(of, scope)) or (of, tree[1]) in EXACT
        case "array":
            return is_flat(tree, scope)
        case kind:
            return kind in _SAFE


_SAFE = frozenset(
    {
        *("column", "literal", "null", "number", "nothing", "collate", "field", "subscript", "slice"),
        *("and", "or", "not", "is", "distinct", "row", "case"),
    }
)


def _constant(tree: Tree) -> bool:
    return tree[0] == "literal" or (tree[0] == "array" and all(item[0] == "literal" for item in tree[1:]))
