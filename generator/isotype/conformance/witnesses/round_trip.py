"""The whole way: JSON → Pydantic → model → PostgreSQL → model → response → JSON, with the same values at both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from isotype.binding.model import EntityBinding
from isotype.conformance.building import Compiled
from isotype.conformance.foreign import is_foreign
from isotype.conformance.making import Making
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.read_back import means
from isotype.conformance.ways import Standing, Way, within
from isotype.conformance.witnesses.postgres import Postgres
from isotype.domain.types import Type
from isotype.probes import Meaning, Probe
from isotype.probes.made import FORM, NUMBER, VALUE, Made, made
from isotype.probes.records import Records
from isotype.probes.rows import Row, Rows
from isotype.probes.values import read, write

CHANCES = 1000
"""Random records that go the way: it is the longest there is."""
_OF_SEVERAL = ("random", "pair")
"""Questions that are about more than one property."""
LONGEST = 4000
"""Signs of a body to which a row is changed, at most."""
OF_EACH = 3
"""So many values of each property are what a row is changed to, beside null."""


class RoundTrip:
    name, target, apart = "round_trip", "models", False

    def __init__(self, of: Compiled, postgres: Postgres | None) -> None:
        if postgres is None:
            raise NotAsked("it goes by PostgreSQL, which is not asked")
        try:
            import sqlalchemy
            from sqlalchemy.orm import Session
        except ImportError as error:
            raise NotAsked("SQLAlchemy is not installed: pip install 'isotype[verify]'") from error
        address = postgres.further.replace("postgresql://", "postgresql+psycopg://", 1)
        self._engine = sqlalchemy.create_engine(address)
        self._session = Session(self._engine)
        self._refusals = (ValueError, sqlalchemy.exc.DBAPIError)
        self._records = Records(Meaning(of.bindings.shapes))
        self._as_rows = Rows(of.bindings, self._records)
        self._making = Making()
        self._ways: dict[str, Way] = {}
        self._changes: dict[str, Way] = {}
        self._rows: dict[str, Way] = {}
        for entity in of.bindings.entities:
            if "create" in entity.shapes and "response" in entity.shapes:
                self._go(entity, Way(of, entity, self._records, self._as_rows))
        self._seen: set[tuple[Type, str]] = set()
        self._met: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        self._chances = CHANCES

    def _go(self, entity: EntityBinding, way: Way) -> None:
        self._ways[entity.shapes["create"].name] = self._rows[entity.shapes["response"].name] = way
        if "update" in entity.shapes:
            self._changes[entity.shapes["update"].name] = way

    @contextmanager
    def going(self, of: Compiled, entity: EntityBinding) -> Iterator[None]:
        """One entity goes by the mapper that there is now, and then again by the one before."""
        before = self._ways[entity.shapes["create"].name]
        self._go(entity, Way(of, entity, self._records, self._as_rows))
        try:
            yield
        finally:
            self._go(entity, before)

    def asks(self, probe: Probe) -> bool:
        """Each value of each type goes the way once, in a record that everybody takes; of random ones some.

        What bodies do not say is written by the service: all that is shown of a row is shown of rows that have it. Such
        rows, and what a row is changed to, have null and some values, property by property.
        """
        row = probe.row
        if (probe.constraint == "random" and self._chances == 0) or (row is not None and is_foreign(row)):
            return False
        if probe.shape in self._changes:
            return self._asks_of(probe, self._changes[probe.shape].holds)
        if probe.shape in self._rows:
            return row is not None and row.before is None and row.stands and self._asks_of(probe, lambda _: True)
        if row is None or row.before is not None or probe.refusals or not row.stands or probe.shape not in self._ways:
            return False
        types = {column.name: column.type for column in row.table.columns}
        new = {(types[name], cell.text) for name, cell in row.cells.items()} - self._seen
        self._seen |= new
        self._chances -= bool(new) and probe.constraint == "random"
        # Each property has values of its own, by which it is told from others of its type.
        return self._asks_of(probe, lambda _: True) or bool(new)

    def _asks_of(self, probe: Probe, holds: Callable[[Any], bool]) -> bool:
        if probe.refusals or probe.constraint in _OF_SEVERAL or len(probe.text) > LONGEST or "free: " in probe.label:
            return False
        value: Any = probe.value
        for name in probe.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        met, text = self._met.setdefault((probe.shape, probe.path), set()), write(value)
        enough = value is not None and probe.constraint != "null" and len(met - {"null"}) >= OF_EACH
        known = text in met or enough
        if (known and probe.constraint != "valid") or not holds(probe.value):
            return False
        met.add(text)
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe) for probe in probes]

    def _answer(self, probe: Probe) -> Answer:
        try:
            if probe.shape in self._rows:
                return self._shown(probe)
            return self._changed(probe) if probe.shape in self._changes else self._made(probe)
        except self._refusals as error:
            return Answer(f"it stops on the way: {(str(error) or 'refused').splitlines()[0]}")
        except Exception as error:  # whatever a mapper stumbles over
            return Answer(fault=f"{type(error).__name__}: {error}")
        finally:
            self._session.rollback()
            self._session.expunge_all()

    def _made(self, probe: Probe) -> Answer:
        way = self._ways[probe.shape]
        model = way.model(probe.text)
        self._session.add(model)
        self._session.flush()
        self._session.expire_all()
        text = way.response(model)
        assert probe.row is not None
        # A group that is left out is null to a body, and is what its columns are by themselves.
        given, meant = map(dict, (read(probe.text), probe.value))
        sent = {name: value for name, value in meant.items() if value is not None or name in given}
        said = way.fault(model, text) or way.difference(sent, read(text))
        said = said or way.unshown("create", probe.value, model)
        return Answer(changed=said or self._unmade(way, probe.row, text))

    def _changed(self, probe: Probe) -> Answer:
        way = self._changes[probe.shape]
        rows = way.standing(probe.value)
        # Where much is changed each row shows something else of it.
        asked = (self._change(way, row, probe) for row in (rows if probe.constraint == "valid" else rows[:1]))
        return Answer(changed=next(filter(None, asked), ""))

    def _change(self, way: Way, row: Standing, probe: Probe) -> str:
        self._session.rollback()
        self._session.expunge_all()
        model = way.stand(row)
        self._session.add(model)
        with way.anywhere():
            self._session.flush()
        before = way.response(model)
        way.change(model, probe.text)
        self._session.flush()
        self._session.expire_all()
        text = way.response(model)
        said = way.fault(model, text) or way.unchanged(read(before), probe.value, read(text))
        return said or way.unshown("update", probe.value, model)

    def _shown(self, probe: Probe) -> Answer:
        way = self._rows[probe.shape]
        assert probe.row is not None
        model = way.row(probe.row.cells)
        self._session.add(model)
        with way.anywhere():
            self._session.flush()
        self._session.expire_all()
        text = way.response(model)
        said = way.fault(model, text) or way.hidden(probe.row, probe.value, read(text))
        if probe.constraint == "valid":
            said = said or way.related() or way.unloaded(self._session)
        return Answer(changed=said or self._unmade(way, probe.row, text))

    def _unmade(self, way: Way, row: Row, text: str) -> str:
        """The first value of the database's own that is not what it must be; '' when all are."""
        answer = read(text)
        for one in made(row):
            path = way.shown.get(one.column.name)
            if path is None or one.kind == FORM:
                continue
            found = within(answer, path)
            if one.kind == VALUE and one.column.computed is None:
                # Which value it is has been judged as what was sent, but where a whole group was left out.
                if (one.value is None) != (found is None):
                    return f"{'.'.join(path)}: {one} came back as {write(found)[:200]}"
                continue
            number = int(found) if one.kind == NUMBER and str(found).isdigit() else found
            if not self._making.holds(id(row.table), one, number, _same):
                return f"{'.'.join(path)}: {one} came back as {write(found)[:200]}"
        return ""

    def close(self) -> None:
        self._session.close()
        self._engine.dispose()


def _same(one: Made, found: object) -> bool:
    return means(one.column.type, one.value, found)
