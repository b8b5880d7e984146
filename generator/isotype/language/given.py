"""What a schema file gives: words and their values, each still knowing where it stands."""

from __future__ import annotations

from typing import Any

from yaml.nodes import Node, ScalarNode, SequenceNode

from isotype.domain.places import Place
from isotype.language.yaml import Source


class Given:
    """A mapping of the schema, read: `words` are its values by key, `pairs` the nodes of each key and value.

    Mappings in the same characters share their `words`, which never change once they are read.
    `broken` holds the keys whose value was refused, so that nothing more is said about them.
    `path` is the object path, such as `entities.Post.fields.title`.
    """

    __slots__ = ("_pairs", "broken", "node", "path", "source", "words")

    def __init__(self, source: Source, path: str, node: Node) -> None:
        self.source = source
        self.path = path
        self.node = node
        self.words: dict[str, Any] = {}
        self._pairs: dict[str, tuple[Node, Node]] | None = None
        self.broken: frozenset[str] = frozenset()

    @property
    def pairs(self) -> dict[str, tuple[Node, Node]]:
        """The nodes of each key and value; a mapping whose words another has read finds its own when it is asked."""
        if self._pairs is None:
            self._pairs = {pair[0].value: pair for pair in self.node.value}
        return self._pairs

    @pairs.setter
    def pairs(self, pairs: dict[str, tuple[Node, Node]]) -> None:
        self._pairs = pairs

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
        pair = self.pairs.get(word) if word else None
        return self.source.place(pair[1] if pair else self.node)

    def key_place(self, word: str) -> Place:
        """Where a word itself stands."""
        pair = self.pairs.get(word)
        return self.source.place(pair[0] if pair else self.node)

    def node_of(self, word: str) -> Node:
        """The node of a word's value."""
        return self.pairs[word][1]

    def item_place(self, word: str, index: int) -> Place:
        """Where an item of a word's list stands; a single item may stand there without a list."""
        node = self.pairs[word][1]
        if isinstance(node, SequenceNode) and index < len(node.value):
            node = node.value[index]
        return self.source.place(node)

    def inside(self, word: str, offset: int) -> Place:
        """Where the character at `offset` of a word's text stands."""
        node = self.pairs[word][1]
        return self.source.inside(node, offset) if isinstance(node, ScalarNode) else self.source.place(node)

    def path_of(self, word: str) -> str:
        """The object path of a word."""
        return f"{self.path}.{word}" if self.path else word

    def prefixed(self, prefix: str) -> Given:
        """The same mapping with a prefix before every name, but not before `$words`; values and places stay."""

        def named(word: str) -> str:
            return word if word.startswith("$") else prefix + word

        made = Given(self.source, self.path, self.node)
        made.words = {named(word): value for word, value in self.words.items()}
        made.pairs = {named(word): pair for word, pair in self.pairs.items()}
        made.broken = frozenset(map(named, self.broken))
        return made
