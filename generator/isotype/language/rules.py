"""Expressions of the schema: parsed, typed, and every error brought back to its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isotype.domain.expressions import Expression, ValueType
from isotype.domain.model import Field, Rule
from isotype.domain.types import Type, value_type
from isotype.language import checking, expressions
from isotype.language.expressions import ExpressionError
from isotype.language.given import Given
from isotype.language.scope import Scope

Names = Mapping[str, ValueType]


def field_types(fields: Iterable[Field]) -> dict[str, ValueType]:
    """How expressions see fields."""
    return {field.name: value_type(field.type) for field in fields}


def expression(
    scope: Scope,
    given: Given,
    word: str,
    names: Names,
    *,
    unread: Iterable[str] = (),
    computed: bool = False,
    want: str | ValueType = "boolean",
    text: str | None = None,
) -> Expression | None:
    """The typed expression a word holds, or None after a report.

    `unread` are fields that exist but could not be read: an expression over one of them is not judged.
    """
    source: str = given.words[word] if text is None else text
    tree = expressions.parse(source)
    if isinstance(tree, Expression):
        if unread and not set(unread).isdisjoint(_names(tree)):
            return None
        tree = checking.check(tree, names, scope.enum_texts, computed, want)
    if isinstance(tree, Expression):
        return tree
    _report(scope, given, word, tree)
    return None


def _names(tree: Expression) -> tuple[str, ...]:
    from isotype.domain.expressions import names

    return names(tree)


def _report(scope: Scope, given: Given, word: str, errors: tuple[ExpressionError, ...]) -> None:
    for error in errors:
        place = given.inside(word, error.at)
        scope.report_at(error.code, error.message, place, given.path_of(word), error.suggestion)


def read_rules(scope: Scope, given: Given | None, names: Names, unread: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of an entity or object."""
    if given is None:
        return ()
    rules = []
    for name, rule in given.words.items():
        if "that" not in rule:
            continue
        that = expression(scope, rule, "that", names, unread=unread)
        if that is not None:
            on = tuple(dict.fromkeys(rule.get("on") or ()))
            source = " ".join(rule.words["that"].split()) if "\n" in rule.words["that"] else rule.words["that"].strip()
            rules.append(Rule(name, that, source, rule.text("message"), on, given.key_place(name)))
    return tuple(rules)


def computed_type(of: Type) -> ValueType:
    """What the expression of a computed field must be."""
    return value_type(of)
