"""A JSON Schema, of OpenAPI 3.0 or 3.1 and in whichever dialect, as the values it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from isotype.dialects.json_schema import NO_NUL
from isotype.domain.lazy import NamedTuple
from isotype.domain.values import replace
from isotype.findings import Finding
from isotype.service import forms
from isotype.service.dialects import FASTAPI
from isotype.service.languages import canonical
from isotype.service.merging import ANYTHING, intersection, tighter, union
from isotype.service.model import (
    BOOLEAN,
    LIST,
    NOTHING,
    NULL,
    NUMBER,
    OBJECT,
    TEXT,
    Boolean,
    Bound,
    Constants,
    List,
    Null,
    Number,
    Object,
    Option,
    Property,
    Reference,
    Schema,
    Text,
)

CODE = "unreadable-api-document"

COMPONENTS = "#/components/schemas/"

_TYPES = {
    "null": NULL,
    "boolean": BOOLEAN,
    "number": NUMBER,
    "integer": NUMBER,
    "string": TEXT,
    "array": LIST,
    "object": OBJECT,
}
_WORDS = {
    NUMBER: ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    TEXT: ("minLength", "maxLength", "pattern", "format", "contentEncoding", "x-isotype-bounds"),
    LIST: ("items", "minItems", "maxItems", "uniqueItems"),
    OBJECT: (
        *("properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames"),
        "x-isotype-rules",
    ),
}
"""The words that say something about values of a kind, and nothing about others."""

_UNREAD = (
    *("not", "if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "patternProperties"),
    *("dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties", "$dynamicRef"),
)
_GREATEST_DOUBLE = Decimal("1.7976931348623157e308")
_INTEGER_FORMATS = {"int32": 2**31, "int64": 2**63}
_NARROWING = frozenset(
    (*(word for words in _WORDS.values() for word in words), *_UNREAD, *("type", "enum", "const", "nullable"))
)


def too_deep(where: str) -> Finding:
    """Why a document cannot be read to its end."""
    return Finding(CODE, f"schemas are nested too deep, at {where}", suggestion="nest them less deep", path=where)


class Pending(NamedTuple):
    """A part of a document, and where it stands."""

    value: Any
    where: str


class Reader:
    """Reads the schemas of one document; what is wrong with it is added to `findings`, what is referred to is read
    when `finish` is called."""

    def __init__(self, document: Mapping[str, Any], dialect: str) -> None:
        self._document = document
        self._dialect = dialect
        self._old = str(document.get("openapi", "")).startswith("3.0")
        self._read: dict[int, Schema | None] = {}
        self._named: dict[str, Pending] = {}
        self._made: dict[str, Schema] = {}
        self._making: set[str] = set()
        self.findings: list[Finding] = []

    def finish(self) -> dict[str, Schema]:
        """Every schema that is referred to, by its name."""
        while missing := [name for name in self._named if name not in self._made]:
            for name in missing:
                self._named_schema(name)
        return self._made

    def refuse(self, fact: str, where: str, suggestion: str = "correct the document") -> None:
        """Note what is wrong at a place of the document, a JSON pointer."""
        self.findings.append(Finding(CODE, f"{fact}, at {where}", suggestion=suggestion, path=where))

    def target(self, value: Any, where: str) -> Pending:
        """What a `$ref` leads to; the value itself when it is none. References to references are followed."""
        seen: set[str] = set()
        found = Pending(value, where)
        while isinstance(found.value, Mapping) and isinstance(found.value.get("$ref"), str):
            pointer = found.value["$ref"]
            if pointer in seen:
                self.refuse(f"the reference {pointer!r} leads back to itself", where)
                return Pending({}, where)
            seen.add(pointer)
            step = self._at(pointer, where)
            if step is None:
                return Pending({}, where)
            found = step
        return found

    def _at(self, pointer: str, where: str) -> Pending | None:
        if not pointer.startswith("#"):
            fact = f"the reference {pointer!r} leads out of the document"
            self.refuse(fact, where, "bundle the document into one file")
            return None
        value: Any = self._document
        for part in pointer.removeprefix("#").split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, Mapping) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                self.refuse(f"the reference {pointer!r} leads nowhere", where)
                return None
        return Pending(value, pointer)

    def schema(self, value: Any, where: str) -> Schema | None:
        """What a schema takes; None for anything. A part that occurs several times is read once."""
        if id(value) not in self._read:
            self._read[id(value)] = self._schema(value, where)
        return self._read[id(value)]

    def default(self, value: Any) -> str:
        """The default of a schema as canonical JSON; '' for none, and for null."""
        if isinstance(value, Mapping) and value.get("default") is not None:
            return constant(value["default"])
        return ""

    # References

    def _reference(self, pointer: str, where: str) -> Schema:
        name = pointer.removeprefix(COMPONENTS) if pointer.startswith(COMPONENTS) else pointer
        name = unquote(name).replace("~1", "/").replace("~0", "~") if "/" not in name else pointer
        if name not in self._named:
            found = self._at(pointer, where)
            if found is None:
                return ANYTHING
            self._named[name] = found
        return Schema((Reference(name),))

    def _named_schema(self, name: str) -> Schema:
        """The schema of a name, made now; one that is being made already is taken to add nothing."""
        if name in self._made:
            return self._made[name]
        if name in self._making:
            return ANYTHING
        self._making.add(name)
        made = self.schema(*self._named[name])
        self._making.discard(name)
        self._made[name] = ANYTHING if made is None else made
        return self._made[name]

    def _both(self, left: Schema | None, right: Schema | None) -> Schema | None:
        return intersection(left, right, _Lookup(self))

    # Words

    def _schema(self, value: Any, where: str) -> Schema | None:
        if isinstance(value, bool):
            return None if value else NOTHING
        if not isinstance(value, Mapping):
            self.refuse("a schema is a mapping, and this is none", where)
            return None
        if "$ref" in value:
            pointer = value["$ref"]
            if not isinstance(pointer, str):
                self.refuse("a reference is a text", where)
                return None
            referred = self._reference(pointer, where)
            if self._old or not (value.keys() & (_NARROWING | {"allOf", "anyOf", "oneOf"})):
                return referred
            rest = {word: said for word, said in value.items() if word != "$ref"}
            return self._both(referred, self._schema(rest, where))
        nullable = self._old and value.get("nullable") is True
        found = self._own(value, where, nullable)
        for number, part in enumerate(self._list(value, "allOf", where)):
            found = self._both(found, self._or_null(self.schema(part, f"{where}/allOf/{number}"), nullable))
        for word in ("anyOf", "oneOf"):
            parts = self._list(value, word, where)
            if parts:
                options = [self.schema(part, f"{where}/{word}/{number}") for number, part in enumerate(parts)]
                either = self._union(options)
                if word == "oneOf" and _may_overlap(options, either):
                    words = (
                        (*either.unread, (word, constant(parts))) if either is not None else ((word, constant(parts)),)
                    )
                    either = Schema(ANYTHING.options if either is None else either.options, words)
                found = self._both(found, self._or_null(either, nullable))
        return found

    @staticmethod
    def _or_null(schema: Schema | None, nullable: bool) -> Schema | None:
        return union((schema, Schema((Null(),)))) if nullable else schema

    def _union(self, options: list[Schema | None]) -> Schema | None:
        if self._dialect == FASTAPI:
            options = [*_decimals(options)]
        return union(options)

    def _list(self, value: Mapping[str, Any], word: str, where: str) -> list[Any]:
        found = value.get(word, [])
        if isinstance(found, list):
            return found
        self.refuse(f"{word!r} is a list of schemas", where)
        return []

    def _own(self, value: Mapping[str, Any], where: str, nullable: bool) -> Schema | None:
        """What the words of a schema say by themselves, without the schemas that it joins."""
        words = tuple((word, constant(value[word])) for word in _UNREAD if word in value)
        names = value.keys() & {"properties", "propertyNames"}
        if isinstance(value.get("propertyNames"), Mapping) and "propertyNames" in names:
            said = {word: part for word, part in value["propertyNames"].items() if word not in ("type", "title")}
            if said and said != {"pattern": NO_NUL}:
                words = (*words, ("propertyNames", constant(said)))
        types = self._types(value, where)
        if nullable and types is not None:
            types = {*types, "null"}
        constants = self._constants(value, where, types, nullable)
        if constants is not None:
            return Schema(constants, words)
        if types is None and not any(word in value for known in _WORDS.values() for word in known):
            return Schema(ANYTHING.options, words) if words else None
        return Schema(tuple(self._kinds(value, where, types)), words)

    def _types(self, value: Mapping[str, Any], where: str) -> set[str] | None:
        """The types that a schema names, None for all; properties and items say what they belong to."""
        written = value.get("type")
        if written is None:
            if "properties" in value:
                return {"object"}
            return {"array"} if "items" in value else None
        names = written if isinstance(written, list) else [written]
        known = [name for name in names if isinstance(name, str) and name in _TYPES]
        if len(known) < len(names):
            unknown = next(name for name in names if name not in known)
            self.refuse(f"there is no type {unknown!r}", where)
        return set(known)

    def _constants(
        self, value: Mapping[str, Any], where: str, types: set[str] | None, nullable: bool
    ) -> tuple[Option, ...] | None:
        if "const" in value:
            listed = [value["const"]]
        elif "enum" in value:
            listed = self._list(value, "enum", where)
        else:
            return None
        kinds: dict[str, set[str]] = {NULL: set()} if nullable else {}
        for one in listed:
            kinds.setdefault(_kind(one), set()).add(constant(one))
        allowed = None if types is None else {_TYPES[name] for name in types}
        made: list[Option] = []
        for kind, values in kinds.items():
            if allowed is not None and kind not in allowed:
                continue
            if kind == NULL:
                made.append(Null())
            elif kind == BOOLEAN and len(values) > 1:
                made.append(Boolean())
            else:
                made.append(Constants(kind, frozenset(values)))
        return tuple(made)

    def _kinds(self, value: Mapping[str, Any], where: str, types: set[str] | None) -> Iterator[Option]:
        every = types is None
        wanted = types or set()
        if every or "null" in wanted:
            yield Null()
        if every or "boolean" in wanted:
            yield Boolean()
        if every or "number" in wanted or "integer" in wanted:
            yield self._number(value, where, "integer" in wanted and "number" not in wanted)
        if every or "string" in wanted:
            yield self._text(value, where)
        if every or "array" in wanted:
            items = self.schema(value["items"], f"{where}/items") if "items" in value else None
            unique = value.get("uniqueItems") is True
            yield List(items, self._count(value, "minItems", where) or 0, self._count(value, "maxItems", where), unique)
        if every or "object" in wanted:
            yield self._object(value, where)

    # Numbers

    def _number(self, value: Mapping[str, Any], where: str, whole: bool) -> Number:
        step = self._decimal(value, "multipleOf", where)
        if step == 1:
            whole, step = True, None
        format = str(value.get("format", ""))
        least = self._bound(value, where, "minimum", "exclusiveMinimum", 1)
        greatest = self._bound(value, where, "maximum", "exclusiveMaximum", -1)
        if format in _INTEGER_FORMATS:
            limit = _INTEGER_FORMATS[format]
            least = tighter(least, Bound(Decimal(-limit)), 1)
            greatest = tighter(greatest, Bound(Decimal(limit - 1)), -1)
        form = "" if format in _INTEGER_FORMATS or format == "double" else format
        if whole:
            least, greatest = _whole(least, 1), _whole(greatest, -1)
        if least is not None and least.value <= -_GREATEST_DOUBLE:
            least = None
        if greatest is not None and greatest.value >= _GREATEST_DOUBLE:
            greatest = None
        return Number(whole, least, greatest, step, form)

    def _bound(
        self, value: Mapping[str, Any], where: str, reached: str, exclusive: str, direction: int
    ) -> Bound | None:
        inclusive = self._decimal(value, reached, where)
        if isinstance(value.get(exclusive), bool):
            # OpenAPI 3.0 says of the bound beside it whether it is reached.
            return None if inclusive is None else Bound(inclusive, value[exclusive])
        other = self._decimal(value, exclusive, where)
        return tighter(
            None if inclusive is None else Bound(inclusive), None if other is None else Bound(other, True), direction
        )

    def _decimal(self, value: Mapping[str, Any], word: str, where: str) -> Decimal | None:
        written = value.get(word)
        if written is None:
            return None
        if isinstance(written, bool) or not isinstance(written, int | float | Decimal):
            self.refuse(f"{word!r} is a number", where)
            return None
        number = Decimal(str(written))
        return number if number.is_finite() else None

    def _count(self, value: Mapping[str, Any], word: str, where: str) -> int | None:
        number = self._decimal(value, word, where)
        if number is not None and (number < 0 or number != number.to_integral_value()):
            self.refuse(f"{word!r} is a natural number", where)
            return None
        return None if number is None else int(number)

    # Texts

    def _text(self, value: Mapping[str, Any], where: str) -> Text:
        patterns = []
        written = value.get("pattern")
        without_nul = written == NO_NUL
        if written is not None and not isinstance(written, str):
            self.refuse("'pattern' is a text", where)
        elif written is not None and not without_nul:
            patterns.append(written)
        format = value.get("format")
        form = forms.named(format, self._dialect) if isinstance(format, str) else ""
        if value.get("contentEncoding") == "base64":
            form = form or "bytes"
        found = Text(
            form,
            shortest=self._count(value, "minLength", where) or 0,
            longest=self._count(value, "maxLength", where),
            without_nul=without_nul,
        )
        for pattern in patterns:
            found = _with_pattern(found, pattern)
        bounds = value.get("x-isotype-bounds")
        if isinstance(bounds, Mapping):
            numbers = {word: Decimal(str(said)) for word, said in bounds.items() if _is_number(said)}
            least = self._bound(numbers, where, "minimum", "exclusiveMinimum", 1)
            greatest = self._bound(numbers, where, "maximum", "exclusiveMaximum", -1)
            found = replace(found, least=least, greatest=greatest)
        return found

    # Objects

    def _object(self, value: Mapping[str, Any], where: str) -> Object:
        written = value.get("properties", {})
        if not isinstance(written, Mapping):
            self.refuse("'properties' is a mapping of schemas", where)
            written = {}
        required = {name: None for name in self._list(value, "required", where) if isinstance(name, str)}
        properties = [
            self._property(str(name), part, name in required, f"{where}/properties/{name}")
            for name, part in written.items()
        ]
        properties += [Property(name, None, True) for name in required if name not in written]
        further = value.get("additionalProperties", True)
        names = value.get("propertyNames")
        rules = value.get("x-isotype-rules")
        return Object(
            tuple(properties),
            None if further is True else self.schema(further, f"{where}/additionalProperties"),
            self._count(value, "minProperties", where) or 0,
            self._count(value, "maxProperties", where),
            isinstance(names, Mapping) and names.get("pattern") == NO_NUL,
            tuple((str(name), constant(rule)) for name, rule in rules.items()) if isinstance(rules, Mapping) else (),
        )

    def _property(self, name: str, value: Any, required: bool, where: str) -> Property:
        marks = [value.get(word) is True for word in ("deprecated", "readOnly", "writeOnly")] if _is_map(value) else ()
        return Property(name, self.schema(value, where), required, self.default(value), *marks)


class _Lookup(Mapping[str, Schema]):
    """The named schemas of a document, each made when it is asked for."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getitem__(self, name: str) -> Schema:
        return self._reader._named_schema(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._reader._named)

    def __len__(self) -> int:
        return len(self._reader._named)


def constant(value: Any) -> str:
    """A constant as canonical JSON: keys sorted, `1.0` and `1` one number."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float | Decimal) and value == value // 1:
        return int(value)
    return value


def _kind(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float | Decimal):
        return NUMBER
    if isinstance(value, list):
        return LIST
    return OBJECT if isinstance(value, Mapping) else TEXT


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


def _whole(bound: Bound | None, direction: int) -> Bound | None:
    """A bound of whole numbers as the last one that is taken."""
    if bound is None:
        return None
    rounding = "ROUND_CEILING" if direction > 0 else "ROUND_FLOOR"
    value = bound.value.to_integral_value(rounding)
    return Bound(value + direction if bound.exclusive and value == bound.value else value)


def _with_pattern(text: Text, pattern: str) -> Text:
    """A text in which a pattern is found; one that spells a form is that form."""
    digits = forms.decimal_digits(pattern)
    if digits is not None and text.form in ("", forms.DECIMAL):
        return replace(text, form=forms.DECIMAL, digits=digits)
    limits = forms.integer_range(pattern)
    if limits is not None and not text.form:
        low, high = (Bound(Decimal(limit)) for limit in limits)
        return replace(text, form=forms.BIG_INTEGER, least=low, greatest=high)
    form = forms.of_pattern(pattern)
    if form and text.form in ("", form):
        return replace(text, form=form)
    if text.form and forms.implied(pattern, text.form):
        return text
    return replace(text, patterns=tuple(sorted({*text.patterns, canonical(pattern)})))


def _may_overlap(options: list[Schema | None], together: Schema | None) -> bool:
    """Whether a value may be one of several options, so that not any of them will do."""
    if together is None:
        return len(options) > 1
    kinds = [type(option) for option in together.options if isinstance(option, Number | Text | List)]
    return len(kinds) > len(set(kinds))


def _decimals(options: list[Schema | None]) -> Iterator[Schema | None]:
    """The options in which Pydantic writes a decimal, a number or a text, as that decimal."""
    single = {type(it.options[0]): it for it in options if it is not None and len(it.options) == 1 and not it.unread}
    number, text = single.get(Number), single.get(Text)
    beside = [option for option in options if option is not number and option is not text]
    if number is None or text is None or any(option is None or option.options != (Null(),) for option in beside):
        yield from options
        return
    one, other = number.options[0], text.options[0]
    assert isinstance(one, Number) and isinstance(other, Text)
    if one.whole or replace(other, form="", digits=()) != Text() or other.form not in ("", forms.DECIMAL):
        yield from options
        return
    yield from beside
    decimal = replace(other, form=forms.DECIMAL, least=one.least, greatest=one.greatest, or_number=True)
    yield Schema((decimal,))
