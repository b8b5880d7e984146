"""Type texts such as `string(100)`, `Slug?` or `int[]`, and the words that constrain them, as resolved types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.patterns import Pattern
from isotype.domain.places import NOWHERE
from isotype.domain.types import (
    INTEGERS,
    SAFE_INTEGER,
    SCALARS,
    TEXTUAL,
    Array,
    EnumType,
    Map,
    ObjectType,
    Opaque,
    Scalar,
    Type,
)
from isotype.domain.values import replace
from isotype.language import patterns
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.wire_names import CONTENT, Problem, WireNames
from isotype.language.wording import quoted, with_article

LONGEST_STRING = 10_485_760
"""PostgreSQL's greatest n of varchar(n) (MaxAttrSize)."""

GREATEST_PRECISION = 1000
"""PostgreSQL's greatest declared precision of numeric (manual, section 8.1.2)."""

GREATEST_FLOAT = Decimal(2**1024 - 2**970)
"""The greatest finite IEEE double."""

SAFE_PRECISION = 15
"""Decimal digits every IEEE double keeps (DBL_DIG)."""

DEEPEST_TYPE = 32
"""Value types may narrow one another in a chain this long."""

_SIZED = regular(r"(string|email|url) ?\( ?([0-9]{1,99}) ?\)")
_DECIMAL = regular(r"decimal ?\( ?([0-9]{1,99}) ?, ?([0-9]{1,99}) ?\)")
_MAP = regular(r"map ?\((.*)\)", re.DOTALL)
_SQL = regular(r"sql ?\((.*)\)", re.DOTALL)
_SQL_TYPE = regular(
    r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?(?: [A-Za-z_]+){0,4}"
    r"(?: ?\( ?[A-Za-z0-9_]+(?: ?, ?[A-Za-z0-9_]+)* ?\))?(?: [a-z]+){0,3}(?:\[\])?"
)
_ENVELOPE = regular(r"([A-Za-z][A-Za-z0-9]*) ?\((.*)\)", re.DOTALL)
_NAME = regular(r"[A-Za-z_][A-Za-z0-9_]*")
_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "string": "write string(n), or text when there is no limit",
        "decimal": "write decimal(p,s), such as decimal(10,2)",
        "varchar": "write string(n)",
        "char": "write string(n)",
        "str": "write string(n) or text",
        "integer": "write int",
        "int4": "write int",
        "int8": "write bigint",
        "long": "write bigint",
        "serial": "write int with default: identity",
        "bigserial": "write bigint with default: identity",
        "boolean": "write bool",
        "numeric": "write decimal(p,s)",
        "number": "write int, decimal(p,s) or float",
        "double": "write float",
        "real": "write float",
        "datetime": "write timestamp",
        "timestamptz": "write timestamp",
        "instant": "write timestamp",
        "interval": "write duration",
        "jsonb": "write json",
        "object": "declare it under objects, or write json",
        "bytea": "write bytes",
        "blob": "write bytes",
        "uri": "write url",
        "uuid4": "write uuid",
        "array": "write T[]",
        "map": "write map(T)",
    }
)


class Resolved(NamedTuple):
    """A type text understood: the type, whether it may be null, and what its value type says about it."""

    type: Type
    nullable: bool = False
    description: str = ""


_RUNNING = object()


class Types:
    """Resolves type texts; each text, alone and with the same constraints, and each value type once.

    `within` is true for the fields of an envelope, where CONTENT is a type.
    """

    __slots__ = ("_at", "_constrained", "_depth", "_resolved", "_scope", "_value_types", "_wire", "_within")

    def __init__(self, scope: Scope, wire: WireNames, within: bool = False) -> None:
        self._scope = scope
        self._wire = wire
        self._within = within
        self._at: tuple[Given, str] | None = None
        self._resolved: dict[str, Resolved | None] = {}
        self._constrained: dict[tuple[Any, ...], Resolved] = {}
        self._value_types: dict[str, Any] = {}
        self._depth = 0

    def resolve(self, text: str, given: Given, word: str = "type", noun: str = "field") -> Resolved | None:
        """What a type text means, or None after a report; `noun` is what the mapping describes."""
        resolved = self._resolved.get(text)
        if resolved is not None:
            return resolved
        self._at = given, word
        try:
            resolved = self._read(text)
        except Problem as problem:
            parts = given.path.split(".")
            name = f"{parts[1]}.{parts[-1]}" if noun == "field" and len(parts) > 2 else parts[-1]
            subject = f"{noun} {name}"
            self._scope.report(problem.code, f"{subject} has {problem.message}", given, word, problem.suggestion)
            return None
        if resolved is not None:
            self._resolved[text] = resolved
        return resolved

    def constrained(self, text: str, given: Given, word: str = "type", noun: str = "field") -> Resolved | None:
        """What a type text means together with the constraint words beside it."""
        resolved = self.resolve(text, given, word, noun)
        if resolved is None or len(given.words) == 1:
            return resolved
        words = [item for item in given.words.items() if item[0] in CONSTRAINT_WORDS]
        if not words:
            return resolved
        key = (text, *words)
        known = self._constrained.get(key)
        if known is None:
            findings = len(self._scope.findings)
            known = resolved._replace(type=constrain(self._scope, resolved.type, given))
            if len(self._scope.findings) == findings:
                self._constrained[key] = known
        return known

    def value_type(self, name: str) -> Resolved | None:
        """A value type of the schema, or None when something is wrong with it, which was reported."""
        state = self._value_types.get(name)
        given: Given | None = self._scope.of("types").words.get(name)
        if state is _RUNNING:
            if given is not None:
                message = f"value type {quoted(name)} is made of itself"
                self._scope.report("endless-type", message, given, "base", "give it a built-in base")
            return None
        if name in self._value_types or given is None:
            return state if isinstance(state, Resolved) else None
        if self._depth >= DEEPEST_TYPE:
            message = f"value type {quoted(name)} is made of more than {DEEPEST_TYPE} others"
            self._scope.report("endless-type", message, given, "base", "give it a built-in base")
            self._value_types[name] = None
            return None
        self._value_types[name] = _RUNNING
        resolved = None
        self._depth += 1
        if "base" in given:
            resolved = self.constrained(given.words["base"], given, "base", "value type")
        self._depth -= 1
        if resolved is not None and resolved.nullable:
            message = f"value type {quoted(name)} is nullable; only a field, an item or a map value may be"
            self._scope.report("misplaced-null", message, given, "base", "write ? where the type is used")
            resolved = None
        if resolved is not None:
            of = resolved.type
            named = replace(of, alias=name) if isinstance(of, Scalar) else of
            resolved = Resolved(named, False, given.text("description") or resolved.description)
        self._value_types[name] = resolved
        return resolved

    def _read(self, text: str, depth: int = 0) -> Resolved | None:
        plain = text.strip()
        if len(plain) > 300 or depth > 8:
            raise Problem("bad-type", f"the type {quoted(plain)}, which is too long", "declare parts of it under types")
        if plain.endswith("?"):
            resolved = self._read(plain[:-1], depth + 1)
            if resolved is not None and resolved.nullable:
                raise Problem("bad-type", f"the type {quoted(plain)}, which is nullable twice", "write one ?")
            return None if resolved is None else resolved._replace(nullable=True)
        if plain.endswith("[]") and not _SQL.fullmatch(plain):
            return self._array(plain, depth)
        if found := _MAP.fullmatch(plain):
            value = self._read(found[1], depth + 1)
            return None if value is None else Resolved(Map(value.type, value.nullable), False, "")
        if found := _SQL.fullmatch(plain):
            if not _SQL_TYPE.fullmatch(found[1].strip()):
                fact = f"the type {quoted(plain)}, which names no PostgreSQL type"
                raise Problem("bad-type", fact, "such as sql(tsvector) or sql(geometry(Point,4326))")
            return Resolved(Opaque(found[1].strip()))
        if (found := _ENVELOPE.fullmatch(plain)) and self._wire.is_envelope(found[1]):
            return self._enveloped(found[1], found[2], depth)
        return self._base(plain)

    def named(self, text: str, given: Given, word: str, alias: str) -> bool:
        """Give the envelope and content of a text a name; False when the content could not be read. Raises Problem."""
        found = _ENVELOPE.fullmatch(text.strip())
        if found is None or not self._wire.is_envelope(found[1]):
            fact = f"{quoted(text)}, which is no envelope with a content"
            raise Problem("bad-type", fact, "such as page(Post)")
        self._at = given, word
        return self._enveloped(found[1], found[2], 0, alias) is not None

    def _enveloped(self, word: str, text: str, depth: int, alias: str = "") -> Resolved | None:
        if self._within and text.strip().removesuffix("[]").strip() == CONTENT:
            fact = f"{quoted(f'{word}({text})')}, an envelope in an envelope"
            raise Problem("bad-type", fact, "put one into the other where they are used")

        def content(inner: str) -> Type | None:
            resolved = self._read(inner, depth + 1)
            return None if resolved is None else resolved.type

        place = self._at[0].place(self._at[1]) if self._at is not None else NOWHERE
        name = self._wire.put(word, text, content, place, alias)
        return None if name is None else Resolved(ObjectType(name))

    def _array(self, plain: str, depth: int) -> Resolved | None:
        item = self._read(plain[:-2], depth + 1)
        if item is None:
            return None
        if isinstance(item.type, Array):
            fact = f"the type {quoted(plain)}, which is an array of arrays"
            raise Problem("nested-array", fact, "declare an object that holds the inner array")
        if isinstance(item.type, Opaque):
            raise Problem("bad-type", f"the type {quoted(plain)}, which is an array of a raw type", "write sql(type[])")
        return Resolved(Array(item.type, item.nullable), False, "")

    def _base(self, plain: str) -> Resolved | None:
        if plain in SCALARS and plain not in ("string", "decimal"):
            return Resolved(Scalar(plain))
        if found := _SIZED.fullmatch(plain):
            length = int(found[2])
            if not 1 <= length <= LONGEST_STRING:
                fact = f"the type {quoted(plain)}; n is from 1 to {LONGEST_STRING}"
                raise Problem("bad-type", fact, "write text when there is no limit")
            return Resolved(Scalar(found[1], length=length))
        if found := _DECIMAL.fullmatch(plain):
            precision, scale = int(found[1]), int(found[2])
            if not (1 <= precision <= GREATEST_PRECISION and scale <= precision):
                fact = f"the type {quoted(plain)}; p is from 1 to {GREATEST_PRECISION}, s at most p"
                raise Problem("bad-type", fact, "p counts all digits, s those behind the point")
            return Resolved(Scalar("decimal", precision=precision, scale=scale))
        return self._named(plain)

    def _named(self, plain: str) -> Resolved | None:
        scope = self._scope
        if self._within and plain == CONTENT:
            return Resolved(ObjectType(CONTENT))
        noun = scope.nouns.get(plain)
        if noun == "enum":
            enum = scope.enums.get(plain)
            return None if enum is None else Resolved(EnumType(enum))
        if noun == "object":
            return Resolved(ObjectType(plain))
        if noun == "value type":
            return self.value_type(plain)
        if plain in self._wire.shapes:
            return Resolved(ObjectType(plain))
        if noun == "entity":
            raise Problem("unknown-type", f"the type {quoted(plain)}, which is an entity", f"write ref: {plain}")
        if noun is not None:
            raise Problem(
                "unknown-type",
                f"the type {quoted(plain)}, which is {with_article(noun)}",
                "name a value type, enum or object",
            )
        start = _NAME.match(plain)
        word = start[0] if start else plain
        if hint := _HINTS.get(word.lower()):
            raise Problem("unknown-type", f"the unknown type {quoted(plain)}", hint)
        if start is not None and "(" in plain and (meant := scope.meant(start[0], SCALARS)):
            raise Problem("unknown-type", f"the unknown type {quoted(plain)}", meant)
        if start is None or start[0] != plain:
            raise Problem("bad-type", f"{quoted(plain)} for a type", "such as int, string(100), Name, T[] or map(T)")
        options = (*scope.names("types", "enums", "objects"), *SCALARS)
        raise Problem("unknown-type", f"the unknown type {quoted(plain)}", scope.meant(plain, options))


# --- constraints ------------------------------------------------------------------------------------------------------

_BOUNDS = (("min", "minimum"), ("max", "maximum"), ("above", "above"), ("below", "below"))
_SCALAR_WORDS = frozenset(("min", "max", "above", "below", "min_length", "max_length", "pattern", "wire"))
_COLLECTION_WORDS = frozenset(("min_items", "max_items", "unique_items", "sorted", "items", "values"))
CONSTRAINT_WORDS = _SCALAR_WORDS | _COLLECTION_WORDS
_UNSORTABLE = ("json", "bool", "inet", "duration", "bytes")


def constrain(scope: Scope, of: Type, given: Given) -> Type:
    """A type narrowed by the constraint words of a mapping; the narrower bound holds."""
    words = given.words.keys() & CONSTRAINT_WORDS
    if not words:
        return of
    match of:
        case Scalar():
            return _constrain_scalar(scope, of, given, words)
        case Array():
            return _constrain_array(scope, of, given, words)
        case Map():
            return _constrain_map(scope, of, given, words)
        case _:
            _misplaced(scope, of, given, words)
            return of


def _misplaced(scope: Scope, of: Type, given: Given, words: Any) -> None:
    for word in sorted(words, key=list(given.words).index):
        suggestion = ""
        if word in _SCALAR_WORDS and isinstance(of, Array):
            suggestion = f"for every item write items: {{{word}: …}}"
        elif word in _SCALAR_WORDS and isinstance(of, Map):
            suggestion = f"for every value write values: {{{word}: …}}"
        scope.report("misplaced-constraint", f'"{word}" does not apply to {describe(of)}', given, word, suggestion)


def describe(of: Type) -> str:
    """A type in a message."""
    match of:
        case Scalar(base="string", length=length):
            return f"string({length})"
        case Scalar(base="decimal", precision=precision, scale=scale):
            return f"decimal({precision},{scale})"
        case Scalar(base=base):
            return base
        case EnumType(enum=enum):
            return f"the enum {enum.name}"
        case Array():
            return "an array"
        case Map():
            return "a map"
        case ObjectType(name=name):
            return f"the object {name}"
        case Opaque(sql=sql):
            return f"sql({sql})"


def _constrain_scalar(scope: Scope, of: Scalar, given: Given, words: Any) -> Scalar:
    numeric = of.base in INTEGERS or of.base in ("decimal", "float")
    textual = of.base in TEXTUAL
    changes: dict[str, Any] = {}
    wrong = set(words & _COLLECTION_WORDS)
    for word in words & _SCALAR_WORDS:
        if word in ("min_length", "max_length", "pattern"):
            if not textual:
                wrong.add(word)
        elif word == "wire":
            if of.base not in ("bigint", "decimal"):
                wrong.add(word)
        elif not numeric:
            wrong.add(word)
    if wrong:
        _misplaced(scope, of, given, wrong)
        words = words - wrong
    for word, attribute in _BOUNDS:
        if word in words:
            value = given.words[word]
            if isinstance(value, Decimal) and of.base in INTEGERS:
                if value != value.to_integral_value():
                    message = f"{quoted(word)} is {value}, but {of.base} has no fractions"
                    scope.report("bad-bound", message, given, word, "give an integer")
                    continue
                value = int(value)
            value = _fewest_digits(value)
            old = getattr(of, attribute)
            tighter = max if word in ("min", "above") else min
            changes[attribute] = value if old is None else tighter(old, value)
    if "min_length" in words:
        changes["min_length"] = max(of.min_length or 0, given.words["min_length"])
    if "max_length" in words:
        changes["max_length"] = min(of.max_length or LONGEST_STRING, given.words["max_length"])
        if of.max_length is None:
            changes["max_length"] = given.words["max_length"]
    if "pattern" in words:
        pattern = read_pattern(scope, given, "pattern")
        if pattern is not None and pattern not in of.patterns:
            changes["patterns"] = (*of.patterns, pattern)
    if "wire" in words:
        changes["number"] = given.words["wire"] == "number"
    narrowed = _replaced(of, changes)
    if narrowed.number and narrowed.base in ("bigint", "decimal"):
        narrowed = _as_number(scope, narrowed, given)
    _check_scalar(scope, narrowed, given)
    return narrowed


def _fewest_digits(number: int | Decimal) -> int | Decimal:
    """The same number, so that equal bounds are spelled alike."""
    if isinstance(number, int):
        return number
    whole = number.to_integral_value()
    return int(whole) if number == whole else Decimal(f"{number:f}".rstrip("0"))


def _replaced(of: Scalar, changes: dict[str, Any]) -> Scalar:
    get = changes.get
    return Scalar(
        of.base,
        of.length,
        of.precision,
        of.scale,
        get("number", of.number),
        get("minimum", of.minimum),
        get("maximum", of.maximum),
        get("above", of.above),
        get("below", of.below),
        get("min_length", of.min_length),
        get("max_length", of.max_length),
        get("patterns", of.patterns),
        of.alias,
    )


def read_pattern(scope: Scope, given: Given, word: str) -> Pattern | None:
    """The pattern a word spells, or None after a report."""
    pattern = patterns.parse(given.words[word])
    if isinstance(pattern, Pattern):
        return pattern
    message = f"the pattern cannot be used: {pattern.message}"
    scope.report_at("bad-pattern", message, given.inside(word, pattern.at), given.path_of(word), pattern.suggestion)
    return None


def _as_number(scope: Scope, of: Scalar, given: Given) -> Scalar:
    """A value that travels as a JSON number: bounded to what every reader of JSON keeps exactly."""
    if of.base == "decimal":
        if of.precision > SAFE_PRECISION:
            message = f"{describe(of)} has more digits than the {SAFE_PRECISION} a JSON number keeps"
            scope.report("wire-number", message, given, _last(given), "leave out wire: number, or lower the precision")
        return of
    low = max(bound for bound in (of.minimum, -SAFE_INTEGER) if bound is not None)
    high = min(bound for bound in (of.maximum, SAFE_INTEGER) if bound is not None)
    for word in ("min", "max", "above", "below"):
        value = given.words.get(word)
        if value is not None and abs(value) > SAFE_INTEGER + (word in ("above", "below")):
            message = f"{quoted(word)} is {value}, beyond the {SAFE_INTEGER} that a JSON number keeps exactly"
            scope.report("wire-number", message, given, word, "leave out wire: number, or lower the bound")
    return replace(of, minimum=low, maximum=high)


def _last(given: Given) -> str:
    return "wire" if "wire" in given.words else "base" if "base" in given.words else "type"


def _check_scalar(scope: Scope, of: Scalar, given: Given) -> None:
    lows = [bound for bound in (of.minimum, of.above) if bound is not None]
    highs = [bound for bound in (of.maximum, of.below) if bound is not None]
    if of.base in INTEGERS:
        least, greatest = INTEGERS[of.base]
        for word in ("min", "max", "above", "below"):
            value = given.words.get(word)
            if value is not None and not least - 1 <= value <= greatest + 1:
                message = f"{quoted(word)} is {_shown(value)}, but {of.base} is from {least} to {greatest}"
                scope.report("bad-bound", message, given, word, "use a wider type, or another bound")
                return
        lows = [*([of.minimum] if of.minimum is not None else []), *([of.above + 1] if of.above is not None else [])]
        highs = [*([of.maximum] if of.maximum is not None else []), *([of.below - 1] if of.below is not None else [])]
    elif lows or highs:
        limit = GREATEST_FLOAT if of.base == "float" else Decimal(10) ** (of.precision - of.scale)
        for word in ("min", "max", "above", "below"):
            value = given.words.get(word)
            if value is not None and not limit.copy_negate() <= value <= limit:
                message = f"{quoted(word)} is {_shown(value)}, beyond every {describe(of)}"
                scope.report("bad-bound", message, given, word, "use a wider type, or another bound")
                return
    exclusive = of.base not in INTEGERS and (of.above is not None or of.below is not None)
    if lows and highs:
        low, high = max(lows), min(highs)
        edge = exclusive and low == high and (of.above == low or of.below == high)
        if low > high or edge:
            word = next(word for word in ("max", "below", "min", "above", "base", "type") if word in given.words)
            scope.report("empty-range", "the bounds leave no value", given, word, "let min be less than max")
    longest = of.longest
    if of.min_length is not None and longest is not None and of.min_length > longest:
        word = next(word for word in ("min_length", "max_length", "base", "type") if word in given.words)
        message = f"the text has at least {of.min_length} and at most {longest} code points, so there is none"
        scope.report("empty-range", message, given, word, "let min_length be less than the greatest length")


def _shown(number: int | Decimal) -> str:
    """A number in a message; one with many digits in powers of ten."""
    text = str(number)
    return text if len(text) <= 40 else f"{Decimal(number):.3E}"


def _constrain_array(scope: Scope, of: Array, given: Given, words: Any) -> Array:
    wrong = (words & _SCALAR_WORDS) | (words & {"values"})
    if wrong:
        _misplaced(scope, of, given, wrong)
    item = of.item
    if "items" in words:
        item = constrain(scope, item, given.words["items"])
    least, most = given.get("min_items"), given.get("max_items")
    made = Array(
        item,
        of.nullable_items,
        of.min_items if least is None else max(of.min_items or 0, least),
        of.max_items if most is None else min(most if of.max_items is None else of.max_items, most),
        given.get("unique_items", False) or of.unique_items,
        given.get("sorted", False) or of.sorted,
    )
    if made.min_items is not None and made.max_items is not None and made.min_items > made.max_items:
        word = "max_items" if "max_items" in words else "min_items"
        message = f"the array has at least {made.min_items} and at most {made.max_items} items, so there is none"
        scope.report("empty-range", message, given, word, "let min_items be at most max_items")
    for word in ("unique_items", "sorted"):
        if not given.get(word):
            continue
        if made.nullable_items:
            message = f"{quoted(word)} does not apply to items that may be null"
            scope.report("misplaced-constraint", message, given, word, "leave out the ? of the item")
        elif not isinstance(item, Scalar | EnumType) or (isinstance(item, Scalar) and item.base == "json"):
            scope.report("misplaced-constraint", f"{quoted(word)} does not apply to {describe(item)}", given, word)
        elif word == "sorted" and (isinstance(item, EnumType) or item.base in _UNSORTABLE):
            scope.report("misplaced-constraint", f"{describe(item)} has no order", given, word)
    return made


def _constrain_map(scope: Scope, of: Map, given: Given, words: Any) -> Map:
    if wrong := words - {"max_items", "values"}:
        _misplaced(scope, of, given, wrong)
    most = given.get("max_items")
    return Map(
        constrain(scope, of.value, given.words["values"]) if "values" in words else of.value,
        of.nullable_values,
        of.max_items if most is None else min(most if of.max_items is None else of.max_items, most),
    )
