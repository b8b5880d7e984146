"""The calls that make rows, change them and take them away again; only rows that were made here are touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isotype.binding.derivation import CREATE, GET, UPDATE, Match
from isotype.binding.model import EntityBinding
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import ObjectType
from isotype.domain.values import mutable, replace
from isotype.probes.records import Records
from isotype.probes.values import Json, write
from isotype.service.differences import DIFFERENT, OPERATION, PROPERTY, UNKNOWN, Difference
from isotype.service.live import reading, statuses
from isotype.service.live.bodies import Bodies, unique_fields
from isotype.service.live.model import Call, Heard, Plan, Subject
from isotype.service.live.rows import Known, Row, fields, names
from isotype.shapes.model import ApiOperation, Property, Shape

AGAIN = 4
"""How often a row is made with other values, where some of them are taken."""


class Made(NamedTuple):
    """A row that was made here."""

    entity: EntityBinding
    row: Row


@mutable
class Writer:
    """What the calls of a run have made; `stay` counts the rows that no operation takes away."""

    known: Known
    records: Records
    bodies: Bodies
    made: list[Made]
    stay: int = 0


def writing(operation: ApiOperation, writer: Writer) -> Plan:
    """All calls of an operation that may change something, but for those that take rows away: these come last."""
    derived = writer.known.derived.get(operation.name)
    if operation.method == "delete":
        yield from _strange(operation, writer)
    elif derived is not None and derived.kind == CREATE:
        yield from _creating(operation, derived.entity, writer)
    elif derived is not None and derived.kind == UPDATE:
        yield from _updating(operation, derived.entity, writer)
    elif operation.method != "post" and not reading.has_path(operation):
        # What it changes is there without us, such as settings of the whole service.
        return
    elif operation.body is not None and isinstance(operation.body.type, ObjectType):
        yield from _sending(operation, writer)
    else:
        yield from _strange(operation, writer)
        named = _own_row(operation, writer)
        if named is not None and operation.body is None:
            yield reading.call(operation, named, statuses.taken(operation, False))


def clearing(writer: Writer) -> Plan:
    """Take away what was made, the latest first; then it is not there."""
    known = writer.known
    for made in reversed(writer.made):
        operation = next((it for it in _deleting(known, made.entity) if _can_name(it, made, known)), None)
        if operation is None:
            writer.stay += 1
            continue
        wanted = statuses.taken(operation, operation.name in known.derived) | ({409} & set(operation.errors))
        heard = yield reading.call(operation, _key(operation, made, known), wanted)
        if heard is None or heard.status != operation.status:
            writer.stay += 1
            continue
        for getting in _of_kind(known, GET, made.entity):
            if _can_name(getting, made, known):
                subject = Subject(OPERATION, (getting.call,), "for what was deleted")
                yield reading.call(getting, _key(getting, made, known), statuses.not_found(getting), subject)
    writer.made.clear()


def _with_body(asked: Call, text: str) -> Call:
    shown = text if len(text) <= 120 else f"{text[:120]}…"
    return replace(asked, body=text, shown=f"{asked.shown} {shown if shown.isprintable() else ascii(shown)}")


def _of_kind(known: Known, kind: str, entity: EntityBinding) -> list[ApiOperation]:
    """The operations that do something to a row which its key names."""
    return [
        operation
        for operation in known.shapes.operations
        if operation.name in known.derived
        and known.derived[operation.name].kind == kind
        and known.derived[operation.name].entity == entity
    ]


def _deleting(known: Known, entity: EntityBinding) -> list[ApiOperation]:
    """The operations that take a row away, those first of which the schema says everything."""
    found = [
        operation
        for operation in known.shapes.operations
        if operation.method == "delete" and operation.body is None and _keys(operation, known)[0] == entity
    ]
    return sorted(found, key=lambda operation: operation.name not in known.derived)


def _keys(operation: ApiOperation, known: Known) -> tuple[EntityBinding | None, tuple[Match, ...]]:
    return known.keys(operation) or (None, ())


def _key(operation: ApiOperation, made: Made, known: Known) -> dict[str, Json]:
    return {match.parameter.name: made.row[match.field.field] for match in _keys(operation, known)[1]}


def _can_name(operation: ApiOperation, made: Made, known: Known) -> bool:
    entity, keys = _keys(operation, known)
    return entity == made.entity and names(made.row, keys)


# Making rows


def _creating(operation: ApiOperation, entity: EntityBinding, writer: Writer) -> Plan:
    shape = entity.shapes["create"]
    first: dict[str, Json] | None = None
    for whole in (False, True):
        record = yield from _made(operation, entity, shape, whole, writer)
        first = first or record
    if first is None:
        return
    if 409 in operation.errors and _holds_unique(entity, shape, first, writer):
        subject = Subject(OPERATION, (operation.call,), "for what is there already")
        asked = reading.call(operation, {}, statuses.with_limit(operation, {409}), subject)
        heard = yield _with_body(asked, write(first))
        _note_refused(operation, heard, writer)
    yield from _refusing(operation, shape, first, {}, writer)


def _made(operation: ApiOperation, entity: EntityBinding, shape: Shape, whole: bool, writer: Writer) -> Any:
    """Make one row, and look whether it holds what was given; the record, None where none was made."""
    known, bodies = writer.known, writer.bodies
    for _ in range(AGAIN):
        record = bodies.valid(shape, whole)
        if record is None:
            return None
        wanted = statuses.taken(operation, True)
        taken_already = {409} & set(operation.errors) if unique_fields(entity) else set()
        asked = _with_body(reading.call(operation, {}, wanted | taken_already), write(record))
        heard = yield asked
        if heard is None:
            return None
        if heard.status == 409:
            continue
        if heard.status != operation.status or not isinstance(heard.value, dict):
            _note_refused(operation, heard, writer)
            return None
        assert isinstance(operation.result.type, ObjectType)
        shown = known.shapes.shape(operation.result.type.name)
        row = fields(shown, heard.canonical or heard.value, known.shapes)
        given = fields(shape, bodies.canonical(shape, record), known.shapes)
        if heard.sound:
            yield from _kept(asked, entity, shown, given, row)
            known.learn(operation.result.type, heard.canonical)
        made = Made(entity, row)
        writer.made.append(made)
        yield from _shown_again(entity, made, writer)
        return record
    return None


def _kept(
    asked: Call, entity: EntityBinding, shown: Shape, given: Mapping[str, Any], row: Mapping[str, Any]
) -> Iterator[Difference]:
    """What was given is what is answered, but for what the database makes."""
    for name, value in given.items():
        column = entity.field(name).column
        if name not in row or column.computed is not None or column.stamped or row[name] == value:
            continue
        found = _property(shown, name)
        if found is not None:
            path = (found[0].name, found[1].name)
            actual = f"{_short(row[name])}, to {asked.shown}"
            yield Difference(PROPERTY, path, "value", DIFFERENT, _short(value), actual, (UNKNOWN,), (asked.name,))


def _property(shape: Shape, field: str) -> tuple[Shape, Property] | None:
    return next(((shape, prop) for prop in shape.properties if prop.field == field), None)


def _short(value: Any) -> str:
    text = write(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _shown_again(entity: EntityBinding, made: Made, writer: Writer) -> Plan:
    """The row as it is answered when it is asked for."""
    known = writer.known
    for operation in _of_kind(known, GET, entity):
        if not _can_name(operation, made, known):
            continue
        asked = reading.call(operation, _key(operation, made, known), statuses.taken(operation, True))
        heard = yield asked
        if heard is not None and heard.sound:
            assert isinstance(operation.result.type, ObjectType)
            shown = known.shapes.shape(operation.result.type.name)
            again = fields(shown, heard.canonical, known.shapes)
            common = {name: value for name, value in made.row.items() if name in again}
            yield from _kept(asked, entity, shown, common, again)


def _holds_unique(entity: EntityBinding, shape: Shape, record: Mapping[str, Json], writer: Writer) -> bool:
    """Whether the same record again clashes with itself."""
    given = fields(shape, writer.bodies.canonical(shape, record), writer.known.shapes)
    by_column = {field.column.name: field.field for field in entity.fields}
    groups = [unique.columns for unique in entity.table.uniques]
    return any(all(given.get(by_column[column]) is not None for column in columns) for columns in groups)


def _refusing(
    operation: ApiOperation, shape: Shape, record: Mapping[str, Json], values: dict[str, Json], writer: Writer
) -> Plan:
    wanted = statuses.refused(operation)
    for fault in writer.bodies.faults(shape, record):
        heard = yield _with_body(reading.call(operation, values, wanted, fault.subject), fault.text)
        _note_refused(operation, heard, writer)
    broken = Subject(OPERATION, (operation.call,), "for a body that is no JSON")
    heard = yield _with_body(reading.call(operation, values, wanted | {400, 422}, broken), '{"')
    _note_refused(operation, heard, writer)


# Changing rows


def _updating(operation: ApiOperation, entity: EntityBinding, writer: Writer) -> Plan:
    known = writer.known
    shape = entity.shapes["update"]
    rows = [made for made in writer.made if _can_name(operation, made, known)]
    if not rows:
        return
    made = rows[-1]
    values = _key(operation, made, known)
    for prop, change in _changes(entity, shape, made.row, writer):
        asked = _with_body(reading.call(operation, values, statuses.taken(operation, True)), write({prop.name: change}))
        heard = yield asked
        if heard is None or not heard.sound or heard.status != operation.status:
            continue
        assert isinstance(operation.result.type, ObjectType)
        shown = known.shapes.shape(operation.result.type.name)
        row = fields(shown, heard.canonical, known.shapes)
        change_made = fields(shape, writer.bodies.canonical(shape, {prop.name: change}), known.shapes)
        yield from _kept(asked, entity, shown, {**made.row, **change_made}, row)
        place = writer.made.index(made)
        made = Made(entity, {**made.row, **row})
        writer.made[place] = made
    yield from _moves(operation, entity, shape, made, values)
    yield from _refusing(operation, shape, {}, values, writer)
    yield from _strange(operation, writer)


def _changes(entity: EntityBinding, shape: Shape, row: Row, writer: Writer) -> Iterator[tuple[Property, Json]]:
    """Changes of one property that nothing else in the row forbids."""
    bound = set(unique_fields(entity)) | {machine.field for machine in entity.machines}
    among = {column for check in entity.table.checks if len(check.columns) > 1 for column in check.columns}
    bound |= {field.field for field in entity.fields if field.column.name in among}
    bound |= {operand.field for rule in shape.rules for operand in rule.operands}
    for prop in shape.properties:
        if not prop.field or prop.field in bound or prop.field not in row:
            continue
        if writer.known.referred(entity, prop.field) is not None:
            continue
        change = next(writer.bodies.others(prop, row[prop.field]), None)
        if change is not None:
            yield prop, change
        if prop.nullable:
            yield prop, None


def _moves(operation: ApiOperation, entity: EntityBinding, shape: Shape, made: Made, values: dict[str, Json]) -> Plan:
    """Moves that the schema does not allow."""
    wanted = statuses.with_limit(operation, {409, 422} & set(operation.errors) or statuses.CLIENT_ERRORS)
    for machine in entity.machines:
        found = _property(shape, machine.field)
        now = made.row.get(machine.field)
        moves = dict(machine.transitions.moves).get(str(now))
        if found is None or moves is None:
            continue
        for state in machine.enum.texts:
            if state != now and state not in moves:
                subject = Subject(
                    PROPERTY, (shape.name, found[1].name), f"move from {now}", " or ".join(moves) or "none"
                )
                asked = reading.call(operation, values, wanted, subject)
                yield _with_body(asked, write({found[1].name: state}))


# All other calls


def _sending(operation: ApiOperation, writer: Writer) -> Plan:
    """A call of which the schema does not say what it does: bodies that it takes, and such that it must refuse."""
    assert operation.body is not None
    assert isinstance(operation.body.type, ObjectType)
    known = writer.known
    shape = known.shapes.shape(operation.body.type.name)
    values = reading.needed(operation, writer.records)
    if values is None:
        return
    if reading.has_path(operation):
        yield from _strange(operation, writer)
        named = _own_row(operation, writer)
        if named is None:
            return
        values = {**values, **named}
    first: dict[str, Json] | None = None
    for whole in (False, True):
        record = writer.bodies.valid(shape, whole)
        if record is None or len(write(record)) > 100_000:
            continue
        first = first if first is not None else record
        for naming in writer.bodies.naming(shape, record):
            heard = yield _with_body(reading.call(operation, values, statuses.taken(operation, False)), write(naming))
            if heard is None or heard.status == operation.status:
                break
        if heard is not None and heard.sound and heard.status == operation.status:
            _note(operation, heard, writer)
    if first is not None:
        yield from _refusing(operation, shape, first, values, writer)


def _note(operation: ApiOperation, heard: Heard, writer: Writer) -> None:
    """A call that answers 201 with a row which nobody has shown before has made it."""
    known = writer.known
    if operation.method != "post" or operation.status != 201:
        return
    for shape, record in known.records(operation.result.type, heard.canonical or heard.value):
        entity = known.entity(shape.owner)
        row = fields(shape, record, known.shapes)
        if entity is not None and known.is_new(entity.entity, row):
            writer.made.append(Made(entity, row))
    if heard.sound:
        known.learn(operation.result.type, heard.canonical)


def _note_refused(operation: ApiOperation, heard: Heard | None, writer: Writer) -> None:
    """What had to be refused and was taken may have made a row all the same."""
    if heard is None or not 200 <= heard.status < 300 or operation.method != "post":
        return
    before = len(writer.made)
    _note(operation, heard, writer)
    if len(writer.made) == before:
        writer.stay += 1


def _own_row(operation: ApiOperation, writer: Writer) -> dict[str, Json] | None:
    known = writer.known
    own = next((made for made in writer.made if _can_name(operation, made, known)), None)
    return None if own is None else _key(operation, own, known)


def _strange(operation: ApiOperation, writer: Writer) -> Plan:
    """A call for a row that is not there."""
    if 404 not in operation.errors or not reading.has_path(operation):
        return
    strange = reading.strangers(operation, writer.records)
    values = reading.needed(operation, writer.records)
    if strange is None or values is None:
        return
    subject = Subject(OPERATION, (operation.call,), "for what is not there")
    asked = reading.call(operation, {**values, **strange}, statuses.not_found(operation), subject)
    if operation.body is None:
        yield asked
    elif isinstance(operation.body.type, ObjectType):
        record = writer.bodies.valid(writer.known.shapes.shape(operation.body.type.name), False)
        if record is not None:
            yield _with_body(asked, write(record))
