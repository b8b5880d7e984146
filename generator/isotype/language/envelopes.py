"""Envelopes: shapes around others, and the named objects that come of putting something into one."""

from __future__ import annotations

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import PAGE, Field, ObjectDefinition, Rule
from isotype.domain.types import Array, Map, ObjectType, Scalar, Type
from isotype.domain.values import replace
from isotype.language.context import Context, outline
from isotype.language.fields import object_field
from isotype.language.given import Given
from isotype.language.rules import FieldTypes, read_rules
from isotype.language.scope import Scope
from isotype.language.types import Types
from isotype.language.wire import check_object_names
from isotype.language.wire_names import CONTENT, Enveloped, Problem, WireNames
from isotype.language.wording import quoted


class Envelope(NamedTuple):
    """An envelope, read: the type CONTENT in its fields stands for what it holds."""

    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    description: str = ""


_HELD = ObjectType(CONTENT)
_NUMBER = Scalar("int", minimum=1)
_STANDARD_PAGE = (
    Field("items", Array(_HELD), description="What this page shows"),
    Field("total", Scalar("int", minimum=0), description="How many there are in all"),
    Field("page", _NUMBER, description="Which page this is, from 1"),
    Field("page_size", _NUMBER, description="How many items a full page holds"),
)


def name_envelopes(scope: Scope, types: Types) -> None:
    """Give each object that is an envelope with a content its name; inner ones first, which outer ones hold."""
    aliases = [(name, given) for name, given in scope.entries("objects") if "is" in given]
    for name, given in sorted(aliases, key=lambda alias: alias[1].words["is"].count("(")):
        for word in ("fields", "include", "rules", "client"):
            if word in given:
                message = f"object {name} is an envelope, which says its own {word}"
                scope.report("misplaced-word", message, given, word, "remove it")
        try:
            made = types.named(given.words["is"], given, "is", name)
        except Problem as problem:
            made = False
            scope.report(problem.code, f"object {name} is {problem.message}", given, "is", problem.suggestion)
        if not made:
            scope.of("objects").broken.add(name)


def read_envelopes(context: Context) -> dict[str, Envelope]:
    """Every envelope that could be read, the page among them; `context` knows the type CONTENT."""
    scope = context.scope
    if scope.nouns.get(CONTENT) not in (None, "envelope") and scope.of("envelopes").words:
        noun = scope.nouns[CONTENT]
        message = f"{CONTENT} is what an envelope holds, but also the name of the {noun} {CONTENT}"
        first = next(iter(scope.of("envelopes").words.values()))
        scope.report("repeated-name", message, first, "", f"rename the {noun}")
    found = {PAGE: Envelope(_STANDARD_PAGE)} if not scope.is_broken(PAGE) else {}
    for name, given in scope.entries("envelopes"):
        if "fields" in given:
            found[name] = _envelope(context, name, given)
        elif name != PAGE:
            found.pop(name, None)
            if "fields" not in given.broken:
                message = f"envelope {quoted(name)} lacks {quoted('fields')}"
                scope.report("missing-word", message, given, "", 'add "fields": its properties')
        elif "rules" in given:
            message = "the rules of the page have no fields to speak of"
            scope.report("misplaced-word", message, given, "rules", "declare its fields, or remove them")
        elif PAGE in found:
            found[PAGE] = found[PAGE]._replace(description=given.text("description"))
    return found


def _envelope(context: Context, name: str, given: Given) -> Envelope:
    scope = context.scope
    outlined = outline(scope, name, given, "object")
    fields = [field for one in outlined.fields if (field := object_field(context, outlined, one)) is not None]
    unread = frozenset(outlined.names()) - {field.name for field in fields}
    check_object_names(context, fields, (), f"envelope {name}", given.path)
    lists = sum(_is_list(field.type) for field in fields)
    holding = sum(_holds(field.type) for field in fields)
    if not unread and not holding:
        scope.report(
            "no-content", f"envelope {name} has no place for what it holds", given, "fields", "such as data: T"
        )
    elif name == PAGE and not unread and (lists, holding) != (1, 1):
        message = "a page holds its items in one list, but this one does not"
        scope.report("no-content", message, given, "fields", "such as items: T[], and T nowhere else")
    rules = read_rules(scope, outlined, FieldTypes(fields), unread)
    return Envelope(tuple(fields), rules, given.text("description"))


def filled(scope: Scope, wire: WireNames, envelopes: dict[str, Envelope]) -> tuple[ObjectDefinition, ...]:
    """The objects that come of every envelope and content some type speaks of."""
    return tuple(
        _filled(scope, made, envelopes[made.envelope]) for made in wire.made.values() if made.envelope in envelopes
    )


def _filled(scope: Scope, made: Enveloped, envelope: Envelope) -> ObjectDefinition:
    section = scope.of("objects")
    given: Given | None = section.words.get(made.name)
    if given is not None and "is" not in given:
        given = None
    fields = []
    for field in envelope.fields:
        if isinstance(made.content, Array) and _holds_list(field.type):
            message = f"{made.name} is the envelope {made.envelope} around a list, and holds it in a list again"
            scope.report_at("nested-array", message, made.place, "", "put a single one into it")
        of = _put(field.type, made.content)
        fields.append(field if of is field.type else replace(field, type=of))
    description = given.text("description") if given is not None else ""
    if not description:
        description = envelope.description or (f"A page of {made.stem}." if made.envelope == PAGE else "")
    inner = made.content.item if isinstance(made.content, Array) else made.content
    return ObjectDefinition(
        made.name,
        tuple(fields),
        envelope.rules,
        description=description,
        envelope=made.envelope,
        content=inner.name if isinstance(inner, ObjectType) else "",
        home=made.home,
        place=section.place(made.name) if given is not None else made.place,
    )


def _put(of: Type, content: Type) -> Type:
    """A type of an envelope's field with its content in it."""
    match of:
        case ObjectType(name=name):
            return content if name == CONTENT else of
        case Array(item=item) if _holds(item):
            return replace(of, item=_put(item, content))
        case Map(value=value) if _holds(value):
            return replace(of, value=_put(value, content))
        case _:
            return of


def _holds(of: Type) -> bool:
    match of:
        case ObjectType(name=name):
            return name == CONTENT
        case Array(item=inner) | Map(value=inner):
            return _holds(inner)
        case _:
            return False


def _is_list(of: Type) -> bool:
    """Whether a value is a list of what an envelope holds, however many there may be."""
    return isinstance(of, Array) and of.item == _HELD and not of.nullable_items


def _holds_list(of: Type) -> bool:
    return of.item == _HELD if isinstance(of, Array) else isinstance(of, Map) and _holds_list(of.value)
