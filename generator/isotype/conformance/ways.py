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
from isotype.conformance.witnesses.models import python_value
from isotype.domain.lazy import NamedTuple
from isotype.probes.made import present
from isotype.probes.meaning import Path
from isotype.probes.records import Records, at
from isotype.probes.rows import Cell, Row, broken_rules, constant, reader
from isotype.probes.values import Json, read, write
from isotype.shapes.model import Property, Shape
from isotype.tables.model import Column

ORDERS = 120
"""So many orders of the numbers of a page are tried: all of five."""

Fields = Mapping[str, Any]
"""Values in the form of the wire, by the fields of an entity."""


class _Result(NamedTuple):
    """A function that shows a row, the shape of what it shows, and what it is given beside the row."""

    make: Callable[..., Any]
    shape: Shape
    added: Mapping[str, Any]
    loads: Callable[[], Sequence[Any]] | None

    @property
    def read(self) -> list[Property]:
        """What is read of related rows."""
        return [prop for prop in self.shape.properties if prop.relation and prop.attribute not in self.added]


class _Page(NamedTuple):
    """A function that shows rows, the shape of what it shows, the list in there, and all else in there."""

    make: Callable[..., Any]
    shape: Shape
    items: str
    rest: Mapping[str, Any]


class Way:
    """The mapper of one entity with the classes of its bodies, and where its fields stand at both ends."""

    def __init__(self, of: Compiled, entity: EntityBinding, records: Records) -> None:
        mapping: Any = importlib.import_module(f"{of.package}.models.mapping.{entity.module}")
        schemas = of.module("schemas")
        self._entity, self._meaning, self._shapes = entity, records.meaning, of.bindings.shapes
        self._to_model = mapping.to_model
        self._create: Any = getattr(schemas, entity.shapes["create"].name)
        columns = {field.attribute: field.column for field in entity.fields}
        self._given = {name: _sample(columns[name], records) for name in _asked(mapping.to_model)}
        self._results = [
            _Result(make, shape, _added(make, schemas, shape, records), getattr(mapping, loads_function(shape), None))
            for shape in _results(entity)
            for make in [getattr(mapping, result_function(shape))]
        ]
        self._pages = list(_pages(entity, mapping, schemas, records))
        self._models: Any = of.module("models")
        self._class: Any = getattr(self._models, entity.class_name)
        self._ends = {end.name: end for end in entity.relationships}
        self._of = {one.class_name: one for one in of.bindings.entities}
        self._records = records
        self._attributes = {field.column.name: field.attribute for field in entity.fields}
        self._apply: Any = getattr(mapping, "apply", None)
        self._update: Any = getattr(schemas, entity.shapes["update"].name) if "update" in entity.shapes else None
        self._standing = self._unlike(records.valid(entity.shapes["create"], True))
        self.shown = {
            field.column.name: field.paths["response"].wire for field in entity.fields if "response" in field.paths
        }
        self._paths: list[tuple[Path, Path]] = [
            (field.paths["create"].wire, field.paths["response"].wire)
            for field in entity.fields
            if {"create", "response"} <= field.paths.keys()
        ]
        table = entity.table
        self._made_anew = {it.field for it in table.columns if it.stamped or it.computed is not None}

    def _unlike(self, record: Any) -> Any:
        """The row that is changed, other than what a whole update changes it to, as far as samples and rules allow."""
        whole = self._records.valid(self._entity.shapes["update"], True) if self._update is not None else None
        if record is None or whole is None:
            return record
        sent = self._fields("update", self._meaning.whole(self._entity.shapes["update"], write(whole)).value)
        table, create = self._entity.table, self._entity.shapes["create"]
        moving = {table.column(guard.column).field for guard in table.transition_guards}
        for prop in create.properties:
            if prop.field in sent and prop.field not in moving:
                for sample in self._records.samples(prop.type):
                    other = {**record, prop.name: sample}
                    judged = self._meaning.whole(create, write(other))
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
        self._class.__starts__ = {}
        try:
            yield
        finally:
            self._class.__starts__ = starts

    def standing(self) -> Any:
        """The row that is changed."""
        return self.model(write(self._standing))

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
        said = self._flaw(self._results[0].shape, text)
        shown = by_field(self._results[0].shape, read(text), self._shapes)
        for made in self._results[1:]:
            self._lend(model, made.shape)
            other = made.make(model, **made.added).model_dump_json()
            said = said or self._flaw(made.shape, other)
            for field, value in by_field(made.shape, read(other), self._shapes).items():
                if field in shown and not agree(shown[field], value):
                    said = said or f"{made.shape.name}: {field} is shown as {write(value)[:200]}"
        for page in self._pages:
            found = read(page.make([model], **page.rest).model_dump_json())
            said = said or self._flaw(page.shape, write(found))
            rest = {prop.name: page.rest[prop.attribute] for prop in page.shape.properties if prop.name != page.items}
            if len(found[page.items]) != 1 or any(found[name] != _plain(value) for name, value in rest.items()):
                said = said or f"{page.shape.name}: it is shown as {write(found)[:200]}"
        return said

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
                row = None if any(one.relation for one in inner.properties) else self._seen(self._of[end.target], inner)
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
        if record is None or any(prop.given for prop in shape.properties):
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
            meant, came = at(sent, here), at(found, there)
            # What was left out without a default is for the server to say.
            if _is_there(sent, here) and not agree(meant, came if _is_there(found, there) else None):
                return f"{'.'.join(here)}: {write(meant)[:200]} came back as {write(came)[:200]}"
        return ""

    def unshown(self, variant: str, sent: Any, model: Any) -> str:
        """The first value that is sent, never shown, and kept as another; '' when none is."""
        for field in self._entity.fields:
            path = field.paths[variant].wire if variant in field.paths else ()
            if path and field.column.name not in self.shown and _is_there(sent, path):
                meant = python_value(constant(at(sent, path)), field.column.type)
                if getattr(model, field.attribute) != meant:
                    return f"{'.'.join(path)} is kept as another value"
        return ""

    def hidden(self, row: Row, meant: Any, found: Any) -> str:
        """The first value that is shown as another than a row has; '' when none is."""
        for column in row.cells:
            path = self.shown.get(column, ())
            held, shown = (at(of, path) if path and _is_there(of, path) else None for of in (meant, found))
            if not agree(held, shown):
                return f"{'.'.join(path)}: {write(held)[:200]} is shown as {write(shown)[:200]}"
        return ""

    # ----- a row that is changed

    def holds(self, update: Json) -> bool:
        """Whether an update, of a body that is none by itself, leaves a row that its table takes."""
        if self._standing is None:
            return False
        table, columns = self._entity.table, {field.field: field.column for field in self._entity.fields}
        create = self._meaning.whole(self._entity.shapes["create"], write(self._standing)).value
        before, sent = (
            {
                columns[name].name: _cell(value)
                for name, value in self._fields(variant, record).items()
                if name in columns
            }
            for variant, record in (("create", create), ("update", update))
        )
        after = {**before, **sent}
        clock = datetime.now(UTC)
        made = (column for column in table.columns if column.default is not None and column.default.kind == "now")
        whole = {**{column.name: present(column, clock) for column in made}, **after}
        moved = any(refused_moves(table, before, after))
        return not moved and broken_rules(table, reader(table, whole)) == ([], False)

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


def _pages(entity: EntityBinding, mapping: Any, schemas: Any, records: Records) -> Iterator[_Page]:
    """The pages of rows, as far as a row tells all of an item."""
    for page in entity.pages:
        make = getattr(mapping, page_function(page, entity))
        first = next(iter(inspect.signature(make).parameters))
        items = next(prop for prop in page.properties if is_content(prop, page))
        if first == "models":
            record = records.valid(page, True)
            others = [prop for prop in page.properties if prop is not items]
            shown = getattr(schemas, page.name).model_validate_json(write(_told_apart(page, others, record, records)))
            yield _Page(make, page, items.name, {prop.attribute: getattr(shown, prop.attribute) for prop in others})


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


def _added(make: Callable[..., Any], schemas: Any, shape: Shape, records: Records) -> dict[str, Any]:
    """What a function is given that shows a row: what no row tells."""
    names = _asked(make)
    if not names:
        return {}
    shown = getattr(schemas, shape.name).model_validate_json(write(records.valid(shape, True)))
    return {name: getattr(shown, name) for name in names}


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


def _is_there(record: Any, path: Path) -> bool:
    for name in path:
        if not isinstance(record, Mapping) or name not in record:
            return False
        record = record[name]
    return True
