"""The schema that the tests of all layers run on uses the whole language, and its meaning is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from yaml.nodes import MappingNode, Node, SequenceNode

from isotype.domain import model, types
from isotype.domain.model import Default, Domain, Index, Payload, Reference, Transitions
from isotype.domain.types import Array, EnumType, ObjectType, Scalar
from isotype.language import grammar, load
from isotype.language.kinds import Either, Kind, ListOf, MapOf, Named, Record
from isotype.language.yaml import Source, compose, shape
from tests.schemas import used

EVERYTHING = Path(__file__).parent.parent / "schemas" / "everything.yaml"


@pytest.fixture(scope="module")
def domain() -> Domain:
    loaded = load({"everything.yaml": EVERYTHING.read_text(encoding="utf-8")}, used)
    assert loaded.findings == ()
    assert loaded.domain is not None
    return loaded.domain


def used_words(kind: Kind, node: Node) -> Iterator[tuple[int, str]]:
    """Every word of every record that a node uses, the record by identity."""
    match kind:
        case Named():
            yield from used_words(kind.kind(), node)
        case Either():
            yield from used_words(kind.kinds[shape(node)], node)
        case ListOf():
            for item in node.value if isinstance(node, SequenceNode) else [node]:
                yield from used_words(kind.item, item)
        case MapOf():
            for _, value in node.value:
                yield from used_words(kind.value, value)
        case Record() if isinstance(node, MappingNode):
            for key, value in node.value:
                if key.value in kind.words:
                    yield id(kind), key.value
                    yield from used_words(kind.words[key.value].kind, value)
                elif kind.others is not None:
                    yield from used_words(kind.others.value, value)
        case Record():
            short = kind.short_list if isinstance(node, SequenceNode) else kind.short
            yield from used_words(kind.words[short].kind, node)


def records(kind: Kind, seen: dict[int, Record]) -> dict[int, Record]:
    """Every record of the grammar, once."""
    match kind:
        case Named():
            records(kind.kind(), seen)
        case Either():
            for option in kind.kinds.values():
                records(option, seen)
        case ListOf():
            records(kind.item, seen)
        case MapOf():
            records(kind.value, seen)
        case Record() if id(kind) not in seen:
            seen[id(kind)] = kind
            for word in kind.words.values():
                records(word.kind, seen)
    return seen


SHARED_CONSTRAINTS = frozenset(grammar.CONSTRAINTS)
"""Words that several records take from one description; each must be used somewhere, not everywhere."""


def test_every_word_of_the_language_is_used() -> None:
    """No word of any section is missing from the schema, shared constraint words counted together."""
    node, _ = compose(Source("everything.yaml", EVERYTHING.read_text(encoding="utf-8")))
    assert node is not None
    used = set(used_words(grammar.FILE, node))
    names = {word for _, word in used}
    unused = [
        f"{record.noun}: {word}"
        for identity, record in records(grammar.FILE, {}).items()
        for word in record.words
        if (identity, word) not in used and word not in SHARED_CONSTRAINTS
    ]
    assert unused == []
    assert names >= SHARED_CONSTRAINTS


def parts(value: Any) -> Iterator[Any]:
    """A value of the domain and every dataclass below it."""
    if is_dataclass(value):
        yield value
        for each in fields(value):
            yield from parts(getattr(value, each.name))
    elif isinstance(value, tuple) and not hasattr(value, "_fields"):
        for item in value:
            yield from parts(item)


def test_every_field_of_the_domain_is_filled(domain: Domain) -> None:
    """Each attribute of each class of the domain has a value other than its default somewhere."""
    filled: set[tuple[str, str]] = set()
    for part in parts(domain):
        for each in fields(part):
            default = each.default_factory() if each.default_factory is not MISSING else each.default
            if default is MISSING or getattr(part, each.name) != default:
                filled.add((type(part).__name__, each.name))
    classes = [
        each
        for module in (model, types)
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.__name__
    ]
    unfilled = [
        f"{each.__name__}.{attribute.name}"
        for each in classes
        for attribute in fields(each)
        if (each.__name__, attribute.name) not in filled
    ]
    # The reason of the one exception: turning guards on is the default, and the schema keeps them.
    assert unfilled == ["Domain.guards", "Domain.case"]


def test_references_take_the_key_they_point_at(domain: Domain) -> None:
    """A reference has the target key's type, a column and wire name of its own, and a relationship on both sides."""
    book = domain.entity("Book")
    author, editor = book.field("author"), book.field("editor_id")
    assert (author.type, author.column, author.wire) == (Scalar("uuid"), "author_id", "authorId")
    assert (editor.column, editor.wire, editor.nullable) == ("editor_id", "editorId", True)
    by_name = {reference.name: reference for reference in book.references}
    assert by_name["author"].on_delete == "cascade"
    assert by_name["editor"].fields == ("editor_id",)
    assert by_name["successor"].back == ""
    parent = domain.entity("Loan").references[1]
    assert parent == Reference(
        "parent",
        "Loan",
        ("library_code", "parent_number"),
        ("library_code", "number"),
        "cascade",
        "cascade",
        "children",
        True,
        "fk_loans_parent",
        parent.place,
    )


def test_value_types_narrow(domain: Domain) -> None:
    """A field of a value type keeps its constraints, and the narrower bound holds."""
    book = domain.entity("Book")
    discount = book.field("discount").type
    assert isinstance(discount, Scalar)
    assert (discount.minimum, discount.maximum, discount.number, discount.alias) == (0, 50, True, "Percent")
    isbn = book.field("isbn").type
    assert isinstance(isbn, Scalar)
    assert (isbn.min_length, isbn.max_length, isbn.length) == (13, 13, 20)
    stored = book.field("bytes_stored").type
    assert isinstance(stored, Scalar)
    assert (stored.minimum, stored.maximum) == (0, types.SAFE_INTEGER)


def test_defaults_are_in_wire_form(domain: Domain) -> None:
    """Literals are canonical, generated values are named, raw SQL is kept as it is."""
    book = domain.entity("Book")
    expected = {
        "price": Default("literal", "9.99"),
        "discount": Default("literal", Decimal("0.00")),
        "id": Default("identity"),
        "created_at": Default("now"),
        "keyword": Default("literal", "now"),
        "old_code": Default("literal", None),
        "scores": Default("literal", (1, None, 3)),
        "number": Default("sql", "nextval('library.book_numbers'::regclass)", "1"),
    }
    assert {name: book.field(name).default for name in expected} == expected


def test_access_follows_from_key_and_computation(domain: Domain) -> None:
    """A key with a default and a computed field are read only, unless the schema says otherwise."""
    book = domain.entity("Book")
    assert book.field("id").access == "read"
    assert book.field("net_price").access == "read"
    assert book.field("search").access == "internal"
    assert domain.entity("Loan").field("number").access == "full"


def test_transitions_list_every_value(domain: Domain) -> None:
    """Moves come in the order of the enum, with what a new row may start as."""
    assert domain.entity("Loan").field("state").transitions == Transitions(
        (("pending", ("active",)), ("active", ("returned", "lost")), ("returned", ()), ("lost", ("returned",))),
        ("pending", "active"),
    )


def test_operations_find_their_shapes_and_status(domain: Domain) -> None:
    """Bodies and results name the variant they mean; the status follows unless it is given."""
    operations = {operation.name: operation for operation in domain.operations}
    assert operations["create_book"].status == 201
    assert operations["drop_book"].status == 204
    assert operations["request_loan"].status == 202
    assert operations["edit_book"].body == Payload("Book", "update")
    assert operations["list_books"].returns == Payload(type=ObjectType("VolumeList"))
    assert operations["all_authors"].returns == Payload("Author", "response", form="many")
    assert operations["put_book"].returns == Payload("Book", "response", nullable=True)
    shape_type = operations["shapes"].returns
    assert shape_type is not None
    assert isinstance(shape_type.type, Array)
    assert isinstance(shape_type.type.item, EnumType)
    required = {parameter.name: parameter.required for parameter in operations["list_books"].parameters}
    assert required == dict.fromkeys(("shape", "limit", "page", "tag", "x_request_id", "x_client"), False)


def test_indexes_of_every_form(domain: Domain) -> None:
    """Keys are fields with order and operator class, expressions, or raw SQL with its counterpart."""
    indexes: dict[str, Index] = {index.name: index for index in domain.entity("Book").indexes}
    order = indexes["idx_books_order"].parts
    assert [(part.field, part.order, part.nulls) for part in order] == [
        ("pages", "asc", "first"),
        ("weight", "desc", "last"),
    ]
    title = indexes["idx_books_title"].parts
    assert (title[0].sql, title[0].sqlite) == ("lower(title)", "lower(title)")
    assert (title[1].field, title[1].operator_class) == ("isbn", "text_pattern_ops")
    cheap = indexes["idx_books_cheap"]
    assert cheap.parts[0].expression is not None
    assert (cheap.where_sql, cheap.where_sqlite) == ("price < 5", "price < 500")


def test_mixins_stand_behind_own_fields(domain: Domain) -> None:
    """Included fields follow in order, and objects may include as well."""
    assert [field.name for field in domain.entity("Author").fields][-2:] == ["created_at", "updated_at"]
    assert domain.object("Tree").fields[-1].name == "title"
    assert domain.entity("Author").field("address").type == ObjectType("Address")


def test_access_is_said_once_for_many(domain: Domain) -> None:
    """An entity says it for its own fields, a mixin for those it brings; a field that says its own keeps it."""
    access = {field.name: field.access for field in domain.entity("AuditEntry").fields}
    assert access == {"message": "once", "at": "full", "old_text": "once", "new_text": "once"}


def test_a_mixin_with_a_prefix_serves_twice(domain: Domain) -> None:
    """Each time its fields have names of their own, and stand where the mixin gives them."""
    before, after = domain.entity("AuditEntry").fields[-2:]
    assert (before.name, after.name) == ("old_text", "new_text")
    assert before.type == after.type
    assert before.place == after.place


def test_a_domain_is_the_same_every_time(domain: Domain) -> None:
    """Loading twice gives equal domains."""
    assert load({"everything.yaml": EVERYTHING.read_text(encoding="utf-8")}, used).domain == domain
