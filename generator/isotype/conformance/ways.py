"""What one entity is carried by between bodies and rows, and what is wrong with what came of it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice, permutations
from typing import Any

from isotype.binding.mapper import held_shape, is_content, loads_function, page_function, result_function
from isotype.binding.model import EntityBinding, Relationship
from isotype.conformance.building import Compiled
from isotype.conformance.changes import refused_moves
from isotype.conformance.comparison import agree
from isotype.conformance.http.model import by_field
from isotype.conformance.witnesses.models import begin, python_value
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Opaque
from isotype.probes.made import present
from isotype.probes.meaning import Path
from isotype.probes.records import Records, texts_of
from isotype.probes.rows import Cell, Row, Rows, broken_rules, constant, reader
from isotype.probes.values import ABSENT, Json, read, write
from isotype.shapes.model import Property, Shape
from isotype.tables.model import Column

ORDERS = 120
"""So many orders of the numbers of a page are tried: all of five."""

Fields = Mapping[str, Any]
"""Values in the form of the wire, by the fields of an entity."""


class _Result(NamedTuple):
    """A function that shows a row, the shape of what it shows, and what it is given beside the row.

    `meant` is what is to be seen of that, by its name on the wire.
    """

    make: Callable[..., Any]
    shape: Shape
    added: Mapping[str, Any]
    meant: Mapping[str, Json]
    loads: Callable[[], Sequence[Any]] | None

    @property
    def read(self) -> list[Property]:
        """What is read of related rows."""
        return [prop for prop in self.shape.properties if prop.relation and prop.attribute not in self.added]


class _Page(NamedTuple):
    """A function that shows rows, the shape of what it shows, the list in there, and all else in there.

    `item` makes what it lists where that is more than a row tells.
    """

    make: Callable[..., Any]
    shape: Shape
    items: str
    rest: Mapping[str, Any]
    item: _Result | None


class Standing(NamedTuple):
    """A row that is changed: what it holds, as far as that is said, and the body that begins it; '' if it moved on."""

    cells: Mapping[str, Cell]
    body: str = ""


class Way:
    """The mapper of one entity with the classes of its bodies, and where its fields stand at both ends."""

    def __init__(self, of: Compiled, entity: EntityBinding, records: Records, rows: Rows) -> None:
        mapping: Any = importlib.import_module(f"{of.package}.models.mapping.{entity.module}")
        schemas = of.module("schemas")
        self._entity, self._meaning, self._shapes = entity, records.meaning, of.bindings.shapes
        self._to_model = mapping.to_model
        self._create: Any = getattr(schemas, entity.shapes["create"].name)
        columns = {field.attribute: field.column for field in entity.fields}
        self._given = {name: _sample(columns[name], records) for name in _asked(mapping.to_model)}
        self._results = [
            _Result(make, shape, *_added(make, schemas, shape, records), getattr(mapping, loads_function(shape), None))
            for shape in _results(entity)
            for make in [getattr(mapping, result_function(shape))]
        ]
        self._pages = list(_pages(entity, mapping, schemas, records, self._results))
        self._models: Any = of.module("models")
        self._class: Any = getattr(self._models, entity.class_name)
        self._ends = {end.name: end for end in entity.relationships}
        self._of = {one.class_name: one for one in of.bindings.entities}
        self._records = records
        self._attributes = {field.column.name: field.attribute for field in entity.fields}
        self._apply: Any = getattr(mapping, "apply", None)
        self._update: Any = getattr(schemas, entity.shapes["update"].name) if "update" in entity.shapes else None
        self._standing = list(self._standings(rows)) if self._update is not None else []
        # How a value of a raw type is spelled only the database knows.
        self._told = [field for field in entity.fields if not isinstance(field.column.type, Opaque)]
        self.shown = {
            field.column.name: field.paths["response"].wire for field in self._told if "response" in field.paths
        }
        self._paths: list[tuple[Path, Path]] = [
            (field.paths["create"].wire, field.paths["response"].wire)
            for field in self._told
            if {"create", "response"} <= field.paths.keys()
        ]
        self._made_anew = {
            it.field
            for it in entity.table.columns
            if it.stamped or it.computed is not None or isinstance(it.type, Opaque)
        }

    def _standings(self, rows: Rows) -> Iterator[Standing]:
        """Rows that are there to be changed: as bodies begin them, and as they have moved on."""
        for record in self._apart("create"):
            cells = self._cells("create", self._meaning.whole(self._entity.shapes["create"], write(record)).value)
            if self.begins(cells):
                yield Standing(cells, write(record))
        for record in self._apart("response"):
            shape, said = self._entity.shapes["response"], texts_of(record)
            row = rows.row(shape, said, self._meaning.record(shape, said))
            if row is not None and row.stands:
                yield Standing(row.cells)

    def _apart(self, variant: str) -> Iterator[Any]:
        """Records of a shape, the whole one other than what a whole update says, as far as samples and rules allow."""
        shape, update = self._entity.shapes[variant], self._entity.shapes["update"]
        least, whole, sent = (self._records.valid(*one) for one in ((shape, False), (shape, True), (update, True)))
        if whole is not None:
            yield whole if sent is None else self._unlike(shape, whole, self._meaning.whole(update, write(sent)).value)
        if least is not None:
            yield least

    def _unlike(self, shape: Shape, record: Any, update: Any) -> Any:
        sent, table = self._fields("update", update), self._entity.table
        moving = {table.column(guard.column).field for guard in table.transition_guards}
        for prop in shape.properties:
            if prop.field in sent and prop.field not in moving:
                for sample in self._records.samples(prop.type):
                    other = {**record, prop.name: sample}
                    judged = self._meaning.whole(shape, write(other))
                    if not judged.refusals and not agree(sent[prop.field], judged.value[prop.name]):
                        record = other
                        break
        return record

    def model(self, text: str) -> Any:
        """A new row of a body that creates one."""
        return self._to_model(self._create.model_validate_json(text), **self._given)

    def row(self, cells: Mapping[str, Cell]) -> Any:
        """A row as the service writes it, which may have moved on."""
        table = self._entity.table
        given = {self._attributes[name]: python_value(it.value, table.column(name).type) for name, it in cells.items()}
        return self._class(**given)

    @contextmanager
    def anywhere(self) -> Iterator[None]:
        """Rows may be in every state, as those that have moved on."""
        starts = self._class.__starts__
        begin(self._class, {})
        try:
            yield
        finally:
            begin(self._class, starts)

    def standing(self, update: Json) -> list[Standing]:
        """The rows that an update may change, that first of which it changes most."""
        sent = self._cells("update", update)
        return sorted(self._holding(update), key=lambda row: _changed(row.cells, sent), reverse=True)

    def stand(self, row: Standing) -> Any:
        """A row that is there to be changed."""
        return self.model(row.body) if row.body else self.row(row.cells)

    def change(self, model: Any, text: str) -> None:
        """Change a row as a body asks."""
        self._apply(self._update.model_validate_json(text), model)

    def response(self, model: Any) -> str:
        """What is shown of a row after it was made or changed."""
        made = self._results[0]
        self._lend(model, made.shape)
        text: str = made.make(model, **made.added).model_dump_json()
        return text

    def fault(self, model: Any, text: str) -> str:
        """What is wrong with all that is shown of a row, whatever was sent; `text` is its response."""
        said = self._flaw(self._results[0].shape, text) or _unadded(self._results[0], read(text))
        shown = by_field(self._results[0].shape, read(text), self._shapes)
        for made in self._results[1:]:
            self._lend(model, made.shape)
            other = made.make(model, **made.added).model_dump_json()
            said = said or self._flaw(made.shape, other) or _unadded(made, read(other))
            for field, value in by_field(made.shape, read(other), self._shapes).items():
                if field in shown and not agree(shown[field], value):
                    said = said or f"{made.shape.name}: {field} is shown as {write(value)[:200]}"
        for page in self._pages:
            found = read(page.make([self._listed(model, page)], **page.rest).model_dump_json())
            said = said or self._flaw(page.shape, write(found))
            rest = {prop.name: page.rest[prop.attribute] for prop in page.shape.properties if prop.name != page.items}
            if len(found[page.items]) != 1 or any(found[name] != _plain(value) for name, value in rest.items()):
                said = said or f"{page.shape.name}: it is shown as {write(found)[:200]}"
        return said

    def _listed(self, model: Any, page: _Page) -> Any:
        """What a page is given of a row."""
        if page.item is None:
            return model
        self._lend(model, page.item.shape)
        return page.item.make(model, **page.item.added)

    def unloaded(self, session: Any) -> str:
        """What is shown of rows and not loaded along with them; '' when nothing is."""
        from sqlalchemy import inspect, select

        for made in self._results:
            if made.loads is not None:
                session.expire_all()
                needed = {prop.relation for prop in made.read}
                for model in session.scalars(select(self._class).options(*made.loads())):
                    lacking = needed & inspect(model).unloaded
                    if lacking:
                        return f"{made.shape.name}: {', '.join(sorted(lacking))} is not loaded along"
        return ""

    def related(self) -> str:
        """What is shown of a related row as another than it is; '' when nothing is."""
        for made in self._results:
            shown = [prop for prop in made.read if prop.relation in self._ends]
            model = self._seen(self._entity, made.shape) if shown else None
            for prop in shown:
                end, inner = self._ends[prop.relation], held_shape(prop, self._shapes)
                further = any(one.relation or one.given for one in inner.properties)
                row = None if further else self._seen(self._of[end.target], inner)
                if model is None or row is None:
                    continue
                self._lend(model, made.shape)
                _link(model, end, row)
                record = self._meaning.whole(inner, write(self._records.valid(inner, True))).value
                found = read(made.make(model, **made.added).model_dump_json())[prop.name]
                _link(model, end, None)
                if found != ([record] if end.many else record):
                    return f"{made.shape.name}: {prop.name} is shown as {write(found)[:200]}"
        return ""

    def _lend(self, model: Any, shape: Shape) -> None:
        """Rows that are not there, for a row that is shown with them."""
        for prop in shape.properties:
            end = self._ends.get(prop.relation)
            if end is not None and not end.many and not prop.nullable:
                _link(model, end, self._seen(self._of[end.target], held_shape(prop, self._shapes)))

    def _seen(self, entity: EntityBinding, shape: Shape) -> Any:
        """A row of which a shape shows all, that no database has; None where there is none."""
        record = self._records.valid(shape, True)
        if record is None:
            return None
        values = by_field(shape, self._meaning.whole(shape, write(record)).value, self._shapes)
        model = getattr(self._models, entity.class_name)()
        for field in entity.fields:
            if field.field in values:
                value = python_value(constant(values[field.field]), field.column.type)
                setattr(model, field.attribute, value)
        for end in entity.relationships:
            model.__dict__.setdefault(end.name, [] if end.many else None)
        return model

    def _flaw(self, shape: Shape, text: str) -> str:
        """A value that an answer may not hold, or a name that nobody knows."""
        judged = self._meaning.whole(shape, text)
        for refusal in judged.refusals:
            return f"the answer is none: {refusal.constraint} at {'.'.join(refusal.path) or 'the record'}"
        return "" if judged.value == read(text) else "the answer is not canonical, or holds what nobody knows"

    def difference(self, sent: Any, found: Any) -> str:
        """The first value that came back as another; '' when none did."""
        for here, there in self._paths:
            meant, came = within(sent, here), within(found, there)
            # What was left out without a default is for the server to say.
            if meant is not ABSENT and not agree(meant, None if came is ABSENT else came):
                return f"{'.'.join(here)}: {write(meant)[:200]} came back as {write(came)[:200]}"
        return ""

    def unshown(self, variant: str, sent: Any, model: Any) -> str:
        """The first value that is sent, never shown, and kept as another; '' when none is."""
        for field in self._told:
            path = field.paths[variant].wire if variant in field.paths else ()
            kept = within(sent, path) if path and field.column.name not in self.shown else ABSENT
            if kept is not ABSENT:
                meant = python_value(constant(kept), field.column.type)
                if getattr(model, field.attribute) != meant:
                    return f"{'.'.join(path)} is kept as another value"
        return ""

    def hidden(self, row: Row, meant: Any, found: Any) -> str:
        """The first value that is shown as another than a row has; '' when none is."""
        for column in row.cells:
            path = self.shown.get(column, ())
            held, shown = (None if (value := within(of, path)) is ABSENT else value for of in (meant, found))
            if path and not agree(held, shown):
                return f"{'.'.join(path)}: {write(held)[:200]} is shown as {write(shown)[:200]}"
        return ""

    # ----- a row that is changed

    def holds(self, update: Json) -> bool:
        """Whether an update, of a body that is none by itself, leaves a row that its table takes."""
        return next(self._holding(update), None) is not None

    def _holding(self, update: Json) -> Iterator[Standing]:
        """The rows of which an update leaves one that their table takes."""
        table, sent = self._entity.table, self._cells("update", update)
        stamped = {column.name for column in table.columns if column.stamped}
        for row in self._standing:
            after = {**row.cells, **sent}
            kept = {name: cell for name, cell in after.items() if name not in stamped}
            if not any(refused_moves(table, row.cells, after)) and self.begins(kept):
                yield row

    def _cells(self, variant: str, record: Json) -> dict[str, Cell]:
        columns = {field.field: field.column.name for field in self._entity.fields}
        values = self._fields(variant, record).items()
        return {columns[name]: _cell(value) for name, value in values if name in columns}

    def begins(self, cells: Mapping[str, Cell]) -> bool:
        """Whether the rules of the table take a row that is written now."""
        table, clock = self._entity.table, datetime.now(UTC)
        made = (column for column in table.columns if column.default is not None and column.default.kind == "now")
        whole = {**{column.name: present(column, clock) for column in made}, **cells}
        return broken_rules(table, reader(table, whole)) == ([], False)

    def _fields(self, variant: str, record: Any) -> Fields:
        return by_field(self._entity.shapes[variant], record, self._shapes)

    def unchanged(self, before: Any, update: Any, after: Any) -> str:
        """The first value that is another than an update leaves it; '' when none is."""
        old, new = self._fields("response", before), self._fields("response", after)
        sent = self._fields("update", update)
        for field, value in {**old, **{name: part for name, part in sent.items() if name in old}}.items():
            if field not in self._made_anew and not agree(value, new.get(field)):
                return f"{field}: {write(value)[:200]} came back as {write(new.get(field))[:200]}"
        return ""


def _results(entity: EntityBinding) -> Iterator[Shape]:
    """The shapes that a row is shown in, the response first."""
    yield from (entity.shapes[variant] for variant in ("response", "list_item") if variant in entity.shapes)
    yield from entity.named


def _link(model: Any, end: Relationship, row: Any) -> None:
    """A row refers to another, or to none, and no database is told."""
    from sqlalchemy.orm.attributes import set_committed_value

    set_committed_value(model, end.name, ([] if row is None else [row]) if end.many else row)


def _pages(
    entity: EntityBinding, mapping: Any, schemas: Any, records: Records, results: Sequence[_Result]
) -> Iterator[_Page]:
    """The pages of rows, as far as a function makes their items of one."""
    for page in entity.pages:
        make = getattr(mapping, page_function(page, entity))
        first = next(iter(inspect.signature(make).parameters))
        items = next(prop for prop in page.properties if is_content(prop, page))
        item = None if first == "models" else next((it for it in results if it.shape.name == page.content), None)
        if first == "models" or item is not None:
            record = records.valid(page, True)
            others = [prop for prop in page.properties if prop is not items]
            shown = getattr(schemas, page.name).model_validate_json(write(_told_apart(page, others, record, records)))
            yield _Page(
                make, page, items.name, {prop.attribute: getattr(shown, prop.attribute) for prop in others}, item
            )


def _told_apart(page: Shape, others: Sequence[Property], record: Any, records: Records) -> Any:
    """A page in which no number is another one, so that none is taken for another, as far as its rules let it be."""
    numbers = [
        prop for prop in others if isinstance(record[prop.name], int) and not isinstance(record[prop.name], bool)
    ]
    for order in islice(permutations(numbers), ORDERS):
        made = dict(record)
        for prop in order:
            known = [made[other.name] for other in numbers if other is not prop]
            made[prop.name] = next((it for it in records.samples(prop.type) if it not in known), made[prop.name])
        apart = len({made[prop.name] for prop in numbers}) == len(numbers)
        if apart and not records.meaning.whole(page, write(made)).refusals:
            return made
    return record


def _plain(value: Any) -> Any:
    return read(value.model_dump_json()) if hasattr(value, "model_dump_json") else value


def _added(
    make: Callable[..., Any], schemas: Any, shape: Shape, records: Records
) -> tuple[dict[str, Any], dict[str, Json]]:
    """What a function is given that shows a row: what no row tells; and what is to be seen of it."""
    names = _asked(make)
    if not names:
        return {}, {}
    text = write(records.valid(shape, True))
    shown, meant = getattr(schemas, shape.name).model_validate_json(text), records.meaning.whole(shape, text).value
    own = {prop.name: prop.attribute for prop in shape.properties if prop.attribute in names}
    return {name: getattr(shown, name) for name in own.values()}, {name: meant[name] for name in own}


def _unadded(made: _Result, found: Mapping[str, Json]) -> str:
    """The first value that was given beside a row and is shown as another; '' when none is."""
    for name, value in made.meant.items():
        if not agree(value, found.get(name)):
            return f"{made.shape.name}: {name} is shown as {write(found.get(name))[:200]}"
    return ""


def _asked(function: Any) -> list[str]:
    """The keyword arguments that a mapper wants: what only a service can say."""
    parameters = inspect.signature(function).parameters.values()
    return [it.name for it in parameters if it.kind is it.KEYWORD_ONLY and it.default is it.empty]


def _sample(column: Column, records: Records) -> Any:
    samples = records.samples(column.type)
    if not samples:
        return None
    judged = records.meaning.text(column.type, column.nullable, write(samples[0]))
    return python_value(constant(judged.value), column.type)


def _cell(value: Any) -> Cell:
    return Cell(constant(value), write(value))


def _changed(cells: Mapping[str, Cell], sent: Mapping[str, Cell]) -> int:
    """How many values of a row are sent as others; what the row does not say is another one."""
    return sum(name not in cells or cells[name].value != cell.value for name, cell in sent.items())


def within(record: Any, path: Path) -> Json:
    """What stands at a path, ABSENT where nothing does; where a group is null, all that would be in it is."""
    for name in path:
        if not isinstance(record, Mapping):
            return None if record is None else ABSENT
        record = record.get(name, ABSENT)
    return record
