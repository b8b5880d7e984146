"""Other spellings of an expression, by every law at every node where it applies.

These are written from what `docs/equivalence.md` says, the other way round than `catalog/expressions/laws.py`: from the
one form to the many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from isotype.catalog.expressions.knowledge import is_flat, risks, scalar, steady, total, type_of
from isotype.catalog.expressions.laws import LARGEST
from isotype.catalog.expressions.literals import items as items_of
from isotype.catalog.expressions.trees import Tree, size
from isotype.catalog.expressions.types import INTEGERS, TEXTS, Scope, is_text

Rewrite = Callable[[Tree, Scope], Iterator[Tree]]
"""From a node to its other spellings."""

COMPARISONS = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NEGATED = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MATCHES = {"~~": "!~~", "!~~": "~~", "~~*": "!~~*", "!~~*": "~~*", "~": "!~", "!~": "~", "~*": "!~*", "!~*": "~*"}
_VARYING, _TEXT = "character varying", "text"


def spellings(tree: Tree, scope: Scope) -> Iterator[tuple[str, Tree]]:
    """The law and the whole tree, for each other spelling of each node."""
    for law, rewrite in REWRITES.items():
        for changed in _everywhere(tree, scope, rewrite):
            yield law, changed


def _everywhere(tree: Tree, scope: Scope, rewrite: Rewrite) -> Iterator[Tree]:
    yield from rewrite(tree, scope)
    for at, part in enumerate(tree):
        if part.__class__ is tuple:
            for changed in _everywhere(part, scope, rewrite):
                yield (*tree[:at], changed, *tree[at + 1 :])


# Literals


def literal_value(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("literal", "boolean", text):
            yield ("literal", "boolean", {"true": "t", "false": "off"}[text])
        case ("literal", name, text) if name in INTEGERS and text.isdigit():
            yield ("literal", name, f" 00{text}")
        case ("literal", name, text) if name.endswith("[]") and "(" not in name:
            if made := items_of(text, name[:-2]):
                yield ("array", *made)
        case ("array", *members) if members:
            types = {member[1] for member in members if member[0] in ("literal", "null")}
            if all(it[0] in ("literal", "null") for it in members) and len(types) == 1:
                name = types.pop()
                if name not in ("", "unknown", "boolean") and "(" not in name and not name.endswith("]"):
                    yield ("literal", f"{name}[]", "{" + ",".join(map(_item, members)) + "}")


def _item(member: Tree) -> str:
    if member[0] == "null":
        return "NULL"
    text = str(member[2]).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def cast_literal(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("literal", name, text) if name in TEXTS:
            yield ("cast", name, ("literal", _TEXT if name == _VARYING else _VARYING, text))
        case ("literal", "integer", text) if text.isdigit() and int(text) < 2**15:
            yield ("cast", "integer", ("literal", "smallint", text))
            yield ("cast", "integer", ("literal", "bigint", text))
        case ("literal", "bigint", text) if text.isdigit() and int(text) < 2**31:
            yield ("cast", "bigint", ("literal", "integer", text))
        case ("literal", "double precision", text):
            yield ("cast", "double precision", ("literal", "numeric", text))
        case ("cast", ("bigint" | "smallint" | "numeric") as to, ("literal", "integer", text)):
            yield ("literal", to, text)
        case ("cast", "double precision", ("literal", "integer" | "numeric", text)):
            yield ("literal", "double precision", text)
        case ("null", name) if name in TEXTS:
            yield ("cast", name, ("null", _TEXT if name == _VARYING else _VARYING))


def cast_array(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("cast", to, ("array", *members) as of) if to.endswith("[]") and "(" not in to and is_flat(of, scope):
            yield ("array", *(("cast", to[:-2], member) for member in members))
        case ("literal", to, "{}") if to in ("text[]", "character varying[]"):
            yield ("cast", to, ("literal", "character varying[]", "{}"))
        case ("array", *members) if members and all(it[0] == "cast" for it in members):
            kinds = {(it[1], type_of(it[2], scope)) for it in members}
            if len(kinds) == 1:
                to, of = kinds.pop()
                if of is not None and "(" not in to and not of.endswith("]"):
                    yield ("cast", f"{to}[]", ("array", *(it[2] for it in members)))


# Casts


def cast_same(tree: Tree, scope: Scope) -> Iterator[Tree]:
    if tree[0] in ("literal", "null", "array", "nothing", "slice", "row", "variadic", "named"):
        return
    of = type_of(tree, scope)
    if tree[0] == "column" and scope.columns.get(tree[-1]) in scope.named:
        return
    if of in ("timestamp with time zone", "timestamp without time zone"):
        yield ("cast", of.replace("timestamp", "timestamp(6)"), tree)
    elif of == _TEXT:
        yield ("cast", _TEXT, ("cast", _VARYING, tree))
    elif tree[0] == "cast" and tree[1] == _VARYING and is_text(type_of(tree[2], scope)):
        yield ("cast", _VARYING, ("cast", _TEXT, tree[2]))


def cast_now(tree: Tree, scope: Scope) -> Iterator[Tree]:
    to = _NOW.get(tree)
    if to is not None:
        yield ("cast", to, ("literal", _TEXT, "now"))
        if to != "timestamp with time zone":
            yield ("cast", to, ("call", "now"))
    if to == "date":
        yield ("cast", to, ("call", "LOCALTIMESTAMP"))


_NOW = {
    ("call", "now"): "timestamp with time zone",
    ("call", "CURRENT_TIMESTAMP"): "timestamp with time zone",
    ("call", "LOCALTIMESTAMP"): "timestamp without time zone",
    ("call", "CURRENT_DATE"): "date",
}


def prefix_sign(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("literal", ("integer" | "bigint" | "numeric") as name, text) if (
            text.lstrip("-").replace(".", "").isdigit()
        ):
            if text.startswith("-"):
                yield ("prefix", "-", ("literal", name, text[1:]))
            else:
                yield ("prefix", "+", tree)
                if text.strip("0."):
                    yield ("prefix", "-", ("literal", name, f"-{text}"))


# Calls


def call_name(tree: Tree, scope: Scope) -> Iterator[Tree]:
    if tree[0] != "call":
        return
    name, arguments = tree[1], tree[2:]
    for names in _SYNONYMS:
        if name in names and (arguments == () or name.islower()):
            yield from (("call", other, *arguments) for other in names if other != name)
    if name in ("CURRENT_TIMESTAMP", "now", "LOCALTIMESTAMP") and not arguments:
        yield ("call", "LOCALTIMESTAMP" if name[0] == "L" else "CURRENT_TIMESTAMP", ("literal", "integer", "6"))


_SYNONYMS = (
    ("now", "CURRENT_TIMESTAMP", "transaction_timestamp"),
    ("length", "char_length", "character_length"),
    ("substr", "substring"),
    ("strpos", "position"),
    ("CURRENT_USER", "USER", "CURRENT_ROLE"),
)


# Comparisons


def comparison_operands(tree: Tree, scope: Scope) -> Iterator[Tree]:
    is_comparison = tree[0] == "operation" and tree[1] in COMPARISONS
    is_match = tree[0] == "operation" and tree[1] in _MATCHES
    if not (is_comparison or is_match or tree[0] == "distinct"):
        return
    left, right = tree[-2:]
    if "row" in (left[0], right[0]):
        return
    for other in _operands(left, right, scope):
        yield (*tree[:-2], other, right)
    for other in _operands(right, left, scope):
        yield (*tree[:-2], left, other)


def _operands(tree: Tree, beside: Tree, scope: Scope) -> Iterator[Tree]:
    """Other spellings of what is compared with something; no other operator may come of them."""
    of, other = type_of(tree, scope), type_of(beside, scope)
    if of is None or other is None:
        return
    if tree[0] == "literal" and of in (*INTEGERS, "numeric") and other in (*INTEGERS, "numeric"):
        if tree[2].lstrip("-").isdigit():
            yield ("literal", "numeric", f"{tree[2]}.0")
            yield ("literal", "bigint", tree[2])
            if other == "numeric" and of == "numeric":
                yield ("cast", "numeric", ("literal", "integer", tree[2]))
    elif of in ("integer", "smallint") and other in (*INTEGERS, "numeric"):
        yield ("cast", "bigint", tree)
        yield ("cast", "numeric", tree)
    elif of == "bigint" and other in (*INTEGERS, "numeric"):
        yield ("cast", "numeric", tree)
    elif is_text(of) and is_text(other):
        yield ("cast", _TEXT if of == _VARYING or of.startswith(_VARYING) else _VARYING, tree)


def comparison_direction(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("operation", operator, left, right) if operator in COMPARISONS:
            yield ("operation", COMPARISONS[operator], right, left)
        case ("distinct", left, right):
            yield ("distinct", right, left)


def comparison_with_truth(tree: Tree, scope: Scope) -> Iterator[Tree]:
    if not _is_truth(tree, scope):
        return
    yes, no = ("literal", "boolean", "true"), ("literal", "boolean", "false")
    yield ("operation", "=", tree, yes)
    yield ("operation", "<>", no, tree)
    if tree[0] == "not":
        yield ("operation", "=", tree[1], no)
        yield ("operation", "<>", tree[1], yes)


def _is_truth(tree: Tree, scope: Scope) -> bool:
    return type_of(tree, scope) == "boolean" and tree[0] not in ("literal", "null", "cast")


def membership(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("any" | "all" as kind, operator, of, ("array", *members) as within) if members and is_flat(within, scope):
            yield (kind, operator, of, ("array", *reversed(members), members[0]))
            if len(members) == 1:
                yield ("operation", operator, of, members[0])
            elif steady(of) and size(of) <= LARGEST and all(total(it, scope) for it in members):
                yield ("or" if kind == "any" else "and", *(("operation", operator, of, it) for it in members))
        case ("operation", ("=" | "<>") as operator, of, ("literal", name, _) as value):
            if not name.endswith("]") and name != "unknown":
                yield ("any" if operator == "=" else "all", operator, of, ("array", value))


# Logic


def junction(tree: Tree, scope: Scope) -> Iterator[Tree]:
    if tree[0] in ("and", "or"):
        kind, *operands = tree
        if len({risks(it, scope) for it in operands}) == 1 and steady(tree):
            yield (kind, *reversed(operands))
            yield (kind, *operands[1:], operands[0])
        if len(operands) > 2:
            yield (kind, operands[0], (kind, *operands[1:]))
            yield (kind, (kind, *operands[:-1]), operands[-1])
        if steady(operands[0]):
            yield (kind, *operands, operands[0])
    elif _is_truth(tree, scope) and steady(tree):
        yield ("and", tree, tree)
        yield ("or", tree, tree)


def negation(tree: Tree, scope: Scope) -> Iterator[Tree]:
    if _is_truth(tree, scope):
        yield ("not", ("not", tree))
    match tree:
        case ("operation", operator, left, right) if operator in _NEGATED | _MATCHES and "row" not in (
            left[0],
            right[0],
        ):
            yield ("not", ("operation", (_NEGATED | _MATCHES)[operator], left, right))
        case ("and" | "or" as kind, *operands):
            yield ("not", ("or" if kind == "and" else "and", *(("not", it) for it in operands)))
        case ("any" | "all" as kind, operator, left, array) if operator in _NEGATED | _MATCHES:
            yield ("not", ("all" if kind == "any" else "any", (_NEGATED | _MATCHES)[operator], left, array))
        case ("is", what, of) if what not in ("NULL", "NOT NULL") or scalar(of, scope):
            other = what.removeprefix("NOT ") if what.startswith("NOT ") else f"NOT {what}"
            yield ("not", ("is", other, of))


def truth_test(tree: Tree, scope: Scope) -> Iterator[Tree]:
    match tree:
        case ("is", ("NULL" | "NOT NULL") as what, of):
            type = type_of(of, scope)
            if type == "boolean":
                yield ("is", what.replace("NULL", "UNKNOWN"), of)
            elif type is not None and is_text(type):
                yield ("is", what, ("cast", _VARYING if type == _TEXT else _TEXT, of))
            elif type in ("integer", "smallint"):
                yield ("is", what, ("cast", "bigint", of))


REWRITES: Mapping[str, Rewrite] = {
    rewrite.__name__: rewrite
    for rewrite in (
        *(literal_value, cast_literal, cast_array, cast_same, cast_now, prefix_sign, call_name),
        *(comparison_operands, comparison_direction, comparison_with_truth, membership),
        *(junction, negation, truth_test),
    )
}
"""By the name of the law."""
