"""Everything a schema names, from all its files, and the place where findings about it are gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from isotype.domain.expressions import Expression
from isotype.domain.model import Field
from isotype.domain.places import Place
from isotype.domain.types import Enum
from isotype.domain.values import field, mutable
from isotype.findings import Finding
from isotype.language.expressions import ExpressionError
from isotype.language.given import Given
from isotype.language.grammar import SECTIONS, SHARED_SECTIONS
from isotype.language.wording import did_you_mean, quoted, with_article

_NOUNS = {
    "types": "value type",
    "enums": "enum",
    "mixins": "mixin",
    "entities": "entity",
    "objects": "object",
    "envelopes": "envelope",
    "views": "view",
}
"""The sections whose names share one namespace, and what each holds."""


@mutable
class Section:
    """One section of the schema, merged from all files; `broken` are names whose content was refused."""

    words: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, Given] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def place(self, name: str) -> Place:
        """Where a name is declared."""
        return self.owners[name].key_place(name)

    def __contains__(self, name: str) -> bool:
        return name in self.words or name in self.broken


@mutable
class Scope:
    """A schema while it is being understood.

    `nouns` says what each PascalCase name is. The other tables fill up as parts are resolved.
    """

    header: dict[str, tuple[Any, Given]] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=lambda: {name: Section() for name in SECTIONS})
    nouns: dict[str, str] = field(default_factory=dict)
    case: str = "camel"
    schema: str = ""
    enums: dict[str, Enum] = field(default_factory=dict)
    enum_texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parsed: dict[str, Expression | tuple[ExpressionError, ...]] = field(default_factory=dict)
    typed: dict[tuple[Any, ...], Expression] = field(default_factory=dict)
    fields: dict[tuple[int, str, bool], Field] = field(default_factory=dict)
    mixin_fields: dict[tuple[int, str], Field | None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    suggestions: int = 0

    def report(self, code: str, message: str, given: Given, word: str = "", suggestion: str = "") -> None:
        """Note a finding about a word of a mapping, or about the mapping."""
        path = given.path_of(word) if word else given.path
        self.findings.append(Finding(code, message, given.place(word), suggestion, path=path))

    def report_at(self, code: str, message: str, place: Place, path: str, suggestion: str = "") -> None:
        """Note a finding at a place."""
        self.findings.append(Finding(code, message, place, suggestion, path=path))

    def meant(self, name: str, options: Iterable[str]) -> str:
        """`did you mean …?`; after many of them a file is no schema, and time is better saved."""
        self.suggestions += 1
        return did_you_mean(name, options) if self.suggestions <= 200 else ""

    def of(self, section: str) -> Section:
        """A section; empty when no file has it."""
        return self.sections[section]

    def entries(self, section: str) -> Iterator[tuple[str, Any]]:
        """The names of a section that could be read, in order."""
        return iter(self.sections[section].words.items())

    def is_broken(self, name: str) -> bool:
        """Whether a PascalCase name is declared but could not be read."""
        return any(name in self.sections[section].broken for section in _NOUNS)

    def names(self, *sections: str) -> list[str]:
        """Every name declared in the sections."""
        return [
            name for section in sections for name in (*self.sections[section].words, *self.sections[section].broken)
        ]

    def unknown(self, wanted: str, name: str, options: Iterable[str], place: Place, path: str, subject: str) -> None:
        """Note that a name is not declared, with the closest one that is."""
        noun = self.nouns.get(name)
        code = f"unknown-{wanted}"
        if noun is not None and noun != wanted:
            message = f"{subject} refers to {quoted(name)}, which is {with_article(noun)}"
            self.report_at(code, message, place, path, f"name {with_article(wanted)}")
            return
        message = f"{subject} refers to unknown {wanted} {quoted(name)}"
        self.report_at(code, message, place, path, self.meant(name, options))


def merge(roots: Iterable[Given], shared: Iterable[Given] = ()) -> Scope:
    """One scope from the roots of all files; a name given twice is a finding at both places.

    Those of `shared` files bring definitions only, and each file says for itself what it uses.
    """
    scope = Scope()
    for root in roots:
        for word, value in root.words.items():
            if word in SECTIONS:
                _merge_section(scope, word, value)
            elif word != "use":
                _merge_header(scope, root, word, value)
    for root in shared:
        for word in SHARED_SECTIONS:
            if word in root:
                _merge_section(scope, word, root.words[word])
    for section, noun in _NOUNS.items():
        for name in scope.names(section):
            other = scope.nouns.setdefault(name, noun)
            if other != noun and name in scope.of(section).owners:
                _repeated(
                    scope, name, scope.of(section).owners[name], _owner(scope, name, other), f"{other} and {noun}"
                )
    return scope


def _owner(scope: Scope, name: str, noun: str) -> Given:
    section = next(section for section, known in _NOUNS.items() if known == noun)
    return scope.of(section).owners[name]


def _merge_header(scope: Scope, root: Given, word: str, value: Any) -> None:
    if word in scope.header:
        other = scope.header[word][1]
        for here, there in ((root, other), (other, root)):
            message = f"{quoted(word)} is given twice in the domain, also at {there.key_place(word)}"
            scope.report_at("repeated-header", message, here.key_place(word), word, "keep one header")
        return
    scope.header[word] = (value, root)


def _merge_section(scope: Scope, word: str, given: Given) -> None:
    section = scope.of(word)
    for name in given.spans:
        if name in section.owners:
            _repeated(scope, name, given, section.owners[name], "")
            continue
        section.owners[name] = given
        if name in given.words:
            section.words[name] = given.words[name]
    section.broken |= given.broken
    for name in given.broken:
        section.owners.setdefault(name, given)


def _repeated(scope: Scope, name: str, here: Given, there: Given, what: str) -> None:
    as_what = f" as {what}" if what else ""
    for one, other in ((here, there), (there, here)):
        message = f"{quoted(name)} is declared twice{as_what}, also at {other.key_place(name)}"
        scope.report_at("repeated-name", message, one.key_place(name), one.path_of(name), "rename or remove one")
