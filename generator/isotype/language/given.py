"""What a schema file gives: words and their values, each still knowing where it stands."""

from __future__ import annotations

from typing import Any

from yaml.nodes import Node, ScalarNode, SequenceNode

from isotype.domain.places import Place
from isotype.language.yaml import Source


class Given:
    """A mapping of the schema, read: `words` are its values by key, `pairs` the nodes of each key and value.

    `broken` holds the keys whose value was refused, so that nothing more is said about them.
    `path` is the object path, such as `entities.Post.fields.title`.
    """

    __slots__ = ("broken", "node", "pairs", "path", "source", "words")

    def __init__(self, source: Source, path: str, node: Node) -> None:
        self.source = source
        self.path = path
        self.node = node
        self.words: dict[str, Any] = {}
        self.pairs: dict[str, tuple[Node, Node]] = {}
        self.broken: frozenset[str] = frozenset()

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

    def refuse(self, word: str) -> None:
        """Say nothing more about a word."""
        self.words.pop(word, None)
        self.broken |= {word}
