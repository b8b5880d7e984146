"""What columns hold: Python values of one kind each, in one physical form per database.

On PostgreSQL a value has the native type. On SQLite, whose tables are STRICT, it has the form
that the checks there ask for: exact decimals are integers in units of the last digit, instants
text of fixed width in UTC, arrays and documents JSON text.

A value that a database would change without a word is refused: nothing is rounded, trimmed or
moved to another time zone. An attribute also keeps the constraints of its column; a value that
a statement compares with need not. Values inside arrays and documents are replaced, not edited
in place.
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise
from math import inf, isfinite
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ClauseElement,
    Column,
    Computed,
    Constraint,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKeyConstraint,
    Index,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Table,
    TextClause,
    Time,
    TypeDecorator,
    literal_column,
)
from sqlalchemy import Boolean as NativeBoolean
from sqlalchemy import Integer as NativeInteger
from sqlalchemy import Text as NativeText
from sqlalchemy import Uuid as NativeUuid
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import TypeEngine, UserDefinedType

T = TypeVar("T")
N = TypeVar("N", int, float, Decimal)
E = TypeVar("E", bound=StrEnum)
Item = TypeVar("Item", Constraint, Index)
Address = IPv4Address | IPv6Address


class Spelled(TextClause):
    """SQL that the databases spell each in its own way; nothing in it is a parameter."""

    inherit_cache = False

    def __init__(self, postgresql: str, sqlite: str) -> None:
        self.text = self.postgresql = postgresql
        self.sqlite = sqlite
        self._bindparams = {}


@compiles(Spelled)
def _spell(element: Spelled, compiler: SQLCompiler, **options: Any) -> str:
    sqlite = compiler.dialect.name == "sqlite"
    text = element.sqlite if sqlite else element.postgresql
    return compiler.process(literal_column(text))


def sql(postgresql: str, sqlite: str | None = None) -> Spelled:
    """SQL as it stands; `sqlite` where SQLite spells it differently."""
    return Spelled(postgresql, postgresql if sqlite is None else sqlite)


def only_on(dialect: str, item: Item) -> Item:
    """A constraint or an index that the other database goes without."""
    item.ddl_if(dialect=dialect)
    item.info["only_on"] = dialect
    return item


def check(
    name: str, text: str, sqlite: str | None = None, *, only: str = ""
) -> Constraint:
    """A CHECK; `sqlite` where SQLite spells it differently, `only` where the other goes without.

    No naming convention changes its name.
    """
    constraint = CheckConstraint(sql(text, sqlite), name=conv(name))
    return only_on(only, constraint) if only else constraint


@compiles(ForeignKeyConstraint, "sqlite")
def _constrain(
    element: ForeignKeyConstraint, compiler: DDLCompiler, **options: Any
) -> str:
    plain = copy(element)
    if "(" in (element.ondelete or ""):
        # Where a deleted row nulls some columns of a reference, a trigger does it.
        plain.ondelete = None
    constrain: Callable[..., str] = compiler.visit_foreign_key_constraint
    return constrain(plain, **options)


class ComputedOnPostgres(Computed):
    """A value that SQLite cannot compute: a column that stays empty there."""

    def _copy(self, target_table: Table | None = None, **_: Any) -> ComputedOnPostgres:
        return ComputedOnPostgres(self.sqltext, persisted=self.persisted)


@compiles(ComputedOnPostgres)
def _compute(element: Computed, compiler: DDLCompiler, **options: Any) -> str:
    if compiler.dialect.name == "sqlite":
        return ""
    compute: Callable[..., str] = compiler.visit_computed_column
    return compute(element, **options)


@compiles(CreateColumn, "sqlite")
def _create(element: CreateColumn, compiler: DDLCompiler, **options: Any) -> str:
    create: Callable[..., str] = compiler.visit_create_column
    text = create(element, **options)
    if text and isinstance(element.element.computed, ComputedOnPostgres):
        return text.rstrip().removesuffix(" NOT NULL")
    return text


def judged(column: Column[Any], value: Any) -> Any:
    """The value for an attribute, when its column can hold it and it keeps the constraints."""
    if isinstance(value, ClauseElement):
        return value
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is never null")
        return None
    assert isinstance(column.type, Stored)
    try:
        return column.type.keep(value)
    except ValueError as error:
        raise ValueError(f"{column.name}: {error}") from None


class Physical(UserDefinedType[Any]):
    """A column type by its bare name."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


class Stored(TypeDecorator[T]):
    """A kind of value; None is NULL, also where the column has a default."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = NativeText
    should_evaluate_none = True
    sqlite = "TEXT"
    whole_key = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # SQLAlchemy looks for it on each class itself: what a type is made with is all it is.
        cls.cache_ok = True

    @abstractmethod
    def judge(self, value: Any) -> T:
        """The value itself, or a ValueError that says why it cannot be held."""

    def check(self, value: T) -> None:
        """Refuse a value that can be held with a ValueError that names the broken constraint."""

    def keep(self, value: Any) -> T:
        """The value itself, when it can be held and keeps the constraints."""
        held = self.judge(value)
        self.check(held)
        return held

    def native(self) -> TypeEngine[Any]:
        """The type on PostgreSQL."""
        return NativeText()

    def write(self, value: T) -> Any:
        """The form on SQLite."""
        return value

    def read(self, value: Any) -> T:
        """The value of a form on SQLite."""
        return self.judge(value)

    def write_item(self, value: T) -> Any:
        """The form inside a JSON array on SQLite."""
        return self.write(value)

    def read_item(self, value: Any) -> T:
        """The value of a form inside a JSON array on SQLite."""
        return self.read(value)

    def write_native(self, value: T) -> Any:
        """What the driver of PostgreSQL takes."""
        return value

    def read_native(self, value: Any) -> T:
        """The value of what the driver of PostgreSQL gives."""
        answer: T = value
        return answer

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "sqlite":
            return self.native()
        # INT, unlike INTEGER, does not make a key an alias of the counting rowid.
        counts = self.whole_key and self.sqlite == "INTEGER"
        return Physical("INT" if counts else self.sqlite)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        checked = self.judge(value)
        if dialect.name == "sqlite":
            return self.write(checked)
        return self.write_native(checked)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> T | None:
        if value is None:
            return None
        return self.read(value) if dialect.name == "sqlite" else self.read_native(value)


def _refuse(value: object, wanted: str) -> ValueError:
    return ValueError(f"{value!r} is not {wanted}")


def _plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse(value, "a text")
    if "\0" in value or _SURROGATE.search(value):
        raise ValueError("text holds neither U+0000 nor unpaired surrogates")
    return value


_SURROGATE = re.compile("[\ud800-\udfff]")


class Text(Stored[str]):
    """Text of at most `length` code points, in which every one of `patterns` is found."""

    def __init__(
        self,
        length: int | None = None,
        *patterns: str,
        min_length: int | None = None,
        max_length: int | None = None,
    ) -> None:
        super().__init__()
        self.length = length
        self.patterns = patterns
        self.min_length = min_length
        self.max_length = max_length

    def judge(self, value: Any) -> str:
        text = _plain_text(value)
        if self.length is not None and len(text) > self.length:
            raise ValueError(f"{value!r} is longer than {self.length}")
        return text

    def check(self, value: str) -> None:
        if self.min_length is not None and len(value) < self.min_length:
            raise ValueError(f"{value!r} is shorter than {self.min_length}")
        if self.max_length is not None and len(value) > self.max_length:
            raise ValueError(f"the text is longer than {self.max_length}")
        for pattern in self.patterns:
            if re.search(pattern, value) is None:
                raise ValueError(f"{value!r} does not match {pattern}")

    def native(self) -> TypeEngine[Any]:
        return NativeText() if self.length is None else String(self.length)


class Bounded(Stored[N]):
    """A number between bounds: at least `ge`, more than `gt`, at most `le`, less than `lt`."""

    def __init__(self, ge: N | None, gt: N | None, le: N | None, lt: N | None) -> None:
        super().__init__()
        self.ge: N | None = ge
        self.gt: N | None = gt
        self.le: N | None = le
        self.lt: N | None = lt

    def check(self, value: N) -> None:
        if self.ge is not None and value < self.ge:
            raise _refuse(value, f"at least {self.ge}")
        if self.gt is not None and value <= self.gt:
            raise _refuse(value, f"more than {self.gt}")
        if self.le is not None and value > self.le:
            raise _refuse(value, f"at most {self.le}")
        if self.lt is not None and value >= self.lt:
            raise _refuse(value, f"less than {self.lt}")


class Integer(Bounded[int]):
    """An integer of 16, 32 or 64 bits."""

    impl = NativeInteger
    sqlite = "INTEGER"

    def __init__(
        self,
        bits: int,
        key: bool = False,
        ge: int | None = None,
        gt: int | None = None,
        le: int | None = None,
        lt: int | None = None,
    ) -> None:
        super().__init__(ge, gt, le, lt)
        self.bits = bits
        self.whole_key = key

    def judge(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _refuse(value, "an integer")
        if not -(2 ** (self.bits - 1)) <= value < 2 ** (self.bits - 1):
            raise _refuse(value, f"an integer of {self.bits} bits")
        return value

    def native(self) -> TypeEngine[Any]:
        return {16: SmallInteger(), 64: BigInteger()}.get(self.bits, NativeInteger())


class ExactDecimal(Bounded[Decimal]):
    """A number of `precision` digits, `scale` of them after the point."""

    impl = Numeric
    _widest_integer = 18

    def __init__(
        self,
        precision: int,
        scale: int,
        key: bool = False,
        ge: Decimal | None = None,
        gt: Decimal | None = None,
        le: Decimal | None = None,
        lt: Decimal | None = None,
    ) -> None:
        super().__init__(ge, gt, le, lt)
        self.precision = precision
        self.scale = scale
        self.whole_key = key
        self.sqlite = "INTEGER" if precision <= self._widest_integer else "TEXT"
        self._digits = Context(prec=precision, traps=[Inexact, InvalidOperation])

    def judge(self, value: Any) -> Decimal:
        if isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if not isinstance(value, Decimal) or not value.is_finite():
            raise _refuse(value, "a finite decimal")
        try:
            exact = self._digits.quantize(value, Decimal(f"1E-{self.scale}"))
        except (Inexact, InvalidOperation):
            digits = f"{self.precision} digits, {self.scale} of them after the point"
            raise _refuse(value, f"a decimal of {digits}") from None
        # Minus zero is zero.
        return self._digits.plus(exact)

    def native(self) -> TypeEngine[Any]:
        return Numeric(self.precision, self.scale)

    def write(self, value: Decimal) -> Any:
        text = f"{value:f}"
        return text if self.sqlite == "TEXT" else int(text.replace(".", ""))

    def read(self, value: Any) -> Decimal:
        if isinstance(value, str):
            return Decimal(value)
        # An average of units may come with a fraction; a decimal has none below its units.
        return Decimal(f"{round(value)}E-{self.scale}")


class Float(Bounded[float]):
    """A finite number in double precision."""

    impl = Double
    sqlite = "REAL"

    def __init__(
        self,
        ge: float | None = None,
        gt: float | None = None,
        le: float | None = None,
        lt: float | None = None,
    ) -> None:
        super().__init__(ge, gt, le, lt)

    def judge(self, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _refuse(value, "a number")
        if not isfinite(value):
            raise _refuse(value, "a finite number")
        # Minus zero is zero.
        return value + 0.0

    def native(self) -> TypeEngine[Any]:
        return Double()

    def read_native(self, value: Any) -> float:
        return self.judge(value)


class Boolean(Stored[bool]):
    """True or false; 1 or 0 on SQLite."""

    impl = NativeBoolean
    sqlite = "INTEGER"

    def __init__(self, key: bool = False) -> None:
        super().__init__()
        self.whole_key = key

    def judge(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise _refuse(value, "true or false")
        return value

    def native(self) -> TypeEngine[Any]:
        return NativeBoolean()

    def read(self, value: Any) -> bool:
        return bool(value)


class Timestamp(Stored[datetime]):
    """An instant; Python sees it in UTC."""

    impl = DateTime

    def judge(self, value: Any) -> datetime:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise _refuse(value, "an instant: a datetime with a time zone")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise _refuse(value, "an instant of the years 1 to 9999") from None

    def native(self) -> TypeEngine[Any]:
        return DateTime(timezone=True)

    def write(self, value: datetime) -> Any:
        return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def read(self, value: Any) -> datetime:
        return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)

    def read_native(self, value: Any) -> datetime:
        instant: datetime = value
        return instant.astimezone(UTC)


class LocalTimestamp(Stored[datetime]):
    """A date and a time without a zone."""

    impl = DateTime

    def judge(self, value: Any) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is not None:
            raise _refuse(value, "a datetime without a time zone")
        return value

    def native(self) -> TypeEngine[Any]:
        return DateTime(timezone=False)

    def write(self, value: datetime) -> Any:
        return value.isoformat(timespec="microseconds")

    def read(self, value: Any) -> datetime:
        return datetime.fromisoformat(value)


class CalendarDate(Stored[date]):
    """A day."""

    impl = Date

    def judge(self, value: Any) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise _refuse(value, "a date")
        return value

    def native(self) -> TypeEngine[Any]:
        return Date()

    def write(self, value: date) -> Any:
        return value.isoformat()

    def read(self, value: Any) -> date:
        return date.fromisoformat(value)


class TimeOfDay(Stored[time]):
    """A time of day without a zone."""

    impl = Time

    def judge(self, value: Any) -> time:
        if not isinstance(value, time) or value.tzinfo is not None:
            raise _refuse(value, "a time without a time zone")
        return value

    def native(self) -> TypeEngine[Any]:
        return Time()

    def write(self, value: time) -> Any:
        return value.isoformat(timespec="microseconds")

    def read(self, value: Any) -> time:
        return time.fromisoformat(value)


class Duration(Stored[timedelta]):
    """An elapsed time; a day is 24 hours."""

    impl = Interval

    def judge(self, value: Any) -> timedelta:
        if not isinstance(value, timedelta) or value < timedelta(0):
            raise _refuse(value, "an elapsed time")
        return value

    def native(self) -> TypeEngine[Any]:
        return postgresql.INTERVAL()

    def write(self, value: timedelta) -> Any:
        minutes, seconds = divmod(value.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        clock = f"{hours:02}H{minutes:02}M{seconds:02}.{value.microseconds:06}S"
        return f"P{value.days:09}DT{clock}"

    def read(self, value: Any) -> timedelta:
        numbers = map(int, re.findall("[0-9]+", value))
        days, hours, minutes, seconds, microseconds = numbers
        return timedelta(days, seconds, microseconds, 0, minutes, hours)


class Uuid(Stored[UUID]):
    """A UUID of any version."""

    impl = NativeUuid

    def judge(self, value: Any) -> UUID:
        if not isinstance(value, UUID):
            raise _refuse(value, "a UUID")
        return value

    def native(self) -> TypeEngine[Any]:
        return NativeUuid()

    def write(self, value: UUID) -> Any:
        return str(value)

    def read(self, value: Any) -> UUID:
        return UUID(value)


class Binary(Stored[bytes]):
    """Bytes."""

    impl = LargeBinary
    sqlite = "BLOB"

    def judge(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise _refuse(value, "bytes")
        return value

    def native(self) -> TypeEngine[Any]:
        return LargeBinary()

    def read_native(self, value: Any) -> bytes:
        return bytes(value)

    def write_item(self, value: bytes) -> Any:
        return b64encode(value).decode()

    def read_item(self, value: Any) -> bytes:
        return b64decode(value)


class IpAddress(Stored[Address]):
    """An IPv4 or IPv6 address, without a network."""

    def judge(self, value: Any) -> Address:
        zone = isinstance(value, IPv6Address) and value.scope_id is not None
        if not isinstance(value, Address) or zone:
            raise _refuse(value, "an IPv4 or IPv6 address without a zone")
        return value

    def native(self) -> TypeEngine[Any]:
        return postgresql.INET()

    def write(self, value: Address) -> Any:
        if isinstance(value, IPv6Address) and value.ipv4_mapped is not None:
            return f"::ffff:{value.ipv4_mapped}"
        return str(value)

    def read(self, value: Any) -> Address:
        return ip_address(value)

    def write_native(self, value: Address) -> Any:
        return str(value)

    def read_native(self, value: Any) -> Address:
        # One driver gives addresses, another one networks of one address.
        return self.read(str(value).partition("/")[0])


class Json(Stored[Any]):
    """Any JSON but null, as it is on the wire."""

    impl = postgresql.JSONB
    _deepest: float = 64

    def judge(self, value: Any) -> Any:
        self._judge_part(value, self._deepest)
        return value

    def _judge_part(self, value: Any, room: float) -> None:
        if isinstance(value, dict | list) and not room:
            raise ValueError(f"JSON nests at most {self._deepest} deep")
        match value:
            case str():
                _plain_text(value)
            case dict():
                for name, part in value.items():
                    _plain_text(name)
                    self._judge_part(part, room - 1)
            case list():
                for part in value:
                    self._judge_part(part, room - 1)
            case int() | None:
                pass
            case float() if isfinite(value):
                pass
            case _:
                raise _refuse(value, "JSON")

    def native(self) -> TypeEngine[Any]:
        return postgresql.JSONB(none_as_null=True)

    def write(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def read(self, value: Any) -> Any:
        return json.loads(value)

    def write_item(self, value: Any) -> Any:
        return value

    def read_item(self, value: Any) -> Any:
        return value


class Document(Json):
    """A JSON object; how deep its parts nest is for their own types to say."""

    _deepest = inf

    def judge(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _refuse(value, "a JSON object")
        checked: dict[str, Any] = super().judge(value)
        return checked


class Entries(Document):
    """A JSON object with keys of the caller's own; its values are any JSON, or `typed`."""

    def __init__(
        self,
        max_items: int | None = None,
        nullable_values: bool = False,
        typed: bool = False,
    ) -> None:
        super().__init__()
        self.max_items = max_items
        self.nullable_values = nullable_values
        self._deepest = inf if typed else Json._deepest + 1

    def check(self, value: dict[str, Any]) -> None:
        if self.max_items is not None and len(value) > self.max_items:
            raise ValueError(f"the object has more than {self.max_items} entries")
        if None in value.values() and not self.nullable_values:
            raise ValueError("a value of the object is null")


class Array(Stored[list[Any]]):
    """A list of items of one kind; `ascending` items may be equal.

    Items that are `unique` or `ascending` are neither null nor documents.
    """

    impl = postgresql.ARRAY

    def __init__(
        self,
        item: Stored[Any],
        nullable_items: bool = False,
        min_items: int | None = None,
        max_items: int | None = None,
        unique: bool = False,
        ascending: bool = False,
    ) -> None:
        super().__init__(item.native())
        self.item = item
        self.nullable_items = nullable_items
        self.min_items = min_items
        self.max_items = max_items
        self.unique = unique
        self.ascending = ascending

    def judge(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _refuse(value, "a list")
        if None in value and not self.nullable_items:
            raise ValueError("an item of the list is null")
        return [None if item is None else self.item.judge(item) for item in value]

    def check(self, value: list[Any]) -> None:
        if self.min_items is not None and len(value) < self.min_items:
            raise ValueError(f"the list has fewer than {self.min_items} items")
        if self.max_items is not None and len(value) > self.max_items:
            raise ValueError(f"the list has more than {self.max_items} items")
        for item in value:
            if item is not None:
                self.item.check(item)
        if self.unique and len(set(value)) < len(value):
            raise ValueError("an item stands twice")
        if self.ascending and any(left > right for left, right in pairwise(value)):
            raise ValueError("the items do not ascend")

    def native(self) -> TypeEngine[Any]:
        return postgresql.ARRAY(self.item.native(), dimensions=1)

    def write(self, value: list[Any]) -> Any:
        items = [None if item is None else self.item.write_item(item) for item in value]
        return json.dumps(items, ensure_ascii=False, separators=(",", ":"))

    def read(self, value: Any) -> list[Any]:
        items = json.loads(value)
        return [None if item is None else self.item.read_item(item) for item in items]

    def write_native(self, value: list[Any]) -> Any:
        return [
            None if item is None else self.item.write_native(item) for item in value
        ]

    def read_native(self, value: Any) -> list[Any]:
        return [None if item is None else self.item.read_native(item) for item in value]


class Choice(Stored[E], Generic[E]):
    """A member of an enum, stored as its value; `type_name` is a type of PostgreSQL."""

    def __init__(
        self,
        values: type[E],
        length: int | None = None,
        type_name: str | None = None,
        schema: str | None = None,
    ) -> None:
        super().__init__()
        self.values = values
        self.length = length
        self.type_name = type_name
        self.schema = schema

    def judge(self, value: Any) -> E:
        try:
            return self.values(value)
        except ValueError:
            raise _refuse(value, f"one of {', '.join(self.values)}") from None

    def native(self) -> TypeEngine[Any]:
        if self.type_name is None:
            return NativeText() if self.length is None else String(self.length)
        return postgresql.ENUM(
            *(member.value for member in self.values),
            name=self.type_name,
            schema=self.schema,
            create_type=False,
        )

    def write(self, value: E) -> Any:
        return value.value

    def write_native(self, value: E) -> Any:
        return value.value

    def read_native(self, value: Any) -> E:
        return self.values(value)


class Opaque(Stored[str]):
    """A type of PostgreSQL by its name; its values are texts as that type spells them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def judge(self, value: Any) -> str:
        return _plain_text(value)

    def native(self) -> TypeEngine[Any]:
        return Physical(self.name)

    def read_native(self, value: Any) -> str:
        return str(value)
