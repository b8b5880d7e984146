"""Two schemas: where the values that they take differ.

A named shape is compared once for each schema it is held against, whatever number of operations use it. So schemas
may come back to themselves, and a difference in one shape is one difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isotype.domain.lazy import NamedTuple
from isotype.domain.values import mutable
from isotype.service import forms
from isotype.service.defaults import same
from isotype.service.dialects import ANY_NULL, EMPTY_DEFAULTS, NUL, RULES
from isotype.service.differences import (
    DIFFERENT,
    ENUM,
    EXTRA,
    MISSING,
    NARROWER,
    PROPERTY,
    REFUSED,
    SHAPE,
    TAKEN,
    UNKNOWN,
    UNUSED,
    WIDER,
    Difference,
    Effect,
    Path,
    Unsaid,
)
from isotype.service.merging import ANYTHING, resolved, unread
from isotype.service.model import (
    NULL,
    NUMBER,
    REQUEST,
    RESPONSE,
    TEXT,
    Api,
    Constants,
    List,
    Null,
    Number,
    Object,
    Option,
    Property,
    Reference,
    Schema,
    Text,
)
from isotype.service.scalars import (
    BOTH,
    NARROWS,
    NEITHER,
    NOTHING,
    WIDENS,
    Changes,
    Fact,
    constants,
    counts,
    listed,
    numbers,
    texts,
)


class Site(NamedTuple):
    """What a difference is said about: an object, and where in it (`items.`), '' for itself.

    Where null cannot be written, as in an address, it makes no difference.
    """

    kind: str
    path: Path
    prefix: str = ""
    has_null: bool = True

    def inside(self, word: str) -> Site:
        return self._replace(prefix=f"{self.prefix}{word}.", has_null=True)


Named = tuple[Option, str]
Key = tuple[str, Site, Object, Object]
Said = tuple[str, Path, str, str, str, str]
"""A difference without its effects and operations."""


@mutable
class _Pair:
    """What was found where one schema is held against another, and the pairs of shapes that it leads to."""

    found: list[tuple[Said, tuple[Effect, ...]]]
    unsaid: list[Unsaid]
    leads_to: dict[Key, None]


class Walk:
    """Compares schemas of two APIs, and remembers for each pair of shapes what it found."""

    def __init__(self, expected: Api, actual: Api) -> None:
        self.expected = expected
        self.actual = actual
        self._pairs: dict[Key, _Pair] = {}
        self._uses: list[tuple[str, _Pair]] = []
        self._pair = _Pair([], [], {})

    def use(self, operation: str, direction: str, site: Site, expected: Schema | None, actual: Schema | None) -> None:
        """Compare what an operation takes or gives."""
        self._pair = _Pair([], [], {})
        self._uses.append((operation, self._pair))
        self._schemas(direction, site, expected, actual)

    def note(self, operation: str, said: Said, effects: tuple[Effect, ...]) -> None:
        """Add a difference of an operation that is not about a schema."""
        self._uses.append((operation, _Pair([(said, effects)], [], {})))

    def default(self, operation: str, site: Site, schema: Schema | None, expected: str, actual: str) -> None:
        """Compare what the absence of something means in a request."""
        self._pair = _Pair([], [], {})
        self._uses.append((operation, self._pair))
        self._default(site, schema, expected, actual)

    def results(self) -> tuple[tuple[Difference, ...], tuple[Unsaid, ...]]:
        """All that was found, with the operations in which it shows."""
        effects: dict[Said, dict[Effect, None]] = {}
        operations: dict[Said, dict[str, None]] = {}
        unsaid: dict[Unsaid, None] = {}
        for operation, use in self._uses:
            for pair in self._reached(use):
                unsaid.update(dict.fromkeys(pair.unsaid))
                for said, done in pair.found:
                    effects.setdefault(said, {}).update(dict.fromkeys(done))
                    operations.setdefault(said, {})[operation] = None
        found = tuple(Difference(*said, tuple(done), tuple(operations[said])) for said, done in effects.items())
        return found, tuple(unsaid)

    def _reached(self, use: _Pair) -> Iterator[_Pair]:
        seen: dict[Key, None] = dict.fromkeys(use.leads_to)
        yield use
        waiting = list(seen)
        while waiting:
            pair = self._pairs[waiting.pop()]
            yield pair
            new = [key for key in pair.leads_to if key not in seen]
            seen.update(dict.fromkeys(new))
            waiting += new

    # What is found

    def _say(self, site: Site, way: str, word: str, expected: str, actual: str, effects: Iterable[Effect]) -> None:
        attribute = f"{site.prefix}{word}" if word else site.prefix.rstrip(".")
        self._pair.found.append(((site.kind, site.path, attribute, way, expected, actual), tuple(effects)))

    def _facts(self, direction: str, site: Site, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if fact.silent:
                attribute = f"{site.prefix}{fact.word}"
                self._pair.unsaid.append(Unsaid(site.kind, site.path, attribute, fact.silent))
            else:
                effects = _effects(direction, fact.changes)
                self._say(site, DIFFERENT, fact.word, fact.expected, fact.actual, effects)

    # Schemas

    def _schemas(self, direction: str, site: Site, expected: Schema | None, actual: Schema | None) -> None:
        if expected == actual and expected is not None and not any(map(_leads_on, expected.options)):
            return
        wanted = resolved(expected, self.expected.schemas)
        there = resolved(actual, self.actual.schemas)
        self._unread(direction, site, expected, actual)
        self._null(direction, site, wanted, there, self._says_nothing(actual))
        wanted_kinds = _by_kind(wanted)
        kinds = _by_kind(_as_numbers(wanted_kinds, there) if direction == REQUEST else there)
        if wanted_kinds.keys() != kinds.keys():
            changes = (NEITHER if wanted_kinds.keys() <= kinds.keys() else NARROWS) | (
                NEITHER if kinds.keys() <= wanted_kinds.keys() else WIDENS
            )
            self._facts(direction, site, [Fact("type", _types(wanted), _types(there), changes)])
        for kind, options in wanted_kinds.items():
            if kind in kinds:
                self._options(direction, site, options, kinds[kind])

    def _unread(self, direction: str, site: Site, expected: Schema | None, actual: Schema | None) -> None:
        """Words that are compared as they are written."""
        wanted = dict(unread(expected, self.expected.schemas))
        there = dict(unread(actual, self.actual.schemas))
        for word in sorted(wanted.keys() | there.keys()):
            one, other = wanted.get(word, NOTHING), there.get(word, NOTHING)
            if one != other:
                changes = WIDENS if other == NOTHING else NARROWS if one == NOTHING else BOTH
                self._facts(direction, site, [Fact(word, one, other, changes)])

    def _says_nothing(self, actual: Schema | None) -> bool:
        """Whether a schema has no words at all, rather than words that let everything in."""
        if actual is None:
            return True
        names = [option.name for option in actual.options if isinstance(option, Reference)]
        return len(actual.options) == 1 and any(self.actual.schemas.get(name) is ANYTHING for name in names)

    def _null(
        self, direction: str, site: Site, wanted: tuple[Named, ...], there: tuple[Named, ...], wordless: bool
    ) -> None:
        before, after = (any(isinstance(option, Null) for option, _ in options) for options in (wanted, there))
        if before == after or not site.has_null:
            return
        silent = ANY_NULL if wordless and len(wanted) > 1 and ANY_NULL in self.actual.silent else ""
        words = {True: "yes", False: "no"}
        fact = Fact("nullable", words[before], words[after], WIDENS if after else NARROWS, silent)
        self._facts(direction, site, [fact])

    def _options(self, direction: str, site: Site, wanted: list[Named], there: list[Named]) -> None:
        """Compare options of one kind: those that are alike first, then what is left of both."""
        if len(wanted) > 1 or len(there) > 1:
            same = {option for option, _ in wanted} & {option for option, _ in there}
            wanted, there = ([named for named in options if named[0] not in same] for options in (wanted, there))
        if len(wanted) == 1 and len(there) == 1:
            self._option(direction, site, wanted[0], there[0])
        elif wanted or there:
            changes = (WIDENS if there else NEITHER) | (NARROWS if wanted else NEITHER)
            self._facts(direction, site, [Fact("anyOf", _alternatives(wanted), _alternatives(there), changes)])

    def _option(self, direction: str, site: Site, expected: Named, actual: Named) -> None:
        (wanted, name), (there, other_name) = expected, actual
        silent = self.actual.silent
        match wanted, there:
            case Number(), Number():
                self._facts(direction, site, numbers(wanted, there, silent))
            case Text(), Text():
                self._facts(direction, site, texts(wanted, there, direction, silent))
            case Constants(), Constants():
                # A named list of values is one object, wherever it is used.
                own = Site(ENUM, (name,)) if name and other_name else site
                self._facts(direction, own, constants(wanted, there))
            case Constants(), _:
                self._facts(direction, site, [Fact("enum", listed(wanted), NOTHING, WIDENS)])
            case _, Constants():
                self._facts(direction, site, [Fact("enum", NOTHING, listed(there), NARROWS)])
            case List(), List():
                self._lists(direction, site, wanted, there)
            case Object(), Object():
                self._objects(direction, Site(SHAPE, (name,)) if name else site, wanted, there)
            case _:
                pass

    def _lists(self, direction: str, site: Site, wanted: List, there: List) -> None:
        ranges = (wanted.fewest, wanted.most), (there.fewest, there.most)
        self._facts(direction, site, counts(("minItems", "maxItems"), *ranges))
        if wanted.unique != there.unique:
            before, after = ("yes" if it.unique else "no" for it in (wanted, there))
            self._facts(direction, site, [Fact("uniqueItems", before, after, WIDENS if wanted.unique else NARROWS)])
        if wanted.items != there.items or wanted.items is not None:
            self._schemas(direction, site.inside("items"), wanted.items, there.items)

    # Objects

    def _objects(self, direction: str, site: Site, wanted: Object, there: Object) -> None:
        key = (direction, site, wanted, there)
        self._pair.leads_to[key] = None
        if key in self._pairs:
            return
        around, self._pair = self._pair, _Pair([], [], {})
        self._pairs[key] = self._pair
        self._object(direction, site, wanted, there)
        self._pair = around

    def _object(self, direction: str, site: Site, wanted: Object, there: Object) -> None:
        before, after = _travelling(wanted, direction), _travelling(there, direction)
        for name, prop in before.items():
            own = _property_site(site, name)
            if name in after:
                self._property(direction, own, prop, after[name])
            else:
                effect = REFUSED if direction == REQUEST else UNKNOWN
                self._say(own, MISSING, "", _summary(prop), "", [effect])
        for name, prop in after.items():
            if name not in before:
                effect = UNUSED if direction == RESPONSE else REFUSED if prop.required else TAKEN
                self._say(_property_site(site, name), EXTRA, "", "", _summary(prop), [effect])
        self._further(direction, site, wanted, there)
        ranges = (wanted.fewest, wanted.most), (there.fewest, there.most)
        self._facts(direction, site, counts(("minProperties", "maxProperties"), *ranges))
        self._facts(direction, site, self._names(wanted, there))
        self._facts(direction, site, self._rules(wanted, there))

    def _property(self, direction: str, site: Site, wanted: Property, there: Property) -> None:
        if wanted.required != there.required:
            before, after = ("yes" if it.required else "no" for it in (wanted, there))
            changes = WIDENS if wanted.required else NARROWS
            self._facts(direction, site, [Fact("required", before, after, changes)])
        if direction == REQUEST:
            self._default(site, wanted.schema, wanted.default, there.default)
        if wanted.deprecated != there.deprecated:
            before, after = ("yes" if it.deprecated else "no" for it in (wanted, there))
            self._facts(direction, site, [Fact("deprecated", before, after)])
        self._schemas(direction, site, wanted.schema, there.schema)

    def _default(self, site: Site, schema: Schema | None, wanted: str, there: str) -> None:
        options = (option for option, _ in resolved(schema, self.expected.schemas))
        if same(wanted, there, options, self.actual.dialect):
            return
        empty = wanted in ("[]", "{}") and not there and EMPTY_DEFAULTS in self.actual.silent
        fact = Fact("default", wanted or NOTHING, there or NOTHING, BOTH, EMPTY_DEFAULTS if empty else "")
        self._facts(REQUEST, site, [fact])

    def _further(self, direction: str, site: Site, wanted: Object, there: Object) -> None:
        """What becomes of properties that are not named; in a record that is answered nobody looks at them."""
        if wanted.further == there.further or (direction == RESPONSE and wanted.properties):
            return
        word = "additionalProperties"
        if wanted.is_open != there.is_open:
            before, after = ("taken" if it.is_open else "refused" for it in (wanted, there))
            self._facts(direction, site, [Fact(word, before, after, NARROWS if wanted.is_open else WIDENS)])
        else:
            self._schemas(direction, site.inside(word), wanted.further, there.further)

    def _names(self, wanted: Object, there: Object) -> Iterator[Fact]:
        if wanted.names_without_nul and not there.names_without_nul:
            silent = NUL if NUL in self.actual.silent else ""
            yield Fact("propertyNames", "no U+0000", NOTHING, WIDENS, silent)

    def _rules(self, wanted: Object, there: Object) -> Iterator[Fact]:
        before, after = dict(wanted.rules), dict(there.rules)
        silent = RULES if RULES in self.actual.silent else ""
        for name in (*before, *(name for name in after if name not in before)):
            one, other = before.get(name, NOTHING), after.get(name, NOTHING)
            if one != other:
                changes = WIDENS if other == NOTHING else NARROWS if one == NOTHING else BOTH
                yield Fact(f"rule {name}", one, other, changes, silent)


def _leads_on(option: Option) -> bool:
    """Whether an option may hold something that the two sides name alike and mean differently."""
    return isinstance(option, Reference | List | Object)


def _effects(direction: str, changes: Changes) -> list[Effect]:
    return [Effect(direction, change) for change in (NARROWER, WIDER) if change in changes]


def _property_site(site: Site, name: str) -> Site:
    if site.kind in (SHAPE, PROPERTY) and not site.prefix:
        return Site(PROPERTY, (*site.path, name))
    return site.inside(name)


def _travelling(of: Object, direction: str) -> dict[str, Property]:
    """The properties that travel in a direction, by name."""
    return {
        prop.name: prop for prop in of.properties if not (prop.read_only if direction == REQUEST else prop.write_only)
    }


def _kind(option: Option) -> str:
    match option:
        case Constants(kind=kind):
            return kind
        case Null():
            return NULL
        case Number():
            return NUMBER
        case Text():
            return TEXT
        case _:
            return type(option).__name__.lower()


def _by_kind(options: Iterable[Named]) -> dict[str, list[Named]]:
    kinds: dict[str, list[Named]] = {}
    for named in options:
        kind = _kind(named[0])
        if kind != NULL and named[0] not in (option for option, _ in kinds.get(kind, ())):
            kinds.setdefault(kind, []).append(named)
    return kinds


def _as_numbers(wanted: dict[str, list[Named]], there: tuple[Named, ...]) -> tuple[Named, ...]:
    """What is there, with decimals that may be given either way as the numbers that are wanted."""
    if NUMBER not in wanted or TEXT in wanted:
        return there
    return tuple(
        (Number(least=option.least, greatest=option.greatest), name)
        if isinstance(option, Text) and option.form == forms.DECIMAL and option.or_number
        else (option, name)
        for option, name in there
    )


_TYPE_NAMES = {TEXT: "string", "list": "array"}


def _type(option: Option) -> str:
    if isinstance(option, Number):
        return "integer" if option.whole else "number"
    if isinstance(option, Text) and option.or_number:
        return "number or string"
    kind = _kind(option)
    return _TYPE_NAMES.get(kind, kind)


def _types(options: tuple[Named, ...]) -> str:
    if {option for option, _ in options} >= set(ANYTHING.options):
        return "anything"
    found = dict.fromkeys(_type(option) for option, _ in options if not isinstance(option, Null))
    return " or ".join(found) or NOTHING


def _alternatives(options: list[Named]) -> str:
    return " or ".join(name or _type(option) for option, name in options) or NOTHING


def _summary(prop: Property) -> str:
    kinds = "anything" if prop.schema is None else " or ".join(_named(option) for option in prop.schema.options)
    return f"{kinds or NOTHING}{'' if prop.required else ', may be absent'}"


def _named(option: Option) -> str:
    return option.name.rpartition("/")[2] if isinstance(option, Reference) else _type(option)
