"""How values travel: the forms JSON texts must have, and the Python values they become.

A class is called with Python values by attribute name: `BookCreate(page_count=3)`.
`model_validate` and `model_validate_json` take what came over the wire, by wire name.
Texts are judged before they are parsed; nothing is trimmed, rounded, sorted or coerced.
`model_dump_json` and `model_dump(mode="json")` write the canonical form of a value.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise
from math import isfinite
from types import NoneType
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar, get_args
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

T = TypeVar("T")
Number = int | float | Decimal
JsonSchema = dict[str, Any]


# Models


def camel(name: str) -> str:
    """`page_count` as `pageCount`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


class WireModel(BaseModel):
    """Python names attributes, JSON wire names; neither is taken for the other."""

    model_config = ConfigDict(
        defer_build=True, protected_namespaces=(), serialize_by_alias=True
    )

    def __init__(self, /, **values: Any) -> None:
        """Take Python values of exactly the annotated types, by attribute name."""
        self.__pydantic_validator__.validate_python(
            values, self_instance=self, strict=True, by_alias=False, by_name=True
        )

    # Without this mark JSON would be validated through the method above.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


class Input(WireModel):
    """What a caller sends: properties that are not named are refused."""

    model_config = ConfigDict(extra="forbid")

    REFUSED: ClassVar[Mapping[str, str]] = {}
    """Properties that exist elsewhere but not here, and why."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        schema = handler(source)
        if cls.REFUSED:
            part: Any = handler.resolve_ref_schema(schema)
            while part["type"] != "model-fields":
                if part["type"] == "model":
                    part["config"] |= {"extra_fields_behavior": "allow"}
                part = part["schema"]
            part["extra_behavior"] = "allow"
            part["extras_keys_schema"] = core_schema.no_info_plain_validator_function(
                cls._refuse
            )
        return schema

    @classmethod
    def _refuse(cls, name: str) -> str:
        if name in cls.REFUSED:
            context = {"name": name, "reason": cls.REFUSED[name]}
            raise PydanticCustomError("refused", "{name} {reason}", context)
        raise PydanticCustomError("extra_forbidden", "Extra inputs are not permitted")


class Output(WireModel):
    """What a service answers: properties that are not named are dropped."""

    model_config = ConfigDict(extra="ignore")


class CamelInput(Input):
    """An input whose wire names are the attributes in camel case."""

    model_config = ConfigDict(alias_generator=camel)


class CamelOutput(Output):
    """An output whose wire names are the attributes in camel case."""

    model_config = ConfigDict(alias_generator=camel)


class _NotNull:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        schema: Any = handler(source)
        inner: CoreSchema = schema["schema"]
        return inner


Nullable: TypeAlias = T | None
"""A T or null."""

Unset = Annotated[T | None, _NotNull()]
"""A T that may be absent: None stands for absence, and null is refused."""


def unset(*, alias: str | None = None, **settings: Any) -> Any:
    """A property that may be absent and is never null; left out when it is not set."""
    if alias is not None:
        settings |= {"validation_alias": alias, "serialization_alias": alias}
    return Field(default_factory=_none, exclude_if=_is_none, **settings)


def _none() -> None:
    return None


def _is_none(value: object) -> bool:
    return value is None


def check_rules(*rules: tuple[str, str, bool]) -> None:
    """Refuse with the messages of all rules (name, message, verdict) that do."""
    broken = {name: message for name, message, refused in rules if refused}
    if broken:
        context = {"rules": ", ".join(broken), "message": " ".join(broken.values())}
        raise PydanticCustomError("rule", "{message}", context)


def operand(model: BaseModel, *path: str, absent: object) -> Any:
    """What stands at a path of attributes; `absent` where nothing was given."""
    value: Any = model
    for attribute in path:
        if value is None:
            return None
        unset = attribute not in value.model_fields_set
        value = getattr(value, attribute)
        if unset and value is None:
            return absent
    return value


# Forms


class Form:
    """How a value looks on the wire, for `Annotated[int, …]`; null when it may be None."""

    def core(self) -> CoreSchema:
        """What judges and reads the value."""
        raise NotImplementedError

    def json(self) -> JsonSchema:
        """The same for readers of documents."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        schema = self.core()
        if NoneType in get_args(source):
            return core_schema.nullable_schema(schema)
        return schema

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchema:
        if schema["type"] == "nullable":
            return {"anyOf": [self.json(), {"type": "null"}]}
        return self.json()


_NO_NUL = r"^[^\x00]*$"


class TextForm(Form):
    """Text in which every one of the patterns is found; lengths count code points."""

    def __init__(
        self,
        *patterns: str,
        min_length: int | None = None,
        max_length: int | None = None,
        format: str = "",
    ) -> None:
        self.patterns = patterns
        self.min_length = min_length
        self.max_length = max_length
        self.format = format

    def core(self) -> CoreSchema:
        first, *others = [*self.patterns, _NO_NUL]
        text = core_schema.str_schema(
            strict=True,
            min_length=self.min_length,
            max_length=self.max_length,
            pattern=first,
        )
        found = (core_schema.str_schema(pattern=pattern) for pattern in others)
        return core_schema.chain_schema([text, *found]) if others else text

    def json(self) -> JsonSchema:
        schema: JsonSchema = {"type": "string"}
        if self.format:
            schema["format"] = self.format
        if self.min_length is not None:
            schema["minLength"] = self.min_length
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        if len(self.patterns) == 1:
            schema["pattern"] = self.patterns[0]
        elif self.patterns:
            schema["allOf"] = [{"pattern": pattern} for pattern in self.patterns]
        return schema


class _Bounded(Form):
    def __init__(
        self,
        *,
        ge: Number | None = None,
        gt: Number | None = None,
        le: Number | None = None,
        lt: Number | None = None,
    ) -> None:
        given = {"ge": ge, "gt": gt, "le": le, "lt": lt}
        self.bounds: dict[str, Any] = {
            name: bound for name, bound in given.items() if bound is not None
        }

    def json_bounds(self) -> JsonSchema:
        """The bounds in the words of JSON Schema."""
        return {
            _BOUND_WORDS[name]: int(bound) if bound == int(bound) else float(bound)
            for name, bound in self.bounds.items()
        }


_BOUND_WORDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}

# JSON has one kind of number: 1.0 is an integer, true and "1" are not.
_INTEGER = core_schema.union_schema(
    [
        core_schema.int_schema(strict=True),
        core_schema.chain_schema(
            [
                core_schema.float_schema(strict=True, allow_inf_nan=False),
                core_schema.int_schema(),
            ]
        ),
    ],
    mode="left_to_right",
    custom_error_type="integer",
    custom_error_message="Input should be an integer",
)


class IntegerForm(_Bounded):
    """A JSON number with an integer value."""

    def core(self) -> CoreSchema:
        bounds = core_schema.int_schema(**self.bounds)
        return core_schema.chain_schema([_INTEGER, bounds])

    def json(self) -> JsonSchema:
        return {"type": "integer", **self.json_bounds()}


class BigIntegerForm(_Bounded):
    """An integer of 64 bits as its decimal digits in a string."""

    def core(self) -> CoreSchema:
        bounds = {"ge": -(2**63), "le": 2**63 - 1} | self.bounds
        digits = core_schema.custom_error_schema(
            _text(r"^(0|-?[1-9][0-9]{0,18})$"),
            custom_error_type="big_integer",
            custom_error_message="Input should be an integer as a string of digits",
        )
        return core_schema.lax_or_strict_schema(
            lax_schema=core_schema.chain_schema(
                [digits, core_schema.int_schema(**bounds)]
            ),
            strict_schema=core_schema.int_schema(strict=True, **bounds),
            serialization=_written(str),
        )

    def json(self) -> JsonSchema:
        return {"type": "string", "pattern": "^(0|-?[1-9][0-9]{0,18})$"}


class FloatForm(_Bounded):
    """A finite JSON number."""

    def core(self) -> CoreSchema:
        return core_schema.float_schema(strict=True, allow_inf_nan=False, **self.bounds)

    def json(self) -> JsonSchema:
        return {"type": "number", **self.json_bounds()}


class DecimalForm(_Bounded):
    """An exact number as a string: `scale` of its `precision` digits follow the point."""

    def __init__(self, precision: int, scale: int, **bounds: Number) -> None:
        super().__init__(**bounds)
        self.precision = precision
        self.scale = scale
        rest = precision - scale - 1
        whole = "0" if rest < 0 else f"(0|[1-9][0-9]{{0,{rest}}})"
        self.pattern = f"^-?{whole}" + (rf"(\.[0-9]{{1,{scale}}})?$" if scale else "$")

    def core(self) -> CoreSchema:
        digits = core_schema.chain_schema(
            [_text(self.pattern), core_schema.decimal_schema()]
        )
        message = f"Input should be a {self._words()} in a string"
        read = _read("decimal", message, digits, self._instance())
        return core_schema.chain_schema(
            [read, core_schema.decimal_schema(**self.bounds)],
            serialization=_written(self._canonical),
        )

    def json(self) -> JsonSchema:
        return {"type": "string", "pattern": self.pattern}

    def _words(self) -> str:
        whole = self.precision - self.scale
        return f"decimal of at most {whole} digits before, {self.scale} after the point"

    def _instance(self) -> CoreSchema:
        return self._digits(strict=True)

    def _digits(self, strict: bool) -> CoreSchema:
        exact = core_schema.decimal_schema(
            strict=strict, max_digits=self.precision, decimal_places=self.scale
        )
        if self.precision > self.scale:
            return exact
        # Pydantic counts the zero before the point as a digit.
        zero = core_schema.decimal_schema(strict=strict, ge=Decimal(0), le=Decimal(0))
        return core_schema.union_schema([exact, zero], mode="left_to_right")

    def _canonical(self, value: Decimal) -> str:
        return format(value if value else Decimal(0), f".{self.scale}f")


class DecimalNumberForm(DecimalForm):
    """The same as a JSON number."""

    def core(self) -> CoreSchema:
        number = core_schema.chain_schema(
            [
                core_schema.float_schema(strict=True, allow_inf_nan=False),
                self._digits(strict=False),
            ]
        )
        read = _read(
            "decimal", f"Input should be a {self._words()}", number, self._instance()
        )
        return core_schema.chain_schema(
            [read, core_schema.decimal_schema(**self.bounds)],
            serialization=core_schema.plain_serializer_function_ser_schema(
                _json_number, when_used="json"
            ),
        )

    def json(self) -> JsonSchema:
        return {"type": "number", **self.json_bounds()}


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _text(pattern: str) -> CoreSchema:
    return core_schema.str_schema(strict=True, pattern=pattern)


def _written(spell: Callable[[Any], str]) -> core_schema.SerSchema:
    """The canonical text, in JSON only."""
    return core_schema.plain_serializer_function_ser_schema(
        spell, return_schema=core_schema.str_schema(), when_used="json"
    )


def _read(
    kind: str, message: str, wire: CoreSchema, instance: CoreSchema
) -> CoreSchema:
    """The wire form, or from Python a value that is one already; one message for both."""
    either = core_schema.union_schema([wire, instance], mode="left_to_right")
    return core_schema.custom_error_schema(
        core_schema.lax_or_strict_schema(
            lax_schema=core_schema.json_or_python_schema(
                json_schema=wire, python_schema=either
            ),
            strict_schema=instance,
        ),
        custom_error_type=kind,
        custom_error_message=message,
    )


class _TextValue(Form):
    """A value that travels as text: its form, how it is read, and how it is written."""

    def __init__(
        self,
        kind: str,
        pattern: str,
        parse: CoreSchema | Callable[[str], Any],
        instance: CoreSchema,
        write: Callable[[Any], str] | None,
        format: str,
    ) -> None:
        self.kind = kind
        self.pattern = pattern
        self.parse = parse
        self.instance = instance
        self.write = write
        self.format = format

    def core(self) -> CoreSchema:
        text = _text(self.pattern)
        wire = (
            core_schema.no_info_after_validator_function(self.parse, text)
            if callable(self.parse)
            else core_schema.chain_schema([text, self.parse])
        )
        schema: Any = _read(
            self.kind, f"Input should be {_WORDS[self.kind]}", wire, self.instance
        )
        if self.write is not None:
            schema["serialization"] = _written(self.write)
        checked: CoreSchema = schema
        return checked

    def json(self) -> JsonSchema:
        return {"type": "string", "format": self.format, "pattern": self.pattern}


_WORDS = {
    "timestamp": "an instant such as 2024-02-29T12:00:00Z, with an offset",
    "local_timestamp": "a date and time such as 2024-02-29T12:00:00, without an offset",
    "date": "a date such as 2024-02-29",
    "time": "a time such as 08:30:00",
    "duration": "a duration such as P1DT2H30M",
    "uuid": "a UUID with hyphens",
    "bytes": "base64 text with padding",
    "inet": "an IPv4 or IPv6 address",
}

_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_HOURS, _MINUTES = "[0-9]{1,9}H", "[0-9]{1,9}M"
_SECONDS = r"[0-9]{1,9}(\.[0-9]{1,6})?S"
_CLOCK = f"T({_HOURS}({_MINUTES})?({_SECONDS})?|{_MINUTES}({_SECONDS})?|{_SECONDS})"
_DURATION = f"^P([0-9]{{1,9}}D({_CLOCK})?|{_CLOCK})$"
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def _seconds(value: datetime | time) -> str:
    """The fewest of 0, 3 or 6 fraction digits that lose nothing."""
    if not value.microsecond:
        return (
            value.isoformat("seconds")
            if isinstance(value, time)
            else value.isoformat(timespec="seconds")
        )
    return value.isoformat(
        timespec="microseconds" if value.microsecond % 1000 else "milliseconds"
    )


def _write_timestamp(value: datetime) -> str:
    return _seconds(value.astimezone(UTC).replace(tzinfo=None)) + "Z"


def _write_duration(value: timedelta) -> str:
    if not value:
        return "PT0S"
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{seconds}" if seconds or value.microseconds else ""
    if value.microseconds % 1000:
        text += f".{value.microseconds:06}"
    elif value.microseconds:
        text += f".{value.microseconds // 1000:03}"
    clock = "".join(
        f"{part}{sign}"
        for part, sign in ((hours or "", "H"), (minutes or "", "M"), (text, "S"))
        if part
    )
    days = f"{value.days}D" if value.days else ""
    return f"P{days}T{clock}" if clock else f"P{days}"


def _write_bytes(value: bytes) -> str:
    return b64encode(value).decode()


def _parse_address(text: str) -> IPv4Address | IPv6Address:
    return ip_address(text)


def _write_address(value: IPv4Address | IPv6Address) -> str:
    if isinstance(value, IPv6Address) and value.ipv4_mapped is not None:
        return f"::ffff:{value.ipv4_mapped}"
    return str(value)


def _address(value: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(value, IPv6Address) and value.scope_id is not None:
        raise ValueError("an address has no zone")
    return value


Timestamp = Annotated[
    datetime,
    _TextValue(
        "timestamp",
        f"^{_DAY}T{_TIME}{_OFFSET}$",
        core_schema.datetime_schema(ge=_FIRST, le=_LAST),
        core_schema.datetime_schema(
            strict=True, tz_constraint="aware", ge=_FIRST, le=_LAST
        ),
        _write_timestamp,
        "date-time",
    ),
]
"""An instant; written in UTC."""

LocalTimestamp = Annotated[
    datetime,
    _TextValue(
        "local_timestamp",
        f"^{_DAY}T{_TIME}$",
        core_schema.datetime_schema(ge=datetime.min),
        core_schema.datetime_schema(strict=True, tz_constraint="naive"),
        _seconds,
        "local-date-time",
    ),
]
"""A date and time without offset."""

CalendarDate = Annotated[
    date,
    _TextValue(
        "date",
        f"^{_DAY}$",
        core_schema.date_schema(ge=date.min),
        core_schema.date_schema(strict=True),
        None,
        "date",
    ),
]

TimeOfDay = Annotated[
    time,
    _TextValue(
        "time",
        f"^{_TIME}$",
        core_schema.time_schema(),
        core_schema.time_schema(strict=True, tz_constraint="naive"),
        _seconds,
        "local-time",
    ),
]

Duration = Annotated[
    timedelta,
    _TextValue(
        "duration",
        _DURATION,
        core_schema.timedelta_schema(ge=timedelta(0)),
        core_schema.timedelta_schema(strict=True, ge=timedelta(0)),
        _write_duration,
        "duration",
    ),
]
"""An elapsed time; a day is 24 hours."""

Uuid = Annotated[
    UUID,
    _TextValue(
        "uuid",
        r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        core_schema.uuid_schema(),
        core_schema.uuid_schema(strict=True),
        None,
        "uuid",
    ),
]

Base64 = Annotated[
    bytes,
    _TextValue(
        "bytes",
        r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$",
        a2b_base64,
        core_schema.bytes_schema(strict=True),
        _write_bytes,
        "byte",
    ),
]

IpAddress = Annotated[
    IPv4Address | IPv6Address,
    _TextValue(
        "inet",
        r"^[0-9a-fA-F:.]+$",
        _parse_address,
        core_schema.no_info_after_validator_function(
            _address,
            core_schema.union_schema(
                [
                    core_schema.is_instance_schema(IPv4Address),
                    core_schema.is_instance_schema(IPv6Address),
                ]
            ),
        ),
        _write_address,
        "ip",
    ),
]

PlainText = Annotated[str, TextForm()]
Integer = Annotated[int, IntegerForm(ge=-(2**31), le=2**31 - 1)]
SmallInteger = Annotated[int, IntegerForm(ge=-(2**15), le=2**15 - 1)]
SafeInteger = Annotated[int, IntegerForm(ge=1 - 2**53, le=2**53 - 1)]
BigInteger = Annotated[int, BigIntegerForm()]
FiniteFloat = Annotated[float, FloatForm()]


class _Boolean(Form):
    def core(self) -> CoreSchema:
        return core_schema.bool_schema(strict=True)

    def json(self) -> JsonSchema:
        return {"type": "boolean"}


Boolean = Annotated[bool, _Boolean()]

_DEPTH = 64


class _AnyJson(Form):
    def core(self) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            _check_json, core_schema.any_schema()
        )

    def json(self) -> JsonSchema:
        kinds = ["array", "boolean", "number", "object", "string"]
        return {"type": kinds}


def _check_json(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("json", "Input should be JSON, and not null")
    _check_part(value, _DEPTH)
    return value


def _check_part(value: Any, room: int) -> None:
    kind = type(value)
    if kind is str:
        _check_text(value)
    elif kind is dict:
        _check_depth(room)
        for key, part in value.items():
            if type(key) is not str:
                raise PydanticCustomError("json", "Keys should be strings")
            _check_text(key)
            _check_part(part, room - 1)
    elif kind is list:
        _check_depth(room)
        for part in value:
            _check_part(part, room - 1)
    elif kind is int or kind is float:
        _check_number(value)
    elif kind is not bool and value is not None:
        raise PydanticCustomError("json", "Input should be JSON")


def _check_depth(room: int) -> None:
    if not room:
        message = "Input should nest at most {depth} deep"
        raise PydanticCustomError("json_depth", message, {"depth": _DEPTH})


def _check_text(text: str) -> None:
    if "\0" in text or not (text.isascii() or _SURROGATE.search(text) is None):
        message = "Text should hold neither U+0000 nor unpaired surrogates"
        raise PydanticCustomError("text", message)


def _check_number(value: float) -> None:
    try:
        finite = isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise PydanticCustomError("finite_number", "Input should be a finite number")


_SURROGATE = re.compile("[\ud800-\udfff]")

Json = Annotated[JsonValue, _AnyJson()]
"""Any JSON but null, at most 64 deep."""


class Items:
    """The number of items or keys; whether items are unique, and ascend with nulls last."""

    def __init__(
        self,
        *,
        min_length: int | None = None,
        max_length: int | None = None,
        unique: bool = False,
        ascending: bool = False,
    ) -> None:
        self.lengths = {
            name: length
            for name, length in (("min_length", min_length), ("max_length", max_length))
            if length is not None
        }
        self.checks = [
            check
            for check, wanted in (
                (_check_unique, unique),
                (_check_ascending, ascending),
            )
            if wanted
        ]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        schema: Any = handler(source)
        nullable = schema["type"] == "nullable"
        checked: CoreSchema = {
            **(schema["schema"] if nullable else schema),
            **self.lengths,
        }
        for check in self.checks:
            checked = core_schema.no_info_after_validator_function(check, checked)
        return core_schema.nullable_schema(checked) if nullable else checked

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchema:
        written = handler(schema)
        if _check_unique in self.checks:
            written.get("anyOf", [written])[0]["uniqueItems"] = True
        return written


class Entries(Items):
    """The number of keys of an object; of a key that is given twice the last value counts."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        # Pydantic reads JSON entry by entry, but hands a function a whole dict.
        schema = super().__get_pydantic_core_schema__(source, handler)
        return core_schema.no_info_before_validator_function(_whole, schema)


def _whole(value: Any) -> Any:
    return value


def _check_unique(items: list[Any]) -> list[Any]:
    try:
        unique = len(set(items)) == len(items)
    except TypeError:
        unique = False
    # Equal Python values may still differ in JSON: true and 1.
    if not unique and len(set(map(_identity, items))) < len(items):
        raise PydanticCustomError("unique_items", "No item should stand twice")
    return items


def _identity(value: Any) -> Any:
    """Equal for values with the same canonical form, and only for those."""
    if isinstance(value, dict):
        return frozenset((key, _identity(part)) for key, part in value.items())
    if isinstance(value, list):
        return tuple(map(_identity, value))
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    return (isinstance(value, bool), value)


def _check_ascending(items: list[Any]) -> list[Any]:
    known = [item for item in items if item is not None]
    ordered = all(left <= right for left, right in pairwise(known))
    if not ordered or None in items[: len(known)]:
        raise PydanticCustomError("ascending", "Items should ascend, null last")
    return items
