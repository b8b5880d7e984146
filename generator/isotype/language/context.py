"""What resolving one part of a schema needs to know of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isotype.domain.names import camel, snake
from isotype.domain.types import EnumType, Scalar, Type
from isotype.domain.values import field, frozen, mutable, replace
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.types import Types
from isotype.language.values import Property
from isotype.language.wording import plural, quoted


@frozen
class Outline:
    """An entity or object before its fields are resolved: each field's mapping and the mapping that names it.

    `broken` are fields that could not be read, `rules` the mappings of its own rules and of those its mixins bring.
    `key` and `partition` name fields of an entity.
    """

    name: str
    given: Given
    fields: Mapping[str, tuple[Given, Given]]
    broken: frozenset[str]
    rules: tuple[Given, ...] = ()
    key: tuple[str, ...] = ()
    partition: str = ""
    table: str = ""
    schema: str = ""

    def knows(self, name: str) -> bool:
        """Whether a field is declared, readable or not."""
        return name in self.fields or name in self.broken

    def names(self) -> list[str]:
        """Every declared field."""
        return [*self.fields, *self.broken]


@frozen
class Target:
    """What a reference by one field points at: the key field, its column, and its type as a plain value."""

    field: str
    column: str
    type: Type


_RUNNING = object()

DEEPEST_KEY = 32
"""Keys may be references to entities whose keys are references in a chain this long."""


@mutable
class Context:
    """The schema while its parts are resolved."""

    scope: Scope
    types: Types
    entities: dict[str, Outline] = field(default_factory=dict)
    objects: dict[str, Outline] = field(default_factory=dict)
    _depth: int = 0
    _targets: dict[str, Any] = field(default_factory=dict)
    _structures: dict[str, Mapping[str, Property] | None] = field(default_factory=dict)

    def wire(self, name: str) -> str:
        """The wire name that follows from a field's name."""
        return camel(name) if self.scope.case == "camel" else name

    def target(self, entity: str) -> Target | None:
        """The single key field of an entity; None when it has none or it could not be read."""
        state = self._targets.get(entity)
        if state is _RUNNING or self._depth >= DEEPEST_KEY:
            return None
        if entity in self._targets:
            return state if isinstance(state, Target) else None
        self._targets[entity] = _RUNNING
        self._depth += 1
        self._targets[entity] = made = self._find_target(self.entities.get(entity))
        self._depth -= 1
        return made

    def _find_target(self, outline: Outline | None) -> Target | None:
        if outline is None or len(outline.key) != 1 or outline.key[0] not in outline.fields:
            return None
        name = outline.key[0]
        given = outline.fields[name][1]
        if "ref" in given:
            further = self.target(given.words["ref"].rstrip("?"))
            if further is None:
                return None
            return Target(name, given.get("column") or reference_column(name, further.column), further.type)
        if "type" not in given:
            return None
        resolved = self.types.constrained(given.words["type"], given)
        if resolved is None:
            return None
        of = resolved.type
        if isinstance(of, Scalar):
            return Target(name, given.get("column") or name, replace(of, patterns=()) if of.patterns else of)
        return Target(name, given.get("column") or name, of) if isinstance(of, EnumType) else None

    def structure(self, name: str) -> Mapping[str, Property] | None:
        """The properties of an object by wire name; None when one of them could not be read."""
        if name not in self._structures:
            self._structures[name] = self._find_structure(self.objects.get(name))
        return self._structures[name]

    def _find_structure(self, outline: Outline | None) -> Mapping[str, Property] | None:
        if outline is None or outline.broken:
            return None
        made = {}
        for name, (_, given) in outline.fields.items():
            if "type" not in given:
                return None
            resolved = self.types.constrained(given.words["type"], given)
            if resolved is None:
                return None
            optional = bool(given.get("optional"))
            made[given.get("api") or self.wire(name)] = Property(resolved.type, resolved.nullable, optional)
        return made


def reference_column(name: str, target_column: str) -> str:
    """The column of a field that is a reference: `author` to a key `id` is `author_id`, `author_id` stays."""
    return name if name.endswith(("_id", f"_{target_column}")) else f"{name}_{target_column}"


def outline(scope: Scope, name: str, given: Given, noun: str) -> Outline:
    """The fields of an entity or object, its own and those of its mixins, and what its header says of them."""
    own: Given | None = given.get("fields")
    fields: dict[str, tuple[Given, Given]] = {}
    broken: set[str] = set()
    if own is not None:
        fields = {field_name: (own, value) for field_name, value in own.words.items()}
        broken |= own.broken
    rules: list[Given] = [given.words["rules"]] if "rules" in given else []
    for index, included in enumerate(given.get("include") or ()):
        _include(scope, name, given, index, included, fields, broken, rules)
    if not fields and not broken and own is not None:
        scope.report("no-fields", f"{noun} {name} has no fields", given, "fields", "give it one")
    if noun == "object":
        _refuse_access(scope, name, given)
        return Outline(name, given, fields, frozenset(broken), tuple(rules))
    partition: Given | None = given.get("partition")
    return Outline(
        name,
        given,
        fields,
        frozenset(broken),
        tuple(rules),
        key=_key(scope, name, given, fields, broken),
        partition=partition.get("by", "") if partition is not None else "",
        table=given.get("table") or plural(snake(name)),
        schema=given.get("schema") or scope.schema,
    )


def _include(
    scope: Scope,
    name: str,
    given: Given,
    index: int,
    included: str | Given,
    fields: dict[str, tuple[Given, Given]],
    broken: set[str],
    rules: list[Given],
) -> None:
    mixin, prefix = _mixin(included)
    if not mixin:
        return
    place, path = given.item_place("include", index), given.path_of("include")
    mixins = scope.of("mixins")
    shared: Given | None = mixins.words.get(mixin)
    if shared is None:
        if mixin not in mixins.broken:
            scope.unknown("mixin", mixin, scope.names("mixins"), place, path, f"the include of {name}")
        return
    if (mixin, prefix) in map(_mixin, given.words["include"][:index]):
        advice = "remove one, or give them different prefixes"
        scope.report_at("repeated-name", f"{name} includes {mixin} twice", place, path, advice)
        return
    brought: Given | None = shared.get("$rules")
    if brought is not None and not prefix:
        rules.append(brought)
    elif brought is not None:
        message = f"{name} includes {mixin} with a prefix, but {mixin} has rules, which name fields without it"
        scope.report_at("prefixed-rules", message, place, path, "give the rules to the entity")
    if prefix:
        shared = shared.prefixed(prefix)
    for field_name, value in shared.words.items():
        if field_name.startswith("$"):
            continue
        if field_name in fields:
            other = fields[field_name][0].key_place(field_name)
            message = f"{name} has the field {quoted(field_name)} already, at {other}; {mixin} gives it again"
            scope.report_at("repeated-name", message, place, path, "rename or remove one")
        else:
            fields[field_name] = (shared, value)
    broken |= {field_name for field_name in shared.broken if not field_name.startswith("$")}


def _refuse_access(scope: Scope, name: str, given: Given) -> None:
    """An object is given and shown whole: a mixin that says otherwise is reported."""
    for index, included in enumerate(given.get("include") or ()):
        mixin, _ = _mixin(included)
        shared: Given | None = scope.of("mixins").words.get(mixin)
        if shared is not None and "$access" in shared:
            place, path = given.item_place("include", index), given.path_of("include")
            message = f'"$access" of {mixin} has no meaning in the object {name}'
            scope.report_at("not-in-object", message, place, path, "keep it to entities")


def _mixin(included: str | Given) -> tuple[str, str]:
    """A mixin and the prefix of its fields; '' for one that was reported."""
    if not isinstance(included, Given):
        return included, ""
    words = included.words
    return (words["mixin"], words["prefix"]) if "mixin" in words and "prefix" in words else ("", "")


def _key(
    scope: Scope, name: str, given: Given, fields: Mapping[str, tuple[Given, Given]], broken: set[str]
) -> tuple[str, ...]:
    marked = tuple(field_name for field_name, (_, value) in fields.items() if value.words.get("key"))
    listed: list[str] | None = given.get("key")
    if listed is None:
        return marked
    if marked:
        message = f"entity {name} gives its key twice: on its fields and as a list"
        scope.report("key-twice", message, given, "key", "keep the list")
    for index, field_name in enumerate(listed):
        place, path = given.item_place("key", index), given.path_of("key")
        if field_name in listed[:index]:
            scope.report_at("repeated-name", f"the key names {quoted(field_name)} twice", place, path, "remove one")
        elif field_name not in fields and field_name not in broken:
            options = [*fields, *broken]
            scope.unknown("field", field_name, options, place, path, f"the key of entity {name}")
    return tuple(dict.fromkeys(listed))
