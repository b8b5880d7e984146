"""Names that a schema cannot give, because generated files or JavaScript have them already."""

from __future__ import annotations

from collections.abc import Iterable

from isotype.domain.identifiers import module_name
from isotype.domain.model import Entity, ObjectDefinition, Operation, View
from isotype.domain.names import camel
from isotype.domain.places import Place
from isotype.domain.types import Enum
from isotype.language.scope import Scope
from isotype.language.wording import quoted

MODELS = frozenset(("Base", "MetaData", "RuleRefused", "TransitionRefused", "View"))
"""What the package of SQLAlchemy models has beside its classes."""

TYPES = frozenset(("Enum", "Json", "Operations"))
"""What the TypeScript and Zod files declare; `Enum` would prove its schemas under the name that all enums have."""

IMPORTED = frozenset(("Proof", "SchemaOf"))
"""What Zod files import beside the shapes of a module."""

REFUSALS = frozenset(("ErrorDetail", "ErrorResponse"))
"""What every operation answers that refuses; a domain without operations may use these names."""

THENABLE = "then"
"""A function of this name makes JavaScript take what it stands in for a promise."""

JAVASCRIPT = frozenset(
    (
        *("AggregateError", "Array", "ArrayBuffer", "Atomics", "BigInt", "BigInt64Array", "BigUint64Array"),
        *("Boolean", "DataView", "Date", "Error", "EvalError", "FinalizationRegistry", "Float32Array"),
        *("Float64Array", "Function", "Infinity", "Int16Array", "Int32Array", "Int8Array", "Intl", "JSON", "Map"),
        *("Math", "NaN", "Number", "Object", "Promise", "Proxy", "RangeError", "ReferenceError", "Reflect"),
        *("RegExp", "Set", "SharedArrayBuffer", "String", "Symbol", "SyntaxError", "TypeError", "URIError"),
        *("Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakRef", "WeakSet"),
    )
)
"""What JavaScript keeps everywhere."""

_SHAPES = TYPES | IMPORTED | JAVASCRIPT


def check_reserved(
    scope: Scope,
    enums: Iterable[Enum],
    entities: Iterable[Entity],
    objects: Iterable[ObjectDefinition],
    views: Iterable[View],
    operations: Iterable[Operation],
) -> None:
    """Nothing has a name that means something else in a generated file, and no two names make one file or function."""
    operations = tuple(operations)
    shapes, types = (_SHAPES | REFUSALS, TYPES | REFUSALS) if operations else (_SHAPES, TYPES)
    for enum in enums:
        _refuse(scope, shapes, enum.name, f"enum {enum.name}", enum.place, f"enums.{enum.name}")
    for entity in entities:
        subject, path = f"entity {entity.name}", f"entities.{entity.name}"
        if _refuse(scope, MODELS | types, entity.name, subject, entity.place, path):
            continue
        _refuse(scope, types, entity.api.name, f"{subject} in the API", entity.place, f"{path}.api.name")
        for shape in entity.api.shapes:
            of = f"shape {shape.name} of entity {entity.name}"
            _refuse(scope, shapes, shape.name, of, shape.place, f"{path}.api.shapes.{shape.name}")
    for view in views:
        _refuse(scope, MODELS | shapes, view.name, f"view {view.name}", view.place, f"views.{view.name}")
    for one in objects:
        _refuse(scope, shapes, one.name, f"object {one.name}", one.place, f"objects.{one.name}")
    apart = [one for one in objects if not one.home]
    _check_files(scope, (("entities", entities), ("objects", apart), ("views", views)))
    _check_functions(scope, operations)


def _check_files(scope: Scope, sections: Iterable[tuple[str, Iterable[Entity | ObjectDefinition | View]]]) -> None:
    """`HTMLPage` and `HtmlPage` are two names and one file, `html_page`."""
    seen: dict[str, tuple[str, Place]] = {}
    for section, named in sections:
        for one in named:
            name, place = seen.setdefault(module_name(one.name), (one.name, one.place))
            if name != one.name:
                message = f"{quoted(one.name)} and {quoted(name)}, at {place}, would be one file"
                scope.report_at("clashing-files", message, one.place, f"{section}.{one.name}", "rename one of the two")


def _check_functions(scope: Scope, operations: Iterable[Operation]) -> None:
    """`page_2` and `page2` are two operations and one function, `page2`."""
    seen: dict[str, Operation] = {}
    for operation in operations:
        path = f"operations.{operation.name}"
        if operation.name == THENABLE:
            message = f"operation {operation.name} would make JavaScript take a client for a promise"
            scope.report_at("bad-name", message, operation.place, path, "rename it")
        other = seen.setdefault(camel(operation.name), operation)
        if other is not operation:
            message = f"{quoted(operation.name)} and {quoted(other.name)}, at {other.place}, would be one function"
            scope.report_at("clashing-functions", message, operation.place, path, "rename one of the two")


def _refuse(scope: Scope, taken: frozenset[str], name: str, subject: str, place: Place, path: str) -> bool:
    """Report a name that is taken; whether it is."""
    if name not in taken:
        return False
    owner = "JavaScript keeps for itself" if name in JAVASCRIPT else "generated files need for themselves"
    message = f"{subject} is named {quoted(name)}, which {owner}"
    scope.report_at("bad-name", message, place, path, "rename it")
    return True
