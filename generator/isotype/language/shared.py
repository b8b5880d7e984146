"""Definitions that several domains share: the files which a schema uses, and what of them it takes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import PAGE, Entity, ObjectDefinition, Operation, View
from isotype.domain.places import Place
from isotype.domain.reach import reached
from isotype.domain.types import Array, Enum, EnumType, Map, ObjectType, Type
from isotype.findings import Finding
from isotype.language.given import Given
from isotype.language.grammar import FILE, SECTIONS, SHARED_HEADER, SHARED_SECTIONS
from isotype.language.kinds import MapOf, Walk
from isotype.language.pyyaml import MappingNode
from isotype.language.scope import Scope
from isotype.language.wire_names import WireNames
from isotype.language.wording import quoted, with_article
from isotype.language.yaml import Source, compose

Reader = Callable[[str], str | Finding | None]
"""Gives the text of a file by its name under the project root: None when there is none, why it cannot be read."""

DEEPEST_USE = 32
"""Files may use one another in a chain this long."""

_NAME = regular(r"\b[A-Z][A-Za-z0-9]*\b")
_RAW_TYPE = regular(r"\s*sql ?\(")
_SILENT = ("enums", "waive")
"""Mappings from words of the author's own to texts: none of them is a type."""


class Shared(NamedTuple):
    """The files that a schema uses, in the order in which they are named, and what each of them uses itself."""

    roots: tuple[Given, ...]
    uses: Mapping[str, Collection[str]]
    findings: tuple[Finding, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The files by name."""
        return tuple(root.source.file for root in self.roots)


def no_files(name: str) -> None:
    """The reader of a schema that stands alone."""


def read_file(source: Source) -> tuple[Given | None, list[Finding]]:
    """A file as its root mapping, and what is wrong with how it is written."""
    walk = Walk(source)

    def entry(word: str, section: MappingNode) -> None:
        """Read what a section holds so far: the nodes of a whole file take much memory."""
        kind = SECTIONS[word].kind if word in SECTIONS else None
        if isinstance(kind, MapOf):
            walk.trail.append(word)
            kind.begin(section, walk)
            walk.trail.pop()

    node, findings = compose(source, entry)
    if node is None:
        return None, findings
    root = FILE.read(node, walk)
    return root if isinstance(root, Given) else None, [*findings, *walk.findings]


def read_shared(roots: Iterable[Given], own: Collection[str], read: Reader) -> Shared:
    """Every file that the files of a schema use, and those that these use; `own` are the schema's own by name."""
    reading = _Reading(own, read)
    for root in roots:
        reading.follow(root)
    return Shared(tuple(reading.roots.values()), reading.uses, tuple(reading.findings))


class _Reading:
    """The files read so far, and the chain of those that led to the present one."""

    def __init__(self, own: Collection[str], read: Reader) -> None:
        self.own = own
        self.read = read
        self.roots: dict[str, Given] = {}
        self.uses: dict[str, dict[str, None]] = {}
        self.findings: list[Finding] = []
        self._trail: list[str] = []

    def follow(self, root: Given) -> None:
        """Read what a file uses, and what that uses."""
        file = root.source.file
        used = self.uses.setdefault(file, {})
        self._trail.append(file)
        for index, path in enumerate(root.get("use") or ()):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
            place = root.item_place("use", index)
            if problem := self._problem(name, used):
                self.findings.append(Finding(*problem[:2], place, problem[2], path="use"))
                continue
            used[name] = None
            if name not in self.roots and (made := self._opened(name, place)) is not None:
                self.roots[name] = made
                self.follow(made)
        self._trail.pop()

    def _problem(self, name: str, used: Collection[str]) -> tuple[str, str, str] | None:
        """Why a file cannot be used from here: code, fact, suggestion."""
        file = self._trail[-1]
        if name.startswith("../"):
            return "path-outside-project", f"{quoted(name)} is outside the project", "keep it below the project root"
        if name in used:
            return "repeated-name", f"{quoted(name)} is used twice", "remove one"
        if name in self._trail[1:] or name == file:
            circle = self._trail[self._trail.index(name) :]
            steps = ", which uses ".join(map(quoted, (*circle[1:], name)))
            return "endless-use", f"{quoted(circle[0])} uses {steps}", "take one of the steps away"
        if name in self.own:
            return "not-shared", f"{quoted(name)} is part of the domain itself", "remove it"
        if len(self._trail) > DEEPEST_USE:
            return "endless-use", f"more than {DEEPEST_USE} files use one another in a chain", "use them directly"
        return None

    def _opened(self, name: str, place: Place) -> Given | None:
        """A file of shared definitions, or None after a report."""
        text = self.read(name)
        if not isinstance(text, str):
            seen = posixpath.dirname(place.file) or "the project root"
            advice = f"write its path as seen from {seen}"
            found = text or Finding("unknown-file", f"there is no file {quoted(name)}", suggestion=advice)
            self.findings.append(found if found.place.file else found._replace(place=place, path="use"))
            return None
        root, findings = read_file(Source(name, text))
        if root is not None and "domain" in root.spans:
            message = f"{quoted(name)} is a domain of its own, which no other can use"
            suggestion = "move what both need into a file without a domain"
            self.findings.append(Finding("not-shared", message, place, suggestion, path="use"))
            return None
        self.findings += findings
        if root is not None:
            self.findings += _misplaced(root)
        return root


def _misplaced(root: Given) -> Iterator[Finding]:
    for word in root.spans:
        if word not in SHARED_SECTIONS and word not in SHARED_HEADER:
            message = f"{quoted(word)} stands in a file that domains share"
            suggestion = f"keep it to {', '.join(SHARED_SECTIONS[:-1])} and {SHARED_SECTIONS[-1]}"
            yield Finding("not-shared", message, root.key_place(word), suggestion, path=word)


# --- a shared file stands by itself -----------------------------------------------------------------------------------


def check_shared(scope: Scope, wire: WireNames, shared: Shared) -> None:
    """Report what a shared file speaks of though it neither declares nor uses it: another domain may not have it."""
    owners = {
        name: owner.source.file for section in SHARED_SECTIONS for name, owner in scope.of(section).owners.items()
    }
    for root in shared.roots:
        file = root.source.file
        visible = reached([file], shared.uses)
        for given, word, text, place in _spoken(root):
            for name in dict.fromkeys(_NAME.findall(text)):
                if owners.get(name) in visible or not (name in scope.nouns or name in wire.shapes):
                    continue
                what = with_article(scope.nouns.get(name, "shape"))
                there = f"of {owners[name]}" if name in owners else "of the domain"
                message = f"{quoted(name)} is {what} {there}, which {file} does not use"
                suggestion = "declare it here, or in a file that this one uses"
                scope.report_at("not-shared", message, place, given.path_of(word), suggestion)


def _spoken(given: Given) -> Iterator[tuple[Given, str, str, Place]]:
    """Every text of a file that speaks of types, entities or mixins: its mapping, its word, itself, its place."""
    for word, value in given.words.items():
        if isinstance(value, Given):
            if word not in _SILENT:
                yield from _spoken(value)
        elif word in ("type", "base", "ref", "is") and isinstance(value, str) and not _RAW_TYPE.match(value):
            yield given, word, value, given.place(word)
        elif word == "include" and isinstance(value, list):
            for index, item in enumerate(value):
                name = item.get("mixin", "") if isinstance(item, Given) else item
                yield given, word, name, given.item_place(word, index)


# --- only what is used is compiled ------------------------------------------------------------------------------------


def needed(
    scope: Scope,
    shared: Shared,
    objects: tuple[ObjectDefinition, ...],
    entities: Mapping[str, Entity],
    views: Iterable[View],
    operations: Iterable[Operation],
) -> tuple[tuple[Enum, ...], tuple[ObjectDefinition, ...]]:
    """The enums and objects of the domain: its own, and those of shared files that something in it speaks of."""
    enums = tuple(scope.enums.values())
    if not shared.roots:
        return enums, objects
    files = frozenset(shared.names)

    def stays(made: ObjectDefinition) -> bool:
        """Whether an object is compiled though nothing may speak of it."""
        if made.envelope and made.name not in scope.of("objects"):
            return made.envelope == PAGE and made.home in entities
        return made.place.file not in files

    contents = {made.name: frozenset(_named(field.type for field in (*made.fields, *made.client))) for made in objects}
    spoken = _named(_types(entities.values(), views, operations))
    used = reached([*spoken, *(made.name for made in objects if stays(made))], contents)
    return (
        tuple(enum for enum in enums if enum.name in used or enum.place.file not in files),
        tuple(made for made in objects if made.name in used),
    )


def _types(entities: Iterable[Entity], views: Iterable[View], operations: Iterable[Operation]) -> Iterator[Type]:
    """Every type that the things of the domain speak of."""
    for entity in entities:
        api = entity.api
        added = (field for shape in api.shapes for field in shape.added)
        for field in (*entity.fields, *api.added, *api.client, *added, *(one.field for one in api.inputs)):
            yield field.type
    for view in views:
        yield from (field.type for field in view.columns)
    for operation in operations:
        for parameter in operation.parameters:
            yield parameter.type
            yield ObjectType(parameter.object)
        for payload in (operation.body, operation.returns):
            if payload is not None:
                yield payload.type or ObjectType(payload.name)


def _named(types: Iterable[Type]) -> Iterator[str]:
    """The enums and objects that types name, at any depth."""
    for of in types:
        match of:
            case ObjectType(name=name) | EnumType(enum=Enum(name=name)):
                yield name
            case Array(item=inner) | Map(value=inner):
                yield from _named([inner])
            case _:
                pass
