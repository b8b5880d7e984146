"""What a comparison finds, and what repairs it: plain values."""

from __future__ import annotations

from isotype.catalog.facts import Path, Value
from isotype.domain.values import frozen

MISSING = "missing"
DIFFERENT = "different"
EXTRA = "extra"
UNMANAGED = "unmanaged"


@frozen
class Difference:
    """One fact that is otherwise than expected.

    `attribute` is '' when it is about the object as a whole. `path` is where the expected side has the object, or the
    live one when nobody expects it. The ways:

        missing    expected, and not there
        different  there, with another value of `attribute`; attribute 'name': there under the name `actual`
        extra      not expected, within a table that is
        unmanaged  not expected, and within nothing that is
    """

    kind: str
    path: Path
    attribute: str
    way: str
    expected: Value = None
    actual: Value = None
    live: Path = ()
    """Where the live database has what stands for the object, when that is not `path`."""


@frozen
class Statement:
    """One statement that repairs, without its semicolon, in the place where it can run.

    `sql` is '' where only a person can decide; `note` says then, or for a statement that the data can refuse, why.
    `destructive` statements drop what nobody expects. `alone` ones are committed before the others start.
    """

    sql: str
    differences: tuple[Difference, ...]
    note: str = ""
    destructive: bool = False
    alone: bool = False
