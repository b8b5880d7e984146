"""A small domain made by hand: groups, objects that contain themselves, rules, states, operations."""

from __future__ import annotations

from decimal import Decimal

from isotype.domain.expressions import Expression
from isotype.domain.model import (
    Default,
    Domain,
    Entity,
    EntityApi,
    Field,
    Group,
    ObjectDefinition,
    Operation,
    Parameter,
    Payload,
    Rule,
    Transitions,
)
from isotype.domain.patterns import Pattern
from isotype.domain.types import Array, Enum, EnumType, EnumValue, Map, ObjectType, Scalar, value_type
from isotype.language.checking import check
from isotype.language.expressions import parse
from isotype.language.patterns import parse as parse_pattern

STATE = Enum(
    "State",
    (
        EnumValue("pending", "PENDING", label="Waiting"),
        EnumValue("active", "ACTIVE", description="The book is out"),
        EnumValue("3d-lost", "VALUE_3D_LOST"),
    ),
    description="Where a loan stands */ ${x} `",
)
INT = Scalar("int")
TEXT = Scalar("text")


def pattern(source: str) -> Pattern:
    """The parsed pattern."""
    found = parse_pattern(source)
    assert isinstance(found, Pattern), found
    return found


def condition(source: str, fields: tuple[Field, ...]) -> Expression:
    """The typed tree of a rule over these fields."""
    parsed = parse(source)
    assert isinstance(parsed, Expression), parsed
    typed = check(parsed, {field.name: value_type(field.type) for field in fields}, {"State": STATE.texts})
    assert isinstance(typed, Expression), typed
    return typed


def rule(name: str, source: str, fields: tuple[Field, ...], message: str = "", on: tuple[str, ...] = ()) -> Rule:
    """A rule over these fields."""
    return Rule(name, condition(source, fields), source, message, on)


TREE = ObjectDefinition(
    "Tree",
    (
        Field("title", Scalar("string", length=80), description="What it says"),
        Field("children", Array(ObjectType("Tree")), default=Default("literal", ())),
        Field("parent", ObjectType("Tree"), nullable=True, optional=True, deprecated=True),
        Field("by_name", Map(ObjectType("Tree"), nullable_values=True), default=Default("literal", {})),
        Field("extra", Scalar("json"), nullable=True, optional=True),
    ),
    description="Headings below headings",
    client=(Field("depth", INT, description="Counted by the page"),),
)
TREE = ObjectDefinition(
    TREE.name,
    TREE.fields,
    (rule("chk_title", "title <> 'never'", TREE.fields, "A heading says something."),),
    TREE.client,
    TREE.description,
)

FIELDS = (
    Field("id", Scalar("uuid"), access="read", default=Default("uuid")),
    Field("isbn", Scalar("string", length=13, patterns=(pattern("^[0-9]{9,12}[0-9xX]$"),)), access="once"),
    Field("title", Scalar("string", length=200, min_length=1), description="As printed. */ <!-- `${x}`"),
    Field("pages", Scalar("int", above=0, below=100000)),
    Field("copies", Scalar("smallint", minimum=0), default=Default("literal", 1)),
    Field("price", Scalar("decimal", precision=8, scale=2, minimum=Decimal("0.5"))),
    Field(
        "discount",
        Scalar("decimal", precision=5, scale=2, number=True, minimum=0, maximum=100),
        default=Default("literal", 0),
    ),
    Field("tags", Array(Scalar("string", length=30), unique_items=True, max_items=10)),
    Field("state", EnumType(STATE), default=Default("literal", "pending"), transitions=Transitions(
        (("pending", ("active",)), ("active", ("3d-lost",)), ("3d-lost", ())), ("pending",)
    )),
    Field("started_at", Scalar("timestamp"), nullable=True),
    Field("ended_at", Scalar("timestamp"), nullable=True),
    Field("opens", Scalar("time"), nullable=True),
    Field("closes", Scalar("time"), nullable=True),
    Field("outline", ObjectType("Tree"), nullable=True),
    Field("password", TEXT, access="write"),
    Field("created_at", Scalar("timestamp"), access="read", default=Default("now")),
)  # fmt: skip

BOOK = Entity(
    name="Book",
    table="books",
    schema="",
    fields=FIELDS,
    key=("id",),
    api=EntityApi(
        "Volume",
        groups=(
            Group("physical", (("pages", "pages"), ("copies", "copies")), description="How it feels"),
            Group("times", (("opens", "opens"), ("closes", "closes")), nullable_when_all_null=True),
            Group("period", (("start", "started_at"), ("end", "ended_at"), ("since", "created_at"))),
        ),
        client=(Field("rating", Scalar("float"), description="Computed by the page"),),
        list_fields=("id", "title", "price"),
    ),
    description="A title the library owns",
    rules=(
        rule("chk_period", "ended_at IS NULL OR ended_at >= started_at", FIELDS, "A loan ends after it starts."),
        rule("chk_price", "price >= 1 OR discount = 0", FIELDS),
        rule("chk_copies", "copies <= pages", FIELDS, "As many copies as pages."),
        rule("chk_opens", "closes IS NULL OR opens < closes", FIELDS, "It opens before it closes."),
        rule("chk_title", "title <> isbn", FIELDS, 'A title is not "just" a number, and this message is long: \u202e.'),
    ),
)

LIBRARY = Domain(
    name="library",
    description="Books and their readers",
    enums=(STATE,),
    objects=(TREE,),
    entities=(BOOK,),
    operations=(
        Operation(
            "list_books",
            "get",
            "/api/v1/books/",
            parameters=(
                Parameter("state", "query", EnumType(STATE), required=False),
                Parameter("limit", "query", INT, required=False, default=Default("literal", 20)),
                Parameter("x-request-id", "header", Scalar("uuid"), required=False),
            ),
            returns=Payload("Book", "list", form="page"),
            errors=(422,),
            summary="Books, newest first",
        ),
        Operation(
            "edit_book",
            "patch",
            "/api/v1/books/{id}",
            parameters=(Parameter("id", "path", Scalar("uuid"), required=True),),
            body=Payload("Book", "update"),
            returns=Payload("Book", "response"),
            errors=(404, 409, 422),
        ),
        Operation("drop_book", "delete", "/api/v1/books/{id}", status=204),
        Operation("get_cover", "get", "/api/v1/books/{id}/cover", returns=Payload(media="image/png")),
    ),
)
