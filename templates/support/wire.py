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
from decimal import Context, Decimal
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import isfinite
from sys import float_info
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
    words = settings.pop("json_schema_extra", {})
    return Field(
        default=None,
        exclude_if=_is_none,
        json_schema_extra=partial(_without_default, words=words),
        **settings,
    )


def _without_default(schema: JsonSchema, words: JsonSchema) -> None:
    del schema["default"]
    schema.update(words)


def _is_none(value: object) -> bool:
    return value is None


def broken_rules(messages: Mapping[str, str]) -> PydanticCustomError:
    """What is raised for a value that breaks the rules of these names."""
    context = {"rules": ", ".join(messages), "message": " ".join(messages.values())}
    return PydanticCustomError("rule", "{message}", context)


def operand(model: BaseModel, *path: str, absent: object) -> Any:
    """What stands at a path of attributes; `absent` where nothing was given."""
    value: Any = model
    for attribute in path:
        if value is None:
            return None
        if attribute not in value.model_fields_set:
            return absent
        value = getattr(value, attribute)
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


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("text", "Text should not hold U+0000")
    return text


class TextForm(Form):
    """Text in which every one of the patterns is found; lengths count code points."""

    holds_nul = True
    """Whether a text with U+0000 could pass lengths and patterns."""

    def __init__(
        self,
        pattern: str | None = None,
        /,
        *others: str,
        min_length: int | None = None,
        max_length: int | None = None,
        format: str = "",
    ) -> None:
        self.pattern = pattern
        self.others = others
        self.min_length = min_length
        self.max_length = max_length
        self.format = format

    def core(self) -> CoreSchema:
        # A bound on the length, even 0, has unpaired surrogates refused.
        text: CoreSchema = core_schema.str_schema(
            strict=True,
            min_length=self.min_length or 0,
            max_length=self.max_length,
            pattern=self.pattern,
        )
        text = core_schema.chain_schema([text, *map(_text, self.others)])
        if not self.holds_nul:
            return text
        return core_schema.no_info_after_validator_function(_without_nul, text)

    def json(self) -> JsonSchema:
        schema: JsonSchema = {"type": "string"}
        if self.format:
            schema["format"] = self.format
        if self.min_length is not None:
            schema["minLength"] = self.min_length
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        if self.others:
            patterns = (self.pattern, *self.others)
            schema["allOf"] = [{"pattern": pattern} for pattern in patterns]
        elif self.pattern is not None:
            schema["pattern"] = self.pattern
        return schema


class WholeTextForm(TextForm):
    """Text that a pattern describes from end to end, which leaves no room for U+0000."""

    holds_nul = False


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
    """A finite JSON number; minus zero is zero."""

    def core(self) -> CoreSchema:
        finite = core_schema.float_schema(
            strict=True, allow_inf_nan=False, **self.bounds
        )
        return core_schema.no_info_after_validator_function((0.0).__add__, finite)

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
            [read, *self._bounded()], serialization=_written(self._canonical)
        )

    def json(self) -> JsonSchema:
        return {"type": "string", "pattern": self.pattern}

    def _bounded(self) -> list[CoreSchema]:
        return [core_schema.decimal_schema(**self.bounds)] if self.bounds else []

    def _words(self) -> str:
        whole = self.precision - self.scale
        return f"decimal of at most {whole} digits before, {self.scale} after the point"

    def _instance(self) -> CoreSchema:
        exact = core_schema.decimal_schema(
            strict=True, max_digits=self.precision, decimal_places=self.scale
        )
        if self.precision > self.scale:
            return exact
        # Pydantic counts the zero before the point as a digit.
        zero = core_schema.decimal_schema(strict=True, ge=Decimal(0), le=Decimal(0))
        return core_schema.union_schema([exact, zero], mode="left_to_right")

    def _canonical(self, value: Decimal) -> str:
        return format(value if value else Decimal(0), f".{self.scale}f")


class DecimalNumberForm(DecimalForm):
    """The same as a JSON number."""

    def core(self) -> CoreSchema:
        message = f"Input should be a {self._words()}"
        finite = core_schema.float_schema(strict=True, allow_inf_nan=False)
        exact = core_schema.no_info_plain_validator_function(self._reader(message))
        bounds = self._bounded()
        # Doubles compare as decimals of at most 15 digits do, and faster.
        steps: tuple[CoreSchema, ...]
        limits: dict[str, Any] = {name: float(of) for name, of in self.bounds.items()}
        if all(Decimal(f"{limits[name]:.15g}") == self.bounds[name] for name in limits):
            steps = (finite, core_schema.float_schema(**limits), exact)
        else:
            steps = (finite, exact, *bounds)
        wire = core_schema.chain_schema([finite, exact])
        read = _read("decimal", message, wire, self._instance())
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([*steps]),
            python_schema=core_schema.chain_schema([read, *bounds]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _json_number, when_used="json"
            ),
        )

    def json(self) -> JsonSchema:
        return {"type": "number", **self.json_bounds()}

    def _reader(self, message: str) -> Callable[[float], Decimal]:
        unit = 10.0**self.scale
        limit = 10.0 ** (self.precision - self.scale)
        last = Decimal(1).scaleb(-self.scale)
        multiply = Context(prec=15).multiply

        def read(value: float) -> Decimal:
            # A number of at most 15 digits is the double nearest to a whole number of
            # units, and no other double is.
            if -limit < value < limit:
                units = round(value * unit)
                if units / unit == value:
                    return multiply(units, last)
            raise PydanticCustomError("decimal", "{message}", {"message": message})

        return read


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _text(pattern: str) -> CoreSchema:
    return core_schema.str_schema(strict=True, pattern=pattern)


def _in_two_steps(pattern: str, parse: CoreSchema) -> CoreSchema:
    return core_schema.chain_schema([_text(pattern), parse])


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
    """A value that travels as text: its form, how it is read, and how it is written.

    `usual` reads most texts of the form, and reads them faster.
    """

    def __init__(
        self,
        kind: str,
        pattern: str,
        parse: CoreSchema | Callable[[str], Any],
        instance: CoreSchema,
        write: Callable[[Any], str] | None,
        format: str,
        usual: CoreSchema | None = None,
    ) -> None:
        self.kind = kind
        self.pattern = pattern
        self.parse = parse
        self.instance = instance
        self.write = write
        self.format = format
        self.usual = usual

    def core(self) -> CoreSchema:
        text = _text(self.pattern)
        wire: CoreSchema = (
            core_schema.no_info_after_validator_function(self.parse, text)
            if callable(self.parse)
            else core_schema.chain_schema([text, self.parse])
        )
        if self.usual is not None:
            wire = core_schema.union_schema([self.usual, wire], mode="left_to_right")
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
_MOST_YEARS = "(000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_HOURS, _MINUTES = "[0-9]{1,9}H", "[0-9]{1,9}M"
_SECONDS = r"[0-9]{1,9}(\.[0-9]{1,6})?S"
_CLOCK = f"T({_HOURS}({_MINUTES})?({_SECONDS})?|{_MINUTES}({_SECONDS})?|{_SECONDS})"
_DURATION = f"^P([0-9]{{1,9}}D({_CLOCK})?|{_CLOCK})$"
_PARTS = re.compile(
    r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?"
)
_USUAL_DAY = _DAY.replace("[0-9]{4}", _MOST_YEARS)
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


def _with_fixed_offset(value: datetime) -> datetime:
    """The instant in UTC when its zone changes clocks: two such do not compare."""
    zone = value.tzinfo
    fixed = zone is not None and zone.utcoffset(None) is not None
    return value if fixed else value.astimezone(UTC)


def _write_timestamp(value: datetime) -> str:
    return _seconds(value.astimezone(UTC).replace(tzinfo=None)) + "Z"


def _parse_duration(text: str) -> timedelta:
    found = _PARTS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:4])
    fraction = int((found[5] or "").ljust(6, "0"))
    try:
        return timedelta(days, seconds, fraction, 0, minutes, hours)
    except OverflowError as error:
        raise ValueError(text) from error


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
        core_schema.no_info_after_validator_function(
            _with_fixed_offset,
            core_schema.datetime_schema(
                strict=True, tz_constraint="aware", ge=_FIRST, le=_LAST
            ),
        ),
        _write_timestamp,
        "date-time",
        usual=_in_two_steps(
            f"^{_USUAL_DAY}T{_TIME}{_OFFSET}$", core_schema.datetime_schema()
        ),
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
        usual=_in_two_steps(f"^{_USUAL_DAY}T{_TIME}$", core_schema.datetime_schema()),
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
        usual=_in_two_steps(f"^{_USUAL_DAY}$", core_schema.date_schema()),
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
        _parse_duration,
        core_schema.timedelta_schema(strict=True, ge=timedelta(0)),
        _write_duration,
        "duration",
        # It reads no more hours than make up 10^8 days.
        usual=_in_two_steps(_DURATION, core_schema.timedelta_schema(ge=timedelta(0))),
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
        # Of its other spellings none is so long.
        usual=core_schema.chain_schema(
            [
                core_schema.str_schema(strict=True, min_length=36, max_length=36),
                core_schema.uuid_schema(),
            ]
        ),
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
    level: list[Any] = [value]
    texts: list[str] = []
    depth = 0
    while level:
        below: list[Any] = []
        for part in level:
            kind = type(part)
            if kind is str:
                texts.append(part)
            elif kind is dict or kind is list:
                if depth == _DEPTH:
                    message = "Input should nest at most {depth} deep"
                    raise PydanticCustomError("json_depth", message, {"depth": depth})
                if kind is dict:
                    texts += part
                    below += part.values()
                else:
                    below += part
            elif kind is int or kind is float:
                # Comparisons with NaN are false.
                if not -float_info.max <= part <= float_info.max:
                    _check_number(part)
            elif kind is not bool and part is not None:
                raise PydanticCustomError("json", "Input should be JSON")
        level = below
        depth += 1
    _check_texts(texts)
    return value


def _check_texts(texts: list[str]) -> None:
    try:
        text = "".join(texts)
    except TypeError as error:
        raise PydanticCustomError("json", "Keys should be strings") from error
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
    """The number of items or keys; whether items, never null, are unique and ascend."""

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
        self.unique = unique
        self.check = (
            _check_rising
            if unique and ascending
            else _check_unique
            if unique
            else _check_ascending
            if ascending
            else None
        )

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        schema: Any = handler(source)
        nullable = schema["type"] == "nullable"
        checked: CoreSchema = {
            **(schema["schema"] if nullable else schema),
            **self.lengths,
        }
        if self.check is not None:
            checked = core_schema.no_info_after_validator_function(self.check, checked)
        return core_schema.nullable_schema(checked) if nullable else checked

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchema:
        written = handler(schema)
        if self.unique:
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
    if len(set(items)) < len(items):
        raise PydanticCustomError("unique_items", "No item should stand twice")
    return items


def _check_ascending(items: list[Any]) -> list[Any]:
    if sorted(items) != items:
        raise PydanticCustomError("ascending", "Items should ascend")
    return items


def _check_rising(items: list[Any]) -> list[Any]:
    return _check_ascending(_check_unique(items))
