"""Fields of entities, objects, views and frontends: from the words given for each to its meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from isotype.domain.model import (
    FULL,
    INTERNAL,
    READ,
    WRITE,
    Default,
    Field,
    InputConstraint,
    JsonValue,
    Transitions,
    Waiver,
)
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type
from isotype.domain.values import replace
from isotype.language.context import Context, Outline, Target, reference_column
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.types import CONSTRAINT_WORDS, Resolved, constrain, describe
from isotype.language.values import Misfit, fit
from isotype.language.wording import quoted

INPUTS = ("create", "update")
_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_REFERENCE_WORDS = ("on_delete", "back", "deferrable")
_GENERATED = ("now", "uuid", "identity")
_STAMPS = ("timestamp", "local_timestamp", "date")
_NOT_IN_OBJECTS = (
    "ref",
    "key",
    "unique",
    "on_update",
    *_REFERENCE_WORDS,
    "computed",
    "access",
    "transitions",
    "initial",
    "column",
    "constraints",
)


def entity_field(context: Context, outline: Outline, name: str) -> Field | None:
    """A field of an entity without its computed expression; None after a report."""
    owner, given = outline.fields[name]
    key = name in outline.key
    shared = owner is not outline.given.get("fields") and not key and "ref" not in given and "computed" not in given
    scope = context.scope
    if shared and (id(given), name) in scope.mixin_fields:
        return scope.mixin_fields[id(given), name]
    made = _known_field(context, outline, name, owner, given, key)
    if shared:
        scope.mixin_fields[id(given), name] = made
    return made


def _known_field(context: Context, outline: Outline, name: str, owner: Given, given: Given, key: bool) -> Field | None:
    """The field, made once for all of one name in the same words."""
    if "ref" in given.words:
        return _entity_field(context, outline, name, owner, given, key)
    scope = context.scope
    said = (id(given.words), name, key)
    known = scope.fields.get(said)
    if known is not None:
        return replace(known, place=owner.key_place(name))
    findings = len(scope.findings)
    made = _entity_field(context, outline, name, owner, given, key)
    if made is not None and len(scope.findings) == findings:
        scope.fields[said] = made
    return made


def _entity_field(context: Context, outline: Outline, name: str, owner: Given, given: Given, key: bool) -> Field | None:
    scope, words = context.scope, given.words
    column: str = words.get("column", "")
    wire: str = words.get("api", "")
    if "ref" in words:
        target = _target(context, outline, name, given)
        if target is None:
            return None
        of, nullable, described = target.type, words["ref"].endswith("?"), ""
        column = column or reference_column(name, target.column)
        wire = wire or context.wire(reference_column(name, target.field))
    else:
        resolved = _type(context, given)
        if resolved is None:
            return None
        of, nullable, described = resolved
    standing = outline.given.get("access") if owner is outline.given.get("fields") else owner.get("$access")
    if len(words) == 1 and not key and standing is None:
        # Most fields say nothing but their type.
        return Field(
            name,
            of,
            nullable,
            description=described,
            column=column,
            wire=wire,
            constraints=_NO_NAMES,
            place=owner.key_place(name),
        )
    default = read_default(context, given, of, nullable) if "default" in words else None
    computed = "computed" in words
    access = words.get("access") or (READ if computed or (key and default is not None) else standing or FULL)
    stamped = words.get("on_update") == "now"
    made = Field(
        name=name,
        type=of,
        nullable=nullable,
        description=given.text("description") or described,
        default=default,
        access=access,
        unique=words.get("unique", False),
        stamped=stamped,
        transitions=_transitions(scope, given, of, default) if "transitions" in words else None,
        input=_input(scope, given, of) if "input" in words else None,
        replace=words.get("replace", False),
        column=column,
        wire=wire,
        was=words.get("was", ""),
        deprecated=words.get("deprecated", False),
        constraints=_constraint_names(scope, given, of) if "constraints" in words else _NO_NAMES,
        waivers=waivers(given),
        place=owner.key_place(name),
    )
    _check_entity_field(context, outline, made, given, key)
    return made


def _check_entity_field(context: Context, outline: Outline, made: Field, given: Given, key: bool) -> None:
    scope, words, name = context.scope, given.words, made.name
    subject = f"field {outline.name}.{name}"
    if "ref" not in words:
        for word in _REFERENCE_WORDS:
            if word in words:
                scope.report("misplaced-word", f"{quoted(word)} belongs to a reference", given, word, "write ref")
        if words.get("on_update", "now") != "now":
            message = f'{quoted("on_update")} is "now" on a field that is no reference'
            scope.report("misplaced-word", message, given, "on_update", "write ref, or on_update: now")
    if made.stamped and not (isinstance(made.type, Scalar) and made.type.base in _STAMPS):
        message = f"on_update: now sets the current instant, but {subject} is {describe(made.type)}"
        scope.report("misplaced-word", message, given, "on_update", "give it the type timestamp")
    if "computed" in words:
        for word in ("default", "on_update", "input", "transitions"):
            if word in words:
                message = f"{subject} is computed, so {quoted(word)} means nothing"
                scope.report("computed-field", message, given, word, "remove it")
        if made.access not in (READ, INTERNAL):
            message = f"{subject} is computed by the database, so nobody can give it"
            scope.report("computed-field", message, given, "access", "write access: read or internal")
        if key:
            scope.report("computed-field", f"{subject} is computed and cannot be a key", given, "computed")
        return
    if key and made.nullable:
        scope.report(
            "nullable-key", f"{subject} is part of the key and nullable", given, _type_word(given), "drop the ?"
        )
    if key and not isinstance(made.type, Scalar | EnumType):
        message = f"{subject} is {describe(made.type)}, which cannot be a key"
        scope.report("bad-key", message, given, _type_word(given), "use a scalar or an enum")
    elif key and isinstance(made.type, Scalar) and made.type.base in ("json", "float"):
        message = f"{subject} is {made.type.base}, which cannot be a key"
        scope.report("bad-key", message, given, _type_word(given), "use an exact scalar or an enum")
    if made.default is not None and made.default.kind == "identity" and made.nullable:
        scope.report(
            "bad-default", f"{subject} is counted by the database and nullable", given, "default", "drop the ?"
        )
    if "initial" in words and "transitions" not in words:
        scope.report("misplaced-word", '"initial" belongs to transitions', given, "initial", "write transitions")
    _check_replace(scope, made, given)


def _type_word(given: Given) -> str:
    return "ref" if "ref" in given else "type"


def _check_replace(scope: Scope, made: Field, given: Given) -> None:
    if made.replace and not isinstance(made.type, ObjectType):
        message = f"{describe(made.type)} is always given whole"
        scope.report("misplaced-word", message, given, "replace", "replace belongs to a field that is an object")


def _type(context: Context, given: Given) -> Resolved | None:
    if "type" in given.words:
        return context.types.constrained(given.words["type"], given)
    if "type" not in given.broken and "ref" not in given.broken:
        name = given.path.rpartition(".")[2]
        context.scope.report("missing-word", f"field {name} lacks a type", given, "", 'add "type" or "ref"')
    return None


def _target(context: Context, outline: Outline, name: str, given: Given) -> Target | None:
    """What the `ref` of a field points at, or None after a report."""
    scope = context.scope
    subject = f"field {outline.name}.{name}"
    if "type" in given:
        message = f"{subject} has both a type and a reference"
        scope.report("type-and-ref", message, given, "type", "a reference has the type of the key it points at")
        return None
    for word in given.words:
        if word in CONSTRAINT_WORDS:
            message = f"{quoted(word)} does not apply to a reference"
            scope.report("misplaced-constraint", message, given, word, "constrain the key it points at")
    entity = given.words["ref"].strip().removesuffix("?")
    other = context.entities.get(entity)
    if other is None:
        if not scope.is_broken(entity):
            options = scope.names("entities")
            scope.unknown("entity", entity, options, given.place("ref"), given.path_of("ref"), subject)
        return None
    if other.partition:
        message = f"{subject} refers to {entity}, whose key in the database includes {quoted(other.partition)}"
        suggestion = "name all its key columns under references of the entity"
        scope.report("reference-to-partitioned", message, given, "ref", suggestion)
        return None
    if "hypertable" in other.given:
        message = f"{subject} refers to {entity}, a hypertable, to which nothing can refer"
        suggestion = "keep the value of its key without ref, or let it be a plain table"
        scope.report("reference-to-hypertable", message, given, "ref", suggestion)
        return None
    if len(other.key) != 1:
        fields = ", ".join(other.key)
        fact = f"whose key is {fields}" if other.key else "which has no key"
        message = f"{subject} refers to {entity}, {fact}"
        suggestion = "write it under references of the entity" if other.key else "give it one: key: true on a field"
        if not other.broken and "key" not in other.given.broken:
            scope.report("reference-needs-key", message, given, "ref", suggestion)
        return None
    target = context.target(entity)
    if target is None and other.key[0] in other.fields and "ref" in other.fields[other.key[0]][1]:
        message = f"{subject} refers to {entity}, whose key is a reference without end"
        scope.report("endless-reference", message, given, "ref", "give one of the entities a key of its own")
    return target


# --- defaults ---------------------------------------------------------------------------------------------------------


def read_default(context: Context, given: Given, of: Type, nullable: bool, literal_only: str = "") -> Default | None:
    """The default a mapping gives, or None after a report; `literal_only` says why nothing else is possible."""
    value: JsonValue = given.words["default"]
    if isinstance(value, Mapping):
        if value.keys() == {"literal"}:
            return _literal(context, given, value["literal"], of, nullable)
        if "sql" in value and value.keys() <= {"sql", "sqlite"}:
            return _raw_default(context, given, value, literal_only)
    if isinstance(value, str) and value in _GENERATED and not (isinstance(of, EnumType) and value in of.enum.texts):
        return _generated(context, given, value, of, literal_only)
    return _literal(context, given, value, of, nullable)


def _literal(context: Context, given: Given, value: JsonValue, of: Type, nullable: bool) -> Default | None:
    if value is None:
        if nullable:
            return Default("literal", None)
        context.scope.report("bad-default", "the default is null, but the type is not", given, "default", "add a ?")
        return None
    try:
        return Default("literal", fit(value, of, context.structure))
    except Misfit as misfit:
        message = f"the default does not fit {describe(of)}: {misfit.message}"
        context.scope.report("bad-default", message, given, "default", misfit.suggestion)
        return None


def _raw_default(context: Context, given: Given, value: Mapping[str, JsonValue], literal_only: str) -> Default | None:
    sql, sqlite = value["sql"], value.get("sqlite", "")
    if literal_only:
        context.scope.report("bad-default", f"{literal_only} has a literal default", given, "default")
        return None
    if not isinstance(sql, str) or not isinstance(sqlite, str):
        context.scope.report("bad-default", "raw SQL is text", given, "default", "put it in quotes")
        return None
    return Default("sql", sql.strip(), sqlite.strip())


def _generated(context: Context, given: Given, value: str, of: Type, literal_only: str) -> Default | None:
    base = of.base if isinstance(of, Scalar) else ""
    wanted = {"now": _STAMPS, "uuid": ("uuid",), "identity": tuple(INTEGERS)}[value]
    meaning = {"now": "the current instant", "uuid": "a random uuid", "identity": "a counter"}[value]
    if base in TEXTUAL or base == "json":
        message = f"the default {quoted(value)} means {meaning}, but the type is {base}"
        suggestion = f"write {{literal: {value}}} for the text"
        context.scope.report("bad-default", message, given, "default", suggestion)
        return None
    if base not in wanted:
        message = f"the default {quoted(value)} means {meaning}, but the type is {describe(of)}"
        context.scope.report("bad-default", message, given, "default", f"it goes with {', '.join(wanted)}")
        return None
    if literal_only:
        context.scope.report("bad-default", f"{literal_only} has a literal default", given, "default")
        return None
    return Default(value)


# --- other words ------------------------------------------------------------------------------------------------------


def _transitions(scope: Scope, given: Given, of: Type, default: Default | None) -> Transitions | None:
    listed: Given = given.words["transitions"]
    if not isinstance(of, EnumType):
        message = f"transitions belong to an enum, but the type is {describe(of)}"
        scope.report("misplaced-word", message, given, "transitions", "name an enum as the type")
        return None
    texts = of.enum.texts
    fine = True

    def known(text: str, place: Any, path: str) -> None:
        nonlocal fine
        if text not in texts:
            fine = False
            message = f"{quoted(text)} is no value of {of.enum.name}"
            scope.report_at("unknown-value", message, place, path, scope.meant(text, texts))

    for source, targets in listed.words.items():
        known(source, listed.key_place(source), listed.path)
        for index, target in enumerate(targets):
            known(target, listed.item_place(source, index), listed.path_of(source))
    if missing := [text for text in texts if text not in listed.spans]:
        names = ", ".join(quoted(text) for text in missing)
        message = f"transitions do not say what follows {names}"
        scope.report("missing-transition", message, given, "transitions", f"add {missing[0]}: [] if it is the end")
        fine = False
    literal = default.value if default is not None and default.kind == "literal" else None
    initial = given.get("initial")
    if initial is not None:
        for index, text in enumerate(initial):
            known(text, given.item_place("initial", index), given.path_of("initial"))
        if isinstance(literal, str) and literal not in initial:
            message = f"the default {quoted(literal)} is not among the initial values"
            scope.report("bad-default", message, given, "initial", "add it")
    if not fine or listed.broken:
        return None
    start = tuple(dict.fromkeys(initial)) if initial else (literal,) if isinstance(literal, str) else texts
    moves = tuple((text, tuple(dict.fromkeys(listed.words[text]))) for text in texts)
    return Transitions(moves, start)


def _input(scope: Scope, given: Given, of: Type) -> InputConstraint | None:
    words: Given | None = given.get("input")
    if words is None:
        return None
    if not words.words.keys() & CONSTRAINT_WORDS and not words.broken:
        scope.report("empty-input", '"input" names no constraint', given, "input", "such as {min_length: 3}")
        return None
    on = tuple(word for word in INPUTS if word in (words.get("on") or INPUTS))
    return InputConstraint(constrain(scope, of, words), on)


def _constraint_names(scope: Scope, given: Given, of: Type) -> Mapping[str, str]:
    named: Given = given.words["constraints"]
    lacking = {
        "pattern": isinstance(of, Scalar) and not of.patterns and of.base not in ("email", "url"),
        "length": not (isinstance(of, Scalar) and of.base in TEXTUAL),
        "items": not isinstance(of, Array | Map),
        "unique": not given.get("unique"),
        "reference": "ref" not in given,
    }
    for kind in named.words:
        if lacking.get(kind):
            message = f"the field has no {kind} constraint to be named {quoted(named.words[kind])}"
            scope.report("unused-name", message, named, kind, "remove it, or add the constraint")
    return MappingProxyType(dict(named.words))


def waivers(given: Given) -> tuple[Waiver, ...]:
    """The lint rules silenced by a mapping."""
    listed: Given | None = given.words.get("waive")
    if listed is None:
        return ()
    return tuple(Waiver(rule, reason.strip()) for rule, reason in listed.words.items())


# --- objects, views, frontends ----------------------------------------------------------------------------------------


def object_field(context: Context, outline: Outline, name: str) -> Field | None:
    """A field of an object; None after a report."""
    owner, given = outline.fields[name]
    words = given.words
    for word in _NOT_IN_OBJECTS:
        if word in words:
            message = f"{quoted(word)} of {quoted(name)} has no meaning in the object {outline.name}"
            place, path = given.place(word), given.path_of(word)
            context.scope.report_at("not-in-object", message, place, path, "keep it to entities")
    if "ref" in words:
        return None
    resolved = _type(context, given)
    if resolved is None:
        return None
    of, nullable, described = resolved
    default = read_default(context, given, of, nullable, "an object's field") if "default" in words else None
    made = Field(
        name=name,
        type=of,
        nullable=nullable,
        optional=words.get("optional", False),
        description=given.text("description") or described,
        default=default,
        input=_input(context.scope, given, of),
        replace=words.get("replace", False),
        wire=words.get("api", ""),
        was=words.get("was", ""),
        deprecated=words.get("deprecated", False),
        constraints=_NO_NAMES,
        waivers=waivers(given),
        place=owner.key_place(name),
    )
    _check_replace(context.scope, made, given)
    return made


def plain_fields(context: Context, given: Given | None, noun: str) -> tuple[Field, ...]:
    """Columns of a view, or fields a frontend computes."""
    if given is None:
        return ()
    made = []
    for name, words in given.words.items():
        if "type" not in words:
            continue
        resolved = context.types.constrained(words.words["type"], words, "type", noun)
        if resolved is not None:
            made.append(
                Field(
                    name,
                    resolved.type,
                    resolved.nullable,
                    description=words.text("description") or resolved.description,
                    wire=words.get("api", ""),
                    constraints=_NO_NAMES,
                    place=given.key_place(name),
                )
            )
    return tuple(made)


def input_field(context: Context, name: str, owner: Given, given: Given) -> Field | None:
    """A property of bodies that no column holds; None after a report."""
    if "type" not in given:
        return None
    resolved = context.types.constrained(given.words["type"], given, "type", "input")
    if resolved is None:
        return None
    of, nullable, described = resolved
    return Field(
        name,
        of,
        nullable,
        description=given.text("description") or described,
        default=read_default(context, given, of, nullable, "an input") if "default" in given else None,
        access=WRITE,
        wire=given.get("api", ""),
        constraints=_NO_NAMES,
        place=owner.key_place(name),
    )


def known_fields(
    scope: Scope, given: Given, word: str, names: Iterable[str], declared: Outline, subject: str
) -> tuple[str, ...]:
    """The fields a list names, those that exist; unknown and repeated ones are reported."""
    made: list[str] = []
    for index, name in enumerate(names):
        place, path = given.item_place(word, index), given.path_of(word)
        if not declared.knows(name):
            scope.unknown("field", name, declared.names(), place, path, subject)
        elif name in made:
            scope.report_at("repeated-name", f"{subject} names {quoted(name)} twice", place, path, "remove one")
        else:
            made.append(name)
    return tuple(made)
