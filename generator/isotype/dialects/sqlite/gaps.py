"""What SQLite cannot say, by construct."""

from __future__ import annotations

from isotype.domain.ledger import NotExpressible


def _gap(construct: str, reason: str) -> NotExpressible:
    return NotExpressible(construct, "sqlite", reason)


WIDE_DECIMAL_RANGE = _gap(
    "range of a wide decimal", "SQLite keeps a decimal of more than 18 digits as text, which has no numeric order."
)
ADDRESS = _gap("inet", "SQLite sees the characters of an IPv6 address, not whether it is one in canonical form.")
LOOSE_JSON = _gap("json", "SQLite keeps JSON as text, with half surrogate pairs and numbers beyond a double in it.")
FORMS_IN_JSON = _gap(
    "text form inside JSON", "SQLite holds instants, times, durations, addresses and bytes inside JSON to text only."
)
RANGES_IN_JSON = _gap("wide decimal inside JSON", "SQLite compares no decimal of more than 15 digits inside JSON.")
RECURSION = _gap("recursive typed JSON", "A trigger of SQLite cannot look into an object that contains its like.")
RULES_IN_JSON = _gap(
    "rule of typed JSON", "SQLite reads texts, integers and booleans out of JSON for a rule, and nothing else."
)
IDENTITY = _gap("identity", "SQLite counts only in a primary key of one column.")
ENUM_ORDER = _gap("order of an enum", "SQLite sorts by the text of a value, PostgreSQL by its place in the list.")
OPAQUE = _gap("sql() type", "SQLite has no such type; the column holds text.")
RAW_DEFAULT = _gap("raw default", "The schema gives no SQLite text for it.")
RAW_COMPUTED = _gap("raw computed value", "The schema gives no SQLite text for it; the column holds what is written.")
COMPUTED = _gap("computed value", "SQLite cannot compute this value; the column holds what is written.")
RAW_INDEX = _gap("raw index", "The schema gives no SQLite text for it.")
INDEX_METHOD = _gap("index method", "SQLite has one kind of index, which cannot answer what this one is for.")
INCLUDE = _gap("index with included columns", "SQLite keeps no further columns in an index.")
OPERATOR_CLASS = _gap("operator class", "SQLite has one order of keys.")
NULL_ORDER = _gap("NULL order of an index", "In an index of SQLite, NULL is less than every value.")
DEFERRABLE_UNIQUE = _gap("deferrable unique", "SQLite judges uniqueness at once.")
PARTITION = _gap("partition", "SQLite has no partitions: all rows are in one table, and nothing is dropped by age.")
HYPERTABLE = _gap("hypertable", "SQLite has no chunks: all rows are in one table, not compressed nor dropped by age.")
DISTRIBUTION = _gap("distribute", "SQLite is one file.")
VIEW = _gap("view", "The schema gives no SQLite text for it.")
MATERIALIZED = _gap("materialized view", "In SQLite it is a plain view, always current.")
RAW_SQL = _gap("raw SQL", "The schema gives no SQLite text for it.")
