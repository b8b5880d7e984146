"""The calls that change nothing: lists and their filters, rows by their keys, and parameters that must be refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from isotype.binding.derivation import LIST, Derivation, Match
from isotype.domain.types import Scalar
from isotype.probes.records import Records
from isotype.probes.values import Json, read, write
from isotype.service.differences import DIFFERENT, OPERATION, PARAMETER, PROPERTY, REFUSED, UNKNOWN, Difference, Effect
from isotype.service.live import statuses, texts
from isotype.service.live.answers import said
from isotype.service.live.model import Call, Heard, Plan, Subject
from isotype.service.live.rows import Known, Row, fields
from isotype.shapes.model import ApiOperation, ApiParameter, Shape

VALUES = 3
"""Values of a parameter that are tried."""

ROWS = 3
"""Rows that are asked for by their keys."""

Values = Mapping[str, Json]


def call(operation: ApiOperation, values: Values, wanted: frozenset[int], refused: Subject | None = None) -> Call:
    """A call with values for its parameters, by their names."""
    given = [parameter for parameter in operation.parameters if parameter.name in values]
    placed = {parameter.name: values[parameter.name] for parameter in given if parameter.location == "path"}
    query = tuple(
        pair
        for parameter in given
        if parameter.location == "query"
        for pair in texts.many(parameter, values[parameter.name])
    )
    headers = tuple(
        (parameter.name, texts.of(values[parameter.name])) for parameter in given if parameter.location == "header"
    )
    path = texts.in_path(operation.path, placed)
    return Call(operation, path, query, headers, None, wanted, refused, _shown(operation, path, query, headers))


def _shown(
    operation: ApiOperation, path: str, query: tuple[tuple[str, str], ...], headers: tuple[tuple[str, str], ...]
) -> str:
    asked = "&".join(f"{name}={value if len(value) <= 40 else value[:40] + '…'}" for name, value in query)
    named = "".join(f", {name}: {value[:40]}" for name, value in headers)
    return f"{operation.method.upper()} {path}{'?' if asked else ''}{asked}{named}"


def needed(operation: ApiOperation, records: Records, path: bool = False) -> dict[str, Json] | None:
    """Values for the parameters that a call must have, those of the path among them or not; None where one has none."""
    found: dict[str, Json] = {}
    for parameter in operation.parameters:
        if parameter.required and (path or parameter.location != "path"):
            value = next(texts.taken(parameter, records), None)
            if value is None:
                return None
            found[parameter.name] = value
    return found


def has_path(operation: ApiOperation) -> bool:
    """Whether the path of an operation has parameters."""
    return any(parameter.location == "path" for parameter in operation.parameters)


def learning(operation: ApiOperation, known: Known, records: Records) -> Plan:
    """The plainest call of an operation whose path is fixed: what it shows can be asked for afterwards."""
    values = needed(operation, records)
    if values is None:
        return
    made = known.derived.get(operation.name)
    asked = call(operation, values, statuses.taken(operation, made is not None))
    heard = yield asked
    if heard is not None and heard.sound and heard.status == operation.status:
        known.learn(operation.result.type, heard.canonical, asked)
        if made is not None:
            yield from _listed(operation, made, values, heard, known)


def reading(operation: ApiOperation, known: Known, records: Records) -> Plan:
    """All other calls of an operation."""
    values = needed(operation, records)
    if values is None:
        return
    base: dict[str, Json] | None = values
    if has_path(operation):
        base = yield from _by_key(operation, values, known, records)
    if base is not None:
        yield from _choices(operation, base, known, records)
    yield from _faults(operation, base, known, records)


# Rows by their keys


def _by_key(operation: ApiOperation, values: dict[str, Json], known: Known, records: Records) -> Any:
    """Ask for rows that were shown, and for one that is not there; the parameters of one that is."""
    made = known.derived.get(operation.name)
    found: dict[str, Json] | None = None
    for count, (row, named) in enumerate(known.named(operation)):
        if count == ROWS:
            break
        given = {**values, **named}
        wanted = statuses.taken(operation, made is not None)
        asked = call(operation, given, wanted | {404})
        heard = yield asked
        if heard is None:
            continue
        if heard.status == 404 and 404 not in wanted:
            yield from _gone(asked, row, wanted, known)
        elif heard.status == operation.status:
            found = found or given
            if heard.sound:
                yield from _same_row(asked, row, heard, known)
    if 404 in operation.errors:
        strange = strangers(operation, records)
        if strange is not None:
            subject = Subject(OPERATION, (operation.call,), "for what is not there")
            yield call(operation, {**values, **strange}, statuses.not_found(operation), subject)
    return found


def strangers(operation: ApiOperation, records: Records) -> dict[str, Json] | None:
    """Values for a path that name nothing; None where every value may be something."""
    found: dict[str, Json] = {}
    strange = False
    for parameter in operation.parameters:
        if parameter.location != "path":
            continue
        of = parameter.type
        if isinstance(of, Scalar) and of.base == "uuid":
            found[parameter.name], strange = str(uuid4()), True
            continue
        usual = next(texts.taken(parameter, records), None)
        if usual is None:
            return None
        found[parameter.name] = usual
    return found if strange else None


def _gone(asked: Call, row: Row, wanted: frozenset[int], known: Known) -> Plan:
    """A row is not there under its key: a difference when it is shown still."""
    origin = known.origin(row)
    if origin is not None:
        heard = yield origin
        if heard is None or not heard.sound:
            return
        shown = known.records(origin.operation.result.type, heard.canonical)
        if all(fields(shape, record, known.shapes) != row for shape, record in shown):
            return
    expected = " or ".join(map(str, sorted(wanted)))
    actual = f"404 to {asked.shown}, a row that it shows"
    yield Difference(OPERATION, (asked.name,), "status", DIFFERENT, expected, actual, (REFUSED,), (asked.name,))


def _same_row(asked: Call, row: Row, heard: Heard, known: Known) -> Plan:
    """The row that is answered is the one that was asked for, with the values that were shown before."""
    found = known.keys(asked.operation)
    if found is None or asked.operation.name not in known.derived:
        return
    for _, given in _rows(asked, heard, known):
        others = {match.field.field: match for match in found[1]}
        wrong = [name for name in others if name in given and given[name] != row[name]]
        for name in wrong:
            yield _otherwise(asked, others[name], row[name], given[name])
        if not wrong and _differing(row, given):
            yield from _changed(asked, row, list(others), known)


def _changed(asked: Call, row: Row, keys: list[str], known: Known) -> Plan:
    """A row is shown otherwise than before: a difference when both calls say so again."""
    origin = known.origin(row)
    listed = (yield origin) if origin is not None else None
    if origin is None or listed is None or not listed.sound:
        return
    again = yield asked
    if again is None or not again.sound:
        return
    before = [shown for _, shown in _rows(origin, listed, known) if all(shown.get(key) == row[key] for key in keys)]
    for shape, given in _rows(asked, again, known):
        for name in _differing(before[0], given) if before else ():
            prop = next(prop for prop in shape.properties if prop.field == name)
            actual = f"{texts.of(given[name])}, to {asked.shown}"
            expected = f"{texts.of(before[0][name])}, as in {origin.shown}"
            path = (shape.name, prop.name)
            yield Difference(PROPERTY, path, "value", DIFFERENT, expected, actual, (UNKNOWN,), (asked.name,))


def _rows(asked: Call, heard: Heard, known: Known) -> list[tuple[Shape, Row]]:
    shown = known.records(asked.operation.result.type, heard.canonical)
    return [(shape, fields(shape, record, known.shapes)) for shape, record in shown]


def _differing(before: Row, after: Row) -> list[str]:
    return [name for name, value in after.items() if name in before and before[name] != value]


def _otherwise(asked: Call, match: Match, expected: Json, actual: Json) -> Difference:
    path = (asked.name, match.parameter.location, match.parameter.name)
    seen = f"{texts.of(actual)}, to {asked.shown}"
    return Difference(PARAMETER, path, "chosen rows", DIFFERENT, texts.of(expected), seen, (UNKNOWN,), (asked.name,))


# Parameters of a query


def _choices(operation: ApiOperation, base: dict[str, Json], known: Known, records: Records) -> Plan:
    """Each parameter that may be left out, with values that it takes."""
    made = known.derived.get(operation.name)
    wanted = statuses.taken(operation, made is not None)
    for parameter in operation.parameters:
        if parameter.location == "path":
            continue
        for value in _tried(parameter, made, known, records):
            given = {**base, parameter.name: value}
            if not _keeps_rules(operation, parameter, given, known):
                continue
            heard = yield call(operation, given, wanted)
            if heard is not None and heard.sound and heard.status == operation.status and made is not None:
                known.learn(operation.result.type, heard.canonical, call(operation, given, wanted))
                yield from _listed(operation, made, given, heard, known)


def _tried(parameter: ApiParameter, made: Derivation | None, known: Known, records: Records) -> Iterator[Json]:
    """Values that a parameter takes; first that of a row, where it chooses rows."""
    found: dict[str, Json] = {}
    for match in made.filters if made is not None else ():
        if match.parameter == parameter and made is not None:
            for row in known.rows(made.entity.entity):
                value = row.get(match.field.field)
                if value is not None and not texts.verdict(parameter.type, texts.of(value), known.meaning):
                    found.setdefault(texts.of(value), value)
    for value in texts.taken(parameter, records):
        found.setdefault(texts.of(value), value)
    yield from list(found.values())[:VALUES]


def _keeps_rules(operation: ApiOperation, parameter: ApiParameter, given: Values, known: Known) -> bool:
    """Whether the parameters of an object keep its rules together."""
    if not parameter.object:
        return True
    shape = known.shapes.shape(parameter.object)
    of_object = {it.name: given[it.name] for it in operation.parameters if it.object == shape.name and it.name in given}
    return not known.meaning.whole(shape, write(of_object)).refusals


def _listed(
    operation: ApiOperation, made: Derivation, given: Values, heard: Heard, known: Known
) -> Iterator[Difference]:
    """A list holds the rows that were chosen, no more than a page of them, in their order."""
    if made.kind != LIST:
        return
    name = operation.call
    asked = call(operation, given, frozenset()).shown
    rows = [
        fields(shape, record, known.shapes) for shape, record in known.records(operation.result.type, heard.canonical)
    ]
    for match in made.filters:
        if match.parameter.name not in given:
            continue
        field, chosen = match.field.field, texts.of(given[match.parameter.name])
        for row in rows:
            value = row.get(field, chosen)
            meant = known.meaning.value(match.field.column.type, True, given[match.parameter.name])
            if value not in (chosen, meant.value):
                path = (name, match.parameter.location, match.parameter.name)
                seen = f"{texts.of(value)}, to {asked}"
                yield Difference(PARAMETER, path, "chosen rows", DIFFERENT, chosen, seen, (UNKNOWN,), (name,))
                break
    yield from _paged(name, asked, made, given, len(rows), heard)
    yield from _ordered(name, asked, made, rows)


def _paged(name: str, asked: str, made: Derivation, given: Values, count: int, heard: Heard) -> Iterator[Difference]:
    if made.paging is None or not isinstance(heard.canonical, dict):
        return
    size, page = (
        read(write(given.get(parameter.name, parameter.default))) for parameter in (made.paging.size, made.paging.page)
    )
    if isinstance(size, int) and count > size:
        path = (name, "query", made.paging.size.name)
        seen = f"{count} rows, to {asked}"
        yield Difference(PARAMETER, path, "rows of a page", DIFFERENT, f"at most {size}", seen, (UNKNOWN,), (name,))
    told = {meaning: heard.canonical.get(prop.name) for prop, meaning in made.paging.properties}
    for meaning, expected, parameter in (("size", size, made.paging.size), ("page", page, made.paging.page)):
        if meaning in told and isinstance(expected, int) and told[meaning] != expected:
            path = (name, "query", parameter.name)
            seen = f"{told[meaning]}, to {asked}"
            yield Difference(PARAMETER, path, "said of a page", DIFFERENT, str(expected), seen, (UNKNOWN,), (name,))
    total = told.get("total")
    if isinstance(total, int) and total < count:
        seen = f"{total} in all and {count} on the page, to {asked}"
        yield _of_answer(name, "total", f"at least {count}", seen, UNKNOWN)


def _of_answer(name: str, attribute: str, expected: str, actual: str, effect: Effect) -> Difference:
    return Difference(OPERATION, (name,), attribute, DIFFERENT, expected, actual, (effect,), (name,))


_COMPARABLE = ("timestamp", "local_timestamp", "date", "int", "smallint")


def _ordered(name: str, asked: str, made: Derivation, rows: list[dict[str, Any]]) -> Iterator[Difference]:
    """By the first of what rows are sorted by, where every database sorts it alike."""
    field, descending = made.order[0]
    of = field.column.type
    if not isinstance(of, Scalar) or of.base not in _COMPARABLE:
        return
    values: list[Any] = [row.get(field.field) for row in rows]
    if None in values:
        return
    values = [_place(value) for value in values]
    if values != sorted(values, reverse=descending):
        way = "descending" if descending else "ascending"
        yield _of_answer(name, "order", f"{field.field} {way}", f"not sorted so, to {asked}", UNKNOWN)


def _place(value: Any) -> Any:
    """Where a canonical value stands among others: fractions of a second are not of one length."""
    if not isinstance(value, str):
        return value
    whole, _, fraction = value.removesuffix("Z").partition(".")
    return whole, fraction.rstrip("0")


# What must be refused


def _faults(operation: ApiOperation, base: dict[str, Json] | None, known: Known, records: Records) -> Plan:
    wanted = statuses.refused(operation)
    name = operation.call
    for parameter in operation.parameters:
        within = parameter.location == "path"
        if base is None and not within:
            continue
        start = base if base is not None else strangers(operation, records)
        if start is None:
            continue
        path = (name, parameter.location, parameter.name)
        takes = said(parameter.type)
        if parameter.required and not within:
            left = {other: value for other, value in start.items() if other != parameter.name}
            yield call(operation, left, wanted, Subject(PARAMETER, path, "required", "given"))
        for fault in texts.refused(parameter, records):
            subject = Subject(PARAMETER, path, fault.constraint, takes)
            # Where a path takes something else, its route may be no route at all.
            yield call(operation, {**start, parameter.name: fault.text}, wanted | ({404} if within else set()), subject)
