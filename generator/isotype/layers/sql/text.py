"""Statements laid out as a person would, and the file they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from isotype.dialects.literals.sql import sql_comment_lines, sql_identifier
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import JsonValue
from isotype.domain.values import field, frozen
from isotype.layers.sql.layout import WIDTH, laid_out


@frozen
class Section:
    """A part of a file: `title` names what its statements make."""

    title: str
    statements: list[str] = field(default_factory=list)


@frozen
class SqlFile:
    """A whole file before it is rendered; `gaps` is what it does not say."""

    sections: list[Section]
    gaps: set[NotExpressible]


def comment(text: str, indent: str = "") -> list[str]:
    """The text as comment lines."""
    return sql_comment_lines(text, indent)


def note(gap: NotExpressible, indent: str = "") -> list[str]:
    """What stands in a file where something is missing."""
    reason = gap.reason.rstrip(".")
    return comment(f"Not expressible: {gap.construct}. {reason[:1].upper()}{reason[1:]}.", indent)


def qualified(schema: str, name: str) -> str:
    """The name, with its schema where one is declared."""
    return f"{sql_identifier(schema)}.{sql_identifier(name)}" if schema else sql_identifier(name)


def columns(names: Iterable[str]) -> str:
    """Column names in parentheses."""
    return f"({', '.join(map(sql_identifier, names))})"


# Tables with the same fields have the same columns.
@lru_cache(maxsize=64)
def aligned(rows: tuple[tuple[str, str, str], ...]) -> list[str]:
    """Column definitions: names and types in columns of their own."""
    name_width = min(max([len(name) for name, _, _ in rows], default=0), 32)
    type_width = min(max([len(kind) for _, kind, rest in rows if rest], default=0), 24)
    return [f"{name.ljust(name_width)} {kind.ljust(type_width)} {rest}".rstrip() for name, kind, rest in rows]


def checks(named: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Named CHECKs; the conditions of one stand below each other where one line is too short."""
    names = [sql_identifier(name) for name, _ in named]
    around = _around(tuple([tuple(conditions) for _, conditions in named]), tuple(map(len, names)))
    pieces = [*around, *names]
    pieces[::2], pieces[1::2] = around, names
    return "".join(pieces)


# Tables that have the same columns have the same CHECKs but for their names.
@lru_cache(maxsize=64)
def _around(conditions: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> list[str]:
    """What stands before, between and behind the names of CHECKs, which are that wide."""
    before, after = "CONSTRAINT ", " CHECK ("
    heads = [len(before) + width + len(after) for width in widths]
    texts = [after + _checked(*of) for of in zip(conditions, heads, strict=True)]
    return [before, *(f"{text},\n    {before}" for text in texts[:-1]), texts[-1]]


# Columns of one name and type are many, and so are their conditions.
@lru_cache(maxsize=1024)
def _checked(conditions: tuple[str, ...], width: int) -> str:
    """The conditions behind a head of that width, up to the closing parenthesis."""
    whole = " AND ".join(conditions)
    if width + len(whole) < WIDTH:
        return f"{whole})"
    first, *others = conditions
    lines = ["", *laid_out(first, 8)]
    for condition in others:
        lines += laid_out(f"AND {condition}", 8)
    lines.append("    )")
    return "\n".join(lines)


def generated(text: str) -> str:
    """A stored generated column; a long expression stands on lines of its own."""
    if len(text) < WIDTH // 2:
        return f"GENERATED ALWAYS AS ({text}) STORED"
    return "\n".join(("GENERATED ALWAYS AS (", *laid_out(text, 8), "    ) STORED"))


def create_table(head: str, parts: Sequence[tuple[list[str], str]], tail: str = "") -> str:
    """CREATE TABLE of parts, each below its comment lines; an empty part is a comment alone."""
    lines = [f"CREATE TABLE {head} ("]
    last = 0
    for comments, part in parts:
        lines += comments
        if part:
            last = len(lines)
            lines.append(f"    {part},")
    lines[last] = lines[last].removesuffix(",")
    lines.append(f"){tail};")
    return "\n".join(lines)


def inserts(head: str, rows: Iterable[Mapping[str, JsonValue]], literals: Iterable[Sequence[str]]) -> list[str]:
    """INSERT statements with explicit columns, one for each run of rows that give the same ones."""
    statements = []
    for names, run in groupby(zip(rows, literals, strict=True), key=lambda pair: tuple(pair[0])):
        values = ",\n".join(f"    ({', '.join(values)})" for _, values in run)
        statements.append(f"INSERT INTO {head} {columns(names)} VALUES\n{values};")
    return statements


def terminated(sql: str) -> str:
    """A statement of the schema's author, ended: a comment on its last line must not swallow the semicolon."""
    text = sql.strip()
    if text.endswith(";"):
        return text
    return f"{text}\n;" if "--" in text.rpartition("\n")[2] else f"{text};"


def without_semicolon(sql: str) -> str:
    """A query to stand inside a statement, on lines of its own."""
    text = sql.strip()
    while text.endswith(";"):
        text = text[:-1].rstrip()
    return text


def dollar_quoted(body: str) -> str:
    """A function's body, in dollar signs that do not occur in it."""
    tag = ""
    number = 0
    while f"${tag}$" in body or (not tag and "$$" in body):
        number += 1
        tag = f"body{number}"
    return f"${tag}$\n{body}\n${tag}$"
