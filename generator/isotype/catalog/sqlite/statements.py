"""CREATE statements as SQLite keeps them → values; `Unread` where one cannot be read.

SQLite keeps the text of a statement, patched by ALTER TABLE. Pragmas say what most of it means, but not the names of
constraints, CHECKs, expressions, collations of columns, when references are judged, what happens on a conflict.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from isotype.catalog.sqlite.tokens import closing, fold, identifier, keyword, known, parts, spelled, tokens, unquoted
from isotype.domain.values import frozen


class Unread(ValueError):
    """The statement is none that this module knows."""


@frozen
class ColumnText:
    """What the text of a table says of a column. `on_conflict` is what happens on NULL where it may not be."""

    name: str
    type: str = ""
    not_null: bool = False
    on_conflict: str | None = None
    default: str | None = None
    generated: str | None = None
    expression: str | None = None
    collation: str | None = None


@frozen
class ConstraintText:
    """A primary key, unique, foreign key or check; `name` is '' for one without.

    `columns` are the names, folded, in order; `keys` says more of them where they are indexed.
    `deferred` is true when it is judged at COMMIT: any other way to write DEFERRABLE means at once.
    """

    name: str
    type: str
    columns: tuple[str, ...] = ()
    keys: str | None = None
    expression: str | None = None
    target: str | None = None
    target_columns: tuple[str, ...] = ()
    on_delete: str | None = None
    on_update: str | None = None
    deferred: bool | None = None
    on_conflict: str | None = None
    autoincrement: bool | None = None


@frozen
class TableText:
    columns: tuple[ColumnText, ...]
    constraints: tuple[ConstraintText, ...]
    strict: bool
    without_rowid: bool


@frozen
class IndexText:
    """`keys` are the indexed columns and expressions, `where` the condition of a partial index."""

    unique: bool
    keys: tuple[str, ...]
    where: str | None


@frozen
class TriggerText:
    """`columns` are those whose UPDATE fires it; None for every column."""

    timing: str
    event: str
    columns: str | None
    condition: str | None
    body: str


@frozen
class ViewText:
    columns: str | None
    query: str


# Texts are the same in every database of an application, and on both sides of a comparison.
@lru_cache(maxsize=8192)
def read_table(sql: str) -> TableText:
    """The columns and constraints of CREATE TABLE."""
    cursor = _Cursor(tokens(sql))
    cursor.start("TABLE")
    if cursor.word() != "(":
        raise Unread(sql)
    end = closing(cursor.of, cursor.at)
    body = cursor.of[cursor.at + 1 : end]
    options = {" ".join(map(keyword, option)) for option in parts(cursor.of[end + 1 :]) if option != [";"]}
    if not options <= {"STRICT", "WITHOUT ROWID", ""}:
        raise Unread(sql)
    # A table's own columns, so that anything else in double quotes is known to be a string.
    names = frozenset(fold(unquoted(part[0])) for part in parts(body) if part and keyword(part[0]) not in _TABLE_WORDS)
    names |= {"rowid", "_rowid_", "oid"}
    columns: list[ColumnText] = []
    constraints: list[ConstraintText] = []
    for part in parts(body):
        inner = _Cursor(part)
        if inner.word() in _TABLE_WORDS:
            while inner.more:
                constraints += _table_constraint(inner, names)
        elif inner.more:
            columns.append(_column(inner, names, constraints))
    return TableText(tuple(columns), tuple(constraints), "STRICT" in options, "WITHOUT ROWID" in options)


@lru_cache(maxsize=8192)
def read_index(sql: str, names: frozenset[str]) -> IndexText:
    """What CREATE INDEX says; `names` are the columns of its table."""
    cursor = _Cursor(tokens(sql.rstrip("; \n")))
    unique = cursor.start("INDEX")
    cursor.demand("ON")
    cursor.name()
    keys = tuple(spelled(key, names) for key in parts(cursor.group()))
    where = cursor.rest() if cursor.take("WHERE") else []
    return IndexText(unique, keys, spelled(where, names) if where else None)


@lru_cache(maxsize=8192)
def read_trigger(sql: str, names: frozenset[str]) -> TriggerText:
    """What CREATE TRIGGER says; `names` are all names of the database."""
    cursor = _Cursor(tokens(sql))
    cursor.start("TRIGGER")
    timing = "BEFORE"
    if cursor.word() in ("BEFORE", "AFTER"):
        timing = keyword(cursor.next())
    elif cursor.take("INSTEAD"):
        cursor.demand("OF")
        timing = "INSTEAD OF"
    event = keyword(cursor.next())
    if event not in ("DELETE", "INSERT", "UPDATE"):
        raise Unread(sql)
    columns: list[str] = []
    if cursor.take("OF"):
        columns.append(identifier(cursor.name()))
        while cursor.take(","):
            columns.append(identifier(cursor.name()))
    cursor.demand("ON")
    cursor.qualified()
    if cursor.take("FOR"):
        cursor.demand("EACH")
        cursor.demand("ROW")
    within = names | known(cursor.of)
    condition = None
    if cursor.take("WHEN"):
        condition = spelled(cursor.until("BEGIN"), within)
    cursor.demand("BEGIN")
    body = cursor.rest()
    while body and body[-1] == ";":
        body = body[:-1]
    if not body or keyword(body[-1]) != "END":
        raise Unread(sql)
    text = " ".join(f"{spelled(statement, within)};" for statement in parts(body[:-1], ";") if statement)
    return TriggerText(timing, event, ", ".join(sorted(columns)) or None, condition, text)


@lru_cache(maxsize=8192)
def read_view(sql: str, names: frozenset[str]) -> ViewText:
    """What CREATE VIEW says; `names` are all names of the database."""
    cursor = _Cursor(tokens(sql.rstrip("; \n")))
    cursor.start("VIEW")
    columns = (
        ", ".join(identifier(unquoted(part[0])) for part in parts(cursor.group())) if cursor.word() == "(" else None
    )
    cursor.demand("AS")
    return ViewText(columns, spelled(cursor.rest(), names | known(cursor.of)))


@lru_cache(maxsize=1024)
def read_default(text: str, names: frozenset[str]) -> str | None:
    """A default in one spelling: NULL is none, and a bare name is a string."""
    of = tokens(text)
    if len(of) == 1 and (of[0][0] in '"`[' or keyword(of[0]) not in ("", *_DEFAULT_WORDS)):
        of = ["'" + unquoted(of[0]).replace("'", "''") + "'"]
    if len(of) == 2 and of[0] == "+":
        of = of[1:]
    made = spelled(of, names)
    return None if made == "NULL" else made


_TABLE_WORDS = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"))
_COLUMN_WORDS = _TABLE_WORDS | {"NOT", "NULL", "DEFAULT", "COLLATE", "REFERENCES", "AS"}
_DEFAULT_WORDS = ("NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP")


class _Cursor:
    """A place among tokens; `Unread` when what is asked for does not stand there."""

    def __init__(self, of: Sequence[str]) -> None:
        self.of = of
        self.at = 0

    @property
    def more(self) -> bool:
        return self.at < len(self.of)

    def word(self, ahead: int = 0) -> str:
        """The keyword or sign that comes, '' for anything else."""
        at = self.at + ahead
        if at >= len(self.of):
            return ""
        return keyword(self.of[at]) or (self.of[at] if len(self.of[at]) == 1 else "")

    def next(self) -> str:
        if not self.more:
            raise Unread(" ".join(self.of))
        self.at += 1
        return self.of[self.at - 1]

    def take(self, word: str) -> bool:
        found = self.word() == word
        self.at += found
        return found

    def demand(self, word: str) -> None:
        if not self.take(word):
            raise Unread(" ".join(self.of))

    def name(self) -> str:
        token = self.next()
        if not keyword(token) and token[0] not in "\"`['":
            raise Unread(" ".join(self.of))
        return unquoted(token)

    def qualified(self) -> str:
        """A name, without the schema before it."""
        found = self.name()
        return self.name() if self.take(".") else found

    def group(self) -> Sequence[str]:
        """What stands in the parentheses that come."""
        if self.word() != "(":
            raise Unread(" ".join(self.of))
        end = closing(self.of, self.at)
        if end == len(self.of):
            raise Unread(" ".join(self.of))
        found = self.of[self.at + 1 : end]
        self.at = end + 1
        return found

    def until(self, word: str) -> Sequence[str]:
        """What stands before a keyword that is in no parentheses."""
        start, depth = self.at, 0
        while self.more and (depth or self.word() != word):
            depth += {"(": 1, ")": -1}.get(self.of[self.at], 0)
            self.at += 1
        return self.of[start : self.at]

    def rest(self) -> Sequence[str]:
        found = self.of[self.at :]
        self.at = len(self.of)
        return found

    def start(self, kind: str) -> bool:
        """`CREATE … kind [IF NOT EXISTS] name`; true when UNIQUE stands in it."""
        self.demand("CREATE")
        unique = False
        while self.word() in ("TEMP", "TEMPORARY", "UNIQUE"):
            unique = self.word() == "UNIQUE" or unique
            self.at += 1
        self.demand(kind)
        if self.word() == "IF" and self.word(1) == "NOT":
            self.at += 3
        self.qualified()
        return unique


def _column(cursor: _Cursor, names: frozenset[str], constraints: list[ConstraintText]) -> ColumnText:
    """A column; constraints that stand with it are those of the table."""
    name = cursor.name()
    typed: list[str] = []
    while cursor.more and cursor.word() not in _COLUMN_WORDS and not _is_generated(cursor):
        if cursor.word() == "(":
            typed.append(f"({', '.join(''.join(part) for part in parts(cursor.group()))})")
        else:
            typed.append(unquoted(cursor.next()).upper())
    draft: dict[str, str | bool | None] = {}
    given = ""
    while cursor.more:
        word = cursor.word()
        if cursor.take("CONSTRAINT"):
            given = cursor.name()
            continue
        if word == "NOT" and cursor.word(1) == "NULL":
            cursor.at += 2
            draft |= {"not_null": True, "on_conflict": _on_conflict(cursor)}
        elif cursor.take("NULL"):
            _on_conflict(cursor)
        elif cursor.take("DEFAULT"):
            draft["default"] = read_default(" ".join(_default(cursor)), names)
        elif cursor.take("COLLATE"):
            draft["collation"] = _collation(cursor)
        elif word == "AS" or _is_generated(cursor):
            cursor.at += 1 if word == "AS" else 3
            draft["expression"] = spelled(cursor.group(), names)
            stored = cursor.word() == "STORED"
            cursor.at += cursor.word() in ("STORED", "VIRTUAL")
            draft["generated"] = "stored" if stored else "virtual"
        else:
            constraints.append(_constraint(cursor, given, names, name))
            # A CHECK takes the name of whatever stands before it in its column, as SQLite has it.
            given = given if cursor.word() == "CHECK" else ""
    text = " ".join(typed).replace(" (", "(")
    return ColumnText(name, text, **draft)  # type: ignore[arg-type]


def _is_generated(cursor: _Cursor) -> bool:
    return cursor.word() == "GENERATED" and cursor.word(1) == "ALWAYS"


def _default(cursor: _Cursor) -> Sequence[str]:
    if cursor.word() == "(":
        return cursor.group()
    if cursor.word() in ("+", "-"):
        return [cursor.next(), cursor.next()]
    return [cursor.next()]


def _table_constraint(cursor: _Cursor, names: frozenset[str]) -> list[ConstraintText]:
    """A constraint; none where a name stands alone, which SQLite takes."""
    given = ""
    while cursor.take("CONSTRAINT"):
        given = cursor.name()
    return [_constraint(cursor, given, names, "")] if cursor.more else []


def _constraint(cursor: _Cursor, name: str, names: frozenset[str], column: str) -> ConstraintText:
    """A constraint, of a table or, when `column` is given, of a column."""
    word = cursor.word()
    cursor.at += 1
    if word in ("PRIMARY", "UNIQUE"):
        if word == "PRIMARY":
            cursor.demand("KEY")
        return _key(cursor, name, word, column)
    if word == "CHECK":
        expression = spelled(cursor.group(), names)
        _on_conflict(cursor)
        return ConstraintText(name, "check", expression=expression)
    if word == "FOREIGN":
        cursor.demand("KEY")
        columns = tuple(fold(unquoted(part[0])) for part in parts(cursor.group()))
        cursor.demand("REFERENCES")
        return _reference(cursor, name, columns)
    if word == "REFERENCES" and column:
        return _reference(cursor, name, (fold(column),))
    raise Unread(" ".join(cursor.of))


def _key(cursor: _Cursor, name: str, word: str, column: str) -> ConstraintText:
    keys: list[str] = []
    columns: list[str] = []
    counts = False
    if column:
        columns.append(fold(column))
        keys.append(identifier(column) + _direction(cursor))
    else:
        for part in parts(cursor.group()):
            inner = _Cursor(part)
            columns.append(fold(inner.name()))
            collation = f" COLLATE {identifier(inner.name())}" if inner.take("COLLATE") else ""
            keys.append(identifier(columns[-1]) + collation + _direction(inner))
            counts = inner.take("AUTOINCREMENT") or counts
    conflict = _on_conflict(cursor)
    counts = cursor.take("AUTOINCREMENT") or counts
    kind = "primary key" if word == "PRIMARY" else "unique"
    return ConstraintText(
        name,
        kind,
        tuple(columns),
        ", ".join(keys),
        on_conflict=conflict,
        autoincrement=counts if kind == "primary key" else None,
    )


def _direction(cursor: _Cursor) -> str:
    if cursor.take("DESC"):
        return " DESC"
    cursor.take("ASC")
    return ""


def _reference(cursor: _Cursor, name: str, columns: tuple[str, ...]) -> ConstraintText:
    target = cursor.name()
    there: tuple[str, ...] = ()
    if cursor.word() == "(":
        there = tuple(fold(unquoted(part[0])) for part in parts(cursor.group()))
    actions = {"DELETE": "no action", "UPDATE": "no action"}
    deferred = False
    while cursor.more:
        if cursor.word() == "ON" and cursor.word(1) in ("DELETE", "UPDATE", "INSERT"):
            cursor.at += 1
            event = keyword(cursor.next())
            action = keyword(cursor.next())
            if action in ("SET", "NO"):
                action += " " + keyword(cursor.next())
            actions[event] = action.lower()
        elif cursor.take("MATCH"):
            # SQLite reads it and does as MATCH SIMPLE says.
            cursor.name()
        elif cursor.word() == "NOT" and cursor.word(1) == "DEFERRABLE":
            cursor.at += 2
            _initially(cursor)
            deferred = False
        elif cursor.take("DEFERRABLE"):
            deferred = _initially(cursor)
        else:
            break
    return ConstraintText(
        name,
        "foreign key",
        columns,
        target=fold(target),
        target_columns=there,
        on_delete=actions["DELETE"],
        on_update=actions["UPDATE"],
        deferred=deferred,
    )


def _initially(cursor: _Cursor) -> bool:
    return cursor.take("INITIALLY") and keyword(cursor.next()) == "DEFERRED"


def _on_conflict(cursor: _Cursor) -> str | None:
    """What happens on a conflict; None for ABORT, which it is without a word."""
    if cursor.word() == "ON" and cursor.word(1) == "CONFLICT":
        cursor.at += 2
        found = keyword(cursor.next()).lower()
        return None if found == "abort" else found
    return None


def _collation(cursor: _Cursor) -> str | None:
    found = fold(cursor.name())
    return None if found == "binary" else found
