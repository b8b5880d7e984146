"""Which entry of the ledger says why a target takes what the schema refuses.

The ledger is made by printers alone; here stands only what of a value each of its constructs is about. An entry
excuses a target for taking a value, never for refusing one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from isotype.conformance.foreign import is_foreign
from isotype.dialects.expressions import sqlite as sqlite_rules
from isotype.dialects.expressions.calls import INEXACT, inexact
from isotype.dialects.json_schema import EQUAL_AS_JSON
from isotype.dialects.sqlite.documents import EXACT_DOUBLE, FORMS_LEFT_OPEN
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.patterns import Pattern
from isotype.domain.types import Array, Map, ObjectType, Scalar, Type
from isotype.layers.models.types import holds_parts
from isotype.layers.sql.guards import is_readable
from isotype.probes import Probe, Refusal
from isotype.probes.forms import canonical
from isotype.probes.logic import finds
from isotype.probes.rows import Row, is_document
from isotype.probes.texts import patterns_of
from isotype.shapes import Shapes
from isotype.shapes.model import Shape

Construct = tuple[str, str]
"""A target and what it cannot say."""


class Case(NamedTuple):
    """One reason for a refusal among all there are, the row that shows it (None for JSON), and what type is refused.

    `along` are the objects of typed JSON on the way to what is refused, each with the length of the path to it.
    `inexact` says that it is refused by a rule over a quotient, or over what is rounded.
    """

    refusal: Refusal
    others: tuple[Refusal, ...]
    row: Row | None
    of: Type | None
    column: Type | None
    along: tuple[tuple[int, Shape], ...] = ()
    inexact: bool = False

    @property
    def inside(self) -> bool:
        """Whether it stands inside a column of JSON."""
        return self.column is not None and is_document(_item(self.column))


Explains = Callable[[Case], bool]
_ADDRESS = re.compile("[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*")
"""Signs of an IPv6 address."""


def _is(*words: str, of: Iterable[str] = ()) -> Explains:
    kinds = frozenset(of)
    return lambda case: case.refusal.constraint in words and (not kinds or case.refusal.of in kinds)


def _rule(case: Case) -> bool:
    return case.refusal.constraint.startswith("rule:")


def _spelled(case: Case) -> bool:
    """Equal items of a type whose values can be written in more than one way."""
    of = case.refusal.of
    as_json = of.removesuffix(" number") in EQUAL_AS_JSON or of in ("enum", "decimal number")
    return case.refusal.constraint == "unique_items" and not as_json


def _cut(case: Case) -> bool:
    """Blanks are cut before anything else is judged."""
    padded = any(one.constraint == "padding" and one.path == case.refusal.path for one in case.others)
    return not case.inside and padded and case.refusal.constraint in ("padding", "pattern", "form")


def _rounded(case: Case) -> bool:
    """A number is rounded before anything else is judged."""
    beyond = any(one.constraint == "digits" and one.path == case.refusal.path for one in case.others)
    return not case.inside and beyond and case.refusal.constraint in ("digits", "range", "size")


def _loose(case: Case) -> bool:
    """A pattern that SQLite has no words for."""
    if case.refusal.constraint not in ("pattern", "form") or not isinstance(case.of, Scalar):
        return False
    cell = None if case.row is None or len(case.refusal.path) != 1 else case.row.cells[case.refusal.path[0]]
    broken = [pattern for pattern in patterns_of(case.of) if cell is None or not finds(pattern, str(cell.value))]
    unsaid = list(map(_is_unsaid, broken))
    return any(unsaid) and (cell is None or all(unsaid))


@cache
def _is_unsaid(pattern: Pattern) -> bool:
    return isinstance(sqlite_condition(pattern, "x"), NotExpressible)


def _wide(case: Case, most: int) -> bool:
    """The range of a decimal of more digits."""
    of = case.of
    return _is("range")(case) and isinstance(of, Scalar) and of.base == "decimal" and of.precision > most


def _wide_column(case: Case) -> bool:
    return not case.inside and _wide(case, WIDEST_INTEGER)


def _parts(case: Case) -> bool:
    return case.column is not None and holds_parts(case.column) and not _own(case)


def _own(case: Case) -> bool:
    """Whether the column itself, not a part of it, is at fault."""
    depth = len(case.refusal.path)
    if case.refusal.constraint == "null":
        # Values of a map and items of an array are never null unbeknown to it.
        return depth < (3 if isinstance(case.column, Map | Array) else 2)
    return depth < 2 and case.refusal.constraint != "depth" and not _rule(case)


def _address(case: Case) -> bool:
    """Signs of an IPv6 address, of which SQLite does not see whether they are one."""
    if case.row is None or case.inside or not (isinstance(case.of, Scalar) and case.of.base == "inet"):
        return False
    cell = case.row.cells.get(case.refusal.path[0])
    if cell is None or not isinstance(cell.foreign, str):
        return False
    return all(map(_of_address, _texts(cell.foreign) if isinstance(case.column, Array) else [cell.foreign]))


def _of_address(text: object) -> bool:
    if not isinstance(text, str):
        return text is None
    return _ADDRESS.fullmatch(text) is not None or canonical("inet", text) == text


def _texts(array: str) -> Sequence[object]:
    """What a column that holds an array stores; what is no array has no signs of an address."""
    try:
        found = json.loads(array)
    except ValueError:
        return [array]
    return found if isinstance(found, list) else [array]


def _recurs(case: Case) -> bool:
    """Whether it is below an object that stands in its like, or a rule of such a one."""
    names = [shape.name for _, shape in case.along]
    repeated = next((length for place, (length, shape) in enumerate(case.along) if shape.name in names[:place]), None)
    return repeated is not None and (repeated < len(case.refusal.path) or _rule(case))


def _unreadable(case: Case) -> bool:
    """A rule of an object that reads what SQLite cannot read out of JSON."""
    if not _rule(case) or not case.along:
        return False
    _, shape = case.along[-1]
    types = {prop.name: prop.type for prop in shape.properties}
    read = (one.wire for rule in shape.rules if case.refusal.constraint == f"rule:{rule.name}" for one in rule.operands)
    return not all(is_readable(types[wire[0]]) for wire in read if wire)


def _unsaid(construct: str) -> Explains:
    """A rule that SQLite cannot say, for this very reason."""

    def explains(case: Case) -> bool:
        if not _rule(case) or case.row is None:
            return False
        name = case.refusal.constraint.removeprefix("rule:")
        for check in case.row.table.checks:
            if check.name == name and check.expression is not None:
                printed = sqlite_rules.print_expression(check.expression, lambda column: column, context="trigger")
                return isinstance(printed, NotExpressible) and printed.construct == construct
        return False

    return explains


EXPLAINS: dict[Construct, Explains] = {
    ("json_schema", "rules"): _rule,
    ("json_schema", "text"): _is("surrogate"),
    ("json_schema", "json"): _is("depth", "text", "surrogate", "number", of=("json",)),
    ("json_schema", "bounds of decimals"): _is("range", of=("decimal", "bigint")),
    ("json_schema", "decimal with wire: number"): _is("digits", of=("decimal number",)),
    ("json_schema", "timestamp"): _is("range", of=("timestamp",)),
    ("json_schema", "duration"): _is("range", of=("duration",)),
    ("json_schema", "sorted"): _is("sorted"),
    ("json_schema", "unique_items of values with several spellings"): _spelled,
    ("postgres", "string(n)"): _cut,
    ("postgres", "decimal(p,s)"): _rounded,
    ("postgres", "guards: off"): lambda case: case.row is not None and is_foreign(case.row),
    ("sqlite", "pattern"): lambda case: _loose(case) or _unsaid("pattern")(case),
    ("sqlite", "range of a wide decimal"): _wide_column,
    ("sqlite", "wide decimal inside JSON"): lambda case: _wide(case, EXACT_DOUBLE) and case.inside,
    ("sqlite", "text form inside JSON"): lambda case: case.inside and _is("form", "range", of=FORMS_LEFT_OPEN)(case),
    ("sqlite", "inet"): _address,
    ("sqlite", "json"): lambda case: case.inside and _is("surrogate", "number", "depth")(case),
    ("sqlite", "recursive typed JSON"): lambda case: case.inside and _recurs(case),
    ("sqlite", "rule of typed JSON"): lambda case: case.inside and _unreadable(case),
    **{
        ("sqlite", gap.construct): _unsaid(gap.construct)
        for gap in (
            *(sqlite_rules.WIDE_VALUE, sqlite_rules.ARRAY_ITEMS, sqlite_rules.ARRAY_VALUE),
            *(sqlite_rules.OPEN_QUOTIENT, sqlite_rules.TOO_LONG),
        )
    },
    # The bounds of a column are rules of its table.
    ("sqlite", sqlite_rules.WIDE_DECIMAL.construct): lambda case: (
        _wide_column(case) or _unsaid(sqlite_rules.WIDE_DECIMAL.construct)(case)
    ),
    ("models", "typed JSON"): _parts,
    **{(target, INEXACT): lambda case: case.inexact for target in ("python", "typescript")},
}
"""What each construct is about, where that is a value; other entries of the ledger are not."""

MADE_FROM = {"datamodel": ("json_schema",), "models": ("models", "python"), "zod": ("zod", "typescript")}
"""Targets that are made from what another says, or in its language: what that one cannot express, they cannot know."""


class Excuses:
    """The entries of one domain's ledger that are about values.

    `used` are those that explained a value, `unshown` those that explained none of their own target.
    """

    def __init__(self, ledger: Iterable[NotExpressible], shapes: Shapes) -> None:
        self._shapes = shapes
        self.entries = {(gap.target, gap.construct): gap for gap in ledger if (gap.target, gap.construct) in EXPLAINS}
        self.used: set[Construct] = set()
        self.unshown = set(self.entries)

    def explain(self, target: str, probe: Probe, refusals: Sequence[Refusal], rows: bool) -> str:
        """The construct by which a target takes what is refused so; '' when one of the reasons has no excuse."""
        found: list[Construct] = []
        says = MADE_FROM.get(target, (target,))
        row = probe.row if rows else None
        for refusal in refusals:
            found_at = self._found(_column(row, refusal), refusal.path[1:])
            case = Case(refusal, tuple(refusals), row, *found_at, self._is_inexact(probe, refusal))
            excuse = next((key for key in self.entries if key[0] in says and EXPLAINS[key](case)), None)
            if excuse is None:
                return ""
            found.append(excuse)
        self.used.update(found)
        if target in says:
            self.unshown.difference_update(found)
        return found[0][1] if found else ""

    def _is_inexact(self, probe: Probe, refusal: Refusal) -> bool:
        """Whether the rule that refuses divides or rounds."""
        if not refusal.constraint.startswith("rule:"):
            return False
        name, shape = refusal.constraint.removeprefix("rule:"), self._shapes.by_name.get(probe.shape)
        trees = [rule.expression for rule in shape.rules if rule.name == name] if shape is not None else []
        if probe.row is not None:
            checks = (check for check in probe.row.table.checks if check.name == name)
            trees += [check.expression for check in checks if check.expression is not None]
        return any(inexact(tree, "") for tree in trees)

    def _found(
        self, column: Type | None, path: Sequence[str]
    ) -> tuple[Type | None, Type | None, tuple[tuple[int, Shape], ...]]:
        """The type at a path inside a column's value, the column's own, and the objects on the way."""
        of, along = column, list(self._objects(column, 1))
        for length, name in enumerate(path, 2):
            match of:
                case Array(item=inner) | Map(value=inner):
                    of = inner
                case ObjectType(name=held):
                    properties = self._shapes.shape(held).properties
                    of = next((prop.type for prop in properties if prop.name == name), None)
                case _:
                    break
            along += self._objects(of, length)
        return _item(of) if of is not None else None, column, tuple(along)

    def _objects(self, of: Type | None, length: int) -> Iterator[tuple[int, Shape]]:
        if isinstance(of, ObjectType):
            yield length, self._shapes.shape(of.name)


def _item(of: Type) -> Type:
    return of.item if isinstance(of, Array) else of


def _column(row: Row | None, refusal: Refusal) -> Type | None:
    if row is None or not refusal.path:
        return None
    return next((column.type for column in row.table.columns if column.name == refusal.path[0]), None)
