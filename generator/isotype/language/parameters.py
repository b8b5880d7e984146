"""The parameters of operations: declared one by one, or shared as the fields of a mixin or an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.domain.lazy import regular
from isotype.domain.model import ObjectDefinition, Parameter
from isotype.domain.places import Place
from isotype.domain.types import Array, EnumType, Scalar, Type
from isotype.domain.values import mutable
from isotype.language.context import Context
from isotype.language.fields import read_default
from isotype.language.given import Given
from isotype.language.grammar import PARAMETER_WORDS
from isotype.language.types import describe
from isotype.language.wording import quoted

PLACEHOLDER = regular(r"\{([^{}]*)\}")
"""A parameter in a path."""

_NAME = regular(r"[a-z][a-z0-9_]*")
_LOCATIONS = (("path", "path"), ("query", "query"), ("headers", "header"))


@mutable
class _Reading:
    """The parameters of one operation while they are read; `seen` says of each by name where it is from."""

    context: Context
    objects: Mapping[str, ObjectDefinition]
    operation: str
    given: Given
    seen: dict[str, str]


def read_parameters(
    context: Context, objects: Mapping[str, ObjectDefinition], name: str, given: Given, method: str
) -> tuple[Parameter, ...]:
    """The parameters of an operation: of the path, the query and the headers, then those it includes."""
    reading = _Reading(context, objects, name, given, {})
    wanted = _wanted(reading, method)
    if wanted is None:
        return ()
    declared = [parameter for word, location in _LOCATIONS for parameter in _declared(reading, word, location, wanted)]
    return (*declared, *_included(reading))


def _wanted(reading: _Reading, method: str) -> list[str] | None:
    """The parameters that the path names, each of them declared; None when the path cannot be read."""
    scope, name, given = reading.context.scope, reading.operation, reading.given
    path: str = given.words[method]
    wanted = PLACEHOLDER.findall(path)
    plain = PLACEHOLDER.sub("", path)
    if "{" in plain or "}" in plain or any(not _NAME.fullmatch(part) for part in wanted):
        message = f"the path {quoted(path)} has a brace that names no parameter"
        scope.report("bad-path", message, given, method, "such as /api/posts/{id}")
        return None
    for part in dict.fromkeys(part for part in wanted if wanted.count(part) > 1):
        scope.report("bad-path", f"the path names {quoted(part)} twice", given, method, "rename one")
    declared: Given | None = given.get("path")
    for part in dict.fromkeys(wanted):
        if "path" not in given.broken and (declared is None or part not in declared.spans):
            message = f"operation {name} does not declare the parameter {quoted(part)} of its path"
            scope.report("path-parameter", message, given, method, f"write path: {{{part}: …}}")
    return wanted


def _declared(reading: _Reading, word: str, location: str, wanted: list[str]) -> Iterator[Parameter]:
    scope, given, seen = reading.context.scope, reading.given, reading.seen
    section: Given | str | None = given.get(word)
    if isinstance(section, str):
        yield from _of_object(reading, section, given.place(word), given.path_of(word))
    if not isinstance(section, Given):
        return
    for parameter, words in section.words.items():
        place, path = section.key_place(parameter), section.path_of(parameter)
        if location == "path" and parameter not in wanted:
            message = f"the path of operation {reading.operation} has no parameter {quoted(parameter)}"
            suggestion = scope.meant(parameter, wanted) or f"write {{{parameter}}} in the path"
            scope.report_at("path-parameter", message, place, path, suggestion)
        if parameter in seen:
            message = f"operation {reading.operation} has the parameter {quoted(parameter)} in {seen[parameter]} too"
            scope.report_at("repeated-name", message, place, path, "rename one")
        seen.setdefault(parameter, word)
        made = _parameter(reading.context, section, parameter, words, location)
        if made is not None:
            yield made


def _included(reading: _Reading) -> Iterator[Parameter]:
    """The query parameters that an operation shares with others."""
    scope, given = reading.context.scope, reading.given
    for index, name in enumerate(given.get("include") or ()):
        place, path = given.item_place("include", index), given.path_of("include")
        if scope.nouns.get(name) == "object":
            yield from _of_object(reading, name, place, path)
        elif name in scope.of("mixins").words:
            yield from _of_mixin(reading, name, place, path)
        elif not scope.is_broken(name):
            options, subject = scope.names("mixins", "objects"), f"the include of operation {reading.operation}"
            scope.unknown("mixin", name, options, place, path, subject)


def _of_mixin(reading: _Reading, name: str, place: Place, path: str) -> Iterator[Parameter]:
    """The fields of a mixin, each as if it were declared here."""
    scope, shared = reading.context.scope, reading.context.scope.of("mixins").words[name]
    for field, words in shared.words.items():
        if field.startswith("$"):
            message = f"operation {reading.operation} includes {name}, whose {quoted(field)} no parameter can keep"
            scope.report_at("not-a-parameter", message, place, path, "name the parameters under query")
        elif other := [word for word in words.words if word not in PARAMETER_WORDS]:
            message = f"operation {reading.operation} includes {name}.{field}, which has {quoted(other[0])}"
            scope.report_at("not-a-parameter", message, place, path, "include a mixin of plain fields")
        elif _is_new(reading, field, name, place, path):
            made = _parameter(reading.context, shared, field, words, "query")
            if made is not None:
                yield made


def _of_object(reading: _Reading, name: str, place: Place, path: str) -> Iterator[Parameter]:
    """The properties of an object, each as the parameter of its name on the wire."""
    scope, made = reading.context.scope, reading.objects.get(name)
    subject = f"the query of operation {reading.operation}"
    if made is None:
        if scope.nouns.get(name) != "object":
            scope.unknown("object", name, scope.names("objects"), place, path, subject)
        elif name not in scope.of("objects").broken:
            message = f"{subject} is {name}, an envelope with a content"
            scope.report_at("not-a-parameter", message, place, path, "name an object with fields of its own")
        return
    for field in made.fields:
        wire = field.wire or reading.context.wire(field.name)
        of = field.input.type if field.input is not None and "create" in field.input.on else field.type
        if not _travels(of, "query"):
            message = f"{subject} is {name}, whose {quoted(field.name)} is {describe(of)}, which no query can carry"
            scope.report_at("parameter-type", message, place, path, "send the object in the body")
        elif _is_new(reading, wire, name, place, path):
            yield Parameter(
                wire,
                "query",
                of,
                required=not (field.nullable or field.optional or field.default is not None),
                default=field.default,
                description=field.description,
                deprecated=field.deprecated,
                object=name,
                place=field.place,
            )


def _is_new(reading: _Reading, parameter: str, source: str, place: Place, path: str) -> bool:
    """Whether an operation does not have a parameter yet that something shared brings, else after a report."""
    if parameter in reading.seen:
        known = reading.seen[parameter]
        message = f"operation {reading.operation} has the parameter {quoted(parameter)} already, in {known}"
        reading.context.scope.report_at("repeated-name", message, place, path, "rename or remove one")
        return False
    reading.seen[parameter] = source
    return True


def _parameter(context: Context, section: Given, name: str, given: Given, location: str) -> Parameter | None:
    scope = context.scope
    if "type" not in given:
        return None
    resolved = context.types.constrained(given.words["type"], given, "type", "parameter")
    if resolved is None:
        return None
    of, nullable, described = resolved
    if not _travels(of, location):
        message = f"the {location} parameter {quoted(name)} is {describe(of)}, which no {location} can carry"
        scope.report("parameter-type", message, given, "type", "use a scalar or an enum, or send it in the body")
        return None
    default = None
    if "default" in given:
        default = read_default(context, given, of, nullable, "a parameter")
    if location == "path" and (nullable or "default" in given):
        message = f"the path parameter {quoted(name)} is always there"
        scope.report("path-parameter", message, given, "default" if "default" in given else "type", "drop it")
    return Parameter(
        name,
        location,
        of,
        required=not nullable and "default" not in given and "default" not in given.broken,
        default=default,
        description=given.text("description") or described,
        deprecated=given.get("deprecated", False),
        place=section.key_place(name),
    )


def _travels(of: Type, location: str) -> bool:
    if isinstance(of, Array) and location == "query":
        return not of.nullable_items and _travels(of.item, location)
    return isinstance(of, EnumType) or (isinstance(of, Scalar) and of.base not in ("json", "bytes"))
