"""Types as `format_type` names them, brought to one spelling, and what is known of them.

`integer`, `numeric(5,2)`, `timestamp(3) with time zone`, `character varying(20)[]`, `public.status`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from isotype.catalog.facts import Facts, Path
from isotype.domain.values import frozen

ENUM = "enum"
"""What a scope says of a type whose values are labels."""


@frozen
class Scope:
    """What names mean where an expression stands.

    `columns` gives each column its type; `named` gives a domain the type below it and an enum type `ENUM`, by the
    qualified name that `type_name` writes. A name that is not there is of unknown type, and laws that need one rest.
    """

    columns: Mapping[str, str]
    named: Mapping[str, str]


NOWHERE = Scope({}, {})


def scopes(facts: Facts) -> dict[Path, Scope]:
    """The scope of every table, by schema and name."""
    named = {type_name(*path): ENUM for path in facts.of("enum type")}
    named |= {type_name(*path): str(values[0]) for path, values in facts.of("domain").items()}
    columns: dict[Path, dict[str, str]] = {}
    for (schema, table, column), values in facts.of("column").items():
        columns.setdefault((schema, table), {})[column] = str(values[0])
    return {path: Scope(of, named) for path, of in columns.items()}


_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def quoted(name: str) -> str:
    """A name, quoted unless it is plain."""
    return name if _PLAIN.match(name) else '"' + name.replace('"', '""') + '"'


def type_name(schema: str, name: str) -> str:
    """The name of a type that is not the server's own."""
    return f"{quoted(schema)}.{quoted(name)}"


_SYNONYMS = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "decimal": "numeric",
    "dec": "numeric",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "char varying": "character varying",
    "char": "character",
    "varbit": "bit varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}
_FINEST = 6
_SIZED_BY_DEFAULT = ("character", "bit")
_SPELLED = re.compile(r"([^(\[]*?)\s*(?:\(([^)]*)\))?\s*((?:with|without) time zone)?\s*((?:\[\])*)\Z")


@lru_cache(maxsize=4096)
def normal_type(text: str) -> str:
    """The one spelling of a type; types of equal meaning have the same.

    A precision of six digits is what a time has without any, and a numeric without scale has scale 0.
    """
    found = _SPELLED.match(text.strip())
    if found is None:
        return text.strip()
    name, modifiers, zone, array = found.groups("")
    return spelled(name, tuple(item.strip() for item in modifiers.split(",")) if modifiers else (), zone) + array


def spelled(name: str, modifiers: tuple[str, ...] = (), zone: str = "") -> str:
    """A type from its name, what stood in parentheses, and whether it has a zone."""
    name = name.removeprefix("pg_catalog.")
    if zone:
        name = f"{name} {zone}"
    name = _SYNONYMS.get(name, name)
    if name.startswith(("timestamp ", "time ", "interval")) and modifiers == (str(_FINEST),):
        modifiers = ()
    if name == "numeric" and len(modifiers) == 1:
        modifiers = (*modifiers, "0")
    if name in _SIZED_BY_DEFAULT and not modifiers:
        modifiers = ("1",)
    if not modifiers:
        return name
    head, *rest = name.split(" ", 1) if name.startswith(("timestamp ", "time ")) else [name]
    return " ".join([f"{head}({','.join(modifiers)})", *rest])


def base(name: str, scope: Scope) -> str:
    """The type below a domain, or the type itself."""
    for _ in range(8):
        below = scope.named.get(name)
        if below is None or below == ENUM:
            return name
        name = normal_type(below)
    return name


TEXTS = frozenset({"text", "character varying"})
INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
BINARY = frozenset({"real", "double precision"})
NUMBERS = frozenset({*INTEGERS, *BINARY, "numeric"})

EXACT = frozenset(
    {
        *(("smallint", wider) for wider in ("integer", "bigint", "numeric", "real", "double precision")),
        *(("integer", wider) for wider in ("bigint", "numeric", "double precision")),
        *(("bigint", "numeric"), ("real", "double precision")),
    }
)
"""Casts that keep every number as it is."""


def is_text(name: str | None) -> bool:
    """Whether values are text that keeps its blanks: `text`, or `character varying` of any length."""
    return name is not None and (name in TEXTS or name.startswith("character varying(")) and not name.endswith("]")


def is_scalar(name: str | None, scope: Scope) -> bool:
    """Whether `IS NULL` and `IS NOT NULL` are opposites: so for all but composite values, and those of unknown type."""
    if name is None or name == "record":
        return False
    return name.endswith("[]") or "." not in name or scope.named.get(name) == ENUM


def is_cut(name: str) -> bool:
    """Whether a cast to the type cuts what is too long, or fills what is too short."""
    return "(" in name and name.startswith(("character", "bit"))


def limit(name: str) -> tuple[str, tuple[int, ...]]:
    """A type without its modifiers, and these as numbers; none when they are no numbers."""
    found = re.match(r"([^(\[]+)\(([\d,]+)\)\Z", name)
    if found is None:
        return name, ()
    return found[1], tuple(map(int, found[2].split(",")))
