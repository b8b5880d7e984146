"""The whole way: JSON → Pydantic → model → PostgreSQL → model → response → JSON, with the same values at both ends."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from isotype.binding.model import EntityBinding
from isotype.conformance.building import Compiled
from isotype.conformance.comparison import agree
from isotype.conformance.making import Making
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.read_back import same
from isotype.conformance.witnesses.models import python_value
from isotype.conformance.witnesses.postgres import Postgres
from isotype.domain.types import Type
from isotype.probes import Meaning, Probe
from isotype.probes.made import NUMBER, VALUE, Made, made
from isotype.probes.meaning import Path
from isotype.probes.records import Records, at
from isotype.probes.rows import Row, constant
from isotype.probes.values import read, write
from isotype.tables.model import Column

CHANCES = 1000
"""Random records that go the way: it is the longest there is."""


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
        address = postgres.address.replace("postgresql://", "postgresql+psycopg://", 1)
        self._engine = sqlalchemy.create_engine(address)
        self._session = Session(self._engine)
        self._refusals = (ValueError, sqlalchemy.exc.DBAPIError)
        records = Records(Meaning(of.bindings.shapes))
        self._making = Making()
        self._ways = {
            entity.shapes["create"].name: _Way(of, entity, records)
            for entity in of.bindings.entities
            if "create" in entity.shapes and "response" in entity.shapes
        }
        self._seen: set[tuple[Type, str]] = set()
        self._chances = CHANCES

    def asks(self, probe: Probe) -> bool:
        """Each value of each type goes the way once, in a record that everybody takes; of random ones some."""
        row = probe.row
        if probe.constraint == "random" and self._chances == 0:
            return False
        if (
            row is None
            or row.before is not None
            or probe.refusals
            or row.refusals
            or row.doubtful
            or probe.shape not in self._ways
        ):
            return False
        types = {column.name: column.type for column in row.table.columns}
        new = {(types[name], cell.text) for name, cell in row.cells.items()} - self._seen
        self._seen |= new
        self._chances -= bool(new) and probe.constraint == "random"
        return bool(new) or probe.constraint == "valid"

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe) for probe in probes]

    def _answer(self, probe: Probe) -> Answer:
        way = self._ways[probe.shape]
        try:
            model = way.to_model(way.create.model_validate_json(probe.text), **way.given)
            self._session.add(model)
            self._session.flush()
            self._session.expire_all()
            text = way.to_response(model, **way.added).model_dump_json()
        except self._refusals as error:
            return Answer(f"it stops on the way: {(str(error) or 'refused').splitlines()[0]}")
        finally:
            self._session.rollback()
            self._session.expunge_all()
        assert probe.row is not None
        return Answer(way.fault(text) or way.difference(probe.value, read(text)) or self._unmade(way, probe.row, text))

    def _unmade(self, way: _Way, row: Row, text: str) -> str:
        """The first value of the database's own that is not what it must be; '' when all are."""
        answer = read(text)
        for one in made(row):
            path = way.shown.get(one.column.name)
            if path is None or (one.kind == VALUE and one.column.computed is None):
                # Literal defaults are filled in on the way there.
                continue
            found = at(answer, path)
            number = int(found) if one.kind == NUMBER and str(found).isdigit() else found
            if not self._making.holds(id(row.table), one, number, _same):
                return f"{'.'.join(path)}: {one} came back as {write(found)[:200]}"
        return ""

    def close(self) -> None:
        self._session.close()
        self._engine.dispose()


class _Way:
    """What one entity is carried by, and where its fields stand at both ends."""

    def __init__(self, of: Compiled, entity: EntityBinding, records: Records) -> None:
        mapping: Any = importlib.import_module(f"{of.package}.models.mapping.{entity.module}")
        schemas = of.module("schemas")
        self.to_model, self.to_response = mapping.to_model, mapping.to_response
        self.create: Any = getattr(schemas, entity.shapes["create"].name)
        columns = {field.attribute: field.column for field in entity.fields}
        self.given = {name: _sample(columns[name], records) for name in _asked(self.to_model)}
        response: Any = getattr(schemas, entity.shapes["response"].name)
        record = records.valid(entity.shapes["response"], True)
        shown = response.model_validate_json(write(record))
        self.added = {name: getattr(shown, name) for name in _asked(self.to_response)}
        self._answer, self._meaning = entity.shapes["response"], records.meaning
        self.shown = {
            field.column.name: field.paths["response"].wire for field in entity.fields if "response" in field.paths
        }
        self._paths: list[tuple[Path, Path]] = [
            (field.paths["create"].wire, field.paths["response"].wire)
            for field in entity.fields
            if {"create", "response"} <= field.paths.keys()
        ]

    def fault(self, text: str) -> str:
        """What is wrong with an answer whatever was sent: a value that it may not hold, a name that nobody knows."""
        judged = self._meaning.whole(self._answer, text)
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


def _same(one: Made, found: Any) -> bool:
    return same(one.column.type, one.value, found)


def _is_there(record: Any, path: Path) -> bool:
    for name in path:
        if not isinstance(record, Mapping) or name not in record:
            return False
        record = record[name]
    return True


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
