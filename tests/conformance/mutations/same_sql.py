"""Faults of SQL text that no row shows, each with the sentence that proves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from isotype.domain.types import INTEGERS, TEXTUAL, Scalar
from isotype.domain.values import replace
from isotype.tables.model import Table, Tables
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.rows import Unprintable, bare
from tests.conformance.mutations.same_tables import NESTED as NESTED
from tests.conformance.mutations.same_tables import proof as proof_of_tables
from tests.conformance.mutations.same_tables import same_bounds
from tests.conformance.mutations.sql_text import parts
from tests.conformance.mutations.tables import alone, broken

LASTING = "what no column stands for is what a row is found by, and stays as it is"
APART = "no two items are the same, so that each is above the one before or not at least that"
NO_NULL = "a function that says nothing of null judges each item, so that a null among them is refused anyhow"
NO_OTHER_TEXT = "what is no text in JSON reads as one with a sign that a condition beside does not take"
OF_OBJECT = "a trigger asks for a property, which only an object has"
BOUNDED = "what a bound takes more or less the CHECKs beside it refuse"
REFUSED_ANYHOW = "what a trigger refuses is taken back, before the row is written or after"

_REFUSING = re.compile(
    r"CREATE TRIGGER \S+ (?:BEFORE|AFTER) (?:INSERT|UPDATE[^\n]*) ON \S+\n"
    r"(?P<condition>WHEN\b.*)\nBEGIN\n    SELECT RAISE\(ABORT, '(?:[^']|'')*'\);\nEND;",
    re.DOTALL,
)


def proof(
    engine: str, tables: Tables, table: Table, whole: str, fault: Rewrite, printed: Callable[[Tables], str]
) -> str:
    """Why no row shows a fault in what is printed of a table; '' where nothing says so."""
    if _is_refused_anyhow(table, whole, fault):
        return REFUSED_ANYHOW
    if _is_of_items_apart(table, whole, fault):
        return APART
    if _is_of_lasting(whole, fault):
        return LASTING
    if _is_searched(table, whole, fault):
        return NESTED
    if _is_of_no_null(table, whole, fault):
        return NO_NULL
    if _is_of_text_anyhow(table, whole, fault):
        return NO_OTHER_TEXT
    if _is_of_object_anyhow(table, whole, fault):
        return OF_OBJECT
    if engine == "sqlite" and _is_bounded_anyhow(table, whole, fault):
        return BOUNDED
    text = _tokens(_in_both(table, whole, fault))
    for made in _nodes(tables, table):
        try:
            other = printed(made)
        except Unprintable:
            continue
        if _tokens(other) == text:
            said = proof_of_tables(engine, alone(tables, table), made)
            if said:
                return said
    return ""


def _in_both(table: Table, whole: str, fault: Rewrite) -> str:
    """The text with a fault in every trigger that has the condition, as a node has it that they are printed from.

    An INSERT is judged by the one of them, an UPDATE by the other: what changes nothing in both changes nothing in one.
    """
    part = next(one for one in parts(whole, table) if one.start <= fault.at < one.end)
    text = whole[part.start : part.end]
    broken_text = fault.applied(whole)[part.start : part.end + len(fault.new) - len(fault.old)]
    head, line, condition = text.partition("\n")
    if not head.startswith("CREATE TRIGGER") or not broken_text.startswith(head + line):
        return fault.applied(whole)
    return whole.replace(condition, broken_text[len(head) + 1 :])


def _nodes(tables: Tables, table: Table) -> Iterator[Tables]:
    """Every broken node that the table has."""
    for one in broken(tables):
        yield from (made for made in one.alone if made.tables[0].name == table.name)
    own = alone(tables, table)
    for structure in own.structures:
        for place, entry in enumerate(structure.properties):
            if isinstance(entry.type, Scalar) and entry.type.base in TEXTUAL:
                loose = replace(entry, type=replace(entry.type, length=None, max_length=None))
                properties = (*structure.properties[:place], loose, *structure.properties[place + 1 :])
                made = replace(structure, properties=properties)
                yield replace(own, structures=tuple(made if one is structure else one for one in own.structures))


def _in_line(text: str) -> str:
    return " ".join(text.split())


_BELOW = re.compile(r"(length\((?:[^()]|\([^()]*\))*\)) < ([0-9]+)\b")


def _tokens(text: str) -> str:
    """A text without its layout; a length below a number is one of at most the number before."""
    plain = _in_line(bare(text)).replace("( ", "(").replace(" )", ")")
    return _BELOW.sub(lambda found: f"{found[1]} <= {int(found[2]) - 1}", plain)


_ORDERED = re.compile(
    r"SELECT value AS item, lag\(value\) OVER \(ORDER BY key\) AS previous FROM json_each\((?P<list>[^()]+)\)"
    r"\s+\)\s+WHERE previous \Z"
)


def _is_of_items_apart(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether items that may be as those before are in a list whose items are told apart beside."""
    if (fault.old, fault.new) != (">", ">="):
        return False
    part = next(one for one in parts(whole, table) if one.start <= fault.at < one.end)
    found = _ORDERED.search(whole, part.start, fault.at)
    if found is None:
        return False
    apart = f"AND (SELECT count(value) = count(DISTINCT value) FROM json_each({found['list']}))\n"
    return apart in whole[part.start : fault.at]


def _is_of_lasting(whole: str, fault: Rewrite) -> bool:
    """Whether the number of a row in SQLite is that of the row before, where no column is another name of it."""
    found = re.compile(r"\.(?:_?rowid_?|oid)\b").match(whole, fault.at + len(fault.old))
    return (
        found is not None
        and {fault.old, fault.new} == {"NEW", "OLD"}
        and "INTEGER PRIMARY KEY" not in " ".join(re.sub(r"CONSTRAINT \S+ |NOT NULL ", "", whole).split())
    )


_FLAT = re.compile(r"coalesce\(array_ndims\((?P<column>[^()]+)\), 1\) = 1 AND")


def _is_searched(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether a guard no longer says that an array is flat, and the CHECK of its items looks for nulls in it."""
    found = _FLAT.fullmatch(_in_line(fault.old))
    if found is None or fault.new:
        return False
    part = next(one for one in parts(whole, table) if one.start <= fault.at < one.end)
    column = next((one for one in table.columns if part.name == one.guard), None)
    looked = re.compile(rf"[( ]array_position\({re.escape(found['column'])}, NULL\) IS NULL(?: AND |\)|\s)")
    judged = [one for one in parts(whole, table) for check in table.checks if one.name == check.name]
    return column is not None and any(
        looked.search(whole, one.start, one.end) and " OR " not in whole[one.start : one.end] for one in judged
    )


_NULLS = re.compile(r"array_position\((?P<column>[^()]+), NULL\) IS NULL AND")
_EACH = (
    r"{}\(items [^\n]*\n[^\n]*\n    RETURN NOT EXISTS \(\s+SELECT FROM unnest\(items\) AS item WHERE \((\w+)\(item\)\)"
)


def _is_of_no_null(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether nulls are no longer looked for in a flat array, each item of which must be TRUE of a strict function."""
    found = _NULLS.fullmatch(_in_line(fault.old))
    if found is None or fault.new:
        return False
    column = re.escape(found["column"])
    part = next(one for one in parts(whole, table) if one.start <= fault.at < one.end)
    called = re.compile(rf"\s+(?:\w+\.)?(\w+)\({column}\)").match(whole, fault.at + len(fault.old), part.end)
    each = called and re.search(rf"FUNCTION (?:\w+\.)?{_EACH.format(called[1])} IS NOT TRUE\n", whole)
    strict = each and re.search(rf"FUNCTION (?:\w+\.)?{each[1]}\([^\n]*\n    LANGUAGE [^\n]* STRICT ", whole)
    return (
        bool(strict) and re.search(rf"_guard CHECK \(\s*coalesce\(array_ndims\({column}\), 1\) = 1", whole) is not None
    )


_OF_TEXT = re.compile(r"(?P<value>\w+)\.type = 'text' AND")
_NO_TEXT = "0123456789[{I"
"""Each text as which SQLite reads a number, a boolean, a list or an object has one of these; null reads as no text."""


def _is_of_text_anyhow(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether a value in JSON need no longer be a text, and a condition beside refuses the signs of all others."""
    found = _OF_TEXT.fullmatch(_in_line(fault.old))
    if found is None or fault.new:
        return False
    beside = re.compile(rf"{found['value']}\.value NOT GLOB '\*(?P<signs>\[\^[A-Za-z-]+\])\*'")
    refused = (beside.fullmatch(one) for one in _operands(whole, fault.at + len(fault.old)))
    return any(one is not None and all(re.fullmatch(one["signs"], sign) for sign in _NO_TEXT) for one in refused)


def _operands(text: str, at: int) -> Iterator[str]:
    """What AND joins from a place on, as far as the bracket around it; nothing where an OR joins it too."""
    depth, operands = 0, [at]
    for found in re.compile(r"'(?:[^']|'')*'|[()]|\b(?:AND|OR|BETWEEN|CASE)\b").finditer(text, at):
        depth += (found[0] == "(") - (found[0] == ")")
        if depth < 0:
            ends = [*(start - len("AND") for start in operands[1:]), found.start()]
            yield from (text[start:end].strip() for start, end in zip(operands, ends, strict=True))
            return
        if not depth and found[0] in ("OR", "BETWEEN", "CASE"):
            return
        if not depth and found[0] == "AND":
            operands.append(found.end())


_OF_OBJECT = re.compile(r"AND json_type\((?P<column>[^()]+)\) = 'object'")


def _is_of_object_anyhow(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether a CHECK no longer says that JSON is an object, and triggers that judge each row ask for a property."""
    found = _OF_OBJECT.fullmatch(_in_line(fault.old))
    if found is None or fault.new:
        return False
    new = rf"NEW\.{re.escape(found['column'])}"
    property_of = re.compile(rf"json_type\({new}, '\$\.\w+'\) = '\w+'")
    asked = set()
    for event in ("INSERT", rf"UPDATE OF {re.escape(found['column'])}"):
        head = rf"CREATE TRIGGER \S+ BEFORE {event} ON \S+\nWHEN\s+json_valid\({new}\)\s+AND \("
        for trigger in re.finditer(head, whole):
            if any(map(property_of.fullmatch, _operands(whole, trigger.end()))):
                asked.add(event)
    return len(asked) == 2


_BETWEEN = re.compile(r"\(\s*(?P<column>\"?\w+\"?) BETWEEN (?P<low>-?[0-9]+) AND (?P<high>-?[0-9]+)\s*\)")


def _is_bounded_anyhow(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether the bounds of a column are others, and the rules beside refuse all that this makes a difference for."""
    part = next(one for one in parts(whole, table) if one.start <= fault.at < one.end)
    changed = fault.applied(whole)[part.start : part.end + len(fault.new) - len(fault.old)]
    before, after = (_BETWEEN.fullmatch(text) for text in (whole[part.start : part.end], changed))
    if before is None or after is None or before["column"] != after["column"]:
        return False
    bounds = [(int(found["low"]), int(found["high"])) for found in (before, after)]
    column = next(one for one in table.columns if one.name == before["column"].strip('"'))
    return isinstance(column.type, Scalar) and column.type.base in INTEGERS and same_bounds(table, column, *bounds)


def _is_refused_anyhow(table: Table, whole: str, fault: Rewrite) -> bool:
    """Whether a trigger of SQLite that refuses, and does nothing else, comes at another time.

    It reads the row alone, and nothing of it that is still to be made: no number that the database counts, no column
    that another trigger writes.
    """
    if (fault.old, fault.new) not in (("BEFORE", "AFTER"), ("AFTER", "BEFORE")):
        return False
    found = _REFUSING.match(whole, whole.rfind("CREATE TRIGGER", 0, fault.at))
    if found is None or not found.start() < fault.at < found.start("condition"):
        return False
    read = set(re.findall(r"\b(?:NEW|OLD)\.\"?(\w+)", found["condition"]))
    made = {
        column.name
        for column in table.columns
        if column.stamped or column.computed is not None or (column.default and column.default.kind == "identity")
    }
    sources = re.findall(r"\bFROM (\w+)", found["condition"])
    return bool(read) and not read & made and all(source == "json_each" for source in sources)
