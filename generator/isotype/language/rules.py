"""Expressions of the schema: parsed, typed, and every error brought back to its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from isotype.domain.expressions import Expression, ValueType
from isotype.domain.expressions import names as names_in
from isotype.domain.lazy import regular
from isotype.domain.model import Field, Rule
from isotype.domain.types import value_type
from isotype.language import checking, expressions
from isotype.language.context import Outline
from isotype.language.expressions import ExpressionError
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.wording import quoted

Names = Mapping[str, ValueType]


class FieldTypes(Mapping[str, ValueType]):
    """How expressions see fields; worked out for those that an expression reads."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._fields = {field.name: field for field in fields}

    def __getitem__(self, name: str) -> ValueType:
        return value_type(self._fields[name].type)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


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
    tree = scope.parsed.get(source)
    if tree is None:
        tree = scope.parsed[source] = expressions.parse(source)
    if isinstance(tree, Expression):
        if unread and not set(unread).isdisjoint(names_in(tree)):
            return None
        # The same words over the same types mean the same, in whatever entity they stand.
        key = (source, computed, want, tuple(map(names.get, names_in(tree))))
        tree = scope.typed.get(key) or checking.check(tree, names, scope.enum_texts, computed, want)
        if isinstance(tree, Expression):
            scope.typed[key] = tree
    if isinstance(tree, Expression):
        return tree
    _report(scope, given, word, tree)
    return None


def _report(scope: Scope, given: Given, word: str, errors: tuple[ExpressionError, ...]) -> None:
    for error in errors:
        place = given.inside(word, error.at)
        scope.report_at(error.code, error.message, place, given.path_of(word), error.suggestion)


def read_rules(scope: Scope, outline: Outline, names: Names, unread: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of an entity or object, its own before those of its mixins."""
    rules: dict[str, Rule] = {}
    for given in outline.rules:
        for name, rule in given.words.items():
            place = given.key_place(name)
            if name in rules:
                message = f"{outline.name} has the rule {quoted(name)} already, at {rules[name].place}"
                scope.report_at("repeated-name", message, place, given.path_of(name), "rename or remove one")
                continue
            if "that" not in rule:
                continue
            that = expression(scope, rule, "that", names, unread=unread)
            if that is not None:
                on = tuple(dict.fromkeys(rule.get("on") or ()))
                source = one_line(rule.words["that"])
                rules[name] = Rule(name, that, source, rule.text("message"), on, place)
    return tuple(rules.values())


_BLANKS = regular(r"('[^']*')|\s+")


def one_line(source: str) -> str:
    """An expression written over several lines as one; the texts in it stay as they are."""
    return _BLANKS.sub(lambda found: found[1] or " ", source).strip() if "\n" in source else source.strip()
