"""How the rows of an entity are kept: in partitions, in chunks of time, on the nodes of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from isotype.domain.lazy import regular
from isotype.domain.model import Compression, Distribution, Field, Hypertable, IndexPart, Partition, Span
from isotype.domain.types import EnumType, Scalar
from isotype.language.context import Outline
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.types import describe
from isotype.language.wording import quoted

_INSTANTS = ("timestamp", "local_timestamp", "date")


def read_partition(scope: Scope, outline: Outline, fields: Mapping[str, Field]) -> Partition | None:
    """The range partitions of an entity, or None without any or after a report."""
    given: Given | None = outline.given.get("partition")
    if given is None or given.broken:
        return None
    name: str = given.words["by"]
    if _time_field(scope, outline, given, "partition", "is partitioned by", fields) is None:
        return None
    first: str = given.words["from"]
    try:
        date.fromisoformat(first)
    except ValueError:
        scope.report("bad-partition", f"{quoted(first)} is no day of the calendar", given, "from", "such as 2025-10-01")
    every: str = given.words["every"]
    if (every == "month" and first[8:] != "01") or (every == "year" and first[5:] != "01-01"):
        message = f"partitions of a {every} start on its first day, not on {first}"
        start = f"{first[:8]}01" if every == "month" else f"{first[:5]}01-01"
        scope.report("bad-partition", message, given, "from", f"write {start}")
    keep: int | None = None
    if "keep" in given:
        number, unit = given.words["keep"].split(" ")
        keep = int(number) * (7 if unit.startswith("week") else 1)
    return Partition(name, every, first, given.words["count"], keep, outline.given.place("partition"))


def _time_field(
    scope: Scope, outline: Outline, given: Given, word: str, divided: str, fields: Mapping[str, Field]
) -> Field | None:
    """The field named under `by`, which must say when; None when there is none that could be read."""
    name: str = given.words["by"]
    if not outline.knows(name):
        place, path = given.place("by"), given.path_of("by")
        scope.unknown("field", name, outline.names(), place, path, f"the {word} of {outline.name}")
        return None
    field = fields.get(name)
    if field is None:
        return None
    if not (isinstance(field.type, Scalar) and field.type.base in _INSTANTS):
        message = f"{outline.name} {divided} {quoted(name)}, which is {describe(field.type)}"
        scope.report(f"bad-{word}", message, given, "by", "name a timestamp or date field")
    elif field.nullable:
        message = f"{outline.name} {divided} {quoted(name)}, which may be null"
        scope.report(f"bad-{word}", message, given, "by", "let its type not end in ?")
    return field


# --- hypertables ------------------------------------------------------------------------------------------------------


def read_hypertable(scope: Scope, outline: Outline, fields: Mapping[str, Field]) -> Hypertable | None:
    """The chunks of an entity, or None without any or after a report."""
    given: Given | None = outline.given.get("hypertable")
    if given is None or given.broken:
        return None
    for word in ("partition", "distribute"):
        if word in outline.given:
            message = f"{outline.name} is a hypertable, which can have no {word}"
            scope.report("bad-hypertable", message, outline.given, word, "keep one of them")
    field = _time_field(scope, outline, given, "hypertable", "has chunks by", fields)
    if field is None:
        return None
    every = _span(given.words["every"])
    keep = _span(given.words["keep"]) if "keep" in given else None
    if isinstance(field.type, Scalar) and field.type.base == "date" and every.hours % 24:
        message = f"{quoted(field.name)} is a date, and chunks of it are whole days, not {every}"
        scope.report("bad-hypertable", message, given, "every", "write it in days")
    compress: Given | None = given.get("compress")
    compression = None
    if compress is not None and not compress.broken:
        compression = _compression(scope, outline, field.name, compress, fields)
        if keep is not None and keep.hours <= compression.after.hours:
            message = f"chunks go after {keep}, so that none lives to be compressed after {compression.after}"
            scope.report("bad-hypertable", message, compress, "after", f"write less than {keep}")
    return Hypertable(field.name, every, keep, compression, outline.given.key_place("hypertable"))


def _span(text: str) -> Span:
    number, _, unit = text.partition(" ")
    return Span(int(number), unit.removesuffix("s"))


def _compression(scope: Scope, outline: Outline, time: str, given: Given, fields: Mapping[str, Field]) -> Compression:
    segments: list[str] = []
    for number, name in enumerate(given.get("segment_by") or ()):
        place, path = given.item_place("segment_by", number), given.path_of("segment_by")
        if not outline.knows(name):
            scope.unknown("field", name, outline.names(), place, path, f"segment_by of {outline.name}")
        elif name == time or name in segments:
            reason = "it orders the rows of a segment" if name == time else "it is named twice"
            scope.report_at("bad-hypertable", f"{quoted(name)} cannot segment: {reason}", place, path, "remove it")
        elif name in fields:
            segments.append(name)
    order = tuple(_order(scope, outline, given, segments))
    if not order:
        rest = (name for name in outline.key if name != time and name not in segments)
        order = (IndexPart(time, order="desc"), *map(IndexPart, rest))
    return Compression(_span(given.words["after"]), tuple(segments), order)


_ORDER = regular(
    r"(?P<field>[a-z][a-z0-9_]*)(?:\s+(?P<order>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?",
)


def _order(scope: Scope, outline: Outline, given: Given, segments: list[str]) -> Iterator[IndexPart]:
    for number, text in enumerate(given.get("order_by") or ()):
        place, path = given.item_place("order_by", number), given.path_of("order_by")
        found = _ORDER.fullmatch(text.strip())
        if found is None:
            message = f"{quoted(text)} is no order"
            scope.report_at("bad-hypertable", message, place, path, "write field [asc|desc] [nulls first|last]")
        elif not outline.knows(found["field"]):
            scope.unknown("field", found["field"], outline.names(), place, path, f"order_by of {outline.name}")
        elif found["field"] in segments:
            message = f"{quoted(found['field'])} is the same in all rows of a segment, so it orders nothing"
            scope.report_at("bad-hypertable", message, place, path, "remove it here or from segment_by")
        else:
            yield IndexPart(found["field"], order=found["order"] or "asc", nulls=found["nulls"] or "")


# --- distribution -----------------------------------------------------------------------------------------------------


def read_distribution(scope: Scope, outline: Outline, fields: Mapping[str, Field]) -> Distribution | None:
    """Where the rows of an entity are kept in a cluster, or None without a word about it or after a report."""
    given: str | Given | None = outline.given.get("distribute")
    place = outline.given.key_place("distribute")
    if not isinstance(given, Given):
        return Distribution(place=place) if given else None
    if given.broken:
        return None
    name: str = given.words["by"]
    if not outline.knows(name):
        path = given.path_of("by")
        scope.unknown("field", name, outline.names(), given.place("by"), path, f"the distribution of {outline.name}")
        return None
    field = fields.get(name)
    if field is None:
        return None
    fact = ""
    if not isinstance(field.type, Scalar | EnumType) or _base(field) in ("json", "float"):
        fact = f"is {describe(field.type)}"
    elif field.nullable:
        fact = "may be null"
    elif "computed" in outline.fields[name][1]:
        fact = "is computed"
    if fact:
        message = f"{outline.name} is distributed by {quoted(name)}, which {fact}"
        scope.report("bad-distribution", message, given, "by", "name a field that every row has, such as a key")
    return Distribution(name, given.get("with", ""), place)


def _base(field: Field) -> str:
    return field.type.base if isinstance(field.type, Scalar) else ""
