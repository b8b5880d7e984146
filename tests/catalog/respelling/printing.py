"""Trees of expressions, written as SQL that the server reads as the same tree."""

from __future__ import annotations

from isotype.catalog.expressions.trees import NOTHING, Tree
from isotype.catalog.expressions.types import quoted

_BARE = ("integer", "numeric")
_VALUES = (
    *("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_ROLE"),
    *("CURRENT_USER", "SESSION_USER", "USER", "SYSTEM_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA"),
)
_SPECIAL = ("COALESCE", "NULLIF", "GREATEST", "LEAST")


def written(tree: Tree) -> str:
    """The SQL of a tree, every operation in parentheses."""
    match tree:
        case ("column", *names):
            return ".".join(map(quoted, names))
        case ("literal", "unknown", text):
            return literal(text)
        case ("literal", "boolean", ("true" | "false") as text):
            return str(text)
        case ("literal", name, text) if name in _BARE and text[:1].isdigit():
            return str(text)
        case ("literal", "bit" | "hexadecimal bits" as name, text):
            return f"{'B' if name == 'bit' else 'X'}{literal(text)}"
        case ("literal", name, text):
            return f"{literal(text)}::{name}"
        case ("null", name):
            return f"NULL::{name}" if name else "NULL"
        case ("cast", name, of):
            return f"({written(of)})::{name}"
        case ("call", name, *arguments):
            return _call(name, arguments)
        case ("named", name, of):
            return f"{quoted(name)} => {written(of)}"
        case ("variadic", of):
            return f"VARIADIC {written(of)}"
        case ("operation", operator, left, right):
            return f"({written(left)} {_operator(operator)} {written(right)})"
        case ("prefix", operator, of):
            return f"({_operator(operator)} {written(of)})"
        case ("and" | "or" as word, *operands):
            return f"({f' {word.upper()} '.join(map(written, operands))})"
        case ("not", of):
            return f"(NOT {written(of)})"
        case ("is", what, of):
            return f"({written(of)} IS {what})"
        case ("distinct", left, right):
            return f"({written(left)} IS DISTINCT FROM {written(right)})"
        case ("any" | "all" as word, operator, left, array):
            return f"({written(left)} {_operator(operator)} {word.upper()} ({written(array)}))"
        case ("array", *items):
            return f"ARRAY[{_list(items)}]"
        case ("row", *items):
            return f"ROW({_list(items)})"
        case ("subscript", of, *places):
            return f"({written(of)}){''.join(f'[{written(at)}]' for at in places)}"
        case ("slice", low, high):
            return f"{written(low)}:{written(high)}"
        case ("field", of, name):
            return f"({written(of)}).{quoted(name)}"
        case ("collate", of, collation):
            return f"({written(of)} COLLATE {collation})"
        case ("case", of, *branches, otherwise):
            whens = "".join(
                f" WHEN {written(when)} THEN {written(then)}"
                for when, then in zip(branches[::2], branches[1::2], strict=True)
            )
            head = "" if of == NOTHING else f" {written(of)}"
            last = "" if otherwise == NOTHING else f" ELSE {written(otherwise)}"
            return f"(CASE{head}{whens}{last} END)"
        case ("nothing",):
            return ""
    raise AssertionError(tree)


def literal(text: str) -> str:
    """A text in quotes."""
    return "'" + text.replace("'", "''") + "'"


def _call(name: str, arguments: list[Tree]) -> str:
    if name in _VALUES:
        return f"{name}({written(arguments[0])})" if arguments else name
    if name in _SPECIAL:
        return f"{name}({_list(arguments)})"
    own = name if "." in name else f"pg_catalog.{quoted(name)}" if not name.startswith('"') else f"pg_catalog.{name}"
    return f"{own}({_list(arguments)})"


def _operator(operator: str) -> str:
    return f"OPERATOR({operator})" if "." in operator else operator


def _list(items: list[Tree]) -> str:
    return ", ".join(map(written, items))
