"""PyYAML's own parser for machines without libyaml, taught what libyaml knows: `?` inside `{type: int?}` is text."""

from __future__ import annotations

from typing import Any

from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner
from yaml.tokens import ScalarToken

_BLANKS = "\0 \t\r\n\x85\u2028\u2029"


class PureParser(Reader, Scanner, Parser, Composer):
    """The same interface as `yaml.CParser`, as far as composing and scanning go."""

    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)

    def dispose(self) -> None:
        """Nothing is held."""

    def check_plain(self) -> bool:
        """Whether a plain scalar starts here: the rule of YAML 1.2, section 7.3.3."""
        first = self.peek()
        if first not in _BLANKS + "-?:,[]{}#&*!|>'\"%@`":
            return True
        follower: str = self.peek(1)
        return first in "-?:" and follower not in _BLANKS and not (self.flow_level and follower in ",[]{}")

    def scan_plain(self) -> Any:
        """A plain scalar, over several lines perhaps; after `Scanner.scan_plain`, but for `?`."""
        chunks: list[str] = []
        start_mark = end_mark = self.get_mark()
        indent = self.indent + 1
        spaces: list[str] = []
        while self.peek() != "#":
            length = 0
            while not self._ends_plain(length):
                length += 1
            if length == 0:
                break
            self.allow_simple_key = False
            chunks.extend(spaces)
            chunks.append(self.prefix(length))
            self.forward(length)
            end_mark = self.get_mark()
            spaces = self.scan_plain_spaces(indent, start_mark) or []
            if not spaces or (not self.flow_level and self.column < indent):
                break
        return ScalarToken("".join(chunks), True, start_mark, end_mark)

    def _ends_plain(self, length: int) -> bool:
        character = self.peek(length)
        if character in _BLANKS or (self.flow_level and character in ",[]{}"):
            return True
        return character == ":" and self.peek(length + 1) in _BLANKS + (",[]{}" if self.flow_level else "")
