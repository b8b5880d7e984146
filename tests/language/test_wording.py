"""Names made from names."""

from __future__ import annotations

import pytest

from isotype.domain.names import camel, snake
from isotype.language.wording import did_you_mean, member, plural, quoted


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("status", "statuses"),
        ("category", "categories"),
        ("day", "days"),
        ("box", "boxes"),
        ("index", "indexes"),
        ("branch", "branches"),
        ("system_metric", "system_metrics"),
        ("analytics", "analytics"),
        ("media", "media"),
        ("user", "users"),
        ("audit_entry", "audit_entries"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    """Tables and relationships are named in English."""
    assert plural(one) == many


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("very_fast", "VERY_FAST"),
        ("utf-8", "UTF_8"),
        ("3d-printed", "VALUE_3D_PRINTED"),
        ("inProgress", "IN_PROGRESS"),
        ("größe", "GROSSE"),
        ("<=", ""),
        ("", ""),
    ],
)
def test_members(value: str, name: str) -> None:
    """An enum value has one name in Python and TypeScript."""
    assert member(value) == name


def test_cases() -> None:
    """Snake and camel, there and back."""
    assert (snake("HTTPRoute"), snake("CompressionRequest"), camel("created_at")) == (
        "http_route",
        "compression_request",
        "createdAt",
    )


def test_names_in_messages_are_harmless() -> None:
    """Quoting shows what cannot be seen and cuts what is long."""
    assert quoted("a\n\u202e\x1b[0m") == '"a\\u000a\\u202e\\u001b[0m"'
    assert len(quoted("x" * 500)) < 100
    assert did_you_mean("custmer", ["customer", "order"]) == 'did you mean "customer"?'
    assert did_you_mean("x" * 5000, ["x"]) == ""
