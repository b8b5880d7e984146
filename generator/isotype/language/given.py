"""What a schema file gives: words and their values, each still knowing where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isotype.domain.places import Place
from isotype.language.pyyaml import Node, ScalarNode, SequenceNode
from isotype.language.yaml import Source

Span = tuple[int, int, int]
"""Where a word stands in the text of its file: its key, its value, and the end of that."""


def span(key: Node, value: Node) -> Span:
    """Where a key and its value stand."""
    mark = value.start_mark
    return key.start_mark.index, mark.index, value.end_mark.index


class Given:
    """A mapping of the schema, read: `words` are its values by key, `spans` tell where each key and value stands.

    Mappings in the same characters share their `words`, which never change once they are read.
    `broken` holds the keys whose value was refused, so that nothing more is said about them.
    `path` is the object path, such as `entities.Post.fields.title`.
    Nodes of YAML take ten times what is kept here; they are gone when a mapping has been read.
    """

    __slots__ = ("_spans", "broken", "end", "path", "source", "start", "words")

    def __init__(self, source: Source, path: str, start: int, end: int, spans: dict[str, Span] | None = None) -> None:
        self.source = source
        self.path = path
        self.start = start
        self.end = end
        self.words: dict[str, Any] = {}
        self._spans = spans
        self.broken: frozenset[str] = frozenset()

    @property
    def spans(self) -> dict[str, Span]:
        """Where each word stands; where nothing is noted of it, for it is seldom asked, that is found out."""
        if self._spans is None:
            node, before = self.source.composed(self.start, self.end)
            found = ((key.value, span(key, value)) for key, value in node.value)
            self._spans = {name: (key + before, value + before, end + before) for name, (key, value, end) in found}
        return self._spans

    def note(self, pairs: Mapping[str, tuple[Node, Node]]) -> None:
        """Keep where words stand."""
        self._spans = {word: span(key, value) for word, (key, value) in pairs.items()}

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def get(self, word: str, default: Any = None) -> Any:
        """The value of a word, or the default when it is not given or was refused."""
        return self.words.get(word, default)

    def text(self, word: str) -> str:
        """A text without the white space around it; '' when it is not given."""
        value: str | None = self.words.get(word)
        return value.strip() if value else ""

    def place(self, word: str = "") -> Place:
        """Where the value of a word stands, or this mapping itself."""
        span = self.spans.get(word) if word else None
        return self.source.place_of(span[1] if span else self.start)

    def key_place(self, word: str) -> Place:
        """Where a word itself stands."""
        # Every field is asked for, so this does without the property where it can.
        spans = self._spans
        span = (self.spans if spans is None else spans).get(word)
        return self.source.place_of(span[0] if span else self.start)

    def item_place(self, word: str, index: int) -> Place:
        """Where an item of a word's list stands; a single item may stand there without a list."""
        _, start, end = self.spans[word]
        node, before = self.source.composed(start, end)
        if isinstance(node, SequenceNode) and index < len(node.value):
            start = node.value[index].start_mark.index + before
        return self.source.place_of(start)

    def inside(self, word: str, offset: int) -> Place:
        """Where the character at `offset` of a word's text stands."""
        _, start, end = self.spans[word]
        node, _ = self.source.composed(start, end)
        if isinstance(node, ScalarNode):
            start = self.source.inside(node, start, end, offset)
        return self.source.place_of(start)

    def path_of(self, word: str) -> str:
        """The object path of a word."""
        return f"{self.path}.{word}" if self.path else word

    def prefixed(self, prefix: str) -> Given:
        """The same mapping with a prefix before every name, but not before `$words`; values and places stay."""

        def named(word: str) -> str:
            return word if word.startswith("$") else prefix + word

        spans = {named(word): span for word, span in self.spans.items()}
        made = Given(self.source, self.path, self.start, self.end, spans)
        made.words = {named(word): value for word, value in self.words.items()}
        made.broken = frozenset(map(named, self.broken))
        return made
