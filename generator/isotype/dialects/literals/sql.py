"""Strings, identifiers and comments of PostgreSQL and SQLite."""

from __future__ import annotations

from functools import cache

from isotype.dialects.literals.characters import escape, has_hidden, is_hidden, visible
from isotype.domain.lazy import regular

# Every word that PostgreSQL 14 to 18 or SQLite does not take, everywhere, as a plain name.
# PostgreSQL's are those which its own `quote_ident` quotes in any of these versions.
_WORDS = """
    add all alter analyse analyze and any array as asc asymmetric authorization autoincrement between bigint binary
    bit boolean both case cast char character check coalesce collate collation column commit concurrently constraint
    create cross current_catalog current_date current_role current_schema current_time current_timestamp
    current_user dec decimal default deferrable delete desc distinct do drop else end escape except exists extract
    false fetch float for foreign freeze from full grant greatest group grouping having if ilike in index initially
    inner inout insert int integer intersect interval into is isnull join json json_array json_arrayagg json_exists
    json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least
    left like limit localtime localtimestamp merge_action national natural nchar none normalize not nothing notnull
    null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary raise
    real references returning right row select session_user set setof similar smallint some substring symmetric
    system_user table tablesample then time timestamp to trailing transaction treat trim true union unique update
    user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
KEYWORDS = frozenset(_WORDS.split())

_PLAIN_NAME = regular(r"[a-z_][a-z0-9_]*\Z")


@cache
def sql_identifier(name: str) -> str:
    """The name as both dialects take it, quoted only where one of them needs it."""
    # What Python takes for a name in small letters is one here, too.
    plain = (name.isascii() and name.islower() and name.isidentifier()) or _PLAIN_NAME.match(name)
    if plain and name not in KEYWORDS:
        return name
    if not name:
        raise ValueError("an identifier has at least one character")
    return '"' + _storable(name).replace('"', '""') + '"'


def postgres_string(text: str) -> str:
    """A string of PostgreSQL: `'…'`, or `E'…'` when something in it could not be seen.

    `standard_conforming_strings` is on, as it is unless somebody turned it off.
    """
    if not has_hidden(_storable(text)):
        return _quoted(text)
    return "E'" + escape(text, _spell_in_postgres, "\\'") + "'"


def sqlite_string(text: str) -> str:
    """A string of SQLite: `'…'`, or `('…' || char(…))` when something in it could not be seen."""
    if not has_hidden(_storable(text)):
        return _quoted(text)
    pieces: list[str] = []
    shown = ""
    codes: list[str] = []
    for character in text:
        if is_hidden(character):
            if shown:
                pieces.append(_quoted(shown))
                shown = ""
            codes.append(str(ord(character)))
        else:
            if codes:
                pieces.append(f"char({', '.join(codes)})")
                codes = []
            shown += character
    pieces.append(_quoted(shown) if shown else f"char({', '.join(codes)})")
    return pieces[0] if len(pieces) == 1 else f"({' || '.join(pieces)})"


def sql_comment_lines(text: str, indent: str = "") -> list[str]:
    """The text as `-- ` lines, one for each of its own lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [f"{indent}-- {visible(line)}".rstrip(" ") for line in lines]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _storable(text: str) -> str:
    """The text, which the language has already held to what a database can store."""
    if "\0" in text or (not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)):
        raise ValueError("U+0000 and unpaired surrogates stand in no SQL text")
    return text


_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\\": "\\\\", "'": "''"}


def _spell_in_postgres(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")
