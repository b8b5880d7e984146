"""The operations of an API by the service that does them, every name in it decided."""

from __future__ import annotations

import keyword

from isotype.binding.derivation import Derivation, derive
from isotype.binding.model import Bindings
from isotype.domain.identifiers import pascal, shorten
from isotype.domain.lazy import NamedTuple
from isotype.domain.names import snake
from isotype.shapes.model import ApiOperation, ApiParameter

# What services have already, what routes call, and the types that signatures name.
_METHODS = frozenset(
    (
        *("deleted", "found", "paged", "session"),
        *("keep_rules", "make", "media", "provided", "refusals", "router", "service"),
        *("bool", "bytes", "dict", "float", "int", "list", "str"),
    )
)
_ARGUMENTS = frozenset(
    (
        *("body", "content", "delete", "keep_rules", "parent", "query", "row", "rows", "select", "self", "service"),
        *("statement", "total"),
    )
)
_LONGEST = 40


class Argument(NamedTuple):
    """A parameter by the name it has in Python."""

    name: str
    parameter: ApiParameter


class Call(NamedTuple):
    """An operation; `name` is that of its method, `derived` what it does where the schema says so."""

    name: str
    operation: ApiOperation
    arguments: tuple[Argument, ...]
    derived: Derivation | None


class Group(NamedTuple):
    """The operations of one service."""

    title: str
    class_name: str
    module: str
    calls: tuple[Call, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the schema says all that the service does."""
        return all(call.derived is not None for call in self.calls)


def groups(bindings: Bindings, classes: frozenset[str]) -> tuple[Group, ...]:
    """The groups in the order in which operations name them; those without a tag are the domain's.

    Their classes are none of those that the domain has already.
    """
    titles: dict[str, str] = {}
    calls: dict[str, list[Call]] = {}
    for operation in bindings.shapes.operations:
        title = operation.tags[0] if operation.tags else bindings.shapes.domain
        stem = _stem(title) or _stem(bindings.shapes.domain)
        titles.setdefault(stem, title)
        calls.setdefault(stem, []).append(_call(operation, bindings))
    return tuple(Group(titles[stem], _class_name(stem, classes), _module(stem), tuple(calls[stem])) for stem in calls)


def _class_name(stem: str, taken: frozenset[str]) -> str:
    while f"{stem}Service" in taken:
        stem += "Api"
    return f"{stem}Service"


def _stem(title: str) -> str:
    stem = pascal("".join(character if character.isascii() else " " for character in title))
    stem = pascal(shorten(stem, _LONGEST))
    return f"Group{stem}" if stem[:1].isdigit() else stem


def _module(stem: str) -> str:
    name = snake(stem)
    return f"{name}_" if keyword.iskeyword(name) else name


def _call(operation: ApiOperation, bindings: Bindings) -> Call:
    taken = operation.name in _METHODS or keyword.iskeyword(operation.name)
    arguments = tuple(Argument(_argument(parameter), parameter) for parameter in operation.parameters)
    return Call(f"{operation.name}_" if taken else operation.name, operation, arguments, derive(operation, bindings))


def _argument(parameter: ApiParameter) -> str:
    name = parameter.attribute
    return f"{name}_" if name in _ARGUMENTS or name.endswith("_mapping") else name
