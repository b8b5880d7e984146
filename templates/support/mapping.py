"""Between documents in columns and the schemas that say what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, TypeAdapter

Row = TypeVar("Row")
Schema = TypeVar("Schema", bound=BaseModel)


def document(schema: BaseModel, attribute: str) -> Any:
    """The value of an attribute as a JSON column holds it: in the form of the wire."""
    (value,) = schema.model_dump(mode="json", include={attribute}).values()
    return value


def known(schema: type[Schema], value: Mapping[str, Any] | None) -> Schema | None:
    """The schema of a document; None when there is no document."""
    return None if value is None else schema.model_validate(value)


def read(schema: type[BaseModel], attribute: str, value: Any) -> Any:
    """The value that an attribute of a schema has for what a JSON column holds."""
    return _reader(schema, attribute).validate_python(value)


def related(make: Callable[[Row], Schema], row: Row | None) -> Schema | None:
    """What is shown of a related row; None when there is none."""
    return None if row is None else make(row)


def has_value(*values: object) -> bool:
    """Whether any of the values is there."""
    return any(value is not None for value in values)


@cache
def _reader(schema: type[BaseModel], attribute: str) -> TypeAdapter[Any]:
    schema.model_rebuild()
    field = schema.model_fields[attribute]
    annotation: Any = field.annotation
    for part in field.metadata:
        annotation = Annotated[annotation, part]
    return TypeAdapter(annotation)
