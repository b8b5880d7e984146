"""What a word of the language may hold. Each kind reads a node, and describes itself to editors.

```
Kind
├── Text  Flag  Whole  Number  Choice  Nothing     scalars
├── Anything                                       a constant of any structure
├── ListOf  MapOf  Record                          collections
├── Either                                         one kind per shape of node
└── Named                                          a kind by name, for recursion and for reuse in JSON Schema
```

A reader never raises: what it cannot take it reports to the `Walk`, and answers `REFUSED`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from sys import intern
from types import MappingProxyType
from typing import Any, Protocol

from isotype.domain.lazy import regular
from isotype.findings import Finding
from isotype.language.given import Given, span
from isotype.language.pyyaml import MappingNode, Node, ScalarNode, SequenceNode
from isotype.language.wording import closest, did_you_mean, quoted
from isotype.language.yaml import (
    DEEPEST,
    FLAG,
    INTEGER,
    NULL,
    NUMBER,
    Source,
    describe,
    is_text,
    scalar,
    shape,
)

REFUSED: Any = object()
"""The answer of a reader that reported why it has no value."""

_QUOTE = "put it in quotes"

JsonSchema = dict[str, Any]

NO_HINTS: Mapping[str, str] = MappingProxyType({})


class Walk:
    """One pass over one file: what was found, and the keys from the root to here."""

    __slots__ = ("begun", "findings", "known", "source", "texts", "trail")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.begun: dict[int, Given] = {}
        self.known: dict[tuple[Record, str], dict[str, Any]] = {}
        self.findings: list[Finding] = []
        # Names come again in thousands of mappings; what was good once need not be looked at twice.
        self.texts: dict[tuple[Text, str], str] = {}
        self.trail: list[str] = []

    def report(self, code: str, node: Node, message: str, suggestion: str = "", path: str | None = None) -> Any:
        """Note a finding; answers REFUSED, so that a reader can return what this returns."""
        where = ".".join(self.trail) if path is None else path
        self.findings.append(Finding(code, message, self.source.place(node), suggestion, path=where))
        return REFUSED

    def wrong_type(self, node: Node, wanted: str, quotable: bool = False) -> Any:
        """Note that a node is not what is wanted here; a `quotable` scalar would be with quotes around it."""
        suggestion = "put it in quotes" if quotable and isinstance(node, ScalarNode) and node.value else ""
        return self.report("wrong-type", node, f"{self.here()} is {describe(node)}; expected {wanted}", suggestion)

    def here(self) -> str:
        """What is being read, in a message: `"min"`, `item 2 of "tags"`."""
        if not self.trail:
            return "the schema"
        last = self.trail[-1]
        if last.isdigit() and len(self.trail) > 1:
            return f"item {int(last) + 1} of {quoted(self.trail[-2])}"
        return quoted(last)


_SURROGATE = regular("[\ud800-\udfff]")


def is_unstorable(text: str) -> bool:
    """Whether a text holds U+0000 or an unpaired surrogate, which no database keeps."""
    return "\0" in text or (not text.isascii() and _SURROGATE.search(text) is not None)


def _report_unstorable(node: Node, walk: Walk) -> Any:
    message = "the text holds U+0000 or an unpaired surrogate, which no target keeps"
    return walk.report("bad-text", node, message, "leave it out")


class Kind(Protocol):
    """What a word may hold."""

    @property
    def noun(self) -> str:
        """What is wanted, in a message: `text`, `a list of names`."""

    def read(self, node: Node, walk: Walk) -> Any:
        """The value of a node, or REFUSED after a report."""

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """The same as JSON Schema; named kinds go to `definitions`."""


class Text:
    """A text; `pattern` is what the whole of it must match, `code` what a mismatch is called.

    `empty` lets a key without a value stand for an empty text.
    """

    __slots__ = ("code", "empty", "hint", "noun", "pattern")

    def __init__(
        self,
        noun: str = "text",
        pattern: re.Pattern[str] | None = None,
        code: str = "bad-value",
        hint: str = "",
        empty: bool = False,
    ) -> None:
        self.noun = noun
        self.pattern = pattern
        self.code = code
        self.hint = hint
        self.empty = empty

    def read(self, node: Node, walk: Walk) -> Any:
        if not is_text(node):
            if self.empty and isinstance(node, ScalarNode) and shape(node) == NULL:
                return ""
            return walk.wrong_type(node, self.noun, quotable=self.noun == "text")
        return self.read_text(node, walk)

    def read_text(self, node: Node, walk: Walk) -> Any:
        """The same of a node that is known to be text."""
        value = node.value
        same = walk.texts.get((self, value))
        if same is not None:
            return same
        if is_unstorable(value):
            return _report_unstorable(node, walk)
        if self.pattern is not None and self.pattern.fullmatch(value) is None:
            return walk.report(self.code, node, f"{quoted(value)} is not {self.noun}", self.hint)
        walk.texts[self, value] = value
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        made: JsonSchema = {"type": ["string", "null"] if self.empty else "string"}
        if self.pattern is not None:
            made["pattern"] = f"^(?:{self.pattern.pattern})$"
        return made


class Flag:
    """`true` or `false`."""

    __slots__ = ()
    noun = "true or false"

    def read(self, node: Node, walk: Walk) -> Any:
        if isinstance(node, ScalarNode) and shape(node) == FLAG:
            return scalar(node)
        suggestion = ""
        if isinstance(node, ScalarNode) and node.value.lower() in ("yes", "on", "y"):
            suggestion = "write true"
        elif isinstance(node, ScalarNode) and node.value.lower() in ("no", "off", "n"):
            suggestion = "write false"
        fact = f"{walk.here()} is {describe(node)}; expected {self.noun}"
        return walk.report("wrong-type", node, fact, suggestion)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        return {"type": "boolean"}


class Whole:
    """An integer between two inclusive bounds."""

    __slots__ = ("high", "low")

    def __init__(self, low: int | None = None, high: int | None = None) -> None:
        self.low = low
        self.high = high

    @property
    def noun(self) -> str:
        if self.low is not None and self.high is not None:
            return f"an integer from {self.low} to {self.high}" if self.low != self.high else str(self.low)
        return "an integer" if self.low is None else f"an integer of at least {self.low}"

    def read(self, node: Node, walk: Walk) -> Any:
        if not isinstance(node, ScalarNode) or shape(node) not in (INTEGER, NUMBER):
            return walk.wrong_type(node, self.noun)
        value = scalar(node)
        if isinstance(value, Decimal):
            if not value.is_finite() or value != value.to_integral_value():
                return walk.wrong_type(node, self.noun)
            value = int(value)
        assert isinstance(value, int)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return walk.report("bad-value", node, f"{walk.here()} is {describe(node)}; expected {self.noun}")
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        made: JsonSchema = {"type": "integer"}
        if self.low is not None:
            made["minimum"] = self.low
        if self.high is not None:
            made["maximum"] = self.high
        return made


class Number:
    """An exact finite number."""

    __slots__ = ()
    noun = "a number"

    def read(self, node: Node, walk: Walk) -> Any:
        if not isinstance(node, ScalarNode) or shape(node) not in (INTEGER, NUMBER):
            return walk.wrong_type(node, self.noun)
        value = scalar(node)
        if isinstance(value, Decimal) and not value.is_finite():
            return walk.report("bad-number", node, f"{describe(node)} is not a finite number of sensible length")
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        return {"type": "number"}


class Choice:
    """One of a few texts."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[str, ...]) -> None:
        self.options = options

    @property
    def noun(self) -> str:
        *most, last = [quoted(option) for option in self.options]
        return f"{', '.join(most)} or {last}" if most else last

    def read(self, node: Node, walk: Walk) -> Any:
        if not is_text(node):
            return walk.wrong_type(node, self.noun, quotable=True)
        if node.value not in self.options:
            suggestion = did_you_mean(node.value, self.options)
            message = f"{quoted(node.value)} is not possible here; expected {self.noun}"
            return walk.report("bad-value", node, message, suggestion)
        return intern(node.value)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        return {"enum": list(self.options)}


class Nothing:
    """No value: the key alone says everything."""

    __slots__ = ()
    noun = "nothing"

    def read(self, node: Node, walk: Walk) -> Any:
        return None if isinstance(node, ScalarNode) and shape(node) == NULL else walk.wrong_type(node, self.noun)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        return {"type": "null"}


class Anything:
    """A constant: scalars, lists as tuples, mappings with text keys in order."""

    __slots__ = ()
    noun = "a value"

    def read(self, node: Node, walk: Walk) -> Any:
        before = len(walk.findings)
        value = self._value(node, walk, 0)
        return value if len(walk.findings) == before else REFUSED

    def _value(self, node: Node, walk: Walk, depth: int) -> Any:
        if isinstance(node, ScalarNode):
            value = scalar(node)
            if isinstance(value, Decimal) and not value.is_finite():
                return walk.report("bad-number", node, f"{describe(node)} is not a finite number of sensible length")
            return _report_unstorable(node, walk) if isinstance(value, str) and is_unstorable(value) else value
        if depth >= DEEPEST:
            return walk.report("too-deep", node, f"the value nests more than {DEEPEST} deep", "flatten it")
        if isinstance(node, SequenceNode):
            return tuple([self._value(item, walk, depth + 1) for item in node.value])
        made: dict[str, Any] = {}
        for key, value in node.value:
            if not is_text(key):
                walk.report("key-type", key, f"a key is {describe(key)}; expected text", _QUOTE)
            elif is_unstorable(key.value):
                _report_unstorable(key, walk)
            elif key.value in made:
                walk.report("duplicate-key", key, f"the key {quoted(key.value)} is given twice", "remove one")
            else:
                made[key.value] = self._value(value, walk, depth + 1)
        return MappingProxyType(made)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        return {}


class ListOf:
    """A list of one kind; with `single`, one item may stand alone."""

    __slots__ = ("item", "least", "single")

    def __init__(self, item: Kind, single: bool = False, least: int = 0) -> None:
        self.item = item
        self.single = single
        self.least = least

    @property
    def noun(self) -> str:
        return f"a list of {self.item.noun}" if not self.single else f"{self.item.noun}, or a list of such"

    def read(self, node: Node, walk: Walk) -> Any:
        if not isinstance(node, SequenceNode):
            if not self.single:
                return walk.wrong_type(node, "a list")
            value = self.item.read(node, walk)
            return REFUSED if value is REFUSED else [value]
        if len(node.value) < self.least:
            return walk.report("bad-value", node, f"{walk.here()} is empty", "name at least one")
        trail = walk.trail
        values: list[Any] = []
        refused = False
        for index, item in enumerate(node.value):
            trail.append(str(index))
            value = self.item.read(item, walk)
            trail.pop()
            refused = refused or value is REFUSED
            values.append(value)
        return REFUSED if refused else values

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        item = self.item.schema(definitions)
        made: JsonSchema = {"type": "array", "items": item}
        if self.least:
            made["minItems"] = self.least
        return {"anyOf": [item, made]} if self.single else made


class MapOf:
    """A mapping of free keys to one kind; read as a `Given`."""

    __slots__ = ("key", "value")
    noun = "a mapping"

    def __init__(self, key: Text, value: Kind) -> None:
        self.key = key
        self.value = value

    def read(self, node: Node, walk: Walk) -> Any:
        if not isinstance(node, MappingNode):
            return walk.wrong_type(node, "a mapping")
        given = self._begun(node, walk)
        del walk.begun[id(node)]
        given.end = node.end_mark.index
        self._read_entries(node, given, walk)
        return given

    def begin(self, node: MappingNode, walk: Walk) -> None:
        """Read the entries that a mapping has so far, and take them out of it; `read` reads the rest."""
        self._read_entries(node, self._begun(node, walk), walk)
        node.value.clear()

    def _begun(self, node: MappingNode, walk: Walk) -> Given:
        given = walk.begun.get(id(node))
        if given is None:
            start = node.start_mark.index
            given = walk.begun[id(node)] = Given(walk.source, ".".join(walk.trail), start, start, {})
        return given

    def _read_entries(self, node: MappingNode, given: Given, walk: Walk) -> None:
        trail = walk.trail
        words, read_key, read_value = given.words, self.key.read_text, self.value.read
        spans = given.spans
        broken: list[str] = []
        for key_node, value_node in node.value:
            trail.append(str(key_node.value) if isinstance(key_node, ScalarNode) else "?")
            if not is_text(key_node):
                name = walk.report("key-type", key_node, f"a key is {describe(key_node)}; expected text", _QUOTE)
            else:
                name = read_key(key_node, walk)
            if name is REFUSED:
                if isinstance(key_node, ScalarNode):
                    broken.append(key_node.value)
            elif name in spans:
                walk.report("duplicate-key", key_node, f"{quoted(name)} is given twice", "remove or rename one")
            else:
                spans[name] = span(key_node, value_node)
                value = read_value(value_node, walk)
                if value is REFUSED:
                    broken.append(name)
                else:
                    words[name] = value
            trail.pop()
        if broken:
            given.broken = given.broken.union(broken)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        made: JsonSchema = {"type": "object", "additionalProperties": self.value.schema(definitions)}
        if self.key.pattern is not None:
            made["propertyNames"] = {"pattern": f"^(?:{self.key.pattern.pattern})$"}
        return made


class Word:
    """One word of a record: what it holds, what it means, whether it must be given."""

    __slots__ = ("kind", "meaning", "required")

    def __init__(self, kind: Kind, meaning: str = "", required: bool = False) -> None:
        self.kind = kind
        self.meaning = meaning
        self.required = required


def _knows_its_place(value: Any) -> bool:
    """Whether a value knows where it stands, or something in it."""
    return any(map(_knows_its_place, value)) if isinstance(value, list) else isinstance(value, Given)


class Record:
    """A mapping of known words; read as a `Given`.

    `short` is the word that a scalar in place of the mapping stands for, `short_list` the same for a list.
    `others` reads keys that are no words. `hints` says what to write instead of a word people try.
    """

    __slots__ = ("_required", "hints", "noun", "others", "short", "short_list", "words")

    def __init__(
        self,
        noun: str,
        words: Mapping[str, Word],
        short: str = "",
        short_list: str = "",
        others: MapOf | None = None,
        hints: Mapping[str, str] = NO_HINTS,
    ) -> None:
        self.noun = noun
        self.words = words
        self.short = short
        self.short_list = short_list
        self.others = others
        self.hints = hints
        self._required = tuple(name for name, word in words.items() if word.required)

    def read(self, node: Node, walk: Walk) -> Any:
        trail = walk.trail
        if not isinstance(node, MappingNode):
            short = self.short_list if isinstance(node, SequenceNode) else self.short
            if not short:
                return walk.wrong_type(node, self._wanted)
            value = self.words[short].kind.read(node, walk)
            if value is REFUSED:
                return REFUSED
            start, end = node.start_mark.index, node.end_mark.index
            given = Given(walk.source, ".".join(trail), start, end, {short: (start, start, end)})
            given.words[short] = value
            return given
        given = Given(walk.source, ".".join(trail), node.start_mark.index, node.end_mark.index)
        if not node.flow_style:
            self._read_words(node, given, walk)
            return given
        # Much of a schema is said over and over in the same characters.
        key = (self, walk.source.text[given.start : given.end])
        same = walk.known.get(key)
        if same is not None:
            given.words = same
            return given
        findings = len(walk.findings)
        self._read_words(node, given, walk)
        if len(walk.findings) == findings and not any(map(_knows_its_place, given.words.values())):
            walk.known[key] = given.words
        return given

    @property
    def _wanted(self) -> str:
        """What may stand where this is read: the mapping, or what stands for it."""
        return " or ".join((*["text"] * bool(self.short), *["a list"] * bool(self.short_list), "a mapping"))

    def _read_words(self, node: MappingNode, given: Given, walk: Walk) -> None:
        trail, words, known = walk.trail, given.words, self.words
        pairs: dict[str, tuple[Node, Node]] = {}
        findings = len(walk.findings)
        broken: list[str] = []
        misspelt: list[tuple[str, tuple[Node, Node]]] = []
        for pair in node.value:
            key_node, value_node = pair
            name: str | None = key_node.value if isinstance(key_node, ScalarNode) else None
            word = known.get(name) if name is not None else None
            if name is None or word is None:
                meant = self._other(pair, given, pairs, broken, walk)
                if meant:
                    misspelt.append((meant, pair))
            elif name in pairs:
                walk.report("duplicate-key", key_node, f"the word {quoted(name)} is given twice", "remove one")
            else:
                pairs[name] = pair
                trail.append(name)
                value = word.kind.read(value_node, walk)
                trail.pop()
                if value is REFUSED:
                    broken.append(name)
                else:
                    words[name] = value
        # What is meant by a misspelt word is understood, so that one slip is one finding.
        for meant, pair in misspelt:
            if meant not in pairs:
                pairs[meant] = pair
                trail.append(meant)
                value = known[meant].kind.read(pair[1], walk)
                trail.pop()
                if value is REFUSED:
                    broken.append(meant)
                else:
                    words[meant] = value
        if broken:
            given.broken = frozenset(broken)
        # Of a mapping in braces it is seldom asked where its words stand, unless something is wrong there.
        if not node.flow_style or len(walk.findings) > findings:
            given.note(pairs)
        for name in self._required:
            if name not in pairs:
                word = known[name]
                meaning = f": {word.meaning}" if word.meaning else ""
                suggestion = f'add "{name}"{meaning}'
                walk.report("missing-word", node, f"{self._subject(walk)} lacks {quoted(name)}", suggestion)
                given.broken |= {name}

    def _subject(self, walk: Walk) -> str:
        last = walk.trail[-1] if walk.trail else self.noun
        return self.noun if last == self.noun or last.isdigit() else f"{self.noun} {quoted(last)}"

    def _other(
        self, pair: tuple[Node, Node], given: Given, pairs: dict[str, tuple[Node, Node]], broken: list[str], walk: Walk
    ) -> str:
        """A word that is not known: the one that it surely is, '' where none is so much like it."""
        key_node, value_node = pair
        if not isinstance(key_node, ScalarNode):
            walk.report("key-type", key_node, f"a key is {describe(key_node)}; expected a word")
            return ""
        name: str = key_node.value
        if self.others is not None and not name.startswith("$"):
            walk.trail.append(name)
            key = self.others.key.read(key_node, walk)
            if key is not REFUSED and key in pairs:
                walk.report("duplicate-key", key_node, f"{quoted(key)} is given twice", "remove or rename one")
            elif key is not REFUSED:
                pairs[key] = pair
                value = self.others.value.read(value_node, walk)
                if value is REFUSED:
                    broken.append(key)
                else:
                    given.words[key] = value
            walk.trail.pop()
            return ""
        suggestion = self.hints.get(name.lower().replace("-", "_").replace("_", ""), "")
        if value_node.start_mark.index == key_node.end_mark.index:
            # Without a colon it is the rest of a text that its comma ends.
            suggestion = "a text with a comma inside {…} needs quotes"
        meant = "" if suggestion else closest(name, self.words, alike=0.85) or ""
        if not suggestion:
            suggestion = did_you_mean(name, self.words)
        if not suggestion and len(self.words) <= 12:
            suggestion = f"possible are {', '.join(self.words)}"
        path = ".".join((*walk.trail, name))
        message = f"{self._subject(walk)} has no word {quoted(name)}"
        walk.report("unknown-word", key_node, message, suggestion, path)
        return meant

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        properties: JsonSchema = {}
        for name, word in self.words.items():
            properties[name] = word.kind.schema(definitions)
            if word.meaning:
                properties[name] = {**properties[name], "description": word.meaning}
        made: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
        if self.others is not None:
            assert self.others.key.pattern is not None
            pattern = f"^(?:{self.others.key.pattern.pattern})$"
            made["patternProperties"] = {pattern: self.others.value.schema(definitions)}
        if self._required:
            made["required"] = list(self._required)
        forms = [self.words[short].kind.schema(definitions) for short in (self.short, self.short_list) if short]
        return {"anyOf": [*forms, made]} if forms else made


class Either:
    """One kind per shape of node: `text`, `list`, `mapping`, `flag`, `integer`, `number`, `null`."""

    __slots__ = ("kinds",)

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds

    @property
    def noun(self) -> str:
        return " or ".join(dict.fromkeys(kind.noun for kind in self.kinds.values()))

    def read(self, node: Node, walk: Walk) -> Any:
        kind = self.kinds.get(shape(node))
        return walk.wrong_type(node, self.noun) if kind is None else kind.read(node, walk)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        return {"anyOf": [kind.schema(definitions) for kind in self.kinds.values()]}


class Named:
    """A kind by name: the same description in several places, or inside itself."""

    __slots__ = ("kind", "name")

    def __init__(self, name: str, kind: Callable[[], Kind]) -> None:
        self.name = name
        self.kind = kind

    @property
    def noun(self) -> str:
        return self.kind().noun

    def read(self, node: Node, walk: Walk) -> Any:
        if len(walk.trail) > DEEPEST:
            return walk.report("too-deep", node, f"the schema nests more than {DEEPEST} deep", "flatten it")
        return self.kind().read(node, walk)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        if self.name not in definitions:
            definitions[self.name] = {}
            definitions[self.name] = self.kind().schema(definitions)
        return {"$ref": f"#/$defs/{self.name}"}
