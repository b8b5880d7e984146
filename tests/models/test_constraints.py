"""What the reference domain asks of a row is kept by its models before any statement runs.

Values at every edge of every type are put to the models in tests/conformance; here stands what no single value shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from isotype import binding, shapes, tables
from isotype.binding.model import EntityBinding, FieldBinding
from isotype.conformance.witnesses.models import Reached, python_value, unreached
from isotype.domain.types import EnumType
from isotype.language import load
from isotype.probes.meaning import Meaning
from isotype.probes.records import Records
from isotype.probes.rows import constant
from isotype.probes.values import read, write
from isotype.tables.model import TransitionGuard
from tests.models.package import COMPRESSION, Imported
from tests.schemas import used


def _read() -> tuple[tuple[EntityBinding, ...], Records]:
    domain = load({"schema.yaml": COMPRESSION.read_text(encoding="utf-8")}, used).domain
    assert domain is not None
    wire = shapes.project(domain)
    return binding.bind(domain, tables.project(domain), wire).entities, Records(Meaning(wire))


ENTITIES, RECORDS = _read()
NEVER_NULL = [
    (entity, field)
    for entity in ENTITIES
    for field in entity.fields
    if not field.column.nullable and field.column.computed is None
]
NEEDED = [(entity, field) for entity, field in NEVER_NULL if field.column.default is None]
GUARDS = [(entity, guard) for entity in ENTITIES for guard in entity.table.transition_guards]


def _name(of: object) -> str:
    match of:
        case EntityBinding():
            return of.class_name
        case FieldBinding():
            return of.attribute
        case TransitionGuard():
            return of.column
    return str(of)


def test_the_domain_has_such_constraints() -> None:
    """None of the lists that these tests go through is empty."""
    assert len(NEVER_NULL) >= 90
    assert len(NEEDED) >= 35
    assert len(GUARDS) == 5


@pytest.mark.parametrize(("entity", "field"), NEVER_NULL, ids=_name)
def test_null_is_refused_at_once(platform: Imported, entity: EntityBinding, field: FieldBinding) -> None:
    """A column that is never null takes no null, from the constructor or later."""
    model = getattr(platform.models, entity.class_name)
    with pytest.raises(ValueError, match="never null"):
        model(**{field.attribute: None})
    with pytest.raises(ValueError, match="never null"):
        setattr(model(), field.attribute, None)


def _usual(entity: EntityBinding) -> dict[str, Any]:
    """Attributes that a new row of the entity needs."""
    needed = [field for other, field in NEEDED if other is entity]
    return {
        field.attribute: python_value(constant(read(write(usual))), field.column.type)
        for field in needed
        for usual in RECORDS.samples(field.column.type)[:1]
    }


def _flush(*models: Any) -> None:
    with Session(unreached()) as session:
        session.add_all(models)
        session.flush()


def test_each_value_of_a_map_may_be_as_deep_as_json(platform: Imported) -> None:
    """A map of free JSON holds values that nest 64 deep, one more than which is refused."""
    deep: Any = []
    for _ in range(63):
        deep = [deep]
    platform.models.CompressionAlgorithm(parameters_schema={"a": deep})
    with pytest.raises(ValueError, match="deep"):
        platform.models.CompressionAlgorithm(parameters_schema={"a": [deep]})


@pytest.mark.parametrize(("entity", "field"), NEEDED, ids=_name)
def test_a_missing_value_is_refused(platform: Imported, entity: EntityBinding, field: FieldBinding) -> None:
    """What has no default must be there when the row is written."""
    model, values = getattr(platform.models, entity.class_name), _usual(entity)
    with pytest.raises(Reached):
        _flush(model(**values))
    del values[field.attribute]
    with pytest.raises(ValueError, match=rf"{field.attribute} of {entity.class_name} is never null"):
        _flush(model(**values))


def _moves(entity: EntityBinding, guard: TransitionGuard) -> Iterator[tuple[str, str, bool]]:
    of = entity.table.column(guard.column).type
    assert isinstance(of, EnumType)
    allowed = dict(guard.transitions.moves)
    for source, target in product(of.enum.texts, repeat=2):
        yield source, target, source == target or target in allowed[source]


@pytest.mark.parametrize(("entity", "guard"), GUARDS, ids=_name)
def test_moves(platform: Imported, entity: EntityBinding, guard: TransitionGuard) -> None:
    """Each pair of states: a move that the schema does not list is refused, and every other one is not."""
    model = getattr(platform.models, entity.class_name)
    seen = set()
    for source, target, allowed in _moves(entity, guard):
        row = model(id=UUID(int=1))
        make_transient_to_detached(row)
        set_committed_value(row, guard.column, model.__table__.c[guard.column].type.judge(source))
        setattr(row, guard.column, target)
        refused = _is_refused(row, platform)
        assert refused is not allowed, (source, target)
        seen.add(refused)
    assert seen == {True, False}


def _is_refused(row: Any, platform: Imported) -> bool:
    try:
        _flush(row)
    except platform.models.TransitionRefused:
        return True
    except Reached:
        pass
    return False


@pytest.mark.parametrize(("entity", "guard"), GUARDS, ids=_name)
def test_starts(platform: Imported, entity: EntityBinding, guard: TransitionGuard) -> None:
    """A new row is in one of its first states."""
    model = getattr(platform.models, entity.class_name)
    of = entity.table.column(guard.column).type
    assert isinstance(of, EnumType)
    refused = set()
    for state in of.enum.texts:
        with pytest.raises((platform.models.TransitionRefused, platform.models.RuleRefused, Reached)) as raised:
            _flush(model(**_usual(entity), **{guard.column: state}))
        if raised.type is platform.models.TransitionRefused:
            refused.add(state)
    assert refused == set(of.enum.texts) - set(guard.transitions.initial)
