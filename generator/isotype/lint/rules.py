"""The rules. Each reads the domain and yields findings; none changes what is generated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from isotype.domain.identifiers import model_attribute as on_model
from isotype.domain.identifiers import schema_attribute
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import INTERNAL, Domain, Entity, Field, Index, Waiver
from isotype.domain.names import LONGEST, snake
from isotype.domain.patterns import Pattern
from isotype.domain.types import Array, Map, ObjectType, Opaque, Scalar
from isotype.findings import WARNING, Finding
from isotype.language.ambiguity import is_ambiguous
from isotype.language.patterns import is_anchored
from isotype.tables import project

Find = Callable[[Domain, str], Iterator[Finding]]


class Rule(NamedTuple):
    """`identifier` never changes once published; `purpose` is one sentence for the documentation."""

    identifier: str
    purpose: str
    find: Find


def _waived(identifier: str, *waivers: Iterable[Waiver]) -> bool:
    return any(waiver.rule == identifier for group in waivers for waiver in group)


def _fields(domain: Domain, identifier: str) -> Iterator[tuple[Entity, Field, str]]:
    """Every field that has not waived the rule, with its object path."""
    for entity in domain.entities:
        for field in entity.fields:
            if not _waived(identifier, field.waivers, entity.waivers):
                yield entity, field, f"entities.{entity.name}.fields.{field.name}"


def _finding(identifier: str, message: str, field: Field | Entity | Index, path: str, suggestion: str) -> Finding:
    return Finding(identifier, message, field.place, suggestion, WARNING, path)


def _missing_description(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity in domain.entities:
        if not entity.description and not _waived(identifier, entity.waivers):
            path = f"entities.{entity.name}"
            yield _finding(identifier, f'entity "{entity.name}" has no description', entity, path, "say what it is for")
    for definition in domain.objects:
        if not definition.description:
            message = f'object "{definition.name}" has no description'
            path = f"objects.{definition.name}"
            yield Finding(identifier, message, definition.place, "say what it is for", WARNING, path)


def _nullable_boolean(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path in _fields(domain, identifier):
        if field.nullable and isinstance(field.type, Scalar) and field.type.base == "bool":
            message = f'"{entity.name}.{field.name}" has three values: true, false and null'
            yield _finding(identifier, message, field, path, "give it a default, or make it an enum with three values")


_MONEY = frozenset(("amount", "balance", "cost", "fee", "payment", "price", "revenue", "salary", "subtotal", "tax"))


def _integer_money(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path in _fields(domain, identifier):
        words = field.name.split("_")
        inexact = isinstance(field.type, Scalar) and field.type.base in ("int", "smallint", "bigint", "float")
        if inexact and not _MONEY.isdisjoint(words) and words[-1] not in ("cents", "minor", "id", "count"):
            message = f'"{entity.name}.{field.name}" looks like money and is neither a decimal nor named in minor units'
            yield _finding(identifier, message, field, path, "use decimal(p,s), or end the name in _cents")


def _local_timestamp(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path in _fields(domain, identifier):
        if isinstance(field.type, Scalar) and field.type.base == "local_timestamp":
            message = f'"{entity.name}.{field.name}" is a time without a zone: nobody knows which instant it is'
            yield _finding(identifier, message, field, path, "use timestamp, or waive the rule with the reason")


def _enum_case(domain: Domain, identifier: str) -> Iterator[Finding]:
    for enum in domain.enums:
        seen: dict[str, str] = {}
        for value in enum.texts:
            first = seen.setdefault(value.casefold(), value)
            if first != value:
                message = f'enum "{enum.name}" has "{first}" and "{value}", which differ in case only'
                yield Finding(
                    identifier, message, enum.place, "keep one of them", WARNING, f"enums.{enum.name}.values.{value}"
                )


def _starts(entity: Entity) -> Iterator[tuple[str, ...]]:
    """The leading fields of everything that serves as an index of the whole table, by its fields in order."""
    if entity.key:
        yield entity.key
    for field in entity.fields:
        if field.unique:
            yield (field.name,)
    for unique in entity.uniques:
        yield unique.fields
    for index in entity.indexes:
        if index.method == "btree" and index.where is None and not index.where_sql:
            yield _leading(index)


def _leading(index: Index) -> tuple[str, ...]:
    fields: list[str] = []
    for part in index.parts:
        if not part.field:
            break
        fields.append(part.field)
    return tuple(fields)


def _unindexed_reference(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity in domain.entities:
        starts = list(_starts(entity))
        for reference in entity.references:
            width = len(reference.fields)
            if any(set(start[:width]) == set(reference.fields) for start in starts):
                continue
            field = entity.field(reference.fields[0])
            if not _waived(identifier, field.waivers, entity.waivers):
                message = f'the reference "{entity.name}.{reference.name}" has no index'
                advice = f"deleting a {reference.entity} reads the whole table; add an index on {field.name}"
                path = f"entities.{entity.name}.fields.{field.name}"
                yield Finding(identifier, message, reference.place, advice, WARNING, path)


def _redundant_index(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity in domain.entities:
        for index in entity.indexes:
            longer = _covering(entity, index)
            if longer and not _waived(identifier, index.waivers, entity.waivers):
                message = f'index "{index.name}" is a prefix of {longer}'
                path = f"entities.{entity.name}.indexes.{index.name}"
                yield _finding(identifier, message, index, path, "drop it")


def _covering(entity: Entity, index: Index) -> str:
    """What already begins with the same keys in the same order, in words; '' when nothing does."""
    if index.unique or index.method != "btree" or index.where or index.where_sql or index.include:
        return ""
    fields = _leading(index)
    if len(fields) != len(index.parts):
        return ""
    for other in entity.indexes:
        plain = other.method == "btree" and other.where is None and not other.where_sql
        width = len(index.parts)
        same = other.parts[:width] == index.parts
        earlier = len(other.parts) > width or entity.indexes.index(other) < entity.indexes.index(index)
        if other is not index and plain and same and earlier:
            return f'index "{other.name}"'
    ascending = all(part.order == "asc" and not part.nulls and not part.operator_class for part in index.parts)
    keys: Sequence[tuple[str, tuple[str, ...]]] = (
        ("the primary key", entity.key),
        *((f'the unique "{unique.name or unique.fields}"', unique.fields) for unique in entity.uniques),
        *((f'the unique "{field.name}"', (field.name,)) for field in entity.fields if field.unique),
    )
    return next((words for words, key in keys if ascending and key[: len(fields)] == fields), "")


_SHORTENED = re.compile(r".*_[0-9a-f]{8}\Z")


def _long_name(domain: Domain, identifier: str) -> Iterator[Finding]:
    """The reader refuses long names that are given; those made from a table and its columns are shortened."""
    waived = {entity.name for entity in domain.entities if _waived(identifier, entity.waivers)}
    for table in project(domain).tables:
        key = [] if table.primary_key is None else [(table.primary_key.name, table.place)]
        guards = [(column.guard, column.place) for column in table.columns]
        named = [(unique.name, unique.place) for unique in table.uniques]
        named += [(reference.name, reference.place) for reference in table.foreign_keys]
        named += [(check.name, check.place) for check in table.checks]
        for name, place in (*key, *guards, *named):
            if len(name.encode()) > LONGEST - 4 and _SHORTENED.match(name) and table.entity not in waived:
                message = f'a constraint of "{table.entity}" would be named beyond {LONGEST} bytes and is "{name}"'
                advice = "shorten the table or column, or name it under constraints"
                yield Finding(identifier, message, place, advice, WARNING, f"entities.{table.entity}")


_TYPESCRIPT = frozenset(
    """
    break case catch class const continue debugger default delete do else enum export extends false finally for
    function if implements import in instanceof interface let new null package private protected public return
    static super switch this throw true try typeof var void while with yield
    """.split()  # noqa: SIM905 -- a list of words reads as words
)
_SQL = frozenset(
    """
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
    current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else
    end except false fetch for foreign from grant group having in initially intersect into lateral leading limit
    localtime localtimestamp not null offset on only or order placing primary references returning select
    session_user some symmetric table then to trailing true union unique user using variadic when where window
    with
    """.split()  # noqa: SIM905 -- a list of words reads as words
)
_OBJECT_MEMBERS = frozenset(("__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"))


def _reserved_name(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path in _fields(domain, identifier):
        column = field.column or field.name
        hurts = []
        if on_model(field.name) != field.name:
            hurts.append("SQLAlchemy")
        if schema_attribute(field.name) != field.name and field.access != INTERNAL:
            hurts.append("Pydantic")
        if column in _SQL:
            hurts.append("SQL")
        if (field.wire or field.name) in _OBJECT_MEMBERS:
            hurts.append("JavaScript")
        if hurts:
            message = f'"{entity.name}.{field.name}" is a reserved word in {", ".join(hurts)}'
            yield _finding(identifier, message, field, path, "rename it; it is quoted or gets a trailing _ there")
    for entity in domain.entities:
        if snake(entity.name) in _TYPESCRIPT and not _waived(identifier, entity.waivers):
            message = f'entity "{entity.name}" is a reserved word in TypeScript when in lower case'
            yield _finding(identifier, message, entity, f"entities.{entity.name}", "rename it")


def _patterns(domain: Domain, identifier: str) -> Iterator[tuple[Entity, Field, str, Pattern]]:
    for entity, field, path in _fields(domain, identifier):
        for pattern in field.type.patterns if isinstance(field.type, Scalar) else ():
            yield entity, field, path, pattern


def _unanchored_pattern(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path, pattern in _patterns(domain, identifier):
        if not is_anchored(pattern):
            message = f'the pattern of "{entity.name}.{field.name}" searches: it may match anywhere in the text'
            yield _finding(identifier, message, field, path, "begin it with ^ and end it with $")


def _slow_pattern(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path, pattern in _patterns(domain, identifier):
        if is_ambiguous(pattern):
            message = f'the pattern of "{entity.name}.{field.name}" can match one text in very many ways'
            advice = "a backtracking engine may not come back; leave no loop inside a loop over the same characters"
            yield _finding(identifier, message, field, path, advice)


def _missing_key(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity in domain.entities:
        if not entity.key and not _waived(identifier, entity.waivers):
            message = f'entity "{entity.name}" has no key'
            yield _finding(identifier, message, entity, f"entities.{entity.name}", "mark a field with key: true")


def _unbounded(domain: Domain, identifier: str) -> Iterator[Finding]:
    for entity, field, path in _fields(domain, identifier):
        of = field.type
        free = isinstance(of, Opaque) or (isinstance(of, Scalar) and of.base == "json")
        if free and not field.description and not isinstance(of, Array | Map | ObjectType):
            message = f'"{entity.name}.{field.name}" may hold anything and nothing says what'
            yield _finding(identifier, message, field, path, "describe it, or make it an object or a map")


RULES: tuple[Rule, ...] = (
    Rule("missing-description", "An entity or object says what it is for.", _missing_description),
    Rule("missing-key", "An entity has a key.", _missing_key),
    Rule("nullable-boolean", "A boolean has two values.", _nullable_boolean),
    Rule("integer-money", "Money is exact, or named in minor units.", _integer_money),
    Rule("local-timestamp", "A time says which instant it is.", _local_timestamp),
    Rule("enum-case", "Enum values differ in more than case.", _enum_case),
    Rule("unindexed-reference", "A reference has an index, for deletes on the other side.", _unindexed_reference),
    Rule("redundant-index", "No index is a prefix of another.", _redundant_index),
    Rule("long-name", "Database names fit 63 bytes.", _long_name),
    Rule("reserved-name", "Names are free in every target.", _reserved_name),
    Rule("unanchored-pattern", "A pattern says where it begins and ends.", _unanchored_pattern),
    Rule("slow-pattern", "A pattern is decided in time proportional to the text.", _slow_pattern),
    Rule("undescribed-json", "Free JSON says what it holds.", _unbounded),
)
